"""Follow-up segments: new segments with the contacts of a logged one, and no interaction yet (R-LOG-11, K10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import ColumnElement, FromClause, case, literal, not_, select, true
from sqlmodel import col

from persistence.segments import LoggedSegment, Segment
from resolvers import change_feed, number_series
from resolvers.errors import Refusal, Refused, Translated, UserErrorCode, refuse_any
from resolvers.master_data import text
from resolvers.segments import references, steps
from resolvers.segments.creating import set_values, template_values
from resolvers.segments.lines.customized_fields import FIELD_BITS
from resolvers.segments.lines.deriving import Columns, LineValues
from resolvers.segments.lines.inserting_lines import insert_lines
from resolvers.segments.tables import ENTRIES, SEGMENTS
from resolvers.selections import Matching
from resolvers.work import Work, check_texts, key

MAX_DESCRIPTION_LENGTH = 50


@dataclass(frozen=True)
class FollowUpCreated:
    """The id of the new segment."""

    segment_id: int


class NothingToFollowUp(Refusal):
    """No interaction of the logged segment is selected."""

    code = UserErrorCode.SEGMENT_EMPTY
    english = (
        "No interaction of logged segment {entry_no} is selected to follow up. Change the filter; canceled "
        "interactions are selected only if the filter names canceled."
    )
    french = (
        "Aucune interaction du segment journalisé {entry_no} n’est sélectionnée pour le suivi. Changez le filtre; les "
        "interactions annulées ne sont sélectionnées que si le filtre mentionne canceled."
    )


def create_follow_up(
    work: Work,
    logged_segment_entry_no: int,
    *,
    matching: Matching | None = None,
    filter: Mapping[str, object] | None = None,
    with_canceled: bool = False,
    description: str | None = None,
    template_code: str | None = None,
) -> FollowUpCreated:
    """Create a follow-up of a logged segment: with all its contacts, or with those whose entries match (R-LOG-11, K10).

    Canceled entries are left out unless `with_canceled` is set (K14). With a template, the new segment has its
    interaction. Refused if no entry is left. The condition `matching` is stored in the step as `filter`.
    """
    logged = work.find(LoggedSegment, "logged_segment_entry_no", entry_no=logged_segment_entry_no)
    assert logged is not None
    stored_description, template = text(description), key(template_code)
    refusals = check_texts(Segment, {"description": stored_description})
    refusals += references.check(work, [((), {"template_code": template})])
    refusals += number_series.check_next_no(work, "segment_nos", field="logged_segment_entry_no")
    refuse_any(refusals)
    closed_segment = col(Segment.logged_segment_entry_no) == logged.entry_no
    campaign_no = work.session.scalars(select(col(Segment.campaign_no)).where(closed_segment)).one_or_none()
    where = matching(ENTRIES) if matching else true()
    if not with_canceled:
        where = where & not_(ENTRIES.c.canceled)
    return FollowUpCreated(
        follow_up(
            work,
            logged_segment_entry_no,
            logged.segment_no,
            campaign_no,
            where,
            filter=filter,
            description=stored_description,
            template_code=template,
        )
    )


def follow_up(
    work: Work,
    logged_segment_entry_no: int,
    segment_no: str,
    campaign_no: str | None,
    where: ColumnElement[bool] | None = None,
    *,
    filter: Mapping[str, object] | None = None,
    description: str | None = None,
    template_code: str | None = None,
) -> int:
    """Create a segment with today's date and a line for each entry of the logged segment that meets the condition.
    Returns its id. `segment_no` is the number of the logged segment.

    Its campaign is that of the logged segment, and each line's that of its entry. The salesperson is the user's own,
    or else that of each contact. Refused if there are no entries.
    """
    segment = Segment(id=None, no="", date=work.today, salesperson_code=references.own_salesperson(work))
    if template_code is not None:
        set_values(segment, {"template_code": template_code, **template_values(work, template_code)})
    segment.campaign_no = campaign_no or segment.campaign_no
    segment.description = description or work.text(default_description(segment_no))
    segment.follow_up_of = logged_segment_entry_no
    segment.no = number_series.next_no(work, "segment_nos", field="create_follow_up")
    work.session.add(segment)
    work.session.flush()
    assert segment.id is not None
    change_feed.record_one(work, change_feed.CREATED, SEGMENTS, segment.id)
    entries = (
        select(ENTRIES.c.contact_no, ENTRIES.c.campaign_no, ENTRIES.c.entry_no.label("position"))
        .where(ENTRIES.c.logged_segment_entry_no == logged_segment_entry_no, ENTRIES.c.contact_no.is_not(None))
        .where(true() if where is None else where)
        .subquery("entries")
    )
    count = insert_lines(work, segment, entries, alter=partial(_with_campaign, entries, campaign_no))
    if not count:
        raise Refused(NothingToFollowUp("filter", entry_no=logged_segment_entry_no))
    steps.record_added(work, segment, steps.follow_up_criteria(logged_segment_entry_no, filter))
    return segment.id


def default_description(segment_no: str) -> Translated:
    """The description of a follow-up segment unless another is given, cut to 50 characters."""
    return Translated(
        f"Follow-up on segment {segment_no}"[:MAX_DESCRIPTION_LENGTH],
        f"Suivi du segment {segment_no}"[:MAX_DESCRIPTION_LENGTH],
    )


def _with_campaign(
    entries: FromClause, logged_campaign_no: str | None, line: LineValues, segment: Columns, contact: Columns
) -> LineValues:
    """The line with the campaign of its entry if that differs from the campaign of the logged segment, otherwise with
    that of the new segment.

    A campaign that is not that of the new segment is a customized field, so that a template does not replace it.
    """
    own = entries.c.campaign_no.is_distinct_from(literal(logged_campaign_no, entries.c.campaign_no.type))
    campaign = case((own, entries.c.campaign_no), else_=segment["campaign_no"])
    is_customized = campaign.is_distinct_from(segment["campaign_no"])
    return line | {
        "campaign_no": campaign,
        "customized": case((is_customized, literal(FIELD_BITS["campaign_no"])), else_=literal(0)),
    }
