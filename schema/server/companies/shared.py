"""What a process has only once, for all databases that it serves."""

from typing import TYPE_CHECKING

from persistence import database_urls
from persistence.cache import MEGABYTE, Cache
from persistence.concurrency.connection_budget import ConnectionBudget
from schema.server.background.webhook_counts import WebhookCounts
from schema.server.connections.client_connections import ClientConnections
from schema.server.connections.unread_responses import UnreadBytes
from schema.server.documents.trusted_documents import TrustedDocuments
from schema.server.observing import Observe
from schema.server.public_address import PublicAddress
from schema.server.requests.rate_limits import RateLimits
from schema.server.requests.running_requests import RunningRequests
from schema.server.settings import Settings
from schema.server.web_pages import WebPage
from schema.server.websockets.registry import WebSockets

if TYPE_CHECKING:
    from schema.server.authentication.issuer_keys import IssuerKeys


class Shared:
    """Limits, caches and pages. They keep no data of a company."""

    def __init__(
        self,
        settings: Settings,
        *,
        trusted: TrustedDocuments | None,
        front_page: WebPage | None,
        graphiql: WebPage | None,
        cache: Cache | None,
    ) -> None:
        """`cache` is that of the first database. Databases of the same kind share one: their SQL is equal."""
        self.trusted, self.front_page, self.graphiql = trusted, front_page, graphiql
        self.public_address = PublicAddress(settings.public_url)
        self.running = RunningRequests(settings.max_requests)
        self.client_connections = ClientConnections(settings.max_client_connections)
        self.websockets = WebSockets(settings, self.running)
        self.unread = UnreadBytes(settings.max_unread_mb * MEGABYTE, settings.unread_seconds)
        self.rate_limits = RateLimits(
            settings.rate_limit_token, settings.rate_limit_address, loopback=settings.rate_limit_loopback
        )
        self.budget = ConnectionBudget(settings.max_connections)
        self.observers: list[Observe] = []
        self.webhook_counts = WebhookCounts()
        self.keys: IssuerKeys | None = None
        """The keys of the issuer of JSON Web Tokens, if they are accepted."""
        self._cache_bytes = settings.cache_bytes
        self._caches = {} if cache is None else {database_urls.check(settings.database_url).name: cache}

    def cache_of(self, url: str) -> Cache:
        """The cache of databases of the kind of this one."""
        return self._caches.setdefault(database_urls.check(url).name, Cache(self._cache_bytes))
