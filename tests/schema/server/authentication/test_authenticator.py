"""Authentication: bearer tokens, and callers on the same machine (K16)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from persistence.database import Database
from resolvers.salespeople import rules as salespeople
from resolvers.users import rules as users
from resolvers.work import Work
from schema.server.app import create_app
from schema.server.authentication.authenticator import Authenticator
from schema.server.host_names import is_loopback
from schema.server.settings import Settings
from tests import records
from tests.api import Api, create_company
from tests.commands import carnet, create_token
from tests.prepared import database_with
from tests.refusals import refusals_of

WHO = "{ viewer { userId roles salesperson { code name } } }"
Ask = Callable[..., Any]


@contextmanager
def served(loop: Any, database_url: str, *, peer: str | None, **settings: Any) -> Iterator[Ask]:
    """The application for a client at that address: `ask("Bearer …")` sends a query."""
    app = create_app(Settings(database_url=database_url, **settings))
    lifespan = app.router.lifespan_context(app)
    loop.run_until_complete(lifespan.__aenter__())
    transport = httpx2.ASGITransport(app=app, client=(peer, 123) if peer else None)  # type: ignore[arg-type]  # a socket file
    client = httpx2.AsyncClient(transport=transport, base_url="http://localhost")

    def ask(authorization: str | None = None, **headers: str) -> Any:
        sent = headers | ({} if authorization is None else {"authorization": authorization})
        return loop.run_until_complete(client.post("/graphql", json={"query": WHO}, headers=sent))

    ask.get = lambda path, **headers: loop.run_until_complete(client.get(path, headers=headers))  # type: ignore[attr-defined]
    try:
        yield ask
    finally:
        loop.run_until_complete(client.aclose())
        loop.run_until_complete(lifespan.__aexit__(None, None, None))


def viewer_of(answer: Any) -> Any:
    return answer.json()["data"]["viewer"]["userId"]


def is_refused(answer: Any) -> bool:
    """Whether the response has the status, header and error code of an unauthenticated request."""
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert "carnet token create" in error["message"]
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "data" not in answer.json()
    return bool(answer.status_code == 401)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_callers_on_the_same_machine_need_no_token(loop: Any, database_url: str, peer: str) -> None:
    with served(loop, database_url, peer=peer) as ask:
        assert ask().json() == {"data": {"viewer": {"userId": "local", "roles": ["ADMIN"], "salesperson": None}}}


@pytest.mark.parametrize(
    "peer", ["192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "10.0.0.1", "0.0.0.0", "unknown", None]
)
def test_callers_on_other_machines_need_a_token(loop: Any, database_url: str, peer: str | None) -> None:
    with served(loop, database_url, peer=peer) as ask:
        assert is_refused(ask())
        assert ask().headers["www-authenticate"] == "Bearer"


def test_proxy_headers_are_ignored(loop: Any, database_url: str) -> None:
    lies = {"x-forwarded-for": "127.0.0.1", "forwarded": "for=127.0.0.1", "x-real-ip": "127.0.0.1", "host": "localhost"}
    with served(loop, database_url, peer="192.0.2.7", host="0.0.0.0") as ask:
        assert is_refused(ask(**lies))


def test_a_setting_requires_a_token_from_all_callers(loop: Any, database_url: str) -> None:
    token = create_token(database_url, "ann")
    with served(loop, database_url, peer="127.0.0.1", require_token=True) as ask:
        assert is_refused(ask())
        assert viewer_of(ask(f"Bearer {token}")) == "ann"


def test_graphiql_and_health_need_no_token_but_queries_do(loop: Any, database_url: str) -> None:
    with served(loop, database_url, peer="192.0.2.7") as ask:
        assert ask.get("/health").status_code == 200  # type: ignore[attr-defined]
        assert ask.get("/graphql", accept="text/html").status_code == 200  # type: ignore[attr-defined]
        assert is_refused(ask.get("/graphql?query={viewer{userId}}"))  # type: ignore[attr-defined]


@database_with(create_company)
def test_a_token_identifies_user_and_salesperson_k16(loop: Any, api: Api, database_url: str) -> None:
    token = create_token(database_url, "dom\\ann", salesperson="PS")
    expected = {"userId": "dom\\ann", "roles": ["ADMIN"], "salesperson": {"code": "PS", "name": "Paul Savoie"}}

    assert api.with_token(token).execute(WHO) == {"viewer": expected}
    with served(loop, database_url, peer="192.0.2.7") as ask:
        assert ask(f"bearer  {token} ").json()["data"] == {"viewer": expected}


@pytest.mark.parametrize(
    "authorization", ["Bearer carnet_wrong", "Bearer ", "Bearer", "Basic YTpi", "", "Bearer " + "x" * 5000, "Bearer é"]
)
def test_an_invalid_token_is_refused_also_on_the_same_machine(loop: Any, database_url: str, authorization: str) -> None:
    with served(loop, database_url, peer="127.0.0.1") as ask:
        answer = ask(authorization.encode())

        assert is_refused(answer)
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_authorization_without_a_bearer_token_has_a_message_of_its_own(loop: Any, database_url: str) -> None:
    with served(loop, database_url, peer="127.0.0.1") as ask:
        for authorization in ("Basic YTpi", ""):
            assert "has no bearer token" in ask(authorization.encode()).json()["errors"][0]["message"]


def test_a_revoked_token_is_refused_from_the_next_request_on(api: Api, database_url: str) -> None:
    first, second = (api.with_token(create_token(database_url, "ann")) for _ in range(2))
    assert viewer_of(first.post(WHO)) == "ann"

    assert carnet(database_url, "token", "revoke", "1").exit_code == 0

    assert is_refused(first.post(WHO))
    assert viewer_of(second.post(WHO)) == "ann"


@database_with(create_company)
def test_the_user_is_recorded_on_everything_that_is_written(api: Api, database_url: str) -> None:
    ann = api.with_token(create_token(database_url, "ann"))
    visit = {"contactNo": "C1", "templateCode": "VISIT", "comments": ["Kind."]}

    entry = ann.mutate(
        "createInteraction", {"interaction": visit}, "interactionLogEntry { userId comments { userId } }"
    )
    postponed = ann.mutate("postponeInteraction", {"interaction": visit}, "postponedInteraction { entryNo userId }")[
        "postponedInteraction"
    ]
    resumed = api.mutate("resumeInteraction", {"entryNo": postponed["entryNo"]}, "interactionLogEntry { userId }")
    segment = {"description": "Spring", "templateCode": "VISIT", "salespersonCode": "JO"}
    no = ann.mutate("createSegment", {"segment": segment, "contactNos": ["C1"]}, "segment { no }")["segment"]["no"]
    logged = ann.mutate(
        "logSegment", {"segmentNo": no}, "loggedSegment { userId interactionLogEntries { nodes { userId } } }"
    )

    assert entry["interactionLogEntry"] == {"userId": "ann", "comments": [{"userId": "ann"}]}
    assert postponed["userId"] == "ann"
    assert resumed["interactionLogEntry"] == {"userId": "local"}
    assert logged["loggedSegment"] == {"userId": "ann", "interactionLogEntries": {"nodes": [{"userId": "ann"}]}}


def test_a_request_without_a_token_costs_no_statement(
    database: Database, loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, sent = Authenticator(database, require_token=False), []
    read = database.reader.run

    async def counted(statements: Any) -> Any:
        sent.extend(statements)
        return await read(statements)

    monkeypatch.setattr(database.reader, "run", counted)

    assert loop.run_until_complete(gate.user({"client": ("127.0.0.1", 1)}, {})).id == "local"
    assert sent == []


def test_only_the_hash_of_a_token_is_stored(loop: Any, database: Database, database_url: str) -> None:
    token = create_token(database_url, "ann")

    (kept,) = loop.run_until_complete(database.reading([("SELECT token_hash FROM access_token", ())]))

    assert kept == users.hash_of(token)
    assert len(token) > 43
    assert token not in carnet(database_url, "token", "list").stdout


def test_another_token_keeps_or_changes_the_salesperson_k16(work: Work) -> None:
    records.insert_salesperson(work, "JO")
    records.insert_salesperson(work, "PS")

    assert users.create_token(work, "ann", salesperson_code="jo").salesperson_code == "JO"
    assert users.create_token(work, " ann ").salesperson_code == "JO"
    assert users.create_token(work, "ann", salesperson_code="PS").salesperson_code == "PS"
    assert users.create_token(work, "ann", salesperson_code="").salesperson_code is None
    assert [(token.user_id, token.salesperson_code) for token in users.tokens(work)] == [("ann", None)] * 4


def test_the_salesperson_of_a_user_is_not_deleted_k6(work: Work) -> None:
    records.insert_salesperson(work, "JO")
    users.create_token(work, "ann", salesperson_code="JO")

    assert refusals_of(salespeople.delete, work, "JO") == [("IN_USE", ("code",))]


def test_an_invalid_user_id_is_refused(work: Work) -> None:
    assert refusals_of(users.create_token, work, " ", salesperson_code="NIX") == [
        ("INVALID", ("user",)),
        ("SALESPERSON_NOT_FOUND", ("salesperson",)),
    ]
    assert refusals_of(users.create_token, work, "local") == [("INVALID", ("user",))]
    assert refusals_of(users.create_token, work, "x" * 51) == [("TOO_LONG", ("user", "user_id"))]
    assert refusals_of(users.revoke_token, work, 1) == [("NOT_FOUND", ())]


def test_token_commands_report_invalid_arguments(database_url: str) -> None:
    unknown = carnet(database_url, "token", "create", "--user", "ann", "--salesperson", "NIX")

    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "no salesperson NIX" in unknown.stderr
    assert carnet(database_url, "token", "list").stdout.count("ann") == 0


def test_loopback_addresses_are_recognized() -> None:
    assert [is_loopback(each) for each in ("127.0.0.1", "::1", "::ffff:127.0.0.1")] == [True] * 3
    assert not any(is_loopback(each) for each in ("", "localhost.example.com", "1.2.3.4", "::ffff:1.2.3.4", "::"))
