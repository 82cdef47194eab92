"""Database URLs: which are accepted, and the one place that opens connections to PostgreSQL."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from persistence.dialects.postgresql_dates import set_date_codec
from persistence.exceptions import InvalidDatabaseUrl
from persistence.limits import overloaded

DRIVER_PARAMETERS = (
    "sslmode",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "sslcrl",
    "sslpassword",
    "sslnegotiation",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "passfile",
    "service",
    "krbsrvname",
    "gsslib",
)
"""URL parameters that are passed on to the driver unchanged."""

PARAMETERS = ("host", "port", "user", "password", "target_session_attrs", *DRIVER_PARAMETERS)

SUPPORTED_URLS = (
    "Carnet keeps its data in `sqlite:///file` or `postgresql://user@host/name`. No other database is supported."
)
SEVERAL_SERVERS = (
    "Several servers are written `?host=h1,h2&port=p1,p2&target_session_attrs=primary`, with nothing between @ and /, "
    "so that every connection goes to the primary server."
)
SET_ON_ROLE = (
    "`{name}` is not allowed in the database URL, because Carnet sets the settings of its connections itself. Set it "
    "on the role instead, for example `ALTER ROLE name SET search_path = …`."
)
SQLITE_ALONE = "The URL of an SQLite database is `sqlite:///file`, without a server or parameters."
IN_A_FILE = "Carnet keeps an SQLite database in a file. Write `sqlite:///file`."
NO_PORT = "The port in the database URL is not a number."
READS_AND_CHANGES = "`target_session_attrs` must be `primary`: Carnet reads from and writes to the same server."
TWICE = "`{name}` occurs twice in the database URL."
ON_BOTH_SIDES = "`{name}` occurs twice in the database URL: before and after the question mark."
NO_PARAMETER = "`{name}` is not allowed in the database URL. Allowed parameters: {all}."
DO_NOT_FIT = "The hosts and ports in the database URL do not match."


def check(url: str) -> None:
    """Raises InvalidDatabaseUrl for another kind of database, or where a part of the URL would have no effect."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.query or parsed.host or parsed.username:
            raise InvalidDatabaseUrl(SQLITE_ALONE)
        if parsed.database in (None, "", ":memory:"):
            raise InvalidDatabaseUrl(IN_A_FILE)
    elif parsed.get_backend_name() == "postgresql":
        _arguments(parsed)
    else:
        raise InvalidDatabaseUrl(SUPPORTED_URLS)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise InvalidDatabaseUrl(SUPPORTED_URLS) from None
    except ValueError:  # SQLAlchemy raises it for `@h1:5432,h2:5432/` and `@h1:port/`
        raise InvalidDatabaseUrl(NO_PORT, *([SEVERAL_SERVERS] if "," in url else [])) from None


class Server:
    """A PostgreSQL server, or several of which one is the primary. All connections are opened here."""

    def __init__(self, url: str, patience: float) -> None:
        self._arguments, self._patience = _arguments(_parsed(url)), patience

    async def connect(self, settings: Mapping[str, str], **choices: Any) -> Any:
        """A new connection. Raises Overloaded when the server accepts no more connections or does not answer in
        time.
        """
        settings = {"jit": "off", "timezone": "UTC", "datestyle": "ISO", **settings}
        try:
            made = await asyncpg.connect(**self._arguments, server_settings=settings, timeout=self._patience, **choices)
        except (asyncpg.TooManyConnectionsError, TimeoutError):
            raise overloaded(self._patience) from None
        try:
            await set_date_codec(made)
        except BaseException:
            made.terminate()
            raise
        return made


def _arguments(url: URL) -> dict[str, Any]:
    """The arguments of `asyncpg.connect`. Passed one by one, so that the driver does not parse the URL a second
    time.
    """
    given = {name: _single(name, value) for name, value in url.query.items()}
    for name in given:
        _check_parameter(name, url)
    hosts, ports = _hosts_and_ports(url, given.pop("host", ""), given.pop("port", ""))
    attributes = given.pop("target_session_attrs", None) or os.environ.get("PGTARGETSESSIONATTRS")
    several = len(hosts or os.environ.get("PGHOST", "").split(",")) > 1
    if several and attributes != "primary":
        raise InvalidDatabaseUrl(SEVERAL_SERVERS)
    if attributes not in (None, "any", "primary"):
        raise InvalidDatabaseUrl(READS_AND_CHANGES)
    rest = URL.create("postgresql", query={name: given[name] for name in DRIVER_PARAMETERS if name in given})
    return {
        "dsn": rest.render_as_string(),
        "host": hosts or None,
        "port": ports or None,
        "database": url.database,
        "user": url.username or given.get("user"),
        "password": url.password or given.get("password"),
        "target_session_attrs": attributes,
    }


def _single(name: str, value: str | Sequence[str]) -> str:
    if not isinstance(value, str):
        raise InvalidDatabaseUrl(SEVERAL_SERVERS if name in ("host", "port") else TWICE, name=name)
    return value


def _check_parameter(name: str, url: URL) -> None:
    if name in ("options", "search_path"):
        raise InvalidDatabaseUrl(SET_ON_ROLE, name=name)
    if name not in PARAMETERS:
        raise InvalidDatabaseUrl(NO_PARAMETER, name=name, all=", ".join(PARAMETERS))
    if (
        (name == "user" and url.username)
        or (name == "password" and url.password)
        or (name in ("host", "port") and url.host)
    ):
        raise InvalidDatabaseUrl(ON_BOTH_SIDES, name=name)


def _hosts_and_ports(url: URL, host: str, port: str) -> tuple[list[str], list[int]]:
    """Both lists are empty if the URL names neither; the driver then uses its defaults."""
    if url.host is not None:
        if "," in url.host:
            raise InvalidDatabaseUrl(SEVERAL_SERVERS)
        return [url.host], [] if url.port is None else [url.port]
    hosts = [each.strip() for each in host.split(",")] if host else []
    ports = [each.strip() for each in port.split(",")] if port else []
    if len(hosts) == 1 and not ports and (both := re.fullmatch(r"([^/:]+|\[[^]]+\]):(\d+)", hosts[0])):
        hosts, ports = [both[1]], [both[2]]
    if not all(hosts) or not all(each.isdigit() for each in ports) or len(ports) not in (0, 1, len(hosts or [""])):
        raise InvalidDatabaseUrl(DO_NOT_FIT, SEVERAL_SERVERS)
    if len(hosts) > 1 and any(":" in each and not each.startswith("[") and each.count(":") == 1 for each in hosts):
        raise InvalidDatabaseUrl(SEVERAL_SERVERS)
    numbers = [int(each) for each in ports]
    return [each.strip("[]") for each in hosts], numbers * len(hosts) if len(numbers) == 1 and hosts else numbers
