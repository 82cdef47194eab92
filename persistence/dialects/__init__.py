"""The databases that Carnet supports. A new one is a package beside these, and one entry in `ALL`."""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from persistence.dialects.interface import DatabaseDialect
from persistence.dialects.postgresql.dialect import Postgresql
from persistence.dialects.sqlite.dialect import Sqlite

ALL: tuple[DatabaseDialect, ...] = (Sqlite(), Postgresql())
BY_NAME = {dialect.name: dialect for dialect in ALL}


def dialect_of(source: Session | Connection | Engine | Dialect) -> DatabaseDialect:
    """The dialect of a session, a connection, an engine or a dialect of SQLAlchemy."""
    if isinstance(source, Dialect):
        return BY_NAME[source.name]
    bind = source.get_bind() if isinstance(source, Session) else source
    return BY_NAME[bind.dialect.name]


def dialect_of_url(url: str) -> DatabaseDialect | None:
    """The dialect of a database URL; None if Carnet does not support it. Raises what `sqlalchemy.make_url` raises."""
    return BY_NAME.get(make_url(url).get_backend_name())


def error_facts(error: BaseException) -> Mapping[str, str]:
    """See `DatabaseDialect.error_facts`, for an error of any driver."""
    return next((facts for dialect in ALL if (facts := dialect.error_facts(error))), {})
