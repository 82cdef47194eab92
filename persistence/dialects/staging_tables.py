"""What Carnet needs from a database for tables that exist only in one transaction, see `persistence.sql.staging`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from sqlalchemy import Table
from sqlmodel import Session


class StagingTables(ABC):
    """The part of a dialect that creates and fills such tables."""

    staging_table: str
    """The keyword in CREATE … TABLE for a table that exists only in one transaction: it need not survive a crash."""

    staging_options: str
    """The options at the end of CREATE TABLE for such a table, whose rows are all updated several times."""

    rebuilds_indexes: bool
    """Whether creating an index takes less time than keeping it up to date while all rows are updated."""

    @abstractmethod
    def analyze(self, session: Session, table: str) -> None:
        """Count the rows of a table that was just filled, where statements would be slow otherwise."""

    @abstractmethod
    def insert_many(self, session: Session, table: Table, columns: Mapping[str, Sequence[object]]) -> None:
        """Insert rows in the way that takes the driver least time. `columns` has the values of all rows by column."""

    @abstractmethod
    def lock_imports(self, session: Session, *, waits: bool) -> None:
        """Let no other import run until the transaction ends: their staging tables have the same names. With
        `waits` it waits until the other import ends, else for the lock timeout. The transaction may use more memory.
        """

    @abstractmethod
    def before_dropping(self, session: Session, table: str) -> None:
        """Prepare a table that this transaction has created to be dropped by it."""
