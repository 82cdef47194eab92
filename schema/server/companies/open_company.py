"""A company that a process has open: its application, with its database."""

import asyncio
from collections.abc import Callable
from contextvars import Context

from starlette.applications import Starlette

from schema.execution import observing
from schema.server.companies.states import CompanyState, State, check_file, state_of_open
from schema.server.errors import log
from schema.server.logs.stack_traces import describe

CHECK_SECONDS = 5
"""Seconds within which a table must be read."""


class OpenCompany:
    """A company that is being opened from the start, and is closed when all of its requests have ended."""

    def __init__(self, name: str, url: str, make_app: Callable[[], Starlette]) -> None:
        self.name, self.url, self._make_app = name, url, make_app
        self.app: Starlette
        self.used_at = 0.0
        """When its last request ended, as a time of the event loop."""
        self._requests = 0
        self._no_requests = asyncio.Event()
        # In a context of its own: what goes on in the background does not belong to the request that opens it.
        self._opening = asyncio.get_running_loop().create_task(self._open(), context=Context())

    @property
    def is_open(self) -> bool:
        """Whether it has been opened. False while it is being opened, and if that failed."""
        return self._opening.done() and not self._opening.cancelled() and self._opening.exception() is None

    @property
    def is_idle(self) -> bool:
        """Whether it has no requests and is not being opened."""
        return not self._requests and self._opening.done()

    async def opened(self) -> None:
        """Wait until it is open. Raises the reason why it cannot be opened."""
        await asyncio.shield(self._opening)

    def enter(self) -> None:
        """A request begins. The company is not closed until it ends."""
        self._requests += 1
        self._no_requests.clear()

    def leave(self) -> None:
        """A request has ended."""
        self._requests -= 1
        self.used_at = asyncio.get_running_loop().time()
        if not self._requests:
            self._no_requests.set()

    async def state(self) -> CompanyState:
        """Whether its database can be used now: it may have been replaced by an older one since it was opened."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self.app.state.database.check_ready()
                return await state_of_open(self.app.state.database)
        except Exception as error:
            return CompanyState(State.UNREACHABLE, error=error)

    async def close(self) -> None:
        """Close it when its requests have ended. WebSockets are closed: clients connect again."""
        await asyncio.wait([self._opening])
        if self._requests:
            if self.is_open:
                self.app.state.close_websockets()
            await self._no_requests.wait()
        if not self.is_open:
            return
        try:
            await self._lifespan.__aexit__(None, None, None)
        except Exception as error:
            log.error("company not closed properly", company=self.name, exception=describe(error))

    async def _open(self) -> None:
        observing.company.set(self.name)
        check_file(self.url)
        self.app = self._make_app()
        self._lifespan = self.app.router.lifespan_context(self.app)
        await self._lifespan.__aenter__()
