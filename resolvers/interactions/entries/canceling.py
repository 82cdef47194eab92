"""Canceling and un-canceling interactions of the log, and deleting canceled ones (R-ENT-2, R-ENT-4, R-ENT-6)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, and_, false, func, not_, select, true
from sqlalchemy import Table as SqlTable

from persistence.sql.conditions import among
from resolvers.errors import Refusal, UserErrorCode, refuse_any
from resolvers.interactions.entries.canceled_marks import cancel, delete_canceled_entries, uncancel
from resolvers.interactions.entries.selecting import EntriesChanged, SelectedEntries, count_entries, select_entries
from resolvers.segments.logging.undone_logged_segments import InteractionsUndone, advice_for_undone
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LOGGED_SEGMENTS
from resolvers.selections import MAX_SHOWN, Matching
from resolvers.work import Work

MAX_CAUSES = 100
MAX_ENTRIES_NAMED = 10


@dataclass(frozen=True)
class EntriesDeleted:
    """How many interactions were deleted, and the numbers of the first of them."""

    deleted: int
    entry_nos: Sequence[int] = ()


class LoggedSegmentCanceled(Refusal):
    """Entries are to be un-canceled while their logged segment is canceled (R-ENT-4)."""

    code = UserErrorCode.LOGGED_SEGMENT_CANCELED
    english = (
        "Logged segment {no} is canceled, so its interactions cannot be un-canceled: {entries}. Un-cancel the logged "
        "segment first."
    )
    french = (
        "Le segment journalisé {no} est annulé; l’annulation de ses interactions ne peut donc pas être "
        "levée\u00a0: {entries}. Levez d’abord l’annulation du segment journalisé."
    )


class CampaignEntryCanceled(Refusal):
    """Entries are to be un-canceled while their campaign entry is canceled (R-ENT-4)."""

    code = UserErrorCode.CAMPAIGN_ENTRY_CANCELED
    english = (
        "Campaign entry {no} is canceled, so its interactions cannot be un-canceled: {entries}. Un-cancel the campaign "
        "entry first."
    )
    french = (
        "L’écriture campagne {no} est annulée; l’annulation de ses interactions ne peut donc pas être "
        "levée\u00a0: {entries}. Levez d’abord l’annulation de l’écriture campagne."
    )


def set_canceled(
    work: Work,
    *,
    canceled: bool,
    entry_nos: Sequence[int] | None = None,
    matching: Matching | None = None,
    dry_run: bool = False,
) -> EntriesChanged:
    """Cancel or un-cancel the selected interactions, whatever their state was (R-ENT-2).

    Un-canceling is refused for all of them if the logged segment or the campaign entry of one of them is canceled
    (R-ENT-4), or if its logged segment was undone (K18). There is one refusal for each of these, with the numbers of
    its interactions.
    """
    selected = select_entries(work, entry_nos=entry_nos, matching=matching)
    if not canceled:
        refuse_any(_check_uncanceling(work, selected))
    if dry_run:
        changes = not_(ENTRIES.c.canceled) if canceled else ENTRIES.c.canceled
        return selected.changed(count_entries(work, selected.where, changes))
    mark = cancel if canceled else uncancel
    return selected.changed(mark(work, ENTRIES, selected.where))


def delete_canceled(work: Work, matching: Matching, *, dry_run: bool = False) -> EntriesDeleted:
    """Delete the matching interactions that are canceled, with their comments (R-ENT-6). Their numbers are not used
    again.
    """
    where = matching(ENTRIES)
    if dry_run:
        return EntriesDeleted(count_entries(work, where, ENTRIES.c.canceled))
    deleted = delete_canceled_entries(work, where)
    return EntriesDeleted(len(deleted), deleted[:MAX_SHOWN])


def _check_uncanceling(work: Work, selected: SelectedEntries) -> list[Refusal]:
    """Refusals for the canceled logged segments, then the canceled campaign entries, of the selected interactions.

    A logged segment that was undone cannot be un-canceled, nor can its campaign entries: one refusal covers all of them
    and says what to do instead.
    """
    logged_segments = _canceled_owners(work, selected, LOGGED_SEGMENTS, ENTRIES.c.logged_segment_entry_no)
    advice = advice_for_undone(work, [no for no, _ in logged_segments]) if logged_segments else {}
    undone = among(ENTRIES.c.logged_segment_entry_no, list(advice)) if advice else false()
    campaign_entries = _canceled_owners(
        work, selected, CAMPAIGN_ENTRIES, ENTRIES.c.campaign_entry_no, except_for=undone
    )
    return [
        *(
            InteractionsUndone(*selected.field, entry_no=no, entries=entries, advice=advice[no])
            if no in advice
            else LoggedSegmentCanceled(*selected.field, no=no, entries=entries)
            for no, entries in logged_segments
        ),
        *(CampaignEntryCanceled(*selected.field, no=no, entries=entries) for no, entries in campaign_entries),
    ]


def _canceled_owners(
    work: Work,
    selected: SelectedEntries,
    owners: SqlTable,
    reference: Column[int],
    *,
    except_for: ColumnElement[bool] | None = None,
) -> list[tuple[int, str]]:
    """The canceled logged segments or campaign entries to which canceled selected interactions belong, with the numbers
    of these. Interactions that meet `except_for` are left out.

    All owners are locked until the transaction ends, so that no other transaction cancels one before the interactions
    are un-canceled.
    """
    of_selected = owners.c.entry_no.in_(select(reference).where(selected.where))
    statement = select(owners.c.entry_no, owners.c.canceled).where(of_selected).order_by(owners.c.entry_no)
    canceled_owners = [no for no, canceled in work.session.execute(statement.with_for_update(read=True)) if canceled]
    if not canceled_owners:
        return []
    canceled = and_(selected.where, ENTRIES.c.canceled)
    if except_for is not None:
        canceled = and_(canceled, func.coalesce(not_(except_for), true()))
    return _with_entries(work, and_(canceled, among(reference, canceled_owners[:MAX_CAUSES])), reference)


def _with_entries(work: Work, where: ColumnElement[bool], reference: Column[int]) -> list[tuple[int, str]]:
    """Each owner with the numbers of its interactions as text: the first ten, and the total if there are more."""
    ranked = (
        select(
            reference.label("owner"),
            ENTRIES.c.entry_no,
            func.count().over(partition_by=reference).label("count"),
            func.row_number().over(partition_by=reference, order_by=ENTRIES.c.entry_no).label("rank"),
        )
        .where(where)
        .subquery("ranked")
    )
    columns = (ranked.c.owner, ranked.c.entry_no, ranked.c.count)
    first = select(*columns).where(ranked.c.rank <= MAX_ENTRIES_NAMED).order_by(ranked.c.owner, ranked.c.rank)
    numbers: dict[int, list[str]] = defaultdict(list)
    counts: dict[int, int] = {}
    for owner, entry_no, count in work.session.execute(first):
        numbers[owner].append(str(entry_no))
        counts[owner] = count
    return [
        (owner, ", ".join(first_nos) + (f", … ({counts[owner]})" if counts[owner] > len(first_nos) else ""))
        for owner, first_nos in numbers.items()
    ]
