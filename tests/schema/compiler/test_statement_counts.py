"""A read is one statement for each root field, for few and many rows."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from persistence.database import Database
from persistence.dialects.read_positions import PRIMARY
from persistence.entry_numbers import reserve
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.compiler.statement_log import Sent, counted, much_more
from tests.schema.queries import GRAPH

Asking = Callable[..., tuple[Any, Sent]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ask(request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    """`ask(text, many=True)` returns the data of the response and the statements that were sent, over few or many rows."""
    opened = {many: Database.at(empty_copy(request.param)) for many in (False, True)}
    databases = {many: loop.run_until_complete(opening.__aenter__()) for many, opening in opened.items()}
    for many, database in databases.items():
        loop.run_until_complete(database.writing(build))
        loop.run_until_complete(
            database.writing(lambda session: reserve(session, 10_000))
        )  # `build` gives its entries numbers below 10,000
        if many:
            loop.run_until_complete(database.writing(much_more))
    engines = {many: Engine(GRAPH, database, clock=lambda: NOW) for many, database in databases.items()}

    def asking(text: str, *, many: bool = False, has_token: bool = False, **variables: Any) -> tuple[Any, Sent]:
        after = databases[many].newest_primary.position if has_token else PRIMARY
        request = GraphQLRequest(text, variables, read_after=after)
        with counted(databases[many]) as sent:
            body = loop.run_until_complete(engines[many].answer(request, Caller())).body
        answer = json.loads(body)
        assert "errors" not in answer, answer
        return answer["data"], sent

    yield asking
    for opening in opened.values():
        loop.run_until_complete(opening.__aexit__(None, None, None))


PERSON = "no name company { name salesperson { name } } salesperson { name } dateOfLastInteraction lastDateAttempted"
ENTRY = f"entryNo date contact {{ {PERSON} }} company {{ name }} template {{ description group {{ code }} }} group {{ description }} "
ENTRY += "salesperson { name } campaign { no } campaignEntry { cost noOfInteractions } loggedSegment { cost } comments { comment }"
FIGURES = 'statistics(date: {gte: "2026-02-01"}) { interactions contacts cost duration averageCost averageDuration }'
PAGE = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
ROOTS = {
    "contacts": f'contacts(first: 100, filter: {{name: {{contains: "e"}}}}, orderBy: [{{field: DATE_OF_LAST_INTERACTION, direction: DESC}}]) '
    f"{{ {PAGE} nodes {{ {PERSON} people {{ totalCount }} interactionLogEntries(first: 5) {{ {PAGE} nodes {{ {ENTRY} }} }} "
    "segments { nodes { no noOfLines } } postponedInteractions { totalCount } } }",
    "contacts searched": f'contacts(first: 100, search: "e o") {{ nodes {{ {PERSON} }} }}',
    "entries searched": f'interactionLogEntries(first: 100, search: "e -x") {{ {PAGE} nodes {{ {ENTRY} }} }}',
    "segments searched": 'segments(search: "s") { totalCount nodes { no } }',
    "contacts counted": "contacts(first: 100, filter: {interactions: {count: {gt: 2}}}) { totalCount nodes { no } }",
    "contact": f'contact(no: "c1") {{ {PERSON} people(first: 100) {{ {PAGE} nodes {{ {PERSON} }} }} }}',
    "interactionLogEntries": f"interactionLogEntries(first: 100) {{ {PAGE} edges {{ cursor node {{ {ENTRY} }} }} }}",
    "interactionLogEntry": f"interactionLogEntry(entryNo: 5) {{ {ENTRY} }}",
    "postponedInteractions": "postponedInteractions(first: 100) { totalCount nodes { entryNo missingFields contact { name } } }",
    "postponedInteraction": "postponedInteraction(entryNo: 101) { contact { name } missingFields comments { comment } }",
    "contacts with figures": f"contacts(first: 100) {{ nodes {{ no {FIGURES} people(first: 9) {{ nodes {{ {FIGURES} }} }} }} }}",
    "contact with figures": f'contact(no: "c1") {{ {FIGURES} all: statistics {{ successRate averageEvaluation }} }}',
    "salespeople with figures": f"salespeople {{ nodes {{ code {FIGURES} }} }}",
    "interactionTemplates with figures": f"interactionTemplates {{ nodes {{ {FIGURES} group {{ {FIGURES} }} }} }}",
    "interactionGroups with figures": f"interactionGroups {{ nodes {{ {FIGURES} }} }}",
    "campaigns with figures": f"campaigns {{ nodes {{ contactsTargeted contactsResponded responseRate {FIGURES} }} }}",
    "interactionLogEntries with titles": "interactionLogEntries(first: 100) { nodes { title fr: title(language: FR) } }",
    "interactionStatistics": "interactionStatistics(groupBy: [{by: TEMPLATE}, {date: MONTH}, {by: CITY}], fillGaps: true, first: 500, "
    'filter: {date: {gte: "2025-01-01", lte: "2026-03-31"}}, compareTo: PREVIOUS_YEAR) { noOfRows totals { contacts cost } '
    "rows { key label(language: FR) filter to template { description group { code } } measures { contacts attemptsUntilReached } "
    "previous { interactions } } }",
    "segments": f"segments(first: 100) {{ {PAGE} nodes {{ no noOfLines cost lines(first: 10) {{ nodes {{ contact {{ {PERSON} }} }} }} }} }}",
    "segment": f'segment(no: "SM1") {{ noOfLines lines(first: 100) {{ {PAGE} nodes {{ customizedFields contact {{ {PERSON} }} }} }} }}',
    "loggedSegments": f"loggedSegments {{ nodes {{ noOfInteractions interactionLogEntries(first: 100) {{ nodes {{ {ENTRY} }} }} }} }}",
    "loggedSegment": "loggedSegment(entryNo: 1) { followUpSegments { no } followUps { entryNo } campaignEntries { nodes { cost } } }",
    "steps": 'segment(no: "SM1") { noOfLines steps { stepNo criteria french: criteria(language: FR) filter noOfContacts at } }',
    "savedSegmentCriteria": f"savedSegmentCriteria {{ {PAGE} nodes {{ code steps {{ action criteria filter }} }} }}",
    "campaigns": f"campaigns {{ nodes {{ entries {{ nodes {{ cost }} }} interactionLogEntries(first: 100) {{ nodes {{ {ENTRY} }} }} }} }}",
    "campaign": 'campaign(no: "CP1") { description salesperson { name } }',
    "campaignEntries": "campaignEntries { nodes { entryNo noOfInteractions campaign { description } } }",
    "campaignEntry": "campaignEntry(entryNo: 1) { cost duration }",
    "contacts of salespeople": "salespeople { nodes { contacts(filter: {not: {dateOfLastInteraction: {past: true}}}) { totalCount nodes { no } } } }",
    "salespeople": f"salespeople {{ nodes {{ name interactionLogEntries(first: 100) {{ nodes {{ {ENTRY} }} }} }} }}",
    "salesperson": 'salesperson(code: "jo") { postponedInteractions(first: 100) { nodes { entryNo } } }',
    "interactionTemplates": 'interactionTemplates { nodes { translations { description } description(languageCode: "fra") } }',
    "interactionTemplate": 'interactionTemplate(code: "VISIT") { group { templates { nodes { code } } } }',
    "interactionGroups": "interactionGroups { nodes { translations { description } templates { totalCount } } }",
    "interactionGroup": 'interactionGroup(code: "MEET") { description }',
    "numberSeriesList": "numberSeriesList { nodes { code lines { startingNo } } }",
    "changes": 'changes(of: "con_2", first: 100) { totalCount nodes { at userId action version fields { field oldValue newValue } } }',
    "imports": "imports(first: 100) { totalCount nodes { entryNo kind created } }",
    "webhooks": "webhooks(first: 100) { totalCount nodes { url cursor deliveries(first: 5) { nodes { cursor status } } } }",
    "import": "import(entryNo: 1) { entryNo kind created }",
    "numberSeries": 'numberSeries(code: "CONT") { lines { startingNo } }',
}


@pytest.mark.parametrize("name", list(ROOTS))
def test_a_root_field_is_one_statement_however_many_rows_there_are(name: str, ask: Asking) -> None:
    for many in (False, True):
        _, sent = ask(f"{{ {ROOTS[name]} }}", many=many)
        assert (sent.planned, sent.unplanned) == ([1], [])


TODAY = {
    "state": "postponedInteractions(first: 100) { nodes { state } }",
    "a filter by state": "postponedInteractions(filter: {state: [TODAY]}) { totalCount }",
    "days that are past in a figure": "contacts(filter: {interactions: {count: {eq: 0}, where: {date: {past: true}}}}) { totalCount }",
    "last dates": "contacts(filter: {dateOfLastInteraction: {past: true}, lastDateAttempted: {future: false}}) { nodes { no } }",
    "whom to contact next": f"nextContacts(first: 100) {{ {PAGE} nodes {{ contact {{ {PERSON} }} dueOn reasons {{ code message }} }} }}",
    "today itself": "marketingSetup { today timeZone contactNos { code } }",
}
CALENDAR = {
    "a stretch of days": "interactionLogEntries(filter: {date: {last: {count: 2, unit: MONTH}}}) { totalCount }",
    "a stretch of days in a figure": "contacts(filter: {interactions: {count: {eq: 0}, where: {date: {current: WEEK}}}}) { totalCount }",
    "a stretch of days of statistics": "contacts(first: 100) { nodes { statistics(date: {current: MONTH}) { cost } } }",
}


@pytest.mark.parametrize("name", list(TODAY))
def test_fields_that_depend_on_today_need_no_extra_statement(name: str, ask: Asking) -> None:
    """K15: the statement itself reads the time zone."""
    for many in (False, True):
        _, sent = ask(f"{{ one: {TODAY[name]} two: {TODAY[name]} }}", many=many)
        assert (sent.planned, sent.unplanned) == ([2], [])


@pytest.mark.parametrize("name", list(CALENDAR))
def test_fields_that_depend_on_the_calendar_read_it_once(name: str, ask: Asking) -> None:
    """K15: one statement more, however often the calendar is needed."""
    for many in (False, True):
        _, sent = ask(f"{{ one: {CALENDAR[name]} two: {CALENDAR[name]} }}", many=many)
        assert (sent.planned, len(sent.unplanned)) == ([2], 1)


def test_every_root_field_is_counted_here() -> None:
    counted_here = {text.split("(")[0].split(" ")[0] for text in (*ROOTS.values(), *TODAY.values(), *CALENDAR.values())}

    assert set(GRAPH.query_type.fields if GRAPH.query_type else ()) - counted_here == {
        "node",
        "nodes",
        "viewer",
        "interactionDraft",
        "logSegmentPreview",
        "changeFeed",
        "calendarFeeds",
    }


def test_several_root_fields_are_several_statements_in_one_call(ask: Asking) -> None:
    text = "{ " + " ".join(f"f{place}: {root}" for place, root in enumerate(ROOTS.values())) + " __typename }"
    twice = '{ ...A ...A a: contact(no: "C1") { name } } fragment A on Query { a: contact(no: "C1") { no } }'

    data, sent = ask(text, many=True)
    assert (sent.planned, sent.unplanned, len(data)) == ([len(ROOTS)], [], len(ROOTS) + 1)
    assert ask("{ viewer { userId } __typename }")[1] == Sent()
    assert ask(twice)[1].planned == [1]
    assert ask(f"{{ viewer {{ userId }} {ROOTS['contacts']} {ROOTS['contact']} }}", many=True)[1] == Sent([2], [])


def test_a_field_that_is_not_selected_has_no_statement(ask: Asking) -> None:
    text = 'query Q($with: Boolean!) { contact(no: "C1") { name } postponedInteractions @include(if: $with) { nodes { state } } }'

    assert ask(text, **{"with": False})[1] == Sent([1], [])
    assert ask(text, **{"with": True})[1].planned == [2]


def test_an_object_by_its_id_is_one_statement(ask: Asking) -> None:
    text = f"query Q($id: ID!) {{ node(id: $id) {{ id ... on Contact {{ {PERSON} people(first: 100) {{ totalCount }} }} }} }}"
    for many in (False, True):
        (found, _) = ask('{ contact(no: "C1") { id } }', many=many)
        data, sent = ask(text, many=many, id=found["contact"]["id"])
        assert (data["node"]["name"], sum(sent.planned), sent.unplanned) == ("Boréal", 1, [])


def test_objects_by_their_ids_are_one_statement_for_each_type(ask: Asking) -> None:
    text = f"query Q($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id ... on Contact {{ {PERSON} }} ... on SegmentLine {{ lineNo }} }} }}"
    seen, _ = ask(
        '{ contacts(first: 45) { nodes { id } } segment(no: "SM1") { lines(first: 45) { nodes { id } } } }', many=True
    )
    contacts, lines = ([each["id"] for each in part["nodes"]] for part in (seen["contacts"], seen["segment"]["lines"]))
    for ids, statements in (
        (contacts[:1], 1),
        (contacts, 1),
        (lines, 1),
        (contacts + lines, 2),
        ([*contacts, "con_999999", "x"], 1),
    ):
        data, sent = ask(text, many=True, ids=ids)
        assert [each and each["id"] for each in data["nodes"]] == [
            each if each in contacts + lines else None for each in ids
        ]
        assert (sum(sent.planned), sent.unplanned) == (statements, [])


@pytest.mark.parametrize("many", [False, True])
def test_the_progress_of_a_segment_is_read_only_if_it_is_selected(ask: Asking, *, many: bool) -> None:
    _, plain = ask('{ segment(no: "SM1") { no noOfLines } }', many=many)
    data, sent = ask("{ segments(first: 2) { nodes { no logProgress { phase done total } } } }", many=many)

    assert plain == Sent([1], [])
    assert {each["logProgress"] for each in data["segments"]["nodes"]} == {None}
    assert sum(sent.planned) <= 1, "PostgreSQL is asked once for all segments"
    assert len(sent.unplanned) <= 3


DRAFT = (
    'query Q($no: String!) { interactionDraft(input: {interaction: {contactNo: $no, templateCode: "VISIT"}}) '
    "{ cost missingFields %s } }"
)


def test_a_draft_executes_the_same_statements_for_few_and_many_rows(ask: Asking) -> None:
    few, many = (ask(DRAFT % "", many=many, no="P01")[1] for many in (False, True))
    assert (few.planned, few.unplanned) == ([], many.unplanned)

    _, shown = ask(
        DRAFT % f"contact {{ {PERSON} people {{ totalCount }} }} template {{ code }} salesperson {{ name }}",
        many=True,
        no="P01",
    )
    assert (sum(shown.planned), shown.unplanned) == (3, few.unplanned)


def test_a_read_with_a_token_executes_the_same_statements(ask: Asking) -> None:
    """Whether the primary is as new as the token needs no statement (decision 0086)."""
    for text in (f"{{ {ROOTS['contacts']} }}", f"{{ {CALENDAR['a stretch of days']} }}"):
        assert ask(text)[1] == ask(text, has_token=True)[1]
    assert ask(DRAFT % "", no="P01")[1] == ask(DRAFT % "", no="P01", has_token=True)[1]


PREVIEW = (
    '{ logSegmentPreview(segmentNo: "SM1", createFollowUp: true) { ready cost planToken verdicts(first: 100) '
    "{ totalCount pageInfo { hasNextPage } nodes { status reasons { code } %s } } } }"
)


def test_a_preview_executes_the_same_statements_for_few_and_many_lines(ask: Asking) -> None:
    few, many = (ask(PREVIEW % "", many=many)[1] for many in (False, True))
    assert (few.planned, len(few.unplanned)) == ([], len(many.unplanned))

    data, shown = ask(PREVIEW % f"line {{ lineNo contact {{ {PERSON} }} }}", many=True)
    assert len(data["logSegmentPreview"]["verdicts"]["nodes"]) == 100
    assert (sum(shown.planned), len(shown.unplanned)) == (1, len(many.unplanned))


@pytest.mark.parametrize("field", ["warnings { code message }", "line { lineNo } warnings { code }"])
def test_the_warnings_of_all_lines_of_a_preview_are_read_together(ask: Asking, field: str) -> None:
    for many in (False, True):
        _, plain = ask(PREVIEW % "status", many=many)
        data, warned = ask(PREVIEW % field, many=many)
        nodes = data["logSegmentPreview"]["verdicts"]["nodes"]
        assert len(nodes) == (100 if many else len(nodes))
        assert any(node["warnings"] for node in nodes)
        extra = ask('{ logSegmentPreview(segmentNo: "SM1") { warned } }', many=many)[1]
        bare = ask('{ logSegmentPreview(segmentNo: "SM1") { ready } }', many=many)[1]
        assert len(warned.unplanned) - len(plain.unplanned) == len(extra.unplanned) - len(bare.unplanned) <= 2
