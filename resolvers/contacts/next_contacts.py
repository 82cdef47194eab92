"""Whom to contact next: the contacts that are due on a day, each with all its reasons (R-NEXT)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from sqlalchemy import Date, Integer, Row, Select, Unicode, bindparam, literal_column, select

from persistence.sql_types import SqlExpression
from resolvers.contacts import uncertain_contacts
from resolvers.contacts.due_contacts import DueContacts
from resolvers.english_grammar import day as english_day
from resolvers.errors import Translated, number
from resolvers.french_grammar import day as french_day
from resolvers.queries import SqlBuilder, SqlCondition, TableRow
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
    """One reason why a contact is due, since the day `due`. `date` is that of the postponed interaction, or of the
    interaction after which so many `days` have passed; null without one.
    """

    code: NextReasonCode
    due: dt.date
    date: dt.date | None
    days: int | None = None

    @property
    def message(self) -> Translated:
        """The reason as a sentence."""
        sentence = MESSAGES[self.code] if self.date is not None else NEVER
        date = self.date or self.due
        after = ("", "") if self.days is None else number(self.days, ONE_DAY, SEVERAL_DAYS)
        english = sentence.english.format(date=english_day(date), after=after[0])
        return Translated(english, sentence.french.format(date=french_day(date), after=after[1]))


class ReasonColumns(NamedTuple):
    """The names of the columns of `DueContacts.page` for one reason. The column `due` is null without the reason."""

    due: str
    date: str
    days: str | None = None


REASONS: Mapping[NextReasonCode, ReasonColumns] = {
    NextReasonCode.POSTPONED_DUE: ReasonColumns("postponed_to", "postponed_to"),
    NextReasonCode.POSTPONED_OVERDUE: ReasonColumns("overdue_since", "overdue_since"),
    NextReasonCode.FOLLOW_UP: ReasonColumns("follow_up_on", "newest_date", "follow_up_after_days"),
    NextReasonCode.SILENT: ReasonColumns("silent_on", "last_date", "contact_every_days"),
    NextReasonCode.RETRY: ReasonColumns("retry_on", "newest_date"),
}
"""The reasons in the order in which they are listed (R-NEXT-1 to R-NEXT-4)."""

MESSAGES = {
    NextReasonCode.POSTPONED_DUE: POSTPONED_TO,
    NextReasonCode.POSTPONED_OVERDUE: POSTPONED_UNTIL,
    NextReasonCode.FOLLOW_UP: FOLLOW_UP,
    NextReasonCode.SILENT: SILENT,
    NextReasonCode.RETRY: RETRY,
}


def listed(sql: SqlBuilder, salesperson_code: object, on: object) -> DueContacts:
    """The SQL of the list, for a compiled statement. The arguments are as for `read`: None if they are not given, or
    placeholders of values that are bound later.
    """
    today = sql.common("today", lambda: select(sql.today.label("day")))
    own_only = sql.own_only

    def listed_code(own: str | None, given: str | None) -> str | None:
        code = key(given) or own
        return None if own_only and code != own else code

    whose = sql.bind_salesperson(listed_code, salesperson_code, type_=Unicode())
    day = today if on is None else sql.bind(lambda given: given, on, type_=Date())
    return DueContacts(day, today, whose, own_only)


def reasons(due: TableRow) -> list[tuple[SqlCondition, Mapping[str, SqlExpression]]]:
    """For each possible reason of a contact that is due, SQL: its condition, and its attributes by name."""
    found: list[tuple[SqlCondition, Mapping[str, SqlExpression]]] = []
    for code, columns in REASONS.items():
        values = {
            "code": literal_column(f"'{code}'", Unicode()),
            "due": due.c[columns.due],
            "date": due.c[columns.date],
            "days": literal_column("NULL", Integer()) if columns.days is None else due.c[columns.days],
        }
        found.append((due.c[columns.due].is_not(None), values))
    return found


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
    own_only, large_day = work.user.viewer.own_only, uncertain_contacts.LARGE_DAY
    statement = _page(own_only=own_only, continued=after is not None, large_day=large_day)
    rows = work.session.execute(statement, given).all()
    contacts = [NextContact(row.contact_no, row.due_on, row.postponed_entry_no, _reasons(row)) for row in rows[:first]]
    return Page(wanted, contacts, len(rows) > first)


def count(work: Work, wanted: Wanted) -> int:
    """How many contacts are due."""
    if wanted.is_hidden:
        return 0
    statement = _count(own_only=work.user.viewer.own_only, large_day=uncertain_contacts.LARGE_DAY)
    return int(work.session.scalar(statement, _parameters(work, wanted)) or 0)


@cache
def _page(*, own_only: bool, continued: bool, large_day: int) -> Select[tuple[object, ...]]:
    """The statement of a page. It is made once, so that SQLAlchemy compiles it once."""
    after = bindparam("after_day", type_=Date()), bindparam("after_no", type_=Unicode())
    return _due_contacts(own_only, large_day).page(bindparam("most", type_=Integer()), after if continued else None)


@cache
def _count(*, own_only: bool, large_day: int) -> Select[int]:
    return _due_contacts(own_only, large_day).count()


def _due_contacts(own_only: bool, large_day: int) -> DueContacts:
    on, today = bindparam("on_day", type_=Date()), bindparam("today", type_=Date())
    return DueContacts(on, today, bindparam("whose", type_=Unicode()), own_only, large_day)


def _parameters(work: Work, wanted: Wanted) -> dict[str, object]:
    return {"on_day": wanted.on, "today": work.today, "whose": wanted.salesperson_code}


def _reasons(row: Row[tuple[object, ...]]) -> list[NextReason]:
    """The reasons of a contact, in the order of their codes."""
    values = row._mapping
    return [
        NextReason(
            code, values[columns.due], values[columns.date], None if columns.days is None else values[columns.days]
        )
        for code, columns in REASONS.items()
        if values[columns.due] is not None
    ]
