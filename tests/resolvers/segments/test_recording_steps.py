"""Recording, saving and joining steps of a segment (R-LIN-9, R-SAV, R-SEG-2, K18)."""

from typing import Any

from sqlalchemy import func, select, true

from persistence.contacts import Contact
from persistence.segments import Segment
from resolvers.segments import rules as segments
from resolvers.segments import steps
from resolvers.segments.tables import RETIRED_SEGMENTS, SAVED_STEPS, STEP_LINES, STEPS
from resolvers.work import Work
from tests import records
from tests.refusals import refusal_codes, refusals_of
from tests.resolvers.segments.test_steps import matching_column, steps_of
from tests.segment_lines import create_segment, insert_contacts, lines_of


def understood(filter: Any) -> Any:
    """The condition of a filter that `matching_column` returned."""
    ((column, variables),) = filter.items()
    return matching_column(column, variables["eq"])["matching"]


def test_r_lin_9_changes_of_single_lines_are_recorded_as_steps(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work)
    segments.add_lines(work, segment.no, [{}, {"contact_no": "C1"}, {"contact_no": "C1"}])
    segments.update_lines(
        work,
        segment.no,
        [{"line_nos": [2], "set": {"contact_no": "P1"}}, {"line_nos": [2], "set": {"contact_no": "P1"}}],
    )
    segments.update_lines(work, segment.no, [{"line_nos": [1], "set": {"contact_no": "C2"}}], dry_run=True)
    segments.remove_lines(work, segment.no, line_nos=[1])
    segments.remove_lines(work, segment.no, line_nos=[3])

    assert steps_of(work, segment, "action", "filter", "no_of_contacts") == [
        ("ADD", {"no": {"in": ["C1", "C1"]}}, 1),
        ("REMOVE_MATCHING", {"no": {"in": ["C1"]}}, 1),
        ("ADD", {"no": {"in": ["P1"]}}, 1),
        ("REMOVE_MATCHING", {"no": {"in": ["C1"]}}, 1),
    ]

    for expected in (["P1", "C1"], ["C1"], ["C1", "C1"], []):
        segments.undo_step(work, segment.no)
        assert lines_of(work, segment.id, "contact_no") == expected


def test_many_lines_removed_by_number_are_recorded_in_lists_of_at_most_1000(work: Work) -> None:
    records.insert_salesperson(work, "JO")
    numbers = insert_contacts(work, 1001)
    segment = create_segment(work)
    segments.add_contacts(work, segment.no)

    segments.remove_lines(work, segment.no, matching=lambda _: true())

    ((filter, count),) = steps_of(work, segment, "filter", "no_of_contacts")[1:]
    assert count == 1001
    assert [len(part["no"]["in"]) for part in filter["or"]] == [1000, 1]
    assert sorted(no for part in filter["or"] for no in part["no"]["in"]) == sorted(numbers)


def test_r_sav_repeats_steps_with_todays_data_without_deleted_or_blocked_contacts(work: Work) -> None:
    records.insert_fixtures(work)
    first, second = create_segment(work, "P3", "P1"), create_segment(work, "C2")
    segments.add_contacts(work, first.no, **matching_column("salesperson_code", "PS"))
    segments.remove_contacts(
        work, first.no, **matching_column("no", "P2"), options=segments.RemovingOptions(entire_companies=True)
    )
    saved = segments.save_criteria(work, first.no, " k1 ", "Mine")
    records.insert_contact(work, "NEW", salesperson_code="PS")
    records.block(work, records.stored(work, Contact, no="P3"))

    reused = segments.reuse_criteria(work, second.no, "k1", understood)

    assert (
        work.session.scalar(
            select(func.count()).select_from(SAVED_STEPS).where(SAVED_STEPS.c.criteria_id == saved.criteria_id)
        )
        == 3
    )
    assert lines_of(work, second.id, "contact_no") == ["C2", "NEW"]
    assert (reused.added, reused.removed) == (3, 2)
    assert steps_of(work, second, "action", "no_of_contacts", "entire_companies") == [
        ("ADD", 1, False),
        ("ADD", 1, False),
        ("ADD", 2, False),
        ("REMOVE_MATCHING", 2, True),
    ]


def test_r_sav_needs_steps_an_unused_code_and_a_description(work: Work) -> None:
    segment = create_segment(work)

    assert refusals_of(segments.save_criteria, work, segment.no, "TOOLONGACODE", " ") == [
        ("TOO_LONG", ("code",)),
        ("INVALID", ("description",)),
        ("NO_CRITERIA", ("segment_no",)),
    ]
    assert (
        refusal_codes(segments.undo_step, work, "NONE")
        == refusal_codes(segments.remove_contacts, work, "NONE")
        == ["SEGMENT_NOT_FOUND"]
    )


def test_r_log_11_a_follow_up_has_one_step_that_can_be_undone(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "P1", description="Spring", template_code="VISIT")

    logged = segments.log(work, segment.no, create_follow_up=True)
    follow_up = records.stored(work, Segment, id=logged.follow_up_segment_id)

    assert steps_of(
        work, follow_up, "action", "logged_segment_entry_no", "allow_existing_contacts", "no_of_contacts"
    ) == [("ADD", logged.logged_segment_entry_no, True, 2)]
    assert len(steps_of(work, segment, "step_no")) == 1
    segments.undo_step(work, follow_up.no)
    assert lines_of(work, follow_up.id, "contact_no") == []


def test_r_seg_2_deleting_a_segment_keeps_only_its_number_k24(work: Work) -> None:
    records.insert_fixtures(work)
    segment, other = create_segment(work, "C1"), create_segment(work, "C2")
    no, segment_id = segment.no, segment.id

    assert segments.delete(work, no).deleted_id == segment_id

    for rows in (STEPS, STEP_LINES):
        assert work.session.scalars(select(rows.c.segment_id)).all() == [other.id]
    assert lines_of(work, segment_id, "contact_no") == []
    assert work.session.scalars(select(RETIRED_SEGMENTS.c.no)).all() == [no]
    assert refusal_codes(segments.create, work, {}, no=no) == ["DUPLICATE"]
    assert refusal_codes(segments.delete, work, no) == ["SEGMENT_NOT_FOUND"]


def test_k18_the_steps_of_an_undone_segment_come_before_those_of_the_open_one(work: Work) -> None:
    records.insert_fixtures(work)
    closed, opened = create_segment(work, "C1"), create_segment(work, "C2", "P1")
    for segment in (closed, opened):
        segments.remove_contacts(work, segment.no, **matching_column("salesperson_code", "JO"))
    assert closed.id is not None
    assert opened.id is not None

    steps.join_steps(work, closed.id, opened.id)

    assert steps_of(work, closed, "step_no") == []
    assert steps_of(work, opened, "step_no", "action", "no_of_contacts") == [
        (1, "ADD", 1),
        (2, "REMOVE_MATCHING", 1),
        (3, "ADD", 2),
        (4, "REMOVE_MATCHING", 1),
    ]
    for expected in (["C2", "P1"], [], ["C1"], []):
        segments.undo_step(work, opened.no)
        assert lines_of(work, opened.id, "contact_no") == expected


def test_lines_that_no_contact_filter_describes_are_recorded_by_number(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "P2")
    steps.delete_steps(work, [segment.id])

    steps.record_added(work, segment)

    assert steps_of(work, segment, "action", "filter", "by_number", "no_of_contacts") == [
        ("ADD", {"no": {"in": ["C1", "P2"]}}, True, 2)
    ]
