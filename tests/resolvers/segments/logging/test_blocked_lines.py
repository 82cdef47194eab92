"""Lines that cannot be logged, and where they are afterwards (K8, K10)."""

from decimal import Decimal
from typing import Any

import pytest

from persistence.campaigns import Campaign, CampaignEntry
from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.segments import LoggedSegment, Segment
from persistence.templates import InteractionTemplate
from resolvers.errors import Refused, UserErrorCode
from resolvers.segments import rules as segments
from resolvers.segments.logging.line_status import reason_refusal
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.segments.tables import LINES
from resolvers.work import Work
from tests import records
from tests.logged_entries import entries_of, nothing_is_logged
from tests.refusals import refusal_codes
from tests.segment_lines import create_segment, insert_contacts, lines_of
from tests.statements import recorded_statements, without_ranges


def reasons_by_line(blocked: segments.BlockedLines) -> list[tuple[int, list[str]]]:
    """The numbers of the blocked lines with the codes of their reasons."""
    return [(line.line_no, [code for code, _ in line.reasons]) for line in blocked.blocked_lines]


def create_mixed_segment(work: Work, **fields: Any) -> Segment:
    """Lines 1 and 5 are ready, 2 has no contact, 3 no template, 4 a blocked template and customized fields."""
    records.insert_fixtures(work)
    segment = create_segment(work, template_code="VISIT", description="Spring", campaign_no="CP1", **fields)
    segments.add_lines(
        work, segment.no, [{"contact_no": "C1"}, {}, {"contact_no": "C2"}, {"contact_no": "P1"}, {"contact_no": "P2"}]
    )
    segments.update_lines(
        work,
        segment.no,
        [
            {"line_nos": [3], "set": {"template_code": None}},
            {
                "line_nos": [4],
                "set": {"template_code": "CALLIN", "cost": Decimal(99), "evaluation": "POSITIVE", "subject": "Own"},
            },
        ],
    )
    records.block(work, records.stored(work, InteractionTemplate, code="CALLIN"))
    again: Segment = records.stored(work, Segment, id=segment.id)
    return again


ALL_COLUMNS = [column.name for column in LINES.columns if column.name != "segment_id"]


def test_d1_100_one_line_without_a_template_prevents_logging(work: Work) -> None:
    """Rules R-LOG-6, R-LOG-12, K8."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", "P1", template_code="VISIT", campaign_no="CP1", description="Spring")
    segments.update_lines(
        work, segment.no, [{"line_nos": [3], "set": {"template_code": None, "salesperson_code": None}}]
    )

    with pytest.raises(Refused) as caught:
        segments.log(work, segment.no)

    assert [refusal.code for refusal in caught.value.refusals] == [UserErrorCode.LINES_BLOCKED]
    detail = caught.value.detail
    assert isinstance(detail, segments.BlockedLines)
    assert (detail.blocked_segment_id, detail.blocked) == (segment.id, 1)
    assert reasons_by_line(detail) == [(3, ["TEMPLATE_REQUIRED", "SALESPERSON_REQUIRED"])]
    assert nothing_is_logged(work)


def test_k10_a_line_that_names_a_blocked_record_is_not_logged(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", "P1", "P2", template_code="VISIT", description="Spring")
    segments.update_lines(
        work,
        segment.no,
        [{"line_nos": [1], "set": {"template_code": "CALLIN"}}, {"line_nos": [4], "set": {"campaign_no": "CP2"}}],
    )
    for model, key in (
        (InteractionTemplate, {"code": "CALLIN"}),
        (Salesperson, {"code": "PS"}),
        (Campaign, {"no": "CP2"}),
        (Contact, {"no": "C2"}),
    ):
        records.block(work, records.stored(work, model, **key))

    with pytest.raises(Refused) as caught:
        segments.log(work, segment.no)

    detail = caught.value.detail
    assert isinstance(detail, segments.BlockedLines)
    assert reasons_by_line(detail) == [
        (1, ["TEMPLATE_BLOCKED"]),
        (2, ["CONTACT_PRIVACY_BLOCKED", "SALESPERSON_BLOCKED"]),
        (4, ["SALESPERSON_BLOCKED", "CAMPAIGN_BLOCKED"]),
    ]
    assert "C2" in reason_refusal(*detail.blocked_lines[1].reasons[0]).message("EN")


def test_the_first_hundred_blocked_lines_are_listed(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, *insert_contacts(work, 120), description="Spring")

    with pytest.raises(Refused) as caught:
        segments.log(work, segment.no)

    detail = caught.value.detail
    assert isinstance(detail, segments.BlockedLines)
    assert (detail.blocked, [line.line_no for line in detail.blocked_lines]) == (120, list(range(1, 101)))


def test_k8_skipped_blocked_lines_stay_in_the_closed_segment(work: Work) -> None:
    segment = create_mixed_segment(work)

    logged = segments.log(work, segment.no, create_follow_up=True, on_blocked=OnBlocked.SKIP)

    assert (logged.logged, logged.skipped, logged.blocked) == (2, 1, 2)
    assert (logged.closed_segment_id, logged.open_segment_id, logged.blocked_segment_id) == (
        segment.id,
        None,
        segment.id,
    )
    assert reasons_by_line(logged) == [(3, ["TEMPLATE_REQUIRED"]), (4, ["TEMPLATE_BLOCKED"])]
    assert entries_of(work, logged, "contact_no") == ["C1", "P2"]
    assert lines_of(work, segment.id, "line_no") == [1, 2, 3, 4, 5]
    assert work.find(Segment, no=segment.no, logged_segment_entry_no=None) is None
    assert lines_of(work, logged.follow_up_segment_id, "contact_no") == ["C1", "P2"]


def test_k8_lines_left_in_the_segment_keep_their_numbers_and_values(work: Work) -> None:
    segment = create_mixed_segment(work, unit_cost=Decimal(7), subject_default="Offer")
    header, lines = segment.model_dump(), lines_of(work, segment.id, *ALL_COLUMNS)

    logged = segments.log(work, segment.no, on_blocked=OnBlocked.LEAVE_IN_SEGMENT)

    assert (logged.logged, logged.skipped, logged.blocked, logged.closed_segment_id) == (2, 1, 2, None)
    still_open = records.stored(work, Segment, no=segment.no, logged_segment_entry_no=None)
    assert (logged.open_segment_id, logged.blocked_segment_id) == (still_open.id, still_open.id)
    assert still_open.model_dump() == header | {"id": still_open.id, "version": header["version"] + 1}
    assert lines_of(work, still_open.id, *ALL_COLUMNS) == lines[2:4]
    assert lines_of(work, segment.id, *ALL_COLUMNS) == [*lines[:2], lines[4]]
    assert records.stored(work, Segment, id=segment.id).logged_segment_entry_no == logged.logged_segment_entry_no


def test_k9_lines_that_were_left_can_be_corrected_and_logged_under_the_same_number(work: Work) -> None:
    segment = create_mixed_segment(work)
    first = segments.log(work, segment.no, on_blocked=OnBlocked.LEAVE_IN_SEGMENT)

    segments.update_lines(work, segment.no, [{"line_nos": [3, 4], "set": {"template_code": "VISIT"}}])
    segments.add_lines(work, segment.no, [{"contact_no": "C1"}])
    second = segments.log(work, segment.no)

    assert entries_of(work, second, "contact_no") == ["C2", "P1", "C1"]
    registers = [records.stored(work, LoggedSegment, entry_no=each.logged_segment_entry_no) for each in (first, second)]
    assert [register.segment_no for register in registers] == [segment.no, segment.no]
    entries = [records.stored(work, CampaignEntry, logged_segment_entry_no=register.entry_no) for register in registers]
    assert [entry.campaign_no for entry in entries] == ["CP1", "CP1"]
    assert refusal_codes(segments.log, work, segment.no) == ["LOGGED_SEGMENT_EXISTS"]


@pytest.mark.parametrize("on_blocked", [OnBlocked.SKIP, OnBlocked.LEAVE_IN_SEGMENT])
def test_k8_if_all_lines_are_blocked_nothing_is_logged_and_the_reasons_are_listed(
    work: Work, on_blocked: OnBlocked
) -> None:
    segment = create_mixed_segment(work)
    segments.remove_lines(work, segment.no, line_nos=[1, 5])
    savepoint = work.session.begin_nested()

    with pytest.raises(Refused) as caught:
        segments.log(work, segment.no, on_blocked=on_blocked)
    savepoint.rollback()

    assert [refusal.code for refusal in caught.value.refusals] == [UserErrorCode.SEGMENT_EMPTY]
    assert isinstance(caught.value.detail, segments.BlockedLines)
    assert reasons_by_line(caught.value.detail) == [(3, ["TEMPLATE_REQUIRED"]), (4, ["TEMPLATE_BLOCKED"])]
    assert nothing_is_logged(work)


@pytest.mark.parametrize("on_blocked", list(OnBlocked))
def test_k8_without_blocked_lines_all_choices_do_the_same(work: Work, on_blocked: OnBlocked) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT", description="Spring")

    logged = segments.log(work, segment.no, on_blocked=on_blocked)

    assert (logged.logged, logged.blocked, logged.blocked_lines) == (2, 0, [])
    assert (logged.closed_segment_id, logged.open_segment_id) == (segment.id, None)


def test_leaving_lines_executes_the_same_number_of_statements_for_any_number_of_lines(work: Work) -> None:
    records.insert_fixtures(work)
    few, many = (
        create_segment(work, *insert_contacts(work, count), template_code="VISIT", description="Spring").no
        for count in (10, 1000)
    )
    for no in (few, many):
        segments.update_lines(
            work, no, [{"matching": lambda line: line.c.line_no % 2 == 0, "set": {"template_code": None}}]
        )
    sent = []

    for no in (few, many):
        with recorded_statements(work) as statements:
            segments.log(work, no, on_blocked=OnBlocked.LEAVE_IN_SEGMENT)
        sent.append(len(without_ranges(statements)))

    assert sent[0] == sent[1] <= 11
