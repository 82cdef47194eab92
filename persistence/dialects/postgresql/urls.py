"""The URL of a PostgreSQL database: what it may name, and the arguments of the driver."""

import os
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import URL

from persistence.dialects.url_errors import (
    HOSTS_AND_PORTS_DIFFER,
    NOT_PRIMARY,
    ON_BOTH_SIDES,
    PARAMETER_TWICE,
    SET_ON_ROLE,
    SEVERAL_SERVERS,
    UNKNOWN_PARAMETER,
)
from persistence.exceptions import InvalidDatabaseUrl

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

HOST_WITH_PORT = re.compile(r"([^/:]+|\[[^]]+\]):(\d+)")

PARAMETERS = ("host", "port", "user", "password", "target_session_attrs", *DRIVER_PARAMETERS)


def connect_arguments(url: URL, *, only_reads: bool = False) -> dict[str, Any]:
    """The arguments of `asyncpg.connect`. Passed one by one, so that the driver does not parse the URL a second
    time. Raises InvalidDatabaseUrl. A server for `only_reads` need not be the primary.
    """
    given = {name: _single(name, value) for name, value in url.query.items()}
    for name in given:
        _check_parameter(name, url)
    hosts, ports = _hosts_and_ports(url, given.pop("host", ""), given.pop("port", ""))
    attributes = given.pop("target_session_attrs", None) or os.environ.get("PGTARGETSESSIONATTRS")
    several = len(hosts or os.environ.get("PGHOST", "").split(",")) > 1
    if several and attributes != "primary" and not only_reads:
        raise InvalidDatabaseUrl(SEVERAL_SERVERS)
    if attributes not in (None, "any", "primary") and not only_reads:
        raise InvalidDatabaseUrl(NOT_PRIMARY)
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
        raise InvalidDatabaseUrl(SEVERAL_SERVERS if name in ("host", "port") else PARAMETER_TWICE, name=name)
    return value


def _check_parameter(name: str, url: URL) -> None:
    if name in ("options", "search_path"):
        raise InvalidDatabaseUrl(SET_ON_ROLE, name=name)
    if name not in PARAMETERS:
        raise InvalidDatabaseUrl(UNKNOWN_PARAMETER, name=name, all=", ".join(PARAMETERS))
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
    hosts, ports = _listed(host), _listed(port)
    if len(hosts) == 1 and not ports and (both := HOST_WITH_PORT.fullmatch(hosts[0])):
        hosts, ports = [both[1]], [both[2]]
    if not (all(hosts) and all(map(str.isdigit, ports)) and _belong_together(hosts, ports)):
        raise InvalidDatabaseUrl(HOSTS_AND_PORTS_DIFFER, SEVERAL_SERVERS)
    if len(hosts) > 1 and any(map(_has_port, hosts)):
        raise InvalidDatabaseUrl(SEVERAL_SERVERS)
    numbers = [int(each) for each in ports]
    is_shared = len(numbers) == 1 and len(hosts) > 1
    return [each.strip("[]") for each in hosts], numbers * len(hosts) if is_shared else numbers


def _listed(names: str) -> list[str]:
    return [each.strip() for each in names.split(",")] if names else []


def _belong_together(hosts: Sequence[str], ports: Sequence[str]) -> bool:
    """Whether there is no port, one for all hosts, or one for each. Without a host, the driver uses its default."""
    return len(ports) in (0, 1, len(hosts))


def _has_port(host: str) -> bool:
    """Whether a port follows the host. An address of IPv6 has several colons, or is in brackets."""
    return host.count(":") == 1 and not host.startswith("[")
