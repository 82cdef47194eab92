"""The ASGI application: its routes, and the database that it opens and closes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter

from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Match, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from persistence.cache import Cache
from schema.execution import observing
from schema.server import probes
from schema.server.calendars import ROUTE as CALENDARS
from schema.server.companies import rights
from schema.server.companies.registry import Registry
from schema.server.companies.serving import ROUTE, Companies
from schema.server.companies.shared import Shared
from schema.server.connections.unread_responses import RAW_SEND
from schema.server.documents.served_documents import served_documents
from schema.server.errors import Rejected
from schema.server.front_page import page as front_page
from schema.server.graphiql import page as graphiql
from schema.server.http import Endpoint, wants_page
from schema.server.lifespan import Guards, opened
from schema.server.logs.access_log import AccessLog
from schema.server.public_address import PREFIX
from schema.server.requests import cross_origin, request_ids
from schema.server.requests.running_requests import stopping
from schema.server.responses import sending
from schema.server.responses.bodies import send_refusal
from schema.server.settings import Settings
from schema.server.web_pages import FILES, FOLDER, WebFiles, WebPage

PATH = "/graphql"
ASSETS = "/graphql/assets"
PROBES = {"/health", "/live", "/ready"}
"""Paths that answer under any host name, because a load balancer calls them."""

ANSWERED_WHILE_STOPPING = {"/live", "/metrics"}
"""Paths that the server answers until it ends."""

NO_CODING = Rejected(406, "Responses are uncompressed, or compressed with zstd or gzip. Accept one of them.")


def create_app(settings: Settings, *, access_log: AccessLog | None = None, cache: Cache | None = None) -> Starlette:
    """Carnet as an ASGI application. Raises InvalidManifest if the trusted documents cannot be used.

    `cache` holds everything that is kept between requests. The default is a new one of `settings.cache_bytes`.
    """
    shared = Shared(
        settings,
        trusted=served_documents(settings),
        front_page=front_page.page(PATH[1:]) if settings.graphiql else None,
        graphiql=graphiql.page(PATH[1:], ASSETS[1:]) if settings.graphiql else None,
        cache=cache,
    )
    known = rights.KnownTokens()

    def company_app(url: str, name: str | None) -> Starlette:
        """The application of a company; without a name, the one that serves all companies that cannot be used."""
        guards = _guards_of_no_company(companies, known) if name is None else _guards_of_company(name, known)
        return _application(settings.of_company(url), shared, None, guards)

    companies = Companies(Registry(settings.companies), settings.max_open_companies, known, shared.budget, company_app)
    if access_log is not None:
        shared.observers.append(access_log.observe)
    carnet = _application(settings, shared, companies, Guards(rights.claim_outside_companies(companies.exist)))
    carnet.state.access_log = access_log
    return carnet


def _guards_of_company(name: str, known: rights.KnownTokens) -> Guards:
    return Guards(
        rights.claim_of(name),
        partial(rights.guarded, company=name, known=known),
        partial(rights.guarded_calendars, company=name, known=known),
    )


def _guards_of_no_company(companies: Companies, known: rights.KnownTokens) -> Guards:
    exists = companies.has
    return Guards(
        rights.claim_of_no_company(exists),
        partial(rights.of_no_company, known=known, exists=exists),
        partial(rights.calendars_of_no_company, known=known, exists=exists),
    )


def _application(settings: Settings, shared: Shared, companies: Companies | None, guards: Guards) -> "Carnet":
    """The application for one database: that of the process, which also serves its companies, or that of a company."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with opened(carnet.state, settings, shared, companies, guards) as carnet.graphql:
            yield

    routes = _routes(settings, shared, serves_companies=companies is not None)
    carnet = Carnet(routes=routes, lifespan=lifespan, middleware=cross_origin.middleware(settings))
    carnet.router.redirect_slashes, carnet.router.default = False, _SlashRedirect(carnet.router)
    carnet.shared, carnet.companies = shared, companies
    carnet.state.companies = companies
    carnet.state.metrics = None
    carnet.state.running = shared.running
    carnet.state.client_connections, carnet.state.websockets = shared.client_connections, shared.websockets
    return carnet


def _routes(settings: Settings, shared: Shared, *, serves_companies: bool) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        Route(PATH, _PassedTo("graphql")),
        Route("/schema.graphql", _PassedTo("schema_file")),
        Route(f"{CALENDARS}/{{file}}", _PassedTo("calendars")),
        Route("/", _Root(shared.front_page), methods=["GET"]),
    ]
    if serves_companies:
        routes += [Route(path, probes.health, methods=["GET"]) for path in ("/health", "/ready")]
        routes.append(Route("/live", probes.live, methods=["GET"]))
    if settings.metrics:
        routes.append(Route("/metrics", _PassedTo("metrics")))
    if settings.graphiql:
        routes += [*graphiql.routes(ASSETS), Mount(FILES, WebFiles(directory=FOLDER))]
    return routes


class Carnet(Starlette):
    """The application. Requests to `/graphql` bypass Starlette's routing, unless browsers of other origins may call:
    then its middleware answers them.
    """

    shared: Shared
    graphql: Endpoint
    """Answers requests to `/graphql`, while the application is open."""
    companies: Companies | None = None
    """Those of the process; None for the application of a company."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and tell the observers. The application of a company answers the requests to it."""
        kind, path = scope["type"], scope.get("path", "")
        if path.startswith(ROUTE) and self.companies is not None and self.companies.has_path(path):
            await self.companies(scope, receive, send)
            return
        if kind != "http":
            await (self.state.sockets if path == PATH else super().__call__)(scope, receive, send)
            return
        began, shared, headers = perf_counter(), self.shared, dict(scope["headers"])
        record = observing.begin(request_ids.of_request(headers))
        shared.public_address.note(record, scope)
        scope[RAW_SEND] = send
        send, acceptable = sending.begin(headers, send, shared.unread, record)
        try:
            if acceptable:
                await self._answer(scope, receive, send)
            else:
                await send_refusal(send, NO_CODING)
        finally:
            seconds = perf_counter() - began
            for observe in shared.observers:
                observe(scope, record, seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.shared.running.stopping and scope["path"] not in ANSWERED_WHILE_STOPPING:
            await send_refusal(send, stopping())
        elif scope["path"] == PATH and not self.user_middleware:
            await self.graphql(scope, receive, send)
        elif not await self._refuses(scope, send):
            await super().__call__(scope, receive, send)

    async def _refuses(self, scope: Scope, send: Send) -> bool:
        """Whether this is a request for a page that is refused; then it is answered."""
        if scope["path"] == PATH or scope["path"] in PROBES:
            return False
        return await self.graphql.refuses_page(scope, send)


class _PassedTo:
    """Passes every request, with any method, to an endpoint that the lifespan has put into the state."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await getattr(scope["app"].state, self._name)(scope, receive, send)


class _SlashRedirect:
    """Answers requests to paths without a route: redirects if there is a route with one slash more or less at the end.

    Starlette's own redirects do not know that the path of a company's application begins after its name.
    """

    def __init__(self, router: Router) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        other = path.rstrip("/") if path.endswith("/") else f"{path}/"
        if scope["type"] == "http" and any(
            route.matches({**scope, "path": other})[0] is not Match.NONE for route in self._router.routes
        ):
            query = scope["query_string"].decode("latin-1")
            address = f"{scope.get(PREFIX, '')}{other}{'?' if query else ''}{query}"
            await RedirectResponse(address)(scope, receive, send)
        else:
            await self._router.not_found(scope, receive, send)


class _Root:
    """Answers browsers with the front page, and redirects programs to the API."""

    def __init__(self, page: WebPage | None) -> None:
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept, prefix = dict(scope["headers"]).get(b"accept", b""), scope.get(PREFIX, "")
        answer: ASGIApp
        if prefix and not scope["raw_path"]:  # the links of the page are relative
            answer = RedirectResponse(f"{prefix}/")
        elif self._page is not None and wants_page(accept):
            answer = self._page
        else:
            answer = RedirectResponse(prefix + PATH)
        await answer(scope, receive, send)
