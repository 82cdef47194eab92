"""Refuses requests of other web pages: whoever opens a page lets it send requests from their own machine."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from starlette.types import Scope

from schema.server.errors import Rejected
from schema.server.host_names import DEFAULT_PORTS, Authority, authority_of

CHECKED = (b"host", b"origin", b"sec-fetch-site")
MAX_LENGTH = 600
"""The maximum length of the checked headers together, in bytes. A host name has at most 253."""

SHOWN = 100
"""The number of characters of a header that a message shows."""


class BrowserRequests:
    """Checks the headers Host, Origin and Sec-Fetch-Site of requests without a token.

    Host names the server as the browser knows it: a foreign name means that a name server led the browser here (DNS
    rebinding). Origin and Sec-Fetch-Site name the page that sends the request. Pages cannot set these headers.
    """

    def __init__(self, allowed_hosts: Sequence[str], cors_origins: Sequence[str]) -> None:
        self._hosts = frozenset(allowed_hosts)
        self._origins = frozenset(cors_origins) - {"*", "null"}
        self._any_origin = "*" in cors_origins
        self._cached_fault = lru_cache(maxsize=256)(self._fault)

    def check(self, scope: Scope, headers: Mapping[bytes, bytes], *, page: bool = False) -> None:
        """Raises `Rejected` with status 403 for a request that a web page of another origin may have sent.

        With `page`, links of other pages may lead here: the answer is the same for everybody.
        """
        host, origin, site = headers.get(b"host", b""), headers.get(b"origin"), headers.get(b"sec-fetch-site")
        if page and _is_navigation(headers):
            site = None
        if len(headers) != len(scope["headers"]) and _repeated(scope):
            fault: str | None = "The request has several Host, Origin or Sec-Fetch-Site headers. Send each once."
        elif len(host) + len(origin or b"") + len(site or b"") > MAX_LENGTH:
            fault = self._fault(host[:MAX_LENGTH], b"", None)
        else:
            fault = self._cached_fault(host, origin, site)
        if fault is not None:
            raise Rejected(403, fault, "FORBIDDEN")

    def check_origin(self, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        """Raises `Rejected` with status 403 for a WebSocket that a web page of another origin opens, unless its origin
        may send requests with a token. A page of the server's own host may; other programs send no Origin.
        """
        origin = headers.get(b"origin")
        if origin is None or self._any_origin or origin.decode("latin-1") in self._origins:
            return
        page = authority_of(origin.decode("latin-1").partition("://")[2])
        server = authority_of(headers.get(b"host", b"").decode("latin-1"))
        if page is None or server is None or page.name != server.name or _repeated(scope):
            raise Rejected(
                403,
                f"WebSockets of pages of the origin “{_start(origin)}” are refused. Add the origin to "
                "CARNET_CORS_ORIGINS.",
                "FORBIDDEN",
            )

    def _fault(self, host: bytes, origin: bytes | None, site: bytes | None) -> str | None:
        """Why requests with these headers are refused, None if they are not."""
        server = authority_of(host.decode("latin-1"))
        if not host:
            return "The request has no Host header. Send one, such as `Host: localhost`."
        if server is None or not self._is_allowed(server):
            return (
                f"Requests without a token to the host name “{_start(host)}” are refused. Use 127.0.0.1 or localhost, "
                "send a token, or add the name to CARNET_ALLOWED_HOSTS."
            )
        if origin is None:
            return _site_fault(site)
        if origin.decode("latin-1") in self._origins or self._is_own(origin, server):
            return None
        if origin == b"null":
            return (
                "Requests without a token from a page without an origin (`Origin: null`) are refused. Open the page "
                "from a web server and add its origin to CARNET_CORS_ORIGINS, or send a token."
            )
        return (
            f"Requests without a token from pages of the origin “{_start(origin)}” are refused. Add the origin to "
            "CARNET_CORS_ORIGINS, or send a token."
        )

    def _is_allowed(self, host: Authority) -> bool:
        return host.is_loopback or host.name in self._hosts

    def _is_own(self, origin: bytes, server: Authority) -> bool:
        """Whether this is the origin of this server under one of its names. It is https if a proxy adds TLS."""
        scheme, _, rest = origin.decode("latin-1").lower().partition("://")
        page, port = authority_of(rest), DEFAULT_PORTS.get(scheme)
        if page is None or port is None:
            return False
        return self._is_allowed(page) and (page.port or port) == (server.port or port)


def _site_fault(site: bytes | None) -> str | None:
    """Why a request without Origin is refused. Images, scripts and frames of other pages send none: the page could not
    read the response, but it could measure how long it takes.
    """
    if site is None or site in (b"same-origin", b"none"):
        return None
    return (
        "Requests without a token from other web pages (`Sec-Fetch-Site`) are refused. Send them with fetch() and add "
        "the origin of the page to CARNET_CORS_ORIGINS, or send a token."
    )


def _is_navigation(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser opens a page in a tab, not in a frame."""
    return headers.get(b"sec-fetch-mode") == b"navigate" and headers.get(b"sec-fetch-dest") == b"document"


def _repeated(scope: Scope) -> bool:
    names = [name for name, _ in scope["headers"]]
    return any(names.count(name) > 1 for name in CHECKED)


def _start(value: bytes) -> str:
    """The start of a header, for messages."""
    return value.decode("latin-1")[:SHOWN]
