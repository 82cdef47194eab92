"""Undoing the logging of a segment (K18)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from persistence.campaigns import CampaignEntry
from persistence.segments import LoggedSegment, Segment
from resolvers.errors import Refused
from resolvers.interactions.entries import rules as entries
from resolvers.segments import rules as segments
from resolvers.segments.logging import logged_segments
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.segments.tables import ENTRIES, LINES
from resolvers.work import Work
from tests import records
from tests.logged_entries import entries_of
from tests.refusals import refusals_of
from tests.segment_lines import create_segment, insert_contacts, lines_of
from tests.statements import recorded_statements, without_ranges

ALL_COLUMNS = [column.name for column in LINES.columns if column.name != "segment_id"]


def create_segment_of_three(work: Work) -> Segment:
    """Lines: C1 with an evaluation and customized fields, one without contact, P1."""
    records.insert_fixtures(work)
    segment = create_segment(work, template_code="VISIT", description="Spring", campaign_no="CP1")
    segments.add_lines(
        work, segment.no, [{"contact_no": "C1", "evaluation": "POSITIVE", "cost": Decimal(9)}, {}, {"contact_no": "P1"}]
    )
    again: Segment = records.stored(work, Segment, id=segment.id)
    return again


def set_entries(work: Work, logged: segments.Logged, contact: str, **values: Any) -> None:
    mine = ENTRIES.c.logged_segment_entry_no == logged.logged_segment_entry_no
    work.session.execute(update(ENTRIES).values(**values).where(mine, ENTRIES.c.contact_no == contact))


def test_k18_undoing_opens_the_segment_again_with_its_header_and_lines(work: Work) -> None:
    segment = create_segment_of_three(work)
    header, lines = segment.model_dump(), lines_of(work, segment.id, *ALL_COLUMNS)
    logged = segments.log(work, segment.no, create_follow_up=True)

    taken_back = segments.undo(work, logged.logged_segment_entry_no)

    assert (taken_back.segment_id, taken_back.lines_restored, taken_back.entries_canceled) == (segment.id, 3, 2)
    again = records.stored(work, Segment, no=segment.no, logged_segment_entry_no=None)
    assert again.model_dump() == header | {"version": header["version"] + 2}
    assert lines_of(work, segment.id, *ALL_COLUMNS) == lines
    assert entries_of(work, logged, "canceled") == [True, True]
    assert records.stored(work, CampaignEntry).canceled
    assert records.stored(work, LoggedSegment).canceled
    assert len(lines_of(work, logged.follow_up_segment_id, "line_no")) == 2


def test_k9_an_undone_segment_can_be_changed_and_logged_again(work: Work) -> None:
    segment = create_segment_of_three(work)
    first = segments.log(work, segment.no)
    segments.undo(work, first.logged_segment_entry_no)

    segments.add_lines(work, segment.no, [{"contact_no": "C2"}])
    second = segments.log(work, segment.no)

    assert entries_of(work, second, "contact_no") == ["C1", "P1", "C2"]
    assert entries_of(work, first, "canceled") == [True, True]
    assert segments.undo(work, second.logged_segment_entry_no).entries_canceled == 3


def test_k18_undoing_moves_lines_to_the_open_segment_with_the_lines_that_were_left(work: Work) -> None:
    segment = create_segment_of_three(work)
    segments.update_lines(work, segment.no, [{"line_nos": [3], "set": {"template_code": None}}])
    lines = lines_of(work, segment.id, *ALL_COLUMNS)
    logged = segments.log(work, segment.no, on_blocked=OnBlocked.LEAVE_IN_SEGMENT)
    segments.update(work, segment.no, {"description": "Since then"}, update_lines=False)
    segments.add_lines(work, segment.no, [{"contact_no": "C2"}])

    taken_back = segments.undo(work, logged.logged_segment_entry_no)

    assert (taken_back.segment_id, taken_back.lines_restored, taken_back.entries_canceled) == (
        logged.open_segment_id,
        2,
        1,
    )
    again = records.stored(work, Segment, no=segment.no)
    assert (again.id, again.description, again.logged_segment_entry_no) == (logged.open_segment_id, "Since then", None)
    assert lines_of(work, again.id, *ALL_COLUMNS)[:3] == lines
    assert lines_of(work, again.id, "line_no", "contact_no")[3:] == [(4, "C2")]


def test_k20_line_numbers_stay_unique_however_often_lines_are_left_logged_and_undone(work: Work) -> None:
    segment = create_segment_of_three(work)
    segments.update_lines(work, segment.no, [{"line_nos": [3], "set": {"template_code": None}}])
    first = segments.log(work, segment.no, on_blocked=OnBlocked.LEAVE_IN_SEGMENT)
    segments.update_lines(work, segment.no, [{"line_nos": [3], "set": {"template_code": "VISIT"}}])
    segments.add_lines(work, segment.no, [{"contact_no": "C2"}])
    second = segments.log(work, segment.no)

    segments.undo(work, first.logged_segment_entry_no)
    segments.add_lines(work, segment.no, [{"contact_no": "P2"}])
    segments.undo(work, second.logged_segment_entry_no)

    again = records.stored(work, Segment, no=segment.no)
    assert lines_of(work, again.id, "line_no", "contact_no") == [(1, "C1"), (2, None), (3, "P1"), (4, "C2"), (5, "P2")]
    assert (again.id, again.last_line_no) == (segment.id, 5)


def test_k18_entries_canceled_separately_do_not_change(work: Work) -> None:
    segment = create_segment_of_three(work)
    logged = segments.log(work, segment.no)
    set_entries(work, logged, "C1", canceled=True, evaluation="NEGATIVE")

    taken_back = segments.undo(work, logged.logged_segment_entry_no)

    assert taken_back.entries_canceled == 1
    assert entries_of(work, logged, "contact_no", "canceled", "evaluation") == [
        ("C1", True, "NEGATIVE"),
        ("P1", True, None),
    ]


def test_k18_undoing_is_refused_if_entries_were_evaluated_commented_or_un_canceled_since(work: Work) -> None:
    segment = create_segment_of_three(work)
    segments.add_lines(work, segment.no, [{"contact_no": "C2"}])
    logged = segments.log(work, segment.no)
    entry_no = logged.logged_segment_entry_no
    of_c1, of_p1, of_c2 = entries_of(work, logged, "entry_no")
    assert segments.undo(work, entry_no, dry_run=True).touched_entry_nos == []
    entries.evaluate(work, evaluation=None, entry_nos=[of_c1])
    entries.comment(work, of_p1, ["Well"])
    for canceled in (True, False):
        entries.set_canceled(work, canceled=canceled, entry_nos=[of_c2])

    for dry_run in (True, False):
        savepoint = work.session.begin_nested()
        with pytest.raises(Refused) as caught:
            segments.undo(work, entry_no, dry_run=dry_run)
        savepoint.rollback()
        assert [str(refusal.code) for refusal in caught.value.refusals] == ["CHANGED_SINCE"]
        assert caught.value.detail == segments.TouchedEntries([of_c1, of_p1, of_c2])

    assert not records.stored(work, LoggedSegment).canceled
    forced = segments.undo(work, entry_no, force=True)
    assert (forced.touched_entry_nos, forced.entries_canceled) == ([of_c1, of_p1, of_c2], 3)


def test_a_dry_run_counts_and_changes_nothing(work: Work) -> None:
    segment = create_segment_of_three(work)
    logged = segments.log(work, segment.no)

    preview = segments.undo(work, logged.logged_segment_entry_no, dry_run=True)

    assert (preview.lines_restored, preview.entries_canceled) == (3, 2)
    assert records.stored(work, Segment, id=segment.id).logged_segment_entry_no == logged.logged_segment_entry_no
    assert entries_of(work, logged, "canceled") == [False, False]


def test_undoing_a_logged_segment_again_is_refused(work: Work) -> None:
    segment = create_segment_of_three(work)
    entry_no = segments.log(work, segment.no).logged_segment_entry_no
    segments.undo(work, entry_no)

    assert refusals_of(segments.undo, work, entry_no) == [("LOGGED_SEGMENT_CANCELED", ("entry_no",))]


def test_undoing_a_logged_segment_that_does_not_exist_is_refused(work: Work) -> None:
    segment = create_segment_of_three(work)
    entry_no = segments.log(work, segment.no).logged_segment_entry_no

    assert refusals_of(segments.undo, work, entry_no + 1) == [("NOT_FOUND", ("entry_no",))]


def test_a_canceled_logged_segment_can_be_undone(work: Work) -> None:
    segment = create_segment_of_three(work)
    logged = segments.log(work, segment.no)
    records.stored(work, LoggedSegment).canceled = True
    set_entries(work, logged, "C1", canceled=True)
    set_entries(work, logged, "P1", canceled=True)

    taken_back = segments.undo(work, logged.logged_segment_entry_no)

    assert (taken_back.lines_restored, taken_back.entries_canceled) == (3, 0)
    assert records.stored(work, Segment, id=segment.id).logged_segment_entry_no is None


@pytest.mark.parametrize("on_blocked", [OnBlocked.SKIP, OnBlocked.LEAVE_IN_SEGMENT])
def test_undoing_executes_the_same_number_of_statements_for_any_number_of_lines(
    work: Work, on_blocked: OnBlocked
) -> None:
    records.insert_fixtures(work)
    sent = []
    for count in (10, 1000):
        no = create_segment(work, *insert_contacts(work, count), template_code="VISIT", description="Spring").no
        segments.update_lines(
            work, no, [{"matching": lambda line: line.c.line_no == 3, "set": {"template_code": None}}]
        )
        logged = segments.log(work, no, on_blocked=on_blocked)
        with recorded_statements(work) as statements:
            taken_back = segments.undo(work, logged.logged_segment_entry_no)
        sent.append(len(without_ranges(statements)))

    assert taken_back.entries_canceled == 999
    assert sent[0] == sent[1] <= 19


def test_k18_an_undone_logged_segment_cannot_be_un_canceled(work: Work) -> None:
    """Its segment is open again and could be logged twice."""
    segment = create_segment_of_three(work)
    logged = segments.log(work, segment.no)
    segments.undo(work, logged.logged_segment_entry_no)

    assert refusals_of(logged_segments.set_canceled, work, logged.logged_segment_entry_no, canceled=False) == [
        ("LOGGED_SEGMENT_CANCELED", ("entry_no",))
    ]
    assert entries_of(work, logged, "canceled") == [True, True]
    assert refusals_of(segments.undo, work, logged.logged_segment_entry_no) == [
        ("LOGGED_SEGMENT_CANCELED", ("entry_no",))
    ]
