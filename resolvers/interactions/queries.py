"""What counts as history, and what it adds up to: finders over the log. Postponed interactions are in a table of
their own.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)

from persistence.columns import Table
from persistence.interactions import InteractionComment, InteractionLogEntry


class TableRow(Protocol):
    """A row of a table under a name of its own."""

    c: Any

    @property
    def source(self) -> FromClause:
        """The rows of the table that the reader may see."""


See = Callable[[type[Table]], TableRow]
Where = Callable[[Any], ColumnElement[bool]]


def of_contact(contact: Any, entry: Any) -> list[list[ColumnElement[bool]]]:
    """The entries of a contact: of a person its own, of a company also those of its people (R-CON-4)."""
    return [
        [contact.c.type == _word("PERSON"), entry.c.contact_no == contact.c.no],
        [contact.c.type == _word("COMPANY"), entry.c.company_no == contact.c.no],
    ]


def _word(word: str) -> ColumnElement[str]:
    return literal_column(f"'{word}'")


def last_interaction(contact: Any, see: See, today: ColumnElement[dt.date]) -> ColumnElement[Any]:
    """The latest date of an attempt that did not fail (R-CON-1). Canceled entries and those after `today` do not
    count (K5).
    """
    return _latest(contact, see, today, lambda entry: not_(entry.c.attempt_failed))


def last_attempt(contact: Any, see: See, today: ColumnElement[dt.date]) -> ColumnElement[Any]:
    """The latest date of an attempt of ours, successful or not (R-CON-2). Entries as in `last_interaction` do not
    count (K5).
    """
    return _latest(contact, see, today, lambda entry: entry.c.initiated_by == _word("US"))


def _latest(contact: Any, see: See, today: ColumnElement[dt.date], counts: Where) -> ColumnElement[Any]:
    """Reads the index of the contact backwards from today to the first entry that counts."""

    def date(column: str) -> ColumnElement[Any]:
        entry = see(InteractionLogEntry)
        belongs = entry.c[column] == contact.c.no
        newest = (
            select(entry.c.date)
            .select_from(entry.source)
            .where(  # SQLite has the most room for what comes first
                today >= entry.c.date, belongs, not_(entry.c.canceled), counts(entry)
            )
        )
        return newest.order_by(entry.c.date.desc()).limit(literal_column("1")).scalar_subquery()

    return type_coerce(case((contact.c.type == _word("COMPANY"), date("company_no")), else_=date("contact_no")), Date())


def number_of(contact: Any, see: See, where: Where) -> ColumnElement[int]:
    """How many entries a contact has (R-CON-4)."""

    def count(column: str) -> ColumnElement[int]:
        entry = see(InteractionLogEntry)
        found = select(func.count()).select_from(entry.source).where(entry.c[column] == contact.c.no, where(entry))
        return found.scalar_subquery()

    return case((contact.c.type == _word("COMPANY"), count("company_no")), else_=count("contact_no"))


def has_any(contact: Any, see: See, where: Where) -> ColumnElement[bool]:
    """Whether a contact has an entry. Asked of contact and company apart: an entry of a person's number as company does
    not exist, and one of a company's number as contact has it as company too."""

    def any_by(column: str) -> ColumnElement[bool]:
        entry = see(InteractionLogEntry)
        found: Select[Any] = select(literal_column("1")).select_from(entry.source)
        return found.where(entry.c[column] == contact.c.no, where(entry)).exists()

    return or_(any_by("contact_no"), any_by("company_no"))


def has_comments(entry: Any, see: See) -> ColumnElement[bool]:
    """Whether somebody remarked on it."""
    comment = see(InteractionComment)
    return (
        select(literal_column("1")).select_from(comment.source).where(comment.c.entry_no == entry.c.entry_no).exists()
    )


def not_canceled(entry: Any) -> ColumnElement[bool]:
    """Whether it was not struck out."""
    mark: ColumnElement[bool] = entry.c.canceled
    return not_(mark)


def figures_of(
    entry: TableRow, conditions: Sequence[ColumnElement[bool]], measure: ColumnElement[Any]
) -> ColumnElement[Any]:
    """One figure over the entries that meet the conditions."""
    return select(measure).select_from(entry.source).where(and_(*conditions)).scalar_subquery()
