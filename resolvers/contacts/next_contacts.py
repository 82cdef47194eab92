"""Whom to contact next: the contacts that are due on a day, each with all its reasons (R-NEXT)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Row

from resolvers.contacts import due_contacts
from resolvers.errors import Translated, number
from resolvers.french_grammar import day as french_day
from resolvers.work import Work, key

POSTPONED_TO = Translated("An interaction was postponed to {date}.", "Une interaction a été reportée au {date}.")
POSTPONED_UNTIL = Translated(
    "An interaction was postponed to {date} and is overdue.", "Une interaction reportée au {date} est en retard."
)
FOLLOW_UP = Translated(
    "The newest interaction, on {date}, is to be followed up after {after}.",
    "L’interaction la plus récente, du {date}, demande un suivi après {after}.",
)
SILENT = Translated(
    "There has been no interaction since {date}; one was due after {after}.",
    "Aucune interaction depuis le {date}; il en fallait une après {after}.",
)
NEVER = Translated(
    "There has been no interaction yet; the first one was due on {date}.",
    "Aucune interaction jusqu’ici; la première était prévue pour le {date}.",
)
RETRY = Translated("The last attempt, on {date}, failed.", "La dernière tentative, du {date}, a échoué.")
ONE_DAY, SEVERAL_DAYS = Translated("day", "jour"), Translated("days", "jours")


class NextReasonCode(StrEnum):
    """Why a contact is due, in the order in which reasons are listed."""

    POSTPONED_DUE = "POSTPONED_DUE"
    POSTPONED_OVERDUE = "POSTPONED_OVERDUE"
    FOLLOW_UP = "FOLLOW_UP"
    SILENT = "SILENT"
    RETRY = "RETRY"


@dataclass(frozen=True)
class NextReason:
    """One reason why a contact is due, with its sentence."""

    code: NextReasonCode
    message: Translated


@dataclass(frozen=True)
class NextContact:
    """A contact that is due, since when and why. `postponed_entry_no` is the earliest of its postponed interactions
    that are due, if there is one.
    """

    contact_no: str
    due_on: dt.date
    postponed_entry_no: int | None
    reasons: Sequence[NextReason]


@dataclass(frozen=True)
class Wanted:
    """Which contacts are listed: those that are due on a day, of one salesperson or of everybody. `is_hidden` if the
    user may not see them.
    """

    on: dt.date
    salesperson_code: str | None
    is_hidden: bool = False


class Page(NamedTuple):
    """Some of the contacts, in their order."""

    wanted: Wanted
    contacts: Sequence[NextContact]
    has_more: bool


Cursor = tuple[dt.date, str]
"""The day and the number of a contact in the list."""


def read(work: Work, salesperson_code: str | None, on: dt.date | None, after: Cursor | None, first: int) -> Page:
    """The first contacts after a cursor, by day and number (R-NEXT-5). One statement finds them.

    By default those that are due today, and those of the user's own salesperson, if they have one, else of everybody.
    A user who sees only their own interactions gets no other salesperson's contacts (R-NEXT-6).
    """
    own = work.user.salesperson_code
    code = key(salesperson_code) or own
    wanted = Wanted(on or work.today, code, is_hidden=work.user.viewer.own_only and (code is None or code != own))
    if wanted.is_hidden:
        return Page(wanted, [], False)
    given = _parameters(work, wanted) | {"most": first + 1}
    if after is not None:
        given |= {"after_day": after[0], "after_no": after[1]}
    statement = due_contacts.page(
        of_one=code is not None, own_only=work.user.viewer.own_only, continued=after is not None
    )
    rows = work.session.execute(statement, given).all()
    contacts = [
        NextContact(row.contact_no, row.due_on, row.postponed_entry_no, _reasons(row, wanted.on))
        for row in rows[:first]
    ]
    return Page(wanted, contacts, len(rows) > first)


def count(work: Work, wanted: Wanted) -> int:
    """How many contacts are due."""
    if wanted.is_hidden:
        return 0
    statement = due_contacts.count(of_one=wanted.salesperson_code is not None, own_only=work.user.viewer.own_only)
    return int(work.session.scalar(statement, _parameters(work, wanted)) or 0)


def _parameters(work: Work, wanted: Wanted) -> dict[str, object]:
    days = list(work.session.scalars(due_contacts.days_to_look_up(), {"today": work.today}))
    return {"on_day": wanted.on, "today": work.today, "days": days, "whose": wanted.salesperson_code}


def _reasons(row: Row[tuple[object, ...]], on: dt.date) -> list[NextReason]:
    """The reasons of a contact, in the order of their codes (R-NEXT-1 to R-NEXT-4)."""
    reasons = []
    if row.last_resume_on == on:
        reasons.append(NextReason(NextReasonCode.POSTPONED_DUE, _dated(POSTPONED_TO, on)))
    if row.first_resume_on is not None and row.first_resume_on < on:
        reasons.append(NextReason(NextReasonCode.POSTPONED_OVERDUE, _dated(POSTPONED_UNTIL, row.first_resume_on)))
    if row.follow_up_on is not None:
        after = _days(row.follow_up_on - row.newest_date)
        reasons.append(NextReason(NextReasonCode.FOLLOW_UP, _dated(FOLLOW_UP, row.newest_date, after)))
    if row.silent_on is not None and row.last_date is None:
        reasons.append(NextReason(NextReasonCode.SILENT, _dated(NEVER, row.silent_on)))
    elif row.silent_on is not None:
        after = _days(row.silent_on - row.last_date)
        reasons.append(NextReason(NextReasonCode.SILENT, _dated(SILENT, row.last_date, after)))
    if row.retry_on is not None:
        reasons.append(NextReason(NextReasonCode.RETRY, _dated(RETRY, row.newest_date)))
    return reasons


def _dated(sentence: Translated, date: dt.date, after: Translated = ONE_DAY) -> Translated:
    english = sentence.english.format(date=date, after=after.english)
    return Translated(english, sentence.french.format(date=french_day(date), after=after.french))


def _days(span: dt.timedelta) -> Translated:
    return number(span.days, ONE_DAY, SEVERAL_DAYS)
