"""Adding comments to an interaction of the log."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, update

from persistence.interactions import InteractionLogEntry
from resolvers import change_feed, own_changes
from resolvers.errors import Refused, refuse_any
from resolvers.interactions import comments
from resolvers.interactions.entries.selecting import NotInTheLog
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work


@dataclass(frozen=True)
class Commented:
    """The number of the interaction."""

    entry_no: int


def comment(work: Work, entry_no: int, texts: Sequence[str]) -> Commented:
    """Add comments to an interaction of the log, canceled or not, after those that it has. Blank ones are left out."""
    refuse_any(comments.check(texts, "comments"))
    new = comments.from_texts(work, texts)
    changed_at = work.now if new else ENTRIES.c.changed_at
    is_selected = and_(ENTRIES.c.entry_no == entry_no, work.is_visible(InteractionLogEntry))
    own_changes.check_interactions(work, InteractionLogEntry, is_selected)
    if not work.write(update(ENTRIES).where(is_selected).values(changed_at=changed_at)):
        raise Refused(NotInTheLog("entry_no", entry_no=entry_no))
    if new:
        comments.append(work, entry_no, new)
        change_feed.record_one(work, change_feed.UPDATED, ENTRIES, entry_no)
    return Commented(entry_no)
