"""Single statements of rules, each a transaction of its own."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import cast

import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.elements import ClauseElement

from persistence.cache import Cache, Section, compiled_size
from persistence.dialects.postgresql.connections import Connections
from persistence.dialects.postgresql.deadlines import PostgresqlTransaction
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.errors import is_lost, is_unsent, sqlstate
from persistence.exceptions import OutcomeUnknown
from persistence.sql_types import FoundRow, Parameters
from persistence.sqlalchemy_internals import CompiledSql, await_in_greenlet, compile_sql
from persistence.transactions.running_operations import RunningTransaction

TREE_FACTOR = 2
"""A compiled statement is kept with the expression tree that it was compiled from, which is about as large."""


class AutocommitStatements:
    """Runs single statements of a rule over connections of the driver. SQLAlchemy's session, transaction and execution
    cost four times what the statements of a small change do.

    A rule calls it inside SQLAlchemy's greenlet.
    """

    def __init__(self, connections: Callable[[], Connections], dialect: Dialect, cache: Cache) -> None:
        self._connections, self._dialect = connections, dialect
        self._compiled: Section[ClauseElement, _CompiledStatement] = Section(cache, "autocommit statements")

    def row(
        self, statement: ClauseElement, values: Parameters, *, retry: bool, running: RunningTransaction | None = None
    ) -> FoundRow | None:
        """The first row. The statement is compiled once: pass the same object each time."""
        compiled = self._compiled.get(statement) or self._compile(statement, values)
        sql, parameters = compiled.text, compiled.parameters(values)
        transaction = cast("PostgresqlTransaction", running or PostgresqlTransaction())
        run = _read if retry else _change
        try:
            found = await_in_greenlet(
                self._connections().use(lambda each: run(each, transaction, sql, parameters), retry=retry)
            )
        except asyncpg.PostgresError as error:
            kind = IntegrityError if sqlstate(error).startswith("23") else DBAPIError
            raise kind(sql, None, error) from error
        return cast("FoundRow | None", found)

    def _compile(self, statement: ClauseElement, values: Parameters) -> "_CompiledStatement":
        compiled = compile_sql(statement, self._dialect, list(values))
        size = TREE_FACTOR * compiled_size(compiled.text, len(compiled.parameters))
        return self._compiled.put(statement, _CompiledStatement(compiled), size)


class _CompiledStatement:
    """The text of a statement, and how to make the list of its parameters. Only given values that SQLAlchemy has to
    convert are processed one by one; constants are converted here.
    """

    def __init__(self, compiled: CompiledSql) -> None:
        self.text = compiled.text
        self._constants = {
            each.name: each.process(each.constant) if each.process else each.constant for each in compiled.parameters
        }
        names = [each.name for each in compiled.parameters]
        self._pick = itemgetter(*names) if len(names) > 1 else lambda values: [values[name] for name in names]
        self._processed = [
            (place, each.name, each.process) for place, each in enumerate(compiled.parameters) if each.process
        ]

    def parameters(self, values: Parameters) -> list[object]:
        """The parameters in the order of the statement. A parameter without a value has its constant."""
        found: list[object] = [*self._pick({**self._constants, **values})]
        for place, name, process in self._processed:
            if name in values:
                found[place] = process(found[place])
        return found


async def _read(
    connection: DriverConnection, transaction: PostgresqlTransaction, sql: str, parameters: Sequence[object]
) -> asyncpg.Record | None:
    transaction.use(connection)
    try:
        return await connection.first_row(sql, parameters)
    finally:
        transaction.connection = None


async def _change(
    connection: DriverConnection, transaction: PostgresqlTransaction, sql: str, parameters: Sequence[object]
) -> asyncpg.Record | None:
    """The row that a statement returns that commits itself; None if it changed nothing. Raises OutcomeUnknown if the
    server does not say how it ended, or if the change may be lost with this server, because no standby has it.
    """
    transaction.begin_commit()
    connection.committed_locally = False
    transaction.use(connection)
    try:
        row = await connection.first_row(sql, parameters)
    except Exception as error:
        if is_lost(error) and not is_unsent(error):
            raise OutcomeUnknown from error
        transaction.committing = False
        raise
    finally:
        transaction.connection = None
    if connection.committed_locally:
        raise OutcomeUnknown
    transaction.committing = row is not None
    return row
