"""Every list can be paged forward and backward in each of its orders, with each row once."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import pytest
from sqlmodel import Session, select

from persistence import tables
from persistence.database import Database
from persistence.sql.folding import fold
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.contact_dates import make_uncertain
from tests.schema.a_small_company import W, build
from tests.schema.filled_databases import filled_databases
from tests.schema.queries import GRAPH
from tests.schema.reference import Company
from tests.schema.reference_comparisons import Row, camel

TODAY = W.replace(day=19)
"""The time zone of the company, where the next day has begun. Its weeks begin on Sunday."""

Levels = Sequence[tuple[str, bool]]
"""Columns to sort by, and whether in descending order."""


def in_order(rows: Iterable[Row], levels: Levels) -> list[Row]:
    """The rows sorted by levels; nulls come last in both directions."""
    ordered = list(rows)
    for column, descending in reversed(levels):
        there = [row for row in ordered if row[column] is not None]
        blank = [row for row in ordered if row[column] is None]
        ordered = sorted(there, key=itemgetter(column), reverse=descending) + blank
    return ordered


@dataclass(frozen=True)
class Listed:
    """A list of the API: its name, the column of its key, its default order, and the columns that each of its orders
    compares.
    """

    name: str
    type: str
    key: str
    usual: Levels
    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    around: str = "{}"
    only: Callable[[Row], bool] = lambda row: True

    @property
    def document(self) -> str:
        variables = f"$filter: {self.type}Filter, $first: Int, $last: Int, $after: String, $before: String"
        given_ = "filter: $filter, first: $first, last: $last, after: $after, before: $before"
        if self.orders:
            variables, given_ = f"{variables}, $orderBy: [{self.type}Order!]", f"{given_}, orderBy: $orderBy"
        page = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
        shown = f"totalCount {page} edges {{ cursor node {{ key: {camel(self.key)} }} }}"
        inside = f"list: {self.name}({given_}) {{ {shown} }}"
        return f"query L({variables}) {{ {self.around.replace('{}', inside)} }}"

    def keys(self, company: Company, asked: Any = None, order: Sequence[Mapping[str, str]] = ()) -> list[Any]:
        """The keys of the rows that the reference selects, in its order."""
        rows = [
            row
            for row in company.rows[self.type]
            if self.only(row) and company.passes(f"{self.type}Filter", row, asked)
        ]
        if not order:
            return [row[self.key] for row in in_order(rows, self.usual)]
        levels = [(column, each["direction"] == "DESC") for each in order for column in self.orders[each["field"]]]
        return [row[self.key] for row in in_order(rows, [*levels, (self.key, levels[-1][1])])]


def by(*names: str, **others: Sequence[str]) -> dict[str, Sequence[str]]:
    """Orders that compare the column of their own name, and those that compare others."""
    return {**{name: [name.lower()] for name in names}, **others}


NEWEST_FIRST = [("date", True), ("time_of_interaction", True), ("entry_no", True)]
LISTS = {
    listed.name: listed
    for listed in (
        Listed(
            "contacts",
            "Contact",
            "no",
            [("no", False)],
            by(
                "NO",
                "DATE_OF_LAST_INTERACTION",
                NAME=["search_name"],
                COMPANY_NAME=["search_company_name"],
                CITY=["search_city"],
                HOME_PAGE=["search_home_page"],
            ),
        ),
        Listed(
            "interactionLogEntries",
            "InteractionLogEntry",
            "entry_no",
            NEWEST_FIRST,
            by(
                "ENTRY_NO",
                "CONTACT_NO",
                "CONTACT_NAME",
                "TEMPLATE_CODE",
                "SALESPERSON_CODE",
                "CAMPAIGN_NO",
                "COST",
                "DURATION",
                DATE=["date", "time_of_interaction"],
            ),
        ),
        Listed(
            "postponedInteractions",
            "PostponedInteraction",
            "entry_no",
            [("resume_on", False), ("entry_no", False)],
            by("RESUME_ON", "ENTRY_NO", "CONTACT_NO", "SALESPERSON_CODE", "POSTPONED_AT", "CONTACT_NAME"),
        ),
        Listed(
            "segments",
            "Segment",
            "no",
            [("no", False)],
            by("NO", "DATE", DESCRIPTION=["folded"]),
            only=lambda segment: segment["logged_segment_entry_no"] is None,
        ),
        Listed(
            "lines",
            "SegmentLine",
            "line_no",
            [("line_no", False)],
            by("LINE_NO", "CONTACT_NAME", "TEMPLATE_CODE", "DATE", "COST", COMPANY_NAME=["contact_company"]),
            around='segment(no: "SM1") { {} }',
            only=lambda line: line["segment_id"] == 1,
        ),
        Listed(
            "interactionTemplates",
            "InteractionTemplate",
            "code",
            [("group_code", False), ("code", False)],
            by("CODE", "GROUP_CODE", DESCRIPTION=["folded"]),
        ),
        Listed("salespeople", "Salesperson", "code", [("code", False)], by("CODE", NAME=["search_name"])),
        Listed("campaigns", "Campaign", "no", [("no", False)], by("NO", "STARTING_DATE", DESCRIPTION=["folded"])),
        Listed("campaignEntries", "CampaignEntry", "entry_no", [("entry_no", True)]),
        Listed(
            "loggedSegments",
            "LoggedSegment",
            "entry_no",
            [("entry_no", True)],
            by("ENTRY_NO", "SEGMENT_NO", "CREATION_DATE"),
        ),
    )
}


def more(session: Session) -> None:
    """The company in its time zone, with segments and telephone numbers for filters."""
    setup = session.exec(select(tables.MarketingSetup)).one()
    setup.time_zone, setup.first_day_of_week = "Pacific/Kiritimati", 7
    for no, description in (("SM3", "ete"), ("SM4", "Zoë"), ("SM5", None), ("SM6", "a_b")):
        day = W.replace(day=1 + len(description or ""))
        session.add(tables.Segment(no=no, description=description, date=day, campaign_no="CP2"))
    session.flush()
    session.add(tables.SegmentLine(segment_id=3, line_no=1, contact_no="P09", date=W, customized=1))
    session.add(tables.SegmentLine(segment_id=2, line_no=1, contact_no="P01", date=W))


def read(session: Session) -> Company:
    """The same rows for the reference, with the values that orders compare."""
    company = Company.of(session, TODAY)
    for contact in company.rows["Contact"]:
        contact["date_of_last_interaction"] = company.last_interaction(contact)
    for type_ in ("Segment", "InteractionTemplate", "Campaign"):
        for row in company.rows[type_]:
            row["folded"] = row["description"] and fold(row["description"])
    for type_ in ("SegmentLine", "InteractionLogEntry", "PostponedInteraction"):
        for row in company.rows[type_]:
            contact = company.contact(row["contact_no"]) or {}
            row["contact_name"], row["contact_company"] = contact.get("search_name"), contact.get("search_company_name")
    return company


Asking = Callable[[str, str, Mapping[str, Any]], Any]


@pytest.fixture(scope="module")
def databases(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[dict[str, Database]]:
    with filled_databases(empty_copy, loop, build, more, make_uncertain) as databases:
        yield databases


@pytest.fixture(scope="module")
def company(databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Company:
    return loop.run_until_complete(databases["sqlite"].querying(read))


@pytest.fixture(scope="module")
def ask(databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Asking:
    """The whole response over a database: `ask("sqlite", "{ viewer { userId } }", {})`."""
    engines = {kind: Engine(GRAPH, database, clock=lambda: NOW) for kind, database in databases.items()}

    def asking(kind: str, text: str, variables: Mapping[str, Any]) -> Any:
        return json.loads(loop.run_until_complete(engines[kind].answer(GraphQLRequest(text, variables), Caller())).body)

    return asking


def page(ask: Asking, kind: str, listed: Listed, **variables: Any) -> Any:
    """The connection of one page."""
    answer = ask(kind, listed.document, variables)
    assert "errors" not in answer, answer
    found = answer["data"]
    return found["list"] if "list" in found else next(iter(found.values()))["list"]


KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
BOTH = ("ASC", "DESC")


def all_orders(listed: Listed) -> list[list[dict[str, str]]]:
    """The default order, every field in both directions, and pairs of fields that differ in direction and in nulls."""
    single = [[{"field": name, "direction": way}] for name in listed.orders for way in BOTH]
    names = list(listed.orders)
    pairs = [
        [{"field": first, "direction": way}, {"field": second, "direction": other}]
        for first, second in zip(names[1:], names[2:] + names[1:2], strict=True)
        for way, other in (("ASC", "DESC"), ("DESC", "ASC"))
    ]
    return [[], *single, *pairs]


@KINDS
@pytest.mark.parametrize("name", list(LISTS))
def test_paging_forward_or_backward_returns_every_row_once(name: str, kind: str, ask: Asking, company: Company) -> None:
    listed = LISTS[name]
    size = 17 if len(company.rows[listed.type]) > 50 else 3
    for order in all_orders(listed):
        choices = {"orderBy": order} if listed.orders else {}
        expected = listed.keys(company, order=order)
        assert [*walk(ask, kind, listed, size, expected, backward=False, **choices)] == expected, order
        assert [*walk(ask, kind, listed, size, expected, backward=True, **choices)] == expected, order


def walk(
    ask: Asking, kind: str, listed: Listed, size: int, expected: list[Any], *, backward: bool, **choices: Any
) -> list[Any]:
    """The keys of all pages. Checks `pageInfo` of each page."""
    keys: list[Any] = []
    cursor, begun, left = None, False, True
    while left:
        shown = page(
            ask,
            kind,
            listed,
            **choices,
            **({"last": size, "before": cursor} if backward else {"first": size, "after": cursor}),
        )
        new, info = [edge["node"]["key"] for edge in shown["edges"]], shown["pageInfo"]
        assert 0 < len(new) <= size
        keys = [*new, *keys] if backward else [*keys, *new]
        left = len(keys) < len(expected)
        assert shown["totalCount"] == len(expected)
        assert (info["hasNextPage"], info["hasPreviousPage"]) == ((begun, left) if backward else (left, begun))
        assert [info["startCursor"], info["endCursor"]] == [shown["edges"][place]["cursor"] for place in (0, -1)]
        cursor, begun = info["startCursor" if backward else "endCursor"], True
    return keys


@KINDS
def test_a_page_can_be_limited_by_two_cursors(kind: str, ask: Asking, company: Company) -> None:
    listed, order = LISTS["interactionLogEntries"], [{"field": "TEMPLATE_CODE", "direction": "DESC"}]
    expected = listed.keys(company, order=order)
    edges = page(ask, kind, listed, first=100, orderBy=order)["edges"]
    for start, end in ((3, 9), (30, 50), (44, 47), (50, 58), (9, 3), (5, 6)):
        limits = {"after": edges[start]["cursor"], "before": edges[end]["cursor"], "orderBy": order}
        between = expected[start + 1 : end]
        for paging, part in (({"first": 4}, between[:4]), ({"last": 4}, between[-4:])):
            assert [edge["node"]["key"] for edge in page(ask, kind, listed, **paging, **limits)["edges"]] == part
