"""The comments on an interaction of the log, canceled or not: adding, correcting and deleting them.

Each command locks the interaction first, so that two changes of its comments follow one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, update
from sqlmodel import col, select

from persistence.interactions import InteractionComment, InteractionLogEntry
from resolvers import change_feed, own_changes
from resolvers.errors import Refusal, Refused, UserErrorCode, refuse_any
from resolvers.interactions import comments
from resolvers.interactions.entries.selecting import NotInTheLog
from resolvers.master_data import required_text
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work, check_texts


@dataclass(frozen=True)
class Commented:
    """The number of the interaction."""

    entry_no: int


class NoSuchComment(Refusal):
    """The interaction has no comment with this number."""

    code = UserErrorCode.NOT_FOUND
    english = "Interaction {entry_no} has no comment {line_no}. Check the number: `comments` lists them with `lineNo`."
    french = (
        "L’interaction {entry_no} n’a pas de commentaire {line_no}. "
        "Vérifiez le numéro\u00a0: `comments` les énumère avec `lineNo`."
    )


def comment(work: Work, entry_no: int, texts: Sequence[str]) -> Commented:
    """Add comments to an interaction of the log, after those that it has. Blank ones are left out."""
    refuse_any(comments.check(texts, "comments"))
    new = comments.from_texts(work, texts)
    _lock(work, entry_no, changed=bool(new))
    comments.append(work, entry_no, new)
    return Commented(entry_no)


def update_comment(work: Work, entry_no: int, line_no: int, text: str) -> Commented:
    """Replace the text of a comment, which cannot become blank. Like a new comment, it then has today's date and the
    user who wrote the new text. With the same text nothing changes.
    """
    refusals: list[Refusal] = []
    new_text = required_text(text, refusals, "comment")
    refuse_any(refusals + check_texts(InteractionComment, {"comment": new_text}))
    _lock(work, entry_no, changed=False)
    row = _find(work, entry_no, line_no)
    if row.comment != new_text:
        row.comment, row.date, row.user_id = new_text, work.today, work.user.id
        _mark_changed(work, entry_no)
    return Commented(entry_no)


def delete_comment(work: Work, entry_no: int, line_no: int) -> Commented:
    """Delete a comment. The others keep their numbers."""
    _lock(work, entry_no, changed=True)
    work.session.delete(_find(work, entry_no, line_no))
    return Commented(entry_no)


def _lock(work: Work, entry_no: int, *, changed: bool) -> None:
    """Lock the interaction until the transaction ends; with `changed`, note that it changed now (K18). Refused if the
    log does not have it.
    """
    is_selected = and_(ENTRIES.c.entry_no == entry_no, work.is_visible(InteractionLogEntry))
    own_changes.check_interactions(work, InteractionLogEntry, is_selected)
    changed_at = work.now if changed else ENTRIES.c.changed_at
    if not work.write(update(ENTRIES).where(is_selected).values(changed_at=changed_at)):
        raise Refused(NotInTheLog("entry_no", entry_no=entry_no))
    if changed:
        change_feed.record_one(work, change_feed.UPDATED, ENTRIES, entry_no)


def _find(work: Work, entry_no: int, line_no: int) -> InteractionComment:
    of_entry = (col(InteractionComment.entry_no) == entry_no, col(InteractionComment.line_no) == line_no)
    row = work.session.exec(select(InteractionComment).where(*of_entry)).one_or_none()
    if row is None:
        raise Refused(NoSuchComment("line_no", entry_no=entry_no, line_no=line_no))
    return row


def _mark_changed(work: Work, entry_no: int) -> None:
    work.session.execute(update(ENTRIES).where(ENTRIES.c.entry_no == entry_no).values(changed_at=work.now))
    change_feed.record_one(work, change_feed.UPDATED, ENTRIES, entry_no)
