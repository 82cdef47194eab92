"""Setting and removing the canceled mark of interactions and campaign entries (R-ENT-2, K17).

The mark remembers the logged segment with which a row was canceled, so that un-canceling the logged segment does not
un-cancel rows that were canceled separately.
"""

from collections import Counter

from sqlalchemy import ColumnElement, bindparam, delete, not_, null, update
from sqlalchemy import Table as SqlTable

from resolvers import change_feed
from resolvers.interactions import comments
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LOGGED_SEGMENTS
from resolvers.work import Work


def cancel(
    work: Work, rows: SqlTable, where: ColumnElement[bool], *, logged_segment_entry_no: int | None = None
) -> int:
    """Cancel the rows that are not canceled yet, and return their number.

    `logged_segment_entry_no` is the logged segment with which they are canceled, if there is one. Rows that were
    canceled before keep their mark.
    """
    values = {"canceled": True, "canceled_with": logged_segment_entry_no}
    changed = (where, not_(rows.c.canceled))
    recorded = change_feed.record(work, change_feed.UPDATED, rows, *changed)
    return work.write(update(rows).where(*changed, recorded).values(values))


def uncancel(work: Work, rows: SqlTable, where: ColumnElement[bool], *, counts_as_change: bool = True) -> int:
    """Un-cancel the rows that are canceled, and return their number.

    Un-canceling an interaction counts as a change since it was logged (K18), unless its logged segment is un-canceled.
    """
    values: dict[str, object] = {"canceled": False, "canceled_with": null()}
    if rows is ENTRIES and counts_as_change:
        values["changed_at"] = work.now
    recorded = change_feed.record(work, change_feed.UPDATED, rows, where, rows.c.canceled)
    return work.write(update(rows).where(where, rows.c.canceled, recorded).values(values))


def cancel_with_logged_segment(work: Work, entry_no: int) -> int:
    """Cancel the campaign entries and interactions that were logged with this segment and are not canceled yet.

    Returns the number of interactions.
    """
    for rows in (CAMPAIGN_ENTRIES, ENTRIES):
        count = cancel(work, rows, rows.c.logged_segment_entry_no == entry_no, logged_segment_entry_no=entry_no)
    return count


def uncancel_with_logged_segment(work: Work, entry_no: int) -> int:
    """Un-cancel the rows that `cancel_with_logged_segment` canceled and that are still canceled.

    Returns the number of interactions.
    """
    for rows in (CAMPAIGN_ENTRIES, ENTRIES):
        canceled_with_it = (rows.c.logged_segment_entry_no == entry_no) & (rows.c.canceled_with == entry_no)
        count = uncancel(work, rows, canceled_with_it, counts_as_change=False)
    return count


def delete_canceled_entries(work: Work, where: ColumnElement[bool]) -> list[int]:
    """Delete those of these interactions that are canceled, with their comments, and return their numbers (R-ENT-6).

    Their logged segments have so many fewer.
    """
    canceled = (where, ENTRIES.c.canceled)
    recorded = change_feed.record(work, change_feed.DELETED, ENTRIES, *canceled)
    returned = (ENTRIES.c.entry_no, ENTRIES.c.logged_segment_entry_no)
    rows = work.session.execute(delete(ENTRIES).where(*canceled, recorded).returning(*returned)).all()
    entry_nos = sorted(row.entry_no for row in rows)
    comments.remove(work, entry_nos)
    fewer = Counter(row.logged_segment_entry_no for row in rows if row.logged_segment_entry_no is not None)
    if fewer:
        changed = LOGGED_SEGMENTS.c.interactions - bindparam("deleted")
        of_segment = update(LOGGED_SEGMENTS).where(LOGGED_SEGMENTS.c.entry_no == bindparam("no"))
        counts = [{"no": no, "deleted": number} for no, number in sorted(fewer.items())]
        work.session.connection().execute(of_segment.values(interactions=changed), counts)
    return entry_nos
