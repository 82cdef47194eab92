"""The interactions of the log that a command is about, selected by number or by filter."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, select

from persistence.interactions import InteractionLogEntry
from persistence.sql.conditions import among
from resolvers import own_changes
from resolvers.errors import Refusal, UserErrorCode, refuse_any
from resolvers.segments.tables import ENTRIES
from resolvers.selections import MAX_SHOWN, Matching, check_count
from resolvers.work import Work

INPUT = "interactions"


@dataclass(frozen=True)
class EntriesChanged:
    """How many interactions were selected, how many of them changed, and the numbers of the first 100 selected."""

    matched: int
    changed: int
    entry_nos: list[int]


@dataclass(frozen=True)
class SelectedEntries:
    """Selected rows of `ENTRIES`: their condition, how many there are, the first 100 numbers, and the argument that
    selected them.
    """

    where: ColumnElement[bool]
    count: int
    first: list[int]
    field: tuple[str, ...]

    def changed(self, changed: int) -> EntriesChanged:
        """The outcome of a command that changed so many of them."""
        return EntriesChanged(self.count, changed, self.first)


class NotInTheLog(Refusal):
    """The log has no interaction with this number; a postponed one may have it."""

    code = UserErrorCode.NOT_FOUND
    english = (
        "There is no interaction {entry_no} in the log. Check the number; a postponed interaction must be finished "
        "first."
    )
    french = (
        "L’interaction {entry_no} n’est pas dans le journal. "
        "Vérifiez le numéro; une interaction reportée doit d’abord être terminée."
    )


def select_entries(work: Work, *, entry_nos: Sequence[int] | None, matching: Matching | None) -> SelectedEntries:
    """The interactions with these numbers, or those that match, without those that the user does not see.

    Refused if the log does not have all numbers, and forbidden if one is not the user's own (K31).
    """
    if entry_nos is None:
        return _selected(work, matching(ENTRIES) if matching else false(), "filter")
    check_count(entry_nos, INPUT, "entry_nos")
    if not entry_nos:
        return SelectedEntries(false(), 0, [], (INPUT, "entry_nos"))
    selected = _selected(work, among(ENTRIES.c.entry_no, entry_nos), "entry_nos")
    if selected.count < len(set(entry_nos)):
        existing = set(work.session.scalars(select(ENTRIES.c.entry_no).where(selected.where)))
        refuse_any(
            [
                NotInTheLog(*selected.field, str(index), entry_no=entry_no)
                for index, entry_no in enumerate(entry_nos)
                if entry_no not in existing
            ]
        )
    return selected


def count_entries(work: Work, *conditions: ColumnElement[bool]) -> int:
    """How many interactions of the log meet all conditions."""
    return work.session.scalars(select(func.count()).select_from(ENTRIES).where(*conditions)).one()


def _selected(work: Work, where: ColumnElement[bool], name: str) -> SelectedEntries:
    where = and_(where, work.is_visible(InteractionLogEntry))
    own_changes.check_interactions(work, InteractionLogEntry, where)
    statement = (
        select(ENTRIES.c.entry_no, func.count().over()).where(where).order_by(ENTRIES.c.entry_no).limit(MAX_SHOWN)
    )
    rows = work.session.execute(statement).all()
    return SelectedEntries(where, rows[0][1] if rows else 0, [row[0] for row in rows], (INPUT, name))
