"""WebSockets to companies: each has the events of its own company only."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from resolvers.users import rules as users
from resolvers.work import User, Work
from schema.server.authentication import access_tokens
from schema.server.companies import rights
from tests.companies.serving import Served, WebSocket, serving

CHANGED = {"query": "subscription { changed(types: [CONTACT]) { type userId } }"}


@pytest.fixture(params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, empty_copy: Callable[[str], str], tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> Iterator[Served]:
    """On PostgreSQL both companies are schemas of one database."""
    if request.param == "sqlite":
        urls = [empty_copy("sqlite"), empty_copy("sqlite")]
    else:
        urls = request.getfixturevalue("schemas")
    named = dict(zip("ab", urls, strict=True))
    with serving(named, empty_copy("sqlite"), tmp_path / "list", loop, websocket_check_seconds=1) as served:
        yield served


async def connected(served: Served, name: str, token: str) -> tuple[WebSocket, Any]:
    """A WebSocket that has sent a token, and how that was answered."""
    socket = WebSocket(served.app, f"/companies/{name}/graphql")
    assert (await socket.receive())["type"] == "websocket.accept"
    socket.send("connection_init", payload={"Authorization": f"Bearer {token}"})
    return socket, await socket.receive()


def test_a_subscriber_gets_the_events_of_the_own_company_only(served: Served) -> None:
    async def scenario() -> None:
        sockets = {}
        for name in "ab":
            sockets[name], answer = await connected(served, name, served.tokens[name])
            assert answer["type"] == "connection_ack"
            sockets[name].send("subscribe", id="1", payload=CHANGED)
        await asyncio.sleep(0.3)  # the subscriptions have begun
        input = {"input": {"no": "C1", "contact": {"type": "COMPANY", "name": "New"}}}
        create = "mutation($input: CreateContactInput!) { createContact(input: $input) { userErrors { code } } }"
        assert (await served.api["a"].send(create, input)).status_code == 200
        event = await sockets["a"].receive()
        assert event["payload"]["data"]["changed"] == {"type": "CONTACT", "userId": "ann"}
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sockets["b"].receive(), 1)
        for socket in sockets.values():
            await socket.close()

    served.run(scenario())


def test_a_wrong_token_gets_the_same_answer_for_all_names_of_companies(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "REFUSAL_SECONDS", 0.02)

    async def answer(name: str, token: str) -> Any:
        socket, answered = await connected(served, name, token)
        await socket.close()
        return answered

    seen = [served.run(answer(name, token)) for token in ("carnet_x", served.tokens["a"]) for name in ("b", "nobody")]

    assert seen[0]["type"] == "websocket.close"
    assert all(each == seen[0] for each in seen), seen


def test_a_revoked_token_of_a_company_closes_its_websockets(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_tokens, "REMEMBERED_SECONDS", 0)

    def revoke(session: Session) -> None:
        users.revoke_token(Work(session, User("tester"), dt.datetime.now(dt.UTC)), 1)

    async def scenario() -> None:
        socket, answer = await connected(served, "a", served.tokens["a"])
        assert answer["type"] == "connection_ack"
        await served.app.companies._open["a"].app.state.database.writing(revoke)
        closed = await socket.receive()
        assert (closed["type"], closed["code"]) == ("websocket.close", 4403)
        await socket.close()

    served.run(scenario())


def test_websockets_to_a_company_that_was_moved_or_removed_are_closed(served: Served) -> None:
    """So that no subscriber stays with the old database."""

    async def scenario() -> None:
        socket, answer = await connected(served, "a", served.tokens["a"])
        assert answer["type"] == "connection_ack"
        (served.folder / "a.url").unlink()
        assert (await served.api["a"].send("{ viewer { userId } }")).status_code == 401
        closed = await socket.receive()
        assert (closed["type"], closed["code"]) == ("websocket.close", 1012)
        await socket.close()

    served.run(scenario())
