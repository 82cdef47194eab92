"""What the holder of a token may do over a WebSocket ends with the rights of the token; and when a contact gets another
salesperson, its interactions arrive where lists show them.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import update

from persistence.columns import table_of
from persistence.users import AccessToken
from schema.server.authentication import access_tokens
from tests.api import Api, create_company, running_app
from tests.commands import carnet, create_token
from tests.scenarios.test_subscriptions import CHANGED, LOGGED, POSTPONED, create, end_cursor, postpone
from tests.sockets import Closed, Socket, closing, socket_of, subscribed

SALESPERSON = {"salesperson": "JO", "role": "salesperson"}
LIST = "{ interactionLogEntries { nodes { entryNo } } }"
Open = Callable[..., Api]


@pytest.fixture
def opened(database_url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """`opened(seconds)` is the company; tokens of WebSockets are checked every so many seconds."""
    monkeypatch.setattr(access_tokens, "REMEMBERED_SECONDS", 0)
    with ExitStack() as until_the_end:

        def open_company(seconds: float) -> Api:
            api = until_the_end.enter_context(running_app(database_url, loop, websocket_check_seconds=seconds))
            create_company(api)
            return api

        yield open_company


def expire(url: str, api: Api) -> None:
    """Let the time until which the tokens are valid be over."""
    past = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    tokens = table_of(AccessToken)
    database = api.app.state.database
    api._loop.run_until_complete(
        database.writing(lambda session: session.execute(update(tokens).values(expires_at=past)))
    )


def revoke(url: str, api: Api) -> None:
    assert carnet(url, "token", "revoke", "1").exit_code == 0


def give_another_salesperson(url: str, api: Api) -> None:
    create_token(url, "ANN", salesperson="PS", role="salesperson")


ENDINGS = {
    "expired": (expire, "This token expired"),
    "revoked": (revoke, "unknown or revoked"),
    "another salesperson": (give_another_salesperson, "The rights of this token have changed"),
}


@pytest.mark.parametrize(("end", "reason"), ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("query", [LOGGED, POSTPONED, CHANGED, None], ids=["logged", "postponed", "changed", "idle"])
def test_a_websocket_ends_with_the_rights_of_its_token(
    opened: Open, database_url: str, query: str | None, end: Any, reason: str
) -> None:
    api = opened(0.05)
    token = create_token(database_url, "ANN", **SALESPERSON)
    socket = idle(api, token) if query is None else subscribed(api, query, token)

    end(database_url, api)

    code, text = closing(socket)
    assert code == 4403
    assert reason in text
    create(api, "C1")
    postpone(api, "C1")
    assert socket.is_silent(0.5)


@pytest.mark.parametrize(("end", "reason"), ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("query", [LIST, LOGGED], ids=["query", "subscription"])
def test_a_websocket_executes_nothing_for_a_token_that_has_lost_its_rights(
    opened: Open, database_url: str, query: str, end: Any, reason: str
) -> None:
    """Also before the tokens of WebSockets are checked."""
    api = opened(3600)
    create(api, "C1")
    socket = idle(api, create_token(database_url, "ANN", **SALESPERSON))

    end(database_url, api)
    socket.subscribe("1", query, after="")

    code, text = closed_without_data(socket)
    assert code == 4403
    assert reason in text


def idle(api: Api, token: str) -> Socket:
    return socket_of(api).begin(authorization=f"Bearer {token}")


def closed_without_data(socket: Socket) -> tuple[int, str]:
    """The code and reason with which the server closes a WebSocket, which sends nothing before."""
    with pytest.raises(Closed) as closed:
        raise AssertionError(socket.receive())
    return closed.value.code, closed.value.reason


@pytest.mark.parametrize("query", [LOGGED, POSTPONED, CHANGED], ids=["logged", "postponed", "changed"])
def test_events_follow_the_salesperson_of_the_contact_r_feed_5(opened: Open, database_url: str, query: str) -> None:
    """What was logged while nobody read is shown to those who see it in lists when it is read."""
    api = opened(10)
    tokens = {code: create_token(database_url, code, salesperson=code, role="salesperson") for code in ("JO", "PS")}
    start = end_cursor(api)
    api.mutate("createSalesperson", {"code": "LU", "salesperson": {"name": "Luc"}}, "salesperson { code }")
    before = log(api, query)
    api.mutate("updateContact", {"no": "C1", "contact": {"salespersonCode": "PS"}}, "contact { version }")
    types = {"types": ["INTERACTION_LOG_ENTRY", "POSTPONED_INTERACTION"]} if query is CHANGED else {}
    sockets = {code: subscribed(api, query, token, after=start, **types) for code, token in tokens.items()}

    after = log(api, query)

    for number in (before, after):
        assert entry_of(sockets["PS"].next()) == number
    assert sockets["JO"].is_silent()
    with_list = api.with_token(tokens["JO"])
    assert with_list.execute("{ interactionLogEntries { totalCount } postponedInteractions { totalCount } }") == {
        "interactionLogEntries": {"totalCount": 0},
        "postponedInteractions": {"totalCount": 0},
    }


def log(api: Api, query: str) -> int:
    """Log or postpone an interaction of a third salesperson, and return its number."""
    draft = {"contactNo": "C1", "templateCode": "VISIT", "salespersonCode": "LU"}
    if query is POSTPONED:
        payload = api.mutate("postponeInteraction", {"interaction": draft}, "it: postponedInteraction { entryNo }")
    else:
        payload = api.mutate("createInteraction", {"interaction": draft}, "it: interactionLogEntry { entryNo }")
    return int(payload["it"]["entryNo"])


def entry_of(event: Any) -> int:
    """The number of the interaction of an event."""
    if "objects" in event:
        return int(event["objects"]["edges"][0]["id"].split("_")[-1])
    return int(event.get("entryNo") or event["interactionLogEntry"]["entryNo"])
