"""Previews of logging a segment, and logging with their tokens (K8)."""

from decimal import Decimal
from typing import Any

import pytest

from persistence.contacts import Contact
from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from resolvers.segments import rules as segments
from resolvers.segments.logging.line_status import CheckedLine, LineStatus
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.work import Work
from tests import records
from tests.logged_entries import nothing_is_logged
from tests.refusals import refusal_codes, refusals_of
from tests.segment_lines import create_ready_segment, create_segment, insert_contacts
from tests.statements import recorded_statements


def preview(
    work: Work, no: str, *, create_follow_up: bool = False, on_blocked: OnBlocked = OnBlocked.FAIL
) -> segments.Preview:
    shown = segments.preview(work, no, create_follow_up=create_follow_up, on_blocked=on_blocked)
    assert shown is not None
    return shown


def refusals_of_preview(work: Work, no: str, **choices: Any) -> list[str]:
    return [str(refusal.code) for refusal in preview(work, no, **choices).refusals]


def create_segment_of_four(work: Work) -> Segment:
    """Two ready lines with two campaigns, one line without contact, one without template."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", "P1", template_code="VISIT", description="Spring", campaign_no="CP1")
    segments.add_lines(work, segment.no, [{}])
    segments.update_lines(
        work,
        segment.no,
        [
            {"line_nos": [2], "set": {"campaign_no": "CP2", "cost": Decimal("0.01")}},
            {"line_nos": [3], "set": {"template_code": None}},
        ],
    )
    again: Segment = records.stored(work, Segment, id=segment.id)
    return again


def test_a_preview_counts_lines_costs_and_campaign_entries_and_changes_nothing(work: Work) -> None:
    segment = create_segment_of_four(work)
    version = segment.version

    shown = preview(work, f" {segment.no.lower()} ", on_blocked=OnBlocked.SKIP)

    assert (shown.ready, shown.skipped, shown.blocked) == (2, 1, 1)
    assert (shown.cost, shown.duration, shown.no_of_campaign_entries) == (Decimal("45.01"), 360, 2)
    assert shown.refusals == []
    assert records.stored(work, Segment, id=segment.id).version == version
    assert nothing_is_logged(work)


def test_a_preview_has_all_refusals_of_logging(work: Work) -> None:
    """Rules R-LOG-1, R-LOG-2, R-LOG-5, R-LOG-11, K4, K9."""
    records.change_setup(work, segment_nos="SEGM")
    empty = create_segment(work).no
    mixed = create_segment_of_four(work).no
    assert refusals_of_preview(work, empty) == ["SEGMENT_DESCRIPTION_REQUIRED", "SEGMENT_EMPTY"]
    assert refusals_of_preview(work, mixed) == ["LINES_BLOCKED"]
    assert refusals_of_preview(work, mixed, on_blocked=OnBlocked.LEAVE_IN_SEGMENT) == []

    records.change_setup(work, segment_nos=None)

    assert refusals_of_preview(work, empty, create_follow_up=True) == [
        "SEGMENT_DESCRIPTION_REQUIRED",
        "SEGMENT_EMPTY",
        "NUMBER_SERIES_MISSING",
    ]
    assert refusals_of_preview(work, mixed, create_follow_up=True, on_blocked=OnBlocked.SKIP) == [
        "NUMBER_SERIES_MISSING"
    ]
    assert refusals_of(segments.log, work, mixed, create_follow_up=True, on_blocked=OnBlocked.SKIP) == [
        ("NUMBER_SERIES_MISSING", ("create_follow_up",))
    ]


def test_a_preview_reports_an_exhausted_number_series(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_number_series(work, "S", starting_no="S1", ending_no="S2")
    records.change_setup(work, segment_nos="S")
    first = create_ready_segment(work).no
    assert refusals_of_preview(work, first, create_follow_up=True) == []

    last = create_ready_segment(work).no

    assert refusals_of_preview(work, last, create_follow_up=True) == ["NUMBER_SERIES_EXHAUSTED"]
    assert refusal_codes(segments.log, work, last, create_follow_up=True) == ["NUMBER_SERIES_EXHAUSTED"]
    assert nothing_is_logged(work)


def test_a_preview_of_a_logged_segment_has_a_refusal_and_an_unknown_segment_has_none_r_log_1(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_ready_segment(work)
    segments.log(work, segment.no)

    shown = preview(work, segment.no)

    assert (shown.segment_id, shown.ready, [str(each.code) for each in shown.refusals]) == (
        None,
        0,
        ["LOGGED_SEGMENT_EXISTS"],
    )
    assert segments.preview(work, "NONE", create_follow_up=False, on_blocked=OnBlocked.FAIL) is None


@pytest.mark.parametrize("status", [None, *LineStatus])
def test_lines_of_a_preview_are_paged_in_both_directions_by_line_number(work: Work, status: LineStatus | None) -> None:
    segment = create_segment_of_four(work)
    assert segment.id is not None
    every = segments.lines_page(work, segment.id, 100)
    wanted = [line for line in every.lines if status in (None, line.status)]
    assert [(line.line_no, line.status) for line in every.lines] == [
        (1, "READY"),
        (2, "READY"),
        (3, "BLOCKED"),
        (4, "SKIPPED"),
    ]
    assert (every.has_more, every.has_earlier, every.lines[2].reasons, every.lines[3].reasons) == (
        False,
        False,
        [("TEMPLATE_REQUIRED", None)],
        [],
    )

    onward, after = [], None
    while True:
        page = segments.lines_page(work, segment.id, 1, status=status, after=after)
        onward += page.lines
        assert page.has_earlier is (after is not None)
        after = page.lines[-1].line_no
        if not page.has_more:
            break
    back: list[CheckedLine] = []
    before = None
    while True:
        page = segments.lines_page(work, segment.id, 1, status=status, before=before, backward=True)
        back = page.lines + back
        assert page.has_earlier is (before is not None)
        before = page.lines[0].line_no
        if not page.has_more:
            break

    assert onward == back == wanted


def test_a_segment_is_logged_with_the_token_of_its_preview(work: Work) -> None:
    segment = create_segment_of_four(work)
    choices: dict[str, Any] = {"create_follow_up": True, "on_blocked": OnBlocked.LEAVE_IN_SEGMENT}
    shown = preview(work, segment.no, **choices)

    logged = segments.log(work, segment.no, plan_token=shown.plan_token, **choices)

    assert (logged.logged, logged.skipped, logged.blocked) == (shown.ready, shown.skipped, shown.blocked)


@pytest.mark.parametrize(
    "change", ["a blocked template", "a blocked contact", "a line", "the header", "the choices", "another segment"]
)
def test_a_token_is_stale_if_the_outcome_would_differ(work: Work, change: str) -> None:
    segment = create_segment_of_four(work)
    on_blocked, no = OnBlocked.SKIP, segment.no
    shown = preview(work, no, on_blocked=on_blocked)
    if change == "a blocked template":
        records.block(work, records.stored(work, InteractionTemplate, code="VISIT"))
    elif change == "a blocked contact":
        records.block(work, records.stored(work, Contact, no="C1"))
    elif change == "a line":
        segments.update_lines(work, no, [{"line_nos": [1], "set": {"description": "Other"}}])
    elif change == "the header":
        segments.update(work, no, {"subject_default": "Other"})
    elif change == "the choices":
        on_blocked = OnBlocked.LEAVE_IN_SEGMENT
    else:
        no = create_ready_segment(work).no
    savepoint = work.session.begin_nested()

    assert refusals_of(segments.log, work, no, on_blocked=on_blocked, plan_token=shown.plan_token) == [
        ("PLAN_STALE", ("plan_token",))
    ]
    savepoint.rollback()

    assert nothing_is_logged(work)


@pytest.mark.parametrize("token", ["", "x", "0" * 63, "0" * 65, "G" * 64, "0" * 63 + "\n"])
def test_a_text_that_is_no_token_is_invalid(work: Work, token: str) -> None:
    segment = create_segment_of_four(work)

    assert refusals_of(segments.log, work, segment.no, plan_token=token) == [("INVALID", ("plan_token",))]


def test_a_preview_executes_the_same_number_of_statements_for_any_number_of_lines(work: Work) -> None:
    records.insert_fixtures(work)
    few, many = (
        create_segment(
            work, *insert_contacts(work, count), template_code="VISIT", description="Spring", campaign_no="CP1"
        ).no
        for count in (10, 1000)
    )
    assert work.setup.segment_nos == "SEGM"

    with recorded_statements(work) as for_few:
        preview(work, few, create_follow_up=True)
    with recorded_statements(work) as for_many:
        assert preview(work, many, create_follow_up=True).ready == 1000

    assert len(for_many) == len(for_few) <= 4
