"""What Carnet needs from a database. Each dialect, a package beside this module, implements `DatabaseDialect` once. It
imports no tables and no SQL constructs.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import CTE, URL, ColumnElement, Connection, Engine, FromClause, Insert, MetaData, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from persistence.cache import Cache
from persistence.concurrency.connection_budget import ConnectionBudget
from persistence.concurrency.time_limits import TimeLimits, Usage
from persistence.dialects.commit_signals import CommitSignals
from persistence.dialects.database_file import DatabaseFile
from persistence.dialects.entry_numbers import EntryNumbers
from persistence.dialects.sql_writer import SqlWriter
from persistence.dialects.staging_tables import StagingTables
from persistence.dialects.standby_reads import NO_OTHER_PRIMARY, NewestPrimary, StandbyReads
from persistence.dialects.streams import Streamer
from persistence.exceptions import DatabaseProblem, FailureKind
from persistence.sql_types import FoundValues, IndexCondition, Parameters, SqlExpression, SqlQuery, SqlType, Statement
from persistence.transactions.running_operations import Commit, OperationMonitor

T = TypeVar("T")

SETUP_TABLE = "marketing_setup"
"""A table that every version of Carnet has: a database with it is one of Carnet's."""


class DatabaseTypes(ABC):
    """Column types, and the values that the driver takes for them."""

    @abstractmethod
    def key_type(self, length: int) -> TypeEngine[str]:
        """Text that is compared and sorted byte by byte."""

    @abstractmethod
    def amount_type(self) -> SqlType:
        """An amount with two decimals."""

    @abstractmethod
    def amount_operand_type(self) -> SqlType:
        """The operand of a comparison with an amount, which may be larger than the largest amount."""

    @abstractmethod
    def amount_parameter(self, amount: Decimal) -> object:
        """The amount as the driver takes it. May raise ValueError for fractions of a cent."""

    @abstractmethod
    def amount_value(self, stored: Decimal | int) -> Decimal:
        """The amount from what the driver returns."""

    @abstractmethod
    def total_type(self) -> SqlType:
        """A sum or average of amounts. The driver returns a Decimal or its text."""

    @abstractmethod
    def digits_type(self) -> SqlType:
        """The high or the low digits of a total."""

    @abstractmethod
    def digits(self, amount: Decimal) -> tuple[object, object]:
        """The high and the low digits of an amount in whole cents, as the driver takes them."""

    @abstractmethod
    def instant_type(self) -> SqlType:
        """A moment in UTC, in whole seconds. The driver returns a datetime or its ISO text."""

    @abstractmethod
    def instant_parameter(self, utc: dt.datetime) -> object:
        """The moment as the driver takes it."""

    @abstractmethod
    def identity_type(self) -> SqlType:
        """A key that the database assigns."""

    @abstractmethod
    def text_key_type(self) -> SqlType:
        """The result of `SqlWriter.text_key`."""

    @abstractmethod
    def time_type(self) -> TypeEngine[dt.time]:
        """A time of day in whole seconds."""

    @abstractmethod
    def list_type(self, item: SqlType, dialect: Dialect) -> SqlType:
        """A parameter that is a list of values of the type `item`."""

    @abstractmethod
    def list_parameter(self, values: Sequence[object], item: SqlType, dialect: Dialect) -> object:
        """The list as the driver takes it."""


class Reader(Protocol):
    """Runs statements that only read and return one value each."""

    async def run(self, statements: Sequence[Statement]) -> FoundValues: ...

    async def close(self) -> None: ...


class Transactions(Protocol):
    """Runs rules, each in a transaction of its own. A rule is a plain function and may block.

    `commit` is passed in, so that only `persistence.database` commits; without it the rule only reads. A `large` rule
    computes for so long that it must not run in the event loop, a `bulk` one changes any number of rows. The time limit
    `limit` counts from `began`, a time of `time.monotonic`, except for what is spent waiting for a thread on SQLite.

    Raises OutcomeUnknown if the commit has begun, and its end is not known within the limit or before a cancellation.
    """

    async def run(
        self,
        rule: Callable[[Session], T],
        limit: float | None,
        commit: Commit | None = None,
        *,
        began: float,
        large: bool = False,
        bulk: bool = False,
    ) -> T: ...

    def check(self) -> None:
        """Raises Unavailable if changes cannot be stored although reads work: the file was deleted or replaced."""

    async def close(self) -> None: ...

    @property
    def engine(self) -> Engine: ...


@dataclass(frozen=True)
class OpenDatabase:
    """The connections of an open database."""

    transactions: Transactions
    reader: Reader
    monitor: OperationMonitor
    streamer: Streamer
    standby: StandbyReads | None
    signals: CommitSignals
    usage: Callable[[], Mapping[str, Usage]]
    """How much of each pool of connections or threads is in use."""
    newest_primary: NewestPrimary = NO_OTHER_PRIMARY


class DatabaseDialect(StagingTables):
    """A supported database system."""

    name: str
    """As SQLAlchemy names it, in URLs and dialects."""

    sql: SqlWriter
    types: DatabaseTypes
    entry_numbers: EntryNumbers

    writes_serially: bool
    """Whether no other transaction can commit while one writes."""

    last_change_numbers: str
    """A query for `complete`, the number up to which all items are committed or rolled back, and `drawn`, the last."""

    integrity_check: str | None
    """A statement whose value is `ok`, or a text about damage in the file. None if the database is on a server."""

    @abstractmethod
    def open(
        self,
        url: str,
        *,
        pool_size: int,
        read_timeout: float,
        limits: TimeLimits,
        cache: Cache,
        budget: ConnectionBudget | None,
        read_url: str | None,
    ) -> AbstractAsyncContextManager[OpenDatabase]:
        """Open the database. `budget` limits its connections to a server, together with those of other databases.
        `read_url` is the URL of a standby, which need not be reachable. Raises DatabaseUnreachable or DatabaseTooOld.
        """

    @abstractmethod
    def check_url(self, url: URL, *, only_reads: bool = False) -> None:
        """Raises InvalidDatabaseUrl if a part of the URL is missing or would have no effect. `only_reads`: it is the
        URL of a standby.
        """

    @abstractmethod
    def file_of(self, url: URL) -> DatabaseFile | None:
        """The file of the database; None if it is on a server."""

    @abstractmethod
    def find_damage(self, url: URL, seconds: float) -> str | None:
        """The first damage in the file of the database; None if none was found within so many seconds, or if the
        database is on a server, which looks for damage itself."""

    @abstractmethod
    def table_options(self, *, never_reuse_keys: bool, rows_in_key_order: bool) -> Mapping[str, object]:
        """Options of a table for SQLAlchemy. `never_reuse_keys`: a key is not given again after a delete.
        `rows_in_key_order`: rows are stored in the order of the primary key, where the database can do so.
        """

    @abstractmethod
    def index_options(self, *, where: IndexCondition | None, include: Sequence[str]) -> Mapping[str, object]:
        """Options of an index for SQLAlchemy: the rows it has, and further columns to read from it where the database
        can do so.
        """

    @abstractmethod
    def change_announcement(self, session: AnySession | None = None) -> FromClause | None:
        """Announces to readers of the change feed that this transaction draws a number. Returns the row that the INSERT
        of a change must read for that. Returns None on SQLite, and on Citus, where `session` announces it at once.
        """

    @abstractmethod
    def insert_or_skip(self, table: Table, unique: Sequence[str], where: ColumnElement[bool] | None = None) -> Insert:
        """An insert that skips rows whose `unique` columns exist already, and waits for another transaction that is
        inserting them. `where` is the condition of a partial unique index.
        """

    @abstractmethod
    def insert_or_update(
        self,
        table: Table,
        unique: Sequence[str],
        values: Mapping[str, object],
        where: ColumnElement[bool] | None = None,
    ) -> Insert:
        """An insert that sets `values` in the row whose `unique` columns exist already, if `where` holds for it."""

    @abstractmethod
    def grouped_by_each(self, rows: CTE, keys: Sequence[str], sums: Sequence[str]) -> SqlQuery:
        """Adds up the `sums` of rows with a `day` for each day and each value of one key, for each of the `keys`. The
        result has the columns `kind`, which is the name of the key, `key`, `day`, and the sums. A key is never null.
        """

    @abstractmethod
    def texts_of_several(
        self,
        text: SqlExpression,
        same: Sequence[SqlExpression],
        order_by: Sequence[SqlExpression],
        where: Sequence[SqlExpression],
    ) -> SqlQuery:
        """For each value of `same`, the first columns of an index, that several rows have: their `texts` in order."""

    @abstractmethod
    def rows_of_list(self, rows: Sequence[Parameters], columns: Mapping[str, SqlType], dialect: Dialect) -> SqlQuery:
        """The rows, sent as one parameter, with these columns and `position`, which counts from 0."""

    @abstractmethod
    def accepts(self, sql: str, metadata: MetaData) -> bool:
        """Whether the statement, which reads tables of `metadata`, is within the limits of the database's parser."""

    @abstractmethod
    def failure_kind(self, error: BaseException | None) -> FailureKind | None:
        """What an error of the driver means to the client, if it is not a defect of Carnet."""

    @abstractmethod
    def leaves_commit_open(self, error: BaseException | None) -> bool:
        """Whether a transaction may be committed although its COMMIT failed with this error of the driver."""

    @abstractmethod
    def may_succeed_later(self, error: BaseException | None) -> bool:
        """Whether another transaction caused an error of the driver, so that running the same one again helps."""

    @abstractmethod
    def error_facts(self, error: BaseException) -> Mapping[str, str]:
        """Codes and names of tables, columns and constraints in an error of the driver. They are logged, so never a
        value of a row or a parameter."""

    @abstractmethod
    def problem_of(self, error: BaseException) -> DatabaseProblem | None:
        """Why the database cannot be used, from an error of the driver or the system."""

    @abstractmethod
    def lock_migrations(self, session: Session) -> None:
        """Hold the migration lock until the transaction ends."""

    @abstractmethod
    def renew_functions(self, session: Session) -> None:
        """Replace the functions whose definition depends on the version of the server, if it has changed."""

    @abstractmethod
    def lock_refreshing(self, session: Session) -> None:
        """Hold the lock of refreshing the stored sums until the transaction ends. It is not the first statement whose
        state a refresh reads."""

    @abstractmethod
    def delete_unused_texts(self, session: Session, most: int) -> bool:
        """Delete those of the first `most` texts in `unused_text` that no entry has. False, and nothing is deleted, if
        other transactions write to the log.
        """

    @abstractmethod
    def tables_of_extensions(self, connection: Connection) -> set[str]:
        """Tables that belong to extensions of the database, such as PostGIS."""

    @abstractmethod
    async def create_company(self, url: URL, name: str, folder: Path) -> URL:
        """Create what a company needs beside the database of `url`: a schema with a role, or nothing for a file in
        `folder`. Returns the URL of its database, without tables. Raises CompanyFailed, DatabaseUnreachable, OSError.
        """

    @abstractmethod
    async def drop_company(self, company: URL, url: URL, name: str, folder: Path) -> bool:
        """Drop what `create_company` has made, with all data. Returns False, and drops nothing, if the company is
        somewhere else. Raises CompanyFailed and DatabaseUnreachable.
        """
