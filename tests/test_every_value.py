"""Every value of every scalar is returned as given, and is sorted, paged, filtered and summed alike on both databases."""

import asyncio
import datetime as dt
import operator
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import count, cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.api import Api, running_app
from tests.entry_values import CODES, ROWS, Entry, entries, extreme_entries

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
contact_numbers = count()


@pytest.fixture(scope="module")
def api_of_each_database(loop: asyncio.AbstractEventLoop, empty_copy: Any) -> Iterator[list[Api]]:
    """The whole application on each database."""
    with (
        running_app(empty_copy("sqlite"), loop) as on_sqlite,
        running_app(empty_copy("postgresql"), loop) as on_postgresql,
    ):
        for api in (on_sqlite, on_postgresql):
            create_master_data(api)
        yield [on_sqlite, on_postgresql]


def create_master_data(api: Api) -> None:
    """Create a salesperson and a campaign with each code, and a template."""
    for code in CODES:
        api.mutate("createSalesperson", {"code": code, "salesperson": {"name": code}}, "salesperson { code }")
        api.mutate("createCampaign", {"no": code, "campaign": {"description": code}}, "campaign { no }")
    api.mutate(
        "createInteractionGroup", {"code": "G", "interactionGroup": {"description": "G"}}, "interactionGroup { code }"
    )
    template = {"description": "Visit", "groupCode": "G"}
    api.mutate(
        "createInteractionTemplate", {"code": "VISIT", "interactionTemplate": template}, "interactionTemplate { code }"
    )


SELECTION = "entryNo date timeOfInteraction cost duration description salesperson { code } campaign { no } evaluation attemptFailed"


def as_response(entry: Entry) -> Entry:
    """An entry as a response shows it."""
    return {
        "entryNo": entry["entryNo"],
        "date": entry["date"].isoformat(),
        "timeOfInteraction": entry["time"].isoformat("seconds"),
        "cost": f"{entry['cost']:.2f}",
        "salesperson": {"code": entry["salesperson"]},
        "campaign": entry["campaign"] and {"no": entry["campaign"]},
        **{name: entry[name] for name in ("duration", "description", "evaluation", "attemptFailed")},
    }


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@example(rows=extreme_entries())
@given(rows=st.lists(entries, min_size=ROWS, max_size=ROWS))
def test_every_value_of_an_entry_is_stored_ordered_found_and_summed(
    api_of_each_database: list[Api], rows: list[Entry]
) -> None:
    contact = f"N{next(contact_numbers)}"
    for api in api_of_each_database:
        api.mutate("createContact", {"no": contact, "contact": {"type": "COMPANY", "name": "N"}}, "contact { no }")
        stored = create_entries(api, contact, rows)
        check_orders(api, contact, stored)
        check_filters(api, contact, stored)
        check_figures(api, contact, stored)


def create_entries(api: Api, contact: str, rows: Sequence[Entry]) -> list[Entry]:
    """Create these entries and return them with their numbers. The payloads must have the given values."""
    variables = ", ".join(f"$i{place}: CreateInteractionInput!" for place in range(ROWS))
    members = " ".join(
        f"a{place}: createInteraction(input: $i{place}) {{ interactionLogEntry {{ {SELECTION} }} userErrors {{ code field }} }}"
        for place in range(ROWS)
    )
    given_ = {
        f"i{place}": {
            "interaction": {
                "contactNo": contact,
                "templateCode": "VISIT",
                "salespersonCode": row["salesperson"],
                "campaignNo": row["campaign"],
                "date": row["date"].isoformat(),
                "timeOfInteraction": row["time"].isoformat(),
                "cost": f"{row['cost']:f}",
                **{name: row[name] for name in ("duration", "description", "evaluation", "attemptFailed")},
            }
        }
        for place, row in enumerate(rows)
    }
    answer = api.execute(f"mutation({variables}) {{ {members} }}", **given_)
    made = [answer[f"a{place}"] for place in range(ROWS)]
    assert all(one["userErrors"] == [] for one in made), made
    stored = [{**row, "entryNo": one["interactionLogEntry"]["entryNo"]} for row, one in zip(rows, made, strict=True)]
    assert [one["interactionLogEntry"] for one in made] == [as_response(row) for row in stored]
    return stored


ORDERS: dict[str, Callable[[Entry], Any]] = {
    "DATE": lambda row: (row["date"], row["time"]),
    "COST": lambda row: row["cost"],
    "DURATION": lambda row: row["duration"],
    "SALESPERSON_CODE": lambda row: CODES.index(row["salesperson"]),
    "CAMPAIGN_NO": lambda row: None if row["campaign"] is None else CODES.index(row["campaign"]),
}


def sorted_entries(stored: Sequence[Entry], name: str, *, down: bool) -> list[Entry]:
    """The entries in this order and then by number, both in one direction. Entries without a value are last."""
    value = ORDERS[name]
    there = [row for row in stored if value(row) is not None]
    blank = [row for row in stored if value(row) is None]
    ordered = sorted(there, key=lambda row: (value(row), row["entryNo"]), reverse=down)
    return ordered + sorted(blank, key=lambda row: row["entryNo"], reverse=down)


def check_orders(api: Api, contact: str, stored: Sequence[Entry]) -> None:
    """Check the complete list in each order, and the two entries after and before each of its cursors."""
    cursors = ", ".join(f"$c{place}: String" for place in range(ROWS))
    for name in ORDERS:
        for direction in ("ASC", "DESC"):
            of = f'filter: {{contactNo: {{eq: "{contact}"}}}}, orderBy: [{{field: {name}, direction: {direction}}}]'
            expected = sorted_entries(stored, name, down=direction == "DESC")
            found = api.execute(
                f"{{ interactionLogEntries(first: 100, {of}) {{ totalCount edges {{ cursor node {{ {SELECTION} }} }} }} }}"
            )
            edges = found["interactionLogEntries"]["edges"]
            assert [edge["node"] for edge in edges] == [as_response(row) for row in expected]
            assert found["interactionLogEntries"]["totalCount"] == ROWS

            pages = " ".join(
                f"a{place}: interactionLogEntries(first: 2, after: $c{place}, {of}) {{ nodes {{ entryNo }} }} "
                f"b{place}: interactionLogEntries(last: 2, before: $c{place}, {of}) {{ nodes {{ entryNo }} }}"
                for place in range(ROWS)
            )
            found = api.execute(
                f"query({cursors}) {{ {pages} }}", **{f"c{place}": edge["cursor"] for place, edge in enumerate(edges)}
            )
            numbers = [row["entryNo"] for row in expected]
            for place in range(ROWS):
                after, before = ([node["entryNo"] for node in found[f"{letter}{place}"]["nodes"]] for letter in "ab")
                assert (after, before) == (numbers[place + 1 : place + 3], numbers[max(place - 2, 0) : place]), (
                    name,
                    direction,
                )


def _lists(conditions: dict[str, str]) -> str:
    return " ".join(
        f"{alias}: interactionLogEntries(first: 100, filter: {{contactNo: {{eq: $no}}, {condition}}}, "
        f"orderBy: [{{field: ENTRY_NO, direction: ASC}}]) {{ totalCount nodes {{ entryNo }} }}"
        for alias, condition in conditions.items()
    )


VALUES = {"date": "Date", "cost": "Decimal", "duration": "Int!"}
COMPARISONS = "query($no: String!, $text: String!, {}) {{ {} }}".format(
    ", ".join(f"${name}: {type_}" for name, type_ in VALUES.items()),
    _lists(
        {
            **{f"{name}_{how}": f"{name}: {{{how}: ${name}}}" for name in VALUES for how in OPERATORS},
            "text": "description: {eq: $text}",
            "texts": 'description: {in: ["", $text]}',
            "durations": "duration: {in: [-2147483648, $duration, 2147483647]}",
        }
    ),
)
PARTS = "query($no: String!, $codes: [String!]!) {{ {} }}".format(
    _lists(
        {
            **{f"day{day}": f"dayOfWeek: [{day}]" for day in range(1, 8)},
            **{f"hour{hour}": f"hourOfDay: [{hour}, {hour + 1}]" for hour in range(0, 24, 2)},
            "failed": "attemptFailed: true",
            "worst": "evaluation: {eq: VERY_NEGATIVE}",
            "codes": "salespersonCode: {in: $codes}",
        }
    )
)
OFFSETS = [Decimal(0), Decimal("0.001"), Decimal("-0.005"), Decimal("0.0099999999"), Decimal("-0.0000000001")]


def check_filters(api: Api, contact: str, stored: Sequence[Entry]) -> None:
    """Check each comparison with each stored value and with values close to it, days of the week, hours, and lists."""

    def numbers(found: dict[str, Any]) -> list[int]:
        assert found["totalCount"] == len(found["nodes"])
        return [node["entryNo"] for node in found["nodes"]]

    def expected(holds: Callable[[Entry], bool]) -> list[int]:
        return [row["entryNo"] for row in stored if holds(row)]

    for row, offset in zip(stored, cycle(OFFSETS), strict=False):
        wanted = {"date": row["date"], "cost": EXACT.add(row["cost"], offset), "duration": row["duration"]}
        variables = {"date": row["date"].isoformat(), "cost": f"{wanted['cost']:f}", "duration": row["duration"]}
        found = api.execute(COMPARISONS, no=contact, text=row["description"], **variables)
        assert numbers(found["text"]) == numbers(found["texts"]) == expected(has_equal("description", row))
        assert numbers(found["durations"]) == expected(has_equal("duration", row))
        for name, value in wanted.items():
            for how, compares in OPERATORS.items():
                right = expected(lambda each, name=name, compares=compares, value=value: compares(each[name], value))  # type: ignore[misc]  # a lambda with defaults
                assert numbers(found[f"{name}_{how}"]) == right, (name, how, value)

    found = api.execute(PARTS, no=contact, codes=CODES[::3])
    for day in range(1, 8):
        assert numbers(found[f"day{day}"]) == expected(lambda row, day=day: row["date"].isoweekday() == day)  # type: ignore[misc]  # a lambda with defaults
    for hour in range(0, 24, 2):
        assert numbers(found[f"hour{hour}"]) == expected(lambda row, hour=hour: row["time"].hour // 2 * 2 == hour)  # type: ignore[misc]  # a lambda with defaults
    assert numbers(found["failed"]) == expected(lambda row: row["attemptFailed"])
    assert numbers(found["worst"]) == expected(lambda row: row["evaluation"] == "VERY_NEGATIVE")
    assert numbers(found["codes"]) == expected(lambda row: row["salesperson"] in CODES[::3])


FIGURES = """query($no: String!, $from: Date, $to: Date) { contact(no: $no) {
statistics(date: {gte: $from, lte: $to}) { interactions cost duration averageCost } all: statistics { cost } } }"""


def check_figures(api: Api, contact: str, stored: Sequence[Entry]) -> None:
    """Check the totals and averages of the entries in several ranges of dates."""
    days = sorted(row["date"] for row in stored)
    for from_, to in ((days[0], days[-1]), (dt.date.min, days[3]), (days[5], dt.date.max), (dt.date.max, dt.date.max)):
        counted = [row for row in stored if from_ <= row["date"] <= to]
        cost = exact_sum(row["cost"] for row in counted)
        mean = EXACT.quantize(EXACT.divide(cost, Decimal(len(counted))), Decimal("0.01")) if counted else None
        found = api.execute(FIGURES, **{"no": contact, "from": from_.isoformat(), "to": to.isoformat()})["contact"]
        assert found["statistics"] == {
            "interactions": len(counted),
            "cost": f"{cost:.2f}",
            "duration": sum(row["duration"] for row in counted),
            "averageCost": None if mean is None else f"{mean:.2f}",
        }
        assert found["all"] == {"cost": f"{exact_sum(row['cost'] for row in stored):.2f}"}


def has_equal(name: str, row: Entry) -> Callable[[Entry], bool]:
    return lambda other: bool(other[name] == row[name])


def exact_sum(amounts: Any) -> Decimal:
    total = Decimal("0.00")
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def test_codes_are_sorted_and_paged_in_binary_order(api_of_each_database: list[Api]) -> None:
    for api in api_of_each_database:
        found = api.execute("{ salespeople(first: 100) { edges { cursor node { code } } } }")["salespeople"]["edges"]
        assert [edge["node"]["code"] for edge in found] == CODES
        for place, edge in enumerate(found):
            behind = api.execute(
                "query($c: String) { salespeople(first: 1, after: $c) { nodes { code } } }", c=edge["cursor"]
            )
            assert [node["code"] for node in behind["salespeople"]["nodes"]] == CODES[place + 1 : place + 2]
