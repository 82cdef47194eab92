"""The change feed: a copy of the company that is kept by reading it equals the company (R-FEED-1)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session

from persistence.change_feed.items import ITEMS
from persistence.database import Database
from persistence.enums import ChangedType, Role
from schema.change_feed import ITEM_CURSOR, decode_item
from schema.compiler import cursors
from schema.server.background.old_changes import deleting_old_changes
from tests.api import Api, create_company
from tests.change_feed import FeedCheck, Rows
from tests.commands import carnet
from tests.prepared import Fill, database_with
from tests.scenarios.fixtures import create_fixtures

FEED = """query ($after: String, $first: Int, $types: [ChangedType!]) {
    changeFeed(after: $after, first: $first, types: $types) { endCursor upToDate
        changes { type kind count userId objects { edges { id node { __typename id } } pageInfo { hasNextPage } } } } }"""


def read(api: Api, **variables: Any) -> Any:
    return api.execute(FEED, **variables)["changeFeed"]


def feed_after(api: Api, after: str) -> list[tuple[str, str, int]]:
    return [(each["type"], each["kind"], each["count"]) for each in read(api, after=after, first=100)["changes"]]


@pytest.mark.parametrize("fill", [create_company, create_fixtures])
def test_the_feed_has_each_record_that_other_tests_start_with(api: Api, fill: Fill) -> None:
    """Checked after each mutation by `check_change_feed`, which does not see how the databases of other tests are filled."""
    fill(api)

    assert api.execute("{ contacts { totalCount } }")["contacts"]["totalCount"] > 3


@database_with(create_company)
def test_the_feed_lists_what_each_mutation_changed_r_feed_2(api: Api) -> None:
    start = read(api, first=1)
    assert not start["upToDate"]
    cursor = read(api, first=100)["endCursor"]
    assert read(api, after=cursor) == {"endCursor": cursor, "upToDate": True, "changes": []}

    draft = {"interaction": {"contactNo": "P1", "templateCode": "VISIT"}}
    api.mutate("createInteraction", draft, "interactionLogEntry { entryNo }")
    assert feed_after(api, cursor) == [("INTERACTION_LOG_ENTRY", "CREATED", 1)]

    cursor = read(api, after=cursor)["endCursor"]
    postponed = api.mutate("postponeInteraction", draft, "postponedInteraction { entryNo }")["postponedInteraction"]
    api.mutate("resumeInteraction", postponed, "interactionLogEntry { entryNo }")
    assert feed_after(api, cursor) == [
        ("POSTPONED_INTERACTION", "CREATED", 1),
        ("POSTPONED_INTERACTION", "DELETED", 1),
        ("INTERACTION_LOG_ENTRY", "CREATED", 1),
    ]

    cursor = read(api, after=cursor)["endCursor"]
    segment = {"description": "Spring", "templateCode": "VISIT"}
    created = api.mutate("createSegment", {"segment": segment, "contactNos": ["C1", "P1", "P2"]}, "segment { no }")
    assert feed_after(api, cursor) == [
        ("SEGMENT_LINE", "CREATED", 3),
        ("NUMBER_SERIES", "UPDATED", 1),
        ("SEGMENT", "CREATED", 1),
    ]

    cursor = read(api, after=cursor)["endCursor"]
    api.mutate("logSegment", {"segmentNo": created["segment"]["no"]}, "logged")
    assert feed_after(api, cursor) == [
        ("INTERACTION_LOG_ENTRY", "CREATED", 3),
        ("SEGMENT", "DELETED", 1),
        ("LOGGED_SEGMENT", "CREATED", 1),
    ]
    (entries, *_) = read(api, after=cursor)["changes"]
    assert [edge["node"]["__typename"] for edge in entries["objects"]["edges"]] == ["InteractionLogEntry"] * 3
    assert [edge["id"] for edge in entries["objects"]["edges"]] == [
        edge["node"]["id"] for edge in entries["objects"]["edges"]
    ]


@database_with(create_fixtures)
def test_the_objects_of_a_change_come_page_by_page(api: Api) -> None:
    numbers = [
        api.mutate("createContact", {"contact": {"type": "COMPANY", "name": f"N{n}"}}, "contact { no }")["contact"][
            "no"
        ]
        for n in range(5)
    ]
    cursor = read(api, first=100)["endCursor"]
    segment = api.mutate("createSegment", {"segment": {}, "contactNos": numbers}, "segment { no }")["segment"]
    line_nos = {"segmentNo": segment["no"], "lines": {"lineNos": [1, 2, 4]}}
    api.mutate("removeSegmentLines", line_nos, "removed")

    page = """query ($after: String, $objects: String) { changeFeed(after: $after, types: [SEGMENT_LINE]) { changes {
        kind objects(first: 2, after: $objects) { edges { id node { id } } pageInfo { hasNextPage endCursor } } } } }"""
    _, removed = api.execute(page, after=cursor)["changeFeed"]["changes"]
    assert removed["kind"] == "DELETED"
    assert [edge["node"] for edge in removed["objects"]["edges"]] == [None, None]
    assert removed["objects"]["pageInfo"]["hasNextPage"]
    end = removed["objects"]["pageInfo"]["endCursor"]
    _, rest = api.execute(page, after=cursor, objects=end)["changeFeed"]["changes"]
    ids = [edge["id"] for edge in [*removed["objects"]["edges"], *rest["objects"]["edges"]]]
    assert [id.rpartition("_")[2] for id in ids] == ["1", "2", "4"]
    assert not rest["objects"]["pageInfo"]["hasNextPage"]


def test_wrong_arguments_are_refused(api: Api) -> None:
    for arguments in ("first: 0", "first: 101", 'after: "x"', 'after: "5b5d"'):
        answer = api.post(f"{{ changeFeed({arguments}) {{ endCursor }} }}").json()
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert answer["errors"][0]["path"] == ["changeFeed"]
        assert ("an `endCursor` of changeFeed" in answer["errors"][0]["message"]) == arguments.startswith("after")


def test_numbers_of_changes_may_need_more_than_31_bits(api: Api) -> None:
    cursor = cursors.encode(ITEM_CURSOR, 2**40)
    database = api.app.state.database
    last_drawn = {
        "sqlite": f"INSERT INTO sqlite_sequence (name, seq) VALUES ('change_feed_item', {2**40})",
        "postgresql": f"SELECT setval('change_feed_item_no_seq', {2**40})",
    }
    api.run_concurrently(database.writing(lambda session: session.execute(text(last_drawn[database.dialect.name]))))

    assert read(api, after=cursor) == {"endCursor": cursor, "upToDate": True, "changes": []}
    api.mutate("createContact", {"contact": {"type": "COMPANY", "name": "New"}}, "contact { no }")
    assert ("CONTACT", "CREATED", 1) in feed_after(api, cursor)


@database_with(create_fixtures)
def test_cursors_of_other_lists_are_refused_with_a_message_that_names_those_of_the_feed(api: Api) -> None:
    other = api.execute("{ contacts(first: 1) { edges { cursor } } }")["contacts"]["edges"][0]["cursor"]
    for after in ("x", other):
        (error,) = api.post(f'{{ changeFeed(after: "{after}") {{ endCursor }} }}').json()["errors"]
        assert "Use the `cursor` of a change or an event, or an `endCursor` of changeFeed." in error["message"]


@database_with(create_fixtures)
def test_a_cursor_expires_when_later_changes_are_deleted_r_feed_4(
    database_url: str, api: Api, loop: asyncio.AbstractEventLoop
) -> None:
    first, last = read(api, first=1)["endCursor"], read(api, first=100)["endCursor"]

    async def delete() -> None:
        async with Database.at(database_url) as database, deleting_old_changes(database, -1, pause=0.01):
            async with asyncio.timeout(30):
                while await database.querying(count_items):
                    await asyncio.sleep(0.01)

    loop.run_until_complete(delete())

    answer = api.post(FEED, {"after": first}).json()
    assert answer["errors"][0]["extensions"]["code"] == "CURSOR_EXPIRED"
    assert read(api, after=last)["changes"] == []
    assert decode_item(read(api)["endCursor"]).no == decode_item(last).no
    api.mutate("createContact", {"contact": {"type": "COMPANY", "name": "New"}}, "contact { no }")
    assert ("CONTACT", "CREATED", 1) in feed_after(api, last)


@database_with(create_fixtures)
def test_a_cursor_that_no_change_has_yet_has_expired_r_feed_4(api: Api) -> None:
    """The database was restored from a backup that is older than the cursor."""
    end = read(api, first=100)["endCursor"]
    future = cursors.encode(ITEM_CURSOR, decode_item(end).no + 1)

    error = api.post(FEED, {"after": future}).json()["errors"][0]

    assert error["extensions"]["code"] == "CURSOR_EXPIRED"
    assert "restored from a backup" in error["message"]
    assert read(api, after=end)["changes"] == []


def count_items(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ITEMS)) or 0


def test_imports_and_their_undoing_are_in_the_feed_r_feed_1(
    database_url: str, api: Api, loop: asyncio.AbstractEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows(statement: str) -> Rows:
        return loop.run_until_complete(select_rows(database_url, statement))

    monkeypatch.chdir(tmp_path)
    create_company(api)
    check = FeedCheck(rows)
    for kind, content in FILES.items():
        Path("file.csv").write_text(content)
        for options in ([], ["--existing", "update"]) if kind == "contacts" else ([],):
            result = carnet(database_url, "import", kind, "file.csv", *options)
            assert result.exit_code == 0, result.stderr
            check.check()
    for number in (4, 3, 1):
        result = carnet(database_url, "import", "undo", str(number))
        assert result.exit_code == 0, result.stderr
        check.check()


async def select_rows(database_url: str, statement: str) -> Rows:
    async with Database.at(database_url) as database:
        return await database.select(text(statement))  # type: ignore[arg-type]  # a SELECT


FILES = {
    "salespeople": "Code,Name\nNEW,Ann\n",
    "contacts": "No.,Type,Name,Company Name,City\nX1,Company,Firm,,Lyon\nX2,Person,Ann,Firm,Nice\nP1,Person,New name,,Nice\n",
    "interactions": "Entry No.,Contact No.,Date,Description,Campaign No.,Postponed\n"
    "901,X2,2026-01-02,Visit,,No\n902,X2,2026-01-03,Call,,No\n905,X1,2026-02-03,Call,,Yes\n",
}


def test_each_role_can_read_the_feed(api: Api) -> None:
    for role in (Role.READER, Role.SALESPERSON, Role.MARKETER):
        feed = api.as_role(role, salesperson="JO").execute("{ changeFeed { endCursor } }")
        assert feed["changeFeed"]["endCursor"]


def test_every_type_of_the_feed_is_a_node(api: Api) -> None:
    types = api.execute('{ __type(name: "Node") { possibleTypes { name } } }')["__type"]["possibleTypes"]
    assert {type_.title().replace("_", "") for type_ in ChangedType} <= {each["name"] for each in types}
