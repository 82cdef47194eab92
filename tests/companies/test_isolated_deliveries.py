"""What one company sends, exports, imports and subscribes to has nothing of another one with equal keys.

Both companies do the same at once, several times.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.commands import carnet
from tests.companies.marked import WORDS, fill_all, other, served_companies
from tests.companies.serving import Served, WebSocket, serving
from tests.concurrency import wait_until
from tests.webhook_receiver import Received, receiving

TIMES = 4
CREATE = """mutation($input: CreateContactInput!) { createContact(input: $input)
{ contact { no name } userErrors { code } } }"""
WEBHOOK = """mutation($input: CreateWebhookInput!) { createWebhook(input: $input)
{ secret webhook { id url } userErrors { code } } }"""
DELIVERIES = "{ webhooks(first: 5) { nodes { description deliveries(first: 50) { totalCount } } } }"
CHANGED = """subscription { changed(types: [CONTACT])
{ type kind userId objects { edges { node { ... on Contact { no name } } } } } }"""
FEED = """query($after: String) { changeFeed(first: 100, after: $after)
{ changes { type kind objects { edges { node { ... on Contact { no name } } } } } } }"""
LISTED = "{ contacts(first: 50) { nodes { no name city notes } } }"
ROWS = {"query": "{ contacts { nodes { no name notes salesperson { name } } } }"}


served = served_companies(webhook_allow_private=True)


def at_once(served: Served, action: Callable[[str], Awaitable[Any]], times: int = TIMES) -> dict[str, list[Any]]:
    """The results of an action for both companies at once, several times, by company."""

    async def together() -> list[Any]:
        return await asyncio.gather(*(action(name) for _ in range(times) for name in WORDS))

    results = served.run(together())
    return {name: results[index :: len(WORDS)] for index, name in enumerate(WORDS)}


def assert_own(name: str, text: str) -> None:
    """The text has the word of the company, and not that of the other one."""
    assert WORDS[name] in text
    assert other(name) not in text


async def create(served: Served, name: str, no: str) -> None:
    """Create a contact whose name has the word of the company."""
    contact = {"type": "COMPANY", "name": f"{WORDS[name]} {no}"}
    response = await served.api[name].send(CREATE, {"input": {"no": no, "contact": contact}})
    assert response.json()["data"]["createContact"]["userErrors"] == [], response.text


def test_webhooks_and_subscriptions_have_the_changes_of_their_own_company(served: Served) -> None:
    """Both companies have a webhook with the same id and a subscription with the same id, and create the same numbers."""
    nos = [f"NEW{number}" for number in range(TIMES)]

    async def scenario() -> None:
        async with receiving() as receiver:
            made, sockets = {}, {}
            for name in WORDS:
                input = {"url": f"{receiver.url}/{name}", "description": WORDS[name]}
                response = await served.api[name].send(WEBHOOK, {"input": input})
                made[name] = response.json()["data"]["createWebhook"]
                sockets[name] = await subscribed(served, name)
            assert made["north"]["webhook"]["id"] == made["south"]["webhook"]["id"]
            assert made["north"]["secret"] != made["south"]["secret"]
            try:
                await asyncio.gather(*(create(served, name, no) for no in nos for name in WORDS))
                await receiver.wait_for(2 * TIMES)
                for name in WORDS:
                    received = [each for each in receiver.received if each.path.endswith(name)]
                    check_deliveries(name, received, made[name]["secret"])
                    events = [await sockets[name].receive() for _ in nos]
                    edges = [event["payload"]["data"]["changed"]["objects"]["edges"] for event in events]
                    names = [edge["node"]["name"] for (edge,) in edges]
                    assert sorted(names) == [f"{WORDS[name]} {no}" for no in nos]
            finally:
                for socket in sockets.values():
                    await socket.close()

    def check_deliveries(name: str, received: list[Received], secret: str) -> None:
        assert len({each.id for each in received}) == TIMES
        for each in received:
            each.verify(secret)
            assert other(name) not in each.body.decode()

    async def are_recorded() -> bool:
        """Whether each company has recorded the deliveries to its own webhook, a moment after they were answered."""
        answers = [(await served.api[name].send(DELIVERIES)).json() for name in WORDS]
        logs = [answer["data"]["webhooks"]["nodes"] for answer in answers]
        return logs == [[{"description": word, "deliveries": {"totalCount": TIMES}}] for word in WORDS.values()]

    served.run(scenario())
    served.run(wait_until(are_recorded))


async def subscribed(served: Served, name: str) -> WebSocket:
    """A WebSocket that receives the changes of contacts."""
    socket = WebSocket(served.app, f"/companies/{name}/graphql")
    await socket.receive()
    socket.send("connection_init", payload={"Authorization": f"Bearer {served.tokens[name]}"})
    assert (await socket.receive())["type"] == "connection_ack"
    socket.send("subscribe", id="1", payload={"query": CHANGED})
    await asyncio.sleep(0.3)  # the subscription has begun
    return socket


def test_change_feeds_have_the_objects_of_their_own_company(served: Served) -> None:
    cursors = {
        name: served.api[name].execute("{ changeFeed { endCursor } }")["changeFeed"]["endCursor"] for name in WORDS
    }
    at_once(served, lambda name: create(served, name, "FED"), times=1)

    async def feed(name: str) -> str:
        return str((await served.api[name].send(FEED, {"after": cursors[name]})).text)

    for name, texts in at_once(served, feed).items():
        for text in texts:
            assert_own(name, text)
            assert len(json.loads(text)["data"]["changeFeed"]["changes"]) == 1


def test_trusted_documents_are_answered_by_the_company_of_the_path(
    pair: list[str], empty_copy: Callable[[str], str], tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    """The manifest, and the cache of documents and plans, are those of the process."""
    id, manifest = sha256(LISTED.encode()).hexdigest(), tmp_path / "documents.json"
    manifest.write_text(json.dumps({id: LISTED}))
    loop.run_until_complete(fill_all(pair))
    named = dict(zip(WORDS, pair, strict=True))
    with serving(named, empty_copy("sqlite"), tmp_path / "list", loop, trusted_documents=manifest) as served:

        async def ask(name: str) -> str:
            headers = {"authorization": f"Bearer {served.tokens[name]}"}
            return str((await served.client(name).post("/graphql", json={"documentId": id}, headers=headers)).text)

        for name, texts in at_once(served, ask).items():
            for text in texts:
                assert_own(name, text)


@pytest.mark.parametrize("media_type", ["text/csv", "application/x-ndjson"])
def test_streams_at_once_have_the_rows_of_their_own_company(served: Served, media_type: str) -> None:
    async def stream(name: str) -> str:
        headers = {"authorization": f"Bearer {served.tokens[name]}", "accept": media_type}
        return str((await served.client(name).post("/graphql", json=ROWS, headers=headers)).text)

    for name, texts in at_once(served, stream).items():
        for text in texts:
            assert_own(name, text)


def test_calendars_at_once_have_the_interactions_of_their_own_company(served: Served) -> None:
    paths = {}
    for name in WORDS:
        url = served.api[name].mutate("createCalendarFeed", {"salespersonCode": "JO"}, "url")["url"]
        paths[name] = url[url.index("/calendar/") :]

    async def read(name: str) -> str:
        return str((await served.client(name).get(paths[name])).text.replace("\r\n ", ""))

    for name, texts in at_once(served, read).items():
        for text in texts:
            assert_own(name, text)


def test_commands_import_export_and_check_the_company_that_they_name(served: Served, tmp_path: Path) -> None:
    """Both import the same number with a name of their own; reports, rejects and exports have nothing of the other."""
    for name, word in WORDS.items():
        file, report, rejects = (tmp_path / f"{name}.{ending}" for ending in ("csv", "json", "rejects.csv"))
        file.write_text(f"No.,Type,Name\nIMP1,Company,{word} imported\nIMP2,Wrong,{word} rejected\n")
        imported = command(
            served, name, "import", "contacts", str(file), "--skip-errors", str(rejects), "--report", str(report)
        )
        assert imported.exit_code == 4, imported.output
        assert_own(name, rejects.read_text())
        texts = [imported.output, report.read_text()]
        for kind in ("contacts", "interactions", "salespeople"):
            exported = tmp_path / f"{name}-{kind}.csv"
            done = command(served, name, "export", kind, str(exported))
            assert done.exit_code == 0, done.output
            assert_own(name, exported.read_text(encoding="utf-8-sig"))
            texts.append(done.output)
        checked = command(served, name, "check")
        assert not any(other(name) in text for text in (*texts, checked.output))
    for name, word in WORDS.items():
        found = served.api[name].execute('{ contact(no: "IMP1") { name } }')
        assert found == {"contact": {"name": f"{word} imported"}}


def command(served: Served, name: str, *arguments: str) -> Any:
    """The result of a command for a company."""
    return carnet("sqlite:///none.db", *arguments, "--company", name, CARNET_COMPANIES=str(served.folder))


def test_metrics_and_pages_have_nothing_of_a_company(served: Served) -> None:
    paths = ["/metrics", "/ready", "/", *(f"/companies/{name}/{page}" for name in WORDS for page in ("", "graphql"))]
    for path in paths:
        text = served.request("GET", path, outside=False).text
        assert not any(word in text for word in WORDS.values()), path
