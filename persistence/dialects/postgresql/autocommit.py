"""Single statements of rules, each a transaction of its own."""

from collections.abc import Callable
from typing import cast

import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.elements import ClauseElement

from persistence.cache import Cache, Section, compiled_size
from persistence.dialects.postgresql.connections import Connections
from persistence.dialects.postgresql.errors import sqlstate
from persistence.sql_types import FoundRow, Parameters
from persistence.sqlalchemy_internals import Parameter, await_in_greenlet, compile_sql

TREE_FACTOR = 2
"""A compiled statement is kept with the expression tree that it was compiled from, which is about as large."""


class AutocommitStatements:
    """Runs single statements of a rule over connections of the driver. SQLAlchemy's session, transaction and execution
    cost four times what the statements of a small change do.

    A rule calls it inside SQLAlchemy's greenlet.
    """

    def __init__(self, connections: Callable[[], Connections], dialect: Dialect, cache: Cache) -> None:
        self._connections, self._dialect = connections, dialect
        self._compiled: Section[ClauseElement, tuple[str, list[Parameter]]] = Section(cache, "autocommit statements")

    def row(self, statement: ClauseElement, values: Parameters, *, retry: bool) -> FoundRow | None:
        """The first row. The statement is compiled once: pass the same object each time."""
        sql, places = self._compiled.get(statement) or self._compile(statement, values)
        parameters = [
            process(values.get(name, constant)) if process else values.get(name, constant)
            for name, process, constant in places
        ]
        try:
            found = await_in_greenlet(
                self._connections().use(lambda connection: connection.fetchrow(sql, *parameters), retry=retry)
            )
        except asyncpg.PostgresError as error:
            kind = IntegrityError if sqlstate(error).startswith("23") else DBAPIError
            raise kind(sql, None, error) from error
        return cast(FoundRow | None, found)

    def _compile(self, statement: ClauseElement, values: Parameters) -> tuple[str, list[Parameter]]:
        compiled = compile_sql(statement, self._dialect, list(values))
        size = TREE_FACTOR * compiled_size(compiled.text, len(compiled.parameters))
        return self._compiled.put(statement, (compiled.text, compiled.parameters), size)
