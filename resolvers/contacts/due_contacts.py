"""The SQL that finds the contacts that are due (R-NEXT).

`due_contact` has the day since when each contact is due because of its interactions, so that a page reads the index of
that table and looks up a few contacts. Contacts whose row may be out of date are always looked up: those with an
interaction on a day that changed since the last refresh, or after today, and those that triggers have marked.

The statements have the parameters `on_day`, `today`, `days` (those that may be out of date), `whose` (a salesperson),
`most`, `after_day` and `after_no`.
"""

from functools import cache

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Unicode,
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
    true,
    union,
)

from persistence.columns import table_of
from persistence.conditions import DaysAfter
from persistence.contact_dates import uncertain_days
from persistence.contacts import Contact
from persistence.due_contacts import DIRTY_CONTACTS, DueContact
from persistence.enums import ContactType
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.sql_types import SqlExpression
from persistence.templates import InteractionTemplate
from resolvers import visibility

CONTACTS, ENTRIES, POSTPONED = table_of(Contact), table_of(InteractionLogEntry), table_of(PostponedInteraction)
TEMPLATES, DUE = table_of(InteractionTemplate), table_of(DueContact)
ON, TODAY = bindparam("on_day", type_=Date()), bindparam("today", type_=Date())
DAYS = bindparam("days", expanding=True, type_=Date())
WHOSE, MOST = bindparam("whose", type_=Unicode()), bindparam("most", type_=Integer())
AFTER_DAY, AFTER_NO = bindparam("after_day", type_=Date()), bindparam("after_no", type_=Unicode())

Condition = ColumnElement[bool]


@cache
def days_to_look_up() -> Select[tuple[object, ...]]:
    """Selects the days whose contacts are looked up: those that may be out of date, and those after today that have
    interactions.
    """
    to_come = select(ENTRIES.c.date).where(ENTRIES.c.date > TODAY)
    return select(union(select(uncertain_days().subquery("uncertain")), to_come).subquery("days"))


@cache
def page(*, of_one: bool, own_only: bool, continued: bool) -> Select[tuple[object, ...]]:
    """Selects the first contacts that are due, by day and number, with the facts of their reasons: of the salesperson
    `whose` or of everybody, after a cursor or from the start. With `own_only`, only from interactions that the
    salesperson sees.
    """
    looked_up = _looked_up(own_only).cte("looked_up")
    by_entries, by_postponed = _due_by_entries(looked_up, of_one, continued), _due_by_postponed(of_one, continued)
    chosen = union(select(by_entries.c.no), select(by_postponed.c.no), select(looked_up.c.no)).subquery("chosen")
    rows = _with_due_day(chosen, of_one, own_only)
    conditions = [_is_after_cursor(rows.c.due_on, rows.c.contact_no)] if continued else []
    found = select(rows).where(rows.c.due_on <= ON, *conditions)
    return found.order_by(rows.c.due_on, rows.c.contact_no).limit(MOST)


@cache
def count(*, of_one: bool, own_only: bool) -> Select[int]:
    """Counts the contacts of which `page` selects the first."""
    looked_up = _looked_up(own_only).cte("looked_up")
    stored = _stored(looked_up, of_one)
    postponed = select(POSTPONED.c.contact_no).where(POSTPONED.c.contact_no.is_not(None), *_is_postponed_until(of_one))
    rows = _with_due_day(looked_up, of_one, own_only)
    due = union(stored, postponed, select(rows.c.contact_no).where(rows.c.due_on <= ON)).subquery("due")
    shown = select(CONTACTS.c.no).where(CONTACTS.c.no == due.c.contact_no, not_(CONTACTS.c.privacy_blocked))
    return select(func.count()).select_from(due).where(shown.exists())


def days_by_interactions(numbers: FromClause) -> Select[tuple[object, ...]]:
    """Selects contacts with the day since when their interactions make them due, as they are stored: for those with a
    number among `numbers.c.no` that are due on any day.
    """
    facts = _facts(numbers, own_only=False).subquery("facts")
    due_on = _earliest(facts.c.retry_on, facts.c.follow_up_on, facts.c.silent_on)
    rows = select(facts.c.contact_no, facts.c.salesperson_code, due_on.label("due_on")).subquery("rows")
    return select(rows).where(rows.c.due_on.is_not(None))


def with_entries_on_days() -> FromClause:
    """The numbers of contacts and companies with interactions on the days `days`."""
    owners = (
        select(ENTRIES.c[owner].label("no")).where(ENTRIES.c.date.in_(DAYS), ENTRIES.c[owner].is_not(None))
        for owner in ("contact_no", "company_no")
    )
    return union(*owners).subquery("numbers")


def _looked_up(own_only: bool) -> Select[tuple[object, ...]]:
    """The numbers of the contacts that are looked up. With `own_only` also the companies of the salesperson, because
    what is stored of companies counts the interactions of people of others, too.
    """
    found = [select(with_entries_on_days().c.no), select(DIRTY_CONTACTS.c.contact_no)]
    if own_only:
        own = (CONTACTS.c.salesperson_code == WHOSE, CONTACTS.c.type == ContactType.COMPANY.value)
        found.append(select(CONTACTS.c.no).where(*own, CONTACTS.c.contact_every_days.is_not(None)))
    return select(union(*found).subquery("numbers").c.no)


def _stored(looked_up: FromClause, of_one: bool) -> Select[tuple[object, ...]]:
    """Selects the contacts that are due on the day according to `due_contact`, without those that are looked up."""
    source = DUE.outerjoin(looked_up, looked_up.c.no == DUE.c.contact_no)
    stored = select(DUE.c.contact_no).select_from(source).where(looked_up.c.no.is_(None), DUE.c.due_on <= ON)
    return stored.where(DUE.c.salesperson_code == WHOSE) if of_one else stored


def _due_by_entries(looked_up: FromClause, of_one: bool, continued: bool) -> FromClause:
    """The first contacts that are due because of their interactions. Those that came earlier in the list because of a
    postponed interaction are left out, so that they do not take the places of others.
    """
    rows = _stored(looked_up, of_one).join(CONTACTS, CONTACTS.c.no == DUE.c.contact_no)
    rows = rows.where(not_(CONTACTS.c.privacy_blocked))
    if continued:
        earlier: Select[int] = select(literal_column("1")).where(
            POSTPONED.c.contact_no == DUE.c.contact_no,
            *_is_postponed_until(of_one),
            not_(_is_after_cursor(POSTPONED.c.resume_on, POSTPONED.c.contact_no)),
        )
        rows = rows.where(_is_after_cursor(DUE.c.due_on, DUE.c.contact_no), not_(earlier.exists()))
    ordered = rows.order_by(DUE.c.due_on, DUE.c.contact_no).limit(MOST).subquery("by_entries")
    return select(ordered.c.contact_no.label("no")).subquery("numbers_by_entries")


def _due_by_postponed(of_one: bool, continued: bool) -> FromClause:
    """The first contacts that are due because of a postponed interaction. Those that came earlier in the list because
    of their interactions are left out.
    """
    resume_on = func.min(POSTPONED.c.resume_on, type_=Date())
    source = POSTPONED.join(CONTACTS, CONTACTS.c.no == POSTPONED.c.contact_no)
    rows = select(POSTPONED.c.contact_no.label("no"), resume_on.label("resume_on")).select_from(source)
    rows = rows.where(not_(CONTACTS.c.privacy_blocked), *_is_postponed_until(of_one)).group_by(POSTPONED.c.contact_no)
    if continued:
        earlier: Select[int] = select(literal_column("1")).where(
            DUE.c.contact_no == POSTPONED.c.contact_no, not_(_is_after_cursor(DUE.c.due_on, DUE.c.contact_no))
        )
        if of_one:
            earlier = earlier.where(DUE.c.salesperson_code == WHOSE)
        rows = rows.where(not_(earlier.exists())).having(_is_after_cursor(resume_on, POSTPONED.c.contact_no))
    return rows.order_by(resume_on, POSTPONED.c.contact_no).limit(MOST).subquery("by_postponed")


def _with_due_day(numbers: FromClause, of_one: bool, own_only: bool) -> FromClause:
    """The contacts with these numbers that are not blocked, with what makes them due on the day: facts without a reason
    are null, and so is `due_on` of contacts that are not due.
    """
    facts = _facts(numbers, own_only=own_only).subquery("facts")
    theirs = facts.c.salesperson_code == WHOSE if of_one else true()

    def on_the_day(date: SqlExpression) -> SqlExpression:
        return case((and_(date <= ON, theirs), date))

    def postponed(column: SqlExpression) -> SqlExpression:
        of_contact = (POSTPONED.c.contact_no == facts.c.contact_no, *_is_postponed_until(of_one))
        return select(column).where(*of_contact).scalar_subquery()

    days = {name: on_the_day(facts.c[name]).label(name) for name in ("retry_on", "follow_up_on", "silent_on")}
    first, last = (function(POSTPONED.c.resume_on, type_=Date()) for function in (func.min, func.max))
    earliest = (
        select(POSTPONED.c.entry_no)
        .where(POSTPONED.c.contact_no == facts.c.contact_no, *_is_postponed_until(of_one))
        .order_by(POSTPONED.c.resume_on, POSTPONED.c.entry_no)
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    rows = select(
        facts.c.contact_no,
        *days.values(),
        facts.c.newest_date,
        facts.c.last_date,
        postponed(first).label("first_resume_on"),
        postponed(last).label("last_resume_on"),
        earliest.label("postponed_entry_no"),
    )
    reasons = _once(rows.where(not_(facts.c.privacy_blocked)), "reasons")
    due_on = _earliest(reasons.c.retry_on, reasons.c.follow_up_on, reasons.c.silent_on, reasons.c.first_resume_on)
    return select(*reasons.c, due_on.label("due_on")).subquery("rows")


def _facts(numbers: FromClause, *, own_only: bool) -> Select[tuple[object, ...]]:
    """Selects what is known of contacts: their newest interaction, their last one, and the days on which these make
    them due (R-NEXT-2 to R-NEXT-4).
    """
    newest, last_date = ENTRIES.alias("newest"), _last_date(own_only)
    source = (
        numbers.join(CONTACTS, CONTACTS.c.no == numbers.c.no)
        .outerjoin(newest, newest.c.entry_no == _newest_entry_no())
        .outerjoin(TEMPLATES, TEMPLATES.c.code == newest.c.template_code)
    )
    known = _once(
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
        ).select_from(source),
        "known",
    )
    since = func.coalesce(known.c.last_date, known.c.created_on, type_=Date())
    return select(
        *known.c,
        case((known.c.attempt_failed, DaysAfter(known.c.newest_date, 1))).label("retry_on"),
        DaysAfter(known.c.newest_date, known.c.follow_up_after_days).label("follow_up_on"),
        DaysAfter(since, known.c.contact_every_days).label("silent_on"),
    )


def _newest_entry_no() -> SqlExpression:
    """The number of the newest interaction of a contact that is not canceled; for companies too, of the contact itself
    (R-NEXT-2).
    """
    entry = ENTRIES.alias("of_contact")
    newest = select(entry.c.entry_no).where(entry.c.contact_no == CONTACTS.c.no, not_(entry.c.canceled))
    order = (entry.c.date.desc(), entry.c.time_of_interaction.desc(), entry.c.entry_no.desc())
    return newest.order_by(*order).limit(literal_column("1")).correlate(CONTACTS).scalar_subquery()


def _last_date(own_only: bool) -> SqlExpression:
    """The date of the last interaction that did not fail, as `dateOfLastInteraction` has it (R-CON-1, K5)."""

    def last(owner: str) -> SqlExpression:
        entry = ENTRIES.alias(f"last_of_{owner}")
        counts = [entry.c[owner] == CONTACTS.c.no, entry.c.date <= TODAY, not_(entry.c.canceled)]
        if own_only:
            counts.append(visibility.is_own(InteractionLogEntry, entry.c, WHOSE))
        dates = select(entry.c.date).where(*counts, not_(entry.c.attempt_failed)).order_by(entry.c.date.desc())
        return dates.limit(literal_column("1")).correlate(CONTACTS).scalar_subquery()

    is_company = CONTACTS.c.type == ContactType.COMPANY.value
    return case((is_company, last("company_no")), else_=last("contact_no"))


def _once(rows: Select[tuple[object, ...]], name: str) -> CTE:
    """The rows, computed once although their columns are used several times. They are inside the SELECT that uses them:
    Citus takes no WITH before INSERT … SELECT.
    """
    return rows.cte(name, nesting=True).prefix_with("MATERIALIZED")


def _is_postponed_until(of_one: bool) -> list[Condition]:
    """That a postponed interaction is due on the day, for the salesperson if there is one (R-NEXT-1)."""
    due: list[Condition] = [POSTPONED.c.resume_on <= ON]
    return [*due, POSTPONED.c.salesperson_code == WHOSE] if of_one else due


def _is_after_cursor(day: SqlExpression, no: SqlExpression) -> Condition:
    return or_(day > AFTER_DAY, and_(day == AFTER_DAY, no > AFTER_NO))


def _earliest(*days: SqlExpression) -> SqlExpression:
    """The earliest of some days, null if all are null."""
    first, *others = days
    found = first
    for day in others:
        found = case((or_(found.is_(None), day < found), day), else_=found)
    return found if others else cast(null(), Date())
