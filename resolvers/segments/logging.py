"""Logging a segment: an interaction for each contact, all in one transaction, by one INSERT for each table (R-LOG)."""

from collections.abc import Iterable
from dataclasses import dataclass

from persistence.segments import LoggedSegment, Segment
from resolvers.errors import Refused
from resolvers.refusals import SegmentNotFound
from resolvers.segments.follow_up import follow_up
from resolvers.segments.not_logged import NotLogged, not_logged
from resolvers.segments.opening import claim_if_open
from resolvers.segments.plan import OnBlocked, Plan, PlanStale, against_lines, check_token, not_open, plan
from resolvers.segments.verdict import JudgedLine
from resolvers.segments.warnings import leave_out_of
from resolvers.segments.writing_entries import write
from resolvers.work import Work, key


@dataclass(frozen=True)
class BlockedLines:
    """How many lines cannot be logged and why the first 100 cannot; they stand on that segment, open or closed."""

    blocked: int
    blocked_segment_id: int
    blocked_lines: list[JudgedLine]


@dataclass(frozen=True)
class Logged(BlockedLines):
    """`skipped` counts lines without a contact and lines left out. Only one of open and logged segment is set."""

    logged_segment_entry_no: int
    closed_segment_id: int | None
    open_segment_id: int | None
    follow_up_segment_id: int | None
    logged: int
    skipped: int


def log(
    work: Work,
    segment_no: str,
    *,
    create_follow_up: bool = False,
    on_blocked: OnBlocked = OnBlocked.FAIL,
    leave_out: Iterable[str] = (),
    plan_token: str | None = None,
    expected_version: int | None = None,
) -> Logged:
    """Log every line with a contact as a finished interaction and close the segment (R-LOG-1 to 7, 10 to 13).

    Whole or nothing: a line that cannot be logged refuses all, or is left out, or goes on in an open segment of the
    same number, as `on_blocked` says (K8). Lines without a contact are skipped and stay behind (R-LOG-5). Lines with
    one of the warnings in `leave_out` are skipped, too, blocked or not; they go where `on_blocked` sends blocked ones
    (K27). Header and lines are kept behind the logged segment (K7). The follow-up has the same contacts and no
    interaction (R-LOG-11).

    What is blocked at this moment counts as blocked (K29). Only with the token of a preview is a different outcome
    refused (PLAN_STALE).
    """
    check_token(plan_token)
    segment = _claim(work, segment_no, expected_version)
    work.tell(segment.id, "CHECKING")
    assert segment.id is not None
    left_out = leave_out_of(leave_out)
    made = plan(
        work, segment, segment.version - 1, create_follow_up=create_follow_up, on_blocked=on_blocked, leave_out=left_out
    )
    if plan_token not in (None, made.token):
        raise Refused(PlanStale("plan_token", no=segment.no))
    if made.refusals:
        _check(segment, made, not_logged(work, segment, left_out), on_blocked, plan_token)
    seen = made.verdict
    logged = _register(work, segment)
    assert logged.entry_no is not None
    leaves = on_blocked is OnBlocked.LEAVE_IN_SEGMENT
    written = write(work, segment, logged, seen, left_out, leaves=leaves)
    out = written.not_logged
    _check(segment, made, out, on_blocked, plan_token)
    followed_up_by = None
    if create_follow_up:
        work.tell(segment.id, "FOLLOW_UP", written.logged)
        followed_up_by = follow_up(work, logged, segment.campaign_no)
    open_id = written.open_segment_id
    return Logged(
        out.blocked,
        open_id or segment.id,
        out.blocked_lines,
        logged.entry_no,
        segment.id if open_id is None else None,
        open_id,
        followed_up_by,
        written.logged,
        seen.skipped - seen.left_out + out.left_out,
    )


def _check(segment: Segment, made: Plan, out: NotLogged, on_blocked: OnBlocked, plan_token: str | None) -> None:
    """Refuse according to the lines that are not logged now; if they differ from a given plan, with PLAN_STALE
    (K29).
    """
    assert segment.id is not None
    seen = made.verdict
    turned = (out.blocked, out.left_out, out.places) != (seen.blocked, seen.left_out, seen.places)
    if turned and plan_token is not None:
        raise Refused(PlanStale("plan_token", no=segment.no))
    ready = seen.ready + seen.blocked + seen.left_out - out.blocked - out.left_out
    of_lines = against_lines(segment, ready, out.blocked, out.left_out, on_blocked)
    refusals = made.of_header + of_lines + made.of_series
    if refusals:
        raise Refused(*refusals, detail=BlockedLines(out.blocked, segment.id, out.blocked_lines))


def _claim(work: Work, no: str, expected_version: int | None) -> Segment:
    """The segment, ours from here on: of two who log it at once, one gets it and the other reads that it is logged
    (K24).
    """
    segment = claim_if_open(work, no, expected_version=expected_version)
    if segment is not None:
        return segment
    raise Refused(not_open(work, key(no)) or SegmentNotFound("segment_no", no=key(no)))


def _register(work: Work, segment: Segment) -> LoggedSegment:
    """R-LOG-3. Closes the segment, so that its number is free for what goes on."""
    logged = LoggedSegment(
        segment_no=segment.no,
        description=segment.description or "",
        creation_date=work.today,
        logged_at=work.now,
        user_id=work.user.id,
        follow_up_of=segment.follow_up_of,
    )
    work.session.add(logged)
    work.session.flush()
    segment.logged_segment_entry_no = logged.entry_no
    work.session.flush()
    return logged
