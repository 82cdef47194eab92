"""R-LOG-11, K10, K14: the segment that follows a logged one."""

from decimal import Decimal

from persistence.contacts import Contact
from persistence.segments import LoggedSegment, Segment
from resolvers import segments
from resolvers.work import Work
from tests import given
from tests.lines import a_segment, lines_of
from tests.logged import entries_of, nothing_is_logged
from tests.refusing import codes


def test_d1_103_a_follow_up_without_a_series_undoes_the_whole(work: Work) -> None:
    """R-LOG-11, R-LOG-12."""
    given.the_fixtures(work)
    segment = a_segment(work, "C1", template_code="VISIT", description="Spring").no
    given.the_setup(work, segment_nos=None)

    savepoint = work.session.begin_nested()
    assert codes(segments.log, work, segment, create_follow_up=True) == ["NUMBER_SERIES_MISSING"]
    savepoint.rollback()

    assert nothing_is_logged(work)
    assert segments.log(work, segment).logged == 1


def test_r_log_11_the_follow_up_has_the_users_salesperson_and_everybody_excluded_since(work: Work) -> None:
    """K10."""
    given.the_fixtures(work)
    segment = a_segment(work, "C1", "C2", template_code="VISIT", description="Spring", salesperson_code="JO")
    given.the(work, Contact, no="C1").exclude_from_segment = True
    work.session.flush()

    logged = segments.log(given.asked_by(work, salesperson="PS"), segment.no, create_follow_up=True)

    assert lines_of(work, logged.follow_up_segment_id, "contact_no", "salesperson_code", "cost", "date") == [
        ("C1", "PS", Decimal(0), given.W), ("C2", "PS", Decimal(0), given.W),
    ]


def test_a_follow_up_is_logged_in_its_turn_and_names_what_it_follows(work: Work) -> None:
    given.the_fixtures(work)
    segment = a_segment(work, "C1", template_code="VISIT", description="Spring")
    first = segments.log(work, segment.no, create_follow_up=True)
    follow_up = given.the(work, Segment, id=first.follow_up_segment_id)
    segments.update(work, follow_up.no, {"template_code": "CALLOUT"})

    second = segments.log(work, follow_up.no)

    assert entries_of(work, second, "template_code", "cost") == [("CALLOUT", Decimal(1))]
    register = given.the(work, LoggedSegment, entry_no=second.logged_segment_entry_no)
    assert register.follow_up_of == first.logged_segment_entry_no
