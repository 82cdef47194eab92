"""The writes of logging, one INSERT per table: entries, campaign entries, and the new segment of lines that are left
open (R-LOG, K8).

The status of the lines is computed when they are written, and all counts and writes use the same status: a record that
was blocked after the check counts as blocked (K29). On PostgreSQL, where other transactions commit in between, all of
it is one statement. On Citus the lines that are not logged are read by one statement and sent with the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    FromClause,
    Insert,
    Integer,
    RowMapping,
    Select,
    Unicode,
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

from persistence.entry_numbers import EntryNoOfEachRow, insert_rows_numbered
from persistence.segments import Segment
from persistence.sql.isolation import Inserts
from persistence.sql.lists_as_tables import rows_as_table
from persistence.sql.statements import all_rows
from persistence.sql_types import SqlType
from persistence.transactions.running_operations import LOGGING
from resolvers.interactions.contact_salespeople import repetition
from resolvers.interactions.fields import SharedFields
from resolvers.queries import SqlExpression
from resolvers.segments.lines.line_updates import CONTACT, LINE
from resolvers.segments.logging.line_status import LineStatus, LinesWithStatus, StatusTotals, lines_with_status
from resolvers.segments.logging.not_logged import (
    NotLogged,
    from_rows,
    from_summary,
    lines_not_logged,
    lines_not_logged_by_number,
    summary,
)
from resolvers.segments.logging.warnings import SEGMENT_PARAMETER, LeaveOut, parameters
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LINES, SEGMENTS
from resolvers.work import Work

COMPUTED = ("description", "time_of_interaction", "correspondence_type")
COPIED = (
    *(name for name in SharedFields.__annotations__ if name not in COMPUTED),
    "company_no",
    "group_code",
    "subject",
)
"""The columns that are copied from the line to the entry (R-LOG-7)."""

LOGGED_SEGMENT = "logged_segment"
REPEAT_SALESPEOPLE = repetition(ENTRIES.c.logged_segment_entry_no == bindparam(LOGGED_SEGMENT, type_=Integer()))

PREFIX = "the_"
OPEN_SEGMENT_ID = "open_segment_id"
LISTED: dict[str, SqlType] = {"line_no": Integer(), "status": Unicode()}
"""The columns of the lines that are not logged, when they are sent as a list."""


@dataclass(frozen=True)
class Written:
    """How many entries were written, the lines that were not logged, and the id of the open segment that has them now,
    if there is one.
    """

    logged: int
    not_logged: NotLogged
    open_segment_id: int | None


@dataclass(frozen=True)
class Statements:
    """`read_and_write` reads the lines that are not logged. On PostgreSQL it also executes all writes.

    On SQLite the writes are separate statements, and `read_and_write` is executed only if the plan had such lines.
    On Citus these lines are read before, and it is None. `leave` inserts the new open segment and moves the lines to
    it.
    """

    read_and_write: Select[Any] | None = None
    inserts: Sequence[Insert] = ()
    leave: tuple[ReturningInsert[int], Update] | None = None


def write(
    work: Work,
    segment: Segment,
    logged_segment_entry_no: int,
    totals: StatusTotals,
    leave_out: LeaveOut,
    inserts: Inserts,
    *,
    leave_in_segment: bool,
) -> Written:
    """Write one entry for each ready line, numbered in line order, and one campaign entry for each campaign on these
    lines.

    With `leave_in_segment`, lines that are not logged move unchanged to a new open segment with the same number (K8).
    The steps stay with the logged segment: undoing them would remove lines that are not in the new one. `totals` are
    those of the plan.
    """
    serially = inserts is Inserts.AFTER_READING
    values = parameters(work, segment.id) | _shared_values(work, segment, logged_segment_entry_no)
    work.report_progress(segment.id, LOGGING, totals.ready)
    not_logged, open_segment_id = NotLogged(), None
    if inserts is Inserts.FROM_A_LIST:
        rows = all_rows(work.session, lines_not_logged_by_number(leave_out), values)
        not_logged = from_rows(rows)
        statements = _separate_statements(work, rows, leave_in_segment, totals.on_campaigns)
    else:
        make = _serial_statements if serially else _one_statement
        statements = make(leave_out, leave_in_segment, totals.on_campaigns)
    if statements.read_and_write is not None and (not serially or totals.blocked or totals.left_out):
        rows = all_rows(work.session, statements.read_and_write, values)
        not_logged, open_segment_id = from_summary(rows), rows[0].get(OPEN_SEGMENT_ID)
    count = not_logged.blocked + not_logged.left_out
    written = totals.ready + totals.blocked + totals.left_out - count
    if statements.inserts:
        insert_rows_numbered(work.session, statements.inserts, values, written)
    if not serially:  # another transaction may have changed the salesperson of a contact while the statement ran
        work.session.connection().execute(REPEAT_SALESPEOPLE, {LOGGED_SEGMENT: logged_segment_entry_no})
    if statements.leave is not None and count:
        header, move = statements.leave
        open_segment_id = work.session.execute(header, values).scalar_one()
        work.session.execute(move, values | {OPEN_SEGMENT_ID: open_segment_id})
    return Written(written, not_logged, open_segment_id)


@cache
def _serial_statements(leave_out: LeaveOut, leave_in_segment: bool, on_campaigns: bool) -> Statements:
    not_logged = lines_not_logged(leave_out)
    writes = _writes(not_logged, lines_with_status(leave_out), leave_in_segment, on_campaigns)
    return replace(writes, read_and_write=summary(not_logged))


def _separate_statements(
    work: Work, rows: Sequence[RowMapping], leave_in_segment: bool, on_campaigns: bool
) -> Statements:
    """The statements after these rows of lines that are not logged were read. They are sent as a list."""
    lines = [{name: row[name] for name in LISTED} for row in rows]
    not_logged = rows_as_table(work.session, lines, LISTED)
    return _writes(not_logged, _status_by(not_logged), leave_in_segment, on_campaigns)


def _writes(not_logged: FromClause, lines: LinesWithStatus, leave_in_segment: bool, on_campaigns: bool) -> Statements:
    """One statement for each table."""
    entries = _insert_entries(lines, _inserted_campaign_entries() if on_campaigns else None)
    header, move = _insert_header(not_logged).returning(SEGMENTS.c.id), bindparam(OPEN_SEGMENT_ID, type_=Integer())
    return Statements(
        inserts=[_insert_campaign_entries(lines), entries] if on_campaigns else [entries],
        leave=(header, _move_lines(not_logged, move)) if leave_in_segment else None,
    )


@cache
def _one_statement(leave_out: LeaveOut, leave_in_segment: bool, on_campaigns: bool) -> Statements:
    not_logged = lines_not_logged(leave_out)
    lines = _status_by(not_logged)
    returned = (CAMPAIGN_ENTRIES.c.campaign_no, CAMPAIGN_ENTRIES.c.entry_no)
    campaign_entries = _insert_campaign_entries(lines).returning(*returned).cte("campaign")
    entries = _insert_entries(lines, campaign_entries if on_campaigns else None)
    read_and_write = summary(not_logged).add_cte(entries.cte("entered"))
    if leave_in_segment:
        header = _insert_header(not_logged).returning(SEGMENTS.c.id)
        open_segment_id = select(header.cte("header").c.id).scalar_subquery()
        move = _move_lines(not_logged, open_segment_id)
        read_and_write = read_and_write.add_columns(open_segment_id.label(OPEN_SEGMENT_ID)).add_cte(move.cte("moved"))
    return Statements(read_and_write)


def _status_by(not_logged: FromClause) -> LinesWithStatus:
    """All lines with their status: as in `not_logged`, or else READY, or SKIPPED without a contact."""
    lines = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no).outerjoin(
        not_logged, not_logged.c.line_no == LINE.c.line_no
    )
    ready = case(
        (LINE.c.contact_no.is_(None), literal(LineStatus.SKIPPED.value)), else_=literal(LineStatus.READY.value)
    )
    return LinesWithStatus(lines, func.coalesce(not_logged.c.status, ready))


def _insert_entries(with_status: LinesWithStatus, campaign_entries: FromClause | None) -> Insert:
    """Inserts the entries of the ready lines, in line order (R-LOG-6, R-LOG-7), with their campaign entries."""
    names = ("segment_no", "logged_segment_entry_no", "user_id", "logged_at", "description", "time_of_interaction")
    shared = _shared_parameters(ENTRIES, *names)
    without_address = and_(LINE.c.correspondence_type == "EMAIL", CONTACT.c.email.is_(None))
    own: dict[str, SqlExpression] = {name: LINE.c[name] for name in COPIED} | {
        "description": func.coalesce(LINE.c.description, shared["description"]),
        "time_of_interaction": func.coalesce(LINE.c.time_of_interaction, shared["time_of_interaction"]),
        "correspondence_type": case((without_address, null()), else_=LINE.c.correspondence_type),
        "contact_salesperson_code": CONTACT.c.salesperson_code,
    }
    lines = with_status.lines
    if campaign_entries is not None:
        own["campaign_entry_no"] = campaign_entries.c.entry_no
        lines = lines.outerjoin(campaign_entries, campaign_entries.c.campaign_no == LINE.c.campaign_no)
    position = func.row_number().over(order_by=LINE.c.line_no).label("position")
    ready = (
        select(position, *(value.label(name) for name, value in own.items()))
        .select_from(lines)
        .where(LINE.c.segment_id == SEGMENT_PARAMETER, with_status.has_status(LineStatus.READY))
        .order_by(LINE.c.line_no)
        .subquery("lines")
    )
    values: dict[str, SqlExpression] = {
        **shared,
        **{name: ready.c[name] for name in own},
        "canceled": literal(False),
        "imported": literal(False),
        "entry_no": EntryNoOfEachRow(ready.c.position),
    }
    return insert(ENTRIES).from_select(
        list(values), select(*values.values()).select_from(ready), include_defaults=False
    )


def _insert_campaign_entries(with_status: LinesWithStatus) -> Insert:
    """Inserts a campaign entry for each campaign on the ready lines, in line order, with the date and salesperson of
    its first line (R-CAM-1, K9).
    """
    first = (
        with_status.select(func.min(LINE.c.line_no).label("line_no"))
        .where(with_status.has_status(LineStatus.READY), LINE.c.campaign_no.is_not(None))
        .group_by(LINE.c.campaign_no)
        .subquery("first")
    )
    values: dict[str, SqlExpression] = {name: LINE.c[name] for name in ("campaign_no", "date", "salesperson_code")}
    values |= _shared_parameters(CAMPAIGN_ENTRIES, "description", "segment_no", "user_id", "logged_segment_entry_no")
    values["canceled"] = literal(False)
    rows = (
        select(*values.values())
        .select_from(LINE.join(first, first.c.line_no == LINE.c.line_no))
        .where(LINE.c.segment_id == SEGMENT_PARAMETER)
        .order_by(LINE.c.line_no)
    )
    return insert(CAMPAIGN_ENTRIES).from_select(list(values), rows, include_defaults=False)


def _inserted_campaign_entries() -> FromClause:
    logged_with = _shared_parameters(CAMPAIGN_ENTRIES, "logged_segment_entry_no")["logged_segment_entry_no"]
    return (
        select(CAMPAIGN_ENTRIES.c.campaign_no, CAMPAIGN_ENTRIES.c.entry_no)
        .where(CAMPAIGN_ENTRIES.c.logged_segment_entry_no == logged_with)
        .subquery("campaign")
    )


def _insert_header(not_logged: FromClause) -> Insert:
    """Inserts a copy of the header for a new open segment, if there are lines that are not logged."""
    closed = SEGMENTS.alias("closed")
    names = [column.name for column in closed.columns if column.name not in ("id", "logged_segment_entry_no")]
    any_not_logged = select(not_logged.c.line_no).exists()
    copy = select(*(closed.c[name] for name in names)).where(closed.c.id == SEGMENT_PARAMETER, any_not_logged)
    return insert(SEGMENTS).from_select(names, copy, include_defaults=False)


def _move_lines(not_logged: FromClause, open_segment_id: SqlExpression) -> Update:
    """Moves the lines that are not logged to the open segment."""
    return (
        update(LINES)
        .values(segment_id=open_segment_id)
        .where(LINES.c.segment_id == SEGMENT_PARAMETER, LINES.c.line_no.in_(select(not_logged.c.line_no)))
    )


def _shared_parameters(table: SqlTable, *names: str) -> dict[str, SqlExpression]:
    """The parameters for values that all rows share. A parameter must not have the name of a column, so they have a
    prefix.
    """
    return {name: bindparam(f"{PREFIX}{name}", type_=table.c[name].type) for name in names}


def _shared_values(work: Work, segment: Segment, logged_segment_entry_no: int) -> dict[str, object]:
    """The values of these parameters."""
    shared = {
        "segment_no": segment.no,
        "logged_segment_entry_no": logged_segment_entry_no,
        "description": segment.description,
        "time_of_interaction": work.next_minute.time(),
        "user_id": work.user.id,
        "logged_at": work.now,
    }
    return {f"{PREFIX}{name}": value for name, value in shared.items()}
