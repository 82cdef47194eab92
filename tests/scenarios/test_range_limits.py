"""The limits of all ranges of values on cards, drafts and segments are stored and summed exactly, on both databases."""

import asyncio
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from persistence.database import Database
from resolvers.imports import interactions as history
from resolvers.work import User, Work
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from tests.api import Api, create_company
from tests.conftest import NOW
from tests.import_files import write_file
from tests.prepared import database_with

FIRST, LAST = "0001-01-01", "9999-12-31"
MAX_COST = "9999999999999999.99"
TWELVE_TIMES_MAX_COST = "119999999999999999.88"


pytestmark = database_with(create_company)

CHANGES = "query($id: ID!) { changes(of: $id) { nodes { action fields { field oldValue newValue } } } }"


def changes(api: Api, id_: str) -> list[dict[str, tuple[str | None, str | None]]]:
    """The changes of a card, newest first."""
    return [
        {field["field"]: (field["oldValue"], field["newValue"]) for field in change["fields"]}
        for change in api.execute(CHANGES, id=id_)["changes"]["nodes"]
    ]


def test_a_campaign_may_run_from_the_first_to_the_last_day_of_the_calendar(api: Api) -> None:
    days = {"startingDate": FIRST, "endingDate": LAST}
    variables = {"no": "EVER", "campaign": {"description": "Ever", **days}, "idempotencyKey": "once"}
    for _ in range(2):
        campaign = api.mutate("createCampaign", variables, "campaign { id no startingDate endingDate }")["campaign"]
        assert {name: campaign[name] for name in days} == days
    for day in (FIRST, "2026-03-18", LAST):
        found = api.execute(
            "query($day: Date) { campaigns(filter: {activeOn: $day}) { nodes { no startingDate endingDate } } }",
            day=day,
        )
        assert found["campaigns"]["nodes"] == [{"no": "EVER", **days}]

    turned = {"startingDate": "9999-12-30", "endingDate": "9999-12-31"}
    api.mutate("updateCampaign", {"no": "EVER", "campaign": turned}, "campaign { no }")
    assert changes(api, campaign["id"]) == [
        {"startingDate": (FIRST, "9999-12-30")},
        {"description": (None, "Ever"), "startingDate": (None, FIRST), "endingDate": (None, LAST)},
    ]


def test_a_series_may_start_on_the_first_and_the_last_day_of_the_calendar(api: Api) -> None:
    lines = [{"startingDate": day, "startingNo": f"{letter}1"} for letter, day in (("A", FIRST), ("B", LAST))]
    series = {"code": "ENDS", "numberSeries": {"description": "Ends", "lines": lines}}

    made = api.mutate("createNumberSeries", series, "numberSeries { id lines { startingDate startingNo } }")[
        "numberSeries"
    ]

    assert made["lines"] == lines
    assert FIRST in (changes(api, made["id"])[0]["lines"][1] or "")
    assert LAST in (changes(api, made["id"])[0]["lines"][1] or "")


def test_a_template_may_have_the_highest_cost(api: Api) -> None:
    variables = {
        "code": "DEAR",
        "interactionTemplate": {"description": "Dear", "groupCode": "MEET", "unitCost": f"{MAX_COST}00000000"},
    }
    made = api.mutate("createInteractionTemplate", variables, "interactionTemplate { id unitCost }")[
        "interactionTemplate"
    ]
    assert made["unitCost"] == MAX_COST
    assert changes(api, made["id"])[0]["unitCost"] == (None, MAX_COST)

    draft = '{ interactionDraft(input: {interaction: {contactNo: "P1", templateCode: "DEAR"}}) { cost } }'
    assert api.execute(draft)["interactionDraft"] == {"cost": MAX_COST}


@pytest.mark.parametrize(
    ("cost", "shown"),
    [
        ("7", "7.00"),
        ("7.0000000000", "7.00"),
        ("-0", "0.00"),
        ("-0.00", "0.00"),
        ("0.1000", "0.10"),
        (7.5, "7.50"),
        (7, "7.00"),
        (70368744177663.99, "70368744177663.99"),
        (9007199254740993, "9007199254740993.00"),
        (MAX_COST, MAX_COST),
    ],
)
def test_amounts_have_the_same_format_everywhere(api: Api, cost: Any, shown: str) -> None:
    interaction = {"contactNo": "P1", "templateCode": "VISIT", "salespersonCode": "JO", "cost": cost}
    draft = "query($i: InteractionInput) { interactionDraft(input: {interaction: $i}) { cost userErrors { code } } }"
    assert api.execute(draft, i=interaction)["interactionDraft"] == {"cost": shown, "userErrors": []}
    postponed = api.mutate("postponeInteraction", {"interaction": interaction}, "postponedInteraction { entryNo cost }")
    assert postponed["postponedInteraction"]["cost"] == shown
    resumed = api.mutate(
        "resumeInteraction", {"entryNo": postponed["postponedInteraction"]["entryNo"]}, "interactionLogEntry { cost }"
    )
    assert resumed["interactionLogEntry"] == {"cost": shown}
    variables = {"interaction": interaction, "idempotencyKey": "once"}
    for _ in range(2):
        assert api.mutate("createInteraction", variables, "interactionLogEntry { cost }")["interactionLogEntry"] == {
            "cost": shown
        }


@pytest.mark.parametrize("cost", [70368744177664.0, 1234567890123456.78, "0.0.1", "1e3", "NaN", True])
def test_an_amount_that_cannot_be_stored_exactly_is_refused(api: Api, cost: Any) -> None:
    interaction = {"contactNo": "P1", "templateCode": "VISIT", "salespersonCode": "JO", "cost": cost}
    query = "mutation($i: CreateInteractionInput!) { createInteraction(input: $i) { interactionLogEntry { cost } } }"

    answer = api.post(query, {"i": {"interaction": interaction}}).json()

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_draft_may_be_postponed_until_the_last_day_of_the_calendar(api: Api) -> None:
    nos = []
    for day in (LAST, FIRST, "9999-12-30"):
        variables = {"interaction": {"contactNo": "P1", "date": day, "timeOfInteraction": "23:59:59"}, "resumeOn": day}
        made = api.mutate(
            "postponeInteraction", variables, "postponedInteraction { entryNo date resumeOn timeOfInteraction }"
        )
        assert made["postponedInteraction"] == {
            "entryNo": made["postponedInteraction"]["entryNo"],
            "date": day,
            "resumeOn": day,
            "timeOfInteraction": "23:59:59",
        }
        nos.append(made["postponedInteraction"]["entryNo"])
    shown = (
        "postponedInteractions(first: 1, after: $after) { pageInfo { endCursor hasNextPage } nodes { resumeOn state } }"
    )
    after, walked = None, []
    for _ in range(3):
        page = api.execute(f"query($after: String) {{ {shown} }}", after=after)["postponedInteractions"]
        after = page["pageInfo"]["endCursor"]
        walked += [(node["resumeOn"], node["state"]) for node in page["nodes"]]
    assert walked == [(FIRST, "OVERDUE"), ("9999-12-30", "LATER"), (LAST, "LATER")]

    api.mutate("snoozePostponedInteractions", {"postponed": {"entryNos": nos}, "days": 3}, "changed")
    assert dates(api, nos)[0::2] == [LAST, LAST]
    api.mutate("snoozePostponedInteractions", {"postponed": {"entryNos": nos}, "until": LAST}, "changed")
    assert dates(api, nos) == [LAST] * 3


def dates(api: Api, nos: list[int]) -> list[str]:
    query = "query($no: Int!) { postponedInteraction(entryNo: $no) { resumeOn } }"
    return [api.execute(query, no=no)["postponedInteraction"]["resumeOn"] for no in nos]


FIGURES = '{ segment(no: "SM") { date cost duration lines(last: 1) { nodes { date cost timeOfInteraction } } } }'
LOGGED = """loggedSegment { entryNo cost duration interactionLogEntries(first: 1) { nodes { date cost timeOfInteraction } }
campaignEntries { nodes { cost duration noOfInteractions } } }"""
OWNERS = (
    'contact(no: "P1")',
    'salesperson(code: "JO")',
    'interactionTemplate(code: "VISIT")',
    'interactionGroup(code: "MEET")',
    'campaign(no: "CP")',
)
STATISTICS = " ".join(
    f'o{place}: {owner} {{ statistics(date: {{gte: "{LAST}"}}) {{ interactions cost averageCost duration averageDuration }} }}'
    for place, owner in enumerate(OWNERS)
)


def test_the_largest_cost_on_all_lines_can_be_summed(api: Api, database_url: str) -> None:
    api.mutate(
        "createCampaign", {"no": "CP", "campaign": {"description": "Dear", "endingDate": LAST}}, "campaign { no }"
    )
    segment = {
        "description": "Dear",
        "salespersonCode": "JO",
        "templateCode": "VISIT",
        "campaignNo": "CP",
        "date": LAST,
        "unitCost": MAX_COST,
        "unitDuration": 525_600,
    }
    api.mutate("createSegment", {"no": "SM", "segment": segment}, "segment { no }")
    line = {"contactNo": "P1", "timeOfInteraction": "00:00:00"}
    api.mutate("addSegmentLines", {"segmentNo": "SM", "lines": [line] * 12}, "segment { no }")
    one = {"date": LAST, "cost": MAX_COST, "timeOfInteraction": "00:00:00"}
    sums = {"cost": TWELVE_TIMES_MAX_COST, "duration": 12 * 525_600}

    assert api.execute(FIGURES)["segment"] == {"date": LAST, **sums, "lines": {"nodes": [one]}}
    assert api.execute('{ logSegmentPreview(segmentNo: "SM") { ready cost duration } }')["logSegmentPreview"] == {
        "ready": 12,
        **sums,
    }
    variables = {"segmentNo": "SM", "idempotencyKey": "once"}
    for _ in range(2):
        logged = api.mutate("logSegment", variables, LOGGED)["loggedSegment"]
        assert logged == {
            "entryNo": logged["entryNo"],
            **sums,
            "interactionLogEntries": {"nodes": [one]},
            "campaignEntries": {"nodes": [{**sums, "noOfInteractions": 12}]},
        }
    expected = {"interactions": 12, **sums, "averageCost": MAX_COST, "averageDuration": 525_600}
    for kind in (False, True):
        found = asyncio.run(_answered(database_url, f"{{ {STATISTICS} }}", plain=kind))
        assert [found[f"o{place}"]["statistics"] for place in range(len(OWNERS))] == [expected] * len(OWNERS)


async def _answered(url: str, query: str, *, plain: bool) -> Any:
    """The data of a query. With `plain`, it is executed without the fast path."""
    async with Database.at(url) as database:
        answer = await Engine(schema._schema, database, default_execution=plain).answer(
            GraphQLRequest(query, None), Caller()
        )
        return json.loads(answer.body)["data"]


FIRST_OF_FILES = "0001-01-02"
"""The day before is what other programs write for a blank day."""

IMPORTED = f"""Entry No.,Contact No.,Date,Description,Interaction Template Code,Salesperson Code,Cost (LCY),Time of Interaction
1,P1,{FIRST_OF_FILES},First,VISIT,JO,{MAX_COST},00:00:00
2,P1,{LAST},Last,VISIT,JO,{MAX_COST},23:59:59
"""


def test_an_import_accepts_the_limits_of_all_ranges(api: Api, database_url: str, tmp_path: Path) -> None:
    path = write_file(tmp_path, IMPORTED)

    async def run() -> None:
        async with Database.at(database_url) as database:
            await database.writing(lambda session: history.run(Work(session, User("importer"), NOW), path))

    asyncio.run(run())

    found = api.execute("{ interactionLogEntries { nodes { date cost timeOfInteraction } } }")["interactionLogEntries"][
        "nodes"
    ]
    assert found == [
        {"date": LAST, "cost": MAX_COST, "timeOfInteraction": "23:59:59"},
        {"date": FIRST_OF_FILES, "cost": MAX_COST, "timeOfInteraction": "00:00:00"},
    ]
    assert api.execute('{ contact(no: "P1") { statistics { cost averageCost } } }')["contact"]["statistics"] == {
        "cost": f"{Decimal(MAX_COST) * 2:.2f}",
        "averageCost": MAX_COST,
    }


@pytest.mark.parametrize(
    "span",
    [
        {"last": {"count": 2_147_483_647, "unit": "DAY"}},
        {"next": {"count": 2_147_483_647, "unit": "YEAR"}},
        {"next": {"count": 8_000, "unit": "YEAR"}},
        {"last": {"count": 200_000, "unit": "WEEK"}},
        {"last": {"count": 0, "unit": "DAY"}},
    ],
)
def test_a_date_range_outside_the_calendar_is_refused_with_a_message(api: Api, span: Any) -> None:
    query = "query($f: DateFilter) { interactionLogEntries(filter: {date: $f}) { totalCount } }"

    answer = api.post(query, {"f": span}).json()

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_date_range_may_reach_the_limits_of_the_calendar(api: Api) -> None:
    for day in (FIRST, LAST):
        entry = {"contactNo": "P1", "templateCode": "VISIT", "salespersonCode": "JO", "date": day}
        api.mutate("createInteraction", {"interaction": entry}, "interactionLogEntry { date }")
    today = dt.datetime.now(dt.UTC).date()
    query = "query($f: DateFilter) { interactionLogEntries(filter: {date: $f}) { nodes { date } } }"

    for span, ends in (("last", today - dt.date.min), ("next", dt.date.max - today)):
        for days, expected in ((ends.days + 1, [FIRST if span == "last" else LAST]), (ends.days - 1, [])):
            found = api.execute(query, f={span: {"count": days, "unit": "DAY"}})["interactionLogEntries"]["nodes"]
            assert [node["date"] for node in found] == expected, (span, days)
