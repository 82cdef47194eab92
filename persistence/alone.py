"""Who changes the database meanwhile."""

from sqlalchemy.orm import Session


def is_alone(session: Session) -> bool:
    """Whether all statements of a change see one state of the database: SQLite has one writer.

    On PostgreSQL others commit between two statements. What must belong together there is one statement, which sees what
    was committed when it began: `WITH` takes changes, too.
    """
    return session.get_bind().dialect.name == "sqlite"
