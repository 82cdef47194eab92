"""Groups of interactions have the figures that the reference computes in Python, on both databases."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from persistence.database import Database
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.compiler.test_filters_and_orders import filters
from tests.schema.compiler.test_paging import read
from tests.schema.queries import GRAPH, members
from tests.schema.reference import Company
from tests.schema.statistics.figures_company import more_entries
from tests.schema.statistics.reference_figures import COLUMNS, MEASURES, UNITS, Figures
from tests.soaking import examples, repetitions

Asking = Callable[..., Any]
GROUPINGS = [
    *({"by": name} for name in sorted(members("InteractionDimension"))),
    *({"date": name} for name in sorted(members("DateBucket"))),
]
VARIABLES = """$filter: InteractionLogEntryFilter, $groupBy: [InteractionGrouping!], $having: InteractionHaving,
$orderBy: [InteractionStatisticsOrder!], $first: Int! = 100, $fillGaps: Boolean! = false, $compareTo: Comparison"""
GIVEN = ", ".join(
    f"{name}: ${name}" for name in ("filter", "groupBy", "having", "orderBy", "first", "fillGaps", "compareTo")
)
QUERY = f"""query F({VARIABLES}) {{ it: interactionStatistics({GIVEN}) {{ noOfRows totals {{ {MEASURES} }}
rows {{ key from to bucket buckets filter measures {{ {MEASURES} }} previous {{ {MEASURES} }} }} }} }}"""
COUNT = "query C($filter: InteractionLogEntryFilter) { interactionLogEntries(filter: $filter) { totalCount } }"


@pytest.fixture(scope="module")
def databases(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[dict[str, Database]]:
    opened = {kind: Database.at(empty_copy(kind)) for kind in ("sqlite", "postgresql")}
    made = {}
    for kind, opening in opened.items():
        made[kind] = loop.run_until_complete(opening.__aenter__())
        for fill in (build, more_entries):
            loop.run_until_complete(made[kind].writing(fill))
    yield made
    for opening in opened.values():
        loop.run_until_complete(opening.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def company(databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Company:
    return loop.run_until_complete(databases["sqlite"].querying(read))


@pytest.fixture(scope="module")
def ask(databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Asking:
    """The response: `ask("sqlite", text, {}, plain=True)` in default execution."""
    engines = {
        (kind, plain): Engine(GRAPH, database, clock=lambda: NOW, default_execution=plain)
        for kind, database in databases.items()
        for plain in (False, True)
    }

    def asking(
        kind: str, text: str, variables: Mapping[str, Any], *, plain: bool = False, caller: Caller | None = None
    ) -> Any:
        request = GraphQLRequest(text, dict(variables))
        return json.loads(loop.run_until_complete(engines[kind, plain].answer(request, caller or Caller())).body)

    return asking


def check(ask: Asking, company: Company, arguments: Mapping[str, Any], chance: random.Random) -> None:
    """The figures are those of the reference, and lists with the filters of some rows have as many entries."""
    expected = Figures(company, arguments).answer()
    for kind in ("sqlite", "postgresql"):
        answer = ask(kind, QUERY, arguments)
        assert "errors" not in answer, answer
        found = answer["data"]["it"]
        cells = [(row.pop("filter"), row["measures"]["interactions"]) for row in found["rows"]]
        if not arguments.get("compareTo"):
            assert {str(row["previous"]) for row in found["rows"]} <= {"None"}
        assert found == expected, kind
        for filter_, interactions in chance.sample(cells, min(3, len(cells))):
            listed = ask(kind, COUNT, {"filter": filter_})
            assert listed["data"]["interactionLogEntries"]["totalCount"] == interactions, filter_


@pytest.mark.parametrize("grouping", GROUPINGS, ids=lambda each: next(iter(each.values())))
def test_each_grouping_has_the_figures_of_its_interactions(
    grouping: Mapping[str, str], ask: Asking, company: Company
) -> None:
    days = {"date": {"gte": "2024-02-10", "lte": "2025-03-05"}}
    chance = random.Random(1)
    check(ask, company, {"groupBy": [grouping], "first": 1000}, chance)
    for compared in ("PREVIOUS_YEAR", "PREVIOUS_PERIOD"):
        check(ask, company, {"groupBy": [grouping], "filter": days, "compareTo": compared, "fillGaps": True}, chance)


def test_the_groupings_are_known_to_the_reference() -> None:
    assert {"by"} | {"date"} == members("InteractionGrouping")
    assert members("InteractionDimension") == {*COLUMNS, "CITY", "COUNTRY", "USER"}
    assert members("DateBucket") == {*UNITS, "DAY_OF_WEEK", "HOUR_OF_DAY"}


DAYS = ["2023-01-05", "2023-02-28", "2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2025-02-28", "2026-03-18"]
NUMBERS = st.dictionaries(
    st.sampled_from(["gt", "gte", "lt", "lte", "eq", "ne"]), st.sampled_from([0, 1, 2, 5, 30]), max_size=2
)
AMOUNTS = st.dictionaries(
    st.sampled_from(["gt", "gte", "lt", "lte", "eq", "ne"]),
    st.sampled_from(["0", "0.005", "12.5", "99.99", "1000000000000000.00", "9999999999999999.99"]),
    max_size=2,
)


@st.composite
def requests(draw: st.DrawFn, company: Company) -> dict[str, Any]:
    """The arguments of a request without errors."""
    units = draw(st.permutations(GROUPINGS))
    groupings = [each for each in units if each.get("date") not in UNITS][: draw(st.integers(0, 2))]
    if draw(st.booleans()):
        groupings.insert(
            draw(st.integers(0, len(groupings))), next(each for each in units if each.get("date") in UNITS)
        )
    arguments: dict[str, Any] = {"groupBy": groupings, "first": draw(st.sampled_from([1, 7, 100, 1000]))}
    days = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=2)))
    compares = draw(st.booleans())
    if compares:
        arguments["compareTo"] = draw(st.sampled_from(["PREVIOUS_PERIOD", "PREVIOUS_YEAR"]))
        arguments["filter"] = {"date": dict(zip(("gte", "lte"), days, strict=True))}
    elif draw(st.booleans()):
        arguments["filter"] = {
            "date": {name: day for name, day in zip(("gte", "lte"), days, strict=True) if draw(st.booleans())}
        }
    if draw(st.integers(0, 2)) == 0:
        more = draw(filters(GRAPH.type_map["InteractionLogEntryFilter"], company))
        arguments["filter"] = (
            {"and": [more], **arguments.get("filter", {})}
            if not mentions_date(more)
            else more
            if not compares
            else arguments["filter"]
        )
    arguments["fillGaps"] = not mentions_date(arguments.get("filter", {}).get("and")) and draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        arguments["having"] = {"interactions": draw(NUMBERS), "contacts": draw(NUMBERS), "cost": draw(AMOUNTS)}
    level = st.fixed_dictionaries(
        {
            "field": st.sampled_from(sorted(members("InteractionStatisticsOrderField"))),
            "direction": st.sampled_from(["ASC", "DESC"]),
        }
    )
    arguments["orderBy"] = draw(st.lists(level, max_size=3))
    return arguments


def mentions_date(filter_: Any) -> bool:
    if isinstance(filter_, list):
        return any(map(mentions_date, filter_))
    return isinstance(filter_, dict) and (
        "date" in filter_ or any(mentions_date(inside) for inside in filter_.values())
    )


@examples(20, 1000)
@given(data=st.data())
def test_figures_of_generated_requests_are_those_of_the_reference(
    ask: Asking, company: Company, data: st.DataObject
) -> None:
    arguments = data.draw(requests(company))
    note(json.dumps(arguments))
    check(ask, company, arguments, random.Random(len(str(arguments))))


@pytest.mark.slow
def test_every_pair_and_some_triples_of_groupings_have_the_figures_of_their_interactions(
    ask: Asking, company: Company
) -> None:
    chance = random.Random(2)
    pairs = [(one, other) for one in GROUPINGS for other in GROUPINGS if one != other]
    chosen = [list(pair) for pair in chance.sample(pairs, repetitions(15, len(pairs)))]
    chosen += [chance.sample(GROUPINGS, 3) for _ in range(repetitions(10, 500))]
    for groupings in chosen:
        if sum(each.get("date") in UNITS for each in groupings) < 2:
            check(ask, company, {"groupBy": groupings, "first": 1000}, chance)
