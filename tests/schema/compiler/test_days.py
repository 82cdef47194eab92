"""Entries dated after the company's today do not count until that day has come, by the clock or by the time zone (K5, K15)."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select, update
from sqlmodel import Session

from persistence import tables
from persistence.database import Database
from persistence.entry_numbers import reserve
from resolvers import company_calendar
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import W
from tests.schema.queries import GRAPH

YESTERDAY, TOMORROW, NEXT_MONTH = W - dt.timedelta(1), W + dt.timedelta(1), W + dt.timedelta(30)
WEST, EAST = "Pacific/Pago_Pago", "Pacific/Kiritimati"
"""At 10:15 in UTC it is 23:15 of the day before in the first zone, and 00:15 of the day after in the second."""


@dataclass
class Company:
    """A company with a clock that the test sets. The same documents are sent repeatedly, so that their plans come from
    the cache.
    """

    database: Database
    loop: asyncio.AbstractEventLoop
    plain: bool = False
    now: dt.datetime = NOW

    def __post_init__(self) -> None:
        self._engine = Engine(GRAPH, self.database, clock=lambda: self.now, default_execution=self.plain)

    def ask(self, text: str, **variables: Any) -> Any:
        answer = json.loads(
            self.loop.run_until_complete(self._engine.answer(GraphQLRequest(text, variables), Caller())).body
        )
        assert "errors" not in answer, answer
        return answer["data"]

    def numbers(self, arguments: str) -> list[str]:
        return [
            each["no"]
            for each in self.ask(f"{{ contacts(first: 9, {arguments}) {{ nodes {{ no }} }} }}")["contacts"]["nodes"]
        ]

    def last(self, no: str) -> tuple[str | None, str | None]:
        contact = self.ask(f'{{ contact(no: "{no}") {{ dateOfLastInteraction lastDateAttempted }} }}')["contact"]
        return contact["dateOfLastInteraction"], contact["lastDateAttempted"]

    def move_to(self, zone: str) -> None:
        done = self.ask(
            "mutation M($zone: String!) { updateMarketingSetup(input: {marketingSetup: {timeZone: $zone}}) "
            "{ marketingSetup { timeZone } userErrors { code } } }",
            zone=zone,
        )
        assert done["updateMarketingSetup"] == {"marketingSetup": {"timeZone": zone}, "userErrors": []}


def _contacts(session: Session) -> None:
    """Contacts with an interaction yesterday, also tomorrow, also next month, only next month, and never."""
    kept = {
        "OLD": [YESTERDAY],
        "SOON": [YESTERDAY, TOMORROW],
        "LATER": [YESTERDAY, NEXT_MONTH],
        "PLANNED": [NEXT_MONTH],
        "NEVER": [],
    }
    session.add(tables.Contact(no="CO", type="COMPANY", name="Co", search_name="co", company_no="CO"))
    session.flush()
    for no in kept:
        session.add(
            tables.Contact(
                no=no, type="PERSON", name=no, search_name=no.lower(), company_no="CO" if no == "SOON" else None
            )
        )
    session.flush()
    entry_nos = iter(reserve(session, sum(map(len, kept.values()))))
    for no, days in kept.items():
        for day in days:
            session.add(
                tables.InteractionLogEntry(
                    entry_no=next(entry_nos),
                    contact_no=no,
                    company_no="CO" if no == "SOON" else None,
                    date=day,
                    initiated_by="US",
                    time_of_interaction=dt.time(9),
                    description="Visit",
                    user_id="u",
                    logged_at=NOW,
                )
            )
    session.flush()


@pytest.fixture(params=[False, True], ids=["planned", "plain"])
def company(request: pytest.FixtureRequest, database: Database, loop: asyncio.AbstractEventLoop) -> Company:
    loop.run_until_complete(database.writing(_contacts))
    return Company(database, loop, request.param)


BEFORE = (YESTERDAY.isoformat(),) * 2
AFTER = (TOMORROW.isoformat(),) * 2
TURNS: dict[str, Callable[[Company], None]] = {
    "the clock goes on": lambda company: setattr(company, "now", NOW + dt.timedelta(1)),
    "the company moves": lambda company: company.move_to(EAST),
}


@pytest.mark.parametrize("turn", list(TURNS))
def test_an_interaction_dated_tomorrow_counts_from_midnight_on_k5(turn: str, company: Company) -> None:
    company.move_to(WEST)
    assert [company.last(no) for no in ("SOON", "CO", "LATER", "PLANNED", "NEVER")] == [
        BEFORE,
        BEFORE,
        BEFORE,
        (None, None),
        (None, None),
    ]
    company.move_to("UTC")
    assert company.last("SOON") == BEFORE

    TURNS[turn](company)

    assert [company.last(no) for no in ("SOON", "CO", "LATER", "PLANNED", "NEVER")] == [
        AFTER,
        AFTER,
        BEFORE,
        (None, None),
        (None, None),
    ]


@pytest.mark.parametrize("turn", list(TURNS))
def test_filters_and_orders_by_last_interactions_change_at_midnight_k5(turn: str, company: Company) -> None:
    asked = {
        "silent": f'filter: {{dateOfLastInteraction: {{lt: "{TOMORROW}"}}}}',
        "never": "filter: {dateOfLastInteraction: {isNull: true}}",
        "not attempted": "filter: {lastDateAttempted: {isNull: true}}",
        "today": "filter: {lastDateAttempted: {current: DAY}}",
        "future": 'filter: {or: [{dateOfLastInteraction: {future: true}}, {lastDateAttempted: {gt: "2026-04-01"}}]}',
        "newest": "orderBy: [{field: DATE_OF_LAST_INTERACTION, direction: DESC}]",
    }

    before = {name: company.numbers(arguments) for name, arguments in asked.items()}
    TURNS[turn](company)
    after = {name: company.numbers(arguments) for name, arguments in asked.items()}

    assert before == {
        "silent": ["CO", "LATER", "OLD", "SOON"],
        "never": ["NEVER", "PLANNED"],
        "not attempted": ["NEVER", "PLANNED"],
        "today": [],
        "future": [],
        "newest": ["SOON", "OLD", "LATER", "CO", "PLANNED", "NEVER"],
    }
    assert after == {
        "silent": ["LATER", "OLD"],
        "never": ["NEVER", "PLANNED"],
        "not attempted": ["NEVER", "PLANNED"],
        "today": ["CO", "SOON"],
        "future": [],
        "newest": ["SOON", "CO", "OLD", "LATER", "PLANNED", "NEVER"],
    }


def test_a_cursor_by_last_interaction_works_after_midnight(company: Company) -> None:
    page = (
        "query P($after: String) { contacts(first: 2, after: $after, "
        "orderBy: [{field: DATE_OF_LAST_INTERACTION, direction: ASC}]) { nodes { no } pageInfo { endCursor } } }"
    )
    first = company.ask(page)["contacts"]
    company.now += dt.timedelta(1)

    rest = company.ask(page, after=first["pageInfo"]["endCursor"])["contacts"]

    assert [each["no"] for each in first["nodes"]] == ["CO", "LATER"]
    assert [each["no"] for each in rest["nodes"]] == ["OLD", "CO"], "its day is a later one by now"


def test_segments_add_contacts_without_interactions_up_to_today_k5(company: Company) -> None:
    """Criteria are stored as the client sent them; relative dates start from the day on which they are repeated
    (R-SAV).
    """
    silent = f'{{type: {{eq: PERSON}}, or: [{{dateOfLastInteraction: {{lt: "{TOMORROW}"}}}}, {{dateOfLastInteraction: {{isNull: true}}}}]}}'
    no = company.ask('mutation { createSegment(input: {segment: {description: "Silent"}}) { segment { no } } }')[
        "createSegment"
    ]["segment"]["no"]
    added = company.ask(
        f'mutation {{ addSegmentContacts(input: {{segmentNo: "{no}", from: {{filter: {silent}}}}}) {{ added }} }}'
    )
    company.ask(
        f'mutation {{ saveSegmentCriteria(input: {{segmentNo: "{no}", code: "S", description: "Silent"}}) {{ userErrors {{ code }} }} }}'
    )
    again = company.ask('mutation { createSegment(input: {segment: {description: "Again"}}) { segment { no } } }')[
        "createSegment"
    ]["segment"]["no"]
    company.now += dt.timedelta(1)

    reused = company.ask(f'mutation {{ reuseSegmentCriteria(input: {{segmentNo: "{again}", code: "S"}}) {{ added }} }}')

    assert (added["addSegmentContacts"]["added"], reused["reuseSegmentCriteria"]["added"]) == (5, 4)


def test_counts_of_interactions_include_planned_ones(company: Company) -> None:
    """K14: a count is a count of entries; only dates of last interactions end with today."""
    assert company.numbers("filter: {interactions: {count: {eq: 0}}}") == ["NEVER"]
    assert company.numbers("filter: {interactions: {count: {gte: 1}, where: {date: {future: false}}}}") == [
        "CO",
        "LATER",
        "OLD",
        "SOON",
    ]


def test_a_payload_shows_today_in_the_time_zone_that_the_mutation_set(company: Company) -> None:
    def moved(zone: str) -> str:
        return (
            f'updateMarketingSetup(input: {{marketingSetup: {{timeZone: "{zone}"}}}}) {{ marketingSetup {{ today }} }}'
        )

    done = company.ask(f"mutation {{ west: {moved(WEST)} utc: {moved('UTC')} east: {moved(EAST)} }}")

    assert [each["marketingSetup"]["today"] for each in done.values()] == [str(day) for day in (YESTERDAY, W, TOMORROW)]


def test_postponed_interactions_become_due_at_midnight_k15(company: Company) -> None:
    company.ask(
        'mutation P($day: Date!) { postponeInteraction(input: {interaction: {contactNo: "OLD"}, resumeOn: $day}) { userErrors { code } } }',
        day=TOMORROW.isoformat(),
    )

    def waiting() -> Any:
        found = company.ask(
            "{ postponedInteractions { nodes { state } } due: postponedInteractions(filter: {state: [TODAY]}) { totalCount } }"
        )
        return found["postponedInteractions"]["nodes"][0]["state"], found["due"]["totalCount"]

    assert waiting() == ("LATER", 0)
    company.move_to(EAST)
    assert waiting() == ("TODAY", 1)
    company.now += dt.timedelta(1)
    assert waiting() == ("OVERDUE", 0)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(sorted(available_timezones())),
    now=st.datetimes(dt.datetime(1980, 1, 1), dt.datetime(2099, 12, 31), timezones=st.just(dt.UTC)),
)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_both_databases_have_the_date_of_python_in_every_time_zone(
    zones: dict[str, Database], loop: asyncio.AbstractEventLoop, kind: str, zone: str, now: dt.datetime
) -> None:
    def day(session: Session) -> Any:
        session.execute(update(tables.MarketingSetup).values(time_zone=zone))
        here = company_calendar.company_today(lambda of, type_: literal(of(company_calendar.days(now)), type_))
        found = session.scalar(select(here))
        session.rollback()
        return found

    assert loop.run_until_complete(zones[kind].querying(day)) == now.astimezone(ZoneInfo(zone)).date()


@pytest.fixture(scope="module")
def zones(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[dict[str, Database]]:
    opened = {kind: Database.at(empty_copy(kind)) for kind in ("sqlite", "postgresql")}
    yield {kind: loop.run_until_complete(opening.__aenter__()) for kind, opening in opened.items()}
    for opening in opened.values():
        loop.run_until_complete(opening.__aexit__(None, None, None))
