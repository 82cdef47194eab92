"""Canceling and un-canceling campaign entries with their interactions; deleting canceled ones (R-CAM-2, R-CAM-3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, null, select, update

from persistence.sql.conditions import among
from resolvers import change_feed
from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.interactions.entries.canceled_marks import cancel, delete_canceled_entries, uncancel
from resolvers.segments.logging.undone_logged_segments import CampaignEntryUndone, advice_for_undone
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES
from resolvers.selections import MAX_SHOWN, Matching
from resolvers.work import Work


@dataclass(frozen=True)
class CampaignEntryMarked:
    """The number of the campaign entry."""

    entry_no: int


@dataclass(frozen=True)
class CampaignEntriesDeleted:
    """How many campaign entries were deleted, and the numbers of the first of them."""

    deleted: int
    entry_nos: Sequence[int] = ()


class CampaignEntryNotFound(Refusal):
    """There is no campaign entry with this number."""

    code = UserErrorCode.NOT_FOUND
    english = "There is no campaign entry {entry_no}. Check the number or list the entries of the campaign."
    french = "L’écriture campagne {entry_no} n’existe pas. Vérifiez le numéro ou affichez les écritures de la campagne."


def set_canceled(work: Work, entry_no: int, *, canceled: bool) -> CampaignEntryMarked:
    """Cancel or un-cancel a campaign entry with all its interactions (R-CAM-2).

    Un-canceling includes interactions that were canceled one by one: only logged segments remember those (K17). It is
    allowed while the logged segment is canceled, but refused if that was undone: it would be logged twice (K18).
    """
    rows = CAMPAIGN_ENTRIES.c
    locked = select(rows.canceled, rows.logged_segment_entry_no).where(rows.entry_no == entry_no).with_for_update()
    found = work.session.execute(locked).one_or_none()
    if found is None:
        raise Refused(CampaignEntryNotFound("entry_no", entry_no=entry_no))
    logged_segment = found.logged_segment_entry_no
    if found.canceled and not canceled and logged_segment and (advice := advice_for_undone(work, [logged_segment])):
        raise Refused(
            CampaignEntryUndone(
                "entry_no", entry_no=logged_segment, campaign_entry_no=entry_no, advice=advice[logged_segment]
            )
        )
    mark = cancel if canceled else uncancel
    mark(work, CAMPAIGN_ENTRIES, CAMPAIGN_ENTRIES.c.entry_no == entry_no)
    mark(work, ENTRIES, ENTRIES.c.campaign_entry_no == entry_no)
    return CampaignEntryMarked(entry_no)


def delete_canceled(work: Work, matching: Matching, *, dry_run: bool = False) -> CampaignEntriesDeleted:
    """Delete the matching campaign entries that are canceled, with their interactions and the comments on these
    (R-CAM-3).

    An interaction that is not canceled, because it was logged since, is never deleted (R-ENT-6): it keeps its campaign
    and loses its campaign entry.
    """
    canceled = (matching(CAMPAIGN_ENTRIES), CAMPAIGN_ENTRIES.c.canceled)
    if dry_run:
        count = select(func.count()).select_from(CAMPAIGN_ENTRIES).where(*canceled)
        return CampaignEntriesDeleted(work.session.scalars(count).one())
    numbers = select(CAMPAIGN_ENTRIES.c.entry_no).where(*canceled).order_by(CAMPAIGN_ENTRIES.c.entry_no)
    locked = list(work.session.scalars(numbers.with_for_update()))
    interactions = among(ENTRIES.c.campaign_entry_no, locked)
    delete_canceled_entries(work, interactions)
    change_feed.record(work, change_feed.UPDATED, ENTRIES, interactions)
    work.session.execute(update(ENTRIES).where(interactions).values(campaign_entry_no=null()))
    deleted = among(CAMPAIGN_ENTRIES.c.entry_no, locked)
    change_feed.record(work, change_feed.DELETED, CAMPAIGN_ENTRIES, deleted)
    work.session.execute(delete(CAMPAIGN_ENTRIES).where(deleted))
    return CampaignEntriesDeleted(len(locked), locked[:MAX_SHOWN])
