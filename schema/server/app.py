"""The ASGI application: its routes, and the database that it opens and closes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter

from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from persistence.cache import MEGABYTE, Cache
from persistence.database import Database
from persistence.exceptions import UNAVAILABLE_SECONDS, Overloaded, Unavailable
from persistence.versions import check as check_version
from resolvers.company_calendar import zones
from schema.execution import observing
from schema.execution.documents import Documents
from schema.execution.engine import Engine
from schema.execution.errors import GraphQLErrors
from schema.execution.graphql_internals import graphql_schema
from schema.root import schema
from schema.server import document_limits, sending
from schema.server.access_log import AccessLog
from schema.server.auth import Authenticator
from schema.server.browser_requests import BrowserRequests
from schema.server.client_connections import ClientConnections
from schema.server.errors import Rejected, log, logged_failure, report
from schema.server.front_page import page as front_page
from schema.server.graphiql import page as graphiql
from schema.server.http import Endpoint, send_refusal, wants_page
from schema.server.metrics import Metrics
from schema.server.metrics_endpoint import MetricsEndpoint
from schema.server.observing import Observe
from schema.server.old_changes import deleting_old_changes
from schema.server.outages import outages
from schema.server.rate_limits import RateLimits
from schema.server.read_after import ReadAfter
from schema.server.refreshing import refreshing
from schema.server.running_requests import RunningRequests, stopping
from schema.server.schema_file import SchemaFile
from schema.server.settings import Settings
from schema.server.stack_traces import describe
from schema.server.trusted_documents import TrustedDocuments, read
from schema.server.unread import RAW_SEND, UnreadBytes
from schema.server.web_pages import FILES, FOLDER, WebFiles, WebPage

PATH = "/graphql"
ASSETS = "/graphql/assets"
PROBES = {"/health", "/live", "/ready"}
"""Paths that answer under any host name, because a load balancer calls them."""

ANSWERED_WHILE_STOPPING = {"/live", "/metrics"}
"""Paths that the server answers until it ends."""

CORS_HEADERS = (
    "accept",
    "accept-language",
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    "authorization",
    "baggage",
    "cache-control",
    "carnet-read-after",
    "content-type",
    "if-none-match",
    "last-event-id",
    "sentry-trace",
    "traceparent",
    "tracestate",
    "x-apollo-operation-id",
    "x-apollo-operation-name",
    "x-apollo-operation-type",
    "x-request-id",
    "x-requested-with",
    "x-show-cost",
)
"""The request headers that pages of other origins may send in any case."""

NO_CODING = Rejected(406, "Responses are uncompressed, or compressed with zstd or gzip. Accept one of them.")

HEALTHY_WITHIN = 2
"""Seconds within which the database must respond."""


def create_app(settings: Settings, *, access_log: AccessLog | None = None, cache: Cache | None = None) -> Starlette:
    """Carnet as an ASGI application. Raises InvalidManifest if the trusted documents cannot be used.

    `cache` holds everything that is kept between requests. The default is a new one of `settings.cache_bytes`.
    """
    trusted = _trusted_documents(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        opening = Database.at(
            settings.database_url,
            pool_size=settings.pool_size,
            read_timeout=settings.read_timeout_seconds,
            limits=settings.limits,
            cache=Cache(settings.cache_bytes) if cache is None else cache,
            max_streams=settings.streams,
            read_url=settings.read_database_url,
        )
        failure = logged_failure("the server cannot start or stop")
        async with failure, opening as database, AsyncExitStack() as until_the_end:
            await check_version(database)
            await asyncio.to_thread(zones)  # else the first request that needs a date would delay all others
            engine = Engine(
                graphql_schema(schema),
                database,
                check=document_limits.check,
                cost=document_limits.cost,
                report=report,
                introspection=settings.introspection,
            )
            page = graphiql.page(PATH, ASSETS) if settings.graphiql else None
            user_of_jwt = None
            if settings.jwt_jwks is not None:  # else the libraries that verify tokens are not loaded
                from schema.server import issuer_keys, json_web_tokens

                keys = await until_the_end.enter_async_context(issuer_keys.opened(settings.jwt_jwks))
                user_of_jwt = json_web_tokens.JsonWebTokens(keys, database, settings).user
            app.state.database = database
            browser_requests = BrowserRequests(settings.allowed_hosts, settings.cors_origins)
            authenticator = Authenticator(database, require_token=settings.require_token, user_of_jwt=user_of_jwt)
            app.state.schema_file = SchemaFile(
                authenticator, introspection=settings.introspection, only_trusted_documents=trusted is not None
            )
            app.state.graphql = Endpoint(
                engine,
                authenticator,
                browser_requests,
                running=app.state.running,
                unread=app.state.unread,
                rate_limits=RateLimits(
                    settings.rate_limit_token, settings.rate_limit_address, loopback=settings.rate_limit_loopback
                ),
                page=page,
                trusted=trusted,
                max_body_bytes=settings.max_body_bytes,
                body_seconds=settings.body_seconds,
                timeout=settings.request_seconds,
                show_cost=settings.show_cost,
                read_after=ReadAfter(remembers=settings.read_database_url is not None),
            )
            observers: list[Observe] = []
            app.state.observers = observers
            if access_log is not None:
                observers.append(access_log.observe)
                until_the_end.callback(access_log.write)
            if settings.metrics:
                token = None if settings.metrics_token is None else settings.metrics_token.get_secret_value()
                metrics = Metrics(database, app.state.running, app.state.client_connections)
                observers.append(metrics.observe)
                app.state.metrics = MetricsEndpoint(metrics, authenticator, browser_requests, token)
                await until_the_end.enter_async_context(metrics.shared())
            await until_the_end.enter_async_context(refreshing(database))
            await until_the_end.enter_async_context(deleting_old_changes(database, settings.changes_kept_days))
            yield

    middleware = []
    if settings.cors_origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=[*CORS_HEADERS, *settings.cors_headers],
                expose_headers=[
                    "Carnet-Read-After",
                    "RateLimit-Limit",
                    "RateLimit-Remaining",
                    "RateLimit-Reset",
                    "Retry-After",
                    "X-Request-Id",
                ],
            )
        )
    routes: list[BaseRoute] = [
        Route(PATH, _PassedTo("graphql")),
        Route("/schema.graphql", _PassedTo("schema_file")),
        *(Route(path, _health, methods=["GET"]) for path in ("/health", "/ready")),
        Route("/live", _live, methods=["GET"]),
        Route("/", _Root(front_page.page(PATH) if settings.graphiql else None), methods=["GET"]),
    ]
    if settings.metrics:
        routes.append(Route("/metrics", _PassedTo("metrics")))
    if settings.graphiql:
        routes += [*graphiql.routes(ASSETS), Mount(FILES, WebFiles(directory=FOLDER))]
    carnet = Carnet(routes=routes, lifespan=lifespan, middleware=middleware)
    carnet.state.running = RunningRequests(settings.max_requests)
    carnet.state.client_connections = ClientConnections(settings.max_client_connections)
    carnet.state.unread = UnreadBytes(settings.max_unread_mb * MEGABYTE, settings.unread_seconds)
    return carnet


class Carnet(Starlette):
    """The application. Requests to `/graphql` bypass Starlette's routing, unless browsers of other origins may call:
    then its middleware answers them.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and tell the observers."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        record, began = observing.begin(), perf_counter()
        scope[RAW_SEND] = send
        send, acceptable = sending.begin(scope, send, self.state.unread, record)
        try:
            if acceptable:
                await self._answer(scope, receive, send)
            else:
                await send_refusal(send, NO_CODING)
        finally:
            seconds = perf_counter() - began
            for observe in self.state.observers:
                observe(scope, record, seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.state.running.stopping and scope["path"] not in ANSWERED_WHILE_STOPPING:
            await send_refusal(send, stopping())
        elif scope["path"] == PATH and not self.user_middleware:
            await self.state.graphql(scope, receive, send)
        elif not await self._refuses(scope, send):
            await super().__call__(scope, receive, send)

    async def _refuses(self, scope: Scope, send: Send) -> bool:
        """Whether this is a request for a page that is refused; then it is answered."""
        if scope["path"] == PATH or scope["path"] in PROBES:
            return False
        return bool(await self.state.graphql.refuses_page(scope, send))


def _trusted_documents(settings: Settings) -> TrustedDocuments | None:
    """The trusted documents, parsed and validated, and those of the front page if it is served; None if clients may
    send any document.
    """
    if settings.trusted_documents is None:
        return None
    documents = Documents(
        graphql_schema(schema),
        Cache(settings.cache_bytes),
        document_limits.check,
        introspection=settings.introspection,
        hides_schema=False,
    )

    def problem_of(text: str) -> str | None:
        try:
            document = documents.parse(text, lambda errors, _: errors)
        except GraphQLErrors as several:
            return several.errors[0].message
        except GraphQLError as error:
            return error.message
        return None if document.operations else "The document has no operation."

    trusted = read(settings.trusted_documents, problem_of)
    return trusted.with_texts(front_page.documents().values()) if settings.graphiql else trusted


class _PassedTo:
    """Passes every request, with any method, to an endpoint that the lifespan has put into the state."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await getattr(scope["app"].state, self._name)(scope, receive, send)


class _Root:
    """Answers browsers with the front page, and redirects programs to the API."""

    def __init__(self, page: WebPage | None) -> None:
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept = dict(scope["headers"]).get(b"accept", b"")
        answer = self._page if self._page is not None and wants_page(accept) else RedirectResponse(PATH)
        await answer(scope, receive, send)


async def _live(_: Request) -> Response:
    """200 while the process answers at all. It does not ask the database: restarting Carnet would not help."""
    return JSONResponse({"status": "ok"})


async def _health(request: Request) -> Response:
    """200 if a table can be read in time and changes can be stored, else 503."""
    try:
        async with asyncio.timeout(HEALTHY_WITHIN):
            await request.app.state.database.check_ready()
    except (Overloaded, Unavailable, TimeoutError) as error:
        outages.note(error, path=request.url.path)
    except Exception as error:
        log.warning("database not ready", exception=describe(error))
    else:
        return JSONResponse({"status": "ok"})
    headers = {"retry-after": str(UNAVAILABLE_SECONDS)}
    return JSONResponse({"status": "database unreachable"}, status_code=503, headers=headers)
