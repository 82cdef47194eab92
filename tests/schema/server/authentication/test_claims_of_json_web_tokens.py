"""The claims of a JSON Web Token give the user their roles and salesperson (K16)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from persistence.database import Database
from persistence.enums import Role
from resolvers.work import User, Work
from schema.server.authentication.json_web_tokens import JsonWebTokens, claim_at
from tests import records
from tests.api import Api, create_company, running_app
from tests.commands import create_token
from tests.conftest import NOW
from tests.schema.server.authentication import test_json_web_tokens
from tests.schema.server.authentication.issuer import AUDIENCE, ISSUER, token
from tests.schema.server.authentication.test_json_web_tokens import MINUTE, WHO, Ask, Loop, tokens_of

app, ask, jwks = test_json_web_tokens.app, test_json_web_tokens.ask, test_json_web_tokens.jwks


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        ("reader", ["READER"]),
        (["Marketer", "READER", "offline_access", "reader"], ["MARKETER", "READER"]),
        (["ADMIN", 7, None, ["READER"], {"ADMIN": 1}], ["ADMIN"]),
    ],
)
def test_roles_are_one_text_or_a_list_and_others_are_ignored(
    shared_database: Database, loop: Loop, jwks: Path, given: object, roles: list[str]
) -> None:
    tokens = tokens_of(shared_database, loop, jwks)

    assert sorted(loop.run_until_complete(tokens.user(token(roles=given).encode())).roles) == roles


@pytest.mark.parametrize(
    "given", [None, "", "owner", "adm\u0131n", "READER ADMIN", [], ["owner"], {"ADMIN": True}, True, 1]
)
def test_a_token_without_a_role_is_forbidden(ask: Ask, given: object) -> None:
    assert ask(token(roles=given)) == (
        403,
        "This token gives no role. Its claim `roles` must have READER, SALESPERSON, MARKETER, ADMIN.",
    )


def test_a_salesperson_needs_the_claim_with_an_existing_code(ask: Ask) -> None:
    missing = "Its claim `salesperson` must have the code of an existing salesperson."

    assert ask(token(roles=["salesperson"], salesperson=" jo ")) == (200, "ann")
    for code in (None, "", "NIX", 7, ["JO"], "J\0O", "\ud800", "x" * 5000):
        status, text = ask(token(roles=["salesperson", "reader"], salesperson=code))
        assert (status, missing in text) == (403, True), code
    assert ask(token(roles=["salesperson", "marketer"])) == (200, "ann")
    assert ask(token(roles="admin", salesperson="NIX")) == (200, "ann")


def test_the_salesperson_of_the_claim_is_the_users_own_k16(app: Api) -> None:
    viewer = app.with_token(token(salesperson="ps")).execute(WHO)["viewer"]

    assert viewer["salesperson"] == {"code": "PS"}
    assert app.with_token(token(salesperson="NIX")).execute(WHO)["viewer"]["salesperson"] is None


def test_other_claims_and_other_words_can_give_the_roles(shared_database: Database, loop: Loop, jwks: Path) -> None:
    keycloak = tokens_of(shared_database, loop, jwks, jwt_role_claim="resource_access.carnet.roles")
    mapped = tokens_of(
        shared_database,
        loop,
        jwks,
        jwt_role_claim="https://x.example/groups",
        jwt_roles='{"Sales team": "marketer", "it": "Admin"}',
    )
    access = {"carnet": {"roles": ["marketer"]}, "other": {"roles": ["admin"]}}

    def roles(tokens: JsonWebTokens, **changed: Any) -> list[str]:
        return sorted(loop.run_until_complete(tokens.user(token(**changed).encode())).roles)

    assert roles(keycloak, resource_access=access) == ["MARKETER"]
    assert roles(mapped, **{"https://x.example/groups": ["Sales team", "ADMIN", "READER"]}) == ["MARKETER"]
    assert roles(mapped, **{"https://x.example/groups": "it"}) == ["ADMIN"]
    with pytest.raises(Exception, match="must have one of the values in CARNET_JWT_ROLES"):
        roles(mapped, **{"https://x.example/groups": "ADMIN"})


def test_the_example_of_the_guide_gives_a_salesperson(database: Database, loop: Loop, jwks: Path) -> None:
    guide = (Path(__file__).parents[4] / ".github/guides/roles.md").read_text().partition("## JSON Web Tokens")[2]
    example = json.loads(guide.partition("```json")[2].partition("```")[0])
    exported = dict(re.findall(r"export CARNET_(JWT_\w+)='?(.+?)'?$", guide, re.MULTILINE))
    given = {name.lower(): value for name, value in exported.items()} | {"jwt_jwks": str(jwks)}
    loop.run_until_complete(
        database.writing(lambda session: records.insert_salesperson(Work(session, User("local"), NOW), "SK") and None)
    )
    tokens = tokens_of(database, loop, jwks, **given)

    user = loop.run_until_complete(tokens.user(token(**example | {"exp": MINUTE}).encode()))

    assert (user.id, user.salesperson_code, [*user.roles]) == (example["sub"], "SK", [Role.SALESPERSON])


def test_a_claim_is_found_by_its_name_or_by_its_path() -> None:
    found = {"a": {"b": {"c": 1}, "b.c": 2}, "a.b": {"c": 3}, "x.y": 4, "l": [{"m": 5}]}

    assert [claim_at(found, name) for name in ("x.y", "a.b.c", "a.b", "a.c", "l.m", ".", "", "a.", "a..b", "x.y.z")] == [
        4, 3, {"c": 3}, None, None, None, None, None, None, None
    ]  # fmt: skip
    assert claim_at({"a": {"b.c": 2, "b": {"c": 1}}}, "a.b.c") == 2


def test_the_roles_of_either_token_decide_what_it_may_do(database_url: str, loop: Loop, jwks: Path) -> None:
    create = 'mutation { createSalesperson(input: {code: "X", salesperson: {name: "X"}}) { userErrors { code } } }'
    with running_app(database_url, loop, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, jwt_jwks=str(jwks)) as api:
        for given in (create_token(database_url, "bob", role="reader"), token(sub="bob", roles="reader")):
            reader = api.with_token(given)
            assert reader.execute(WHO)["viewer"] == {"userId": "bob", "roles": ["READER"], "salesperson": None}
            (error,) = reader.post(create).json()["errors"]
            assert error["extensions"]["code"] == "FORBIDDEN"
        assert api.with_token(token(roles=["reader", "admin"])).execute(create)["createSalesperson"]["userErrors"] == []


def test_access_tokens_are_accepted_beside_json_web_tokens(database_url: str, loop: Loop, jwks: Path) -> None:
    with running_app(database_url, loop, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, jwt_jwks=str(jwks)) as api:
        create_company(api)
        for given, user in ((create_token(database_url, "bob"), "bob"), (token("RS256", salesperson="JO"), "ann")):
            assert api.with_token(given).execute(WHO)["viewer"]["userId"] == user
        assert api.with_token(token(salesperson="jo")).execute(WHO)["viewer"]["salesperson"] == {"code": "JO"}
