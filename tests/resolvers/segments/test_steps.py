"""The steps of a segment (R-ADD, R-RED, R-REF, R-BACK, R-SAV, R-SEG-2, R-SEG-3, R-LIN-9)."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, true

from persistence.contacts import Contact
from persistence.segments import LoggedSegment, Segment
from resolvers.segments import rules as segments
from resolvers.segments import steps
from resolvers.segments.tables import RETIRED_SEGMENTS, SAVED_STEPS, STEP_LINES, STEPS
from resolvers.work import Work
from tests import records as given
from tests.lines import a_crowd, a_segment, lines_of
from tests.refusing import codes, refused
from tests.statements import counted


def by(column: str, value: Any) -> dict[str, Any]:
    """A condition on contacts and its filter, as the commands take them."""
    return {"matching": lambda contact: contact.c[column] == value, "filter": {column: {"eq": value}}}


def understood(filter: Any) -> Any:
    """The condition of a filter that `by` returned."""
    ((column, variables),) = filter.items()
    return by(column, variables["eq"])["matching"]


def steps_of(work: Work, segment: Segment, *names: str) -> list[Any]:
    rows = work.session.execute(
        select(*(STEPS.c[name] for name in names)).where(STEPS.c.segment_id == segment.id).order_by(STEPS.c.step_no)
    )
    return [tuple(row) for row in rows]


def test_r_add_4_companies_are_expanded_before_related_companies_are_added(work: Work) -> None:
    given.the_fixtures(work)
    expanded, related, both = (a_segment(work) for _ in range(3))

    segments.add_contacts(work, expanded.no, **by("no", "P1"), expand_companies=True)
    segments.add_contacts(work, related.no, **by("no", "P1"), allow_related_companies=True)
    added = segments.add_contacts(
        work, both.no, contact_nos=["P3", "P2"], expand_companies=True, allow_related_companies=True
    )

    assert lines_of(work, expanded.id, "contact_no") == ["C1", "P1", "P2"]
    assert lines_of(work, related.id, "contact_no") == ["C1", "P1"]
    assert lines_of(work, both.id, "contact_no") == ["P3", "P2", "C1", "P1"]
    assert (added.matched, added.added) == (4, 4)


def test_r_add_5_k14_contacts_added_with_their_company_are_checked_too(work: Work) -> None:
    given.the_fixtures(work)
    given.a_contact(work, "SHY", company="C1", exclude_from_segment=True)
    given.a_contact(work, "GONE", company="C1", privacy_blocked=True)
    segment = a_segment(work, "P2")

    added = segments.add_contacts(work, segment.no, contact_nos=["P1"], expand_companies=True)

    assert (added.matched, added.added) == (5, 2)
    assert (added.skipped_excluded, added.skipped_privacy_blocked, added.skipped_existing) == (1, 1, 1)
    assert lines_of(work, segment.id, "contact_no") == ["P2", "P1", "C1"]


def test_r_add_7_a_step_is_recorded_even_if_no_contact_was_added(work: Work) -> None:
    given.the_fixtures(work)
    segment = a_segment(work, "C1")

    segments.add_contacts(work, segment.no, **by("no", "C1"), ignore_exclusion=True)

    assert steps_of(
        work, segment, "step_no", "action", "filter", "no_of_contacts", "ignore_exclusion", "user_id", "at"
    ) == [
        (1, "ADD", {"no": {"in": ["C1"]}}, 1, False, "tester", work.now.replace(microsecond=0)),
        (2, "ADD", {"no": {"eq": "C1"}}, 0, True, "tester", work.now.replace(microsecond=0)),
    ]


def test_r_add_3_k14_canceled_entries_of_a_logged_segment_add_no_contact(work: Work) -> None:
    given.the_fixtures(work)
    logged = given.put(
        work, LoggedSegment(segment_no="S", description="S", creation_date=given.W, logged_at=work.now, user_id="u")
    )
    given.an_entry(work, contact="P1", logged_segment_entry_no=logged.entry_no)
    given.an_entry(work, contact="P2", logged_segment_entry_no=logged.entry_no, canceled=True)
    segment = a_segment(work)

    segments.add_contacts(work, segment.no, logged_segment_entry_no=logged.entry_no)

    assert lines_of(work, segment.id, "contact_no") == ["P1"]


def test_r_red_and_r_ref_use_the_current_data_of_the_contacts(work: Work) -> None:
    given.the_fixtures(work)
    reduced, refined = a_segment(work, "P1", "P2", "P1"), a_segment(work, "P1", "P2")
    segments.add_lines(work, reduced.no, [{"contact_no": "P1"}, {}])
    segments.add_lines(work, refined.no, [{}])
    given.the(work, Contact, no="P1").company_no = "C2"
    work.session.flush()

    assert segments.remove_contacts(work, reduced.no, **by("company_no", "C2")).removed == 2
    assert segments.remove_contacts(work, refined.no, **by("company_no", "C2"), keep_matching=True).removed == 2

    assert lines_of(work, reduced.id, "contact_no") == ["P2", None]
    assert lines_of(work, refined.id, "contact_no") == ["P1"]


def test_r_ref_without_a_filter_removes_only_lines_without_contact_and_r_red_removes_all(work: Work) -> None:
    given.the_fixtures(work)
    segment = a_segment(work, "C1")
    segments.add_lines(work, segment.no, [{}])

    assert segments.remove_contacts(work, segment.no, filter={}, keep_matching=True).removed == 1
    assert segments.remove_contacts(work, segment.no, filter={}).removed == 1


def test_with_entire_companies_a_matching_contact_stands_for_its_company_r_red_r_ref(work: Work) -> None:
    """The matching contact need not be on the segment; a contact without company stands for itself."""
    given.the_fixtures(work)
    reduced, refined = a_segment(work, "P1", "C2", "P3"), a_segment(work, "P1", "C2", "P3")

    segments.remove_contacts(work, reduced.no, **by("no", "P2"), entire_companies=True)
    segments.remove_contacts(work, refined.no, **by("no", "P2"), entire_companies=True, keep_matching=True)
    segments.remove_contacts(work, reduced.no, **by("no", "P3"), entire_companies=True)

    assert lines_of(work, reduced.id, "contact_no") == ["C2"]
    assert lines_of(work, refined.id, "contact_no") == ["P1"]


def test_r_seg_3_steps_are_deleted_only_if_no_line_is_left_after_several_steps(work: Work) -> None:
    given.the_fixtures(work)
    some, none = a_segment(work, "C1", "C2"), a_segment(work)

    segments.remove_contacts(work, some.no, **by("no", "C1"), clear_steps_when_empty=True)
    segments.remove_contacts(work, none.no, **by("no", "C1"), clear_steps_when_empty=True)

    assert len(steps_of(work, some, "step_no")) == 2
    assert len(steps_of(work, none, "step_no")) == 1
    segments.remove_contacts(work, some.no, clear_steps_when_empty=True)
    assert steps_of(work, some, "step_no") == []
    assert (
        work.session.scalar(select(func.count()).select_from(STEP_LINES).where(STEP_LINES.c.segment_id == some.id)) == 0
    )


def test_r_back_removes_all_lines_of_added_contacts_and_adds_new_lines_for_removed_ones(work: Work) -> None:
    given.the_fixtures(work)
    segment = a_segment(work, "C1", "C2", template_code="VISIT")
    segments.update_lines(work, segment.no, [{"line_nos": [2], "set": {"cost": Decimal(99)}}])
    segments.add_contacts(work, segment.no, contact_nos=["C1"], allow_existing=True)
    segments.remove_contacts(work, segment.no, **by("no", "C2"))

    undone = segments.undo_step(work, segment.no).undone
    assert undone is not None
    assert (undone["step_no"], undone["action"], undone["filter"], undone["no_of_contacts"]) == (
        3,
        "REMOVE_MATCHING",
        {"no": {"eq": "C2"}},
        1,
    )
    assert lines_of(work, segment.id, "line_no", "contact_no", "cost") == [(1, "C1", 45), (3, "C1", 45), (4, "C2", 45)]

    segments.undo_step(work, segment.no)
    assert lines_of(work, segment.id, "contact_no") == ["C2"]
    assert given.the(work, Segment, id=segment.id).version == 6


def test_r_back_skips_contacts_deleted_since_and_restores_lines_without_contact(work: Work) -> None:
    given.the_fixtures(work)
    segment = a_segment(work, "P3")
    segments.add_lines(work, segment.no, [{}, {"contact_no": "C2"}])
    segments.remove_contacts(work, segment.no)
    work.session.delete(given.the(work, Contact, no="P3"))
    work.session.flush()

    segments.undo_step(work, segment.no)

    assert lines_of(work, segment.id, "contact_no") == [None, "C2"]


def test_r_lin_9_changes_of_single_lines_are_recorded_as_steps(work: Work) -> None:
    given.the_fixtures(work)
    segment = a_segment(work)
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
    given.a_salesperson(work, "JO")
    numbers = a_crowd(work, 1001)
    segment = a_segment(work)
    segments.add_contacts(work, segment.no)

    segments.remove_lines(work, segment.no, matching=lambda _: true())

    ((filter, count),) = steps_of(work, segment, "filter", "no_of_contacts")[1:]
    assert count == 1001
    assert [len(part["no"]["in"]) for part in filter["or"]] == [1000, 1]
    assert sorted(no for part in filter["or"] for no in part["no"]["in"]) == sorted(numbers)


def test_r_sav_repeats_steps_with_todays_data_without_deleted_or_blocked_contacts(work: Work) -> None:
    given.the_fixtures(work)
    first, second = a_segment(work, "P3", "P1"), a_segment(work, "C2")
    segments.add_contacts(work, first.no, **by("salesperson_code", "PS"))
    segments.remove_contacts(work, first.no, **by("no", "P2"), entire_companies=True)
    saved = segments.save_criteria(work, first.no, " k1 ", "Mine")
    given.a_contact(work, "NEW", salesperson_code="PS")
    given.blocked(work, given.the(work, Contact, no="P3"))

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
    segment = a_segment(work)

    assert refused(segments.save_criteria, work, segment.no, "TOOLONGACODE", " ") == [
        ("TOO_LONG", ("code",)),
        ("INVALID", ("description",)),
        ("NO_CRITERIA", ("segment_no",)),
    ]
    assert (
        codes(segments.undo_step, work, "NONE")
        == codes(segments.remove_contacts, work, "NONE")
        == ["SEGMENT_NOT_FOUND"]
    )


def test_r_log_11_a_follow_up_has_one_step_that_can_be_undone(work: Work) -> None:
    given.the_fixtures(work)
    segment = a_segment(work, "C1", "P1", description="Spring", template_code="VISIT")

    logged = segments.log(work, segment.no, create_follow_up=True)
    follow_up = given.the(work, Segment, id=logged.follow_up_segment_id)

    assert steps_of(
        work, follow_up, "action", "logged_segment_entry_no", "allow_existing_contacts", "no_of_contacts"
    ) == [("ADD", logged.logged_segment_entry_no, True, 2)]
    assert len(steps_of(work, segment, "step_no")) == 1
    segments.undo_step(work, follow_up.no)
    assert lines_of(work, follow_up.id, "contact_no") == []


def test_r_seg_2_deleting_a_segment_keeps_only_its_number_k24(work: Work) -> None:
    given.the_fixtures(work)
    segment, other = a_segment(work, "C1"), a_segment(work, "C2")
    no, segment_id = segment.no, segment.id

    assert segments.delete(work, no).deleted_id == segment_id

    for rows in (STEPS, STEP_LINES):
        assert work.session.scalars(select(rows.c.segment_id)).all() == [other.id]
    assert lines_of(work, segment_id, "contact_no") == []
    assert work.session.scalars(select(RETIRED_SEGMENTS.c.no)).all() == [no]
    assert codes(segments.create, work, {}, no=no) == ["DUPLICATE"]
    assert codes(segments.delete, work, no) == ["SEGMENT_NOT_FOUND"]


def test_steps_execute_the_same_number_of_statements_for_any_number_of_contacts(work: Work) -> None:
    given.a_salesperson(work, "JO")
    few, many = a_segment(work, *a_crowd(work, 10)).no, a_segment(work, *a_crowd(work, 1000)).no
    sent: list[list[int]] = []
    for segment in (few, many):
        counts = []
        for command, choices in (
            (segments.remove_contacts, {**by("salesperson_code", "JO"), "dry_run": True}),
            (segments.remove_contacts, by("salesperson_code", "JO")),
            (segments.undo_step, {}),
            (segments.remove_lines, {}),
            (segments.undo_step, {}),
            (segments.undo_step, {}),
            (segments.delete, {}),
        ):
            with counted(work) as statements:
                command(work, segment, **choices)
            counts.append(len(statements))
        sent.append(counts)

    assert sent[0] == sent[1]
    assert max(sent[0]) <= 9


def test_k18_the_steps_of_an_undone_segment_come_before_those_of_the_open_one(work: Work) -> None:
    given.the_fixtures(work)
    closed, opened = a_segment(work, "C1"), a_segment(work, "C2", "P1")
    for segment in (closed, opened):
        segments.remove_contacts(work, segment.no, **by("salesperson_code", "JO"))
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
    given.the_fixtures(work)
    segment = a_segment(work, "C1", "P2")
    steps.delete_steps(work, [segment.id])

    steps.record_added(work, segment)

    assert steps_of(work, segment, "action", "filter", "by_number", "no_of_contacts") == [
        ("ADD", {"no": {"in": ["C1", "P2"]}}, True, 2)
    ]
