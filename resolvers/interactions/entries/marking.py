"""Striking out and reviving: the canceled mark of interactions and campaign entries, and who it came from (R-ENT-2,
K17).
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, not_, null, update
from sqlalchemy import Table as SqlTable

from resolvers.interactions import comments
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES
from resolvers.work import Work


def strike_out(work: Work, rows: SqlTable, where: ColumnElement[bool], *, canceled_with: int | None = None) -> int:
    """Cancel those that are not yet, and answer how many. `canceled_with` is the logged segment that took them along,
    if one did.

    What was canceled before keeps its memory: it was canceled by itself.
    """
    marked = update(rows).where(where, not_(rows.c.canceled)).values(canceled=True, canceled_with=canceled_with)
    return cast("CursorResult[Any]", work.session.execute(marked)).rowcount


def revive(work: Work, rows: SqlTable, where: ColumnElement[bool], *, as_it_was: bool = False) -> int:
    """Un-cancel those that are canceled, and answer how many.

    An interaction counts as changed since it was logged (K18), unless it comes back `as_it_was` with its logged
    segment.
    """
    values: dict[str, Any] = {"canceled": False, "canceled_with": null()}
    if rows is ENTRIES and not as_it_was:
        values["changed_at"] = work.now
    return cast(
        "CursorResult[Any]", work.session.execute(update(rows).where(where, rows.c.canceled).values(values))
    ).rowcount


def strike_out_with(work: Work, entry_no: int) -> int:
    """Cancel what was logged with this segment and is not canceled yet. Returns the number of interactions."""
    came_with = CAMPAIGN_ENTRIES.c.logged_segment_entry_no == entry_no
    strike_out(work, CAMPAIGN_ENTRIES, came_with, canceled_with=entry_no)
    return strike_out(work, ENTRIES, ENTRIES.c.logged_segment_entry_no == entry_no, canceled_with=entry_no)


def revive_with(work: Work, entry_no: int) -> int:
    """Un-cancel what `strike_out_with` canceled and is still canceled. Returns the number of interactions."""
    for rows in (CAMPAIGN_ENTRIES, ENTRIES):
        struck_out = (rows.c.logged_segment_entry_no == entry_no) & (rows.c.canceled_with == entry_no)
        revived = revive(work, rows, struck_out, as_it_was=True)
    return revived


def remove(work: Work, where: ColumnElement[bool]) -> int:
    """Delete those of these interactions that are canceled, with their comments; answers how many (R-ENT-6)."""
    gone = list(work.session.scalars(delete(ENTRIES).where(where, ENTRIES.c.canceled).returning(ENTRIES.c.entry_no)))
    comments.remove(work, gone)
    return len(gone)
