"""Preview, logging and undoing of random segments agree with each other and with a model in Python (K8, K18)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, note
from hypothesis import given as generated
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from persistence.campaigns import Campaign, CampaignEntry
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry
from persistence.salespeople import Salesperson
from persistence.segments import LoggedSegment, Segment, SegmentLine
from persistence.templates import InteractionTemplate
from resolvers.errors import Refusal, Refused
from resolvers.segments import rules as segments
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.segments.logging.writing_entries import COPIED
from resolvers.segments.tables import CAMPAIGN_ENTRIES, LINES, LOGGED_SEGMENTS
from resolvers.work import Work
from tests import records
from tests.logged_entries import entries_of
from tests.segment_lines import create_segment, lines_of
from tests.soaking import examples

pytestmark = pytest.mark.slow

ALL_COLUMNS = [column.name for column in LINES.columns if column.name != "segment_id"]

A_LINE = st.fixed_dictionaries(
    {
        "contact_no": st.sampled_from([None, "C1", "C2", "P2", "SHUT"]),
        "template_code": st.sampled_from([None, "VISIT", "MAIL", "OLD"]),
        "salesperson_code": st.sampled_from([None, "JO", "JO", "PS", "GONE"]),
        "campaign_no": st.sampled_from([None, "CP1", "CP2", "OVER"]),
        "description": st.sampled_from([None, "Own"]),
        "subject": st.sampled_from([None, "Subject"]),
        "date": st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
        "time_of_interaction": st.sampled_from([None, dt.time(23, 59, 59)]),
        "cost": st.decimals(0, Decimal("99999.99"), places=2),
        "duration": st.integers(0, 525600),
        "information_flow": st.sampled_from([None, "INBOUND"]),
        "initiated_by": st.sampled_from([None, "THEM"]),
        "campaign_target": st.booleans(),
        "campaign_response": st.booleans(),
        "correspondence_type": st.sampled_from([None, "EMAIL", "FAX"]),
        "language_code": st.sampled_from([None, "FRA"]),
        "evaluation": st.sampled_from([None, "NEGATIVE"]),
        "attempt_failed": st.booleans(),
        "customized": st.integers(0, 2**17 - 1),
    }
)
A_GOOD_LINE = A_LINE.map(
    lambda line: (
        line
        | {
            "contact_no": "P2" if line["contact_no"] == "SHUT" else line["contact_no"],
            "template_code": "VISIT",
            "salesperson_code": "PS",
            "campaign_no": "CP2" if line["campaign_no"] == "OVER" else line["campaign_no"],
        }
    )
)


def reasons(line: dict[str, Any]) -> list[str]:
    """Whether a line with a contact is blocked, in Python."""
    found = {
        "TEMPLATE_REQUIRED": line["template_code"] is None,
        "SALESPERSON_REQUIRED": line["salesperson_code"] is None,
        "CONTACT_PRIVACY_BLOCKED": line["contact_no"] == "SHUT",
        "TEMPLATE_BLOCKED": line["template_code"] == "OLD",
        "SALESPERSON_BLOCKED": line["salesperson_code"] == "GONE",
        "CAMPAIGN_BLOCKED": line["campaign_no"] == "OVER",
    }
    return [code for code, holds in found.items() if holds]


def status(line: dict[str, Any]) -> str:
    return "SKIPPED" if line["contact_no"] is None else "BLOCKED" if reasons(line) else "READY"


def insert_company(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "SHUT", salesperson_code="JO")
    records.insert_template(work, "OLD")
    records.insert_salesperson(work, "GONE")
    records.insert_campaign(work, "OVER")
    for model, key in (
        (Contact, {"no": "SHUT"}),
        (InteractionTemplate, {"code": "OLD"}),
        (Salesperson, {"code": "GONE"}),
        (Campaign, {"no": "OVER"}),
    ):
        records.block(work, records.stored(work, model, **key))


def count_rows(work: Work) -> list[int]:
    """The numbers of rows of all tables that logging writes."""
    tables = (InteractionLogEntry, LoggedSegment, CampaignEntry, Segment, SegmentLine)
    return [work.session.scalar(select(func.count()).select_from(table_of(each))) or 0 for each in tables]


@examples(25, 1500)
@generated(
    lines=st.lists(A_GOOD_LINE, max_size=9) | st.lists(A_GOOD_LINE | A_LINE, max_size=9),
    on_blocked=st.sampled_from(OnBlocked),
    follow_up=st.booleans(),
    description=st.sampled_from(["Spring", "Spring", None]),
    with_token=st.booleans(),
)
def test_preview_log_and_undo_agree_for_every_kind_of_segment(
    work: Work,
    lines: list[dict[str, Any]],
    on_blocked: OnBlocked,
    follow_up: bool,
    description: str | None,
    with_token: bool,
) -> None:
    savepoint = work.session.begin_nested()
    try:
        insert_company(work)
        segment = insert_segment(work, lines, description)
        header, before, counts = segment.model_dump(), lines_of(work, segment.id, *ALL_COLUMNS), count_rows(work)

        choices: dict[str, Any] = {"create_follow_up": follow_up, "on_blocked": on_blocked}
        shown = assert_preview(work, segment, lines, **choices)
        choices["plan_token"] = shown.plan_token if with_token else None
        if shown.refusals:
            event("refused")
            assert refusals_of_logging(work, segment, **choices) == shown.refusals
            assert count_rows(work) == counts
        else:
            event(f"logged with {on_blocked}, {shown.blocked > 0}")
            logged = segments.log(work, segment.no, **choices)
            assert_logged(work, logged, lines, shown)
            segments.undo(work, logged.logged_segment_entry_no)

        again = records.stored(work, Segment, no=segment.no, logged_segment_entry_no=None)
        changing = {} if shown.refusals else {"id": again.id, "version": again.version}
        assert again.model_dump() == header | changing
        assert lines_of(work, again.id, *ALL_COLUMNS) == before
    finally:
        savepoint.rollback()
        work.session.expire_all()


def insert_segment(work: Work, lines: list[dict[str, Any]], description: str | None) -> Segment:
    segment = create_segment(work, description=description, subject_default="Offer", unit_cost=Decimal(3))
    for line_no, line in enumerate(lines, start=1):
        work.session.execute(
            insert(LINES).values(segment_id=segment.id, line_no=line_no, company_no=line["contact_no"], **line)
        )
    segment.last_line_no = len(lines)
    work.session.flush()
    return segment


def refusals_of_logging(work: Work, segment: Segment, **choices: Any) -> list[Refusal]:
    savepoint = work.session.begin_nested()
    with pytest.raises(Refused) as caught:
        segments.log(work, segment.no, **choices)
    savepoint.rollback()
    return list(caught.value.refusals)


def assert_preview(work: Work, segment: Segment, lines: list[dict[str, Any]], **choices: Any) -> segments.Preview:
    shown = segments.preview(work, segment.no, **choices)
    assert shown is not None
    assert shown.segment_id is not None
    stand = [status(line) for line in lines]
    note(f"{stand}, {shown}")
    assert (shown.ready, shown.skipped, shown.blocked) == tuple(map(stand.count, ("READY", "SKIPPED", "BLOCKED")))
    ready = [line for line in lines if status(line) == "READY"]
    assert shown.cost == sum(line["cost"] for line in ready)
    assert shown.duration == sum(line["duration"] for line in ready)
    assert shown.no_of_campaign_entries == len({line["campaign_no"] for line in ready} - {None})
    judged = segments.lines_page(work, shown.segment_id, 100).lines
    assert [(line.line_no, line.status, [code for code, _ in line.reasons]) for line in judged] == [
        (line_no, status(line), reasons(line) if status(line) == "BLOCKED" else [])
        for line_no, line in enumerate(lines, start=1)
    ]
    return shown


def assert_logged(work: Work, logged: segments.Logged, lines: list[dict[str, Any]], shown: segments.Preview) -> None:
    assert (logged.logged, logged.skipped, logged.blocked) == (shown.ready, shown.skipped, shown.blocked)
    ready = [line for line in lines if status(line) == "READY"]
    copied = [name for name in COPIED if name not in ("company_no", "group_code")]
    assert entries_of(work, logged, *copied) == [tuple(line[name] for name in copied) for line in ready]
    derived = [
        (
            line["description"] or "Spring",
            line["time_of_interaction"] or dt.time(10, 16),
            None
            if line["correspondence_type"] == "EMAIL" and line["contact_no"] == "P2"
            else line["correspondence_type"],
        )
        for line in ready
    ]
    assert entries_of(work, logged, "description", "time_of_interaction", "correspondence_type") == derived
    came_with = CAMPAIGN_ENTRIES.c.logged_segment_entry_no == logged.logged_segment_entry_no
    assert work.session.scalar(select(func.count()).where(came_with)) == shown.no_of_campaign_entries
    assert work.session.scalar(select(LOGGED_SEGMENTS.c.entry_no)) == logged.logged_segment_entry_no
    blocked = [line_no for line_no, line in enumerate(lines, start=1) if status(line) == "BLOCKED"]
    assert [line.line_no for line in logged.blocked_lines] == blocked
    assert set(blocked) <= set(lines_of(work, logged.blocked_segment_id, "line_no"))
    if logged.follow_up_segment_id is not None:
        assert lines_of(work, logged.follow_up_segment_id, "contact_no") == [line["contact_no"] for line in ready]
