"""Deleting old changes from the change feed."""

import datetime as dt

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from persistence.change_feed.items import ITEMS, OWNERS, RANGES, START

MAX_DELETED = 10_000
"""How many items are deleted in one transaction."""


def delete_old(session: Session, before: dt.datetime) -> bool:
    """Delete some of the oldest items that are older than this time, and note up to which number. Returns whether some
    may be left (R-FEED-4).
    """
    oldest = select(ITEMS.c.no, ITEMS.c.at).order_by(ITEMS.c.no).limit(MAX_DELETED).subquery("oldest")
    last = session.scalar(select(func.max(oldest.c.no)).where(oldest.c.at < before))
    if last is None:
        return False
    for rows in (RANGES, OWNERS):
        session.execute(delete(rows).where(rows.c.item_no <= last))
    session.execute(delete(ITEMS).where(ITEMS.c.no <= last))
    session.execute(update(START).values(deleted_up_to=last))
    return True
