"""The segment that follows a logged one: the same contacts, and no interaction yet (R-LOG-11, K10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, literal, not_, select, true
from sqlmodel import col

from persistence.segments import LoggedSegment, Segment
from resolvers import number_series
from resolvers.errors import Refusal, Refused, Translated, UserErrorCode, refuse_any
from resolvers.master_data import text
from resolvers.segments import references, steps
from resolvers.segments.deriving import Facts, Values
from resolvers.segments.filling import fill
from resolvers.segments.header import assign, of_template
from resolvers.segments.marks import MARKS
from resolvers.segments.tables import ENTRIES
from resolvers.selections import Matching
from resolvers.work import Work, key, unfit_texts

LONGEST_DESCRIPTION = 50


@dataclass(frozen=True)
class FollowUpCreated:
    segment_id: int


class NobodyToFollowUp(Refusal):
    code = UserErrorCode.SEGMENT_EMPTY
    english = (
        "No interaction of logged segment {entry_no} is left to follow up. Ask for others; canceled ones count only "
        "when the filter names canceled."
    )
    french = (
        "Le segment journalisé {entry_no} n’a aucune interaction à suivre. Changez le filtre; les interactions "
        "annulées ne comptent que si le filtre mentionne canceled."
    )


def create_follow_up(
    work: Work,
    logged_segment_entry_no: int,
    *,
    matching: Matching | None = None,
    filter: Mapping[str, Any] | None = None,
    with_canceled: bool = False,
    description: str | None = None,
    template_code: str | None = None,
) -> FollowUpCreated:
    """Follow up a logged segment later: all its contacts, or those whose entries match (R-LOG-11, K10).

    Canceled entries are left out unless asked for (K14): what was struck out needs no follow-up. With a template the
    new segment assigns its interaction. Refused when nobody is left. `filter` is what `matching` says, to be kept as a
    step.
    """
    logged = work.find(LoggedSegment, "logged_segment_entry_no", entry_no=logged_segment_entry_no)
    assert logged is not None
    values = {"description": text(description), "template_code": key(template_code)}
    refusals = unfit_texts(Segment, {"description": values["description"]})
    refusals += references.check(work, [((), {"template_code": values["template_code"]})])
    refusals += number_series.check_next_no(work, "segment_nos", field="logged_segment_entry_no")
    refuse_any(refusals)
    of_header = select(col(Segment.campaign_no)).where(col(Segment.logged_segment_entry_no) == logged.entry_no)
    campaign_no = work.session.scalars(of_header).one_or_none()
    where = matching(ENTRIES) if matching else true()
    if not with_canceled:
        where = where & not_(ENTRIES.c.canceled)
    return FollowUpCreated(follow_up(work, logged, campaign_no, where, filter=filter, **values))


def follow_up(
    work: Work,
    logged: LoggedSegment,
    campaign_no: str | None,
    where: ColumnElement[bool] | None = None,
    *,
    filter: Mapping[str, Any] | None = None,
    description: str | None = None,
    template_code: str | None = None,
) -> int:
    """A new segment of today with a line for each of these entries of a logged segment; answers its id.

    The campaign stays, each line's own too; the salesperson is the user's, else each contact's. Refused without
    entries.
    """
    assert logged.entry_no is not None
    segment = Segment(id=None, no="", date=work.today, salesperson_code=references.usable_salesperson(work))
    if template_code is not None:
        assign(segment, {"template_code": template_code} | of_template(work, template_code))
    segment.campaign_no = campaign_no or segment.campaign_no
    segment.description = description or work.text(called(logged.segment_no))
    segment.follow_up_of = logged.entry_no
    segment.no = number_series.next_no(work, "segment_nos", field="create_follow_up")
    work.session.add(segment)
    work.session.flush()
    entries = (
        select(ENTRIES.c.contact_no, ENTRIES.c.campaign_no, ENTRIES.c.entry_no.label("position"))
        .where(ENTRIES.c.logged_segment_entry_no == logged.entry_no, ENTRIES.c.contact_no.is_not(None))
        .where(true() if where is None else where)
        .subquery("entries")
    )
    count = fill(work, segment, entries, altered=partial(_with_campaign, entries, campaign_no))
    if not count:
        raise Refused(NobodyToFollowUp("filter", entry_no=logged.entry_no))
    steps.added(work, segment, steps.from_logged_segment(logged.entry_no, filter))
    assert segment.id is not None
    return segment.id


def called(segment_no: str) -> Translated:
    """The default description of a follow-up, cut to the length of the column."""
    return Translated(
        f"Follow-up on segment {segment_no}"[:LONGEST_DESCRIPTION],
        f"Suivi du segment {segment_no}"[:LONGEST_DESCRIPTION],
    )


def _with_campaign(entries: FromClause, followed: str | None, line: Values, segment: Facts, contact: Facts) -> Values:
    """The campaign of the entry, where it had another than the segment that was logged; else the new segment's.

    Where it is not the new segment's it is marked, so that a template does not take it away.
    """
    own = entries.c.campaign_no.is_distinct_from(literal(followed, entries.c.campaign_no.type))
    campaign = case((own, entries.c.campaign_no), else_=segment["campaign_no"])
    marked = campaign.is_distinct_from(segment["campaign_no"])
    return line | {
        "campaign_no": campaign,
        "customized": case((marked, literal(MARKS["campaign_no"])), else_=literal(0)),
    }
