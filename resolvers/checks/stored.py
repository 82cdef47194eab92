"""What is stored beside the log: sums of days, months and weeks, last dates of contacts, since when they are due."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import (
    ColumnElement,
    Date,
    Unicode,
    and_,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    union,
    union_all,
)

from persistence.dialects.interface import DatabaseDialect
from persistence.precomputed.contact_dates import COUNTS, uncertain_days
from persistence.precomputed.day_sums import DIRTY_DAYS, KEY_OF_SUM, OF_MONTHS, OF_WEEKS, SumsOfUnit
from persistence.precomputed.due_contacts import DIRTY_CONTACTS
from persistence.sql.dates import FirstDayOf
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.checks.check import Check
from resolvers.contacts.due_facts import days_by_interactions
from resolvers.contacts.refreshing import STORED as DATES
from resolvers.contacts.refreshing import latest
from resolvers.contacts.refreshing_due import DUE
from resolvers.date_ranges import DAYS_AFTER_FIRST_OF_WEEK, days_away
from resolvers.errors import Translated
from resolvers.segments.tables import CONTACTS, ENTRIES
from resolvers.statistics.refreshing import FIRST_DAY_OF_WEEK, KINDS, different_sums, different_sums_of_units
from resolvers.statistics.refreshing import STORED as SUMS

CONTACTS_AT_ONCE = 10_000
"""Contacts whose dates one statement compares."""

NEVER = literal_column("'0001-01-01'", Date())
"""Instead of null in comparisons."""

REFRESH_ALL = "`carnet refresh --all`"


def days() -> SqlQuery:
    """Selects the first and the last day that has interactions or sums, as one text with a space between; null without
    any.
    """
    dates = ENTRIES.c.date, SUMS.c.day, OF_MONTHS.table.c.month, OF_WEEKS.table.c.week
    ends = (select(func.min(day).label("first"), func.max(day).label("last")) for day in dates)
    each = union_all(*ends).subquery("ends").c
    first, last = func.min(each.first).cast(Unicode), func.max(each.last).cast(Unicode)
    return select(first + literal_column("' '") + last)


def sums(dialect: DatabaseDialect, first: dt.date, last: dt.date) -> Check:
    """The stored sums of the days from `first` to `last`, without those that are marked to be refreshed."""
    between = (literal(first, Date()), literal(last, Date()))

    def within(day: SqlExpression) -> SqlExpression:
        return and_(day.between(*between), day.not_in(select(DIRTY_DAYS.c.day)))

    wrong = different_sums(dialect, within).subquery("different")
    return Check(
        select(*(wrong.c[name] for name in reversed(KEY_OF_SUM))),
        Translated(
            "Stored sums ({count}) differ from those of the interactions, so that figures are wrong. Day, key and kind "
            f"of the first: {{keys}}. Run {REFRESH_ALL}.",
            "Des totaux enregistrés ({count}) diffèrent de ceux des interactions; des chiffres sont donc faux. Jour, "
            f"clé et genre des premiers\u00a0: {{keys}}. Exécutez {REFRESH_ALL}.",
        ),
    )


def sums_of_months(first: dt.date, last: dt.date) -> Check:
    """The stored sums of the months from `first`, the first day of one, to `last`, the last day of one."""
    return _sums_of_units(
        OF_MONTHS,
        (first, last),
        Translated(
            "Stored sums of months ({count}) differ from those of their days, so that figures are wrong. Month, key "
            f"and kind of the first: {{keys}}. Run {REFRESH_ALL}.",
            "Des totaux mensuels enregistrés ({count}) diffèrent de ceux de leurs jours; des chiffres sont donc faux. "
            f"Mois, clé et genre des premiers\u00a0: {{keys}}. Exécutez {REFRESH_ALL}.",
        ),
    )


def sums_of_weeks(first: dt.date, last: dt.date) -> Check:
    """The stored sums of the weeks that begin on the days from `first` to `last`."""
    return _sums_of_units(
        OF_WEEKS,
        (first, last),
        Translated(
            "Stored sums of weeks ({count}) differ from those of their days, so that figures are wrong. Week, key "
            f"and kind of the first: {{keys}}. Run {REFRESH_ALL}.",
            "Des totaux hebdomadaires enregistrés ({count}) diffèrent de ceux de leurs jours; des chiffres sont donc "
            f"faux. Semaine, clé et genre des premiers\u00a0: {{keys}}. Exécutez {REFRESH_ALL}.",
        ),
    )


def _sums_of_units(unit: SumsOfUnit, between: tuple[dt.date, dt.date], message: Translated) -> Check:
    """The stored sums of the months or weeks whose first day is `between` these two days."""
    ends = (literal(between[0], Date()), literal(between[1], Date()))
    first_day = FirstDayOf(unit.unit, SUMS.c.day, FIRST_DAY_OF_WEEK)
    last = literal(days_away(between[1], DAYS_AFTER_FIRST_OF_WEEK), Date())  # so that an index finds the days
    days = and_(SUMS.c.kind.in_(KINDS), SUMS.c.day.between(ends[0], last), first_day.between(*ends))
    units = unit.table.c[unit.first_day].between(*ends)
    wrong = different_sums_of_units(unit, days, units).subquery("different")
    return Check(select(*(wrong.c[name] for name in reversed(unit.key))), message)


def end_of_contacts(after: str) -> SqlQuery:
    """Selects the last number of the next `CONTACTS_AT_ONCE` contacts after a number; no row if there are fewer."""
    following = select(CONTACTS.c.no).where(CONTACTS.c.no > literal(after)).order_by(CONTACTS.c.no)
    return following.offset(CONTACTS_AT_ONCE - 1).limit(1)


def contacts() -> SqlQuery:
    """Counts the contacts."""
    return select(func.count()).select_from(CONTACTS)


def dates(after: str, until: str | None) -> Check:
    """The stored dates of the contacts with numbers after `after`, up to `until`, or of all further ones. Dates that
    may be out of date are left out.
    """
    no, uncertain = CONTACTS.c.no, uncertain_days()
    differs = (
        and_(
            func.coalesce(DATES.c[name], NEVER) != func.coalesce(latest(no, name), NEVER),
            or_(DATES.c[name].is_(None), DATES.c[name].not_in(uncertain)),
        )
        for name in COUNTS
    )
    return Check(
        select(no)
        .select_from(CONTACTS.outerjoin(DATES, DATES.c.contact_no == no))
        .where(*_between(no, after, until), or_(*differs), *map(not_, _on_uncertain_days(no))),
        Translated(
            "Contacts ({count}) have stored dates of their last interactions that differ from those of the log, so "
            f"that filters and orders are wrong: {{keys}}. Run {REFRESH_ALL}.",
            "Des contacts ({count}) ont des dates enregistrées de leurs dernières interactions qui diffèrent de celles "
            f"du journal; des filtres et des tris sont donc faux\u00a0: {{keys}}. Exécutez {REFRESH_ALL}.",
        ),
    )


def due(after: str, until: str | None) -> Check:
    """The stored days since when contacts are due because of their interactions, of numbers as for `dates`. Rows that
    may be out of date are left out.
    """
    numbers = select(CONTACTS.c.no).where(*_between(CONTACTS.c.no, after, until)).subquery("numbers")
    right = days_by_interactions(numbers, literal(dt.date.max, Date())).subquery("right_rows")
    is_right = (right.c.due_on == DUE.c.due_on, right.c.salesperson_code.is_not_distinct_from(DUE.c.salesperson_code))
    joined = DUE.outerjoin(right, and_(right.c.contact_no == DUE.c.contact_no, *is_right))
    surplus = select(DUE.c.contact_no).select_from(joined).where(right.c.contact_no.is_(None))
    is_stored = exists().where(DUE.c.contact_no == right.c.contact_no)
    missing = select(right.c.contact_no).where(not_(is_stored))
    wrong = union(surplus.where(*_between(DUE.c.contact_no, after, until)), missing).subquery("differing")
    no = wrong.c.contact_no
    is_marked = exists().where(DIRTY_CONTACTS.c.contact_no == no)
    return Check(
        select(no).where(not_(is_marked), *map(not_, _on_uncertain_days(no))),
        Translated(
            "Contacts ({count}) have a wrong or no stored day on which they become due, so that `nextContacts` is "
            f"wrong: {{keys}}. Run {REFRESH_ALL}.",
            "Des contacts ({count}) ont une date de relance enregistrée fausse, ou n’en ont pas; `nextContacts` est "
            f"donc faux\u00a0: {{keys}}. Exécutez {REFRESH_ALL}.",
        ),
    )


def _between(no: SqlExpression, after: str, until: str | None) -> list[ColumnElement[bool]]:
    return [no > literal(after), *([] if until is None else [no <= literal(until)])]


def _on_uncertain_days(no: SqlExpression) -> Iterator[ColumnElement[bool]]:
    """Two conditions: one holds if the contact or company has interactions on a day that is not refreshed yet."""
    for owner in ("contact_no", "company_no"):
        entry = ENTRIES.alias(f"touching_{owner}")
        yield exists().where(entry.c[owner] == no, entry.c.date.in_(uncertain_days()))
