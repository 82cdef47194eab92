"""The protocol graphql-transport-ws."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from persistence.dialects.postgresql.citus import SYNC_METADATA
from tests.api import Api, running_app
from tests.commands import carnet, create_token
from tests.concurrency import ALLOW_TRIGGERS
from tests.schema.execution.test_live_groups import wait_until
from tests.schema.server import limited_apps
from tests.sockets import Denied, closing, socket_of, subscribed

VIEWER = "{ viewer { userId } }"
CREATE = 'mutation { createSalesperson(input: {code: "AB", salesperson: {name: "Ann"}}) { userErrors { code } } }'
CHANGED = "subscription { changed { type } }"
OTHERS = "subscription { changed(types: [CONTACT]) { type } }"
"""A subscription to changes other than that of the mutation, which may be made although it was canceled: a worker of
Citus does not stop a COMMIT.
"""
SALESPEOPLE = "subscription { changed(types: [SALESPERSON]) { type objects { edges { id } } } }"

SLOW_COMMIT = f"""{ALLOW_TRIGGERS}, {SYNC_METADATA};
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON salesperson DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait()"""

limited = limited_apps.limited


@pytest.fixture(scope="module")
def url(empty_copy: Callable[[str], str]) -> str:
    return empty_copy("sqlite")


@pytest.fixture(scope="module")
def app(url: str, loop: asyncio.AbstractEventLoop) -> Iterator[Api]:
    with running_app(url, loop) as api:
        yield api


def test_queries_and_mutations_have_one_response_each(app: Api) -> None:
    socket = socket_of(app).begin()
    assert socket.subprotocol == "graphql-transport-ws"

    socket.subscribe("a", VIEWER)
    assert socket.receive() == {"id": "a", "type": "next", "payload": {"data": {"viewer": {"userId": "local"}}}}
    assert socket.receive() == {"id": "a", "type": "complete"}
    socket.subscribe("a", CREATE)
    assert socket.receive()["payload"]["data"] == {"createSalesperson": {"userErrors": []}}
    assert socket.receive() == {"id": "a", "type": "complete"}


def test_documents_that_are_wrong_end_with_their_errors(app: Api) -> None:
    socket = socket_of(app).begin()
    for query, code in (
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { changed { type } segmentChanged(no: 1) { segment { no } } }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { interactionLogged(filter: {date: {gte: "x"}}) { count } }', "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($x: Boolean!) { changed @skip(if: $x) { type } }", "GRAPHQL_VALIDATION_FAILED"),
    ):
        socket.subscribe("1", query, **({"x": True} if "$x" in query else {}))
        assert socket.error() in (code, "BAD_USER_INPUT"), query
    socket.send(type="subscribe", id="1", payload={})
    assert socket.error() == "BAD_REQUEST"
    socket.send(type="subscribe", id="1", payload={"query": VIEWER, "variables": 3})
    assert socket.error() == "BAD_REQUEST"


def test_subscriptions_over_http_are_refused(app: Api) -> None:
    answer = app.post(CHANGED).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_a_subscription_ends_when_the_client_completes_it(app: Api) -> None:
    socket = subscribed(app, SALESPEOPLE)
    socket.send(type="complete", id="1")
    socket.send(type="complete", id="unknown")
    socket.subscribe("1", VIEWER)

    assert socket.receive()["payload"] == {"data": {"viewer": {"userId": "local"}}}
    wait_until(app, lambda: app.app.state.websockets.usage["subscriptions"].in_use == 0)


def test_the_id_of_a_mutation_that_the_client_ends_during_commit_can_be_used_again(
    empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    url = empty_copy("postgresql")
    with running_app(url, loop) as api:
        api.run_concurrently(api.app.state.database.writing(_executed(SLOW_COMMIT)))
        socket = socket_of(api).begin()
        socket.subscribe("1", CREATE)
        api.run_concurrently(asyncio.sleep(0.3))

        socket.send(type="complete", id="1")
        socket.subscribe("1", OTHERS)
        assert socket.is_silent(0.6)
        socket.send(type="complete", id="1")
        socket.subscribe("1", VIEWER)
        assert socket.receive()["payload"] == {"data": {"viewer": {"userId": "local"}}}


def _executed(statements: str) -> Callable[[Session], None]:
    def execute(session: Session) -> None:
        for statement in statements.split(";\n"):
            session.execute(text(statement))

    return execute


def test_pings_are_answered_with_their_payload(app: Api) -> None:
    socket = socket_of(app)
    socket.send(type="ping")
    assert socket.receive() == {"type": "pong"}
    socket.send(type="ping", payload={"n": 1})
    assert socket.receive() == {"type": "pong", "payload": {"n": 1}}
    socket.send(type="pong")
    socket.begin()


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        (4400, [b"{}"]),
        (4400, ["no JSON"]),
        (4400, ["[]"]),
        (4400, ['{"type": 1}']),
        (4400, ['{"type": "ping", "type": "ping"}']),
        (4400, ['{"type": "ping", "payload": {"a": 1, "a": 1}}']),
        (4400, ['{"type": "start"}']),
        (4400, ['{"type": "ping", "payload": {"a": ' + "[" * 500 + "]" * 500 + "}}"]),
        (4400, ['{"type": "connection_init", "payload": []}']),
        (4400, ['{"type": "connection_init", "payload": {"token": 1}}']),
        (4400, ['{"type": "connection_init"}', '{"type": "subscribe", "payload": {"query": "{ x }"}}']),
        (4400, ['{"type": "connection_init"}', '{"type": "subscribe", "id": "", "payload": {"query": "{ x }"}}']),
        (4400, ['{"type": "connection_init"}', '{"type": "subscribe", "id": "1"}']),
        (4401, ['{"type": "subscribe", "id": "1", "payload": {"query": "{ x }"}}']),
        (4401, ['{"type": "connection_init", "payload": {"Authorization": "Bearer carnet_wrong"}}']),
        (4429, ['{"type": "connection_init"}', '{"type": "connection_init"}']),
        (
            4409,
            [
                '{"type": "connection_init"}',
                *[f'{{"type": "subscribe", "id": "1", "payload": {{"query": "{CHANGED}"}}}}'] * 2,
            ],
        ),
    ],
)
def test_messages_that_the_protocol_forbids_close_the_websocket(
    app: Api, code: int, messages: list[str | bytes]
) -> None:
    socket = socket_of(app)
    for message in messages:
        socket.send(message)

    found, reason = closing(socket)

    assert found == code
    assert reason


def test_clients_without_the_subprotocol_are_refused(app: Api) -> None:
    socket = socket_of(app, subprotocols=["graphql-ws"])
    assert socket.subprotocol is None
    assert closing(socket)[0] == 4406


def test_tokens_are_taken_from_the_payload_or_the_handshake(url: str, app: Api) -> None:
    token = create_token(url, "ANN")
    far = {"address": "192.0.2.1", "headers": {"host": "crm.example.com"}}
    for socket in (
        socket_of(app, **far).begin(Authorization=f"Bearer {token}"),
        socket_of(app, **far).begin(authorization=token),
        socket_of(app, **far).begin(token=token),
        socket_of(app, address="192.0.2.1", headers={"host": "x", "authorization": f"Bearer {token}"}).begin(),
    ):
        socket.subscribe("1", VIEWER)
        assert socket.receive()["payload"] == {"data": {"viewer": {"userId": "ANN"}}}

    socket = socket_of(app, **far)
    socket.send(type="connection_init")
    assert closing(socket)[0] == 4401
    with pytest.raises(Denied) as denied:
        socket_of(app, headers={"authorization": "Bearer carnet_wrong"})
    assert (denied.value.status, denied.value.code) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    ("address", "headers", "is_accepted"),
    [
        ("127.0.0.1", {"origin": "https://evil.example"}, False),
        ("127.0.0.1", {"origin": "null"}, False),
        ("127.0.0.1", {"host": "evil.example"}, False),
        ("127.0.0.1", {"origin": "http://localhost"}, True),
        ("192.0.2.1", {"host": "crm.example.com", "origin": "https://evil.example"}, False),
        ("192.0.2.1", {"host": "crm.example.com", "origin": "https://crm.example.com"}, True),
        ("192.0.2.1", {"host": "crm.example.com"}, True),
    ],
)
def test_pages_of_other_origins_cannot_connect(
    app: Api, address: str, headers: dict[str, str], is_accepted: bool
) -> None:
    if is_accepted:
        socket_of(app, address=address, headers=headers)
        return
    with pytest.raises(Denied) as denied:
        socket_of(app, address=address, headers=headers)
    assert (denied.value.status, denied.value.code) == (403, "FORBIDDEN")


def test_pages_of_allowed_origins_can_connect_with_a_token(limited: Callable[..., Api]) -> None:
    api = limited(cors_origins=["https://app.example.com"])
    socket_of(api, address="192.0.2.1", headers={"host": "x", "origin": "https://app.example.com"})


def test_revoked_tokens_end_their_websockets(empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> None:
    url = empty_copy("sqlite")
    token, kept = create_token(url, "ANN"), create_token(url, "BOB")
    with running_app(url, loop, websocket_check_seconds=0.05) as api:
        ann, bob = subscribed(api, CHANGED, token), subscribed(api, CHANGED, kept)
        assert carnet(url, "token", "revoke", "1").exit_code == 0

        code, reason = closing(ann)
        assert code == 4403
        assert "revoked" in reason
        assert bob.is_silent(0.3)


def test_a_server_that_stops_closes_with_the_code_for_a_restart(limited: Callable[..., Api]) -> None:
    api = limited()
    socket = subscribed(api, CHANGED)
    api.app.state.running.refuse_new()

    assert closing(socket) == (1012, "Service Restart")
    with pytest.raises(Denied) as denied:
        socket_of(api)
    assert denied.value.status == 503


def test_only_trusted_documents_are_executed(limited: Callable[..., Api], tmp_path: Any) -> None:
    manifest = tmp_path / "documents.json"
    manifest.write_text(f'{{"changes": "{CHANGED}"}}')
    socket = socket_of(limited(trusted_documents=manifest)).begin()
    socket.subscribe("1", SALESPEOPLE)
    assert socket.error() == "NOT_TRUSTED"
    socket.send(type="subscribe", id="1", payload={"documentId": "changes"})
    assert socket.is_silent(0.2)


def test_queries_are_answered_in_the_language_that_the_page_chooses(app: Api) -> None:
    socket = socket_of(app, headers={"accept-language": "en"}).begin(**{"Accept-Language": "fr-CA"})
    socket.subscribe(
        "1", 'mutation { createSalesperson(input: {code: "", salesperson: {name: "A"}}) { userErrors { message } } }'
    )
    message = socket.receive()["payload"]["data"]["createSalesperson"]["userErrors"][0]["message"]
    assert "é" in message or "’" in message or "Donnez" in message
