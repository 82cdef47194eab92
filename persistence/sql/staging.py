"""Tables that exist only inside one transaction, which creates, fills, reads and drops them.

On PostgreSQL they are not TEMPORARY: Citus joins no temporary table with the tables of a company. Other transactions do
not see a table that is created and dropped in one transaction, but cannot create one with the same name meanwhile:
`DatabaseDialect.lock_imports` makes them wait.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex, DropTable
from sqlalchemy.sql.compiler import DDLCompiler
from sqlmodel import Session

from persistence.dialects import dialect_of


def create_staging_table(session: Session, table: Table) -> None:
    """Create the table. A rollback of the transaction removes it."""
    session.execute(_CreateStagingTable(table))


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows. The statement has only the columns in which some row has a value: most files have few of them."""
    columns = {column.name: [row.get(column.name) for row in rows] for column in table.c}
    used = {name: values for name, values in columns.items() if values.count(None) < len(values)}
    dialect_of(session).insert_many(session, table, used)


def create_indexes(session: Session, table: Table) -> None:
    """Create the indexes of the table. That is faster when all rows are inserted."""
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        session.execute(CreateIndex(index))


@contextmanager
def updating(session: Session, table: Table, *columns: str) -> Iterator[None]:
    """Within the block, many rows are updated. If that is faster, it begins without the indexes of these columns, by
    default all indexes, and creates them again at its end. Then the statistics of the table are up to date.
    """
    dialect = dialect_of(session)
    if not dialect.rebuilds_indexes:
        yield
        return
    indexes = [index for index in table.indexes if not columns or {*columns} & {*index.columns.keys()}]
    for index in indexes:
        session.execute(DropIndex(index))
    yield
    for index in indexes:
        session.execute(CreateIndex(index))
    dialect.analyze(session, table.name)


def drop_staging_table(session: Session, table: Table) -> None:
    """Drop the table."""
    dialect_of(session).before_dropping(session, table.name)
    session.execute(DropTable(table))


class _CreateStagingTable(CreateTable):
    """CREATE TABLE with the keyword and the options of the dialect for such tables, such as UNLOGGED."""


@compiles(_CreateStagingTable)
def _compiled(element: _CreateStagingTable, compiler: DDLCompiler, **options: object) -> str:
    statement: str = compiler.visit_create_table(element, **options)  # type: ignore[no-untyped-call]  # SQLAlchemy
    dialect = dialect_of(compiler.dialect)
    created = statement.rstrip().replace("CREATE TABLE", f"CREATE {dialect.staging_table} TABLE", 1)
    return created + dialect.staging_options
