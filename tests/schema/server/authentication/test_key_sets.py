"""Which keys of a JSON Web Key Set are used, and from which addresses the set may be loaded."""

import base64
from contextlib import nullcontext
from typing import Any

import pytest

from schema.server.authentication import key_set_address
from schema.server.authentication.key_sets import chosen, parse
from tests.schema.server.authentication.issuer import key_set, private_key, public_jwk


def test_only_keys_for_accepted_signatures_are_used() -> None:
    good = public_jwk("RS256")
    unusable: list[Any] = [
        {**good, "use": "enc"},
        {**good, "alg": "RS512"},
        {**good, "alg": "HS256"},
        {**good, "key_ops": ["encrypt"]},
        {**good, "key_ops": "verify"},
        {**good, "n": "AQAB"},
        {**good, "n": base64.urlsafe_b64encode(b"\xff" * 128).rstrip(b"=").decode()},  # 1024 bits are too short
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
