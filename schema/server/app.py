"""The ASGI application: its routes, and the database that it opens and closes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from functools import partial
from time import perf_counter

from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from persistence.cache import Cache
from persistence.database import Database
from persistence.versions import check as check_version
from resolvers.company_calendar import zones
from schema.execution import observing
from schema.execution.graphql_internals import graphql_schema
from schema.execution.live.engine import LiveEngine
from schema.execution.live.hub import Hub
from schema.root import schema
from schema.server import cross_origin, document_limits, probes, sending
from schema.server.access_log import AccessLog
from schema.server.auth import Authenticator, UserOfToken
from schema.server.background_work import working_in_background
from schema.server.browser_requests import BrowserRequests
from schema.server.calendars import ROUTE as CALENDARS
from schema.server.calendars import CalendarEndpoint, FindCalendar
from schema.server.companies import rights
from schema.server.companies.registry import Registry
from schema.server.companies.serving import Companies
from schema.server.companies.shared import Shared
from schema.server.errors import Rejected, logged_failure, report
from schema.server.front_page import page as front_page
from schema.server.graphiql import page as graphiql
from schema.server.http import Endpoint, send_refusal, wants_page
from schema.server.metrics import Metrics
from schema.server.metrics_endpoint import MetricsEndpoint
from schema.server.public_address import PREFIX
from schema.server.read_after import ReadAfter
from schema.server.refreshing import COMPANY_PAUSE
from schema.server.running_requests import stopping
from schema.server.schema_file import SchemaFile
from schema.server.served_documents import served_documents
from schema.server.settings import Settings
from schema.server.unread import RAW_SEND
from schema.server.web_pages import FILES, FOLDER, WebFiles, WebPage
from schema.server.websockets.endpoint import WebSocketEndpoint
from schema.server.websockets.services import Services

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
        if name is None:
            exists = companies.has
            check, guard = rights.claim_of_no_company(exists), partial(rights.of_no_company, known=known, exists=exists)
            calendars = partial(rights.calendars_of_no_company, known=known, exists=exists)
        else:
            check, guard = rights.claim_of(name), partial(rights.guarded, company=name, known=known)
            calendars = partial(rights.guarded_calendars, company=name, known=known)
        return _application(settings.of_company(url), shared, None, check, guard, calendars)

    companies = Companies(Registry(settings.companies), settings.max_open_companies, known, company_app)
    if access_log is not None:
        shared.observers.append(access_log.observe)
    carnet = _application(settings, shared, companies, rights.claim_outside_companies(companies.exist))
    carnet.state.access_log = access_log
    return carnet


def _application(
    settings: Settings,
    shared: Shared,
    companies: Companies | None,
    check_claim: rights.CheckClaim,
    guard: Callable[[UserOfToken], UserOfToken] = lambda user_of: user_of,
    guard_calendars: Callable[[FindCalendar], FindCalendar] = lambda find: find,
) -> "Carnet":
    """The application for one database: that of the process, which also serves its companies, or that of a company."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        opening = Database.at(
            settings.database_url,
            pool_size=settings.pool_size,
            read_timeout=settings.read_timeout_seconds,
            limits=settings.limits,
            cache=shared.cache_of(settings.database_url),
            max_streams=settings.streams,
            budget=shared.budget,
            read_url=settings.read_database_url,
        )
        failure = nullcontext() if companies is None else logged_failure("the server cannot start or stop")
        async with failure, opening as database, AsyncExitStack() as until_the_end:
            await check_version(database)
            await asyncio.to_thread(zones)  # else the first request that needs a date would delay all others
            engine = LiveEngine(
                graphql_schema(schema),
                database,
                check=document_limits.check,
                cost=document_limits.cost,
                report=report,
                introspection=settings.introspection,
                webhook_options=settings.webhook_options,
            )
            if companies is None:
                shared.share_statements(database)
            elif settings.jwt_jwks is not None:  # else the libraries that verify tokens are not loaded
                from schema.server import issuer_keys

                shared.keys = await until_the_end.enter_async_context(issuer_keys.opened(settings.jwt_jwks))
            user_of_jwt = None
            if shared.keys is not None:
                from schema.server.json_web_tokens import JsonWebTokens

                user_of_jwt = JsonWebTokens(shared.keys, database, settings, check_companies=check_claim).user
            app.state.database = database
            browser_requests = BrowserRequests(settings.allowed_hosts, settings.cors_origins)
            authenticator = Authenticator(
                database, require_token=settings.require_token, user_of_jwt=user_of_jwt, guard=guard
            )
            app.state.schema_file = SchemaFile(
                authenticator, introspection=settings.introspection, only_trusted_documents=shared.trusted is not None
            )
            rate_limits = shared.rate_limits.with_own_tokens()
            app.state.calendars = CalendarEndpoint(
                database,
                shared.running,
                rate_limits,
                shared.public_address,
                link=settings.calendar_link,
                has_front_page=settings.graphiql,
                timeout=settings.request_seconds,
                guard=guard_calendars,
            )
            read_after = ReadAfter(remembers=settings.read_database_url is not None)
            app.state.graphql = carnet.graphql = Endpoint(
                engine,
                authenticator,
                browser_requests,
                running=shared.running,
                unread=shared.unread,
                rate_limits=rate_limits,
                page=shared.graphiql,
                trusted=shared.trusted,
                max_body_bytes=settings.max_body_bytes,
                body_seconds=settings.body_seconds,
                timeout=settings.request_seconds,
                show_cost=settings.show_cost,
                read_after=read_after,
            )
            sockets = Services(
                engine,
                Hub(database, engine.note_failure),
                shared.websockets,
                authenticator,
                running=shared.running,
                rate_limits=rate_limits,
                make_request=app.state.graphql.checked,
                observers=shared.observers,
                public_address=shared.public_address,
                read_after=read_after,
                settings=settings,
                timeout=settings.request_seconds,
                unread_seconds=settings.unread_seconds,
            )
            app.state.sockets = WebSocketEndpoint(sockets, browser_requests)
            app.state.close_websockets = partial(shared.websockets.close_of, authenticator.user)
            if companies is not None:
                if app.state.access_log is not None:
                    until_the_end.callback(app.state.access_log.write)
                if settings.metrics:
                    token = None if settings.metrics_token is None else settings.metrics_token.get_secret_value()
                    metrics = Metrics(
                        database,
                        shared.running,
                        shared.client_connections,
                        shared.webhook_counts,
                        shared.websockets,
                        companies.usage,
                    )
                    shared.observers.append(metrics.observe)
                    until_the_end.callback(shared.observers.remove, metrics.observe)
                    app.state.metrics = MetricsEndpoint(metrics, authenticator, browser_requests, token)
                    await until_the_end.enter_async_context(metrics.shared())
                shared.budget.make_room = partial(asyncio.get_running_loop().call_soon_threadsafe, companies.make_room)
                await until_the_end.enter_async_context(companies.serving())
                await until_the_end.enter_async_context(shared.websockets.checked())
            pause = COMPANY_PAUSE if companies is None else None
            working = working_in_background(database, settings, shared.webhook_counts, pause=pause)
            await until_the_end.enter_async_context(working)
            yield

    routes: list[BaseRoute] = [
        Route(PATH, _PassedTo("graphql")),
        Route("/schema.graphql", _PassedTo("schema_file")),
        Route(f"{CALENDARS}/{{file}}", _PassedTo("calendars")),
        Route("/", _Root(shared.front_page), methods=["GET"]),
    ]
    if companies is not None:
        routes += [Route(path, probes.health, methods=["GET"]) for path in ("/health", "/ready")]
        routes.append(Route("/live", probes.live, methods=["GET"]))
    if settings.metrics:
        routes.append(Route("/metrics", _PassedTo("metrics")))
    if settings.graphiql:
        routes += [*graphiql.routes(ASSETS), Mount(FILES, WebFiles(directory=FOLDER))]
    carnet = Carnet(routes=routes, lifespan=lifespan, middleware=cross_origin.middleware(settings))
    carnet.shared, carnet.companies = shared, companies
    carnet.state.companies = companies
    carnet.state.metrics = None
    carnet.state.running = shared.running
    carnet.state.client_connections, carnet.state.websockets = shared.client_connections, shared.websockets
    return carnet


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
        if self.companies is not None and self.companies.serves(scope):
            await self.companies(scope, receive, send)
            return
        if scope["type"] == "websocket" and scope["path"] == PATH:
            await self.state.sockets(scope, receive, send)
            return
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        record, began, shared = observing.begin(), perf_counter(), self.shared
        shared.public_address.note(record, scope)
        scope[RAW_SEND] = send
        send, acceptable = sending.begin(scope, send, shared.unread, record)
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
