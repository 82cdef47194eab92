"""Serves companies below `/companies/NAME`: each by an application of its own, opened when it is used.

A company that cannot be used, or does not exist, is served by an application over an empty database. So every route
answers callers without rights alike, whether or not there is such a company.
"""

import asyncio
import re
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from persistence.concurrency.connection_budget import ConnectionBudget
from persistence.concurrency.time_limits import Usage
from persistence.database import Database
from persistence.exceptions import Overloaded
from persistence.versions import migrate
from schema.execution import observing
from schema.server.background.tasks import in_background, log_failures
from schema.server.companies.open_company import OpenCompany
from schema.server.companies.registry import Registry, is_name
from schema.server.companies.rights import KnownTokens, arrived, asked
from schema.server.companies.states import CompanyState, State, check_file, note_state, state_of
from schema.server.errors import log
from schema.server.logs.stack_traces import describe
from schema.server.public_address import PREFIX

ROUTE = "/companies/"
PATH = re.compile(r"/companies/([^/]+)(/.*)?", re.DOTALL)
SERVICE_UNAVAILABLE = 503
RETRY_SECONDS = 1
"""Seconds after which a company that could not be opened is tried again."""

PREPARE_SECONDS = 3
"""Seconds after the start until the empty company is prepared."""

CHECK_SECONDS = 60
"""Seconds between two rounds in which the databases of all companies are checked."""

RECHECK_SECONDS = 5
"""Seconds between two checks of companies that were not available, or let a request wait for as long."""

CHECKED_AT_ONCE = 4
"""Companies that are checked at the same time, at most. Those on a server that does not answer take seconds each."""

CLOSED_AT_ONCE = 4
"""Companies that are being closed to make room for others, at most."""

IDLE_SECONDS = 900
"""Seconds without requests after which a company is closed."""

MakeApp = Callable[[str, str | None], Starlette]
"""Makes the application for the database of a URL and the company with a name, or for no company."""


class Companies:
    """The companies of one process: at most so many are open; the least recently used one is closed for another."""

    def __init__(
        self, registry: Registry, most: int, known: KnownTokens, budget: ConnectionBudget, make_app: MakeApp
    ) -> None:
        self._registry, self._most, self._known, self._make_app = registry, most, known, make_app
        self._budget = budget
        self._open: OrderedDict[str, OpenCompany] = OrderedDict()
        """In the order of their last use."""
        self._closing: set[asyncio.Task[None]] = set()
        self._failed_at: dict[str, float] = {}
        self._states: dict[str, CompanyState] = {}
        self._failed_requests: set[str] = set()
        """The companies with a request since the last check that was answered by 503."""
        self._unanswered: dict[Send, tuple[str, float]] = {}
        """The company of each request that has no answer yet, and when the request arrived."""
        self._empty: asyncio.Future[Starlette] | None = None
        self._until_the_end = AsyncExitStack()
        self.create_tables: Callable[[str], Awaitable[None]] = _create_tables
        """Creates the tables of the empty database with this URL."""

    def exist(self) -> bool:
        """Whether there is a list of companies, which may be empty."""
        return self._registry.folder.is_dir()

    def has(self, name: str) -> bool:
        """Whether there is a company with this name, usable or not."""
        try:
            return self._registry.url_of(name) is not None
        except OSError:
            return False

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Check and close companies in the background while the block runs. At its end all are closed."""
        async with self._until_the_end:
            try:
                async with in_background(self._check_regularly()), in_background(self._prepare()):
                    yield
            finally:  # after the checks, which open companies, too
                await asyncio.gather(*(each.close() for each in self._open.values()), *self._closing)

    def has_path(self, path: str) -> bool:
        """Whether a path below ROUTE is one of a company, which need not exist."""
        return PATH.fullmatch(path) is not None and self.exist()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        matched = PATH.fullmatch(scope["path"])
        assert matched is not None
        name, path = matched[1], matched[2] or ""
        noting = self._noting_answer(name, send)
        try:
            await self._serve(name, path, scope, receive, noting)
        finally:
            self._unanswered.pop(noting, None)

    async def _serve(self, name: str, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        arrived.set(asyncio.get_running_loop().time())
        company = await self._used(name)
        inner = {**scope, "path": path or "/", "raw_path": path.encode(), PREFIX: f"{ROUTE}{name}"}
        asked.set(name)
        observing.company.set(name if company is not None or self.has(name) else None)
        if company is None:
            app = await self._empty_app()
            await app(inner, receive, send)
            return
        try:
            await company.app(inner, receive, send)
        finally:
            company.leave()

    def _noting_answer(self, name: str, send: Send) -> Send:
        """The function that sends messages, which also notes that the answer has begun, and whether it is 503."""

        async def noting(message: Message) -> None:
            self._unanswered.pop(noting, None)
            if message.get("status") == SERVICE_UNAVAILABLE:
                self._failed_requests.add(name)
            await send(message)

        self._unanswered[noting] = (name, asyncio.get_running_loop().time())
        return noting

    def usage(self) -> dict[str, Usage]:
        """How many companies may be open, and how many are."""
        return {"companies": Usage(self._most, len(self._open))}

    def summary(self) -> dict[str, object]:
        """How many companies there are, and the names of those that cannot be used, as far as that is known."""
        names, now = self._registry.names(), asyncio.get_running_loop().time()
        return {"count": len(names), "notReady": [name for name in names if not self._seems_ready(name, now)]}

    def make_room(self) -> None:
        """Close an idle company, because all connections are in use."""
        if len(self._closing) < CLOSED_AT_ONCE:
            self._close_idle()

    async def _used(self, name: str) -> OpenCompany | None:
        """The company, which is open until the caller leaves it. None if it does not exist or cannot be used."""
        if not is_name(name):
            return None
        try:
            url = self._registry.url_of(name)
        except OSError as error:
            self._note_failure(name, error)
            return None
        company = self._open.get(name)
        if company is not None and company.url != url:
            self._retire(name)
            company = None
        if url is None:
            self._known.forget(name)
            return None
        if company is None:
            if asyncio.get_running_loop().time() - self._failed_at.get(name, -RETRY_SECONDS) < RETRY_SECONDS:
                return None
            while len(self._open) >= self._most:
                if not self._close_idle():
                    return None
            while len(self._closing) > CLOSED_AT_ONCE:
                await asyncio.wait(self._closing, return_when=asyncio.FIRST_COMPLETED)
            if name in self._open:  # another request has begun to open it
                return await self._used(name)
            company = self._open[name] = OpenCompany(name, url, lambda: self._make_app(url, name))
        self._open.move_to_end(name)
        company.enter()
        try:
            await company.opened()
        except BaseException as error:
            company.leave()
            if not isinstance(error, Exception):
                raise
            if self._open.get(name) is company:
                del self._open[name]
                self._note_failure(name, error)
            return None
        self._failed_at.pop(name, None)
        return company

    def _note_failure(self, name: str, error: Exception) -> None:
        self._failed_at[name] = asyncio.get_running_loop().time()
        log.error("company not available", company=name, exception=describe(error))

    def _retire(self, name: str) -> None:
        """Close a company when its requests have ended. Requests that come now do not use it."""
        company = self._open.pop(name)
        task = asyncio.create_task(company.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _close_idle(self) -> bool:
        """Close the company that was used least recently, of those without requests. False if there is none."""
        name = next((name for name, company in self._open.items() if company.is_idle), None)
        if name is None:
            return False
        self._retire(name)
        return True

    def _seems_ready(self, name: str, now: float) -> bool:
        """Whether a company could be used when that was last tried."""
        if name in self._failed_at:
            return False
        try:
            check_file(self._registry.url_of(name) or "")
        except (OSError, ValueError):
            return False
        state = self._states.get(name)
        return state is None or state.state is State.READY

    async def _prepare(self) -> None:
        """Prepare the empty company before a request needs it, which would wait a second for it."""
        await asyncio.sleep(PREPARE_SECONDS)
        if self.exist():
            await log_failures(self._empty_app(), "empty company not made")

    async def _check_regularly(self) -> None:
        clock = asyncio.get_running_loop().time
        last = clock()
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            if clock() - last < CHECK_SECONDS:
                await log_failures(self._check_unavailable(), "companies not checked")
                continue
            last = clock()
            for name, company in [*self._open.items()]:
                if company.is_idle and last - company.used_at > IDLE_SECONDS:
                    self._retire(name)
            await log_failures(self.check_all(), "companies not checked")

    async def _check_unavailable(self) -> None:
        """Check the companies that could not be used when that was last tried, and those with requests that failed or
        wait for an answer.
        """
        unreachable = {name for name, state in self._states.items() if state.state is State.UNREACHABLE}
        latest = asyncio.get_running_loop().time() - RECHECK_SECONDS
        waiting = {name for name, since in self._unanswered.values() if since < latest}
        names = unreachable | waiting | self._failed_requests | self._failed_at.keys()
        self._failed_requests.clear()
        await self._check_each(name for name in sorted(names) if self.has(name))

    async def check_all(self) -> None:
        """Check of each company whether it can be used. Raises OSError if the list cannot be read."""
        names = self._registry.names()
        for name, company in [*self._open.items()]:
            if self._registry.url_of(name) != company.url:
                self._retire(name)
        self._states = {name: state for name, state in self._states.items() if name in names}
        await self._check_each(names)

    async def _check_each(self, names: Iterable[str]) -> None:
        places = asyncio.Semaphore(CHECKED_AT_ONCE)

        async def check(name: str) -> None:
            async with places:
                await self._check(name)

        await asyncio.gather(*map(check, names))

    async def _check(self, name: str) -> None:
        """Check whether a company can be used. One with webhooks is opened: changes may have to be delivered."""
        company = self._open.get(name)
        found = await company.state() if company is not None and company.is_open else None
        if found is not None and company is not None and self._open.get(name) is company:  # not closed meanwhile
            note_state(self._states, name, found)
            if found.state is not State.READY and company.is_idle:
                self._retire(name)  # it is opened again by the next request
        else:
            try:
                note_state(self._states, name, await state_of(self._registry.url_of(name) or "", self._budget))
            except Overloaded:  # the next round will tell
                return
            if self._states[name].has_webhooks and (opened := await self._used(name)) is not None:
                opened.leave()  # it stays open for a while, and delivers
        if self._states[name].state is State.READY:
            self._failed_at.pop(name, None)

    async def _empty_app(self) -> Starlette:
        """The application over an empty database, which is created when it is first needed."""
        if self._empty is None:
            self._empty = asyncio.ensure_future(self._until_the_end.enter_async_context(self._empty_company()))
        try:
            return await asyncio.shield(self._empty)
        except Exception:
            self._empty = None
            raise

    @asynccontextmanager
    async def _empty_company(self) -> AsyncIterator[Starlette]:
        with tempfile.TemporaryDirectory(prefix="carnet-") as folder:
            url = f"sqlite:///{Path(folder) / 'empty.db'}"
            await self.create_tables(url)
            app = self._make_app(url, None)
            async with app.router.lifespan_context(app):
                yield app


async def _create_tables(url: str) -> None:
    async with Database.at(url) as database:
        await migrate(database)
