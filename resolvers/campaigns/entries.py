"""Canceling campaign entries with their interactions, and deleting canceled ones (R-CAM-2, R-CAM-3)."""

from dataclasses import dataclass

from sqlalchemy import delete, func, null, select, update

from persistence.conditions import among
from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.interactions.entries.marking import remove, revive, strike_out
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES
from resolvers.segments.undone import CampaignEntryUndone, instead_of_undone
from resolvers.selections import Matching
from resolvers.work import Work


@dataclass(frozen=True)
class CampaignEntryMarked:
    entry_no: int


@dataclass(frozen=True)
class CampaignEntriesDeleted:
    deleted: int


class CampaignEntryNotFound(Refusal):
    code = UserErrorCode.NOT_FOUND
    english = "There is no campaign entry {entry_no}. Check the number or list the entries of the campaign."
    french = "L’écriture campagne {entry_no} n’existe pas. Vérifiez le numéro ou affichez les écritures de la campagne."


def set_canceled(work: Work, entry_no: int, *, canceled: bool) -> CampaignEntryMarked:
    """Give a campaign entry and all its interactions the same mark, both ways (R-CAM-2).

    So un-canceling revives interactions that were canceled one by one, too: only logged segments remember (K17). That
    its logged segment is canceled is no obstacle, but that it was undone is: its segment would be logged twice (K18).
    """
    rows = CAMPAIGN_ENTRIES.c
    held = select(rows.canceled, rows.logged_segment_entry_no).where(rows.entry_no == entry_no).with_for_update()
    found = work.session.execute(held).one_or_none()
    if found is None:
        raise Refused(CampaignEntryNotFound("entry_no", entry_no=entry_no))
    logged_as = found.logged_segment_entry_no
    if found.canceled and not canceled and logged_as and (instead := instead_of_undone(work, [logged_as])):
        raise Refused(
            CampaignEntryUndone("entry_no", entry_no=logged_as, campaign_entry_no=entry_no, instead=instead[logged_as])
        )
    mark = strike_out if canceled else revive
    mark(work, CAMPAIGN_ENTRIES, CAMPAIGN_ENTRIES.c.entry_no == entry_no)
    mark(work, ENTRIES, ENTRIES.c.campaign_entry_no == entry_no)
    return CampaignEntryMarked(entry_no)


def delete_canceled(work: Work, matching: Matching, *, dry_run: bool = False) -> CampaignEntriesDeleted:
    """Delete the canceled ones among the campaign entries that match, with their interactions and comments (R-CAM-3).

    An interaction that is not canceled, logged by hand since, is never deleted (R-ENT-6): it stays with its campaign
    and loses the entry.
    """
    canceled = (matching(CAMPAIGN_ENTRIES), CAMPAIGN_ENTRIES.c.canceled)
    if dry_run:
        would_go = select(func.count()).select_from(CAMPAIGN_ENTRIES).where(*canceled)
        return CampaignEntriesDeleted(work.session.scalars(would_go).one())
    held = select(CAMPAIGN_ENTRIES.c.entry_no).where(*canceled).order_by(CAMPAIGN_ENTRIES.c.entry_no).with_for_update()
    gone = list(work.session.scalars(held))
    theirs = among(ENTRIES.c.campaign_entry_no, gone)
    remove(work, theirs)
    work.session.execute(update(ENTRIES).where(theirs).values(campaign_entry_no=null()))
    work.session.execute(delete(CAMPAIGN_ENTRIES).where(among(CAMPAIGN_ENTRIES.c.entry_no, gone)))
    return CampaignEntriesDeleted(len(gone))
