"""The lines with a contact that are not logged: blocked, or left out because of a warning (K8, K27)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, case, func, select, true

from persistence.segments import Segment
from resolvers.segments.rewriting import LINE
from resolvers.segments.verdict import JUDGED, JudgedLine, LineStatus, judged_line, judging
from resolvers.segments.warnings import LeaveOut, parameters
from resolvers.selections import SHOWN
from resolvers.work import Work


@dataclass(frozen=True)
class NotLogged:
    """How many lines are not logged, and the first 100 blocked ones. `places` is a checksum of the line numbers."""

    blocked: int = 0
    left_out: int = 0
    places: int = 0
    blocked_lines: list[JudgedLine] = field(default_factory=list)


def not_logged(work: Work, segment: Segment, leave_out: LeaveOut) -> NotLogged:
    """The lines that are not logged now: counts and the first blocked ones, read by one statement."""
    return not_logged_from(work.session.execute(_not_logged(leave_out), parameters(work, segment.id)).mappings().all())


@cache
def _not_logged(leave_out: LeaveOut) -> Select[Any]:
    return summary(lines_not_logged(leave_out))


def lines_not_logged(leave_out: LeaveOut) -> CTE:
    """The lines that are not logged, with their reasons."""
    judged = judging(leave_out)
    return (
        judged.select(LINE.c.line_no, judged.status.label("status"), *JUDGED)
        .where(LINE.c.contact_no.is_not(None), judged.status != LineStatus.READY.value)
        .cte("not_logged")
    )


def summary(lines: CTE) -> Select[Any]:
    """Selects the counts of these lines beside the first blocked ones, for `not_logged_from`."""
    is_blocked = lines.c.status == LineStatus.BLOCKED.value
    counts = (
        select(
            func.count().label("count"),
            func.coalesce(func.sum(lines.c.line_no), 0).label("places"),
            func.coalesce(func.sum(case((is_blocked, 1), else_=0)), 0).label("blocked"),
        )
        .select_from(lines)
        .subquery("counts")
    )
    first = select(lines).where(is_blocked).order_by(lines.c.line_no).limit(SHOWN).subquery("first")
    return select(counts, first).select_from(counts.outerjoin(first, true())).order_by(first.c.line_no)


def not_logged_from(rows: Sequence[Any]) -> NotLogged:
    """The result of `summary`."""
    count, places, blocked = (int(rows[0][name]) for name in ("count", "places", "blocked"))
    return NotLogged(blocked, count - blocked, places, [judged_line(row) for row in rows if row["line_no"] is not None])
