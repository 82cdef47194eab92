"""The public keys that an issuer signs JSON Web Tokens with: a JSON Web Key Set (JWKS), from a URL or a file."""

import http.client
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from email.message import Message
from pathlib import Path
from typing import IO

import jwt

from schema.server.authentication.key_set_address import is_url

ALGORITHMS = ("RS256", "ES256", "EdDSA")
"""The algorithms of accepted signatures. All have a public key: who can verify a token cannot make one."""

READ_SECONDS = 5
"""How long a key set may take to be read."""

MAX_BYTES = 1024 * 1024
TOO_LARGE = f"it has more than {MAX_BYTES:,} bytes"

_ALGORITHM_OF_KEY = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
_PUBLIC_MEMBERS = ("kty", "kid", "n", "e", "crv", "x", "y")


class KeySetUnusable(Exception):
    """A key set that cannot be read, or is none. The message says why."""


def read(source: str) -> bytes:
    """The text of the key set at a URL or in a file. Blocks. Raises KeySetUnusable."""
    try:
        return _read_url(source) if is_url(source) else _read_file(Path(source))
    except urllib.error.HTTPError as error:
        error.close()
        raise KeySetUnusable(f"the server answers with the status {error.code}") from None
    except urllib.error.URLError as error:
        raise KeySetUnusable(f"the server cannot be reached: {error.reason}") from None
    except http.client.HTTPException as error:  # its message may quote what the server has sent
        raise KeySetUnusable(f"the server does not speak HTTP: {type(error).__name__}") from None
    except (OSError, ValueError) as error:
        raise KeySetUnusable(getattr(error, "strerror", None) or str(error) or type(error).__name__) from None


def parse(text: bytes) -> list[jwt.PyJWK]:
    """The keys of a key set that are for signatures with an accepted algorithm. Raises KeySetUnusable."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise KeySetUnusable("it is not JSON") from None
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list):
        raise KeySetUnusable("it is not a JSON object with a list `keys`")
    return [key for each in keys if isinstance(each, dict) and (key := _usable(each)) is not None]


def chosen(keys: Sequence[jwt.PyJWK], kid: str | None, algorithm: str) -> jwt.PyJWK | None:
    """The key with this id. A token may name no key if there is only one for its algorithm."""
    matching = [key for key in keys if key.algorithm_name == algorithm and (kid is None or key.key_id == kid)]
    return matching[0] if len(matching) == 1 or (matching and kid is not None) else None


def _usable(member: dict[str, object]) -> jwt.PyJWK | None:
    """A key for accepted signatures, or None. Private members are not used."""
    kind, curve, kid = member.get("kty"), member.get("crv"), member.get("kid")
    operations = member.get("key_ops", ["verify"])
    if member.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    if not all(isinstance(each, str | None) for each in (kind, curve, kid)):
        return None
    algorithm = _ALGORITHM_OF_KEY.get((str(kind), None if curve is None else str(curve)))
    if algorithm is None or member.get("alg", algorithm) != algorithm:
        return None
    try:
        key = jwt.PyJWK({name: member[name] for name in _PUBLIC_MEMBERS if name in member}, algorithm)
    except (jwt.PyJWTError, TypeError, ValueError, KeyError):
        return None
    return None if key.Algorithm.check_key_length(key.key) else key


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        text = file.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise KeySetUnusable(TOO_LARGE)
    return text


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The keys are read from the address in the settings and from no other one."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Follow none: urllib then raises HTTPError."""


class _Connections:
    """The connections of one read. A timer ends them: the timeout of a socket only limits the wait for the next byte,
    so that a server could send headers for ever.
    """

    def __init__(self) -> None:
        self.expired = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(READ_SECONDS, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Connections":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def of_kind(self, kind: type[http.client.HTTPConnection]) -> type[http.client.HTTPConnection]:
        """A class of connections that the timer ends: plain ones or those with TLS."""
        connections = self

        class Connection(kind):  # type: ignore[misc, valid-type]  # a base class that is a value
            def connect(self) -> None:
                super().connect()
                connections._sockets.append(self.sock)
                if connections.expired:
                    raise TimeoutError

        return Connection

    def _end(self) -> None:
        self.expired = True
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _Opening(urllib.request.AbstractHTTPHandler):
    """Opens the connections of one read."""

    def __init__(self, connections: _Connections) -> None:
        super().__init__()
        self._connections = connections

    def do_open(  # type: ignore[override]  # both callers give a class
        self, http_class: type[http.client.HTTPConnection], req: urllib.request.Request, **more: object
    ) -> http.client.HTTPResponse:
        """Send the request over a connection that the timer ends."""
        return super().do_open(self._connections.of_kind(http_class), req, **more)


class _Http(_Opening, urllib.request.HTTPHandler):
    """Opens connections without encryption."""


class _Https(_Opening, urllib.request.HTTPSHandler):
    """Opens connections with TLS."""


def _read_url(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"accept": "application/json"})
    with _Connections() as connections:
        try:
            text = _read_response(request, connections)
        except (OSError, http.client.HTTPException):
            if not connections.expired:
                raise
    if connections.expired:
        raise KeySetUnusable(f"the server does not answer within {READ_SECONDS} seconds")
    return text


def _read_response(request: urllib.request.Request, connections: _Connections) -> bytes:
    opener = urllib.request.build_opener(_NoRedirects, _Http(connections), _Https(connections))
    pieces, size = [], 0
    with opener.open(request, timeout=READ_SECONDS) as response:
        while piece := response.read1(65536):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                raise KeySetUnusable(TOO_LARGE)
    return b"".join(pieces)
