"""Which addresses webhooks may have, so that nobody can make the server send requests inside its own network
(R-HOOK-6).
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from resolvers.texts import Problem

ALLOW = "CARNET_WEBHOOK_ALLOW_PRIVATE=true"

GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All other IPv6 networks are private, or stand for IPv4 addresses, such as those of NAT64 and IPv4-mapped ones."""

REFUSED = (
    ipaddress.IPv6Network("2001::/23"),  # Teredo among others: the address has an IPv4 address in it
    ipaddress.IPv6Network("2002::/16"),  # 6to4, too
    ipaddress.IPv4Network("192.0.0.0/24"),  # metadata of Oracle, translation to IPv6
    ipaddress.IPv4Network("168.63.129.16/32"),  # metadata of Azure
)
"""Further networks that are not public, although they do not look private."""

HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")
LOCAL_NAMES = re.compile(r"(?:.*\.)?localhost\.?")
UNSAFE = re.compile(r"[^\x21-\x7e]|[\\#]")

NO_URL = Problem(
    "This is not the URL of a webhook. Write it like https://example.com/hook, with ASCII characters only and without "
    "a fragment.",
    "Ce n’est pas l’URL d’un webhook. Écrivez-la comme https://example.com/hook, avec des caractères ASCII seulement "
    "et sans fragment.",
)
CREDENTIALS = Problem(
    "The URL has a user name or a password, which would be stored. Remove it; the receiver recognizes Carnet by the "
    "signature.",
    "L’URL contient un nom d’utilisateur ou un mot de passe, qui serait conservé. Retirez-le; le destinataire "
    "reconnaît Carnet à la signature.",
)
NOT_ENCRYPTED = Problem(
    f"The data of webhooks is personal, so the URL must begin with https://. Use https, or set {ALLOW} for a "
    "receiver in your own network.",
    "Les données des webhooks sont personnelles; l’URL doit donc commencer par https://. Utilisez https, ou "
    f"définissez {ALLOW} pour un destinataire de votre propre réseau.",
)
PRIVATE = Problem(
    f"This address is not public. Use a public one, or set {ALLOW} for a receiver in your own network.",
    "Cette adresse n’est pas publique. Utilisez-en une qui l’est, ou définissez "
    f"{ALLOW} pour un destinataire de votre propre réseau.",
)


@dataclass(frozen=True)
class Target:
    """The parts of a URL: where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int | None
    path: str


def problem_of(url: str, *, allow_private: bool) -> Problem | None:
    """Why a webhook cannot have this URL. Names are not looked up: their addresses are checked at each connection."""
    parts = _parts(url)
    if parts is None:
        return NO_URL
    if "@" in parts.netloc:
        return CREDENTIALS
    host = parts.hostname or ""
    if not (_is_ipv6(host) or HOST_NAME.fullmatch(host)):
        return NO_URL
    if allow_private:
        return None
    if LOCAL_NAMES.fullmatch(host) or ((literal := _literal(host)) is not None and not is_public(literal)):
        return PRIVATE
    return None if parts.scheme == "https" else NOT_ENCRYPTED


def target_of(url: str) -> Target:
    """The parts of the URL of a webhook."""
    parts = _parts(url)
    assert parts is not None
    return Target(
        parts.scheme, parts.hostname or "", parts.port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    )


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # such as fe80::1%eth0
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip not in GLOBAL_UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in REFUSED)


def _parts(url: str) -> SplitResult | None:
    """The parts of a URL that is written correctly and has a scheme, a host and, if given, a valid port."""
    if UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def _is_ipv6(host: str) -> bool:
    return ":" in host


def _literal(host: str) -> str | None:
    """The IP address that the host is, also in a notation such as 127.1 or 0x7f000001; None if it is a name."""
    if _is_ipv6(host):
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None
