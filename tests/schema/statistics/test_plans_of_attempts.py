"""How the databases read interactions for attempts and contacts: the table in one pass, and the sums of each contact
once.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import make_url

from persistence.database import Database
from tests.schema.plans import WITHOUT_TABLES, nodes_of, plan_of, statement_of, steps_of


@pytest.fixture
def plan(empty: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., list[str]]]:
    """The nodes of the plan of statistics with these arguments: what is done, with which table, subquery or index."""
    opening = Database.at(empty("postgresql"))
    database = loop.run_until_complete(opening.__aenter__())

    async def planned(arguments: str, measures: str = "attemptsUntilReached", totals: str | None = None) -> list[str]:
        selected = f"noOfRows rows {{ key measures {{ {measures} }} }} totals {{ {totals or measures} }}"
        document = f"{{ interactionStatistics({arguments} first: 9) {{ {selected} }} }}"
        return list(nodes(await plan_of(database, document, WITHOUT_TABLES)))

    yield lambda *request: loop.run_until_complete(planned(*request))
    loop.run_until_complete(opening.__aexit__(None, None, None))


@pytest.fixture
def sqlite_steps(empty: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> Callable[[str, str], list[str]]:
    """The steps of SQLite for statistics with these arguments and fields, in a database without rows."""
    url = empty("sqlite")

    async def steps(arguments: str, fields: str) -> list[str]:
        async with Database.at(url) as database:
            document = f"{{ interactionStatistics({arguments}) {{ {fields} }} }}"
            return await steps_of(database, make_url(url).database or "", document)

    return lambda arguments, fields: loop.run_until_complete(steps(arguments, fields))


def nodes(node: dict[str, Any]) -> Iterator[str]:
    """Without those of the subquery that numbers the entries of one contact."""
    if "t" in node.get("Alias", "") and "contact_no =" in node.get("Index Cond", ""):
        return
    source = node.get("Index Name") or node.get("CTE Name") or node.get("Relation Name", "")
    yield f"{node['Node Type']} {source}"
    for below in node.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.parametrize(
    "arguments", ["", "groupBy: [{by: CITY}],", "groupBy: [{date: MONTH}],", 'filter: {date: {gte: "2025-01-01"}},']
)
def test_attempts_do_not_read_all_entries_in_the_index_of_contacts(
    plan: Callable[[str], list[str]], arguments: str
) -> None:
    assert "Index Only Scan ix_interaction_log_entry_contact" not in plan(arguments)


@pytest.mark.parametrize("grouping", ["", "{by: CITY}", "{date: MONTH}", "{by: TEMPLATE}, {by: SALESPERSON}"])
@pytest.mark.parametrize("comparison", ["PREVIOUS_PERIOD", "PREVIOUS_YEAR"])
def test_days_and_the_earlier_days_to_compare_with_are_read_in_one_pass(
    comparison: str, grouping: str, plan: Callable[[str], list[str]]
) -> None:
    days = 'filter: {date: {gte: "2024-01-01", lte: "2025-12-31"}}'
    found = plan(f"groupBy: [{grouping}], {days}, compareTo: {comparison},")
    reads = [node for node in found if node.endswith(" interaction_log_entry")]
    assert len(reads) == 1, found
    assert "Index Only Scan ix_interaction_log_entry_contact" not in found


@pytest.mark.parametrize(
    "grouping", ["", "{date: WEEK}", "{date: MONTH}", "{date: YEAR}", "{date: DAY_OF_WEEK}", "{date: HOUR_OF_DAY}"]
)
def test_contacts_do_not_read_all_entries_in_the_index_of_contacts(
    grouping: str, plan: Callable[..., list[str]]
) -> None:
    found = plan(f"groupBy: [{grouping}],", "contacts")
    assert "Index Only Scan ix_interaction_log_entry_contact" not in found


@pytest.mark.parametrize("comparison", ["PREVIOUS_PERIOD", "PREVIOUS_YEAR"])
def test_sqlite_looks_up_the_entries_of_a_contact_in_each_period_by_its_index(
    comparison: str, sqlite_steps: Callable[[str, str], list[str]]
) -> None:
    days = 'filter: {date: {gte: "2024-01-01", lte: "2025-12-31"}}'
    grouped = f"{days}, compareTo: {comparison}, groupBy: [{{by: CONTACT}}, {{by: GROUP}}]"

    found = sqlite_steps(grouped, "rows { measures { attemptsUntilReached } }")
    by_index = [
        step for step in found if re.match(r"SEARCH t\d+ .*ix_interaction_log_entry_contact .contact_no=", step)
    ]
    assert len(by_index) == 2, found


@pytest.mark.parametrize(
    "keys", ["{by: TEMPLATE}", "{by: SALESPERSON}, {date: QUARTER}", "{date: DAY}, {by: CAMPAIGN}"]
)
def test_sqlite_looks_up_the_entries_of_a_contact_in_no_index_of_another_key(
    keys: str, sqlite_steps: Callable[[str, str], list[str]]
) -> None:
    """A template has very many entries. Without the statistics of `ANALYZE`, SQLite expects few of each, as of a
    contact.
    """
    filter_ = 'filter: {date: {gte: "2024-01-01", lte: "2025-12-31"}}, compareTo: PREVIOUS_YEAR'
    figures = "rows { measures { attemptsUntilReached } } totals { attemptsUntilReached }"

    found = sqlite_steps(f"groupBy: [{keys}], {filter_}", figures)
    of_others = re.compile(r"SEARCH t\d+ USING .*ix_interaction_log_entry_(template|salesperson|campaign_no)\b")
    assert [step for step in found if of_others.match(step)] == []


@pytest.mark.parametrize(
    ("arguments", "measure"),
    [
        ("groupBy: [{by: SALESPERSON}, {date: QUARTER}]", "contacts"),
        ("groupBy: [{by: SALESPERSON}, {date: QUARTER}]", "attemptsUntilReached"),
        ("groupBy: [{date: WEEK}]", "contacts"),
        ("groupBy: [{date: WEEK}]", "attemptsUntilReached"),
        ("groupBy: [{by: TEMPLATE}]", "attemptsUntilReached"),
        ('groupBy: [{date: DAY}], filter: {templateCode: {ne: "VISIT"}}', "attemptsUntilReached"),
    ],
)
def test_sqlite_does_not_copy_the_sums_of_contacts_in_many_groups(
    arguments: str, measure: str, sqlite_steps: Callable[[str, str], list[str]]
) -> None:
    """Contacts are counted and attempts numbered in one pass. Totals look up the first entry of each contact, or are
    read in a pass of their own.
    """
    found = sqlite_steps(arguments, f"rows {{ measures {{ {measure} }} }} totals {{ {measure} }}")

    assert "MATERIALIZE entry_sums" not in found
    assert found.count("USE TEMP B-TREE FOR count(DISTINCT)") == (measure == "contacts")


@pytest.mark.parametrize(
    ("arguments", "measures"),
    [
        ("groupBy: [{date: WEEK}],", "attemptsUntilReached"),
        ("groupBy: [{date: WEEK}],", "contacts attemptsUntilReached interactions"),
        ("groupBy: [{date: DAY}], filter: {attemptFailed: false},", "contacts"),
        ("groupBy: [{date: DAY}], filter: {attemptFailed: false},", "attemptsUntilReached interactions"),
        ('groupBy: [{date: DAY}], filter: {templateCode: {ne: "VISIT"}},', "attemptsUntilReached"),
    ],
)
def test_contacts_and_attempts_by_week_or_day_read_the_table_and_their_sums_once(
    plan: Callable[..., list[str]], arguments: str, measures: str
) -> None:
    """The sums of each contact and unit are nearly as many as the entries."""
    found = plan(arguments, measures)

    assert "Index Only Scan ix_interaction_log_entry_contact" not in found
    assert found.count("CTE Scan entry_sums") <= 1, found


def test_attempts_by_week_and_city_are_read_in_the_order_of_the_index(plan: Callable[[str], list[str]]) -> None:
    found = plan("groupBy: [{date: WEEK}, {by: CITY}],")
    assert "Index Only Scan ix_interaction_log_entry_contact" in found


@pytest.mark.parametrize("grouping", ["", ", {by: TEMPLATE}", ", {date: HOUR_OF_DAY}"])
def test_contacts_and_attempts_by_day_are_read_from_the_sums_of_days(
    grouping: str, plan: Callable[..., list[str]]
) -> None:
    """Entries are looked up by the days that are dirty. The totals of the interactions come from the sums of months."""
    ordered = "orderBy: [{field: CONTACTS, direction: DESC}], having: {contacts: {gte: 2}},"
    found = plan(f"groupBy: [{{date: DAY}}{grouping}], {ordered}", "contacts attemptsUntilReached", "interactions")
    reads = {node for node in found if "interaction_log_entry" in node}

    assert reads <= {"Index Scan ix_interaction_log_entry_newest", "Bitmap Index Scan ix_interaction_log_entry_newest",
                     "Bitmap Heap Scan interaction_log_entry"}  # fmt: skip


def test_contacts_of_dirty_days_are_not_joined_to_the_sums_of_their_entries(plan: Callable[..., list[str]]) -> None:
    """The database expects few rows of both, so that it would compare each with each, also after a large import."""
    found = plan("groupBy: [{date: DAY}, {by: TEMPLATE}],", "contacts", "interactions")

    assert not {"Nested Loop ", "Hash Join ", "Merge Join "}.intersection(found), found


def test_totals_of_contacts_beside_those_of_days_do_not_read_the_index_of_contacts(
    plan: Callable[..., list[str]],
) -> None:
    assert "Index Only Scan ix_interaction_log_entry_contact" not in plan("groupBy: [{date: DAY}],", "contacts")


def test_the_sums_of_contacts_are_read_for_groups_for_attempts_to_number_and_for_totals(
    plan: Callable[[str], list[str]],
) -> None:
    assert plan("groupBy: [{by: TEMPLATE}],").count("CTE Scan entry_sums") == 3


@pytest.mark.parametrize(
    "arguments",
    [
        "groupBy: [{by: TEMPLATE}]",
        "groupBy: [{by: SALESPERSON}, {date: QUARTER}]",
        'groupBy: [{date: DAY}], filter: {date: {gte: "2025-01-01", lte: "2025-12-31"}}, compareTo: PREVIOUS_YEAR',
    ],
)
def test_entries_of_contacts_in_many_groups_are_ordered_instead_of_filling_a_hash_table(
    arguments: str, empty: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    """A hash table of millions of groups would be written to files. `work_mem` is so small that PostgreSQL expects the
    same of empty tables. By day it orders their rows anyway, so the condition that makes it do so is looked for, too.
    """
    url = empty("postgresql")

    async def groups() -> list[str]:
        async with Database.at(url) as database:
            measures = "rows { measures { attemptsUntilReached } } totals { attemptsUntilReached }"
            document = f"{{ interactionStatistics({arguments}) {{ {measures} }} }}"
            plan = await plan_of(database, document, "SET LOCAL work_mem TO '64kB'")
        return [node["Strategy"] for node in nodes_of(plan) if "FILTER (WHERE false)" in node.get("Filter", "")]

    assert loop.run_until_complete(groups()) == ["Sorted"]


def test_the_sums_of_contacts_are_read_once_if_each_contact_is_in_one_group(plan: Callable[[str], list[str]]) -> None:
    assert plan("groupBy: [{by: CONTACT}],").count("CTE Scan entry_sums") <= 1


@pytest.mark.parametrize("keys", ["{by: SALESPERSON}, {by: TEMPLATE}, {date: MONTH}", "{by: EVALUATION}, {date: WEEK}"])
@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_sums_by_several_keys_group_the_entries_once_by_the_keys(
    kind: str, keys: str, empty: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    """By days and these keys there would be many more groups, which would be added up once more."""
    url = empty(kind)
    flow = "filter: {informationFlow: {eq: OUTBOUND}}"
    document = f"{{ interactionStatistics(groupBy: [{keys}], {flow}) {{ rows {{ measures {{ cost }} }} }} }}"

    async def grouped() -> int:
        async with Database.at(url) as database:
            if kind == "sqlite":
                return (await steps_of(database, make_url(url).database or "", document)).count(
                    "USE TEMP B-TREE FOR GROUP BY"
                )
            return sum(bool(node.get("Group Key")) for node in nodes_of(await plan_of(database, document)))

    assert loop.run_until_complete(grouped()) == 1


@pytest.mark.parametrize("measures", ["contacts", "contacts attemptsUntilReached cost"])
@pytest.mark.parametrize(
    "keys", ["{by: SALESPERSON}, {by: TEMPLATE}, {date: MONTH}", "{by: EVALUATION}, {by: CAMPAIGN}"]
)
def test_sums_of_contacts_by_several_keys_are_sorted_once_with_one_number_for_the_keys(
    keys: str, measures: str, empty: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    """They are nearly as many as the entries, and are read once for groups, attempts to number and totals."""
    url = empty("postgresql")

    async def planned() -> list[dict[str, Any]]:
        async with Database.at(url) as database:
            figures = f"rows {{ measures {{ {measures} }} }} totals {{ {measures} }}"
            document = f"{{ interactionStatistics(groupBy: [{keys}]) {{ {figures} }} }}"
            return list(nodes_of(await plan_of(database, document)))

    found = loop.run_until_complete(planned())
    of_log = [node for node in found if node.get("Relation Name") == "interaction_log_entry"]
    reads = [node for node in of_log if "contact_no" not in node.get("Index Cond", "")]
    sorts = [node["Sort Key"] for node in found if node["Node Type"] == "Sort" and "contact_no" in node["Sort Key"][0]]
    assert len(reads) == 1
    assert [len(keys) for keys in sorts] == [2], sorts


@pytest.mark.parametrize(("totals", "groups"), [("interactions", 1), ("attemptsUntilReached", 2)])
def test_sums_by_contact_and_another_key_are_grouped_once_and_entries_again_for_totals(
    totals: str, groups: int, sqlite_steps: Callable[[str, str], list[str]]
) -> None:
    """There is a row for each contact and key already. Totals over contacts group entries, too, in the SELECT for logs in
    which reading the first entry of each contact would take longer.
    """
    figures = f"rows {{ measures {{ cost attemptsUntilReached }} }} totals {{ {totals} }}"

    found = sqlite_steps("groupBy: [{by: CONTACT}, {by: TEMPLATE}]", figures)
    assert found.count("USE TEMP B-TREE FOR GROUP BY") == groups


BY_DAY = "groupBy: [{date: DAY}]"
FIGURES = "noOfRows rows { measures { contacts attemptsUntilReached } } totals { attemptsUntilReached }"


def test_entries_of_contacts_with_several_on_a_day_are_looked_up_by_contact_and_day(
    sqlite_steps: Callable[[str, str], list[str]],
) -> None:
    """SQLite reads these days one by one. It does not read all contacts that pass the filter for each of them."""
    found = sqlite_steps(f'{BY_DAY}, filter: {{contact: {{city: {{ne: "Bern"}}}}}}', FIGURES)
    look_up = re.compile(r"SEARCH \w+ USING INDEX ix_interaction_log_entry_contact \(contact_no=\? AND date=\?\)")
    of_days = zip(found, found[1:], found[2:], strict=False)
    scanned = [before for before, days, then in of_days if days.startswith("SCAN") and look_up.match(then)]
    assert any(not before.startswith("LIST SUBQUERY") for before in scanned), found


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_filter_on_other_tables_is_written_in_the_same_form_for_all_periods(
    kind: str, empty: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    """The filter stands in the statement several times. An index is searched for it in each period."""
    url, days = empty(kind), 'date: {gte: "2025-01-01", lte: "2025-12-31"}'
    filter_ = f'{days}, templateCode: {{in: ["CALL"]}}, segmentNo: {{eq: "S1"}}'
    document = f"{{ interactionStatistics({BY_DAY}, filter: {{{filter_}}}, compareTo: PREVIOUS_YEAR) {{ {FIGURES} }} }}"

    async def is_alike() -> bool:
        async with Database.at(url) as database:
            if kind == "sqlite":
                steps = await steps_of(database, make_url(url).database or "", document)
                return not any("ix_interaction_log_entry_newest (date>" in step for step in steps)
            return " IS TRUE" not in (await statement_of(database, document))[0]

    assert loop.run_until_complete(is_alike())
