"""Which entries of the log a change is about: given by their numbers, or by what they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, select

from persistence.conditions import among
from resolvers.errors import Refusal, UserErrorCode, refuse_any
from resolvers.segments.tables import ENTRIES
from resolvers.selections import SHOWN, Matching, check_count
from resolvers.work import Work

ROOM = "interactions"


@dataclass(frozen=True)
class Chosen:
    """The condition on `ENTRIES`, how many it chooses, the first numbers, and the argument that chose them."""

    where: ColumnElement[bool]
    count: int
    first: list[int]
    field: tuple[str, ...]


class NotInTheLog(Refusal):
    code = UserErrorCode.NOT_FOUND
    english = (
        "There is no interaction {entry_no} in the log. Check the number; one that is postponed has to be "
        "finished first."
    )
    french = (
        "L’interaction {entry_no} n’est pas dans le journal. "
        "Vérifiez le numéro; une interaction reportée doit d’abord être terminée."
    )


def choose(work: Work, *, entry_nos: Sequence[int] | None = None, matching: Matching | None = None) -> Chosen:
    """The entries with these numbers, or those that match; refuses with every number that the log does not have."""
    if entry_nos is None:
        return _chosen(work, matching(ENTRIES) if matching else false(), "filter")
    check_count(entry_nos, ROOM, "entry_nos")
    if not entry_nos:
        return Chosen(false(), 0, [], (ROOM, "entry_nos"))
    chosen = _chosen(work, among(ENTRIES.c.entry_no, entry_nos), "entry_nos")
    if chosen.count < len(set(entry_nos)):
        there = set(work.session.scalars(select(ENTRIES.c.entry_no).where(chosen.where)))
        refuse_any(
            [
                NotInTheLog(*chosen.field, str(place), entry_no=entry_no)
                for place, entry_no in enumerate(entry_nos)
                if entry_no not in there
            ]
        )
    return chosen


def number_of(work: Work, *conditions: ColumnElement[bool]) -> int:
    """How many entries of the log meet all the conditions."""
    return work.session.scalars(select(func.count()).select_from(ENTRIES).where(*conditions)).one()


def _chosen(work: Work, where: ColumnElement[bool], name: str) -> Chosen:
    statement = select(ENTRIES.c.entry_no, func.count().over()).where(where).order_by(ENTRIES.c.entry_no).limit(SHOWN)
    rows = work.session.execute(statement).all()
    return Chosen(where, rows[0][1] if rows else 0, [row[0] for row in rows], (ROOM, name))
