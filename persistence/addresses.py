"""Addresses of databases: what may stand in them, and the one way in which connections to PostgreSQL are opened."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from persistence.dates import take_every_day
from persistence.limits import overloaded
from persistence.trouble import WrongAddress

WAYS_IN = (
    "sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation", "ssl_min_protocol_version",
    "ssl_max_protocol_version", "passfile", "service", "krbsrvname", "gsslib",
)
"""Parameters that are the driver's own business."""

PARAMETERS = ("host", "port", "user", "password", "target_session_attrs", *WAYS_IN)

FORMS = "Carnet keeps its data in `sqlite:///file` or `postgresql://user@host/name`, and in nothing else."
SEVERAL = (
    "Several servers are written `?host=h1,h2&port=p1,p2&target_session_attrs=primary`, with nothing between @ and /, "
    "so that every connection goes to the one that takes changes."
)
OF_THE_ROLE = (
    "`{name}` cannot stand in the address of the database, as Carnet sets the settings of its connections itself. Give it to the "
    "role instead: `ALTER ROLE name SET search_path = …` and likewise for other settings."
)
SQLITE_ALONE = "The address of an SQLite database is `sqlite:///file`, without a server or parameters."
IN_A_FILE = "Carnet keeps an SQLite database in a file. Write `sqlite:///file`."
NO_PORT = "The port in the address of the database is no number."
READS_AND_CHANGES = "`target_session_attrs` is `primary`: Carnet reads and changes on the same server."
TWICE = "`{name}` stands in the address of the database twice."
ON_BOTH_SIDES = "`{name}` stands in the address of the database twice: before and after the question mark."
NO_PARAMETER = "`{name}` cannot stand in the address of the database. These can: {all}."
DO_NOT_FIT = "The hosts and ports in the address of the database do not fit together."


def check(url: str) -> None:
    """Raises WrongAddress where an address means neither database, or something in it would not be obeyed."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.query or parsed.host or parsed.username:
            raise WrongAddress(SQLITE_ALONE)
        if parsed.database in (None, "", ":memory:"):
            raise WrongAddress(IN_A_FILE)
    elif parsed.get_backend_name() == "postgresql":
        _arguments(parsed)
    else:
        raise WrongAddress(FORMS)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise WrongAddress(FORMS) from None
    except ValueError:  # what SQLAlchemy says of `@h1:5432,h2:5432/`, and of `@h1:port/`
        raise WrongAddress(NO_PORT, *([SEVERAL] if "," in url else [])) from None


class Server:
    """A PostgreSQL server, or several of which one takes changes. Whoever needs a connection opens it here."""

    def __init__(self, url: str, patience: float) -> None:
        self._arguments, self._patience = _arguments(_parsed(url)), patience

    async def connect(self, settings: Mapping[str, str], **choices: Any) -> Any:
        """A new connection. Raises Overloaded where the server takes no more, or does not answer for too long."""
        settings = {"jit": "off", "timezone": "UTC", "datestyle": "ISO", **settings}
        try:
            made = await asyncpg.connect(**self._arguments, server_settings=settings, timeout=self._patience, **choices)
        except (asyncpg.TooManyConnectionsError, TimeoutError):
            raise overloaded(self._patience) from None
        try:
            await take_every_day(made)
        except BaseException:
            made.terminate()
            raise
        return made


def _arguments(url: URL) -> dict[str, Any]:
    """What the driver is told. Given as arguments, so that it reads no host, name or password out of an address again."""
    given = {name: _once(name, value) for name, value in url.query.items()}
    for name in given:
        _check_parameter(name, url)
    hosts, ports = _hosts_and_ports(url, given.pop("host", ""), given.pop("port", ""))
    attributes = given.pop("target_session_attrs", None) or os.environ.get("PGTARGETSESSIONATTRS")
    several = len(hosts or os.environ.get("PGHOST", "").split(",")) > 1
    if several and attributes != "primary":
        raise WrongAddress(SEVERAL)
    if attributes not in (None, "any", "primary"):
        raise WrongAddress(READS_AND_CHANGES)
    rest = URL.create("postgresql", query={name: given[name] for name in WAYS_IN if name in given})
    return {
        "dsn": rest.render_as_string(), "host": hosts or None, "port": ports or None, "database": url.database,
        "user": url.username or given.get("user"), "password": url.password or given.get("password"),
        "target_session_attrs": attributes,
    }


def _once(name: str, value: str | Sequence[str]) -> str:
    if not isinstance(value, str):
        raise WrongAddress(SEVERAL if name in ("host", "port") else TWICE, name=name)
    return value


def _check_parameter(name: str, url: URL) -> None:
    if name in ("options", "search_path"):
        raise WrongAddress(OF_THE_ROLE, name=name)
    if name not in PARAMETERS:
        raise WrongAddress(NO_PARAMETER, name=name, all=", ".join(PARAMETERS))
    if (name == "user" and url.username) or (name == "password" and url.password) or (name in ("host", "port") and url.host):
        raise WrongAddress(ON_BOTH_SIDES, name=name)


def _hosts_and_ports(url: URL, host: str, port: str) -> tuple[list[str], list[int]]:
    """Both empty where the address leaves them to the driver."""
    if url.host is not None:
        if "," in url.host:
            raise WrongAddress(SEVERAL)
        return [url.host], [] if url.port is None else [url.port]
    hosts = [each.strip() for each in host.split(",")] if host else []
    ports = [each.strip() for each in port.split(",")] if port else []
    if len(hosts) == 1 and not ports and (both := re.fullmatch(r"([^/:]+|\[[^]]+\]):(\d+)", hosts[0])):
        hosts, ports = [both[1]], [both[2]]
    if not all(hosts) or not all(each.isdigit() for each in ports) or len(ports) not in (0, 1, len(hosts or [""])):
        raise WrongAddress(DO_NOT_FIT, SEVERAL)
    if len(hosts) > 1 and any(":" in each and not each.startswith("[") and each.count(":") == 1 for each in hosts):
        raise WrongAddress(SEVERAL)
    numbers = [int(each) for each in ports]
    return [each.strip("[]") for each in hosts], numbers * len(hosts) if len(numbers) == 1 and hosts else numbers
