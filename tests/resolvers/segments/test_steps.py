"""The steps of a segment (R-ADD, R-RED, R-REF, R-BACK, R-SAV, R-SEG-2, R-SEG-3, R-LIN-9)."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from persistence.contacts import Contact
from persistence.segments import LoggedSegment, Segment
from resolvers.segments import rules as segments
from resolvers.segments.tables import STEP_LINES, STEPS
from resolvers.work import Work
from tests import records
from tests.segment_lines import create_segment, insert_contacts, lines_of
from tests.statements import recorded_statements


def matching_column(column: str, value: Any) -> dict[str, Any]:
    """A condition on contacts and its filter, as the commands take them."""
    return {"matching": lambda contact: contact.c[column] == value, "filter": {column: {"eq": value}}}


def steps_of(work: Work, segment: Segment, *names: str) -> list[Any]:
    rows = work.session.execute(
        select(*(STEPS.c[name] for name in names)).where(STEPS.c.segment_id == segment.id).order_by(STEPS.c.step_no)
    )
    return [tuple(row) for row in rows]


def test_r_add_4_companies_are_expanded_before_related_companies_are_added(work: Work) -> None:
    records.insert_fixtures(work)
    expanded, related, both = (create_segment(work) for _ in range(3))

    segments.add_contacts(
        work, expanded.no, **matching_column("no", "P1"), options=segments.AddingOptions(expand_companies=True)
    )
    segments.add_contacts(
        work, related.no, **matching_column("no", "P1"), options=segments.AddingOptions(allow_related_companies=True)
    )
    added = segments.add_contacts(
        work,
        both.no,
        contact_nos=["P3", "P2"],
        options=segments.AddingOptions(expand_companies=True, allow_related_companies=True),
    )

    assert lines_of(work, expanded.id, "contact_no") == ["C1", "P1", "P2"]
    assert lines_of(work, related.id, "contact_no") == ["C1", "P1"]
    assert lines_of(work, both.id, "contact_no") == ["P3", "P2", "C1", "P1"]
    assert (added.matched, added.added) == (4, 4)


def test_r_add_5_k14_contacts_added_with_their_company_are_checked_too(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "SHY", company="C1", exclude_from_segment=True)
    records.insert_contact(work, "GONE", company="C1", privacy_blocked=True)
    segment = create_segment(work, "P2")

    added = segments.add_contacts(
        work, segment.no, contact_nos=["P1"], options=segments.AddingOptions(expand_companies=True)
    )

    assert (added.matched, added.added) == (5, 2)
    assert (added.skipped_excluded, added.skipped_privacy_blocked, added.skipped_existing) == (1, 1, 1)
    assert lines_of(work, segment.id, "contact_no") == ["P2", "P1", "C1"]


def test_r_add_7_a_step_is_recorded_even_if_no_contact_was_added(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1")

    segments.add_contacts(
        work, segment.no, **matching_column("no", "C1"), options=segments.AddingOptions(ignore_exclusion=True)
    )

    assert steps_of(
        work, segment, "step_no", "action", "filter", "no_of_contacts", "ignore_exclusion", "user_id", "at"
    ) == [
        (1, "ADD", {"no": {"in": ["C1"]}}, 1, False, "tester", work.now.replace(microsecond=0)),
        (2, "ADD", {"no": {"eq": "C1"}}, 0, True, "tester", work.now.replace(microsecond=0)),
    ]


def test_r_add_3_k14_canceled_entries_of_a_logged_segment_add_no_contact(work: Work) -> None:
    records.insert_fixtures(work)
    logged = records.insert(
        work,
        LoggedSegment(segment_no="S", description="S", creation_date=records.TODAY, logged_at=work.now, user_id="u"),
    )
    records.insert_entry(work, contact="P1", logged_segment_entry_no=logged.entry_no)
    records.insert_entry(work, contact="P2", logged_segment_entry_no=logged.entry_no, canceled=True)
    segment = create_segment(work)

    segments.add_contacts(work, segment.no, logged_segment_entry_no=logged.entry_no)

    assert lines_of(work, segment.id, "contact_no") == ["P1"]


def test_r_red_and_r_ref_use_the_current_data_of_the_contacts(work: Work) -> None:
    records.insert_fixtures(work)
    reduced, refined = create_segment(work, "P1", "P2", "P1"), create_segment(work, "P1", "P2")
    segments.add_lines(work, reduced.no, [{"contact_no": "P1"}, {}])
    segments.add_lines(work, refined.no, [{}])
    records.stored(work, Contact, no="P1").company_no = "C2"
    work.session.flush()

    assert segments.remove_contacts(work, reduced.no, **matching_column("company_no", "C2")).removed == 2
    assert (
        segments.remove_contacts(
            work,
            refined.no,
            **matching_column("company_no", "C2"),
            options=segments.RemovingOptions(keep_matching=True),
        ).removed
        == 2
    )

    assert lines_of(work, reduced.id, "contact_no") == ["P2", None]
    assert lines_of(work, refined.id, "contact_no") == ["P1"]


def test_r_ref_without_a_filter_removes_only_lines_without_contact_and_r_red_removes_all(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1")
    segments.add_lines(work, segment.no, [{}])

    assert (
        segments.remove_contacts(
            work, segment.no, filter={}, options=segments.RemovingOptions(keep_matching=True)
        ).removed
        == 1
    )
    assert segments.remove_contacts(work, segment.no, filter={}).removed == 1


def test_with_entire_companies_a_matching_contact_stands_for_its_company_r_red_r_ref(work: Work) -> None:
    """The matching contact need not be on the segment; a contact without company stands for itself."""
    records.insert_fixtures(work)
    reduced, refined = create_segment(work, "P1", "C2", "P3"), create_segment(work, "P1", "C2", "P3")

    segments.remove_contacts(
        work, reduced.no, **matching_column("no", "P2"), options=segments.RemovingOptions(entire_companies=True)
    )
    segments.remove_contacts(
        work,
        refined.no,
        **matching_column("no", "P2"),
        options=segments.RemovingOptions(entire_companies=True, keep_matching=True),
    )
    segments.remove_contacts(
        work, reduced.no, **matching_column("no", "P3"), options=segments.RemovingOptions(entire_companies=True)
    )

    assert lines_of(work, reduced.id, "contact_no") == ["C2"]
    assert lines_of(work, refined.id, "contact_no") == ["P1"]


def test_r_seg_3_steps_are_deleted_only_if_no_line_is_left_after_several_steps(work: Work) -> None:
    records.insert_fixtures(work)
    some, none = create_segment(work, "C1", "C2"), create_segment(work)

    segments.remove_contacts(
        work, some.no, **matching_column("no", "C1"), options=segments.RemovingOptions(clear_steps_when_empty=True)
    )
    segments.remove_contacts(
        work, none.no, **matching_column("no", "C1"), options=segments.RemovingOptions(clear_steps_when_empty=True)
    )

    assert len(steps_of(work, some, "step_no")) == 2
    assert len(steps_of(work, none, "step_no")) == 1
    segments.remove_contacts(work, some.no, options=segments.RemovingOptions(clear_steps_when_empty=True))
    assert steps_of(work, some, "step_no") == []
    assert (
        work.session.scalar(select(func.count()).select_from(STEP_LINES).where(STEP_LINES.c.segment_id == some.id)) == 0
    )


def test_r_back_removes_all_lines_of_added_contacts_and_adds_new_lines_for_removed_ones(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT")
    segments.update_lines(work, segment.no, [{"line_nos": [2], "set": {"cost": Decimal(99)}}])
    segments.add_contacts(work, segment.no, contact_nos=["C1"], options=segments.AddingOptions(allow_existing=True))
    segments.remove_contacts(work, segment.no, **matching_column("no", "C2"))

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
    assert records.stored(work, Segment, id=segment.id).version == 6


def test_r_back_skips_contacts_deleted_since_and_restores_lines_without_contact(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "P3")
    segments.add_lines(work, segment.no, [{}, {"contact_no": "C2"}])
    segments.remove_contacts(work, segment.no)
    work.session.delete(records.stored(work, Contact, no="P3"))
    work.session.flush()

    segments.undo_step(work, segment.no)

    assert lines_of(work, segment.id, "contact_no") == [None, "C2"]


def test_steps_execute_the_same_number_of_statements_for_any_number_of_contacts(work: Work) -> None:
    records.insert_salesperson(work, "JO")
    few, many = (
        create_segment(work, *insert_contacts(work, 10)).no,
        create_segment(work, *insert_contacts(work, 1000)).no,
    )
    sent: list[list[int]] = []
    for segment in (few, many):
        counts = []
        for command, choices in (
            (
                segments.remove_contacts,
                {**matching_column("salesperson_code", "JO"), "options": segments.RemovingOptions(dry_run=True)},
            ),
            (segments.remove_contacts, matching_column("salesperson_code", "JO")),
            (segments.undo_step, {}),
            (segments.remove_lines, {}),
            (segments.undo_step, {}),
            (segments.undo_step, {}),
            (segments.delete, {}),
        ):
            with recorded_statements(work) as statements:
                command(work, segment, **choices)
            counts.append(len(statements))
        sent.append(counts)

    assert sent[0] == sent[1]
    assert max(sent[0]) <= 9
