"""Which entries of the log a change is about: given by their numbers, or by what they have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, false, func, select, true

from persistence.conditions import among
from resolvers.errors import Refusal, Refused, TooMany, UserErrorCode, refuse_any
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work

MOST_NUMBERS = 1000

SHOWN = 100
"""So many entries a payload shows."""

ROOM = "interactions"

Matching = Callable[[FromClause], ColumnElement[bool]]
"""A condition on the rows of a table."""


@dataclass(frozen=True)
class Chosen:
    """The condition on `ENTRIES`, how many it chooses, the first numbers, and the argument that chose them."""

    where: ColumnElement[bool]
    count: int
    first: list[int]
    field: tuple[str, ...]


class EntryNotFound(Refusal):
    code = UserErrorCode.NOT_FOUND
    english = "There is no interaction {entry_no} in the log. Check the number; one that is postponed has to be finished first."
    french = (
        "Il n'y a pas d'interaction {entry_no} dans le journal. "
        "Vérifiez le numéro ; une interaction reportée doit d'abord être terminée."
    )


def choose(work: Work, *, entry_nos: Sequence[int] | None = None, matching: Matching | None = None) -> Chosen:
    """The entries with these numbers, or those that match; refuses with every number that the log does not have."""
    if entry_nos is None:
        return _chosen(work, matching(ENTRIES) if matching else true(), "filter")
    check_count(entry_nos, ROOM, "entry_nos")
    if not entry_nos:
        return Chosen(false(), 0, [], (ROOM, "entry_nos"))
    chosen = _chosen(work, among(ENTRIES.c.entry_no, entry_nos), "entry_nos")
    if chosen.count < len(set(entry_nos)):
        there = set(work.session.scalars(select(ENTRIES.c.entry_no).where(chosen.where)))
        refuse_any([
            EntryNotFound(*chosen.field, str(place), entry_no=entry_no)
            for place, entry_no in enumerate(entry_nos) if entry_no not in there
        ])
    return chosen


def check_count(numbers: Sequence[int], *field: str) -> None:
    """Refuse more numbers than may be given at once."""
    if len(numbers) > MOST_NUMBERS:
        raise Refused(TooMany(*field, most=MOST_NUMBERS, count=len(numbers)))


def _chosen(work: Work, where: ColumnElement[bool], name: str) -> Chosen:
    statement = select(ENTRIES.c.entry_no, func.count().over()).where(where).order_by(ENTRIES.c.entry_no).limit(SHOWN)
    rows = work.session.execute(statement).all()
    return Chosen(where, rows[0][1] if rows else 0, [row[0] for row in rows], (ROOM, name))
