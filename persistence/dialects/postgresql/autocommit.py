"""Single statements of rules, each a transaction of its own."""

from collections.abc import Callable
from typing import Any, cast

import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.elements import ClauseElement

from persistence.dialects.postgresql.connections import Connections
from persistence.dialects.postgresql.errors import sqlstate
from persistence.lru import LRUCache
from persistence.sql_types import FoundRow, Parameters
from persistence.sqlalchemy_internals import Parameter, await_in_greenlet, compile_sql

COMPILED_KEPT = 512
"""Compiled single statements of rules."""


class AutocommitStatements:
    """Called from a rule, inside SQLAlchemy's greenlet.

    SQLAlchemy's session, transaction and execution cost four times what the statements of a small change do.
    """

    def __init__(self, connections: Callable[[], Connections], dialect: Dialect) -> None:
        self._connections, self._dialect = connections, dialect
        self.compiled: LRUCache[Any, tuple[str, list[Parameter]]] = LRUCache(COMPILED_KEPT)

    def row(self, statement: ClauseElement, values: Parameters, *, again: bool) -> FoundRow | None:
        """The first row. The statement is compiled once: pass the same object each time."""
        sql, places = self.compiled.get(statement) or self._compile(statement, values)
        parameters = [
            process(values.get(name, constant)) if process else values.get(name, constant)
            for name, process, constant in places
        ]
        try:
            found = await_in_greenlet(
                self._connections().use(lambda connection: connection.fetchrow(sql, *parameters), again=again)
            )
        except asyncpg.PostgresError as error:
            kind = IntegrityError if sqlstate(error).startswith("23") else DBAPIError
            raise kind(sql, None, error) from error
        return cast(FoundRow | None, found)

    def _compile(self, statement: ClauseElement, values: Parameters) -> tuple[str, list[Parameter]]:
        compiled = compile_sql(statement, self._dialect, list(values))
        return self.compiled.put(statement, (compiled.text, compiled.parameters))
