"""What logging writes, by one INSERT for each table: entries, campaign entries, and the lines that stay open (R-LOG, K8).

Lines are judged by what is there when they are written, and all that is written and told goes by the same verdicts: what
was blocked since somebody looked is blocked (K29). Where others change the database meanwhile it is one statement.
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

from persistence.alone import is_alone
from persistence.numbers import EntryNoOfEachRow, took
from persistence.segments import LoggedSegment, Segment
from persistence.under_way import LOGGING
from resolvers.segments.kept_out import KeptOut, keeping_out, kept_out_of, telling
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LINES, SEGMENTS
from resolvers.segments.verdict import Judging, LineStatus, Verdict, judging
from resolvers.segments.warned import THE_SEGMENT, LeaveOut, parameters
from resolvers.work import Work

COPIED = (
    "contact_no", "company_no", "date", "subject", "template_code", "group_code", "salesperson_code", "campaign_no",
    "campaign_target", "campaign_response", "information_flow", "initiated_by", "language_code", "evaluation",
    "attempt_failed", "cost", "duration",
)
"""Line values that become the entry's as they are (R-LOG-7)."""

THE = "the_"
HEADER = "open_segment_id"


@dataclass(frozen=True)
class Entered:
    """How many entries there are now, and which lines were kept out; where they stay open, under which header."""

    logged: int
    kept_out: KeptOut
    open_segment_id: int | None


@dataclass(frozen=True)
class Statements:
    """`look` tells what is kept out. On PostgreSQL it does all the rest, too; on SQLite the others follow, and it is left out
    where nothing was kept out before.
    """

    look: Select[Any]
    enter: Sequence[Insert] = ()
    leave: tuple[ReturningInsert[tuple[int]], Update] | None = None


def enter(
    work: Work, segment: Segment, logged: LoggedSegment, seen: Verdict, leave_out: LeaveOut, *, leaves: bool
) -> Entered:
    """One entry for each ready line, numbered in line order; one campaign entry for each campaign on these lines.

    With `leaves` the lines that are kept out go on, as they are, under a new open header of the same number (K8). Its steps
    stay with what was logged: undone, they would take lines off that are not here. `seen` is what the lines were before.
    """
    alone = is_alone(work.session)
    statements = _statements(alone, leave_out, leaves, seen.on_campaigns)
    values = parameters(work, segment.id) | _shared(work, segment, logged)
    work.tell(segment.id, LOGGING, seen.ready)
    kept_out, open_segment_id = KeptOut(), None
    if not alone or seen.blocked or seen.left_out:
        rows = work.session.execute(statements.look, values).mappings().all()
        kept_out, open_segment_id = kept_out_of(rows), rows[0].get(HEADER)
    count = kept_out.blocked + kept_out.left_out
    for statement in statements.enter:
        work.session.execute(statement, values)
    if statements.leave is not None and count:
        header, moving = statements.leave
        open_segment_id = work.session.execute(header, values).scalar_one()
        work.session.execute(moving, values | {HEADER: open_segment_id})
    entered = seen.ready + seen.blocked + seen.left_out - count
    took(work.session, entered)
    return Entered(entered, kept_out, open_segment_id)


@cache
def _statements(alone: bool, leave_out: LeaveOut, leaves: bool, on_campaigns: bool) -> Statements:
    kept_out = keeping_out(leave_out)
    header = _header(kept_out).returning(SEGMENTS.c.id)
    if alone:
        judged = judging(leave_out)
        entries = _entering(judged, _made_campaigns() if on_campaigns else None)
        return Statements(
            telling(kept_out), [_entering_campaigns(judged), entries] if on_campaigns else [entries],
            (header, _moving(kept_out, bindparam(HEADER, type_=Integer()))) if leaves else None,
        )
    judged = _others_ready(kept_out)
    campaigns = _entering_campaigns(judged).returning(CAMPAIGN_ENTRIES.c.campaign_no, CAMPAIGN_ENTRIES.c.entry_no).cte("campaign")
    look = telling(kept_out).add_cte(_entering(judged, campaigns if on_campaigns else None).cte("entered"))
    if leaves:
        made = select(header.cte("header").c.id).scalar_subquery()
        look = look.add_columns(made.label(HEADER)).add_cte(_moving(kept_out, made).cte("moved"))
    return Statements(look)


def _others_ready(kept_out: CTE) -> Judging:
    """The verdicts, where the lines that are kept out are known already."""
    lines = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no).outerjoin(kept_out, kept_out.c.line_no == LINE.c.line_no)
    ready = case((LINE.c.contact_no.is_(None), literal(LineStatus.SKIPPED.value)), else_=literal(LineStatus.READY.value))
    return Judging(lines, func.coalesce(kept_out.c.status, ready))


def _entering(judged: Judging, campaigns: FromClause | None) -> Insert:
    """The entries of the ready lines, in line order (R-LOG-6, R-LOG-7). `campaigns` are the campaign entries made before."""
    names = ("segment_no", "logged_segment_entry_no", "user_id", "logged_at", "description", "time_of_interaction")
    shared = _the(ENTRIES, *names)
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
        select(position, *(value.label(name) for name, value in own.items())).select_from(lines)
        .where(LINE.c.segment_id == THE_SEGMENT, judged.stands(LineStatus.READY))
        .order_by(LINE.c.line_no).subquery("lines")
    )
    values: dict[str, ColumnElement[Any]] = {
        **shared, **{name: ready.c[name] for name in own}, "canceled": literal(False), "imported": literal(False),
        "entry_no": EntryNoOfEachRow(ready.c.position),
    }
    return insert(ENTRIES).from_select(
        list(values), select(*values.values()).select_from(ready), include_defaults=False
    )


def _entering_campaigns(judged: Judging) -> Insert:
    """A campaign entry for each campaign on the ready lines, in line order; date and salesperson are those of its first line
    (R-CAM-1, K9).
    """
    first = (
        judged.select(func.min(LINE.c.line_no).label("line_no"))
        .where(judged.stands(LineStatus.READY), LINE.c.campaign_no.is_not(None)).group_by(LINE.c.campaign_no).subquery("first")
    )
    values: dict[str, ColumnElement[Any]] = {name: LINE.c[name] for name in ("campaign_no", "date", "salesperson_code")}
    values |= _the(CAMPAIGN_ENTRIES, "description", "segment_no", "user_id", "logged_segment_entry_no")
    values["canceled"] = literal(False)
    rows = (
        select(*values.values()).select_from(LINE.join(first, first.c.line_no == LINE.c.line_no))
        .where(LINE.c.segment_id == THE_SEGMENT).order_by(LINE.c.line_no)
    )
    return insert(CAMPAIGN_ENTRIES).from_select(list(values), rows, include_defaults=False)


def _made_campaigns() -> FromClause:
    logged_with = _the(CAMPAIGN_ENTRIES, "logged_segment_entry_no")["logged_segment_entry_no"]
    return select(CAMPAIGN_ENTRIES.c.campaign_no, CAMPAIGN_ENTRIES.c.entry_no).where(
        CAMPAIGN_ENTRIES.c.logged_segment_entry_no == logged_with
    ).subquery("campaign")


def _header(kept_out: CTE) -> Insert:
    """An open header like the closed one, if lines are kept out."""
    closed = SEGMENTS.alias("closed")
    names = [column.name for column in closed.columns if column.name not in ("id", "logged_segment_entry_no")]
    any_kept_out = select(kept_out.c.line_no).exists()
    like_it = select(*(closed.c[name] for name in names)).where(closed.c.id == THE_SEGMENT, any_kept_out)
    return insert(SEGMENTS).from_select(names, like_it, include_defaults=False)


def _moving(kept_out: CTE, header: ColumnElement[int]) -> Update:
    """The lines that are kept out go on under that header."""
    return update(LINES).values(segment_id=header).where(
        LINES.c.segment_id == THE_SEGMENT, LINES.c.line_no.in_(select(kept_out.c.line_no))
    )


def _the(table: SqlTable, *names: str) -> dict[str, ColumnElement[Any]]:
    """What all rows share, by the names that `_shared` gives it: a parameter must not be called like a column."""
    return {name: bindparam(f"{THE}{name}", type_=table.c[name].type) for name in names}


def _shared(work: Work, segment: Segment, logged: LoggedSegment) -> dict[str, Any]:
    """What all entries of a segment share."""
    shared = {
        "segment_no": segment.no, "logged_segment_entry_no": logged.entry_no, "description": segment.description,
        "time_of_interaction": work.next_minute.time(), "user_id": work.user.id, "logged_at": work.now,
    }
    return {f"{THE}{name}": value for name, value in shared.items()}
