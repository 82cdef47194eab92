"""Logging a segment: one interaction for each contact, in one transaction and by one INSERT for each table (R-LOG)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Column, Integer, bindparam, select

from persistence.change_feed.items_of_keys import ItemSource
from persistence.enums import ChangeKind
from persistence.segments import Segment
from persistence.sql.isolation import how_to_insert
from resolvers import change_feed
from resolvers.errors import Refused
from resolvers.refusals import SegmentNotFound
from resolvers.segments.locking import lock_if_open
from resolvers.segments.logging.closing import close, correct_count
from resolvers.segments.logging.follow_up import follow_up
from resolvers.segments.logging.line_status import CheckedLine
from resolvers.segments.logging.logging_plan import (
    OnBlocked,
    Plan,
    PlanStale,
    check_counts,
    check_token,
    logged_segment_exists,
    plan,
)
from resolvers.segments.logging.not_logged import NotLogged, not_logged
from resolvers.segments.logging.warnings import sorted_warnings
from resolvers.segments.logging.writing_entries import Written, write
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LINES, LOGGED_SEGMENTS, SEGMENTS
from resolvers.work import Work, key

SEGMENT_ID, LOGGED_SEGMENT = "the_closed_segment", "the_logged_segment"
"""The parameters of the queries below."""


def _source(kind: ChangeKind, key: Column[int], where: Column[int], parameter: str) -> ItemSource:
    """A change of the objects with these keys, where a column has the value of the parameter."""
    condition = where == bindparam(parameter, type_=Integer())
    return change_feed.item_source(kind, key.table, select(key.label("key")).where(condition))


CHANGES = (
    *(
        _source(change_feed.CREATED, rows.c.entry_no, rows.c.logged_segment_entry_no, LOGGED_SEGMENT)
        for rows in (CAMPAIGN_ENTRIES, ENTRIES)
    ),
    _source(change_feed.DELETED, SEGMENTS.c.id, SEGMENTS.c.id, SEGMENT_ID),
    _source(change_feed.CREATED, LOGGED_SEGMENTS.c.entry_no, LOGGED_SEGMENTS.c.entry_no, LOGGED_SEGMENT),
)
"""What logging a segment changes."""


@dataclass(frozen=True)
class BlockedLines:
    """How many lines are blocked, the reasons of the first 100, and the id of the segment that has them now, which may
    be closed.
    """

    blocked: int
    blocked_segment_id: int
    blocked_lines: list[CheckedLine]


@dataclass(frozen=True)
class Logged(BlockedLines):
    """The logged segment and how many lines were logged. `skipped` counts lines without a contact and lines left out.

    `closed_segment_id` is the id of the segment if it was closed, `open_segment_id` that of the open segment with the
    lines that were left; one of them is null.
    """

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
    """Log every line with a contact as a finished interaction and close the segment (R-LOG-1 to R-LOG-7, R-LOG-10 to
    R-LOG-13).

    `on_blocked` says what happens if lines are blocked: nothing is logged, or they are skipped, or they are left in an
    open segment with the same number (K8). Lines without a contact are skipped and stay in the closed segment
    (R-LOG-5). Lines with one of the warnings in `leave_out` are skipped, blocked or not; they stay where `on_blocked`
    leaves blocked lines (K27). The closed segment is kept with its lines (K7). The follow-up segment has the same
    contacts and no interaction (R-LOG-11).

    A record that is blocked at this moment counts as blocked (K29). With the token of a preview, an outcome that
    differs from that of the preview is refused with PLAN_STALE.
    """
    check_token(plan_token)
    segment = _lock(work, segment_no, expected_version)
    work.report_progress(segment.id, "CHECKING")
    assert segment.id is not None
    left_out = sorted_warnings(leave_out)
    planned = plan(
        work, segment, segment.version - 1, create_follow_up=create_follow_up, on_blocked=on_blocked, leave_out=left_out
    )
    if plan_token not in (None, planned.token):
        raise Refused(PlanStale("plan_token", no=segment.no))
    if planned.refusals:
        _check(segment, planned, not_logged(work, segment, left_out), on_blocked, plan_token)
    inserts = how_to_insert(work.session)
    entry_no = close(work, segment, planned.totals.ready, inserts)
    leave_in_segment = on_blocked is OnBlocked.LEAVE_IN_SEGMENT
    written = write(work, segment, entry_no, planned.totals, left_out, inserts, leave_in_segment=leave_in_segment)
    _check(segment, planned, written.not_logged, on_blocked, plan_token)
    if planned.totals.ready != written.logged:  # lines were blocked or corrected since the plan
        correct_count(work, entry_no, written.logged)
    _record(work, segment, entry_no, written)
    follow_up_id = None
    if create_follow_up:
        work.report_progress(segment.id, "FOLLOW_UP", written.logged)
        follow_up_id = follow_up(work, entry_no, segment.no, segment.campaign_no)
    open_id = written.open_segment_id
    return Logged(
        written.not_logged.blocked,
        open_id or segment.id,
        written.not_logged.blocked_lines,
        entry_no,
        segment.id if open_id is None else None,
        open_id,
        follow_up_id,
        written.logged,
        planned.totals.skipped - planned.totals.left_out + written.not_logged.left_out,
    )


def _record(work: Work, segment: Segment, logged_segment_entry_no: int, written: Written) -> None:
    """Record what was written for the change feed."""
    keys = {SEGMENT_ID: segment.id, LOGGED_SEGMENT: logged_segment_entry_no}
    change_feed.record_together(work, CHANGES, keys)
    if written.open_segment_id is not None:
        change_feed.record_one(work, change_feed.CREATED, SEGMENTS, written.open_segment_id)
        left = LINES.c.segment_id == written.open_segment_id
        change_feed.record(work, change_feed.CREATED, LINES, left)


def _check(
    segment: Segment, planned: Plan, not_logged: NotLogged, on_blocked: OnBlocked, plan_token: str | None
) -> None:
    """Refuse as the lines that are not logged now require; with PLAN_STALE if they differ from a plan that was given
    (K29).
    """
    assert segment.id is not None
    totals = planned.totals
    expected = (totals.blocked, totals.left_out, totals.checksum)
    if plan_token is not None and (not_logged.blocked, not_logged.left_out, not_logged.checksum) != expected:
        raise Refused(PlanStale("plan_token", no=segment.no))
    ready = totals.ready + totals.blocked + totals.left_out - not_logged.blocked - not_logged.left_out
    line_refusals = check_counts(segment, ready, not_logged.blocked, not_logged.left_out, on_blocked)
    refusals = planned.header_refusals + line_refusals + planned.series_refusals
    if refusals:
        raise Refused(*refusals, detail=BlockedLines(not_logged.blocked, segment.id, not_logged.blocked_lines))


def _lock(work: Work, no: str, expected_version: int | None) -> Segment:
    """The open segment, locked. Of two transactions that log it at the same time, the second finds that it was logged
    (K24).
    """
    segment = lock_if_open(work, no, expected_version=expected_version)
    if segment is not None:
        return segment
    raise Refused(logged_segment_exists(work, key(no)) or SegmentNotFound("segment_no", no=key(no)))
