"""Logging a segment: an interaction for each contact, all in one transaction, by one INSERT for each table (R-LOG)."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Insert,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy import Table as SqlTable

from persistence.numbers import EntryNoOfEachRow, took
from persistence.segments import LoggedSegment, Segment
from persistence.under_way import LOGGING
from resolvers.errors import Refused
from resolvers.refusals import SegmentNotFound
from resolvers.segments.follow_up import follow_up
from resolvers.segments.opening import claim_if_open
from resolvers.segments.plan import LinesBlocked, OnBlocked, PlanStale, check_token, not_open, plan
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LINES
from resolvers.segments.verdict import THE_SEGMENT, JudgedLine, LineStatus, judged, judged_lines, stands
from resolvers.selections import SHOWN
from resolvers.work import Work, key

COPIED = (
    "contact_no", "company_no", "date", "subject", "template_code", "group_code", "salesperson_code", "campaign_no",
    "campaign_target", "campaign_response", "information_flow", "initiated_by", "language_code", "evaluation",
    "attempt_failed", "cost", "duration",
)
"""Line values that become the entry's as they are (R-LOG-7)."""

THE = "the_"


@dataclass(frozen=True)
class BlockedLines:
    """How many lines cannot be logged and why the first 100 cannot; they stand on that segment, open or closed."""

    blocked: int
    blocked_segment_id: int
    blocked_lines: list[JudgedLine]


@dataclass(frozen=True)
class Logged(BlockedLines):
    """`skipped` are the lines without a contact. Of the open and the closed segment, the other one is null."""

    logged_segment_entry_no: int
    closed_segment_id: int | None
    open_segment_id: int | None
    follow_up_segment_id: int | None
    logged: int
    skipped: int


def log(
    work: Work, segment_no: str, *, create_follow_up: bool = False, on_blocked: OnBlocked = OnBlocked.FAIL,
    plan_token: str | None = None, expected_version: int | None = None,
) -> Logged:
    """Log every line with a contact as a finished interaction and close the segment (R-LOG-1 to 7, 10 to 13).

    Whole or nothing: a line that cannot be logged refuses all, or is left out, or goes on in an open segment of the same
    number, as `on_blocked` says (K8). Lines without a contact are skipped and stay behind (R-LOG-5). Header and lines are
    kept behind the logged segment (K7). The follow-up has the same contacts and no interaction (R-LOG-11). With the token
    of a preview, nothing is done that it did not show (PLAN_STALE).
    """
    check_token(plan_token)
    segment = _claim(work, segment_no, expected_version)
    work.tell(segment.id, "CHECKING")
    assert segment.id is not None
    made = plan(work, segment, segment.version - 1, create_follow_up=create_follow_up, on_blocked=on_blocked)
    if plan_token not in (None, made.token):
        raise Refused(PlanStale("plan_token", no=segment.no))
    lines = made.verdict
    blocked = _blocked(work, segment, lines.blocked)
    if made.refusals:
        raise Refused(*made.refusals, detail=blocked)
    logged = _register(work, segment)
    assert logged.entry_no is not None
    left = on_blocked is OnBlocked.LEAVE_IN_SEGMENT and lines.blocked > 0
    open_segment_id = _leave(work, segment, lines.blocked) if left else None
    if lines.no_of_campaign_entries:
        _enter_campaigns(work, segment, logged)
    work.tell(segment.id, LOGGING, lines.ready)
    _enter(work, segment, logged, lines.ready, on_blocked)
    followed_up_by = None
    if create_follow_up:
        work.tell(segment.id, "FOLLOW_UP", lines.ready)
        followed_up_by = follow_up(work, logged, segment.campaign_no)
    return Logged(
        lines.blocked, open_segment_id or segment.id, blocked.blocked_lines, logged.entry_no,
        None if left else segment.id, open_segment_id, followed_up_by, lines.ready, lines.skipped,
    )


def _claim(work: Work, no: str, expected_version: int | None) -> Segment:
    """The segment, ours from here on: of two who log it at once, one gets it and the other reads that it is logged (K24)."""
    segment = claim_if_open(work, no, expected_version=expected_version)
    if segment is not None:
        return segment
    raise Refused(not_open(work, key(no)) or SegmentNotFound("segment_no", no=key(no)))


def _blocked(work: Work, segment: Segment, count: int) -> BlockedLines:
    assert segment.id is not None
    lines = judged_lines(work, segment.id, most=SHOWN, status=LineStatus.BLOCKED) if count else []
    return BlockedLines(count, segment.id, lines)


def _register(work: Work, segment: Segment) -> LoggedSegment:
    """R-LOG-3. Closes the segment, so that its number is free for what goes on."""
    logged = LoggedSegment(
        segment_no=segment.no, description=segment.description or "", creation_date=work.today, logged_at=work.now,
        user_id=work.user.id, follow_up_of=segment.follow_up_of,
    )
    work.session.add(logged)
    work.session.flush()
    segment.logged_segment_entry_no = logged.entry_no
    work.session.flush()
    return logged


def _leave(work: Work, segment: Segment, count: int) -> int:
    """The blocked lines go on, as they are, under a new open header of the same number; answers its id (K8).

    Its steps stay with what was logged: undone, they would take lines off that are not here.
    """
    left = Segment(**segment.model_dump(exclude={"id", "logged_segment_entry_no"}))
    work.session.add(left)
    work.session.flush()
    assert left.id is not None
    blocked = judged(segment.id, LINE.c.line_no).where(stands(LineStatus.BLOCKED))
    moving = update(LINES).values(segment_id=left.id).where(LINES.c.segment_id == segment.id, LINES.c.line_no.in_(blocked))
    moved = cast("CursorResult[Any]", work.session.execute(moving)).rowcount
    if moved != count:
        raise Refused(PlanStale("segment_no", no=segment.no))
    return left.id


def _enter_campaigns(work: Work, segment: Segment, logged: LoggedSegment) -> None:
    """One campaign entry for each campaign on the lines; date and salesperson are those of its first line (R-CAM-1, K9)."""
    work.session.execute(_ENTERING_CAMPAIGNS, _shared(work, segment, logged))


def _enter(work: Work, segment: Segment, logged: LoggedSegment, expected: int, on_blocked: OnBlocked) -> None:
    """One entry for each ready line, numbered in line order (R-LOG-6, R-LOG-7).

    Something may have been blocked, or unblocked, since the verdict; lines cannot have changed, because the segment is ours.
    """
    entered = cast("CursorResult[Any]", work.session.execute(_ENTERING, _shared(work, segment, logged))).rowcount
    if entered != expected and on_blocked is OnBlocked.FAIL:
        refusal = LinesBlocked("segment_no", no=segment.no, count=expected - entered)
        raise Refused(refusal, detail=_blocked(work, segment, expected - entered))
    if entered != expected:
        raise Refused(PlanStale("segment_no", no=segment.no))
    took(work.session, entered)


def _entering() -> Insert:
    """The entries of the ready lines of a segment, in line order; put together once."""
    names = ("segment_no", "logged_segment_entry_no", "user_id", "logged_at", "description", "time_of_interaction")
    shared = _the(ENTRIES, *names)
    entry = CAMPAIGN_ENTRIES.alias("campaign")
    of_campaign = and_(
        entry.c.campaign_no == LINE.c.campaign_no, entry.c.logged_segment_entry_no == shared["logged_segment_entry_no"]
    )
    e_mail_fails = and_(LINE.c.correspondence_type == "EMAIL", CONTACT.c.email.is_(None))
    joined = LINE.join(CONTACT, CONTACT.c.no == LINE.c.contact_no).outerjoin(entry, of_campaign)
    own = {name: LINE.c[name] for name in COPIED} | {
        "campaign_entry_no": entry.c.entry_no,
        "description": func.coalesce(LINE.c.description, shared["description"]),
        "time_of_interaction": func.coalesce(LINE.c.time_of_interaction, shared["time_of_interaction"]),
        "correspondence_type": case((e_mail_fails, null()), else_=LINE.c.correspondence_type),
    }
    position = func.row_number().over(order_by=LINE.c.line_no).label("position")
    lines = (
        select(position, *(value.label(name) for name, value in own.items())).select_from(joined)
        .where(LINE.c.segment_id == THE_SEGMENT, stands(LineStatus.READY))
        .order_by(LINE.c.line_no).subquery("lines")
    )
    values: dict[str, ColumnElement[Any]] = {
        **shared, **{name: lines.c[name] for name in own}, "canceled": literal(False),
        "entry_no": EntryNoOfEachRow(lines.c.position),
    }
    return insert(ENTRIES).from_select(list(values), select(*values.values()).select_from(lines))


def _entering_campaigns() -> Insert:
    """The campaign entries of the ready lines of a segment, in line order."""
    first = (
        judged(THE_SEGMENT, func.min(LINE.c.line_no).label("line_no"))
        .where(stands(LineStatus.READY), LINE.c.campaign_no.is_not(None)).group_by(LINE.c.campaign_no).subquery("first")
    )
    values: dict[str, ColumnElement[Any]] = {name: LINE.c[name] for name in ("campaign_no", "date", "salesperson_code")}
    values |= _the(CAMPAIGN_ENTRIES, "description", "segment_no", "user_id", "logged_segment_entry_no")
    values["canceled"] = literal(False)
    rows = (
        select(*values.values()).select_from(LINE.join(first, first.c.line_no == LINE.c.line_no))
        .where(LINE.c.segment_id == THE_SEGMENT).order_by(LINE.c.line_no)
    )
    return insert(CAMPAIGN_ENTRIES).from_select(list(values), rows)


def _the(table: SqlTable, *names: str) -> dict[str, ColumnElement[Any]]:
    """What all rows share, by the names that `_shared` gives it: a parameter must not be called like a column."""
    return {name: bindparam(f"{THE}{name}", type_=table.c[name].type) for name in names}


def _shared(work: Work, segment: Segment, logged: LoggedSegment) -> dict[str, Any]:
    """What all entries of a segment share."""
    shared = {
        "segment_no": segment.no, "logged_segment_entry_no": logged.entry_no, "description": segment.description,
        "time_of_interaction": work.next_minute.time(), "user_id": work.user.id, "logged_at": work.now,
    }
    return {f"{THE}{name}": value for name, value in shared.items()} | {THE_SEGMENT.key: segment.id}


_ENTERING, _ENTERING_CAMPAIGNS = _entering(), _entering_campaigns()
