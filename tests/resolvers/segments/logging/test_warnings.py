"""Warnings about lines, and leaving lines with warnings out (K27)."""

import datetime as dt
from typing import Any

import pytest

from persistence.contacts import Contact
from persistence.segments import Segment
from resolvers.interactions import rules as interactions
from resolvers.line_warnings import LineWarningCode
from resolvers.segments import rules as segments
from resolvers.segments.logging.line_status import LineStatus
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.work import Work
from tests import records
from tests.logged_entries import entries_of
from tests.refusals import refusal_codes, refusals_of
from tests.segment_lines import create_segment, lines_of
from tests.statements import recorded_statements

EXCLUDED, FUTURE, SAME, NO_EMAIL = LineWarningCode
TOMORROW = records.TODAY + dt.timedelta(days=1)


def create_segment_with_warnings(work: Work) -> Segment:
    """Lines: 1 has no warning; 2 has the address of 1 in capitals; 3 is excluded and dated tomorrow; 4 has no contact;
    5 has no address and no template; 6 is the contact of 1 again.
    """
    records.insert_fixtures(work)
    records.insert_contact(work, "X1", email="Amélie@Example.com", salesperson_code="JO")
    records.insert_contact(work, "X2", email="AMÉLIE@EXAMPLE.COM", salesperson_code="JO")
    records.insert_contact(work, "X3", email="x3@example.com", salesperson_code="JO")
    records.insert_contact(work, "X4", salesperson_code="JO")
    segment = create_segment(work, template_code="VISIT", description="Spring")
    segments.add_lines(
        work,
        segment.no,
        [
            {"contact_no": "X1"},
            {"contact_no": "X2"},
            {"contact_no": "X3", "date": TOMORROW},
            {"date": TOMORROW},
            {"contact_no": "X4", "template_code": None},
            {"contact_no": "X1"},
        ],
    )
    records.stored(work, Contact, no="X3").exclude_from_segment = True
    work.session.flush()
    again: Segment = records.stored(work, Segment, id=segment.id)
    return again


def warnings_by_line(work: Work, segment: Segment) -> dict[int, list[LineWarningCode]]:
    assert segment.id is not None
    found = segments.warnings_of_lines(work, segment.id, [1, 2, 3, 4, 5, 6])
    return {line_no: [warning.code for warning in found[line_no]] for line_no in sorted(found)}


def preview(work: Work, segment: Segment, *leave_out: LineWarningCode, on_blocked: OnBlocked = OnBlocked.SKIP) -> Any:
    return segments.preview(work, segment.no, create_follow_up=False, on_blocked=on_blocked, leave_out=leave_out)


def statuses(work: Work, segment: Segment, *leave_out: LineWarningCode) -> str:
    """The first letter of the status of each line."""
    assert segment.id is not None
    return "".join(line.status[0] for line in segments.lines_page(work, segment.id, 9, leave_out=leave_out).lines)


def test_k27_warnings_do_not_depend_on_the_status_of_a_line_but_need_a_contact(work: Work) -> None:
    segment = create_segment_with_warnings(work)

    assert warnings_by_line(work, segment) == {2: [SAME], 3: [EXCLUDED, FUTURE], 5: [NO_EMAIL], 6: [SAME]}
    assert segments.count_lines_with_warnings(work, segment.id or 0) == 4
    assert (preview(work, segment).ready, statuses(work, segment)) == (4, "RRRSBR")


def test_k27_a_warning_has_a_message_in_both_languages(work: Work) -> None:
    segment = create_segment_with_warnings(work)
    found = segments.warnings_of_lines(work, segment.id or 0, [2, 3, 5])

    sentences = [
        warning.message(language)
        for line_no in sorted(found)
        for warning in found[line_no]
        for language in ("EN", "FR")
    ]

    assert sentences == [
        "The e-mail address of contact X2 is already on line 1.",
        "L’adresse courriel du contact X2 figure déjà à la ligne 1.",
        "Contact X3 is excluded from segments.",
        "Le contact X3 est exclu des segments.",
        "The date 2026-03-19 is after today.",
        "La date 2026-03-19 est postérieure à aujourd’hui.",
        "Contact X4 has no e-mail address.",
        "Le contact X4 n’a pas d’adresse courriel.",
    ]


def test_k27_a_future_date_is_after_the_companys_today(work: Work) -> None:
    segment = create_segment_with_warnings(work)
    later = records.at_time(work, work.now + dt.timedelta(days=1))

    assert warnings_by_line(later, segment)[3] == [EXCLUDED]
    assert statuses(later, segment, FUTURE) == "RRRSBR"


@pytest.mark.parametrize(
    ("leave_out", "verdicts"),
    [
        ((), "RRRSBR"),
        ((EXCLUDED,), "RRSSBR"),
        ((FUTURE,), "RRSSBR"),
        ((SAME,), "RSRSBS"),
        ((NO_EMAIL,), "RRRSSR"),
        ((NO_EMAIL, SAME, SAME, EXCLUDED), "RSSSSS"),
    ],
)
def test_k27_lines_left_out_are_skipped_even_if_they_are_blocked(
    work: Work, leave_out: tuple[LineWarningCode, ...], verdicts: str
) -> None:
    segment = create_segment_with_warnings(work)
    shown = preview(work, segment, *leave_out)

    assert statuses(work, segment, *shown.leave_out) == verdicts
    assert (shown.ready, shown.skipped, shown.blocked) == tuple(map(verdicts.count, "RSB"))
    assert shown.cost == 45 * shown.ready
    for status in LineStatus:
        page = segments.lines_page(work, segment.id or 0, 9, status=status, leave_out=shown.leave_out)
        assert len(page.lines) == verdicts.count(status[0])

    logged = segments.log(
        work,
        segment.no,
        on_blocked=OnBlocked.SKIP,
        leave_out=leave_out[::-1],
        plan_token=shown.plan_token,
        create_follow_up=False,
    )

    assert (logged.logged, logged.skipped, logged.blocked) == (shown.ready, shown.skipped, shown.blocked)
    contacts = ["X1", "X2", "X3", None, "X4", "X1"]
    assert entries_of(work, logged, "contact_no") == [
        no for no, verdict in zip(contacts, verdicts, strict=True) if verdict == "R"
    ]
    assert lines_of(work, logged.closed_segment_id, "line_no") == [1, 2, 3, 4, 5, 6]


def test_k27_lines_left_out_stay_where_blocked_lines_stay(work: Work) -> None:
    segment = create_segment_with_warnings(work)

    logged = segments.log(
        work, segment.no, on_blocked=OnBlocked.LEAVE_IN_SEGMENT, leave_out=[SAME], create_follow_up=True
    )

    assert (logged.logged, logged.skipped, logged.blocked, logged.closed_segment_id) == (2, 3, 1, None)
    assert lines_of(work, logged.open_segment_id, "line_no") == [2, 5, 6]
    assert lines_of(work, segment.id, "line_no") == [1, 3, 4]
    assert lines_of(work, logged.follow_up_segment_id, "contact_no") == ["X1", "X3"]
    assert [line.line_no for line in logged.blocked_lines] == [5]


def test_k27_blocked_lines_that_are_left_out_do_not_prevent_logging(work: Work) -> None:
    segment = create_segment_with_warnings(work)
    assert refusal_codes(segments.log, work, segment.no) == ["LINES_BLOCKED"]

    logged = segments.log(work, segment.no, leave_out=[NO_EMAIL])

    assert (logged.logged, logged.skipped, logged.blocked) == (4, 2, 0)
    assert lines_of(work, logged.closed_segment_id, "line_no") == [1, 2, 3, 4, 5, 6]


def test_k27_nothing_can_be_logged_if_all_lines_are_left_out(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "P2", template_code="VISIT", description="Spring")

    assert [str(each.code) for each in preview(work, segment, NO_EMAIL).refusals] == ["SEGMENT_EMPTY"]
    assert refusals_of(segments.log, work, segment.no, leave_out=[NO_EMAIL]) == [("SEGMENT_EMPTY", ("segment_no",))]


def test_k27_a_plan_token_depends_on_leave_out(work: Work) -> None:
    segment = create_segment_with_warnings(work)
    plain, without = (preview(work, segment, *leave_out).plan_token for leave_out in ((), (FUTURE,)))

    for token, leave_out in ((plain, [FUTURE]), (without, []), (without, [EXCLUDED])):
        assert refusal_codes(
            segments.log, work, segment.no, on_blocked=OnBlocked.SKIP, plan_token=token, leave_out=leave_out
        ) == ["PLAN_STALE"]


def test_k18_undoing_restores_lines_that_were_left_out(work: Work) -> None:
    segment = create_segment_with_warnings(work)
    for on_blocked in (OnBlocked.SKIP, OnBlocked.LEAVE_IN_SEGMENT):
        logged = segments.log(work, segment.no, on_blocked=on_blocked, leave_out=[SAME, EXCLUDED])

        undone = segments.undo(work, logged.logged_segment_entry_no)

        assert lines_of(work, undone.segment_id, "line_no") == [1, 2, 3, 4, 5, 6]


def test_warnings_execute_the_same_number_of_statements_for_any_number_of_lines(work: Work) -> None:
    segment = create_segment_with_warnings(work)
    for line_nos in ([2], [1, 2, 3, 4, 5, 6]):
        with recorded_statements(work) as sent:
            segments.warnings_of_lines(work, segment.id or 0, line_nos)
        assert len(sent) == 1
    with recorded_statements(work) as sent:
        preview(work, segment, *LineWarningCode)
    with recorded_statements(work) as plain:
        preview(work, segment)
    assert len(sent) == len(plain)


@pytest.mark.parametrize(
    ("contact", "date", "warnings"),
    [
        ("X1", None, []),
        ("X3", TOMORROW, [EXCLUDED, FUTURE]),
        ("X4", records.TODAY, [NO_EMAIL]),
        (None, TOMORROW, []),
        ("NOBODY", TOMORROW, []),
    ],
)
def test_k27_a_draft_has_the_same_warnings_as_a_line(
    work: Work, contact: str | None, date: dt.date | None, warnings: list[LineWarningCode]
) -> None:
    create_segment_with_warnings(work)
    fields: Any = {"contact_no": contact, "template_code": "VISIT"} | ({"date": date} if date else {})

    draft, found = interactions.draft_with_warnings(work, fields)

    assert [warning.code for warning in found] == warnings
    assert bool(draft.refusals) is (contact not in ("X1", "X3", "X4"))
    midnight = records.at_time(work, work.now.replace(hour=23, minute=59, second=30))
    assert FUTURE not in [each.code for each in interactions.draft_with_warnings(midnight, {"contact_no": "X1"})[1]]
