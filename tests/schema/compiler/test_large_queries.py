"""The largest allowed filters and selections are answered with and without planning on both databases; larger ones are
refused.
"""

import asyncio
import json
from bisect import bisect_left
from collections.abc import Callable
from itertools import cycle, product
from typing import Any

import pytest

from schema.compiler.errors import BadUserInput
from schema.compiler.filters.filter_limits import MAX_PARTS, FilterBudget
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.schema.compiler import test_planned_reads
from tests.schema.compiler.statement_log import counted

Filter = dict[str, Any]
Asking = Callable[[str, Filter], Any]


Engines = dict[str, Engine]
engines = test_planned_reads.engines


def planned(engines: Engines) -> list[Engine]:
    """The engines that plan, one for each database."""
    return [engines["sqlite planned"], engines["postgresql planned"]]


@pytest.fixture
def ask(engines: Engines, loop: asyncio.AbstractEventLoop) -> Asking:
    """The response that all engines return: `ask("{ viewer { userId } }", {})`."""

    def asking(text: str, variables: Filter) -> Any:
        answers = [answer(loop, engine, text, variables) for engine in engines.values()]
        assert all(other == answers[0] for other in answers), answers
        assert "errors" not in answers[0], answers[0]
        return answers[0]["data"]

    return asking


@pytest.fixture
def refusal(engines: Engines, loop: asyncio.AbstractEventLoop) -> Asking:
    """The message of the error that both databases return."""

    def asking(text: str, variables: Filter) -> Any:
        errors = [answer(loop, engine, text, variables)["errors"][0] for engine in planned(engines)]
        assert errors[0] == errors[1]
        assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
        return errors[0]["message"]

    return asking


def answer(loop: asyncio.AbstractEventLoop, engine: Engine, text: str, variables: Filter) -> Any:
    return json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(text, variables), Caller())).body)


DAYS = {"count": 3, "unit": "DAY"}
TEXT = {"eq": "x", "ne": "x", "in": ["x"], "contains": "x", "startsWith": "x", "gte": "a", "lte": "z", "isNull": False}
DATE = {
    **dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte"), "2026-03-18"),
    "isNull": False,
    "last": DAYS,
    "next": DAYS,
    "current": "WEEK",
    "previous": "MONTH",
}
COUNT = {**dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte"), 7), "isNull": False}
BROAD: list[Filter] = [
    {},
    {"not": {}},
    {"no": {}},
    {"no": {"eq": "P01"}},
    {"no": TEXT},
    {"name": TEXT},
    {"phone": TEXT},
    {"phone": {"ne": "1", "isNull": True}},
    {"dateOfLastInteraction": DATE},
    {"lastDateAttempted": {"current": "WEEK", "previous": "MONTH"}},
    {"interactions": {"count": COUNT}},
    {"interactions": {"count": {"eq": 0}, "where": {"date": DATE, "dayOfWeek": [1]}}},
    {"excludeFromSegment": True, "privacyBlocked": False},
]


def largest(make: Callable[[int], Filter]) -> Filter:
    """The largest filter of its kind that is accepted."""
    return make(bisect_left(range(1, MAX_PARTS + 2), True, key=lambda size: not is_let_in(make(size))))


def is_let_in(filter_: Filter) -> bool:
    try:
        FilterBudget().take(filter_)
    except BadUserInput:
        return False
    return True


CONTACTS = "query($filter: ContactFilter) { contacts(filter: $filter) { totalCount nodes { no } } }"


@pytest.mark.parametrize("part", BROAD, ids=str)
@pytest.mark.parametrize("way", ["and", "or"])
def test_the_broadest_filter_is_answered_and_a_broader_one_is_refused(
    ask: Asking, refusal: Asking, way: str, part: Filter
) -> None:
    broadest = largest(lambda members: {way: [part] * members})

    assert ask(CONTACTS, {"filter": broadest})
    assert refusal(CONTACTS, {"filter": {way: [*broadest[way], part]}}).startswith("A filter has at most 500 parts")


ENTRIES = "query($f: InteractionLogEntryFilter) { interactionLogEntries(filter: $f) { totalCount nodes { entryNo } } }"


def test_many_conditions_on_other_tables_do_not_take_long_to_plan(ask: Asking) -> None:
    """If all of their tables were joined, PostgreSQL would take minutes to find an order for them."""
    part = {"contact": {"segmentNo": {"eq": "SM1"}}}

    many, one = (ask(ENTRIES, {"f": {"and": [part] * times}}) for times in (60, 1))

    assert many == one


Wrap = Callable[[Filter], Filter]
WRAPS: dict[str, Wrap] = {
    "not": lambda inside: {"not": inside},
    "or": lambda inside: {"or": [{"segmentNo": {"ne": "x"}}, inside]},
    "or and not": lambda inside: {
        "or": [{"no": {"eq": "x"}}, {"lastDateAttempted": {"current": "WEEK"}, "not": inside}]
    },
    "silent": lambda inside: {"interactions": {"count": {"eq": 0}, "where": {"contact": inside}}},
    "often": lambda inside: {
        "interactions": {"count": {"ne": 5}, "where": {"not": {"or": [{"canceled": True}, {"contact": inside}]}}}
    },
}
DEEP = [*((name,) for name in WRAPS), *(pair for pair in product(WRAPS, repeat=2) if pair[0] != pair[1])]
PLACES = (
    "contacts(filter: $filter, last: 3, orderBy: [{field: DATE_OF_LAST_INTERACTION, direction: ASC}, {field: CITY, direction: DESC}])"
    " { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { no } }",
    "interactionLogEntries(filter: {contact: $filter}) { totalCount pageInfo { hasNextPage } nodes { entryNo } }",
    'segment(no: "SM1") { lines(filter: {contact: $filter}, last: 3, orderBy: [{field: CONTACT_NAME, direction: ASC}])'
    " { totalCount pageInfo { hasPreviousPage } nodes { lineNo } } }",
)


def nested(wraps: tuple[str, ...], times: int) -> Filter:
    """Two people, with these wraps around them in turn."""
    filter_: Filter = {"no": {"in": ["P01", "P02"]}}
    for time in range(times):
        filter_ = WRAPS[wraps[time % len(wraps)]](filter_)
    return filter_


def of_contact(inside: Filter) -> Filter:
    return {"contact": inside}


def of_row(inside: Filter) -> Filter:
    """The filter of a row of figures is inside `and`."""
    return {"and": [of_contact(inside)]}


def deepest(wraps: tuple[str, ...], around: Wrap = of_contact) -> Filter:
    """The deepest filter with these wraps in turn that is accepted inside `around`."""
    times = next(times for times in range(1, 30) if not is_let_in(around(nested(wraps, times + 1))))
    return nested(wraps, times)


@pytest.mark.parametrize("wraps", DEEP, ids=" ".join)
def test_the_deepest_filter_is_answered_and_a_deeper_one_is_refused(
    ask: Asking, refusal: Asking, wraps: tuple[str, ...]
) -> None:
    for place in PLACES:
        assert ask(f"query($filter: ContactFilter) {{ {place} }}", {"filter": deepest(wraps)})
    assert refusal(CONTACTS, {"filter": nested(wraps, 30)}).startswith("A filter has at most 15 levels")


FIGURES = ["{date: DAY}", "{by: TEMPLATE}, {by: SALESPERSON}", "{by: CONTACT}, {date: MONTH}", "{date: WEEK}"]
"""Groupings whose statements for contacts and attempts differ."""


@pytest.mark.parametrize(
    ("wraps", "groupings", "with_earlier"), list(zip(DEEP, cycle(FIGURES), cycle([False, True, True]), strict=False))
)
def test_the_deepest_filter_is_answered_in_figures_over_contacts(
    engines: Engines, loop: asyncio.AbstractEventLoop, wraps: tuple[str, ...], groupings: str, with_earlier: bool
) -> None:
    """The statement has the filter in several places. Each wrap and pair of wraps with some of the groupings."""
    measures = "{ contacts attemptsUntilReached cost }"
    compared, previous = (", compareTo: PREVIOUS_YEAR", f"previous {measures}") if with_earlier else ("", "")
    text = (
        "query($filter: InteractionLogEntryFilter) { interactionStatistics("
        f"groupBy: [{groupings}], filter: $filter{compared}) "
        f"{{ noOfRows rows {{ key measures {measures} {previous} }} totals {measures} }} }}"
    )
    dates = {"date": {"gte": "2024-01-01", "lte": "2026-12-31"}} if with_earlier else {}
    filter_ = {"contact": deepest(wraps, of_row), **dates}
    done = [answer(loop, engine, text, {"filter": filter_}) for engine in planned(engines)]

    assert "errors" not in done[0], done[0]
    assert done[0] == done[1]


CHANGES = {
    "addSegmentContacts": (
        '{segmentNo: "SM1", from: {filter: $filter}, dryRun: true}',
        "matched added skippedExisting",
    ),
    "removeSegmentContacts": ('{segmentNo: "SM1", filter: $filter, mode: REMOVE_MATCHING, dryRun: true}', "removed"),
    "removeSegmentLines": ('{segmentNo: "SM1", lines: {filter: {contact: $filter}}, dryRun: true}', "removed"),
    "updateSegmentLines": (
        '{segmentNo: "SM1", changes: [{lines: {filter: {contact: $filter}}, set: {subject: "x"}}], dryRun: true}',
        "matched changed",
    ),
    "setInteractionsCanceled": (
        "{interactions: {filter: {contact: $filter}}, canceled: true, dryRun: true}",
        "matched changed",
    ),
    "evaluateInteractions": (
        "{interactions: {filter: {contact: $filter}}, evaluation: POSITIVE, dryRun: true}",
        "matched changed",
    ),
    "createFollowUpSegment": ("{loggedSegmentEntryNo: 1, filter: {contact: $filter}}", "segment { noOfLines }"),
}


@pytest.mark.parametrize(
    ("wraps", "name"),
    [
        *product(((wrap,) for wrap in WRAPS), CHANGES),
        *zip((pair for pair in DEEP if len(pair) == 2), cycle(CHANGES)),  # the mutations are repeated
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_the_deepest_filter_selects_the_rows_to_change(
    engines: Engines, loop: asyncio.AbstractEventLoop, wraps: tuple[str, ...], name: str
) -> None:
    """Each wrap with each mutation, and each pair of wraps with one of them: lists show what the pairs mean."""
    arguments, shown = CHANGES[name]
    text = f"mutation($filter: ContactFilter!) {{ {name}(input: {arguments}) {{ userErrors {{ code }} {shown} }} }}"
    done = [answer(loop, engine, text, {"filter": deepest(wraps)}) for engine in planned(engines)]

    assert "errors" not in done[0]
    assert done[0]["data"] == done[1]["data"]  # the read tokens differ: each names its database


def test_the_filters_of_an_operation_are_bounded_together(ask: Asking, refusal: Asking) -> None:
    variables = {"filter": {"or": [{"no": {"eq": "P01"}}] * 250}}
    several = " ".join(f"a{n}: contacts(filter: $filter) {{ nodes {{ no }} }}" for n in range(5))

    assert ask(CONTACTS, variables)
    assert "several operations" in refusal(f"query($filter: ContactFilter) {{ {several} }}", variables)


FOUR_LISTS = (
    "lines(first: 3) { nodes { contact { interactionLogEntries(first: 3) { nodes { contact { "
    "interactionLogEntries(first: 3) { %s } } } } } } }"
)


@pytest.mark.parametrize(
    "deepest", ["nodes { entryNo }", "totalCount pageInfo { endCursor } edges { cursor node { title } }"]
)
def test_lists_can_be_nested_as_deep_as_a_document(ask: Asking, deepest: str) -> None:
    """SQLite cannot parse four nested lists in one statement: the rows below the first list are then read by one
    statement.
    """
    shown = json.dumps(ask("{ segments(first: 2) { nodes { no " + FOUR_LISTS % deepest + " } } }", {}))

    assert "entryNo" in shown or "title" in shown


def test_below_a_list_that_cannot_be_planned_the_rows_are_read_together(
    engines: Engines, loop: asyncio.AbstractEventLoop
) -> None:
    """A page and a count for the segment and for its lines; then their contacts with everything below them."""
    below = FOUR_LISTS % "nodes { entryNo contact { no } }"
    text = f'{{ segments(first: 1, filter: {{no: {{eq: "SM1"}}}}) {{ nodes {{ no {below} }} }} }}'
    engine = engines["sqlite planned"]
    with counted(engine.database) as sent:
        segments = answer(loop, engine, text, {})["data"]["segments"]["nodes"]

    assert [len(segment["lines"]["nodes"]) for segment in segments] == [3]
    assert (sent.planned, len(sent.unplanned)) == ([1], 5)


def test_a_fragment_that_two_mutations_share_is_read_after_each_of_them(
    engines: Engines, loop: asyncio.AbstractEventLoop
) -> None:
    """`logProgress` needs default execution, and the lines of the segment are read by one statement."""
    update = 'updateSegmentLines(input: {segmentNo: "SM1", changes: [{lines: {lineNos: [1, 2]}, set: {subject: "%s"}}]}) { ...F }'
    shown = "segment { logProgress { phase } lines(first: 2) { nodes { subject } } }"
    text = (
        f"mutation {{ a: {update % 'one'} b: {update % 'two'} }} fragment F on UpdateSegmentLinesPayload {{ {shown} }}"
    )

    for engine in engines.values():
        found = answer(loop, engine, text, {})["data"]
        for key, subject in (("a", "one"), ("b", "two")):
            assert [line["subject"] for line in found[key]["segment"]["lines"]["nodes"]] == [subject, subject]


NOWHERE = "totalCount nodes { contact { interactionLogEntries(filter: {date: {last: {count: 0, unit: DAY}}}) { totalCount } } }"


@pytest.mark.parametrize(
    "text",
    [
        "{ segments { nodes { lines { nodes { contact { interactionLogEntries { " + NOWHERE + " } } } } } } }",
        '{ segment(no: "nope") { logProgress { phase } lines { nodes { contact { interactionLogEntries { totalCount '
        + NOWHERE
        + " } } } } } }",
        'mutation { updateSegment(input: {no: "SM1", segment: {description: "changed"}}) { segment { logProgress { phase } lines { nodes '
        "{ contact { interactionLogEntries { " + NOWHERE + " } } } } } } }",
    ],
)
def test_an_invalid_value_is_refused_at_any_depth(ask: Asking, refusal: Asking, text: str) -> None:
    """Also where default execution would not reach it, because there are no rows; and nothing is changed."""
    assert refusal(text, {}) == "`count`, the number of units of a range, must be at least 1; it is 0."
    assert ask('{ segment(no: "SM1") { description } }', {})["segment"]["description"] != "changed"


@pytest.mark.parametrize("field", ["dateOfLastInteraction", "lastDateAttempted"])
def test_a_date_in_many_conditions_is_compiled_once(
    engines: Engines, loop: asyncio.AbstractEventLoop, field: str
) -> None:
    """A hundred conditions compile no more subqueries than ten."""
    few, many = ({"filter": {"or": [{field: {"eq": "2026-03-18"}}] * members}} for members in (10, 100))

    for engine in planned(engines):
        assert subqueries(engine, loop, few) == subqueries(engine, loop, many) > 0


def subqueries(engine: Engine, loop: asyncio.AbstractEventLoop, variables: Filter) -> int:
    """The number of SELECTs that are compiled for a list of contacts."""
    made: list[Any] = []
    compiler: Any = engine.database.dialect.statement_compiler

    class Counting(compiler):  # type: ignore[misc]  # whichever the database has
        def visit_select(self, statement: Any, *arguments: Any, **choices: Any) -> Any:
            made.append(statement)
            return super().visit_select(statement, *arguments, **choices)

    engine.database.dialect.statement_compiler = Counting
    try:
        assert "errors" not in answer(loop, engine, CONTACTS, variables)
    finally:
        engine.database.dialect.statement_compiler = compiler
    return len(made)
