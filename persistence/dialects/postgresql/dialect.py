"""PostgreSQL as Carnet uses it."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path

from sqlalchemy import (
    CTE,
    JSON,
    URL,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Insert,
    Integer,
    MetaData,
    Table,
    Time,
    Unicode,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    make_url,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from persistence.cache import Cache
from persistence.concurrency.connection_budget import ConnectionBudget
from persistence.concurrency.ending_tasks import end
from persistence.concurrency.time_limits import TimeLimits, Usage
from persistence.dialects.closing import close_completely
from persistence.dialects.interface import DatabaseDialect, OpenDatabase
from persistence.dialects.postgresql import change_feed, errors, schemas
from persistence.dialects.postgresql.citus import SYNC_METADATA, is_on_citus, make_table_local
from persistence.dialects.postgresql.connections import PostgresqlReader
from persistence.dialects.postgresql.entry_numbers import SequenceEntryNumbers
from persistence.dialects.postgresql.functions import replace_json_function
from persistence.dialects.postgresql.monitor import ActivityMonitor
from persistence.dialects.postgresql.newest_primary import NewestPrimary
from persistence.dialects.postgresql.server import Server
from persistence.dialects.postgresql.signals import PostgresqlSignals
from persistence.dialects.postgresql.sql import PostgresqlWriter
from persistence.dialects.postgresql.standby import StandbyReader
from persistence.dialects.postgresql.streams import PostgresqlStreamer
from persistence.dialects.postgresql.transactions import PostgresqlTransactions
from persistence.dialects.postgresql.types import PostgresqlTypes
from persistence.dialects.postgresql.urls import connect_arguments
from persistence.exceptions import DatabaseProblem, FailureKind
from persistence.sql_types import IndexCondition, Parameters, SqlExpression, SqlQuery, SqlType

LOCK = "pg_advisory_xact_lock((current_schema()::regnamespace::oid::bigint << 32) + {})"
"""Takes an advisory lock of this schema until the transaction ends. Other schemas of the database have locks of their
own.
"""

ALLOW_TRIGGERS = "set_config('citus.enable_unsafe_triggers', 'on', true)"
"""Citus refuses triggers without this setting, because rows of a table may be on several servers. All tables of a
company are on one.
"""

FIRST_DAY = dt.date(1970, 1, 1)
"""Days in lists are sent as numbers of days after this one."""

LOCK_MIGRATIONS = LOCK.format(1)
"""Held while the tables change."""

LOCK_REFRESHING = LOCK.format(2)
"""Held while stored sums are refreshed."""

LOCK_IMPORTS = LOCK.format(3)
"""Held while a file is imported, or an import undone."""

TABLES_OF_EXTENSIONS = text(
    "SELECT relname::text FROM pg_depend JOIN pg_class ON pg_class.oid = objid "
    "WHERE classid = 'pg_class'::regclass AND deptype = 'e' AND relnamespace = current_schema()::regnamespace"
)


class Postgresql(DatabaseDialect):
    """Transactions read what is committed (READ COMMITTED) and write at the same time, with explicit locks."""

    name = "postgresql"
    sql = PostgresqlWriter()
    types = PostgresqlTypes()
    entry_numbers = SequenceEntryNumbers()
    last_change_numbers = change_feed.LAST_NUMBERS
    staging_table = "UNLOGGED"
    staging_options = " WITH (fillfactor = 50)"
    rebuilds_indexes = True
    writes_serially = False
    integrity_check = None

    @asynccontextmanager
    async def open(
        self,
        url: str,
        *,
        pool_size: int,
        read_timeout: float,
        limits: TimeLimits,
        cache: Cache,
        budget: ConnectionBudget | None,
        read_url: str | None,
    ) -> AsyncIterator[OpenDatabase]:
        """Open the database. `pool_size` is the number of connections, at most, for each of: planned reads, other
        reads, changes, single statements of changes, and reads on the standby.
        """
        server = Server(make_url(url), budget)
        async with AsyncExitStack() as closing:
            closing.callback(server.close)
            transactions = PostgresqlTransactions(server, pool_size, limits, read_timeout, cache)
            closing.push_async_callback(close_completely, transactions.close)
            reader = await PostgresqlReader.connect(server, pool_size, read_timeout, limits.patience)
            closing.push_async_callback(close_completely, reader.close)
            transactions.on_citus = reader.on_citus
            monitor, streamer = ActivityMonitor(reader), PostgresqlStreamer(server)
            newest, standby = NewestPrimary(server, reader), None
            if read_url is not None:
                standby_server = Server(make_url(read_url), only_reads=True)
                closing.callback(standby_server.close)
                standby = StandbyReader(standby_server, reader, newest, pool_size, read_timeout)
                closing.push_async_callback(close_completely, standby.close)

            def usage() -> dict[str, Usage]:
                return reader.usage() | transactions.usage() | ({} if standby is None else standby.usage())

            watching = asyncio.create_task(server.watch(lambda: any(pool.in_use for pool in usage().values())))
            closing.push_async_callback(end, watching)
            signals = PostgresqlSignals(server)
            yield OpenDatabase(transactions, reader, monitor, streamer, standby, signals, usage, newest)

    def change_announcement(self, session: AnySession | None = None) -> FromClause | None:
        if session is None or not is_on_citus(session):
            return change_feed.ANNOUNCEMENT
        session.execute(select(change_feed.ANNOUNCEMENT))
        return None

    def check_url(self, url: URL, *, only_reads: bool = False) -> None:
        connect_arguments(url, only_reads=only_reads)

    def file_of(self, url: URL) -> None:
        return None

    def find_damage(self, url: URL, seconds: float) -> None:
        return None

    def table_options(self, *, never_reuse_keys: bool, rows_in_key_order: bool) -> Mapping[str, object]:
        """Keys come from sequences, which never give a number twice. Rows are stored in no order."""
        return {}

    def index_options(self, *, where: IndexCondition | None, include: Sequence[str]) -> Mapping[str, object]:
        options: dict[str, object] = {} if where is None else {"postgresql_where": where}
        return options | ({"postgresql_include": list(include)} if include else {})

    def insert_or_skip(self, table: Table, unique: Sequence[str], where: ColumnElement[bool] | None = None) -> Insert:
        return insert(table).on_conflict_do_nothing(index_elements=unique, index_where=where)

    def insert_or_update(
        self,
        table: Table,
        unique: Sequence[str],
        values: Mapping[str, object],
        where: ColumnElement[bool] | None = None,
    ) -> Insert:
        return insert(table).on_conflict_do_update(index_elements=unique, set_=values, where=where)

    def grouped_by_each(self, rows: CTE, keys: Sequence[str], sums: Sequence[str]) -> SqlQuery:
        """One pass over the rows. A key that a grouping set does not have is null in its rows."""
        kind = case(*((rows.c[name].is_not(None), literal_column(f"'{name}'", Unicode())) for name in keys))
        return (
            select(
                kind.label("kind"),
                func.coalesce(*(rows.c[name] for name in keys)).label("key"),
                rows.c.day.label("day"),
                *(func.sum(rows.c[name]).label(name) for name in sums),
            )
            .select_from(rows)
            .group_by(func.grouping_sets(*(tuple_(rows.c.day, rows.c[name]) for name in keys)))
        )

    def texts_of_several(
        self,
        text: SqlExpression,
        same: Sequence[SqlExpression],
        order_by: Sequence[SqlExpression],
        where: Sequence[SqlExpression],
    ) -> SqlQuery:
        """In one pass over the rows."""
        texts = func.string_agg(text, aggregate_order_by(literal_column("''"), *order_by))
        return select(*same, texts.label("texts")).where(*where).group_by(*same).having(func.count() > 1)

    def rows_of_list(self, rows: Sequence[Parameters], columns: Mapping[str, SqlType], dialect: Dialect) -> SqlQuery:
        """The values are sent in the form that a cast reads, days and times as numbers: a cast of a text to a date
        depends on a setting, and Citus refuses an INSERT … SELECT with such a cast.
        """
        castable = [{name: _castable(value) for name, value in row.items()} for row in rows]
        array = cast(literal(json.dumps(castable), Unicode()), JSON)
        each = func.json_array_elements(array).table_valued("value", with_ordinality="place").render_derived()
        members = [
            _from_text(each.c.value.op("->>")(literal_column(f"'{name}'")), kind).label(name)
            for name, kind in columns.items()
        ]
        return select(*members, (each.c.place - 1).label("position"))

    def accepts(self, sql: str, metadata: MetaData) -> bool:
        """Limits of PostgreSQL are errors of the running statement: see `failure_kind`."""
        return True

    def failure_kind(self, error: BaseException | None) -> FailureKind | None:
        return errors.failure_kind(error)

    def leaves_commit_open(self, error: BaseException | None) -> bool:
        return errors.leaves_commit_open(error)

    def may_succeed_later(self, error: BaseException | None) -> bool:
        return errors.may_succeed_later(error)

    def error_facts(self, error: BaseException) -> Mapping[str, str]:
        return errors.facts(error)

    def problem_of(self, error: BaseException) -> DatabaseProblem | None:
        return errors.problem_of(error)

    def lock_migrations(self, session: Session) -> None:
        """Also lets Citus create triggers and send tables to all workers. Other servers ignore these settings."""
        session.execute(text(f"SELECT {LOCK_MIGRATIONS}, {ALLOW_TRIGGERS}, {SYNC_METADATA}"))

    def renew_functions(self, session: Session) -> None:
        """The server may have been upgraded, or the tables restored on an older one."""
        replace_json_function(session)

    def lock_refreshing(self, session: Session) -> None:
        """Also lets the transaction use more memory, so that a day of 100,000 entries is grouped without files."""
        session.execute(text(f"SELECT {LOCK_REFRESHING}, set_config('work_mem', '64MB', true)"))

    def analyze(self, session: Session, table: str) -> None:
        """Without statistics, PostgreSQL takes a full table for a small one, and joins its rows one by one."""
        session.execute(text(f"ANALYZE {table}"))

    def insert_many(self, session: Session, table: Table, columns: Mapping[str, Sequence[object]]) -> None:
        """Sends each column as an array."""
        connection = session.connection()
        types = {name: self.types.list_type(table.c[name].type, connection.dialect) for name in columns}
        lists = (bindparam(name, type_=type_) for name, type_ in types.items())
        rows = func.unnest(*lists).table_valued(*columns, name="given").render_derived()
        connection.execute(insert(table).from_select([*columns], select(*rows.c)), columns)

    def lock_imports(self, session: Session, *, waits: bool) -> None:
        timeout = session.scalar(text("SELECT current_setting('lock_timeout')"))
        if waits:
            session.execute(text("SET LOCAL lock_timeout = 0"))
        session.execute(text(f"SELECT {LOCK_IMPORTS}, set_config('work_mem', '64MB', true)"))
        session.execute(text(f"SET LOCAL lock_timeout = '{timeout}'"))

    def before_dropping(self, session: Session, table: str) -> None:
        if is_on_citus(session):
            make_table_local(session, table)

    def delete_unused_texts(self, session: Session, most: int) -> bool:
        """Calls a function that a migration creates. It waits for other transactions for a moment only."""
        return bool(session.connection().scalar(text("SELECT carnet_delete_unused_texts(:most)"), {"most": most}))

    def tables_of_extensions(self, connection: Connection) -> set[str]:
        return {*connection.scalars(TABLES_OF_EXTENSIONS)}

    async def create_company(self, url: URL, name: str, folder: Path) -> URL:
        return await schemas.create(url, name)

    async def drop_company(self, company: URL, url: URL, name: str, folder: Path) -> bool:
        return await schemas.drop(company, url, name)


def _castable(value: object) -> object:
    if isinstance(value, dt.time):
        return (value.hour * 60 + value.minute) * 60 + value.second
    if isinstance(value, dt.date):
        return (value - FIRST_DAY).days
    return str(value) if isinstance(value, Decimal) else value


def _from_text(value: ColumnElement[str], kind: SqlType) -> SqlExpression:
    """The value of this type from the text of what `_castable` returns."""
    if isinstance(kind, Date):
        return literal_column(f"DATE '{FIRST_DAY}'", kind) + cast(value, Integer)
    if isinstance(kind, Time):
        seconds = func.make_interval(0, 0, 0, 0, 0, 0, cast(value, Integer))
        return literal_column("TIME '00:00'", kind) + seconds
    return cast(value, kind)
