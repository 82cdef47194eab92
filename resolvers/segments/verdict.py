"""What logging will do with each line: log it, skip it, or refuse it, and why (R-LOG-5, R-LOG-6, K8, K10)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, func, literal, or_, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from persistence.totals import HighPart, LowPart, SumOfParts
from resolvers.errors import Refusal
from resolvers.line_warnings import LineWarningCode
from resolvers.refusals import (
    CampaignBlocked,
    ContactPrivacyBlocked,
    SalespersonBlocked,
    SalespersonRequired,
    TemplateBlocked,
    TemplateRequired,
)
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.tables import table
from resolvers.segments.warnings import HOLDS, THE_SEGMENT, LeaveOut, parameters, with_first_lines
from resolvers.work import Work


class LineStatus(StrEnum):
    READY = "READY"
    SKIPPED = "SKIPPED"
    BLOCKED = "BLOCKED"


@dataclass(frozen=True)
class Reason:
    """Something that keeps a line, of `LINE` with its `CONTACT`, out of the log; and how that is said.

    `column` is the column of the line that holds the culprit, `fact` what the refusal calls it.
    """

    holds: ColumnElement[bool]
    refusal: type[Refusal]
    column: str | None = None
    fact: str = "key"


def _blocked(column: str, model: type[Table], key: str) -> ColumnElement[bool]:
    """The line names one of the few that are blocked; the subquery runs once, not for each line."""
    rows = table(model)
    return LINE.c[column].in_(select(rows.c[key]).where(rows.c.blocked))


REASONS = (
    Reason(LINE.c.template_code.is_(None), TemplateRequired),
    Reason(LINE.c.salesperson_code.is_(None), SalespersonRequired),
    Reason(CONTACT.c.privacy_blocked, ContactPrivacyBlocked, "contact_no", "no"),
    Reason(_blocked("template_code", InteractionTemplate, "code"), TemplateBlocked, "template_code"),
    Reason(_blocked("salesperson_code", Salesperson, "code"), SalespersonBlocked, "salesperson_code"),
    Reason(_blocked("campaign_no", Campaign, "no"), CampaignBlocked, "campaign_no", "no"),
)


@dataclass(frozen=True)
class Judging:
    """Lines with their verdicts: `lines` joins `LINE` and `CONTACT`, `status` is a value of `LineStatus`."""

    lines: FromClause
    status: ColumnElement[str]

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Selects columns of the lines of `THE_SEGMENT`."""
        return select(*columns).select_from(self.lines).where(LINE.c.segment_id == THE_SEGMENT)

    def stands(self, status: LineStatus) -> ColumnElement[bool]:
        """The condition that a line has this verdict."""
        return literal(status.value) == self.status


@cache
def judging(leave_out: LeaveOut = ()) -> Judging:
    """The verdicts of lines, the same for preview and log. A line that is left out does not count as blocked (K27)."""
    lines: FromClause = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no)
    if LineWarningCode.SAME_EMAIL in leave_out:
        lines = with_first_lines(lines)
    skipped = or_(LINE.c.contact_no.is_(None), *(HOLDS[code] for code in leave_out))
    return Judging(
        lines,
        case(
            (skipped, literal(LineStatus.SKIPPED.value)),
            (or_(*(reason.holds for reason in REASONS)), literal(LineStatus.BLOCKED.value)),
            else_=literal(LineStatus.READY.value),
        ),
    )


@dataclass(frozen=True)
class Verdict:
    """The number of lines by verdict, the totals of the ready ones, and the number of campaigns on lines with a
    contact.

    `left_out` counts the skipped lines with a contact. `places` is a checksum of the lines that are left out or
    blocked.
    """

    ready: int = 0
    skipped: int = 0
    blocked: int = 0
    left_out: int = 0
    cost: Decimal = Decimal(0)
    duration: int = 0
    no_of_campaign_entries: int = 0
    places: int = 0
    on_campaigns: bool = False


def verdict(work: Work, segment: Segment, leave_out: LeaveOut = ()) -> Verdict:
    """One pass over the lines."""
    rows = work.session.execute(_verdict(leave_out), parameters(work, segment.id)).mappings().all()
    found: dict[str, Any] = {row["status"]: row for row in rows}
    ready, skipped, blocked = (found.get(status, _NO_LINES) for status in LineStatus)
    return Verdict(
        int(ready["count"]),
        int(skipped["count"]),
        int(blocked["count"]),
        int(skipped["contacts"]),
        ready["cost"],
        int(ready["duration"]),
        ready["campaigns"],
        int(skipped["places"] + blocked["places"]),
        any(row["campaigns"] for row in rows),
    )


_NO_LINES: Any = {"count": 0, "contacts": 0, "cost": Decimal(0), "duration": 0, "places": 0, "campaigns": 0}


@cache
def _verdict(leave_out: LeaveOut) -> Select[Any]:
    judged = judging(leave_out)
    lines = judged.select(
        judged.status.label("status"),
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
        func.sum(case((lines.c.contact_no.is_not(None), lines.c.line_no), else_=0)).label("places"),
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
        func.sum(c.places).label("places"),
        func.count(c.campaign_no).label("campaigns"),
    ).group_by(c.status)


@dataclass(frozen=True)
class JudgedLine:
    """A line and its verdict in plain words, so that it can be kept (K22): each reason is a code and what it is
    about.
    """

    line_no: int
    status: str
    reasons: list[tuple[str, str | None]]


_CULPRITS = sorted({reason.column for reason in REASONS if reason.column})
JUDGED = (
    *(LINE.c[name] for name in _CULPRITS),
    *(reason.holds.label(f"reason_{place}") for place, reason in enumerate(REASONS)),
)
"""The columns that explain a verdict: the blocked records and which reasons hold."""


def judged_lines(
    work: Work,
    segment_id: int | None,
    *,
    most: int,
    status: LineStatus | None = None,
    after: int | None = None,
    before: int | None = None,
    backward: bool = False,
    leave_out: LeaveOut = (),
) -> list[JudgedLine]:
    """Lines with their verdict and all reasons, by number; `after` one and `before` one; from the end if asked, last
    first.
    """
    judged = judging(leave_out)
    statement = judged.select(LINE.c.line_no, judged.status.label("status"), *JUDGED)
    if status is not None:
        statement = statement.where(judged.stands(status))
    if after is not None:
        statement = statement.where(LINE.c.line_no > after)
    if before is not None:
        statement = statement.where(LINE.c.line_no < before)
    statement = statement.order_by(LINE.c.line_no.desc() if backward else LINE.c.line_no).limit(most)
    return [judged_line(row._mapping) for row in work.session.execute(statement, parameters(work, segment_id))]


def judged_line(row: Any) -> JudgedLine:
    """The line of a row with the columns `JUDGED`. A line without a contact is skipped in any case."""
    reasons = [
        (reason.refusal.code.value, reason.column and row[reason.column])
        for place, reason in enumerate(REASONS)
        if row["status"] == LineStatus.BLOCKED and row[f"reason_{place}"]
    ]
    return JudgedLine(row["line_no"], row["status"], reasons)


def reason_refusal(code: str, about: str | None) -> Refusal:
    """The sentence of a reason that was kept in plain words."""
    reason = next(reason for reason in REASONS if reason.refusal.code == code)
    return reason.refusal(**({reason.fact: about} if reason.column else {}))
