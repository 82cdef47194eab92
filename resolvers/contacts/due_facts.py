"""The SQL of what makes contacts due because of their interactions (R-NEXT-2 to R-NEXT-4)."""

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    union,
)

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.interactions import InteractionLogEntry
from persistence.sql.conditions import DaysAfter
from persistence.sql_types import SqlExpression
from persistence.templates import InteractionTemplate
from resolvers import visibility

CONTACTS, ENTRIES = table_of(Contact), table_of(InteractionLogEntry)
TEMPLATES = table_of(InteractionTemplate)
DAYS = bindparam("days", expanding=True, type_=Date())
OWNERS = ("contact_no", "company_no")
"""The columns of an interaction with its contact and its company. The interaction may make both due."""


def days_by_interactions(numbers: FromClause, today: SqlExpression) -> Select[tuple[object, ...]]:
    """Selects contacts with the day since when their interactions until `today` make them due, as they are stored: for
    those with a number among `numbers.c.no` that are due on any day.
    """
    found = facts(numbers.join(CONTACTS, CONTACTS.c.no == numbers.c.no), today, None).subquery("facts")
    due_on = earliest(found.c.retry_on, found.c.follow_up_on, found.c.silent_on)
    rows = select(found.c.contact_no, found.c.salesperson_code, due_on.label("due_on")).subquery("rows")
    return select(rows).where(rows.c.due_on.is_not(None))


def with_entries_on_days() -> FromClause:
    """The numbers of contacts and companies with interactions on the days `days`."""
    owners = (
        select(ENTRIES.c[owner].label("no")).where(ENTRIES.c.date.in_(DAYS), ENTRIES.c[owner].is_not(None))
        for owner in OWNERS
    )
    return union(*owners).subquery("numbers")


def facts(
    contacts: FromClause, today: SqlExpression, owner: SqlExpression | None, *conditions: ColumnElement[bool]
) -> Select[tuple[object, ...]]:
    """Selects what is known of the contacts in this FROM clause that meet the conditions: their newest interaction,
    their last one until `today`, and the days on which these make them due. With the code of a salesperson as `owner`,
    only those of their own count as the last one.
    """
    newest, last_date = ENTRIES.alias("newest"), _last_date(today, owner)
    source = contacts.outerjoin(newest, newest.c.entry_no == _newest_entry_no())
    source = source.outerjoin(TEMPLATES, TEMPLATES.c.code == newest.c.template_code)
    known = materialized(
        select(
            CONTACTS.c.no.label("contact_no"),
            CONTACTS.c.salesperson_code,
            CONTACTS.c.privacy_blocked,
            CONTACTS.c.contact_every_days,
            CONTACTS.c.created_on,
            newest.c.date.label("newest_date"),
            newest.c.attempt_failed,
            TEMPLATES.c.follow_up_after_days,
            case((CONTACTS.c.contact_every_days.is_not(None), last_date)).label("last_date"),
        )
        .select_from(source)
        .where(*conditions),
        "known",
    )
    since = func.coalesce(known.c.last_date, known.c.created_on, type_=Date())
    return select(
        *known.c,
        case((known.c.attempt_failed, DaysAfter(known.c.newest_date, 1))).label("retry_on"),
        DaysAfter(known.c.newest_date, known.c.follow_up_after_days).label("follow_up_on"),
        DaysAfter(since, known.c.contact_every_days).label("silent_on"),
    )


def materialized(rows: Select[tuple[object, ...]], name: str) -> CTE:
    """A WITH query with these rows, computed once although their columns are used several times. It stands inside the
    SELECT that uses it: Citus refuses WITH before INSERT … SELECT.
    """
    return rows.cte(name, nesting=True).prefix_with("MATERIALIZED")


def earliest(*days: SqlExpression) -> SqlExpression:
    """The earliest of some days, null if all are null."""
    first, *others = days
    found = first
    for day in others:
        found = case((or_(found.is_(None), day < found), day), else_=found)
    return found if others else cast(null(), Date())


def _newest_entry_no() -> SqlExpression:
    """The number of the newest interaction of a contact that is not canceled; for companies too, of the contact itself
    (R-NEXT-2).
    """
    entry = ENTRIES.alias("of_contact")
    newest = select(entry.c.entry_no).where(entry.c.contact_no == CONTACTS.c.no, not_(entry.c.canceled))
    order = (entry.c.date.desc(), entry.c.time_of_interaction.desc(), entry.c.entry_no.desc())
    return newest.order_by(*order).limit(literal_column("1")).correlate(CONTACTS).scalar_subquery()


def _last_date(today: SqlExpression, owner: SqlExpression | None) -> SqlExpression:
    """The date of the last interaction that did not fail, as `dateOfLastInteraction` has it (R-CON-1, K5)."""

    def last(column: str) -> SqlExpression:
        entry = ENTRIES.alias(f"last_of_{column}")
        counts = [entry.c[column] == CONTACTS.c.no, entry.c.date <= today, not_(entry.c.canceled)]
        if owner is not None:
            counts.append(visibility.is_own(InteractionLogEntry, entry.c, owner))
        dates = select(entry.c.date).where(and_(*counts), not_(entry.c.attempt_failed)).order_by(entry.c.date.desc())
        return dates.limit(literal_column("1")).correlate(CONTACTS).scalar_subquery()

    is_company = CONTACTS.c.type == ContactType.COMPANY.value
    return case((is_company, last("company_no")), else_=last("contact_no"))
