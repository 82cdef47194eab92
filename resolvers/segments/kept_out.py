"""The lines with a contact that are not logged: blocked, or left out because of a warning (K8, K27)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, case, func, select, true

from persistence.segments import Segment
from resolvers.segments.rewriting import LINE
from resolvers.segments.verdict import JUDGED, JudgedLine, LineStatus, judged_line, judging
from resolvers.segments.warned import LeaveOut, parameters
from resolvers.selections import SHOWN
from resolvers.work import Work


@dataclass(frozen=True)
class KeptOut:
    """How many lines are kept out of the log, and of the blocked ones the first 100. `places` tells one set from another."""

    blocked: int = 0
    left_out: int = 0
    places: int = 0
    blocked_lines: list[JudgedLine] = field(default_factory=list)


def kept_out(work: Work, segment: Segment, leave_out: LeaveOut) -> KeptOut:
    """What is kept out now, counted and told by one statement."""
    return kept_out_of(work.session.execute(_kept_out(leave_out), parameters(work, segment.id)).mappings().all())


@cache
def _kept_out(leave_out: LeaveOut) -> Select[Any]:
    return telling(keeping_out(leave_out))


def keeping_out(leave_out: LeaveOut) -> CTE:
    """The lines that are kept out, and why."""
    judged = judging(leave_out)
    return judged.select(LINE.c.line_no, judged.status.label("status"), *JUDGED).where(
        LINE.c.contact_no.is_not(None), judged.status != LineStatus.READY.value
    ).cte("kept_out")


def telling(lines: CTE) -> Select[Any]:
    """The counts of these lines, and the first blocked ones beside them: what `kept_out_of` reads."""
    is_blocked = lines.c.status == LineStatus.BLOCKED.value
    counts = select(
        func.count().label("count"), func.coalesce(func.sum(lines.c.line_no), 0).label("places"),
        func.coalesce(func.sum(case((is_blocked, 1), else_=0)), 0).label("blocked"),
    ).select_from(lines).subquery("counts")
    first = select(lines).where(is_blocked).order_by(lines.c.line_no).limit(SHOWN).subquery("first")
    return select(counts, first).select_from(counts.outerjoin(first, true())).order_by(first.c.line_no)


def kept_out_of(rows: Sequence[Any]) -> KeptOut:
    """What `telling` found."""
    count, places, blocked = (int(rows[0][name]) for name in ("count", "places", "blocked"))
    return KeptOut(blocked, count - blocked, places, [judged_line(row) for row in rows if row["line_no"] is not None])
