"""Two companies with equal keys, and a word of their own in every text: nothing of one is seen in the other."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from schema.server.logs import log_output
from schema.server.logs.access_log import AccessLog
from tests.commands import logging_unchanged
from tests.companies.marked import WORDS, other, served_companies
from tests.companies.serving import Served
from tests.concurrency import InsertHold, wait_until
from tests.schema.minimal_operations import minimal_operation
from tests.schema.queries import GRAPH, questions

served = served_companies(access_log=AccessLog(True))


def ask_both(served: Served, document: str, variables: dict[str, Any], times: int = 1) -> None:
    """Send an operation to both companies at once, several times."""

    async def ask(name: str) -> None:
        response = await served.api[name].send(document, variables)
        assert other(name) not in response.text, document
        assert response.status_code < 500, response.text

    async def together() -> None:
        await asyncio.gather(*(ask(name) for _ in range(times) for name in WORDS))

    served.run(together())


@given(question=questions())
@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_query_returns_anything_of_another_company(served: Served, question: tuple[str, dict[str, Any]]) -> None:
    ask_both(served, *question, times=2)


def test_texts_of_the_own_company_are_returned(served: Served) -> None:
    for name, word in WORDS.items():
        answer = served.api[name].execute("{ contacts(first: 5) { nodes { name } } }")
        assert all(word in node["name"] for node in answer["contacts"]["nodes"])


OPERATIONS = [f"{kind}.{name}" for kind in ("Query", "Mutation") for name in GRAPH.type_map[kind].fields]  # type: ignore[attr-defined]  # root types


@pytest.mark.slow
def test_each_query_and_mutation_of_both_companies_at_once(served: Served) -> None:
    for operation in OPERATIONS:
        if operation != "Mutation.anonymizeContact":
            ask_both(served, *minimal_operation(operation))


def test_streams_calendars_and_metrics_have_nothing_of_another_company(served: Served) -> None:
    rows = {"query": "{ postponedInteractions { nodes { entryNo description contact { name } } } }"}
    for name, word in WORDS.items():
        api, authorization = served.api[name], {"authorization": f"Bearer {served.tokens[name]}"}
        made = api.mutate("createCalendarFeed", {"salespersonCode": "JO"}, "url")["url"]
        path = made[made.index("/companies/") :]
        assert path.startswith(f"/companies/{name}/calendar/")
        texts = [served.request("GET", path).text]
        for media_type in ("text/csv", "application/x-ndjson"):
            headers = {**authorization, "accept": media_type}
            texts.append(served.request("POST", f"/companies/{name}/graphql", json=rows, headers=headers).text)
        assert [word in text.replace("\r\n ", "") for text in texts] == [True] * 3
        assert not any(other(name) in text.replace("\r\n ", "") for text in texts)
        assert served.request("GET", path.replace(name, "south" if name == "north" else "north")).status_code == 404
    metrics = served.request("GET", "/metrics", outside=False).text
    assert not any(word in metrics for word in WORDS.values())


def test_log_lines_name_the_company_and_have_no_texts(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    with logging_unchanged():
        log_output.configure(True)
        served.app.state.access_log.write()  # those of earlier tests
        capsys.readouterr()
        for name, word in WORDS.items():
            served.api[name].send_mutation(
                "createSalesperson", {"code": word, "salesperson": {"name": word}}, "__typename"
            )
            served.api[name].post(f'{{ contacts(search: "{word}", first: "x") {{ totalCount }} }}')
        served.app.state.access_log.write()
    written = capsys.readouterr().err

    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["company"] for line in lines if line["event"] == "request"] == ["north", "north", "south", "south"]
    assert {line["company"] for line in lines if line["event"] == "refused"} == set(WORDS)
    assert not any(word.lower() in written.lower() for word in WORDS.values())


def test_equal_idempotency_keys_and_numbers_of_two_companies_do_not_meet(served: Served) -> None:
    """The same requests to both, at once: each has its effect in its own company, once."""
    create = """mutation($input: CreateContactInput!) { createContact(input: $input)
    { contact { no name } userErrors { code } } }"""

    async def repeat(name: str) -> Any:
        contact = {"type": "COMPANY", "name": f"{WORDS[name]} new"}
        input = {"no": "SAME", "contact": contact, "idempotencyKey": "the same key"}
        answers = [await served.api[name].send(create, {"input": input}) for _ in range(2)]
        return [answer.json()["data"]["createContact"]["contact"] for answer in answers]

    async def together() -> Any:
        return await asyncio.gather(*map(repeat, WORDS))

    for name, contacts in zip(WORDS, served.run(together()), strict=True):
        assert contacts == [{"no": "SAME", "name": f"{WORDS[name]} new"}] * 2
        found = served.api[name].execute('{ contacts(filter: {no: {eq: "SAME"}}) { totalCount } }')
        assert found == {"contacts": {"totalCount": 1}}


def test_changes_of_one_company_are_not_in_the_change_feed_of_another(served: Served) -> None:
    feed = "query($after: String) { changeFeed(first: 100, after: $after) { endCursor changes { type } } }"
    before = {name: end_of_feed(served, name) for name in WORDS}
    served.api["north"].mutate(
        "createContact", {"no": "FEED", "contact": {"type": "COMPANY", "name": "Feed"}}, "contact { no }"
    )

    after = {name: served.api[name].execute(feed, after=before[name])["changeFeed"]["changes"] for name in WORDS}

    assert after == {"north": [{"type": "CONTACT"}], "south": []}


def end_of_feed(served: Served, name: str) -> str:
    found: str = served.api[name].execute("{ changeFeed { endCursor } }")["changeFeed"]["endCursor"]
    return found


def test_a_segment_with_the_same_id_is_neither_seen_nor_canceled(served: Served) -> None:
    """While the segment of one company is being logged; on PostgreSQL, where all processes see such operations."""
    url = (served.folder / "north.url").read_text().strip()
    if url.startswith("sqlite"):
        return
    log = 'mutation { logSegment(input: {segmentNo: "SAME"}) { logged userErrors { code } } }'
    cancel = 'mutation { cancelLogSegment(input: {segmentNo: "SAME"}) { userErrors { code } } }'
    progress = '{ segment(no: "SAME") { id logProgress { phase } } }'
    segments = {name: create_segment(served, name) for name in WORDS}
    assert segments["north"]["id"] == segments["south"]["id"]
    hold = InsertHold(url)

    async def scenario() -> None:
        async def ask(name: str, document: str) -> Any:
            return (await served.api[name].send(document)).json()

        async def is_logging() -> bool:
            found = (await ask("north", progress))["data"]["segment"]["logProgress"]
            return found is not None and found["phase"] == "LOGGING"

        await hold.begin("interaction_log_entry", "description", "'Same'")
        logging = asyncio.ensure_future(ask("north", log))
        await wait_until(is_logging)
        assert (await ask("south", progress))["data"]["segment"]["logProgress"] is None
        refused = (await ask("south", cancel))["data"]["cancelLogSegment"]["userErrors"]
        assert [error["code"] for error in refused] == ["INVALID"]
        assert not logging.done()
        canceled = await ask("north", cancel)
        assert canceled["data"]["cancelLogSegment"]["userErrors"] == []
        assert (await logging)["errors"][0]["extensions"]["code"] == "CANCELED"
        await hold.end()

    served.run(scenario())


def create_segment(served: Served, name: str) -> Any:
    api = served.api[name]
    contacts = api.execute("{ contacts(first: 3, filter: {type: {eq: COMPANY}}) { nodes { no } } }")["contacts"][
        "nodes"
    ]
    segment = {"description": "Same", "templateCode": "VISIT", "salespersonCode": "JO"}
    input = {"no": "SAME", "segment": segment, "contactNos": [contact["no"] for contact in contacts]}
    return api.mutate("createSegment", input, "segment { id }")["segment"]


PATHS = [
    "/companies/north/../south/graphql",
    "/companies/north/%2e%2e/south/graphql",
    "/companies/north%2f..%2fsouth/graphql",
    "/companies/./south/graphql",
    "/companies//south/graphql",
    "//companies/south/graphql",
    "/companies/SOUTH/graphql",
    "/companies/south%00/graphql",
    "/companies/south%20/graphql",
    "/companies/%EF%BD%93outh/graphql",
    "/companies/south;x/graphql",
    "/companies/south%2fgraphql",
    "/companies/south/graphql/",
    "/companies/north/companies/south/graphql",
    "/companies/north/graphql/../../south/graphql",
    "/companies/north%5c..%5csouth/graphql",
    "/companies/south.url/graphql",
    "/companies/..%2f..%2fetc/graphql",
    "/companies/north/graphql?company=south",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_token_of_one_company_reads_no_other_company_by_any_path(served: Served, path: str) -> None:
    query = {"query": "{ contacts(first: 3) { nodes { name } } }"}
    headers = {"authorization": f"Bearer {served.tokens['north']}", "x-forwarded-prefix": "/companies/south"}

    answer = served.request("POST", path, json=query, headers={**headers, "x-original-url": "/companies/south/graphql"})

    assert answer.status_code in ((200,) if "company=" in path else (307, 401, 404))
    assert WORDS["south"] not in answer.text
    assert answer.headers.get("location", "/companies/south/graphql") == "/companies/south/graphql"


CURSORS = (
    "{ contacts(first: 9) { edges { cursor node { id } } } interactionLogEntries(first: 9) { edges { cursor node { id } } } "
    "segments(first: 9) { edges { cursor node { id } } } loggedSegments(first: 9) { edges { cursor node { id } } } "
    "campaigns(first: 9) { edges { cursor node { id } } } changeFeed { endCursor } }"
)
USES = (
    "query($value: ID!) { node(id: $value) { id ... on Contact { name } ... on Campaign { description } } }",
    "query($value: ID!) { changes(of: $value, first: 9) { nodes { fields { field oldValue newValue } } } }",
    "query($value: String) { contacts(first: 9, after: $value) { nodes { name notes } } }",
    "query($value: String) { interactionLogEntries(first: 9, after: $value) { nodes { description } } }",
    """query($value: String) { changeFeed(first: 9, after: $value)
    { changes { objects { edges { node { ... on Contact { name } } } } } } }""",
)


def test_ids_and_cursors_of_another_company_return_none_of_its_data(served: Served) -> None:
    """Both companies have equal ids, so most of them name an object of the caller’s company."""
    answered = 0
    for value in {*strings(served.api["south"].execute(CURSORS))}:
        for document in USES:
            answer = served.api["north"].post(document, {"value": value})
            assert answer.status_code == 200, answer.text
            assert "GRAPHQL_VALIDATION_FAILED" not in answer.text
            assert WORDS["south"] not in answer.text
            answered += WORDS["north"] in answer.text
    assert answered


def strings(value: Any) -> Iterator[str]:
    """All texts in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)
