"""What logging will do with each line: log it, skip it, or refuse it, and why (R-LOG-5, R-LOG-6, K8, K10)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, bindparam, case, func, literal, or_, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from persistence.totals import HighPart, LowPart, Together
from resolvers.errors import Refusal
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

STATUS: ColumnElement[str] = case(
    (LINE.c.contact_no.is_(None), literal(LineStatus.SKIPPED.value)),
    (or_(*(reason.holds for reason in REASONS)), literal(LineStatus.BLOCKED.value)),
    else_=literal(LineStatus.READY.value),
)
"""The verdict. Lines are judged by nothing else, neither in a preview nor in the log."""


THE_SEGMENT: BindParameter[int] = bindparam("the_segment_id", type_=Integer())
"""The segment, in statements that are put together once."""


def stands(status: LineStatus) -> ColumnElement[bool]:
    """The condition that a line has this verdict."""
    return literal(status.value) == STATUS


def judged(segment_id: int | ColumnElement[int] | None, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of `LINE` and `CONTACT`, of the lines of a segment."""
    joined = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no)
    return select(*columns).select_from(joined).where(LINE.c.segment_id == segment_id)


@dataclass(frozen=True)
class Verdict:
    """How many lines stand how; and what the ready ones come to. `places` tells one set of ready lines from another."""

    ready: int = 0
    skipped: int = 0
    blocked: int = 0
    cost: Decimal = Decimal(0)
    duration: int = 0
    no_of_campaign_entries: int = 0
    places: int = 0


def verdict(work: Work, segment: Segment) -> Verdict:
    """One pass over the lines."""
    rows = work.session.execute(_VERDICT, {THE_SEGMENT.key: segment.id})
    found = {status: measures for status, *measures in rows}
    count = {status: int(measures[0]) for status, measures in found.items()}
    _, cost, duration, places, campaigns = found.get(LineStatus.READY, (0, Decimal(0), 0, 0, 0))
    return Verdict(
        count.get(LineStatus.READY, 0), count.get(LineStatus.SKIPPED, 0), count.get(LineStatus.BLOCKED, 0),
        cost, int(duration), campaigns, int(places),
    )


def _statement() -> Select[Any]:
    lines = judged(
        THE_SEGMENT, STATUS.label("status"), LINE.c.campaign_no, LINE.c.cost, LINE.c.duration,
        LINE.c.line_no,
    ).subquery("lines")
    sums = (
        func.count().label("count"), func.sum(HighPart(lines.c.cost)).label("high"), func.sum(LowPart(lines.c.cost)).label("low"),
        func.sum(lines.c.duration).label("duration"), func.sum(lines.c.line_no).label("places"),
    )
    by_campaign = select(lines.c.status, lines.c.campaign_no, *sums).group_by(lines.c.status, lines.c.campaign_no).subquery("c")
    c = by_campaign.c
    return select(
        c.status, func.sum(c.count), Together(func.sum(c.high), func.sum(c.low)), func.sum(c.duration), func.sum(c.places),
        func.count(c.campaign_no),
    ).group_by(c.status)


_VERDICT = _statement()


@dataclass(frozen=True)
class JudgedLine:
    """A line and its verdict in plain words, so that it can be kept (K22): each reason is a code and what it is about."""

    line_no: int
    status: str
    reasons: list[tuple[str, str | None]]


def judged_lines(
    work: Work, segment_id: int | None, *, most: int, status: LineStatus | None = None, after: int | None = None,
    before: int | None = None, backward: bool = False,
) -> list[JudgedLine]:
    """Lines with their verdict and all reasons, by number; `after` one and `before` one; from the end if asked, last first."""
    names = {reason.column for reason in REASONS if reason.column}
    culprits = [LINE.c[name] for name in sorted(names)]
    holds = [reason.holds.label(f"reason_{place}") for place, reason in enumerate(REASONS)]
    statement = judged(segment_id, LINE.c.line_no, STATUS.label("status"), *culprits, *holds)
    if status is not None:
        statement = statement.where(stands(status))
    if after is not None:
        statement = statement.where(LINE.c.line_no > after)
    if before is not None:
        statement = statement.where(LINE.c.line_no < before)
    statement = statement.order_by(LINE.c.line_no.desc() if backward else LINE.c.line_no).limit(most)
    return [_judged_line(row._mapping) for row in work.session.execute(statement)]


def _judged_line(row: Any) -> JudgedLine:
    """A line without contact is skipped, whatever else it lacks."""
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
