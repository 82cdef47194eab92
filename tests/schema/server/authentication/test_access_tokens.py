"""Access tokens have roles and may expire, and looking them up is cheap."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from persistence.database import Database
from persistence.enums import Role
from resolvers.errors import Refused
from resolvers.users import rules as users
from resolvers.work import User, Work
from schema.server.authentication import token_cache
from schema.server.authentication.access_tokens import AccessTokens
from schema.server.authentication.authenticator import Authenticator
from schema.server.authentication.token_cache import TokenCache
from schema.server.errors import Rejected
from tests import records
from tests.api import Api, create_company
from tests.commands import assert_refused, carnet, create_token
from tests.conftest import NOW
from tests.prepared import database_with
from tests.refusals import refusals_of

WHO = "{ viewer { userId } }"
Loop = asyncio.AbstractEventLoop


def created(database: Database, loop: Loop, user: str, **more: Any) -> users.TokenCreated:
    """A new token, created at `NOW`."""
    return loop.run_until_complete(
        database.writing(lambda session: users.create_token(Work(session, User("local"), NOW), user, **more))
    )


def bearer(token: str) -> dict[bytes, bytes]:
    return {b"authorization": f"Bearer {token}".encode()}


@contextmanager
def counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """The statements that are sent inside the block."""
    read, sent = database.reader.run, list[object]()

    async def run(statements: Any) -> Any:
        sent.extend(statements)
        return await read(statements)

    with monkeypatch.context() as patched:
        patched.setattr(database.reader, "run", run)
        yield sent


class Clock:
    """A clock that the test sets."""

    def __init__(self, time: float = 0) -> None:
        self.time = time

    def __call__(self) -> float:
        return self.time


def test_a_token_is_looked_up_with_one_statement_and_then_remembered(
    database: Database, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, here = Authenticator(database, require_token=False), {"client": ("127.0.0.1", 1)}
    token = created(database, loop, "ann", roles=[Role.MARKETER]).token

    with counted(database, monkeypatch) as sent:
        for _ in range(3):
            user = loop.run_until_complete(gate.user(here, bearer(token)))
            assert (user.id, [*user.roles]) == ("ann", [Role.MARKETER])
        assert len(sent) == 1
        for count in (2, 3):
            with pytest.raises(Rejected):
                loop.run_until_complete(gate.user(here, bearer("carnet_wrong")))
            assert len(sent) == count, "what is unknown is not remembered"


def test_a_token_that_another_process_revoked_is_refused_after_five_seconds(database: Database, loop: Loop) -> None:
    stopwatch = Clock()
    tokens = AccessTokens(database, stopwatch=stopwatch)
    token = created(database, loop, "ann").token.encode()
    assert loop.run_until_complete(tokens.user(token)).id == "ann"

    revoke = text("UPDATE access_token SET revoked_at = created_at")
    loop.run_until_complete(database.writing(lambda session: session.execute(revoke) and None))

    stopwatch.time = 4.9
    assert loop.run_until_complete(tokens.user(token)).id == "ann"
    stopwatch.time = 5
    with pytest.raises(Rejected, match="unknown or revoked"):
        loop.run_until_complete(tokens.user(token))


def test_a_token_that_is_revoked_while_it_is_looked_up_is_not_remembered(
    database: Database, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens, token = AccessTokens(database), created(database, loop, "ann")
    read = database.reader.run

    async def read_then_revoke(statements: Any) -> Any:
        found = await read(statements)
        await database.writing(lambda session: users.revoke_token(Work(session, User("local"), NOW), token.id))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(database.reader, "run", read_then_revoke)
        assert loop.run_until_complete(tokens.user(token.token.encode())).id == "ann"
    with pytest.raises(Rejected, match="unknown or revoked"):
        loop.run_until_complete(tokens.user(token.token.encode()))


def test_expiry_is_checked_at_each_use(database: Database, loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(NOW.timestamp())
    tokens = AccessTokens(database, clock=clock)
    token = created(database, loop, "ann", expires="1h").token.encode()

    with counted(database, monkeypatch) as sent:
        clock.time += 3599
        assert loop.run_until_complete(tokens.user(token)).id == "ann"
        clock.time += 1
        for _ in range(2):
            with pytest.raises(
                Rejected, match=r"This token expired at 2026-03-18 11:15 UTC\. Create a new one"
            ) as refused:
                loop.run_until_complete(tokens.user(token))
            assert (refused.value.status, refused.value.code) == (401, "UNAUTHENTICATED")
    assert len(sent) == 1


def test_an_expired_token_is_refused_over_http(api: Api, database: Database, loop: Loop) -> None:
    answer = api.with_token(created(database, loop, "ann", expires="1h").token).post(WHO)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert "expired" in error["message"]
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token", error_description="expired"'


def test_the_number_of_remembered_tokens_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_cache, "MAX_TOKENS", 3)
    stopwatch = Clock()
    kept: TokenCache[int] = TokenCache(5, stopwatch)
    for number in range(10):
        kept.put(str(number), number, kept.now())

    assert len(kept) == 3
    assert [kept.get(key) for key in ("6", "7", "9")] == [None, 7, 9]
    stopwatch.time = 5
    assert kept.get("9") is None
    assert len(kept) == 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("90d", NOW + dt.timedelta(days=90)),
        ("12H", NOW + dt.timedelta(hours=12)),
        (" 36500d ", NOW + dt.timedelta(days=36500)),
        ("2026-03-18", dt.datetime(2026, 3, 19, 4, tzinfo=dt.UTC)),
        ("2027-01-31", dt.datetime(2027, 2, 1, 5, tzinfo=dt.UTC)),
    ],
)
def test_a_token_expires_after_a_span_or_after_a_day_of_the_company(
    work: Work, given: str, expected: dt.datetime
) -> None:
    work.setup.time_zone = "America/Toronto"

    assert users.create_token(work, "ann", expires=given).expires_at == expected
    assert users.tokens(work)[0].expires_at == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        *((given, "A token cannot expire at") for given in ("", "soon", "90", "d", "-1d", "1.5d", "٩d", "90 d", "5w")),
        *((given, "at most 100 years") for given in ("36501d", "9999999d", "9999999h", "2126-02-24", "9999-12-31")),
        *((given, "A token cannot expire at") for given in ("2026-02-30", "0000-01-01", "20270131", "2027-W04-7")),
        *((given, "would never be valid") for given in ("0d", "0h", "2026-03-17", "0001-01-01")),
    ],
)
def test_an_expiry_that_is_no_time_or_in_the_past_is_refused(work: Work, given: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        users.create_token(work, "ann", expires=given)


def test_a_token_with_the_role_salesperson_needs_a_salesperson(work: Work) -> None:
    records.insert_salesperson(work, "JO")
    needed = [("INVALID", ("salesperson",))]

    assert refusals_of(users.create_token, work, "ann", roles=[Role.SALESPERSON]) == needed
    assert refusals_of(users.create_token, work, "ann", roles=[Role.READER, Role.SALESPERSON]) == needed
    assert refusals_of(users.create_token, work, "ann", roles=[Role.SALESPERSON], salesperson_code="X") == [
        ("SALESPERSON_NOT_FOUND", ("salesperson",))
    ]
    assert users.create_token(work, "ann", roles=[Role.SALESPERSON], salesperson_code="jo").roles == [Role.SALESPERSON]
    assert users.create_token(work, "ann", roles=[Role.SALESPERSON]).salesperson_code == "JO"
    assert refusals_of(users.create_token, work, "ann", roles=[Role.SALESPERSON], salesperson_code="") == needed
    assert users.create_token(work, "bob", roles=[Role.SALESPERSON, Role.MARKETER]).salesperson_code is None


def test_roles_are_listed_from_the_one_that_may_do_least(work: Work) -> None:
    assert users.create_token(work, "ann").roles == [Role.READER]
    users.create_token(work, "ann", roles=[Role.ADMIN, Role.READER, Role.ADMIN, Role.MARKETER])

    assert [token.roles for token in users.tokens(work)] == [[Role.READER], [Role.READER, Role.MARKETER, Role.ADMIN]]
    assert users.roles_of("READER,SOMETHING_NEW") == {Role.READER}
    assert users.roles_of("") == frozenset()


@database_with(create_company)
def test_a_token_without_rights_is_forbidden(api: Api, database: Database, database_url: str, loop: Loop) -> None:
    jo = api.with_token(create_token(database_url, "jo", role="salesperson", salesperson="JO"))
    assert jo.execute(WHO) == {"viewer": {"userId": "jo"}}

    create_token(database_url, "jo", role="reader", salesperson="")
    without_salesperson = jo.post(WHO)
    unknown_roles = text("UPDATE access_token SET roles = 'SOMETHING_NEW'")
    loop.run_until_complete(database.writing(lambda session: session.execute(unknown_roles) and None))
    create_token(database_url, "other")  # this process then looks up all tokens again
    without_role = jo.post(WHO)

    for answer, words in ((without_salesperson, "--salesperson CODE"), (without_role, "--role")):
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN")
        assert words in error["message"]


def test_several_authorization_headers_are_refused(database: Database, loop: Loop) -> None:
    gate, header = Authenticator(database, require_token=False), (b"authorization", b"Bearer carnet_x")
    scope = {"client": ("127.0.0.1", 1), "headers": [header, header]}

    with pytest.raises(Rejected, match="several `Authorization` headers") as refused:
        loop.run_until_complete(gate.user(scope, dict([header])))
    assert refused.value.status == 400


def test_the_commands_show_roles_and_expiry(database_url: str) -> None:
    english = carnet(database_url, "token", "create", "--user", "ann")
    french = carnet(
        database_url, *("token", "create", "--user", "bob", "--role", "Admin", "--role", "READER"),
        *("--expires", "2100-01-31"), LANG="fr_CA.UTF-8",
    )  # fmt: skip
    listed = carnet(database_url, "token", "list").stdout

    assert "Token 1 of ann, role READER. Send it" in english.stderr
    assert "This token can only read." in english.stderr
    assert "Jeton 2 de l’utilisateur bob, rôle READER, ADMIN, valide jusqu’au 2100-02-01 00:00 UTC." in french.stderr
    assert "que de lire" not in french.stderr
    assert "READER, ADMIN" in listed
    assert "2100-02-01 00:00 UTC" in listed
    assert "expired" not in listed


def test_the_command_lists_expired_tokens_as_such(database: Database, database_url: str, loop: Loop) -> None:
    created(database, loop, "ann", expires="1h")

    assert "2026-03-18 11:15 UTC, expired" in carnet(database_url, "token", "list").stdout
    assert "2026-03-18 11:15 UTC, expiré" in carnet(database_url, "token", "list", LANG="fr_CA.UTF-8").stdout


def test_the_command_refuses_what_it_does_not_know(database_url: str) -> None:
    unknown = carnet(database_url, "token", "create", "--user", "ann", "--role", "owner")

    assert unknown.exit_code == 2
    assert "--role does not take “owner”. It takes reader, salesperson, marketer, admin." in unknown.stderr
    assert_refused(carnet(database_url, *["token", "create", "--user", "ann", "--expires", "never"]), "90d or 12h")
    assert_refused(
        carnet(database_url, *["token", "create", "--user", "ann", "--role", "salesperson"]), "with --salesperson"
    )
    assert carnet(database_url, "token", "list").stdout.count("ann") == 0
