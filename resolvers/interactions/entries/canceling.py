"""The canceled mark of finished interactions, and deleting what bears it (R-ENT-2 to 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, false, func, not_, select, true
from sqlalchemy import Table as SqlTable

from persistence.conditions import among
from resolvers.errors import Refusal, UserErrorCode, refuse_any
from resolvers.interactions.entries.changing import EntriesChanged
from resolvers.interactions.entries.marking import remove, revive, strike_out
from resolvers.interactions.entries.selecting import Chosen, choose, number_of
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LOGGED_SEGMENTS
from resolvers.segments.undone import InteractionsUndone, instead_of_undone
from resolvers.selections import Matching
from resolvers.work import Work

MOST_CULPRITS = 100
MOST_NAMED = 10


@dataclass(frozen=True)
class EntriesDeleted:
    deleted: int


class LoggedSegmentCanceled(Refusal):
    """R-ENT-4."""

    code = UserErrorCode.LOGGED_SEGMENT_CANCELED
    english = (
        "Logged segment {no} is canceled, and what came with it stays so: {entries}. Un-cancel the logged "
        "segment first."
    )
    french = (
        "Le segment journalisé {no} est annulé; ses interactions restent donc annulées\u00a0: {entries}. "
        "Levez d’abord l’annulation du segment journalisé."
    )


class CampaignEntryCanceled(Refusal):
    """R-ENT-4."""

    code = UserErrorCode.CAMPAIGN_ENTRY_CANCELED
    english = (
        "Campaign entry {no} is canceled, and its interactions stay so: {entries}. Un-cancel the campaign entry first."
    )
    french = (
        "L’écriture campagne {no} est annulée; ses interactions restent donc annulées\u00a0: {entries}. "
        "Levez d’abord l’annulation de l’écriture campagne."
    )


def set_canceled(
    work: Work,
    *,
    canceled: bool,
    entry_nos: Sequence[int] | None = None,
    matching: Matching | None = None,
    dry_run: bool = False,
) -> EntriesChanged:
    """Strike interactions out, or revive them; those that are so already stay as they are (R-ENT-2).

    None is un-canceled while the logged segment or campaign entry of one of them is canceled (R-ENT-4), or after its
    logged segment was undone (K18). A refusal names each of these with its interactions.
    """
    chosen = choose(work, entry_nos=entry_nos, matching=matching)
    if not canceled:
        refuse_any(_in_the_way(work, chosen))
    if dry_run:
        changed = number_of(work, chosen.where, not_(ENTRIES.c.canceled) if canceled else ENTRIES.c.canceled)
    else:
        changed = (strike_out if canceled else revive)(work, ENTRIES, chosen.where)
    return EntriesChanged(chosen.count, changed, chosen.first)


def delete_canceled(work: Work, matching: Matching, *, dry_run: bool = False) -> EntriesDeleted:
    """Delete the canceled ones among the interactions that match, with their comments (R-ENT-6). Their numbers stay
    given.
    """
    where = matching(ENTRIES)
    if dry_run:
        return EntriesDeleted(number_of(work, where, ENTRIES.c.canceled))
    return EntriesDeleted(remove(work, where))


def _in_the_way(work: Work, chosen: Chosen) -> list[Refusal]:
    """The canceled logged segments, then the canceled campaign entries, that keep chosen interactions canceled.

    A logged segment that was undone cannot be un-canceled, nor can its campaign entries: one refusal covers all of them
    and says what to do instead.
    """
    logged_segments = _held_by(work, chosen, LOGGED_SEGMENTS, ENTRIES.c.logged_segment_entry_no)
    instead = instead_of_undone(work, [no for no, _ in logged_segments]) if logged_segments else {}
    undone = among(ENTRIES.c.logged_segment_entry_no, list(instead)) if instead else false()
    campaign_entries = _held_by(work, chosen, CAMPAIGN_ENTRIES, ENTRIES.c.campaign_entry_no, but=undone)
    return [
        *(
            InteractionsUndone(*chosen.field, entry_no=no, entries=entries, instead=instead[no])
            if no in instead
            else LoggedSegmentCanceled(*chosen.field, no=no, entries=entries)
            for no, entries in logged_segments
        ),
        *(CampaignEntryCanceled(*chosen.field, no=no, entries=entries) for no, entries in campaign_entries),
    ]


def _held_by(
    work: Work, chosen: Chosen, holders: SqlTable, reference: Column[Any], *, but: ColumnElement[bool] | None = None
) -> list[tuple[int, str]]:
    """Those that are canceled and keep chosen interactions canceled, with the numbers of these; `but` excludes
    interactions.

    All of them are held until the transaction ends, also those whose interactions are not canceled yet: nobody cancels
    one between this look and the reviving.
    """
    struck_out = and_(chosen.where, ENTRIES.c.canceled)
    of_these = holders.c.entry_no.in_(select(reference).where(chosen.where))
    held = select(holders.c.entry_no, holders.c.canceled).where(of_these).order_by(holders.c.entry_no)
    culprits = [no for no, canceled in work.session.execute(held.with_for_update(read=True)) if canceled]
    if not culprits:
        return []
    if but is not None:
        struck_out = and_(struck_out, func.coalesce(not_(but), true()))
    return _named(work, and_(struck_out, among(reference, culprits[:MOST_CULPRITS])), reference)


def _named(work: Work, where: Any, reference: Column[Any]) -> list[tuple[int, str]]:
    """For each culprit the numbers of its interactions: the first, and of more how many there are."""
    ranked = (
        select(
            reference.label("culprit"),
            ENTRIES.c.entry_no,
            func.count().over(partition_by=reference).label("count"),
            func.row_number().over(partition_by=reference, order_by=ENTRIES.c.entry_no).label("rank"),
        )
        .where(where)
        .subquery("ranked")
    )
    first = select(ranked).where(ranked.c.rank <= MOST_NAMED).order_by(ranked.c.culprit, ranked.c.rank)
    named: dict[int, list[Any]] = {}
    for row in work.session.execute(first):
        named.setdefault(row.culprit, []).append(row)
    return [
        (
            culprit,
            ", ".join(str(row.entry_no) for row in rows)
            + (f", … ({rows[0].count})" if rows[0].count > len(rows) else ""),
        )
        for culprit, rows in named.items()
    ]
