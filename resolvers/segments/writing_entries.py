"""The writes of logging, one INSERT per table: entries, campaign entries, and the segment of the lines that stay open
(R-LOG, K8).

Verdicts are computed when the lines are written, and counts, lists and writes use the same verdicts: what was blocked
after the check counts as blocked (K29). On PostgreSQL, where others commit at the same time, all of it is one
statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    Select,
    Update,
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
from sqlalchemy.sql.dml import ReturningInsert

from persistence.isolation import writes_serially
from persistence.numbers import EntryNoOfEachRow, advance
from persistence.running_operations import LOGGING
from persistence.segments import LoggedSegment, Segment
from resolvers.segments.not_logged import NotLogged, lines_not_logged, not_logged_from, summary
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LINES, SEGMENTS
from resolvers.segments.verdict import Judging, LineStatus, Verdict, judging
from resolvers.segments.warnings import THE_SEGMENT, LeaveOut, parameters
from resolvers.work import Work

COPIED = (
    "contact_no",
    "company_no",
    "date",
    "subject",
    "template_code",
    "group_code",
    "salesperson_code",
    "campaign_no",
    "campaign_target",
    "campaign_response",
    "information_flow",
    "initiated_by",
    "language_code",
    "evaluation",
    "attempt_failed",
    "cost",
    "duration",
)
"""Values that are copied from the line to the entry (R-LOG-7)."""

PREFIX = "the_"
HEADER = "open_segment_id"


@dataclass(frozen=True)
class Written:
    """How many entries were written, which lines were not logged, and the open segment that has them now, if any."""

    logged: int
    not_logged: NotLogged
    open_segment_id: int | None


@dataclass(frozen=True)
class Statements:
    """`read_and_write` reads the lines that are not logged. On PostgreSQL it also executes all writes. On SQLite these
    are separate statements, and `read_and_write` is only executed if the plan had such lines.
    """

    read_and_write: Select[Any]
    inserts: Sequence[Insert] = ()
    leave: tuple[ReturningInsert[tuple[int]], Update] | None = None


def write(
    work: Work, segment: Segment, logged: LoggedSegment, seen: Verdict, leave_out: LeaveOut, *, leaves: bool
) -> Written:
    """Write one entry for each ready line, numbered in line order, and one campaign entry for each campaign on these
    lines.

    With `leaves`, lines that are not logged move unchanged to a new open segment with the same number (K8). The steps
    stay with the logged segment: undoing them would remove lines that are not in the new one. `seen` is the verdict of
    the plan.
    """
    serially = writes_serially(work.session)
    statements = _statements(serially, leave_out, leaves, seen.on_campaigns)
    values = parameters(work, segment.id) | _shared(work, segment, logged)
    work.tell(segment.id, LOGGING, seen.ready)
    not_logged, open_segment_id = NotLogged(), None
    if not serially or seen.blocked or seen.left_out:
        rows = work.session.execute(statements.read_and_write, values).mappings().all()
        not_logged, open_segment_id = not_logged_from(rows), rows[0].get(HEADER)
    count = not_logged.blocked + not_logged.left_out
    for statement in statements.inserts:
        work.session.execute(statement, values)
    if statements.leave is not None and count:
        header, moving = statements.leave
        open_segment_id = work.session.execute(header, values).scalar_one()
        work.session.execute(moving, values | {HEADER: open_segment_id})
    written = seen.ready + seen.blocked + seen.left_out - count
    if serially:
        advance(work.session, written)
    return Written(written, not_logged, open_segment_id)


@cache
def _statements(serially: bool, leave_out: LeaveOut, leaves: bool, on_campaigns: bool) -> Statements:
    not_logged = lines_not_logged(leave_out)
    header = _insert_header(not_logged).returning(SEGMENTS.c.id)
    if serially:
        judged = judging(leave_out)
        entries = _insert_entries(judged, _written_campaign_entries() if on_campaigns else None)
        return Statements(
            summary(not_logged),
            [_insert_campaign_entries(judged), entries] if on_campaigns else [entries],
            (header, _move_lines(not_logged, bindparam(HEADER, type_=Integer()))) if leaves else None,
        )
    judged = _verdicts(not_logged)
    returned = (CAMPAIGN_ENTRIES.c.campaign_no, CAMPAIGN_ENTRIES.c.entry_no)
    campaigns = _insert_campaign_entries(judged).returning(*returned).cte("campaign")
    read_and_write = summary(not_logged).add_cte(
        _insert_entries(judged, campaigns if on_campaigns else None).cte("entered")
    )
    if leaves:
        made = select(header.cte("header").c.id).scalar_subquery()
        read_and_write = read_and_write.add_columns(made.label(HEADER)).add_cte(
            _move_lines(not_logged, made).cte("moved")
        )
    return Statements(read_and_write)


def _verdicts(not_logged: CTE) -> Judging:
    """The verdicts of all lines, given the lines that are not logged."""
    lines = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no).outerjoin(
        not_logged, not_logged.c.line_no == LINE.c.line_no
    )
    ready = case(
        (LINE.c.contact_no.is_(None), literal(LineStatus.SKIPPED.value)), else_=literal(LineStatus.READY.value)
    )
    return Judging(lines, func.coalesce(not_logged.c.status, ready))


def _insert_entries(judged: Judging, campaigns: FromClause | None) -> Insert:
    """The entries of the ready lines, in line order (R-LOG-6, R-LOG-7). `campaigns` are their campaign entries."""
    names = ("segment_no", "logged_segment_entry_no", "user_id", "logged_at", "description", "time_of_interaction")
    shared = _shared_parameters(ENTRIES, *names)
    e_mail_fails = and_(LINE.c.correspondence_type == "EMAIL", CONTACT.c.email.is_(None))
    own: dict[str, ColumnElement[Any]] = {name: LINE.c[name] for name in COPIED} | {
        "description": func.coalesce(LINE.c.description, shared["description"]),
        "time_of_interaction": func.coalesce(LINE.c.time_of_interaction, shared["time_of_interaction"]),
        "correspondence_type": case((e_mail_fails, null()), else_=LINE.c.correspondence_type),
    }
    lines = judged.lines
    if campaigns is not None:
        own["campaign_entry_no"] = campaigns.c.entry_no
        lines = lines.outerjoin(campaigns, campaigns.c.campaign_no == LINE.c.campaign_no)
    position = func.row_number().over(order_by=LINE.c.line_no).label("position")
    ready = (
        select(position, *(value.label(name) for name, value in own.items()))
        .select_from(lines)
        .where(LINE.c.segment_id == THE_SEGMENT, judged.stands(LineStatus.READY))
        .order_by(LINE.c.line_no)
        .subquery("lines")
    )
    values: dict[str, ColumnElement[Any]] = {
        **shared,
        **{name: ready.c[name] for name in own},
        "canceled": literal(False),
        "imported": literal(False),
        "entry_no": EntryNoOfEachRow(ready.c.position),
    }
    return insert(ENTRIES).from_select(
        list(values), select(*values.values()).select_from(ready), include_defaults=False
    )


def _insert_campaign_entries(judged: Judging) -> Insert:
    """A campaign entry for each campaign on the ready lines, in line order; date and salesperson are those of its first
    line (R-CAM-1, K9).
    """
    first = (
        judged.select(func.min(LINE.c.line_no).label("line_no"))
        .where(judged.stands(LineStatus.READY), LINE.c.campaign_no.is_not(None))
        .group_by(LINE.c.campaign_no)
        .subquery("first")
    )
    values: dict[str, ColumnElement[Any]] = {name: LINE.c[name] for name in ("campaign_no", "date", "salesperson_code")}
    values |= _shared_parameters(CAMPAIGN_ENTRIES, "description", "segment_no", "user_id", "logged_segment_entry_no")
    values["canceled"] = literal(False)
    rows = (
        select(*values.values())
        .select_from(LINE.join(first, first.c.line_no == LINE.c.line_no))
        .where(LINE.c.segment_id == THE_SEGMENT)
        .order_by(LINE.c.line_no)
    )
    return insert(CAMPAIGN_ENTRIES).from_select(list(values), rows, include_defaults=False)


def _written_campaign_entries() -> FromClause:
    logged_with = _shared_parameters(CAMPAIGN_ENTRIES, "logged_segment_entry_no")["logged_segment_entry_no"]
    return (
        select(CAMPAIGN_ENTRIES.c.campaign_no, CAMPAIGN_ENTRIES.c.entry_no)
        .where(CAMPAIGN_ENTRIES.c.logged_segment_entry_no == logged_with)
        .subquery("campaign")
    )


def _insert_header(not_logged: CTE) -> Insert:
    """A copy of the header for a new open segment, if there are lines that are not logged."""
    closed = SEGMENTS.alias("closed")
    names = [column.name for column in closed.columns if column.name not in ("id", "logged_segment_entry_no")]
    any_not_logged = select(not_logged.c.line_no).exists()
    like_it = select(*(closed.c[name] for name in names)).where(closed.c.id == THE_SEGMENT, any_not_logged)
    return insert(SEGMENTS).from_select(names, like_it, include_defaults=False)


def _move_lines(not_logged: CTE, header: ColumnElement[int]) -> Update:
    """Move the lines that are not logged to that segment."""
    return (
        update(LINES)
        .values(segment_id=header)
        .where(LINES.c.segment_id == THE_SEGMENT, LINES.c.line_no.in_(select(not_logged.c.line_no)))
    )


def _shared_parameters(table: SqlTable, *names: str) -> dict[str, ColumnElement[Any]]:
    """The parameters shared by all rows. They have a prefix, because a parameter must not have the name of a column."""
    return {name: bindparam(f"{PREFIX}{name}", type_=table.c[name].type) for name in names}


def _shared(work: Work, segment: Segment, logged: LoggedSegment) -> dict[str, Any]:
    """The values shared by all entries of a segment."""
    shared = {
        "segment_no": segment.no,
        "logged_segment_entry_no": logged.entry_no,
        "description": segment.description,
        "time_of_interaction": work.next_minute.time(),
        "user_id": work.user.id,
        "logged_at": work.now,
    }
    return {f"{PREFIX}{name}": value for name, value in shared.items()}
