"""The commands on logged segments: canceling and un-canceling one with its entries, and deleting canceled ones (R-LSG,
K17).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, null, select, true, update

from persistence.sql.conditions import among
from resolvers import change_feed
from resolvers.errors import Refusal, Refused, UserErrorCode, refuse_any
from resolvers.interactions.entries.canceled_marks import cancel_with_logged_segment, uncancel_with_logged_segment
from resolvers.segments.deleting import delete_segments
from resolvers.segments.logging.undone_logged_segments import LoggedSegmentUndone, advice_for_undone
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LOGGED_SEGMENTS, SEGMENTS
from resolvers.selections import MAX_SHOWN, check_count
from resolvers.work import Work


@dataclass(frozen=True)
class LoggedSegmentMarked:
    """The number of the logged segment."""

    entry_no: int


@dataclass(frozen=True)
class LoggedSegmentsDeleted:
    """The numbers of the deleted logged segments, the first 100."""

    entry_nos: list[int]


class LoggedSegmentNotFound(Refusal):
    """There is no logged segment with this number."""

    code = UserErrorCode.NOT_FOUND
    english = "There is no logged segment {entry_no}. Check the number or list the logged segments."
    french = "Le segment journalisé {entry_no} n’existe pas. Vérifiez le numéro ou affichez les segments journalisés."


class NotCanceled(Refusal):
    """A logged segment is to be deleted without having been canceled (R-LSG-2)."""

    code = UserErrorCode.NOT_CANCELED
    english = "Logged segment {entry_no} is not canceled, so it cannot be deleted. Cancel it first."
    french = "Le segment journalisé {entry_no} n’est pas annulé et ne peut donc pas être supprimé. Annulez-le d’abord."


def set_canceled(work: Work, entry_no: int, *, canceled: bool) -> LoggedSegmentMarked:
    """Cancel or un-cancel a logged segment with its campaign entries and interactions (R-LSG-1).

    Un-canceling reverses only this canceling. Entries that were canceled separately, before or after, stay canceled
    (K17). It is refused for a logged segment that was undone: its segment is open again and would be logged twice
    (K18).
    """
    locked = select(LOGGED_SEGMENTS.c.canceled).where(LOGGED_SEGMENTS.c.entry_no == entry_no).with_for_update()
    before = work.session.scalars(locked).one_or_none()
    if before is None:
        raise Refused(LoggedSegmentNotFound("entry_no", entry_no=entry_no))
    if before and not canceled and (advice := advice_for_undone(work, [entry_no])):
        raise Refused(LoggedSegmentUndone("entry_no", entry_no=entry_no, advice=advice[entry_no]))
    if before != canceled:
        change_feed.record_one(work, change_feed.UPDATED, LOGGED_SEGMENTS, entry_no)
        marked = update(LOGGED_SEGMENTS).where(LOGGED_SEGMENTS.c.entry_no == entry_no)
        work.session.execute(marked.values(canceled=canceled).execution_options(synchronize_session=False))
        (cancel_with_logged_segment if canceled else uncancel_with_logged_segment)(work, entry_no)
    return LoggedSegmentMarked(entry_no)


def delete_canceled(work: Work, entry_nos: Sequence[int]) -> LoggedSegmentsDeleted:
    """Delete canceled logged segments with their closed segments, lines and steps (K7): all of them, or none if one is
    not canceled (R-LSG-2).

    Their campaign entries and interactions stay canceled and can be un-canceled one by one from then on. Follow-up
    segments stay, too. The numbers of the segments are not used again (K7).
    """
    check_count(entry_nos, "entry_nos")
    locked = _lock_canceled(work, entry_nos)
    for rows in (CAMPAIGN_ENTRIES, ENTRIES):
        of_deleted = among(rows.c.logged_segment_entry_no, locked)
        change_feed.record(work, change_feed.UPDATED, rows, of_deleted)
        entries = update(rows).where(of_deleted)
        work.session.execute(entries.values(logged_segment_entry_no=null(), canceled_with=null()))
    # A closed follow-up may be opened again meanwhile, which locks it first.
    work.session.execute(select(SEGMENTS.c.id).where(among(SEGMENTS.c.follow_up_of, locked)).with_for_update()).all()
    for rows in (SEGMENTS, LOGGED_SEGMENTS):
        follow_ups = among(rows.c.follow_up_of, locked)
        shown = true() if rows is LOGGED_SEGMENTS else rows.c.logged_segment_entry_no.is_(None)
        change_feed.record(work, change_feed.UPDATED, rows, follow_ups, shown)
        work.session.execute(update(rows).where(follow_ups).values(follow_up_of=null()))
    delete_segments(work, among(SEGMENTS.c.logged_segment_entry_no, locked))
    deleted = among(LOGGED_SEGMENTS.c.entry_no, locked)
    change_feed.record(work, change_feed.DELETED, LOGGED_SEGMENTS, deleted)
    work.session.execute(delete(LOGGED_SEGMENTS).where(deleted))
    return LoggedSegmentsDeleted(locked[:MAX_SHOWN])


def _lock_canceled(work: Work, entry_nos: Sequence[int]) -> list[int]:
    rows = LOGGED_SEGMENTS.c
    locked = (
        select(rows.entry_no, rows.canceled)
        .where(among(rows.entry_no, entry_nos))
        .order_by(rows.entry_no)
        .with_for_update()
    )
    canceled: dict[int, bool] = {row.entry_no: row.canceled for row in work.session.execute(locked)}
    refuse_any(
        [
            (NotCanceled if entry_no in canceled else LoggedSegmentNotFound)("entry_nos", str(index), entry_no=entry_no)
            for index, entry_no in enumerate(entry_nos)
            if not canceled.get(entry_no)
        ]
    )
    return sorted(canceled)
