"""JSON Web Tokens of an issuer are accepted only if signature and claims are right (K16)."""

import asyncio
import base64
import datetime as dt
import hmac
import json
import random
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from persistence.database import Database
from schema.server.app import create_app
from schema.server.authentication.issuer_keys import IssuerKeys
from schema.server.authentication.json_web_tokens import JsonWebTokens
from schema.server.settings import Settings
from tests.api import Api, create_company, running_app
from tests.schema.server.authentication import issuer
from tests.schema.server.authentication.issuer import AUDIENCE, ISSUER, private_key, public_jwk, token

WHO = "{ viewer { userId roles salesperson { code } } }"
Loop = asyncio.AbstractEventLoop
Ask = Callable[[str], tuple[int, str]]


@pytest.fixture(scope="module")
def jwks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the public keys of the issuer."""
    file = tmp_path_factory.mktemp("issuer") / "jwks.json"
    file.write_text(issuer.key_set())
    return file


@pytest.fixture(scope="module")
def app(empty_copy: Callable[[str], str], loop: Loop, jwks: Path) -> Iterator[Api]:
    with running_app(empty_copy("sqlite"), loop, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, jwt_jwks=str(jwks)) as api:
        create_company(api)
        yield api


@pytest.fixture(scope="module")
def ask(app: Api) -> Ask:
    """The status and the message, or the user, that a request with a token gets."""

    def asking(given: str) -> tuple[int, str]:
        answer = app.with_token(given).post(WHO)
        body = answer.json()
        if "errors" not in body:
            return answer.status_code, body["data"]["viewer"]["userId"]
        (error,) = body["errors"]
        expected = {400: "BAD_REQUEST", 401: "UNAUTHENTICATED", 403: "FORBIDDEN", 503: "UNAVAILABLE"}
        assert error["extensions"]["code"] == expected[answer.status_code]
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        return answer.status_code, error["message"]

    return asking


def tokens_of(
    database: Database, loop: Loop, jwks: Path, clock: Callable[[], float] = time.time, **more: Any
) -> JsonWebTokens:
    """What verifies the tokens of the issuer with this key file."""
    keys = IssuerKeys(str(jwks))
    loop.run_until_complete(keys.replace())
    settings = Settings(**{"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, "jwt_jwks": str(jwks)} | more)
    return JsonWebTokens(keys, database, settings, clock=clock)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_signed_token_identifies_the_user(ask: Ask, algorithm: str) -> None:
    assert ask(token(algorithm, sub="auth0|ann")) == (200, "auth0|ann")


MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"exp": -2 * MINUTE}, "it has expired"),
        ({"exp": 0}, "it has expired"),
        ({"exp": -(10**30)}, "it has expired"),
        ({"exp": "soon"}, "malformed"),
        ({"exp": [1]}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"exp": float("nan")}, "malformed"),
        ({"exp": None}, "needs the claims"),
        ({"nbf": 20 * MINUTE}, "not valid yet"),
        ({"iat": 20 * MINUTE}, "not valid yet"),
        ({"nbf": {}}, "malformed"),
        ({"iss": "https://login.example.com"}, "another issuer"),
        ({"iss": ISSUER.upper()}, "another issuer"),
        ({"iss": [ISSUER]}, "another issuer"),
        ({"iss": None}, "needs the claims"),
        ({"aud": "carnet2"}, "another audience"),
        ({"aud": ["carnet2", "Carnet"]}, "another audience"),
        ({"aud": {"carnet": 1}}, "another audience"),
        ({"aud": []}, "needs the claims"),
        ({"aud": None}, "needs the claims"),
        ({"sub": None}, "needs the claims"),
        ({"sub": 7}, "malformed"),
        *(
            ({"sub": sub}, "its claim `sub` cannot be")
            for sub in ("x" * 51, "local", "", " ", " ann", "ann ", "a\nb", "a\0b", "\ud800", "e\u0301", "a\u202eb")
        ),
    ],
)
def test_a_token_with_wrong_claims_is_refused(ask: Ask, changed: dict[str, Any], message: str) -> None:
    status, text = ask(token(**changed))

    assert status == 401
    assert text.startswith("This JSON Web Token is not accepted: ")
    assert message in text


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": ["other", AUDIENCE]},
        {"exp": -MINUTE / 2},
        {"exp": dt.timedelta(seconds=500.5)},
        {"nbf": MINUTE / 2, "iat": MINUTE / 2},
        {"iat": None, "jti": "1", "scope": "openid", "email": "ann@example.com"},
    ],
)
def test_clocks_may_differ_by_a_minute_and_other_claims_are_ignored(ask: Ask, changed: dict[str, Any]) -> None:
    assert ask(token(**changed)) == (200, "ann")


def test_the_longest_user_id_has_fifty_characters(ask: Ask) -> None:
    assert ask(token(sub="é" * 50)) == (200, "é" * 50)


def _hs256_with_the_public_key(kid: str, text: bytes) -> str:
    """A token that is signed with the public key as if it were a secret."""
    head = issuer.unsigned({"alg": "HS256", "typ": "JWT", "kid": kid}).rstrip(".")
    signature = hmac.new(text, head.encode(), sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize("kind", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_public_key_is_no_secret(ask: Ask, encoding: Encoding, kind: PublicFormat) -> None:
    public = private_key("RS256").public_key().public_bytes(encoding, kind)

    assert ask(_hs256_with_the_public_key("RS256-first", public)) == (
        401,
        "This JSON Web Token is not accepted: its algorithm is not accepted. Sign it with RS256, ES256, EdDSA.",
    )


@pytest.mark.parametrize(
    "algorithm",
    ["none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS512", "PS256", "ES384", None, 7, ["RS256"], {}],
)
def test_an_unsigned_token_and_other_algorithms_are_refused(ask: Ask, algorithm: object) -> None:
    status, text = ask(issuer.unsigned({"alg": algorithm, "kid": "RS256-first"}))

    assert (status, "its algorithm is not accepted" in text) == (401, True)


def test_the_algorithm_must_be_that_of_the_key(ask: Ask) -> None:
    for algorithm in ("RS256", "ES256", "EdDSA"):
        for kid in ("RS256-first", "ES256-first", "EdDSA-first"):
            if not kid.startswith(algorithm):
                assert ask(token(algorithm, headers={"kid": kid}))[0] == 401


def test_another_key_with_the_same_id_is_refused(ask: Ask) -> None:
    for algorithm in ("RS256", "ES256", "EdDSA"):
        status, text = ask(token(algorithm, "second", headers={"kid": f"{algorithm}-first"}))
        assert (status, "its signature is wrong" in text) == (401, True)


def test_a_changed_token_is_refused(ask: Ask) -> None:
    head, _, signature = token().split(".")
    admin = token(sub="bob").split(".")[1]

    assert ask(f"{head}.{admin}.{signature}")[0] == 401
    assert ask(f"{head}.{admin}.")[0] == 401
    assert ask(f"{head}.{admin}")[0] == 401


def test_keys_in_the_header_are_ignored(ask: Ask, tmp_path: Path) -> None:
    own = public_jwk("ES256", "attacker")
    (tmp_path / "own.json").write_text(issuer.key_set(own))
    with issuer.serving(issuer.key_set(own)) as server:
        headers: list[dict[str, object]] = [
            {"jwk": own},
            {"jku": server.url},
            {"x5u": server.url},
            {"jku": str(tmp_path / "own.json"), "kid": server.url},
            {"x5c": ["MIIB"], "kid": None},
        ]
        for header in headers:
            assert ask(token("ES256", "attacker", header))[0] == 401
        assert server.requests == 0
    assert ask(token(headers={"jwk": own, "jku": "https://evil.example", "x5t": "x"})) == (200, "ann")


@pytest.mark.parametrize(
    "headers",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"]},
        {"crit": []},
        {"crit": "x"},
        {"crit": [1]},
        {"kid": 7},
        {"kid": ["x"]},
    ],
)
def test_a_header_that_asks_for_more_is_refused(ask: Ask, headers: dict[str, object]) -> None:
    head, body, _ = token().split(".")
    parts = {**json.loads(base64.urlsafe_b64decode(head + "==")), **headers}
    changed = base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=")
    signing = changed + b"." + body.encode()
    signature = jwt.get_algorithm_by_name("ES256").sign(signing, private_key("ES256"))

    status, text = ask((signing + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode())

    assert (status, "malformed" in text) == (401, True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "malformed"),
        ("x", "malformed"),
        ("..", "malformed"),
        ("a.b.c", "malformed"),
        ("é.é.é", "malformed"),
        (base64.b64encode(b"[" * 3000).decode() + ".e30.", "malformed"),
        (
            base64.b64encode(b'{"alg":"RS256","kid":"x","e":' + b"9" * 4999 + b"}").decode().rstrip("=") + ".e30.",
            "malformed",
        ),
        ("x" * 8193, "at most 8,192 bytes"),
        ("e30." * 5000, "at most 8,192 bytes"),
        ("carnet_x.y.z", "unknown or revoked"),
    ],
)
def test_garbage_is_refused(app: Api, given: str, message: str) -> None:
    answer = app.post(WHO, authorization=f"Bearer {given}".encode())  # type: ignore[arg-type]  # bytes, as httpx sends them

    assert answer.status_code == 401
    assert message in answer.json()["errors"][0]["message"]


def test_random_changes_of_a_token_are_never_accepted(ask: Ask) -> None:
    seed = random.Random(7)
    good = token("EdDSA", sub="good")
    for _ in range(150):
        at = seed.randrange(len(good))
        changed = good[:at] + seed.choice("Aa0-_.=~") + good[at + 1 :]
        status, _text = ask(changed)
        assert status == (200 if changed == good else 401), changed


def test_a_verified_token_is_remembered_but_not_after_it_has_expired(
    shared_database: Database, loop: Loop, jwks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    clock = [now]
    tokens = tokens_of(shared_database, loop, jwks, clock=lambda: clock[0])
    given, verified = token(exp=int(now) + 60, salesperson="JO").encode(), list[object]()
    decode = jwt.decode

    def counted(*arguments: Any, **more: Any) -> Any:
        verified.append(arguments)
        return decode(*arguments, **more)

    monkeypatch.setattr(jwt, "decode", counted)

    for _ in range(5):
        assert loop.run_until_complete(tokens.user(given)).id == "ann"
    assert len(verified) == 1
    clock[0] = now + 120
    loop.run_until_complete(tokens.user(given))
    assert len(verified) == 2, "the library decides with the real clock"


def test_json_web_tokens_are_refused_if_no_issuer_is_set(api: Api) -> None:
    assert api.with_token(token()).post(WHO).status_code == 401


def test_an_app_does_not_start_with_an_unusable_key_file(empty_copy: Any, loop: Loop, tmp_path: Path) -> None:
    settings = Settings(
        database_url=empty_copy("sqlite"),
        jwt_issuer=ISSUER,
        jwt_audience=AUDIENCE,
        jwt_jwks=str(tmp_path / "none.json"),
    )
    app = create_app(settings)

    with pytest.raises(Exception, match="No such file"):
        loop.run_until_complete(app.router.lifespan_context(app).__aenter__())


def test_private_parts_of_a_key_set_are_not_used(shared_database: Database, loop: Loop, tmp_path: Path) -> None:
    private = jwt.algorithms.RSAAlgorithm.to_jwk(private_key("RS256"), as_dict=True)
    (tmp_path / "private.json").write_text(
        issuer.key_set({**private, "kid": "RS256-first", "key_ops": ["sign", "verify"]})
    )

    tokens = tokens_of(shared_database, loop, tmp_path / "private.json")

    assert loop.run_until_complete(tokens.user(token("RS256").encode())).id == "ann"
