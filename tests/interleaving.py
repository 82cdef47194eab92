"""Runs another transaction between two chosen statements of a transaction, as another client would."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import Table as SqlTable
from sqlalchemy import delete, event, insert, literal, select, text, union_all
from sqlalchemy.util import await_only
from sqlmodel import Session

from persistence.columns import Table
from persistence.database import Database
from persistence.dialects.postgresql.citus import is_on_citus
from resolvers.errors import Refused
from resolvers.work import User, Work
from tests.conftest import NOW

Rule = Callable[[Work], Any]

Rows = dict[str, list[dict[str, Any]]]
"""The rows of tables by the name of the table."""

FILLED_TABLES = union_all(
    *(select(literal(table.name)).where(select(table).exists()) for table in Table.metadata.sorted_tables)
)
"""Selects the names of the tables that have rows."""

FILLED_BY_TRIGGERS = "search_text"
"""The table whose rows are made with those of other tables, under new keys."""

WAITS_FOR_LOCK = text(
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
)
"""Whether a transaction of the database waits for another one, on PostgreSQL."""

WAITS_ON_CITUS = text(
    "SELECT EXISTS (SELECT FROM citus_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock')"
)
"""The same on Citus, where a transaction waits on the server that has the rows."""


class Interleaving:
    """Runs a change and, just before one of its statements, the change of another client of the same database.

    On PostgreSQL the other change is committed before the statement is sent, unless it has to wait for the first
    change. `may_wait` allows it to wait and then to be refused. On SQLite it always waits.
    """

    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        self._database, self._loop = database, loop
        self.alone = database.dialect.name == "sqlite"
        self.on_citus: bool = loop.run_until_complete(database.querying(is_on_citus))

    def run(self, rule: Rule) -> Any:
        """Run one change alone."""
        return self._loop.run_until_complete(self._change(rule))

    def beginning(self, rule: Rule) -> Callable[[], Any]:
        """A function that makes the database as the rule leaves it and returns the rule's answer. The rule itself runs
        once; later calls store the rows again.
        """
        answer = self.run(rule)
        before = self.run(lambda work: stored_rows(work.session))

        def begin() -> Any:
            self.run(lambda work: replace_rows(work.session, before))
            return answer

        return begin

    def statements(self, rule: Rule) -> list[str]:
        """The statements that a change executes. The change is rolled back."""
        sent: list[str] = []
        listener = self._listen(lambda statement: sent.append(statement))
        try:
            self._loop.run_until_complete(self._change(rule, lambda work: work.session.rollback()))
        except Refused:
            pass
        finally:
            listener()
        return sent

    def between(self, rule: Rule, place: int, turn: Rule, *, may_wait: bool) -> Any:
        """Run the change with another change before its statement number `place`, counted from 0. Returns the result of
        the first change, or its refusal.
        """
        return self._loop.run_until_complete(self._between(rule, place, turn, may_wait=may_wait))

    async def _between(self, rule: Rule, place: int, turn: Rule, *, may_wait: bool) -> Any:
        seen = 0
        others: list[asyncio.Future[Any]] = []

        async def begin() -> None:
            others.append(asyncio.ensure_future(self._change(turn)))
            done: set[Any] = set()
            while not done and not (may_wait and await self._waits()):
                done, _ = await asyncio.wait(others, timeout=0.02)

        def count(_: str) -> None:
            nonlocal seen
            seen += 1
            if seen != place + 1:
                return
            if self.alone:
                others.append(
                    asyncio.wrap_future(
                        asyncio.run_coroutine_threadsafe(self._change(turn), self._loop), loop=self._loop
                    )
                )
            else:
                await_only(begin())

        listener = self._listen(count)
        try:
            return await self._change(rule)
        except Refused as refused:
            return refused
        finally:
            listener()
            for ended in await asyncio.gather(*others, return_exceptions=True):
                if isinstance(ended, Exception) and not (isinstance(ended, Refused) and may_wait):
                    raise ended

    async def _waits(self) -> bool:
        waits = WAITS_ON_CITUS if self.on_citus else WAITS_FOR_LOCK
        return bool(await self._database.querying(lambda session: session.connection().scalar(waits)))

    async def _change(self, rule: Rule, then: Callable[[Work], Any] = lambda _: None) -> Any:
        def change(session: Session) -> Any:
            work = Work(session, User("tester"), NOW)
            answer = rule(work)
            then(work)
            return answer

        return await self._database.writing(change)

    def _listen(self, notify: Callable[[str], None]) -> Callable[[], None]:
        """Call `notify` with each statement of the next transaction that executes one. Returns a function that stops
        it.
        """
        mine: list[Any] = []

        def before(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("BEGIN"):
                return
            mine[:] = mine or [connection]
            if connection is mine[0]:
                notify(statement)

        event.listen(self._database.engine, "before_cursor_execute", before)
        return lambda: event.remove(self._database.engine, "before_cursor_execute", before)


def stored_rows(session: Session) -> Rows:
    """All rows of the database, in an order in which they can be inserted."""
    filled = set(session.scalars(FILLED_TABLES))
    return {
        table.name: [dict(row) for row in session.execute(select(table).order_by(*_order(table))).mappings()]
        for table in Table.metadata.sorted_tables
        if table.name in filled and table.name != FILLED_BY_TRIGGERS
    }


def _order(table: SqlTable) -> list[Any]:
    """Rows that refer to no other row of their table come first: companies before their people."""
    to_itself = [key.parent for key in table.foreign_keys if key.column.table is table]
    return [*(column.is_not(None) for column in to_itself), *table.primary_key]


def replace_rows(session: Session, rows: Rows) -> None:
    """Make these the only rows of the database."""
    filled = set(session.scalars(FILLED_TABLES))
    for table in reversed(Table.metadata.sorted_tables):
        if table.name in filled:
            session.execute(delete(table))
    for table in Table.metadata.sorted_tables:
        if table.name in rows:
            session.execute(insert(table), rows[table.name])
