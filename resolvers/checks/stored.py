"""What is stored beside the log: the sums of days, and the dates of the last interactions of contacts."""

import datetime as dt

from sqlalchemy import Date, Unicode, and_, exists, func, literal, literal_column, not_, or_, select, union_all

from persistence.contact_dates import COUNTS, uncertain_days
from persistence.day_sums import DIRTY_DAYS, KEY_OF_SUM
from persistence.dialects.interface import DatabaseDialect
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.checks.check import Check
from resolvers.contacts.refreshing import STORED as DATES
from resolvers.contacts.refreshing import latest
from resolvers.errors import Translated
from resolvers.segments.tables import CONTACTS, ENTRIES
from resolvers.statistics.refreshing import STORED as SUMS
from resolvers.statistics.refreshing import different_sums

CONTACTS_AT_ONCE = 10_000
"""Contacts whose dates one statement compares."""

NEVER = literal_column("'0001-01-01'", Date())
"""Instead of null in comparisons."""

MENDED = "`carnet refresh --all`"


def days() -> SqlQuery:
    """Selects the first and the last day that has interactions or sums, as one text with a space between; null without
    any.
    """
    ends = (select(func.min(day).label("first"), func.max(day).label("last")) for day in (ENTRIES.c.date, SUMS.c.day))
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
            f"of the first: {{keys}}. Run {MENDED}.",
            "Des totaux enregistrés ({count}) diffèrent de ceux des interactions; des chiffres sont donc faux. Jour, "
            f"clé et genre des premiers\u00a0: {{keys}}. Exécutez {MENDED}.",
        ),
    )


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
    no = CONTACTS.c.no
    uncertain = uncertain_days()
    touched = (
        exists().where(entry.c[owner] == no, entry.c.date.in_(uncertain))
        for owner in ("contact_no", "company_no")
        for entry in [ENTRIES.alias(f"touching_{owner}")]
    )
    differs = (
        and_(
            func.coalesce(DATES.c[name], NEVER) != func.coalesce(latest(no, name), NEVER),
            or_(DATES.c[name].is_(None), DATES.c[name].not_in(uncertain)),
        )
        for name in COUNTS
    )
    of_contacts = [no > literal(after), *([] if until is None else [no <= literal(until)])]
    return Check(
        select(no)
        .select_from(CONTACTS.outerjoin(DATES, DATES.c.contact_no == no))
        .where(*of_contacts, or_(*differs), *map(not_, touched)),
        Translated(
            "Contacts ({count}) have stored dates of their last interactions that differ from those of the log, so "
            f"that filters and orders are wrong: {{keys}}. Run {MENDED}.",
            "Des contacts ({count}) ont des dates enregistrées de leurs dernières interactions qui diffèrent de celles "
            f"du journal; des filtres et des tris sont donc faux\u00a0: {{keys}}. Exécutez {MENDED}.",
        ),
    )
