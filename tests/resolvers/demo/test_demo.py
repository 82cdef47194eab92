"""The demo company is plausible, agrees with the rules, and is the same each time."""

import asyncio
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from persistence.campaigns import CampaignEntry
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.database import Database
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from persistence.salespeople import Salesperson
from persistence.segment_steps import SegmentStep, SegmentStepLine
from persistence.segments import LoggedSegment, Segment, SegmentLine
from persistence.setup import MarketingSetup
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers import demo, number_series
from resolvers.contacts import rules as contacts
from resolvers.demo import company, names, people
from resolvers.demo.segments import LARGE_SIZE
from resolvers.errors import Refused
from resolvers.work import User, Work
from tests.conftest import NOW
from tests.french_typography import faults

pytestmark = [pytest.mark.slow, pytest.mark.costly_setup]

TODAY = dt.date(2026, 3, 18)
CONTACTS, ENTRIES, LINES, SEGMENTS = (
    table_of(Contact),
    table_of(InteractionLogEntry),
    table_of(SegmentLine),
    table_of(Segment),
)


@dataclass
class Loaded:
    """A database with the demo company."""

    database: Database
    loop: asyncio.AbstractEventLoop
    language: str
    summary: demo.DemoLoaded
    progress: list[tuple[str, int, int]]

    def rows(self, statement: Select[Any]) -> list[dict[str, Any]]:
        return self.loop.run_until_complete(self.database.select(statement))

    def count(self, statement: Select[Any]) -> int:
        return int(self.rows(select(func.count().label("n")).select_from(statement.subquery()))[0]["n"])


@pytest.fixture(scope="module", params=[("sqlite", "FR"), ("postgresql", "EN")], ids=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Loaded]:
    engine, language = request.param
    opened, progress = Database.at(empty_copy(engine)), []
    database = loop.run_until_complete(opened.__aenter__())

    def load(session: Any) -> demo.DemoLoaded:
        return demo.load(Work(session, User("tester"), NOW, language), lambda *step: progress.append(step))

    yield Loaded(database, loop, language, loop.run_until_complete(database.writing(load)), progress)
    loop.run_until_complete(opened.__aexit__(None, None, None))


def test_the_demo_company_has_the_promised_size(loaded: Loaded) -> None:
    assert 1_900 < loaded.summary.contacts < 2_200
    assert loaded.summary.entries == 60_000
    assert loaded.count(select(CONTACTS)) == loaded.summary.contacts
    assert loaded.count(select(ENTRIES)) == loaded.summary.entries
    assert loaded.count(select(table_of(PostponedInteraction))) == loaded.summary.postponed
    first_postponed = select(func.min(table_of(PostponedInteraction).c.entry_no).label("no"))
    assert loaded.rows(first_postponed) == [{"no": 60_001}]  # an example in GraphiQL names it
    assert loaded.count(select(table_of(LoggedSegment))) == loaded.summary.logged_segments
    assert loaded.count(select(SEGMENTS).where(SEGMENTS.c.logged_segment_entry_no.is_(None))) == loaded.summary.segments
    assert ("interaction log entry", 60_000, 60_000) in loaded.progress


def test_the_company_is_in_montreal_and_has_five_salespeople_one_of_whom_has_left(loaded: Loaded) -> None:
    setup, salespeople = table_of(MarketingSetup), loaded.rows(select(table_of(Salesperson)))

    assert loaded.rows(select(setup.c.time_zone, setup.c.currency_code)) == [
        {"time_zone": "UTC", "currency_code": "CAD"}
    ]
    assert sorted(row["blocked"] for row in salespeople) == [False, False, False, False, True]
    gone = next(row["code"] for row in salespeople if row["blocked"])
    last = loaded.rows(select(func.max(ENTRIES.c.date).label("date")).where(ENTRIES.c.salesperson_code == gone))
    assert last[0]["date"] < company.departure_date(TODAY)


def test_every_template_has_french_and_english_translations(loaded: Loaded) -> None:
    translation = table_of(InteractionTemplateTranslation)
    languages_by_template = Counter(row["template_code"] for row in loaded.rows(select(translation)))

    assert set(languages_by_template.values()) == {3}
    assert set(languages_by_template) == {row["code"] for row in loaded.rows(select(table_of(InteractionTemplate)))}


def test_entries_agree_with_their_contact_template_and_campaign(loaded: Loaded) -> None:
    template, campaign_entry = table_of(InteractionTemplate), table_of(CampaignEntry)
    joined = (
        select(ENTRIES.c.entry_no)
        .join(CONTACTS, CONTACTS.c.no == ENTRIES.c.contact_no)
        .join(template, template.c.code == ENTRIES.c.template_code)
        .outerjoin(campaign_entry, campaign_entry.c.entry_no == ENTRIES.c.campaign_entry_no)
        .where(
            ENTRIES.c.company_no.is_not_distinct_from(CONTACTS.c.company_no),
            ENTRIES.c.group_code == template.c.group_code,
            ENTRIES.c.campaign_no.is_not_distinct_from(campaign_entry.c.campaign_no),
            ENTRIES.c.logged_segment_entry_no.is_not_distinct_from(
                func.coalesce(campaign_entry.c.logged_segment_entry_no, ENTRIES.c.logged_segment_entry_no)
            ),
            ENTRIES.c.salesperson_code.is_not(None),
        )
    )

    assert loaded.count(joined) == loaded.summary.entries
    assert loaded.count(joined.where(ENTRIES.c.campaign_response)) > 300
    assert loaded.count(joined.where(ENTRIES.c.evaluation.is_not(None))) > 10_000
    assert loaded.count(joined.where(ENTRIES.c.attempt_failed)) > 500
    assert 100 < loaded.count(joined.where(ENTRIES.c.canceled)) < 600
    assert loaded.count(select(table_of(InteractionComment))) > 2_000


def test_entries_follow_seasons_and_weekends_and_end_yesterday(loaded: Loaded) -> None:
    by_hand = select(ENTRIES.c.date, func.count().label("n")).where(ENTRIES.c.logged_segment_entry_no.is_(None))
    days = {row["date"]: row["n"] for row in loaded.rows(by_hand.group_by(ENTRIES.c.date))}
    months: Counter[int] = Counter()
    for day, count in days.items():
        months[day.month] += count

    assert TODAY - dt.timedelta(days=3 * 365) <= min(days) < TODAY - dt.timedelta(days=1080)
    assert TODAY - dt.timedelta(days=4) < max(days) < TODAY
    assert min(months[4], months[11]) > 1.7 * months[7]
    assert 0 < sum(count for day, count in days.items() if day.weekday() >= 5) < 0.02 * sum(days.values())


def test_logged_segments_have_a_header_and_lines(loaded: Loaded) -> None:
    logged = loaded.rows(
        select(SEGMENTS.c.last_line_no, SEGMENTS.c.follow_up_of, SEGMENTS.c.logged_segment_entry_no).where(
            SEGMENTS.c.logged_segment_entry_no.is_not(None)
        )
    )
    entry, line = ENTRIES.c, LINES.c
    entries = {
        row["logged"]: row["n"]
        for row in loaded.rows(
            select(entry.logged_segment_entry_no.label("logged"), func.count().label("n"))
            .where(entry.logged_segment_entry_no.is_not(None))
            .group_by(entry.logged_segment_entry_no)
        )
    }
    lines = loaded.rows(
        select(SEGMENTS.c.logged_segment_entry_no.label("logged"), func.count().label("n"))
        .join(LINES, line.segment_id == SEGMENTS.c.id)
        .where(SEGMENTS.c.logged_segment_entry_no.is_not(None))
        .group_by(SEGMENTS.c.logged_segment_entry_no)
    )

    assert {row["logged_segment_entry_no"]: row["last_line_no"] for row in logged} == entries
    assert {row["logged"]: row["n"] for row in lines} == entries
    assert any(row["follow_up_of"] for row in logged)


def test_one_open_segment_each_is_ready_blocked_empty_large_and_a_follow_up(loaded: Loaded) -> None:
    line, contact = LINES.c, CONTACTS.c
    blocked = func.count().filter(contact.privacy_blocked)
    opened = loaded.rows(
        select(
            SEGMENTS.c.no,
            SEGMENTS.c.follow_up_of,
            SEGMENTS.c.template_code,
            SEGMENTS.c.last_line_no,
            func.count(line.line_no).label("lines"),
            blocked.label("blocked"),
        )
        .outerjoin(LINES, line.segment_id == SEGMENTS.c.id)
        .outerjoin(CONTACTS, contact.no == line.contact_no)
        .where(SEGMENTS.c.logged_segment_entry_no.is_(None))
        .group_by(SEGMENTS.c.id)
        .order_by(SEGMENTS.c.id)
    )
    ready, bad, empty, large, follow_up = opened

    assert (ready["lines"], ready["blocked"]) == (24, 0)
    assert (bad["lines"], bad["blocked"]) == (120, 1)
    assert empty["lines"] == 0
    assert (large["lines"], large["blocked"]) == (LARGE_SIZE, 0)
    assert follow_up["follow_up_of"] is not None
    assert follow_up["template_code"] is None
    assert follow_up["lines"] > 0
    assert all(row["lines"] == row["last_line_no"] for row in opened)
    assert loaded.count(select(LINES).where(line.customized != 0)) == 3


def test_open_segments_have_the_steps_that_added_their_contacts_r_add_7(loaded: Loaded) -> None:
    step, noted = table_of(SegmentStep), table_of(SegmentStepLine)
    listed = loaded.rows(
        select(
            SEGMENTS.c.id,
            func.count(LINES.c.line_no).label("lines"),
            func.count(LINES.c.contact_no.distinct()).label("contacts"),
        )
        .join(LINES, LINES.c.segment_id == SEGMENTS.c.id)
        .where(SEGMENTS.c.logged_segment_entry_no.is_(None))
        .group_by(SEGMENTS.c.id)
        .order_by(SEGMENTS.c.id)
    )
    recorded = loaded.rows(
        select(
            step.c.segment_id,
            func.count(noted.c.line_no).label("lines"),
            func.max(step.c.no_of_contacts).label("contacts"),
        )
        .join(noted, (noted.c.segment_id == step.c.segment_id) & (noted.c.step_no == step.c.step_no))
        .group_by(step.c.segment_id)
        .order_by(step.c.segment_id)
    )

    assert [tuple(row.values()) for row in recorded] == [tuple(row.values()) for row in listed]
    assert len(recorded) == 4


def test_some_postponed_interactions_are_overdue_and_some_incomplete(loaded: Loaded) -> None:
    waiting = loaded.rows(select(table_of(PostponedInteraction)))
    last_logged = loaded.rows(select(func.max(ENTRIES.c.entry_no).label("no")))[0]["no"]

    days = [row["resume_on"] and (row["resume_on"] - TODAY).days for row in waiting]
    signs = Counter("never" if day is None else (day > 0) - (day < 0) for day in days)
    assert all(signs[when] > 3 for when in (-1, 0, 1, "never"))
    assert sum(row["template_code"] is None for row in waiting) > 5
    assert sum(row["contact_no"] is None for row in waiting) > 5
    assert all(row["contact_no"] or row["salesperson_code"] for row in waiting)
    assert min(row["entry_no"] for row in waiting) > last_logged


def test_number_series_continue_after_the_numbers_of_the_demo_company(loaded: Loaded) -> None:
    def draw(session: Any) -> tuple[str, str, str]:
        work = Work(session, User("tester"), NOW)
        fields = ("contact_nos", "segment_nos", "campaign_nos")
        contact, segment, campaign = (number_series.next_no(work, field) for field in fields)
        session.rollback()
        return contact, segment, campaign

    contact, segment, campaign = loaded.loop.run_until_complete(loaded.database.writing(draw))

    assert contact == f"CT{loaded.summary.contacts + 1:06}"
    assert segment == f"SM{loaded.summary.segments + loaded.summary.logged_segments + 1:05}"
    assert campaign > "CP0011"


def test_the_french_texts_have_the_typography_of_quebec(loaded: Loaded) -> None:
    french = ENTRIES.c.language_code.in_(("FRA", "FRC"))
    texts = {row["text"] for row in loaded.rows(select(ENTRIES.c.description.label("text")).where(french).distinct())}
    for column in (
        table_of(Segment).c.description,
        table_of(InteractionComment).c.comment,
        table_of(PostponedInteraction).c.reason,
    ):
        texts |= {row["text"] for row in loaded.rows(select(column.label("text")).distinct()) if row["text"]}
    of_english_speakers = re.compile(
        "the|The|[Ff]ollow-up|office|board|oak|discount|Talk|Has|lift|delivery|brand|budget|Notes|call"
    )

    french_texts = {text for text in texts if not re.search(rf"\b({of_english_speakers.pattern})\b", text)}

    assert len(french_texts) > 1_000
    assert {text: faults(text) for text in french_texts if faults(text)} == {}


def test_texts_written_by_carnet_are_in_the_language_of_the_request(loaded: Loaded) -> None:
    template = table_of(InteractionTemplate)
    calls = loaded.rows(select(template.c.description).where(template.c.code == "CALLIN"))[0]["description"]
    follow_ups = loaded.rows(select(SEGMENTS.c.description, SEGMENTS.c.no).where(SEGMENTS.c.follow_up_of.is_not(None)))

    assert calls == {"EN": "Incoming phone call", "FR": "Appel entrant"}[loaded.language]
    assert follow_ups
    assert {row["description"][:12] for row in follow_ups} == {
        {"EN": "Follow-up on", "FR": "Suivi du seg"}[loaded.language]
    }


def test_job_titles_agree_with_first_names() -> None:
    rows = [one.row for one in people.generate(Random(7), TODAY) if one.row["job_title"]]
    of_women = {woman for woman, man in names.JOB_TITLES["FR"] if woman != man}
    of_men = {man for woman, man in names.JOB_TITLES["FR"] if woman != man}

    for row in rows:
        is_man = row["name"].split()[0] in names.MEN
        assert row["job_title"] not in (of_women if is_man else of_men), row["name"]
    assert {name for each in names.FIRST_NAMES.values() for name in each} > names.MEN
    assert of_women | of_men <= {row["job_title"] for row in rows}


def test_the_same_day_gives_the_same_company() -> None:
    first, second = ([one.row for one in people.generate(Random(7), TODAY)] for _ in range(2))

    assert first == second
    assert len({row["name"] for row in first if row["type"] == "COMPANY"}) == people.COMPANIES


def test_a_company_with_a_contact_is_not_changed(work: Work) -> None:
    contacts.create(work, {"name": "Librairie de la Place"})

    with pytest.raises(Refused) as refused:
        demo.load(work)

    assert [type(refusal) for refusal in refused.value.refusals] == [demo.CompanyNotEmpty]
