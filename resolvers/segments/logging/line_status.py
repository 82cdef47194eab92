"""The status of each line before logging: ready, skipped, or blocked and why (R-LOG-5, R-LOG-6, K8, K10)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, RowMapping, Select, case, func, literal, or_, select

from persistence.columns import table_of
from persistence.segments import Segment
from persistence.sql.statements import all_rows
from persistence.sql.totals import HighPart, LowPart, SumOfParts
from resolvers.errors import Refusal
from resolvers.line_warnings import LineWarningCode
from resolvers.queries import SqlExpression
from resolvers.references import BLOCKABLE
from resolvers.refusals import SalespersonRequired, TemplateRequired
from resolvers.segments.lines.line_updates import CONTACT, LINE
from resolvers.segments.logging.warnings import CONDITIONS, SEGMENT_PARAMETER, LeaveOut, parameters, with_first_lines
from resolvers.work import Work


class LineStatus(StrEnum):
    """What logging does with a line."""

    READY = "READY"
    SKIPPED = "SKIPPED"
    BLOCKED = "BLOCKED"


@dataclass(frozen=True)
class Reason:
    """A reason why a line, a `LINE` with its `CONTACT`, cannot be logged: its condition and its refusal.

    `column` is the column of the line that names the blocked record.
    """

    applies: ColumnElement[bool]
    refusal: type[Refusal]
    column: str | None = None


def _names_blocked(column: str) -> Reason:
    """The line names a blocked record. There are few of these, and the subquery runs once, not for each line."""
    reference = BLOCKABLE[column]
    rows = table_of(reference.model)
    blocked_keys = select(rows.c[reference.key]).where(rows.c[reference.block])
    return Reason(LINE.c[column].in_(blocked_keys), reference.blocked, column)


REASONS = (
    Reason(LINE.c.template_code.is_(None), TemplateRequired),
    Reason(LINE.c.salesperson_code.is_(None), SalespersonRequired),
    Reason(CONTACT.c.privacy_blocked, BLOCKABLE["contact_no"].blocked, "contact_no"),
    _names_blocked("template_code"),
    _names_blocked("salesperson_code"),
    _names_blocked("campaign_no"),
)


@dataclass(frozen=True)
class LinesWithStatus:
    """Lines joined with their status: `lines` joins `LINE` and `CONTACT`, `status` is a value of `LineStatus`."""

    lines: FromClause
    status: ColumnElement[str]

    def select(self, *columns: SqlExpression) -> Select[Any]:
        """Selects columns of the lines of `SEGMENT_PARAMETER`."""
        return select(*columns).select_from(self.lines).where(LINE.c.segment_id == SEGMENT_PARAMETER)

    def has_status(self, status: LineStatus) -> ColumnElement[bool]:
        """The condition that a line has this status."""
        return literal(status.value) == self.status


@cache
def lines_with_status(leave_out: LeaveOut) -> LinesWithStatus:
    """The lines with their status, the same for preview and log. A line that is left out is not blocked (K27)."""
    lines: FromClause = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no)
    if LineWarningCode.SAME_EMAIL in leave_out:
        lines = with_first_lines(lines)
    skipped = or_(LINE.c.contact_no.is_(None), *(CONDITIONS[code] for code in leave_out))
    return LinesWithStatus(
        lines,
        case(
            (skipped, literal(LineStatus.SKIPPED.value)),
            (or_(*(reason.applies for reason in REASONS)), literal(LineStatus.BLOCKED.value)),
            else_=literal(LineStatus.READY.value),
        ),
    )


@dataclass(frozen=True)
class StatusTotals:
    """The number of lines of each status, the total cost and duration of the ready ones, and the number of their
    campaign entries.

    `left_out` is the number of skipped lines with a contact. `checksum` is the sum of the numbers of lines that are
    left out or blocked. `on_campaigns` says whether any line names a campaign.
    """

    ready: int = 0
    skipped: int = 0
    blocked: int = 0
    left_out: int = 0
    cost: Decimal = Decimal(0)
    duration: int = 0
    no_of_campaign_entries: int = 0
    checksum: int = 0
    on_campaigns: bool = False


def status_totals(work: Work, segment: Segment, leave_out: LeaveOut) -> StatusTotals:
    """The totals of the segment's lines, by one statement."""
    rows = all_rows(work.session, _totals_statement(leave_out), parameters(work, segment.id))
    found: dict[str, Any] = {row["status"]: row for row in rows}
    ready, skipped, blocked = (found.get(status, _NO_LINES) for status in LineStatus)
    return StatusTotals(
        int(ready["count"]),
        int(skipped["count"]),
        int(blocked["count"]),
        int(skipped["contacts"]),
        ready["cost"],
        int(ready["duration"]),
        ready["campaigns"],
        int(skipped["checksum"] + blocked["checksum"]),
        any(row["campaigns"] for row in rows),
    )


_NO_LINES: Any = {"count": 0, "contacts": 0, "cost": Decimal(0), "duration": 0, "checksum": 0, "campaigns": 0}


@cache
def _totals_statement(leave_out: LeaveOut) -> Select[Any]:
    with_status = lines_with_status(leave_out)
    lines = with_status.select(
        with_status.status.label("status"),
        LINE.c.campaign_no,
        LINE.c.cost,
        LINE.c.duration,
        LINE.c.line_no,
        LINE.c.contact_no,
    ).subquery("lines")
    sums = (
        func.count().label("count"),
        func.count(lines.c.contact_no).label("contacts"),
        func.sum(HighPart(lines.c.cost)).label("high"),
        func.sum(LowPart(lines.c.cost)).label("low"),
        func.sum(lines.c.duration).label("duration"),
        func.sum(case((lines.c.contact_no.is_not(None), lines.c.line_no), else_=0)).label("checksum"),
    )
    by_campaign = (
        select(lines.c.status, lines.c.campaign_no, *sums).group_by(lines.c.status, lines.c.campaign_no).subquery("c")
    )
    c = by_campaign.c
    return select(
        c.status,
        func.sum(c.count).label("count"),
        func.sum(c.contacts).label("contacts"),
        SumOfParts(func.sum(c.high), func.sum(c.low)).label("cost"),
        func.sum(c.duration).label("duration"),
        func.sum(c.checksum).label("checksum"),
        func.count(c.campaign_no).label("campaigns"),
    ).group_by(c.status)


@dataclass(frozen=True)
class CheckedLine:
    """A line, its status and its reasons: each is a code and the key of the blocked record, which can be stored as JSON
    (K22).
    """

    line_no: int
    status: str
    reasons: list[tuple[str, str | None]]


_RECORD_COLUMNS = sorted({reason.column for reason in REASONS if reason.column})
REASON_COLUMNS: tuple[SqlExpression, ...] = (
    *(LINE.c[name] for name in _RECORD_COLUMNS),
    *(reason.applies.label(f"reason_{index}") for index, reason in enumerate(REASONS)),
)
"""The columns that explain a status: the named records, and which reasons apply."""


def check_lines(
    work: Work,
    segment_id: int | None,
    *,
    limit: int,
    status: LineStatus | None = None,
    after: int | None = None,
    before: int | None = None,
    backward: bool = False,
    leave_out: LeaveOut = (),
) -> list[CheckedLine]:
    """At most `limit` lines with their status and all reasons, sorted by number, descending if `backward`.

    `after` and `before` are line numbers, which are not included.
    """
    with_status = lines_with_status(leave_out)
    statement = with_status.select(LINE.c.line_no, with_status.status.label("status"), *REASON_COLUMNS)
    if status is not None:
        statement = statement.where(with_status.has_status(status))
    if after is not None:
        statement = statement.where(LINE.c.line_no > after)
    if before is not None:
        statement = statement.where(LINE.c.line_no < before)
    statement = statement.order_by(LINE.c.line_no.desc() if backward else LINE.c.line_no).limit(limit)
    return [checked_line(row) for row in work.session.execute(statement, parameters(work, segment_id)).mappings()]


def checked_line(row: RowMapping) -> CheckedLine:
    """The line of a row with the columns `REASON_COLUMNS`. Only blocked lines have reasons."""
    reasons = [
        (reason.refusal.code.value, reason.column and row[reason.column])
        for index, reason in enumerate(REASONS)
        if row["status"] == LineStatus.BLOCKED and row[f"reason_{index}"]
    ]
    return CheckedLine(row["line_no"], row["status"], reasons)


def reason_refusal(code: str, key: str | None) -> Refusal:
    """The refusal for a reason of a `CheckedLine`: its code and the key of the blocked record."""
    reason = next(reason for reason in REASONS if reason.refusal.code == code)
    return reason.refusal(key=key)
