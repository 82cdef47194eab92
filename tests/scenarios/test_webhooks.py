"""Webhooks through the API. Their deliveries are tested in `tests/schema/server`."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from persistence.columns import table_of
from persistence.database import Database
from persistence.enums import Role
from persistence.setup import IdempotencyKey
from persistence.webhooks import Webhook
from schema.change_feed import decode_item
from schema.server.background import webhooks
from tests.api import Api, running_app
from tests.webhook_receiver import receiving

WEBHOOK = "id url types description enabled userId createdAt cursor pausedUntil disabledAt disabledReason"
LIST = f"{{ webhooks(first: 5) {{ totalCount nodes {{ {WEBHOOK} deliveries(first: 5) {{ totalCount nodes {{ cursor status attempts attemptedAt nextAttemptAt responseStatus error }} }} }} }} }}"
URL = "https://hooks.example.com/carnet"


def test_webhooks_are_created_changed_listed_and_deleted(api: Api) -> None:
    made = api.mutate(
        "createWebhook",
        {"url": f" {URL} ", "types": ["SEGMENT", "CONTACT", "CONTACT"]},
        f"secret webhook {{ {WEBHOOK} }}",
    )
    webhook = made["webhook"]
    assert made["secret"].startswith("whsec_")
    assert (webhook["url"], webhook["types"], webhook["enabled"]) == (URL, ["CONTACT", "SEGMENT"], True)
    end = api.execute("{ changeFeed { endCursor } }")["changeFeed"]["endCursor"]
    assert decode_item(end).no == decode_item(webhook["cursor"]).no
    nodes = api.execute(LIST)["webhooks"]["nodes"]
    assert nodes == [webhook | {"deliveries": {"totalCount": 0, "nodes": []}}]
    assert api.execute("query($id: ID!) { node(id: $id) { ... on Webhook { url } } }", id=webhook["id"])["node"] == {
        "url": URL
    }

    changed = api.mutate(
        "updateWebhook",
        {"id": webhook["id"], "types": None, "enabled": False, "description": "All"},
        f"webhook {{ {WEBHOOK} }}",
    )["webhook"]
    assert (changed["types"], changed["enabled"], changed["description"]) == (None, False, "All")
    assert (changed["disabledReason"], changed["url"]) == ("USER", URL)
    assert changed["disabledAt"]
    again = api.mutate("updateWebhook", {"id": webhook["id"], "enabled": True}, f"webhook {{ {WEBHOOK} }}")["webhook"]
    assert again == webhook | {"types": None, "description": "All"}

    assert api.mutate("deleteWebhook", {"id": webhook["id"]}, "deletedId") == {
        "deletedId": webhook["id"],
        "userErrors": [],
    }
    assert api.execute(LIST)["webhooks"]["totalCount"] == 0
    for mutation in ("deleteWebhook", "updateWebhook"):
        assert api.refusal_codes(mutation, {"id": webhook["id"]}) == ["NOT_FOUND"]
    assert api.refusal_codes("replayWebhook", {"id": "con_1", "after": webhook["cursor"]}) == ["NOT_FOUND"]
    for id in (webhook["id"], "con_1"):
        (error,) = api.send_mutation("deleteWebhook", {"id": id}, "deletedId")["userErrors"]
        assert error["message"] == f"There is no webhook {id}. Check the id, or look it up in the list."


def test_all_that_is_wrong_with_a_webhook_is_listed(api: Api) -> None:
    wrong = {"url": "https://127.0.0.1/hook", "types": [], "description": "x" * 101}
    refused = api.send_mutation("createWebhook", wrong, "secret webhook { id }")
    assert (refused["secret"], refused["webhook"]) == (None, None)
    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [
        ("INVALID", ["url"]),
        ("INVALID", ["types"]),
        ("TOO_LONG", ["description"]),
    ]
    assert api.refusal_codes("createWebhook", {"url": " "}) == ["INVALID"]
    assert api.refusal_codes("createWebhook", {"url": "https://example.com/" + "x" * 2000}) == ["TOO_LONG"]
    assert api.execute(LIST)["webhooks"]["totalCount"] == 0
    made = api.mutate("createWebhook", {"url": URL}, "webhook { id }")["webhook"]
    assert api.refusal_codes("updateWebhook", {"id": made["id"], "url": None}) == ["INVALID"]
    assert api.refusal_codes("updateWebhook", {"id": made["id"], "url": "http://example.com"}) == ["INVALID"]


def test_there_may_be_50_webhooks(api: Api) -> None:
    for number in range(50):
        api.mutate("createWebhook", {"url": f"{URL}/{number}"}, "webhook { id }")
    assert api.refusal_codes("createWebhook", {"url": URL}) == ["TOO_MANY"]


def test_only_administrators_see_and_change_webhooks(api: Api) -> None:
    made = api.mutate("createWebhook", {"url": URL}, "webhook { id }")["webhook"]
    for role in (Role.READER, Role.SALESPERSON, Role.MARKETER):
        user = api.as_role(role, salesperson="JO")
        for query in (
            "{ webhooks { totalCount } }",
            f'{{ node(id: "{made["id"]}") {{ ... on Webhook {{ types }} }} }}',
        ):
            assert user.post(query).json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        mutation = f'mutation {{ deleteWebhook(input: {{id: "{made["id"]}"}}) {{ deletedId }} }}'
        assert user.post(mutation).json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_a_replay_needs_a_cursor_whose_changes_are_kept(api: Api) -> None:
    made = api.mutate("createWebhook", {"url": URL}, "webhook { id cursor }")["webhook"]
    again = api.mutate("replayWebhook", {"id": made["id"], "after": made["cursor"]}, "webhook { id cursor }")
    assert again["webhook"] == made
    future = re.sub(r"\d+\]", "999999]", bytes.fromhex(made["cursor"]).decode()).encode().hex()
    assert api.refusal_codes("replayWebhook", {"id": made["id"], "after": future}) == ["INVALID"]
    wrong = api.post(f'mutation {{ replayWebhook(input: {{id: "{made["id"]}", after: "x"}}) {{ webhook {{ id }} }} }}')
    assert wrong.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.fixture
def with_key(database_url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(webhooks, "IDLE_PAUSE", 0.1)
    settings = {"webhook_allow_private": True, "webhook_key": "a key of some length"}
    with running_app(database_url, loop, **settings) as api:
        yield api


def test_the_secret_is_shown_once_and_stored_encrypted_r_hook_4(
    with_key: Api, database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """A repeated request with the same key has the same secret, because its response may have been lost."""
    new = {"url": "https://example.com/", "idempotencyKey": "once"}
    made = with_key.mutate("createWebhook", new, "secret webhook { id }")
    assert with_key.mutate("createWebhook", new, "secret webhook { id }") == made

    async def stored() -> str:
        async with Database.at(database_url) as database:
            tables = (table_of(Webhook), table_of(IdempotencyKey))
            return str([await database.select(select(table)) for table in tables])

    assert made["secret"] not in loop.run_until_complete(stored())


@pytest.mark.parametrize("key", [None, "another key of some length"])
def test_a_secret_that_was_encrypted_with_another_key_gets_a_code_r_hook_4(
    database_url: str, loop: asyncio.AbstractEventLoop, key: str | None
) -> None:
    new = {"url": "https://example.com/", "idempotencyKey": "once"}
    with running_app(database_url, loop, webhook_key="a key of some length") as api:
        made = api.mutate("createWebhook", new, "secret webhook { id }")
        id = made["webhook"]["id"]
        api.mutate("updateWebhook", {"id": id, "enabled": False}, "webhook { id }")
    with running_app(database_url, loop, **({} if key is None else {"webhook_key": key})) as api:
        answer = api.send_mutation("createWebhook", new, "secret webhook { id }")
        assert (answer["secret"], answer["webhook"]) == (None, None)
        (error,) = answer["userErrors"]
        assert (error["code"], error["field"]) == ("INVALID", ["idempotencyKey"])
        assert f"The secret of webhook {id} was encrypted with another CARNET_WEBHOOK_KEY" in error["message"]
        assert api.refusal_codes("updateWebhook", {"id": id, "enabled": True}) == ["INVALID"]
        assert [each["disabledReason"] for each in api.execute(LIST)["webhooks"]["nodes"]] == ["USER"]
        api.mutate("updateWebhook", {"id": id, "description": "Old"}, "webhook { id }")
        assert api.mutate("deleteWebhook", {"id": id}, "deletedId")["deletedId"] == id
    with running_app(database_url, loop, webhook_key="a key of some length") as api:
        assert api.mutate("createWebhook", new, "secret webhook { id }") == {**made, "webhook": None}


def test_a_webhook_that_is_switched_on_again_continues_where_it_was_r_hook_1(
    with_key: Api, loop: asyncio.AbstractEventLoop
) -> None:
    """The application delivers in the background, with a secret that is stored encrypted."""

    async def send(mutation: str) -> None:
        answer = (await with_key.send(f"mutation {{ it: {mutation} {{ userErrors {{ message }} }} }}")).json()
        assert answer["data"] == {"it": {"userErrors": []}}

    async def run() -> None:
        async with receiving() as receiver:
            await send('createSalesperson(input: {code: "A", salesperson: {name: "Before"}})')
            text = f'mutation {{ createWebhook(input: {{url: "{receiver.url}"}}) {{ secret webhook {{ id }} }} }}'
            made = (await with_key.send(text)).json()["data"]["createWebhook"]
            await send(f'updateWebhook(input: {{id: "{made["webhook"]["id"]}", enabled: false}})')
            await send('createSalesperson(input: {code: "B", salesperson: {name: "Meanwhile"}})')
            await send(f'updateWebhook(input: {{id: "{made["webhook"]["id"]}", enabled: true}})')
            (request,) = await receiver.wait_for(1)
            request.verify(made["secret"])
            assert request.data["object"]["name"] == "Meanwhile"

    loop.run_until_complete(run())
