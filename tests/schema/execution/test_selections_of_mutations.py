"""Which rows a mutation selects: `all`, one member of a selection, an omitted filter, and criteria saved before (K26)."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from persistence.database import Database
from persistence.segment_steps import SavedSegmentCriteria, SavedSegmentStep
from tests.api import Api
from tests.schema.execution import test_mutation_filters
from tests.schema.execution.test_mutation_filters import PLACES, Variable, document, refused_at

rows = test_mutation_filters.rows


def test_all_true_selects_all_rows_and_excludes_other_members_k26(api: Api, rows: Callable[[], Any]) -> None:
    log = api.execute(
        "{ interactionLogEntries { totalCount } struck: interactionLogEntries(filter: {canceled: true}) { totalCount } }"
    )
    every, struck = log["interactionLogEntries"]["totalCount"], log["struck"]["totalCount"]
    waiting = api.execute("{ postponedInteractions { totalCount } }")["postponedInteractions"]["totalCount"]
    contacts = api.execute("{ contacts { totalCount } }")["contacts"]["totalCount"]
    entries = api.execute("{ campaignEntries(filter: {canceled: true}) { totalCount } }")["campaignEntries"][
        "totalCount"
    ]
    trials: list[tuple[str, str, str, int]] = [
        ("evaluateInteractions", "interactions: {%s}, evaluation: NEUTRAL, dryRun: true", "matched", every),
        ("setInteractionsCanceled", "interactions: {%s}, canceled: true, dryRun: true", "matched", every),
        ("addSegmentContacts", 'segmentNo: "SM2", from: {%s}, dryRun: true', "matched", contacts),
        (
            "updateSegmentLines",
            'segmentNo: "SM1", changes: [{lines: {%s}, set: {subject: "x"}}], dryRun: true',
            "matched",
            7,
        ),
        ("removeSegmentLines", 'segmentNo: "SM1", lines: {%s}', "removed", 7),
        ("snoozePostponedInteractions", 'postponed: {%s}, until: "9999-01-01"', "changed", waiting),
        ("deleteCanceledCampaignEntries", "%s, dryRun: true", "deleted", entries),
        ("deleteCanceledInteractions", "%s", "deleted", struck),
    ]
    before = rows()
    for name, input_, count, _ in trials:
        other = (
            "entryNos: [1]"
            if "interactions" in input_ or "postponed" in input_
            else "lineNos: [1]"
            if "lines" in input_
            else ('contactNos: ["P01"]' if "from" in input_ else 'filter: {campaignNo: {eq: "CP1"}}')
        )
        for wrong in ("all: false", "all: null", f"all: true, {other}", "all: $v", "all: true, filter: $f"):
            type_ = next(type_ for mutation, _, type_ in PLACES if mutation == name)
            declared = "$v: Boolean" if "$v" in wrong else f"$f: {type_}" if "$f" in wrong else ""
            text = (
                f"mutation{f'({declared})' if declared else ''} {{ {name}(input: {{{input_ % wrong}}}) {{ {count} }} }}"
            )
            assert all(place.startswith("input") for place in refused_at(api, text)), text
    assert rows() == before
    for name, input_, count, number in trials:
        assert number > 0
        payload = api.execute(
            f"mutation {{ {name}(input: {{{input_ % 'all: true'}}}) {{ {count} userErrors {{ code message }} }} }}"
        )[name]
        assert payload == {count: number, "userErrors": []}, name


def test_a_selection_with_no_or_two_members_is_refused_in_variables_too(api: Api, rows: Callable[[], Any]) -> None:
    before = rows()
    text = document("removeSegmentLines", Variable("i"), "$i: RemoveSegmentLinesInput!")
    one = {"lineNo": {"eq": 1}}
    for lines in ({}, {"lineNos": [1], "filter": one}, {"all": True, "filter": one}):
        assert refused_at(api, text, {"i": {"segmentNo": "SM1", "lines": lines}}) == ["input.lines"]
    assert refused_at(api, text, {"i": {"segmentNo": "SM1", "lines": {"lineNos": None}}}) == ["input.lines.lineNos"]
    assert refused_at(api, text, {"i": {"segmentNo": "SM1", "lines": None}}) == ["input.lines"]
    nullable = document(
        "removeSegmentLines",
        {"segmentNo": "SM1", "lines": {"filter": Variable("f")}},
        "$f: SegmentLineFilter = {lineNo: {eq: 1}}",
    )
    assert refused_at(api, nullable) == ["input.lines.filter"]
    assert refused_at(
        api,
        text.replace("RemoveSegmentLines", "DeleteCanceledInteractions").replace(
            "removeSegmentLines", "deleteCanceledInteractions"
        ),
        {"i": {"dryRun": True}},
    ) == ["input"]
    assert rows() == before


def test_variables_of_selections_work_in_fragments_and_are_refused_if_no_operation_declares_them(
    api: Api, rows: Callable[[], Any]
) -> None:
    fragment = (
        'fragment F on Mutation { it: removeSegmentLines(input: {segmentNo: "SM1", lines: {lineNos: $n}}) { removed } }'
    )
    operation = "mutation($n: [Int!]!) { ...F }"
    for text in (f"{fragment} {operation}", f"{operation} {fragment}"):
        assert api.execute(text, n=[999]) == {"it": {"removed": 0}}
    nullable = f"{fragment} mutation($n: [Int!] = [1]) {{ ...F }}"
    assert refused_at(api, nullable) == ["input.lines.lineNos"]
    for undeclared in (f"{fragment} mutation {{ ...F }}", f"{fragment.replace('fragment F on Mutation', 'mutation')}"):
        (error,) = api.post(undeclared).json()["errors"]
        assert error["message"].startswith("Variable '$n' is not defined")
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_an_omitted_filter_keeps_its_meaning(api: Api, rows: Callable[[], Any]) -> None:
    """createFollowUpSegment without a filter uses every contact of the logged segment."""
    text = document("createFollowUpSegment", Variable("i"), "$i: CreateFollowUpSegmentInput!", "segment { noOfLines }")
    follow_up = api.execute(text, i={"loggedSegmentEntryNo": 1})["createFollowUpSegment"]

    assert follow_up["userErrors"] == []
    assert follow_up["segment"]["noOfLines"] > 0
    assert refused_at(api, text, {"i": {"loggedSegmentEntryNo": 1, "filter": None}}) == ["input.filter"]


def test_empty_parts_are_no_conditions_in_queries(api: Api, rows: Callable[[], Any]) -> None:
    every = api.execute("{ contacts { totalCount } }")
    for filter_ in (
        "null",
        "{}",
        "{no: null}",
        "{no: {eq: $v}}",
        "{and: [{}], not: null}",
        '{name: {contains: ""}}',
        "$f",
    ):
        declared = "$v: String" if "$v" in filter_ else "$f: ContactFilter" if "$f" in filter_ else "$unused: Int"
        assert (
            api.execute(
                f"query({declared}) {{ contacts(filter: {filter_}) {{ totalCount }} }}".replace("($unused: Int)", "")
            )
            == every
        )


def test_criteria_with_empty_parts_that_were_saved_before_are_reused(
    api: Api, rows: Callable[[], Any], database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    empty: dict[str, object] = {
        "no": None,
        "name": {},
        "and": [{}],
        "city": {"eq": None},
        "interactions": {"count": {"gte": 0}, "where": {}},
    }

    def save(session: Session) -> None:
        for place, filter_ in enumerate(({}, empty), start=1):
            session.add(SavedSegmentCriteria(id=90 + place, code=f"OLD{place}", description="Before", user_id="u"))
            session.flush()
            session.add(
                SavedSegmentStep(criteria_id=90 + place, step_no=1, action="ADD", filter=filter_, ignore_exclusion=True)
            )

    loop.run_until_complete(database.writing(save))
    every = api.execute("{ contacts(filter: {privacyBlocked: false}) { totalCount } }")["contacts"]["totalCount"]

    for code in ("OLD1", "OLD2"):
        segment = api.mutate("createSegment", {"segment": {}}, "segment { no }")["segment"]["no"]
        assert api.mutate("reuseSegmentCriteria", {"segmentNo": segment, "code": code}, "added")["added"] == every
