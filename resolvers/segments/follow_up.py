"""The segment that follows a logged one: the same contacts, and no interaction yet (R-LOG-11, K10)."""

from functools import partial

from sqlalchemy import FromClause, case, literal, select

from persistence.segments import LoggedSegment, Segment
from resolvers import number_series
from resolvers.segments import references, steps
from resolvers.segments.deriving import Facts, Values
from resolvers.segments.filling import fill
from resolvers.segments.marks import MARKS
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work

LONGEST_DESCRIPTION = 50


def create_follow_up(work: Work, segment: Segment, logged: LoggedSegment) -> int:
    """A new segment of today with a line for each entry that was logged; answers its id.

    The campaign stays, each line's own too; the salesperson is the user's, else each contact's. It has one step.
    """
    salesperson = references.usable_salesperson(work)
    follow_up = Segment(
        id=None, no=number_series.next_no(work, "segment_nos"), date=work.today, salesperson_code=salesperson,
        description=f"Follow-up on segment {segment.no}"[:LONGEST_DESCRIPTION], campaign_no=segment.campaign_no,
        follow_up_of=logged.entry_no,
    )
    work.session.add(follow_up)
    work.session.flush()
    assert follow_up.id is not None
    entries = (
        select(ENTRIES.c.contact_no, ENTRIES.c.campaign_no, ENTRIES.c.entry_no.label("position"))
        .where(ENTRIES.c.logged_segment_entry_no == logged.entry_no).subquery("entries")
    )
    fill(work, follow_up, entries, altered=partial(_with_campaign, entries))
    steps.added(work, follow_up, steps.from_logged_segment(logged.entry_no))
    return follow_up.id


def _with_campaign(entries: FromClause, line: Values, segment: Facts, contact: Facts) -> Values:
    """The campaign of the entry; where it is not the segment's it is marked, so that a template does not take it away."""
    own = entries.c.campaign_no.is_distinct_from(segment["campaign_no"])
    return line | {
        "campaign_no": entries.c.campaign_no,
        "customized": case((own, literal(MARKS["campaign_no"])), else_=literal(0)),
    }
