"""Opens a database and what answers requests to it, and closes them when the application ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

from starlette.datastructures import State

from persistence.database import Database
from persistence.versions import check as check_version
from resolvers.company_calendar import zones
from schema.execution.graphql_internals import graphql_schema
from schema.execution.live.engine import LiveEngine
from schema.execution.live.hub import Hub
from schema.root import schema
from schema.server.authentication.authenticator import Authenticator, UserOfToken
from schema.server.background.all_work import working_in_background
from schema.server.background.refreshing import COMPANY_PAUSE
from schema.server.calendars import CalendarEndpoint, FindCalendar
from schema.server.companies import rights
from schema.server.companies.serving import Companies
from schema.server.companies.shared import Shared
from schema.server.documents import document_limits
from schema.server.errors import logged_failure, report
from schema.server.http import Endpoint, Limits
from schema.server.logs.standby_log import StandbyLog
from schema.server.metrics import Metrics
from schema.server.metrics_endpoint import MetricsEndpoint
from schema.server.requests.browser_requests import BrowserRequests
from schema.server.requests.rate_limits import RateLimits
from schema.server.requests.read_after import ReadAfter
from schema.server.schema_file import SchemaFile
from schema.server.settings import Settings
from schema.server.websockets.endpoint import WebSocketEndpoint
from schema.server.websockets.services import Services


@dataclass(frozen=True)
class Guards:
    """What decides who may send requests to the database of an application."""

    check_claim: rights.CheckClaim
    users: Callable[[UserOfToken], UserOfToken] = lambda user_of: user_of
    calendars: Callable[[FindCalendar], FindCalendar] = lambda find: find


@asynccontextmanager
async def opened(
    state: State, settings: Settings, shared: Shared, companies: Companies | None, guards: Guards
) -> AsyncIterator[Endpoint]:
    """Opens the database, and puts the endpoints into the state. Without `companies`, the application is that of a
    company.
    """
    failure = nullcontext() if companies is None else logged_failure("the server cannot start or stop")
    async with failure, _database(settings, shared) as database, AsyncExitStack() as until_the_end:
        await check_version(database)
        await asyncio.to_thread(zones)  # else the first request that needs a date would delay all others
        if companies is not None:
            await _open_keys(settings, shared, until_the_end)
        database.watch_standby(StandbyLog().note)
        state.database = database
        authenticator = _authenticator(settings, shared, database, guards)
        browser_requests = BrowserRequests(settings.allowed_hosts, settings.cors_origins)
        _add_endpoints(state, settings, shared, guards, authenticator, browser_requests)
        if companies is not None:
            await _open_process(state, settings, shared, companies, authenticator, browser_requests, until_the_end)
        pause = COMPANY_PAUSE if companies is None else None
        working = working_in_background(database, settings, shared.webhook_counts, pause=pause)
        await until_the_end.enter_async_context(working)
        yield state.graphql


def _database(settings: Settings, shared: Shared) -> AbstractAsyncContextManager[Database]:
    return Database.at(
        settings.database_url,
        pool_size=settings.pool_size,
        read_timeout=settings.read_timeout_seconds,
        limits=settings.limits,
        cache=shared.cache_of(settings.database_url),
        max_streams=settings.streams,
        budget=shared.budget,
        read_url=settings.read_database_url,
    )


async def _open_keys(settings: Settings, shared: Shared, until_the_end: AsyncExitStack) -> None:
    """Open the keys of the issuer of JSON Web Tokens, for all databases of the process."""
    if settings.jwt_jwks is not None:  # else the libraries that verify tokens are not loaded
        from schema.server.authentication import issuer_keys

        shared.keys = await until_the_end.enter_async_context(issuer_keys.opened(settings.jwt_jwks))


def _authenticator(settings: Settings, shared: Shared, database: Database, guards: Guards) -> Authenticator:
    user_of_jwt = None
    if shared.keys is not None:
        from schema.server.authentication.json_web_tokens import JsonWebTokens

        user_of_jwt = JsonWebTokens(shared.keys, database, settings, check_companies=guards.check_claim).user
    return Authenticator(database, require_token=settings.require_token, user_of_jwt=user_of_jwt, guard=guards.users)


def _add_endpoints(
    state: State,
    settings: Settings,
    shared: Shared,
    guards: Guards,
    authenticator: Authenticator,
    browser_requests: BrowserRequests,
) -> None:
    """Put the endpoints over the database of the state into the state."""
    database: Database = state.database
    engine = _engine(settings, database)
    rate_limits = shared.rate_limits.with_own_tokens()
    read_after = ReadAfter(remembers=settings.read_database_url is not None)
    state.schema_file = SchemaFile(
        authenticator, introspection=settings.introspection, only_trusted_documents=shared.trusted is not None
    )
    state.calendars = CalendarEndpoint(
        database,
        shared.running,
        rate_limits,
        shared.public_address,
        link=settings.calendar_link,
        has_front_page=settings.graphiql,
        timeout=settings.request_seconds,
        guard=guards.calendars,
    )
    limits = Limits(
        rates=rate_limits,
        running=shared.running,
        unread=shared.unread,
        max_body_bytes=settings.max_body_bytes,
        body_seconds=settings.body_seconds,
        timeout=settings.request_seconds,
    )
    state.graphql = Endpoint(
        engine,
        authenticator,
        browser_requests,
        limits,
        page=shared.graphiql,
        trusted=shared.trusted,
        show_cost=settings.show_cost,
        read_after=read_after,
    )
    sockets = _services(engine, settings, shared, authenticator, state.graphql, rate_limits, read_after)
    state.sockets = WebSocketEndpoint(sockets, browser_requests)
    state.close_websockets = partial(shared.websockets.close_of, authenticator.user)


def _engine(settings: Settings, database: Database) -> LiveEngine:
    return LiveEngine(
        graphql_schema(schema),
        database,
        check=document_limits.check,
        cost=document_limits.cost,
        report=report,
        introspection=settings.introspection,
        webhook_options=settings.webhook_options,
    )


def _services(
    engine: LiveEngine,
    settings: Settings,
    shared: Shared,
    authenticator: Authenticator,
    endpoint: Endpoint,
    rate_limits: RateLimits,
    read_after: ReadAfter,
) -> Services:
    """What WebSockets use."""
    return Services(
        engine,
        Hub(engine.database, engine.note_failure),
        shared.websockets,
        authenticator,
        running=shared.running,
        rate_limits=rate_limits,
        make_request=endpoint.checked,
        observers=shared.observers,
        public_address=shared.public_address,
        read_after=read_after,
        settings=settings,
        timeout=settings.request_seconds,
        unread_seconds=settings.unread_seconds,
    )


async def _open_process(
    state: State,
    settings: Settings,
    shared: Shared,
    companies: Companies,
    authenticator: Authenticator,
    browser_requests: BrowserRequests,
    until_the_end: AsyncExitStack,
) -> None:
    """Begin what a process does once, for all databases that it serves."""
    if state.access_log is not None:
        until_the_end.callback(state.access_log.write)
    if settings.metrics:
        metrics = await _open_metrics(state.database, shared, companies, until_the_end)
        token = None if settings.metrics_token is None else settings.metrics_token.get_secret_value()
        state.metrics = MetricsEndpoint(metrics, authenticator, browser_requests, token)
    shared.budget.make_room = partial(asyncio.get_running_loop().call_soon_threadsafe, companies.make_room)
    await until_the_end.enter_async_context(companies.serving())
    await until_the_end.enter_async_context(shared.websockets.checked())


async def _open_metrics(
    database: Database, shared: Shared, companies: Companies, until_the_end: AsyncExitStack
) -> Metrics:
    metrics = Metrics(
        database, shared.running, shared.client_connections, shared.webhook_counts, shared.websockets, companies.usage
    )
    shared.observers.append(metrics.observe)
    until_the_end.callback(shared.observers.remove, metrics.observe)
    await until_the_end.enter_async_context(metrics.shared())
    return metrics
