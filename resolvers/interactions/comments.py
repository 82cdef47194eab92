"""Remarks on interactions, logged or postponed. They are kept by the entry's number, so resuming keeps them."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, insert
from sqlmodel import col, select

from persistence.conditions import among
from persistence.folding import composed
from persistence.interactions import InteractionComment
from resolvers.errors import Refusal, TooMany
from resolvers.master_data import text
from resolvers.work import Work, unfit_texts

MOST = 100


@dataclass(frozen=True)
class Comment:
    """A remark as it is, or would be, stored."""

    line_no: int
    date: dt.date
    comment: str
    user_id: str


class TooManyComments(TooMany):
    """More comments than a draft can have; a logged interaction can have any number, added in several requests."""

    english = (
        "At most {most} comments are allowed here, and you gave {count}. Give fewer; commentInteraction adds more once "
        "the interaction is logged."
    )
    french = (
        "Au plus {most} commentaires sont admis ici, et vous en donnez {count}. Donnez-en moins; commentInteraction en "
        "ajoutera d’autres une fois l’interaction journalisée."
    )


def of_entry(work: Work, entry_no: int) -> list[Comment]:
    """The remarks on an interaction, in their order."""
    on_it = select(InteractionComment).where(InteractionComment.entry_no == entry_no)
    rows = work.session.exec(on_it.order_by(col(InteractionComment.line_no)))
    return [Comment(row.line_no, row.date, row.comment, row.user_id) for row in rows]


def to_be(work: Work, texts: Sequence[str] | None, stored: Sequence[Comment] = ()) -> list[Comment]:
    """The remarks that are to stand; blank ones are left out. What was said before keeps its date and author."""
    before: dict[str, list[Comment]] = {}
    for comment in stored:
        before.setdefault(comment.comment, []).append(comment)
    comments = []
    for line_no, words in enumerate(filter(None, map(text, texts or [])), start=1):
        same = before[words].pop(0) if before.get(words) else Comment(0, work.today, words, work.user.id)
        comments.append(Comment(line_no, same.date, words, same.user_id))
    return comments


def check(
    texts: Sequence[str] | None, *field: str, too_many: type[TooMany] = TooMany, stored: Sequence[Comment] = ()
) -> list[Refusal]:
    """Refusals for too many comments (of the class `too_many`), for comments that are too long or have control
    characters.

    A comment that is `stored` with control characters may stay.
    """
    there = {comment.comment for comment in stored}
    given = texts or []
    refusals: list[Refusal] = [too_many(*field, most=MOST, count=len(given))] if len(given) > MOST else []
    for index, words in enumerate(given[:MOST]):
        if text(words) not in there:
            refusals += unfit_texts(InteractionComment, {"comment": composed(words)}, *field, at=str(index))
    return refusals


def add(work: Work, entry_no: int, comments: Sequence[Comment]) -> None:
    """Store remarks in one statement."""
    if comments:
        rows = InteractionComment.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
        work.session.execute(insert(rows), [asdict(comment) | {"entry_no": entry_no} for comment in comments])


def append(work: Work, entry_no: int, comments: Sequence[Comment]) -> None:
    """Store remarks behind those that are there. The interaction must be held, so that nobody else takes the
    numbers.
    """
    if comments:
        last = select(func.max(InteractionComment.line_no)).where(InteractionComment.entry_no == entry_no)
        before = work.session.exec(last).one() or 0
        add(work, entry_no, [dataclasses.replace(comment, line_no=before + comment.line_no) for comment in comments])


def replace(work: Work, entry_no: int, comments: Sequence[Comment]) -> None:
    """Put these remarks in the place of all others (R-RES-4)."""
    remove(work, [entry_no])
    add(work, entry_no, comments)


def remove(work: Work, entry_nos: Sequence[int]) -> None:
    """Delete the remarks of interactions that go, however many."""
    rows = InteractionComment.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
    work.session.execute(delete(rows).where(among(rows.c.entry_no, entry_nos)))
