"""Follow-up segments (R-LOG-11, K10, K14)."""

from decimal import Decimal
from typing import Any

from sqlalchemy import false, update

from persistence.contacts import Contact
from persistence.segments import LoggedSegment, Segment
from persistence.templates import InteractionTemplate
from resolvers.segments import rules as segments
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work
from tests import records
from tests.logged_entries import entries_of, nothing_is_logged
from tests.refusals import refusal_codes, refusals_of
from tests.segment_lines import create_ready_segment, create_segment, customized_fields, insert_contacts, lines_of
from tests.statements import recorded_statements


def test_d1_103_logging_is_refused_if_the_follow_up_has_no_number_series(work: Work) -> None:
    """Rules R-LOG-11, R-LOG-12."""
    records.insert_fixtures(work)
    segment = create_ready_segment(work).no
    records.change_setup(work, segment_nos=None)

    savepoint = work.session.begin_nested()
    assert refusal_codes(segments.log, work, segment, create_follow_up=True) == ["NUMBER_SERIES_MISSING"]
    savepoint.rollback()

    assert nothing_is_logged(work)
    assert segments.log(work, segment).logged == 1


def test_r_log_11_the_follow_up_has_the_users_salesperson_and_contacts_excluded_since(work: Work) -> None:
    """Rule K10."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT", description="Spring", salesperson_code="JO")
    records.stored(work, Contact, no="C1").exclude_from_segment = True
    work.session.flush()

    logged = segments.log(records.as_user(work, salesperson="PS"), segment.no, create_follow_up=True)

    assert lines_of(work, logged.follow_up_segment_id, "contact_no", "salesperson_code", "cost", "date") == [
        ("C1", "PS", Decimal(0), records.TODAY),
        ("C2", "PS", Decimal(0), records.TODAY),
    ]


def test_a_follow_up_can_be_logged_and_names_the_logged_segment_it_follows(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_ready_segment(work)
    first = segments.log(work, segment.no, create_follow_up=True)
    follow_up = records.stored(work, Segment, id=first.follow_up_segment_id)
    segments.update(work, follow_up.no, {"template_code": "CALLOUT"})

    second = segments.log(work, follow_up.no)

    assert entries_of(work, second, "template_code", "cost") == [("CALLOUT", Decimal(1))]
    register = records.stored(work, LoggedSegment, entry_no=second.logged_segment_entry_no)
    assert register.follow_up_of == first.logged_segment_entry_no


def log_segment(work: Work, **fields: Any) -> segments.Logged:
    """A logged segment with C1, C2 and P1 and the campaign CP1; the attempt at C2 failed, and P1 has another campaign."""
    records.insert_fixtures(work)
    segment = create_segment(
        work, "C1", "C2", "P1", **{"template_code": "VISIT", "description": "Spring", "campaign_no": "CP1"} | fields
    )
    segments.update_lines(
        work,
        segment.no,
        [{"line_nos": [2], "set": {"attempt_failed": True}}, {"line_nos": [3], "set": {"campaign_no": "CP2"}}],
    )
    return segments.log(work, segment.no)


def followed_up(work: Work, logged: segments.Logged, **choices: Any) -> Segment:
    made = segments.create_follow_up(work, logged.logged_segment_entry_no, **choices)
    segment: Segment = records.stored(work, Segment, id=made.segment_id)
    return segment


def test_r_log_11_a_follow_up_created_later_equals_one_created_with_logging(work: Work) -> None:
    logged = log_segment(work)
    records.block(work, records.stored(work, Contact, no="C1"))

    later = followed_up(work, logged)

    no = records.stored(work, LoggedSegment, entry_no=logged.logged_segment_entry_no).segment_no
    assert (later.description, later.campaign_no, later.template_code) == (f"Follow-up on segment {no}", "CP1", None)
    assert (later.date, later.follow_up_of, later.last_line_no) == (records.TODAY, logged.logged_segment_entry_no, 3)
    assert lines_of(work, later.id, "line_no", "contact_no", "salesperson_code", "campaign_no", "template_code") == [
        (1, "C1", "JO", "CP1", None),
        (2, "C2", "PS", "CP1", None),
        (3, "P1", "JO", "CP2", None),
    ]
    assert customized_fields(work, later.id) == [[], [], ["campaign_no"]]


def test_only_contacts_whose_entries_match_are_followed_up(work: Work) -> None:
    logged = log_segment(work)

    later = followed_up(work, logged, matching=lambda entry: entry.c.attempt_failed)

    assert lines_of(work, later.id, "contact_no") == ["C2"]


def test_k14_canceled_entries_are_followed_up_only_if_the_filter_names_canceled(work: Work) -> None:
    logged = log_segment(work)
    work.session.execute(update(ENTRIES).values(canceled=True).where(ENTRIES.c.contact_no == "C1"))

    usual, variables = followed_up(work, logged), followed_up(work, logged, with_canceled=True)

    assert lines_of(work, usual.id, "contact_no") == ["C2", "P1"]
    assert lines_of(work, variables.id, "contact_no") == ["C1", "C2", "P1"]


def test_a_follow_up_with_a_template_has_its_interaction(work: Work) -> None:
    """Rules R-HTMP-2, R-LIN-1."""
    logged = log_segment(work)

    later = followed_up(work, logged, template_code=" callout ", description=" Call them ")

    assert (later.template_code, later.group_code, later.unit_cost, later.description) == (
        "CALLOUT",
        "PHONE",
        Decimal(1),
        "Call them",
    )
    assert (
        lines_of(work, later.id, "template_code", "cost", "duration", "description")
        == [("CALLOUT", Decimal(1), 15, "Call them")] * 3
    )
    assert segments.log(work, later.no).logged == 3


def test_the_campaign_of_the_template_is_used_if_the_logged_segment_had_none(work: Work) -> None:
    """R-HTMP-2; the campaign of a line that differs from the segment's stays."""
    logged = log_segment(work, campaign_no=None)
    records.stored(work, InteractionTemplate, code="CALLOUT").campaign_no = "CP1"

    later = followed_up(work, logged, template_code="CALLOUT")

    assert later.campaign_no == "CP1"
    assert lines_of(work, later.id, "campaign_no") == ["CP1", "CP1", "CP2"]


def test_all_refusals_of_a_follow_up_are_reported_at_once_and_nothing_is_created(work: Work) -> None:
    """Rule K4."""
    logged = log_segment(work)
    records.block(work, records.stored(work, InteractionTemplate, code="CALLIN"))
    entry_no = logged.logged_segment_entry_no

    assert refusals_of(segments.create_follow_up, work, entry_no, template_code="NOPE") == [
        ("TEMPLATE_NOT_FOUND", ("template_code",))
    ]
    assert refusals_of(segments.create_follow_up, work, entry_no + 1) == [("NOT_FOUND", ("logged_segment_entry_no",))]
    records.change_setup(work, segment_nos=None)
    assert refusal_codes(segments.create_follow_up, work, entry_no, template_code="CALLIN", description="x" * 101) == [
        "TOO_LONG",
        "TEMPLATE_BLOCKED",
        "NUMBER_SERIES_MISSING",
    ]
    assert work.find(Segment, follow_up_of=entry_no) is None


def test_a_follow_up_without_contacts_is_refused(work: Work) -> None:
    logged = log_segment(work)
    savepoint = work.session.begin_nested()

    assert refusals_of(segments.create_follow_up, work, logged.logged_segment_entry_no, matching=lambda _: false()) == [
        ("SEGMENT_EMPTY", ("filter",))
    ]
    savepoint.rollback()
    assert work.find(Segment, follow_up_of=logged.logged_segment_entry_no) is None


def test_creating_a_follow_up_executes_the_same_number_of_statements_for_any_number_of_contacts(work: Work) -> None:
    records.insert_fixtures(work)
    few, many = (
        segments.log(
            work, create_segment(work, *insert_contacts(work, count), template_code="VISIT", description="Spring").no
        )
        for count in (10, 1000)
    )
    assert work.setup.segment_nos == "SEGM"
    sent = []

    for logged in (few, many):
        with recorded_statements(work) as statements:
            followed_up_by = segments.create_follow_up(work, logged.logged_segment_entry_no, template_code="CALLOUT")
        sent.append(len(statements))

    assert len(lines_of(work, followed_up_by.segment_id, "line_no")) == 1000
    assert sent[0] == sent[1] <= 17
