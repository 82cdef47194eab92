"""SQLite as Carnet uses it."""

import json
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from sqlalchemy import (
    CTE,
    URL,
    ColumnElement,
    Connection,
    Insert,
    MetaData,
    Table,
    Unicode,
    func,
    literal,
    literal_column,
    make_url,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from persistence.cache import Cache
from persistence.concurrency.connection_budget import ConnectionBudget
from persistence.concurrency.time_limits import TimeLimits
from persistence.dialects import url_errors
from persistence.dialects.closing import close_completely
from persistence.dialects.interface import DatabaseDialect, OpenDatabase
from persistence.dialects.sqlite import damage, errors, statement_limits
from persistence.dialects.sqlite.entry_numbers import CountedEntryNumbers
from persistence.dialects.sqlite.files import SqliteFile
from persistence.dialects.sqlite.monitor import WriterMonitor
from persistence.dialects.sqlite.opened_files import OpenedFiles
from persistence.dialects.sqlite.reads import SqliteReader
from persistence.dialects.sqlite.signals import SqliteSignals
from persistence.dialects.sqlite.sql import SqliteWriter
from persistence.dialects.sqlite.streams import SqliteStreamer
from persistence.dialects.sqlite.transactions import SqliteTransactions
from persistence.dialects.sqlite.types import SqliteTypes
from persistence.exceptions import (
    CompanyFailed,
    CompanyProblem,
    DatabaseProblem,
    DatabaseTooOld,
    FailureKind,
    InvalidDatabaseUrl,
)
from persistence.sql_types import IndexCondition, Parameters, SqlExpression, SqlQuery, SqlType
from persistence.sqlalchemy_internals import compile_sql

OLDEST_VERSION = (3, 38, 0)
"""JSON functions are built in since this version; everything else that the statements use is older."""


class Sqlite(DatabaseDialect):
    """One file. One transaction writes at a time; reads see the state before it."""

    name = "sqlite"
    sql = SqliteWriter()
    types = SqliteTypes()
    entry_numbers = CountedEntryNumbers()
    staging_table = "TEMPORARY"
    staging_options = ""
    rebuilds_indexes = False
    last_change_numbers = """SELECT complete, complete AS drawn FROM (
        SELECT coalesce(max(seq), 0) AS complete FROM sqlite_sequence WHERE name = 'change_feed_item') AS counter"""
    writes_serially = True
    integrity_check = "PRAGMA integrity_check(1)"

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
        """Open the database. `pool_size` has no effect: threads are few, because they share the processor."""
        assert read_url is None, "SQLite has no standby"
        if sqlite3.sqlite_version_info < OLDEST_VERSION:
            needed = ".".join(map(str, OLDEST_VERSION))
            raise DatabaseTooOld(f"SQLite {sqlite3.sqlite_version} is too old. Carnet needs {needed} or newer.")
        self.file_of(make_url(url)).create_privately()
        monitor, files = WriterMonitor(), OpenedFiles(self.file_of(make_url(url)).path)
        async with AsyncExitStack() as closing:
            transactions = SqliteTransactions(url, limits, monitor, cache, files)
            closing.push_async_callback(close_completely, transactions.close)
            reader = SqliteReader(url, read_timeout, limits.patience, files)
            closing.push_async_callback(close_completely, reader.close)
            streamer = SqliteStreamer(url, limits.patience, files)
            yield OpenDatabase(
                transactions,
                reader,
                monitor,
                streamer,
                None,
                SqliteSignals(url),
                lambda: reader.usage() | transactions.usage(),
            )

    def check_url(self, url: URL, *, only_reads: bool = False) -> None:
        if only_reads:
            raise InvalidDatabaseUrl(url_errors.STANDBY_OF_FILE)
        if url.query or url.host or url.username:
            raise InvalidDatabaseUrl(url_errors.FILE_URL_WITH_MORE)
        if url.database in (None, "", ":memory:"):
            raise InvalidDatabaseUrl(url_errors.FILE_MISSING)

    def file_of(self, url: URL) -> SqliteFile:
        return SqliteFile(Path(url.database or "").absolute())

    def find_damage(self, url: URL, seconds: float) -> str | None:
        return damage.find_damage(self.file_of(url).path, seconds)

    def table_options(self, *, never_reuse_keys: bool, rows_in_key_order: bool) -> Mapping[str, object]:
        options = {"sqlite_autoincrement": True} if never_reuse_keys else {}
        return options | ({"sqlite_with_rowid": False} if rows_in_key_order else {})

    def index_options(self, *, where: IndexCondition | None, include: Sequence[str]) -> Mapping[str, object]:
        """An index cannot include further columns."""
        return {} if where is None else {"sqlite_where": where}

    def change_announcement(self, session: AnySession | None = None) -> None:
        return None

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
        """One pass over the rows for each key, because there are no grouping sets."""
        added = [func.sum(rows.c[name]).label(name) for name in sums]
        columns = [rows.c.day, *added]
        each = union_all(
            *(
                select(literal_column(f"'{name}'").label("kind"), rows.c[name].label("key"), *columns).group_by(
                    rows.c.day, rows.c[name]
                )
                for name in keys
            )
        )
        return select(each.subquery("each"))

    def texts_of_several(
        self,
        text: SqlExpression,
        same: Sequence[SqlExpression],
        order_by: Sequence[SqlExpression],
        where: Sequence[SqlExpression],
    ) -> SqlQuery:
        """First the combinations are counted, then the rows of each are read in the order of the index: rows that are
        sorted with their texts take longer.
        """
        several = select(*same).where(*where).group_by(*same).having(func.count() > 1).subquery("several")
        own = (column == there for column, there in zip(same, several.c, strict=True))
        rows = select(text.label("text")).where(*own, *where).order_by(*order_by).correlate(several)
        joined = select(func.group_concat(rows.subquery("in_order").c.text, literal_column("''"))).scalar_subquery()
        return select(*several.c, joined.label("texts"))

    def rows_of_list(self, rows: Sequence[Parameters], columns: Mapping[str, SqlType], dialect: Dialect) -> SqlQuery:
        """The values are sent in the form in which columns store them."""
        to_stored = {name: kind.dialect_impl(dialect).bind_processor(dialect) for name, kind in columns.items()}
        stored = [
            {name: process(value) if (process := to_stored[name]) else value for name, value in row.items()}
            for row in rows
        ]
        each = func.json_each(literal(json.dumps(stored), Unicode())).table_valued("key", "value")
        members = [
            type_coerce(func.json_extract(each.c.value, literal_column(f"'$.{name}'")), kind).label(name)
            for name, kind in columns.items()
        ]
        return select(*members, each.c.key.label("position"))

    def accepts(self, sql: str, metadata: MetaData) -> bool:
        return statement_limits.accepts(sql, metadata)

    def failure_kind(self, error: BaseException | None) -> FailureKind | None:
        return errors.failure_kind(error)

    def leaves_commit_open(self, error: BaseException | None) -> bool:
        return errors.leaves_commit_open(error)

    def may_succeed_later(self, error: BaseException | None) -> bool:
        """Never: other transactions are waited for."""
        return False

    def error_facts(self, error: BaseException) -> Mapping[str, str]:
        return errors.facts(error)

    def problem_of(self, error: BaseException) -> DatabaseProblem | None:
        return errors.problem_of(error)

    def lock_migrations(self, session: Session) -> None:
        """The transaction holds the only write lock already."""

    def renew_functions(self, session: Session) -> None:
        """There is nothing to do: SQLite calls functions of this program, which are not stored in the database."""

    def lock_refreshing(self, session: Session) -> None:
        """The transaction holds the only write lock already."""

    def analyze(self, session: Session, table: str) -> None:
        """The plans of SQLite do not depend on it."""

    def insert_many(self, session: Session, table: Table, columns: Mapping[str, Sequence[object]]) -> None:
        connection = session.connection()
        compiled = compile_sql(insert(table), connection.dialect, [*columns])
        values = [
            columns[name] if process is None else map(process, columns[name])
            for name, process, _ in compiled.parameters
        ]
        connection.exec_driver_sql(compiled.text, [*zip(*values, strict=True)])

    def lock_imports(self, session: Session, *, waits: bool) -> None:
        """The transaction holds the only write lock already."""

    def before_dropping(self, session: Session, table: str) -> None:
        """Nothing is to be done: staging tables are temporary."""

    def delete_unused_texts(self, session: Session, most: int) -> bool:
        some = "text_key IN (SELECT text_key FROM unused_text ORDER BY text_key LIMIT :most)"
        key, wanted = self.sql.text_key("description", "subject"), self.sql.without_affinity("search_text.text_key")
        used = f"EXISTS (SELECT 1 FROM interaction_log_entry WHERE {key} = {wanted})"
        for statement in (
            f"DELETE FROM search_text WHERE {some} AND NOT {used}",
            f"DELETE FROM unused_text WHERE {some}",
        ):
            session.connection().execute(text(statement), {"most": most})
        return True

    def tables_of_extensions(self, connection: Connection) -> set[str]:
        return set()

    async def create_company(self, url: URL, name: str, folder: Path) -> URL:
        """A file of the folder, whatever the other file is called."""
        file = SqliteFile(_company_file(folder, name))
        if file.path.exists():
            raise CompanyFailed(CompanyProblem.EXISTS, str(file.path))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.create_privately()
        return URL.create(self.name, database=str(file.path))

    async def drop_company(self, company: URL, url: URL, name: str, folder: Path) -> bool:
        file = self.file_of(company)
        if file.path != _company_file(folder, name):
            return False
        try:
            file.remove()
        except OSError as error:
            raise CompanyFailed(CompanyProblem.OTHER, str(error)) from error
        return True


def _company_file(folder: Path, name: str) -> Path:
    return folder.absolute() / f"{name}.db"
