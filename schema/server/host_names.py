"""Host names with ports, as the headers Host and Origin and the setting `allowed_hosts` have them."""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

AUTHORITY = re.compile(r"(?P<name>\[[0-9a-f.]*:[0-9a-f:.]*\]|[a-z0-9_.-]+)(?::(?P<port>[0-9]{0,5}))?")
"""A name, an IPv4 address, or an IPv6 address in brackets; then a port. User names, zones, spaces are not allowed."""

DEFAULT_PORTS = {"http": "80", "https": "443"}


class Authority(NamedTuple):
    """A host name in lower case or an address, and the port if one is given."""

    name: str
    port: str | None

    @property
    def is_loopback(self) -> bool:
        """Whether this is `localhost`, a name below it, or a loopback address. Nobody can register such a name."""
        if self.name == "localhost" or self.name.endswith(".localhost"):
            return True
        return is_loopback(self.name)


def authority_of(text: str) -> Authority | None:
    """The host name and port in a text such as `Localhost.:8000` or `[::1]`; None for anything else."""
    found = AUTHORITY.fullmatch(text.lower())
    if found is None:
        return None
    name, port = found["name"], found["port"] or None
    if not name.startswith("["):
        return Authority(name.removesuffix("."), port)
    try:
        return Authority(str(ipaddress.IPv6Address(name[1:-1])), port)
    except ValueError:
        return None


def host_name(text: str) -> str:
    """A host name or address without port, in the form of `Authority.name`. Raises ValueError for anything else."""
    found = authority_of(f"[{text}]" if text.count(":") > 1 and "[" not in text else text)
    if found is None or found.port is not None or not found.name:
        raise ValueError(text)
    return found.name


@lru_cache(maxsize=256)
def is_loopback(address: str) -> bool:
    """Whether an address is a loopback address, also an IPv4 address mapped to IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
