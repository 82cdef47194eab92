"""Tables that exist only inside one transaction, which creates, fills, reads and drops them.

On PostgreSQL they are not TEMPORARY: Citus joins no temporary table with the tables of a company. Other transactions do
not see a table that is created and dropped in one transaction, but cannot create one with the same name meanwhile:
`DatabaseDialect.lock_imports` makes them wait.
"""

from sqlalchemy import Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable
from sqlalchemy.sql.compiler import DDLCompiler
from sqlmodel import Session

from persistence.dialects import dialect_of


def create_staging_table(session: Session, table: Table) -> None:
    """Create the table. A rollback of the transaction removes it."""
    session.execute(_CreateStagingTable(table))


def create_indexes(session: Session, table: Table) -> None:
    """Create the indexes of the table. That is faster when all rows are inserted."""
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        session.execute(CreateIndex(index))


def drop_staging_table(session: Session, table: Table) -> None:
    """Drop the table."""
    dialect_of(session).before_dropping(session, table.name)
    session.execute(DropTable(table))


class _CreateStagingTable(CreateTable):
    """CREATE TABLE with the keyword of the dialect for such tables: TEMPORARY or UNLOGGED."""


@compiles(_CreateStagingTable)
def _compiled(element: _CreateStagingTable, compiler: DDLCompiler, **options: object) -> str:
    statement: str = compiler.visit_create_table(element, **options)  # type: ignore[no-untyped-call]  # SQLAlchemy
    return statement.replace("CREATE TABLE", f"CREATE {dialect_of(compiler.dialect).staging_table} TABLE", 1)
