"""The dates of the last interactions of contacts.

The dates of one contact are looked up among its entries. Filters and orders need those of all contacts: if the viewer
sees all entries, they read them from `contact_date`, and look up only those that may be out of date (decision 0022).
"""

from sqlalchemy import Date as SqlDate
from sqlalchemy import case, literal_column, not_, or_, select, type_coerce

from persistence.enums import ContactType
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.contact_dates import ContactDate, uncertain_days
from persistence.sql.conditions import IsInRows
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import (
    Comparison,
    RowCondition,
    RowQuery,
    SqlBuilder,
    SqlCondition,
    SqlExpression,
    SqlRows,
    TableRow,
    quoted,
)

MOST_STORED = 8
"""The conditions of a statement that read stored dates, at most."""


def last_interaction(contact: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The latest date of an attempt that did not fail (R-CON-1). Canceled entries and those dated after the company's
    today do not count (K5).
    """
    return _latest_date(contact, sql, lambda entry: not_(entry.c.attempt_failed))


def last_attempt(contact: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The latest date of an attempt by the company, successful or not (R-CON-2). Canceled entries and those dated after
    the company's today do not count (K5).
    """
    return _latest_date(contact, sql, lambda entry: entry.c.initiated_by == literal_column("'US'"))


def date_of_last_interaction(contact: TableRow, date: Comparison, sql: SqlBuilder) -> SqlCondition:
    """Whether the date of the last interaction meets the comparison."""
    return _matches(contact, "last_interaction", last_interaction, date, sql)


def last_date_attempted(contact: TableRow, date: Comparison, sql: SqlBuilder) -> SqlCondition:
    """Whether the date of the last attempt meets the comparison."""
    return _matches(contact, "last_attempt", last_attempt, date, sql)


def with_last_interaction(contact: TableRow, contacts: SqlRows, sql: SqlBuilder) -> tuple[SqlRows, SqlExpression]:
    """The rows of contacts together with their stored dates, and the date of the last interaction of each."""
    stored = sql.row(ContactDate)
    column = stored.c.last_interaction
    uncertain = or_(_is_uncertain(column, sql.today), *_has_entry_on_uncertain_day(contact, sql))
    date = case((uncertain, last_interaction(contact, sql)), else_=column)
    return contacts.outerjoin(stored.source, stored.c.contact_no == contact.c.no), type_coerce(date, SqlDate())


def stored_or_looked_up(
    contact: TableRow,
    column: str,
    date: Comparison,
    looked_up: SqlCondition,
    sql: SqlBuilder,
    *,
    until: SqlExpression | None,
) -> SqlCondition:
    """Whether a stored date meets the comparison, or `looked_up` where it may be out of date, or after `until`. The
    comparison must be false for null. Only `looked_up` for viewers who see their own entries, and after some
    conditions, because a filter may have hundreds.
    """
    if sql.own_only or not sql.is_one_of_few("stored date", MOST_STORED):
        return looked_up
    stored, doubtful = sql.row(ContactDate), sql.row(ContactDate)
    uncertain = or_(
        sql.exists(doubtful, doubtful.c.contact_no == contact.c.no, _is_uncertain(doubtful.c[column], until)),
        *_has_entry_on_uncertain_day(contact, sql),
    )
    value = stored.c[column]
    found = sql.exists(
        stored, stored.c.contact_no == contact.c.no, date.matches_date(value) if date.operators else value.is_not(None)
    )
    return case((uncertain, looked_up), else_=found)


def _matches(contact: TableRow, column: str, query: RowQuery, date: Comparison, sql: SqlBuilder) -> SqlCondition:
    looked_up = date.matches_date(sql.computed_once(contact, query))
    if not date.operators or date.operators.keys() & {"ne", "isNull"}:
        return looked_up
    return stored_or_looked_up(contact, column, date, looked_up, sql, until=sql.today)


def _is_uncertain(date: SqlExpression, until: SqlExpression | None) -> SqlCondition:
    on_uncertain_day = IsInRows(date, uncertain_days().scalar_subquery())
    return on_uncertain_day if until is None else or_(on_uncertain_day, date > until)


def _has_entry_on_uncertain_day(contact: TableRow, sql: SqlBuilder) -> list[SqlCondition]:
    """Whether there is an entry of the contact, or of the company, whose day may have changed."""
    found = []
    for owner in ("contact_no", "company_no"):
        entry = sql.row(InteractionLogEntry)
        on_day = IsInRows(entry.c.date, uncertain_days().scalar_subquery())
        found.append(sql.exists(entry, entry.c[owner] == contact.c.no, on_day))
    return found


def _latest_date(contact: TableRow, sql: SqlBuilder, counts: RowCondition) -> SqlExpression:
    """Reads the index of the contact backwards from today to the first entry that counts."""

    def date(column: str) -> SqlExpression:
        entry = sql.row(InteractionLogEntry)
        belongs = entry.c[column] == contact.c.no
        newest = (
            select(entry.c.date)
            .select_from(entry.source)
            .where(  # today comes first: it is nested deepest, and the stack of SQLite’s parser is small
                sql.today >= entry.c.date, belongs, is_not_canceled(entry), counts(entry)
            )
        )
        return newest.order_by(entry.c.date.desc()).limit(literal_column("1")).scalar_subquery()

    is_company = contact.c.type == quoted(ContactType.COMPANY)
    return type_coerce(case((is_company, date("company_no")), else_=date("contact_no")), SqlDate())
