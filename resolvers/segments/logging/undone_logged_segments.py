"""Logged segments that were undone: why they cannot be un-canceled, and what to do instead (K18)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, not_, select

from persistence.sql.conditions import among
from resolvers.errors import Refusal, Translated, UserErrorCode, as_given
from resolvers.segments.tables import LOGGED_SEGMENTS, SEGMENTS
from resolvers.work import Work

NEWER = LOGGED_SEGMENTS.alias("newer")
CLOSED = SEGMENTS.alias("closed")


class LoggedSegmentUndone(Refusal):
    """A logged segment that was undone stays canceled: its segment can be logged again, and would count twice (K18).

    `advice` says what to do instead.
    """

    code = UserErrorCode.LOGGED_SEGMENT_CANCELED
    english = "Logged segment {entry_no} was undone, so it stays canceled. {advice}"
    french = "Le segment journalisé {entry_no} a été défait; il reste donc annulé. {advice}"


class InteractionsUndone(LoggedSegmentUndone):
    """The interactions `entries` of a logged segment that was undone are to be un-canceled (K18)."""

    english = "Logged segment {entry_no} was undone, so its interactions stay canceled: {entries}. {advice}"
    french = (
        "Le segment journalisé {entry_no} a été défait; ses interactions restent donc annulées\u00a0: "
        "{entries}. {advice}"
    )


class CampaignEntryUndone(LoggedSegmentUndone):
    """The campaign entry `campaign_entry_no` of a logged segment that was undone is to be un-canceled (K18)."""

    english = "Logged segment {entry_no} was undone, so its campaign entry {campaign_entry_no} stays canceled. {advice}"
    french = (
        "Le segment journalisé {entry_no} a été défait; son écriture campagne {campaign_entry_no} reste donc "
        "annulée. {advice}"
    )


class AlreadyUndone(LoggedSegmentUndone):
    """A logged segment is to be undone a second time (K18)."""

    english = "Logged segment {entry_no} has already been undone. {advice}"
    french = "Le segment journalisé {entry_no} a déjà été défait. {advice}"


def advice_for_undone(work: Work, entry_nos: Sequence[int]) -> dict[int, Translated]:
    """What to do instead, for those of these logged segments that were undone; read by one statement.

    Undoing opened the segment again. It may have been logged again or deleted since.
    """
    columns = LOGGED_SEGMENTS.c
    found = work.session.execute(
        select(
            columns.entry_no,
            columns.segment_no,
            _open_again().label("open_again"),
            _logged_again().label("logged_again"),
        ).where(among(columns.entry_no, entry_nos), not_(_has_closed_segment(columns.entry_no)))
    )
    return {row.entry_no: _advice(as_given(row.segment_no), row.open_again, row.logged_again) for row in found}


def _advice(segment_no: str, open_again: bool, logged_again: int | None) -> Translated:
    if logged_again is not None:
        return Translated(
            f"Segment {segment_no} was logged again as logged segment {logged_again}. Use that one instead.",
            f"Le segment {segment_no} a été journalisé de nouveau, comme segment journalisé {logged_again}. "
            "Utilisez plutôt celui-ci.",
        )
    if open_again:
        return Translated(
            f"Segment {segment_no} is open again. Log it instead.",
            f"Le segment {segment_no} est de nouveau actif. Journalisez-le plutôt.",
        )
    return Translated(
        f"Segment {segment_no} has been deleted since. To un-cancel its interactions, delete the logged segment first.",
        f"Le segment {segment_no} a été supprimé depuis. Pour lever l’annulation de ses interactions, "
        "supprimez d’abord le segment journalisé.",
    )


def _has_closed_segment(entry_no: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the closed segment of a logged segment exists. Undoing removes it."""
    return select(1).where(CLOSED.c.logged_segment_entry_no == entry_no).exists()


def _open_again() -> ColumnElement[bool]:
    is_open = and_(SEGMENTS.c.no == LOGGED_SEGMENTS.c.segment_no, SEGMENTS.c.logged_segment_entry_no.is_(None))
    return select(1).where(is_open).correlate(LOGGED_SEGMENTS).exists()


def _logged_again() -> ColumnElement[int]:
    later = and_(NEWER.c.segment_no == LOGGED_SEGMENTS.c.segment_no, NEWER.c.entry_no > LOGGED_SEGMENTS.c.entry_no)
    return (
        select(func.max(NEWER.c.entry_no))
        .where(later, _has_closed_segment(NEWER.c.entry_no))
        .correlate(LOGGED_SEGMENTS)
        .scalar_subquery()
    )
