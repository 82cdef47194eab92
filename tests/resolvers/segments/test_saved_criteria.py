"""Saved criteria repeat steps on another segment with the data of that day (R-SAV)."""

from typing import Any

from sqlalchemy import func, select

from persistence.contacts import Contact
from resolvers.segments import rules as segments
from resolvers.segments.tables import SAVED_STEPS
from resolvers.work import Work
from tests import records as given
from tests.lines import a_segment, lines_of
from tests.refusing import codes, refused
from tests.resolvers.segments.test_steps import by, steps_of


def understood(filter: Any) -> Any:
    """What a record made by `by` asks."""
    ((column, asked),) = filter.items()
    return by(column, asked["eq"])["matching"]


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
