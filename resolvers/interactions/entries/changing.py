"""What may still be said about a finished interaction: remarks, and how it went (R-ENT-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack, cast

from sqlalchemy import CursorResult, and_, literal, update

from resolvers.errors import Invalid, Refused, refuse_any
from resolvers.interactions import comments
from resolvers.interactions.entries.selecting import NotInTheLog, choose, number_of
from resolvers.segments.tables import ENTRIES
from resolvers.selections import Matching
from resolvers.work import Work


class Said(TypedDict, total=False):
    """How interactions went. None takes back what was said before."""

    evaluation: str | None


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
    held = (
        update(ENTRIES)
        .where(ENTRIES.c.entry_no == entry_no)
        .values(changed_at=work.now if remarks else ENTRIES.c.changed_at)
    )
    if not cast("CursorResult[Any]", work.session.execute(held)).rowcount:
        raise Refused(NotInTheLog("entry_no", entry_no=entry_no))
    comments.append(work, entry_no, remarks)
    return Commented(entry_no)


def evaluate(
    work: Work,
    *,
    entry_nos: Sequence[int] | None = None,
    matching: Matching | None = None,
    dry_run: bool = False,
    **said: Unpack[Said],
) -> EntriesChanged:
    """Say how interactions went, canceled ones too, as often as one likes (R-ENT-1)."""
    if "evaluation" not in said:
        raise Refused(
            Invalid(
                "evaluation",
                english="Say how the interactions went. An explicit null takes back what was said before.",
                french="Indiquez l’évaluation des interactions. Pour retirer une évaluation, donnez null.",
            )
        )
    chosen = choose(work, entry_nos=entry_nos, matching=matching)
    evaluation = literal(said["evaluation"], ENTRIES.c.evaluation.type)
    different = and_(chosen.where, ENTRIES.c.evaluation.is_distinct_from(evaluation))
    if dry_run:
        return EntriesChanged(chosen.count, number_of(work, different), chosen.first)
    changes = update(ENTRIES).where(different).values(evaluation=evaluation, changed_at=work.now)
    changed = cast("CursorResult[Any]", work.session.execute(changes)).rowcount
    return EntriesChanged(chosen.count, changed, chosen.first)
