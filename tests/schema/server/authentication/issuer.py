"""An issuer of JSON Web Tokens: its keys, which are made for each run, the tokens that it signs, and its server."""

import base64
import datetime as dt
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER, AUDIENCE = "https://login.example.com/", "carnet"

Key = Any
"""A private key of the library `cryptography`."""

_KINDS: Mapping[str, tuple[Any, Any]] = {
    "RS256": (lambda: rsa.generate_private_key(65537, 2048), RSAAlgorithm),
    "ES256": (lambda: ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate, OKPAlgorithm),
}


def private_key(algorithm: str, name: str = "first") -> Key:
    """A private key for an algorithm, the same one for the same name."""
    return _private_key(algorithm, name)


@cache
def _private_key(algorithm: str, name: str) -> Key:
    return _KINDS[algorithm][0]()


def public_jwk(algorithm: str, name: str = "first", **more: object) -> dict[str, Any]:
    """The public key as a member of a key set. Its id is its algorithm and name."""
    jwk = _KINDS[algorithm][1].to_jwk(private_key(algorithm, name).public_key(), as_dict=True)
    return {**jwk, "kid": f"{algorithm}-{name}", "use": "sig", "alg": algorithm} | more


def key_set(*keys: Mapping[str, object]) -> str:
    return json.dumps({"keys": keys or [public_jwk(algorithm) for algorithm in _KINDS]})


def claims(**changed: object) -> dict[str, Any]:
    """Valid claims of an ADMIN, changed; None removes a claim, and a span of time is counted from now."""
    now = int(time.time())
    spans = {name: now + value.total_seconds() for name, value in changed.items() if isinstance(value, dt.timedelta)}
    found = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "exp": now + 300, "iat": now, "roles": "ADMIN"}
    return {name: value for name, value in (found | changed | spans).items() if value is not None}


def token(
    algorithm: str = "ES256", name: str = "first", headers: Mapping[str, object] | None = None, **changed: object
) -> str:
    """A signed token. `headers` replaces parts of the header; None removes one."""
    header = {"kid": f"{algorithm}-{name}"} | dict(headers or {})
    kept = {part: value for part, value in header.items() if value is not None}
    text = json.dumps(claims(**changed)).encode()
    return jwt.PyJWS().encode(text, private_key(algorithm, name), algorithm=algorithm, headers=kept)


def unsigned(header: Mapping[str, object], **changed: object) -> str:
    """A token with any header and without a signature."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in (header, claims(**changed))
    ]
    return ".".join([*parts, ""])


class JwksServer:
    """A server of a key set on the loopback address. It counts the requests."""

    def __init__(self, text: str) -> None:
        self.text, self.status, self.requests = text, 200, 0
        self.go_on = threading.Event()
        """While it is not set, requests get no answer."""
        self.go_on.set()
        self.url = ""


@contextmanager
def serving(text: str) -> Iterator[JwksServer]:
    """A running server of a key set, until the block ends."""
    served = JwksServer(text)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library calls it so
            served.requests += 1
            served.go_on.wait(10)
            self.send_response(served.status)
            if served.status == 302:
                self.send_header("location", "/other")
            self.end_headers()
            with suppress(OSError):  # the client has closed the connection
                self.wfile.write(served.text.encode())

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
