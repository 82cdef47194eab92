"""What logging will do with each line: log it, skip it, or refuse it, and why (R-LOG-5, R-LOG-6, K8, K10)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, or_, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from resolvers.errors import Refusal, UserErrorCode
from resolvers.refusals import (
    CampaignBlocked,
    ContactPrivacyBlocked,
    SalespersonBlocked,
    SalespersonRequired,
    TemplateBlocked,
    TemplateRequired,
)
from resolvers.segments.choosing import SHOWN
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.tables import table
from resolvers.work import Work


class LineStatus(StrEnum):
    READY = "READY"
    SKIPPED = "SKIPPED"
    BLOCKED = "BLOCKED"


class LinesBlocked(Refusal):
    """K8."""

    code = UserErrorCode.LINES_BLOCKED
    english = "Segment {no} has lines that cannot be logged ({count}), so none was. Correct or remove them and log again."
    french = (
        "Des lignes du segment {no} ne peuvent pas être journalisées ({count}) ; aucune ne l'a été. "
        "Corrigez-les ou retirez-les."
    )


@dataclass(frozen=True)
class BlockedLines:
    """Shown beside the refusal: how many lines are blocked, and why the first 100 are."""

    segment_id: int
    count: int
    verdicts: list[tuple[int, list[Refusal]]]


@dataclass(frozen=True)
class Reason:
    """Something that keeps a line, of `LINE` with its `CONTACT`, out of the log; and how that is said of a row."""

    holds: ColumnElement[bool]
    refusal: Callable[[Row[Any]], Refusal]


def _blocked(column: str, model: type[Table], key: str) -> ColumnElement[bool]:
    """The line names one of the few that are blocked; the subquery runs once, not for each line."""
    rows = table(model)
    return LINE.c[column].in_(select(rows.c[key]).where(rows.c.blocked))


REASONS = (
    Reason(LINE.c.template_code.is_(None), lambda _: TemplateRequired()),
    Reason(LINE.c.salesperson_code.is_(None), lambda _: SalespersonRequired()),
    Reason(CONTACT.c.privacy_blocked, lambda line: ContactPrivacyBlocked(no=line.contact_no)),
    Reason(_blocked("template_code", InteractionTemplate, "code"), lambda line: TemplateBlocked(key=line.template_code)),
    Reason(_blocked("salesperson_code", Salesperson, "code"), lambda line: SalespersonBlocked(key=line.salesperson_code)),
    Reason(_blocked("campaign_no", Campaign, "no"), lambda line: CampaignBlocked(no=line.campaign_no)),
)

STATUS: ColumnElement[str] = case(
    (LINE.c.contact_no.is_(None), literal(LineStatus.SKIPPED.value)),
    (or_(*(reason.holds for reason in REASONS)), literal(LineStatus.BLOCKED.value)),
    else_=literal(LineStatus.READY.value),
)
"""The verdict. Lines are judged by nothing else."""


def stands(status: LineStatus) -> ColumnElement[bool]:
    """The condition that a line has this verdict."""
    return literal(status.value) == STATUS


def judged(segment: Segment, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of `LINE` and `CONTACT`, of the lines of a segment."""
    joined = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no)
    return select(*columns).select_from(joined).where(LINE.c.segment_id == segment.id)


@dataclass(frozen=True)
class Verdict:
    """How many lines stand how; `campaigns` says whether any has a campaign."""

    ready: int
    skipped: int
    blocked: int
    campaigns: bool


def verdict(work: Work, segment: Segment) -> Verdict:
    """One pass over the lines."""
    lines = judged(segment, STATUS.label("status"), LINE.c.campaign_no).subquery("lines")
    statement = select(lines.c.status, func.count(), func.count(lines.c.campaign_no)).group_by(lines.c.status)
    rows = work.session.execute(statement).all()
    count = {status: lines for status, lines, _ in rows}
    return Verdict(
        count.get(LineStatus.READY, 0), count.get(LineStatus.SKIPPED, 0), count.get(LineStatus.BLOCKED, 0),
        any(campaigns for _, _, campaigns in rows),
    )


def blocked_lines(work: Work, segment: Segment, count: int) -> BlockedLines:
    """The first of the `count` blocked lines with their reasons, in line order."""
    facts = (LINE.c.line_no, LINE.c.contact_no, LINE.c.template_code, LINE.c.salesperson_code, LINE.c.campaign_no)
    holds = [reason.holds.label(f"reason_{place}") for place, reason in enumerate(REASONS)]
    statement = (
        judged(segment, *facts, *holds).where(stands(LineStatus.BLOCKED)).order_by(LINE.c.line_no).limit(SHOWN)
    )
    assert segment.id is not None
    return BlockedLines(segment.id, count, [
        (line.line_no, [reason.refusal(line) for reason, there in zip(REASONS, line[len(facts):], strict=True) if there])
        for line in work.session.execute(statement)
    ])
