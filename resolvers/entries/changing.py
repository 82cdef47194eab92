"""What may still be said about a finished interaction: remarks, and how it went (R-ENT-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, literal, update

from resolvers import comments
from resolvers.entries.choosing import EntryNotFound, Matching, choose
from resolvers.errors import Refused, refuse_any
from resolvers.segments.opening import undone
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work


@dataclass(frozen=True)
class Commented:
    entry_no: int


@dataclass(frozen=True)
class EntriesChanged:
    """`changed` of the `matched` entries are different now; `entry_nos` are the first of the matched ones."""

    matched: int
    changed: int
    entry_nos: list[int]


def comment(work: Work, entry_no: int, texts: Sequence[str]) -> Commented:
    """Add remarks to an interaction of the log, canceled or not, behind those it has; blank ones are left out."""
    refuse_any(comments.check(texts, "comments"))
    remarks = comments.to_be(work, texts)
    held = update(ENTRIES).where(ENTRIES.c.entry_no == entry_no).values(changed_at=work.now if remarks else ENTRIES.c.changed_at)
    if not cast("CursorResult[Any]", work.session.execute(held)).rowcount:
        raise Refused(EntryNotFound("entry_no", entry_no=entry_no))
    comments.append(work, entry_no, remarks)
    return Commented(entry_no)


def evaluate(
    work: Work, evaluation: str | None, *, entry_nos: Sequence[int] | None = None, matching: Matching | None = None,
    dry_run: bool = False,
) -> EntriesChanged:
    """Say how interactions went, canceled ones too, as often as one likes; None takes it back (R-ENT-1)."""
    with undone(work, dry_run):
        chosen = choose(work, entry_nos=entry_nos, matching=matching)
        given = literal(evaluation, ENTRIES.c.evaluation.type)
        different = ENTRIES.c.evaluation.is_distinct_from(given)
        changes = update(ENTRIES).where(chosen.where, different).values(evaluation=given, changed_at=work.now)
        changed = cast("CursorResult[Any]", work.session.execute(changes)).rowcount
        return EntriesChanged(chosen.count, changed, chosen.first)
