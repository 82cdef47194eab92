"""Comments on interactions. They are stored by entry number, which a postponed interaction keeps when it is logged."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, insert
from sqlmodel import col, select

from persistence.columns import table_of
from persistence.interactions import InteractionComment
from persistence.sql.conditions import among
from persistence.sql.folding import composed
from resolvers.errors import Refusal, TooMany
from resolvers.master_data import text
from resolvers.work import Work, check_texts

MAX_COMMENTS = 100
ROWS = table_of(InteractionComment)


@dataclass(frozen=True)
class Comment:
    """A comment that is stored, or would be stored."""

    line_no: int
    date: dt.date
    comment: str
    user_id: str


class TooManyComments(TooMany):
    """A draft has too many comments. A logged interaction may have any number, added by several requests."""

    english = (
        "A draft takes at most {maximum} comments, and you gave {count}. Give fewer; commentInteraction adds more once "
        "the interaction is logged."
    )
    french = (
        "Un brouillon admet au plus {maximum} commentaires, et vous en donnez {count}. Donnez-en moins; "
        "commentInteraction en ajoutera d’autres une fois l’interaction journalisée."
    )


def stored_comments(work: Work, entry_no: int) -> list[Comment]:
    """The comments on an interaction, in their order."""
    comments = select(InteractionComment).where(InteractionComment.entry_no == entry_no)
    rows = work.session.exec(comments.order_by(col(InteractionComment.line_no)))
    return [Comment(row.line_no, row.date, row.comment, row.user_id) for row in rows]


def from_texts(work: Work, texts: Sequence[str] | None, stored: Sequence[Comment] = ()) -> list[Comment]:
    """Comments with these texts, without blank ones. A text that is equal to a stored comment keeps its date and
    user.
    """
    stored_by_text: dict[str, list[Comment]] = {}
    for comment in stored:
        stored_by_text.setdefault(comment.comment, []).append(comment)
    comments = []
    for line_no, line in enumerate(filter(None, map(text, texts or [])), start=1):
        same = stored_by_text.get(line)
        comment = same.pop(0) if same else Comment(0, work.today, line, work.user.id)
        comments.append(dataclasses.replace(comment, line_no=line_no))
    return comments


def check(
    texts: Sequence[str] | None, *field: str, too_many: type[TooMany] = TooMany, stored: Sequence[Comment] = ()
) -> list[Refusal]:
    """Refusals for too many comments (of the class `too_many`), and for comments that are too long or have control
    characters.

    A comment that is equal to a stored one is not checked.
    """
    stored_texts = {comment.comment for comment in stored}
    given = texts or []
    refusals: list[Refusal] = []
    if len(given) > MAX_COMMENTS:
        refusals.append(too_many(*field, maximum=MAX_COMMENTS, count=len(given)))
    for index, line in enumerate(given[:MAX_COMMENTS]):
        if text(line) not in stored_texts:
            refusals += check_texts(InteractionComment, {"comment": composed(line)}, *field, at=str(index))
    return refusals


def add(work: Work, entry_no: int, comments: Sequence[Comment]) -> None:
    """Store the comments by one statement."""
    if comments:
        work.session.execute(insert(ROWS), [asdict(comment) | {"entry_no": entry_no} for comment in comments])


def append(work: Work, entry_no: int, comments: Sequence[Comment]) -> None:
    """Store the comments after those that the interaction has. The caller locks the interaction, because of the line
    numbers.
    """
    if comments:
        last = select(func.max(InteractionComment.line_no)).where(InteractionComment.entry_no == entry_no)
        before = work.session.exec(last).one() or 0
        add(work, entry_no, [dataclasses.replace(comment, line_no=before + comment.line_no) for comment in comments])


def replace(work: Work, entry_no: int, comments: Sequence[Comment]) -> None:
    """Replace all comments on the interaction (R-RES-4)."""
    remove(work, [entry_no])
    add(work, entry_no, comments)


def remove(work: Work, entry_nos: Sequence[int]) -> None:
    """Delete all comments on these interactions."""
    work.session.execute(delete(ROWS).where(among(ROWS.c.entry_no, entry_nos)))
