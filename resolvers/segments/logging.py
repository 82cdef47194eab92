"""Logging a segment: an interaction for each contact, all in one transaction, by one INSERT for each table (R-LOG)."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, FromClause, and_, case, func, insert, literal, null, select

from persistence.numbers import entry_no_of_each_row, took
from persistence.segments import LoggedSegment, Segment
from resolvers.errors import Refusal, Refused, UserErrorCode, refuse_any
from resolvers.refusals import SegmentNotFound
from resolvers.segments.follow_up import create_follow_up as create_follow_up_segment
from resolvers.segments.opening import claim_if_open
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LOGGED_SEGMENTS
from resolvers.segments.verdict import LinesBlocked, LineStatus, blocked_lines, judged, stands, verdict
from resolvers.work import Work, key

COPIED = (
    "contact_no", "company_no", "date", "subject", "template_code", "group_code", "salesperson_code", "campaign_no",
    "campaign_target", "campaign_response", "information_flow", "initiated_by", "language_code", "evaluation",
    "attempt_failed", "cost", "duration",
)
"""Line values that become the entry's as they are (R-LOG-7)."""


@dataclass(frozen=True)
class Logged:
    """`skipped` are the lines without a contact."""

    logged_segment_entry_no: int
    segment_id: int
    follow_up_segment_id: int | None
    logged: int
    skipped: int


class SegmentEmpty(Refusal):
    """R-LOG-5."""

    code = UserErrorCode.SEGMENT_EMPTY
    english = "Segment {no} has no contacts to log. Add contacts first."
    french = "Le segment {no} ne contient aucun contact à journaliser. Ajoutez d'abord des contacts."


class SegmentDescriptionRequired(Refusal):
    """R-LOG-2."""

    code = UserErrorCode.SEGMENT_DESCRIPTION_REQUIRED
    english = "Segment {no} has no description, and the log shows it by that. Describe it first."
    french = "Le segment {no} n'a pas de description, et c'est par elle que le journal le montre. Décrivez-le d'abord."


class LoggedSegmentExists(Refusal):
    """R-LOG-1, K9."""

    code = UserErrorCode.LOGGED_SEGMENT_EXISTS
    english = "Segment {no} was logged already. See logged segment {entry_no}."
    french = "Le segment {no} a déjà été journalisé. Voyez le segment journalisé {entry_no}."


def log(work: Work, segment_no: str, *, create_follow_up: bool = False, expected_version: int | None = None) -> Logged:
    """Log every line with a contact as a finished interaction and close the segment (R-LOG-1 to 7, 10 to 13).

    Whole or nothing: a line that cannot be logged refuses all (K8). Lines without a contact are skipped (R-LOG-5). Header
    and lines are kept behind the logged segment (K7). The follow-up has the same contacts and no interaction (R-LOG-11).
    """
    segment = _claim(work, segment_no, expected_version)
    lines = verdict(work, segment)
    refusals: list[Refusal] = [] if segment.description else [SegmentDescriptionRequired("segment_no", no=segment.no)]
    if lines.blocked:
        raise _blocked(work, segment, lines.blocked, *refusals)
    if not lines.ready:
        refusals.append(SegmentEmpty("segment_no", no=segment.no))
    refuse_any(refusals)
    logged = _register(work, segment)
    if lines.campaigns:
        _enter_campaigns(work, segment, logged)
    _enter(work, segment, logged, lines.ready)
    segment.logged_segment_entry_no = logged.entry_no
    work.session.flush()
    assert segment.id is not None
    assert logged.entry_no is not None
    follow_up = create_follow_up_segment(work, segment, logged) if create_follow_up else None
    return Logged(logged.entry_no, segment.id, follow_up, lines.ready, lines.skipped)


def _claim(work: Work, no: str, expected_version: int | None) -> Segment:
    """The segment, ours from here on: of two who log it at once, one gets it and the other reads that it is logged (K24)."""
    segment = claim_if_open(work, no, expected_version=expected_version)
    if segment is not None:
        return segment
    newest = select(func.max(LOGGED_SEGMENTS.c.entry_no)).where(LOGGED_SEGMENTS.c.segment_no == key(no))
    entry_no = work.session.scalar(newest)
    if entry_no is None:
        raise Refused(SegmentNotFound("segment_no", no=key(no)))
    raise Refused(LoggedSegmentExists("segment_no", no=key(no), entry_no=entry_no))


def _blocked(work: Work, segment: Segment, count: int, *others: Refusal) -> Refused:
    return Refused(
        *others, LinesBlocked("segment_no", no=segment.no, count=count), detail=blocked_lines(work, segment, count)
    )


def _register(work: Work, segment: Segment) -> LoggedSegment:
    """R-LOG-3."""
    logged = LoggedSegment(
        segment_no=segment.no, description=segment.description or "", creation_date=work.today, logged_at=work.now,
        user_id=work.user.id, follow_up_of=segment.follow_up_of,
    )
    work.session.add(logged)
    work.session.flush()
    return logged


def _enter_campaigns(work: Work, segment: Segment, logged: LoggedSegment) -> None:
    """One campaign entry for each campaign on the lines; date and salesperson are those of its first line (R-CAM-1, K9)."""
    first = (
        judged(segment, func.min(LINE.c.line_no).label("line_no"))
        .where(stands(LineStatus.READY), LINE.c.campaign_no.is_not(None)).group_by(LINE.c.campaign_no).subquery("first")
    )
    values: dict[str, ColumnElement[Any]] = {
        "campaign_no": LINE.c.campaign_no, "date": LINE.c.date, "salesperson_code": LINE.c.salesperson_code,
    } | {name: literal(value, CAMPAIGN_ENTRIES.c[name].type) for name, value in {
        "description": segment.description, "segment_no": segment.no, "user_id": work.user.id, "canceled": False,
        "logged_segment_entry_no": logged.entry_no,
    }.items()}
    rows = (
        select(*values.values()).select_from(LINE.join(first, first.c.line_no == LINE.c.line_no))
        .where(LINE.c.segment_id == segment.id).order_by(LINE.c.line_no)
    )
    work.session.execute(insert(CAMPAIGN_ENTRIES).from_select(list(values), rows))


def _enter(work: Work, segment: Segment, logged: LoggedSegment, expected: int) -> None:
    """One entry for each ready line, numbered in line order (R-LOG-6, R-LOG-7).

    Something may have been blocked since the verdict; lines cannot have changed, because the segment is ours.
    """
    lines = _lines(work, segment, logged)
    values: dict[str, ColumnElement[Any]] = {column.name: column for column in lines.c if column.name != "line_no"}
    values |= {name: literal(value, ENTRIES.c[name].type) for name, value in {
        "segment_no": segment.no, "logged_segment_entry_no": logged.entry_no, "user_id": work.user.id,
        "logged_at": work.now, "canceled": False,
    }.items()}
    values["entry_no"] = entry_no_of_each_row(work.session, func.row_number().over(order_by=lines.c.line_no))
    rows = insert(ENTRIES).from_select(list(values), select(*values.values()).select_from(lines))
    entered = cast("CursorResult[Any]", work.session.execute(rows)).rowcount
    if entered != expected:
        raise _blocked(work, segment, expected - entered)
    took(work.session, entered)


def _lines(work: Work, segment: Segment, logged: LoggedSegment) -> FromClause:
    """What the entries take from the lines, in line order."""
    entry = CAMPAIGN_ENTRIES.alias("campaign")
    of_campaign = and_(entry.c.campaign_no == LINE.c.campaign_no, entry.c.logged_segment_entry_no == logged.entry_no)
    description = literal(segment.description, LINE.c.description.type)
    now = literal(work.next_minute.time(), LINE.c.time_of_interaction.type)
    e_mail_fails = and_(LINE.c.correspondence_type == "EMAIL", CONTACT.c.email.is_(None))
    joined = LINE.join(CONTACT, CONTACT.c.no == LINE.c.contact_no).outerjoin(entry, of_campaign)
    return (
        select(
            LINE.c.line_no, *(LINE.c[name] for name in COPIED), entry.c.entry_no.label("campaign_entry_no"),
            func.coalesce(LINE.c.description, description).label("description"),
            func.coalesce(LINE.c.time_of_interaction, now).label("time_of_interaction"),
            case((e_mail_fails, null()), else_=LINE.c.correspondence_type).label("correspondence_type"),
        )
        .select_from(joined).where(LINE.c.segment_id == segment.id, stands(LineStatus.READY)).order_by(LINE.c.line_no)
        .subquery("lines")
    )
