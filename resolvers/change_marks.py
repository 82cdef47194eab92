"""The marks in cursors of the change feed: after a restored backup, a cursor of changes that it has undone is refused
(R-FEED-6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select

from persistence.change_feed.items import ITEMS
from persistence.enums import ChangedType
from resolvers import change_feed
from resolvers.work import Work


def read_marked(
    work: Work, after: int | None, mark: int | None, first: int, types: Sequence[ChangedType] | None
) -> change_feed.FeedPage | None:
    """Like `change_feed.read`, with the mark of the end. None also if the cursor, which has the number `after` and the
    `mark`, is one of another history (R-FEED-6).
    """
    if after is not None and not is_of_this_history(work, after, mark):
        return None
    page = change_feed.read(work, after, first, types)
    return None if page is None else replace(page, end_mark=mark_up_to(work, page.end))


def is_of_this_history(work: Work, no: int, mark: int | None) -> bool:
    """Whether the last item up to a number is the one with this mark: after a restored backup, the numbers of changes
    that were undone are drawn again (R-FEED-6). True without a mark, and if the items up to the number are deleted.
    """
    return mark is None or mark_up_to(work, no) in (None, mark)


def marks_before(work: Work, numbers: Sequence[int]) -> Mapping[int, int]:
    """By the numbers of items: the mark of the item before each; none for the oldest item. It belongs into the cursor
    that stands before the item (R-FEED-6).
    """
    before = ITEMS.alias("before")
    previous = select(func.max(before.c.no)).where(before.c.no < ITEMS.c.no).correlate(ITEMS).scalar_subquery()
    pairs = select(ITEMS.c.no, previous.label("previous")).where(ITEMS.c.no.in_(numbers))
    previous_of = {row.no: row.previous for row in work.session.execute(pairs) if row.previous is not None}
    rows = work.session.execute(select(ITEMS).where(ITEMS.c.no.in_(previous_of.values()))).all()
    marks = {row.no: change_feed.feed_item(row).mark for row in rows}
    return {no: marks[found] for no, found in previous_of.items()}


def mark_up_to(work: Work, no: int) -> int | None:
    """The mark of the last item up to a number, which must be complete. None if there is none."""
    row = work.session.execute(select(ITEMS).where(ITEMS.c.no <= no).order_by(ITEMS.c.no.desc()).limit(1)).first()
    return None if row is None else change_feed.feed_item(row).mark
