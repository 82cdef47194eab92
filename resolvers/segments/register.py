"""The register of logged segments: canceling one with what came with it, and deleting canceled ones (R-LSG, K17)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, null, select, update

from persistence.conditions import among
from resolvers.errors import Refusal, Refused, UserErrorCode, refuse_any
from resolvers.interactions.entries.marking import revive_with, strike_out_with
from resolvers.segments.deleting import drop
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LOGGED_SEGMENTS, SEGMENTS
from resolvers.segments.undone import LoggedSegmentUndone, instead_of_undone
from resolvers.selections import SHOWN, check_count
from resolvers.work import Work


@dataclass(frozen=True)
class LoggedSegmentMarked:
    entry_no: int


@dataclass(frozen=True)
class LoggedSegmentsDeleted:
    """The first of those that are gone."""

    entry_nos: list[int]


class LoggedSegmentNotFound(Refusal):
    code = UserErrorCode.NOT_FOUND
    english = "There is no logged segment {entry_no}. Check the number or list the logged segments."
    french = "Le segment journalisé {entry_no} n’existe pas. Vérifiez le numéro ou affichez les segments journalisés."


class NotCanceled(Refusal):
    """R-LSG-2."""

    code = UserErrorCode.NOT_CANCELED
    english = "Logged segment {entry_no} is not canceled, so it cannot be deleted. Cancel it first."
    french = "Le segment journalisé {entry_no} n’est pas annulé et ne peut donc pas être supprimé. Annulez-le d’abord."


def set_canceled(work: Work, entry_no: int, *, canceled: bool) -> LoggedSegmentMarked:
    """Cancel a logged segment with its campaign entries and interactions, or take that back (R-LSG-1).

    Taking it back revives what this canceling struck out. What was canceled one by one, before or since, stays so
    (K17). Refused for one that was undone: its segment is open again and would be logged twice (K18).
    """
    held = select(LOGGED_SEGMENTS.c.canceled).where(LOGGED_SEGMENTS.c.entry_no == entry_no).with_for_update()
    before = work.session.scalars(held).one_or_none()
    if before is None:
        raise Refused(LoggedSegmentNotFound("entry_no", entry_no=entry_no))
    if before and not canceled and (instead := instead_of_undone(work, [entry_no])):
        raise Refused(LoggedSegmentUndone("entry_no", entry_no=entry_no, instead=instead[entry_no]))
    if before != canceled:
        marked = update(LOGGED_SEGMENTS).where(LOGGED_SEGMENTS.c.entry_no == entry_no)
        work.session.execute(marked.values(canceled=canceled).execution_options(synchronize_session=False))
        (strike_out_with if canceled else revive_with)(work, entry_no)
    return LoggedSegmentMarked(entry_no)


def delete_canceled(work: Work, entry_nos: Sequence[int]) -> LoggedSegmentsDeleted:
    """Delete canceled logged segments with the header, lines and steps kept behind them (K7): all of them, or none
    (R-LSG-2).

    Their campaign entries and interactions stay, canceled, and may be un-canceled one by one now. Segments that
    followed one up follow nothing. The segment's number is never given again (K7).
    """
    check_count(entry_nos, "entry_nos")
    gone = _claim_canceled(work, entry_nos)
    for rows in (CAMPAIGN_ENTRIES, ENTRIES):
        on_its_own = update(rows).where(among(rows.c.logged_segment_entry_no, gone))
        work.session.execute(on_its_own.values(logged_segment_entry_no=null(), canceled_with=null()))
    for rows in (SEGMENTS, LOGGED_SEGMENTS):
        work.session.execute(update(rows).where(among(rows.c.follow_up_of, gone)).values(follow_up_of=null()))
    drop(work, among(SEGMENTS.c.logged_segment_entry_no, gone))
    work.session.execute(delete(LOGGED_SEGMENTS).where(among(LOGGED_SEGMENTS.c.entry_no, gone)))
    return LoggedSegmentsDeleted(gone[:SHOWN])


def _claim_canceled(work: Work, entry_nos: Sequence[int]) -> list[int]:
    rows = LOGGED_SEGMENTS.c
    held = (
        select(rows.entry_no, rows.canceled)
        .where(among(rows.entry_no, entry_nos))
        .order_by(rows.entry_no)
        .with_for_update()
    )
    there: dict[int, bool] = {row.entry_no: row.canceled for row in work.session.execute(held)}
    refuse_any(
        [
            (NotCanceled if entry_no in there else LoggedSegmentNotFound)("entry_nos", str(place), entry_no=entry_no)
            for place, entry_no in enumerate(entry_nos)
            if not there.get(entry_no)
        ]
    )
    return sorted(there)
