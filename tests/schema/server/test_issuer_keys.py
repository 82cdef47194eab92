"""The keys of an issuer are read again as they change, and nobody can make the server wait for them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from schema.server import issuer_keys, key_set_address, key_sets
from schema.server.issuer_keys import EXTRA_READS, MAX_AGE, SECONDS_PER_EXTRA_READ, IssuerKeys, KeysUnavailable
from schema.server.key_sets import KeySetUnusable, chosen, parse
from tests.api import Api, running_app
from tests.schema.server.issuer import AUDIENCE, ISSUER, JwksServer, key_set, private_key, public_jwk, serving, token

WHO = "{ viewer { userId } }"
FIRST, SECOND = key_set(public_jwk("ES256")), key_set(public_jwk("ES256", "second"))
Loop = asyncio.AbstractEventLoop


class Stopwatch:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def server() -> Iterator[JwksServer]:
    with serving(FIRST) as running:
        yield running


@pytest.fixture(scope="module")
def url(empty_copy: Callable[[str], str]) -> str:
    """A database that the tests of this module share, because they store nothing."""
    return empty_copy("sqlite")


def settings(address: object) -> dict[str, Any]:
    return {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, "jwt_jwks": str(address)}


def status(api: Api, name: str = "first") -> int:
    code: int = api.with_token(token(name=name)).post(WHO).status_code
    return code


def test_keys_may_be_replaced_while_the_server_runs(url: str, loop: Loop, server: JwksServer) -> None:
    with running_app(url, loop, **settings(server.url)) as api:
        assert [status(api), status(api), status(api, "second")] == [200, 200, 401]

        server.text = key_set(public_jwk("ES256", "second"), public_jwk("ES256"))
        assert [status(api, "second"), status(api)] == [200, 200]

        server.text = key_set(public_jwk("ES256", "third"))
        assert [status(api, "third"), status(api, "second"), status(api)] == [200, 401, 401], "withdrawn at once"


def test_known_keys_are_used_for_a_day_after_the_server_is_gone(loop: Loop) -> None:
    stopwatch = Stopwatch()
    with serving(FIRST) as server:
        keys = IssuerKeys(server.url, stopwatch=stopwatch)
        loop.run_until_complete(keys.replace())

    stopwatch.time = MAX_AGE - 1
    known = loop.run_until_complete(keys.key("ES256-first", "ES256"))
    assert known is not None
    assert loop.run_until_complete(keys.key("ES256-second", "ES256")) is None
    stopwatch.time = MAX_AGE
    assert not keys.are_current(known)
    with pytest.raises(KeysUnavailable):
        loop.run_until_complete(keys.key("ES256-first", "ES256"))


def test_tokens_wait_for_the_first_keys_and_are_unavailable_without(url: str, loop: Loop) -> None:
    with serving(FIRST) as server:
        gone = server.url
    with capture_logs() as logged, running_app(url, loop, **settings(gone)) as api:
        answer = api.with_token(token()).post(WHO)
        assert api.post(WHO).status_code == 200, "other callers are not concerned"

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "60"
    (warning,) = logged
    assert warning["log_level"] == "warning"
    assert "cannot be read from CARNET_JWT_JWKS: the server cannot be reached" in warning["event"]


def test_a_hanging_server_delays_only_requests_with_unknown_keys(
    url: str, loop: Loop, server: JwksServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "PATIENCE", 0.8)
    with running_app(url, loop, **settings(server.url)) as api:
        assert status(api) == 200
        server.go_on.clear()

        async def together() -> tuple[int, bool, int]:
            waiting = asyncio.create_task(api.with_token(token(name="second")).send(WHO))
            await asyncio.sleep(0.05)
            known = await api.with_token(token(sub="bob")).send(WHO)
            return known.status_code, waiting.done(), (await waiting).status_code

        known, was_later, unknown = loop.run_until_complete(together())
        server.go_on.set()

    assert (known, was_later, unknown) == (200, False, 401)


def test_unknown_keys_cause_few_reads(loop: Loop, server: JwksServer) -> None:
    stopwatch = Stopwatch()
    keys = IssuerKeys(server.url, stopwatch=stopwatch)
    loop.run_until_complete(keys.replace())

    async def ask(count: int) -> None:
        for number in range(count):
            assert await keys.key(f"made up {number}", "ES256") is None

    loop.run_until_complete(ask(20))
    assert server.requests == 1 + EXTRA_READS
    stopwatch.time += SECONDS_PER_EXTRA_READ
    loop.run_until_complete(ask(20))
    assert server.requests == 2 + EXTRA_READS
    stopwatch.time += 3600
    loop.run_until_complete(ask(20))
    assert server.requests == 2 + 2 * EXTRA_READS


def test_requests_that_wait_share_one_read(loop: Loop, server: JwksServer) -> None:
    keys = IssuerKeys(server.url)

    async def together() -> list[object]:
        return await asyncio.gather(*(keys.key("ES256-first", "ES256") for _ in range(20)))

    assert all(loop.run_until_complete(together()))
    assert server.requests == 1


def test_a_file_that_changes_is_read_again(
    url: str, loop: Loop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "FILE_INTERVAL", 0.02)
    file = tmp_path / "jwks.json"
    file.write_text(FIRST)
    with running_app(url, loop, **settings(file)) as api:
        assert [status(api), status(api, "second")] == [200, 401]
        file.write_text(SECOND)
        assert status(api, "second") == 200
        assert status(api) == 401

        file.unlink()
        assert [status(api, "second"), status(api, "third")] == [200, 401]
        file.write_text(FIRST)
        loop.run_until_complete(asyncio.sleep(0.2))
        assert status(api, "second") == 401, "read without a request for a new key"


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("<html>", 200, "it is not JSON"),
        ("[" * 100_000, 200, "it is not JSON"),
        ("[]", 200, "list `keys`"),
        ('{"keys": {}}', 200, "list `keys`"),
        ('{"keys": null}', 200, "list `keys`"),
        (" " * (key_sets.MAX_BYTES + 1), 200, "it has more than"),
        ("", 404, "status 404"),
        (SECOND, 500, "status 500"),
        (SECOND, 302, "status 302"),
    ],
)
def test_the_last_keys_are_kept_if_the_new_ones_cannot_be_used(
    loop: Loop, server: JwksServer, text: str, code: int, reason: str
) -> None:
    keys = IssuerKeys(server.url)
    loop.run_until_complete(keys.replace())
    server.text, server.status = text, code

    with pytest.raises(KeySetUnusable, match=reason):
        loop.run_until_complete(keys.replace())
    assert loop.run_until_complete(keys.key("ES256-first", "ES256")) is not None


def test_an_issuer_can_withdraw_all_keys(loop: Loop, server: JwksServer) -> None:
    keys = IssuerKeys(server.url)
    loop.run_until_complete(keys.replace())
    server.text = '{"keys": []}'

    with pytest.raises(KeySetUnusable, match="no public key"):
        loop.run_until_complete(keys.replace())
    assert loop.run_until_complete(keys.key("ES256-first", "ES256")) is None


def test_a_slow_server_is_given_up(loop: Loop, server: JwksServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "READ_SECONDS", 0.1)
    server.go_on.clear()

    with pytest.raises(KeySetUnusable):
        loop.run_until_complete(IssuerKeys(server.url).replace())


def test_a_lasting_problem_is_logged_once_and_so_is_its_end(loop: Loop, server: JwksServer) -> None:
    keys = IssuerKeys(server.url)
    with capture_logs() as logged:
        for code in (500, 500, 200, 200):
            server.status = code
            loop.run_until_complete(keys._try_to_replace())

    assert [each["log_level"] for each in logged] == ["warning", "info"]


def test_only_keys_for_accepted_signatures_are_used() -> None:
    good = public_jwk("RS256")
    unusable: list[Any] = [
        {**good, "use": "enc"},
        {**good, "alg": "RS512"},
        {**good, "alg": "HS256"},
        {**good, "key_ops": ["encrypt"]},
        {**good, "key_ops": "verify"},
        {**good, "n": "AQAB"},
        {**good, "n": 7},
        {**good, "n": None},
        {**good, "kid": 7},
        {**good, "kty": ["RSA"]},
        {**public_jwk("ES256"), "crv": "P-384"},
        {**public_jwk("ES256"), "x": "AAAA"},
        {**public_jwk("EdDSA"), "crv": "X25519"},
        {"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"},
        {"kty": "oct", "k": "c2VjcmV0", "alg": "RS256"},
        {},
        None,
        "key",
        [],
    ]

    assert parse(key_set(*unusable).encode()) == []
    assert len(parse(key_set(good, {name: good[name] for name in ("kty", "n", "e")}).encode())) == 2


def test_a_token_needs_no_key_id_if_there_is_only_one_key_for_its_algorithm() -> None:
    one = parse(key_set(public_jwk("RS256"), public_jwk("ES256")).encode())
    two = parse(key_set(public_jwk("RS256"), public_jwk("RS256", "second")).encode())

    assert chosen(one, None, "RS256") is one[0]
    assert chosen(one, None, "EdDSA") is None
    assert chosen(two, None, "RS256") is None
    assert chosen(two, "RS256-second", "RS256") is two[1]
    assert chosen(two, "RS256-second", "ES256") is None
    assert private_key("RS256") is private_key("RS256", "first")


@pytest.mark.parametrize(
    ("address", "accepted"),
    [
        ("https://login.example.com/jwks.json", True),
        ("HTTP://[::1]:8080/jwks", True),
        ("keys/jwks.json", True),
        ("/etc/carnet/jwks.json", True),
        ("ftp://login.example.com/jwks.json", False),
        ("file:///etc/jwks.json", False),
        ("https://", False),
        ("https:///jwks.json", False),
        ("https://ann:secret@login.example.com/jwks", False),
        ("https://login.example.com:port/jwks", False),
    ],
)
def test_the_keys_come_from_a_file_or_a_url(address: str, accepted: bool) -> None:
    with nullcontext() if accepted else pytest.raises(ValueError, match=r"port|A key set has"):
        key_set_address.check(address)


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("http://login.example.com/", 1),
        ("https://login.example.com/", 0),
        ("http://localhost:1/", 0),
        ("http://[::1]:1/", 0),
    ],
)
def test_keys_that_come_without_encryption_cause_a_warning(
    loop: Loop, address: str, warned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "read", lambda _: FIRST.encode())

    async def start() -> None:
        async with issuer_keys.opened(address):
            pass

    with capture_logs() as logged:
        loop.run_until_complete(start())
    assert len(logged) == warned
