"""Database URLs: which are supported, the file or server of a URL, and its name in messages."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from persistence.dialects import dialect_of_url
from persistence.dialects.database_file import DatabaseFile
from persistence.dialects.interface import DatabaseDialect
from persistence.dialects.url_errors import PORT_NOT_A_NUMBER, SEVERAL_SERVERS, SUPPORTED_URLS
from persistence.exceptions import DatabaseProblem, InvalidDatabaseUrl


def check(url: str, *, only_reads: bool = False) -> DatabaseDialect:
    """The dialect of a URL. Raises InvalidDatabaseUrl for another kind of database, or where a part of the URL would
    have no effect. `only_reads`: it is the URL of a standby.
    """
    try:
        dialect = dialect_of_url(url)
    except ArgumentError:
        raise InvalidDatabaseUrl(SUPPORTED_URLS) from None
    except ValueError:  # SQLAlchemy raises it for `@h1:5432,h2:5432/` and `@h1:port/`
        raise InvalidDatabaseUrl(PORT_NOT_A_NUMBER, *([SEVERAL_SERVERS] if "," in url else [])) from None
    if dialect is None:
        raise InvalidDatabaseUrl(SUPPORTED_URLS)
    dialect.check_url(make_url(url), only_reads=only_reads)
    return dialect


def file_of(url: str) -> DatabaseFile | None:
    """The file of a database; None if it is on a server."""
    return check(url).file_of(make_url(url))


def display_name(url: str) -> str:
    """How messages name a database: the absolute path of a file; or user, host, port and name, without the password."""
    file = file_of(url)
    if file is not None:
        return str(file.path)
    parts = make_url(url)
    shown = URL.create(parts.get_backend_name(), parts.username, None, parts.host, parts.port, parts.database)
    return shown.render_as_string()


def without_password(url: str) -> str:
    """The URL of a database on a server for the server's own tools, without passwords."""
    return _for_tools(make_url(url).difference_update_query(["password", "sslpassword"]))


def without_user(url: str) -> str:
    """The URL of a database on a server for the server's own tools, without user and passwords."""
    parts = make_url(url).difference_update_query(["user", "password", "sslpassword"])
    return _for_tools(parts._replace(username=None))


def _for_tools(parts: URL) -> str:
    """The URL without the name of the driver and without the password of the user."""
    host, port, name = parts.host, parts.port, parts.database
    return URL.create(parts.get_backend_name(), parts.username, None, host, port, name, parts.query).render_as_string()


def user_of(url: str) -> str:
    """The user in the URL of a database on a server; empty if it has none."""
    parts = make_url(url)
    return parts.username or str(parts.query.get("user", ""))


def problem_of(url: str, error: BaseException) -> DatabaseProblem | None:
    """Why a database cannot be used, from an error of the driver or the system."""
    return check(url).problem_of(error)


async def create_company(url: str, name: str, folder: Path) -> str:
    """See `DatabaseDialect.create_company`."""
    made = await check(url).create_company(make_url(url), name, folder)
    return made.render_as_string(hide_password=False)


async def drop_company(company: str, url: str, name: str, folder: Path) -> bool:
    """See `DatabaseDialect.drop_company`."""
    check(url)
    return await check(company).drop_company(make_url(company), make_url(url), name, folder)


def find_damage(url: str, seconds: float) -> str | None:
    """See `DatabaseDialect.find_damage`."""
    return check(url).find_damage(make_url(url), seconds)
