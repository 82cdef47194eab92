"""The contacts whose row in `due_contact` may be out of date: those that triggers have marked, and those with an
interaction on a day that changed since the last refresh, or after today.

Lists of contacts that are due look these contacts up, except those whose new interactions cannot make them due: a large
mailing of today adds nothing to read. The interactions of a large day are not even read: indexes find the few that may
make somebody due.
"""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    union,
)

from persistence.columns import table_of
from persistence.enums import ContactType
from persistence.precomputed.contact_dates import uncertain_days
from persistence.precomputed.due_contacts import DIRTY_CONTACTS, DueContact
from persistence.sql.conditions import DaysAfter, IsInRows, NotJoined
from persistence.sql_types import SqlExpression
from resolvers.contacts.due_facts import CONTACTS, ENTRIES, OWNERS, TEMPLATES

DUE = table_of(DueContact)
ONE: SqlExpression = literal_column("1")

LARGE_DAY = 2_000
"""Today is a large day if it is uncertain and has more interactions than this."""

Condition = ColumnElement[bool]
Numbers = Select[tuple[object, ...]]


@dataclass(frozen=True)
class UncertainContacts:
    """The uncertain contacts of a list of contacts that are due on the day `on`. `owner` is the code of a salesperson
    if only their own interactions count. `large_day` is the number of interactions above which today is a large day.
    """

    on: SqlExpression
    today: SqlExpression
    owner: SqlExpression | None
    large_day: int = LARGE_DAY

    @cached_property
    def _days(self) -> CTE:
        """The days whose contacts are looked up: those that may be out of date, and those after today that have
        interactions.
        """
        to_come = select(ENTRIES.c.date).where(ENTRIES.c.date > self.today)
        return select(union(select(uncertain_days().subquery("uncertain")), to_come).subquery("days")).cte("days")

    @property
    def is_large(self) -> Condition:
        """Whether today is uncertain and a large day. If not, the database skips a SELECT that has this condition."""
        return select(self._large.c.is_large).scalar_subquery()

    @cached_property
    def _large(self) -> CTE:
        most: ColumnElement[int] = literal_column(str(self.large_day + 1))
        some = select(ONE.label("one")).where(ENTRIES.c.date == self.today).limit(most).subquery("some")
        number = select(func.count()).select_from(some).scalar_subquery()
        is_large = and_(self._is_on_days(self.today), number == most)
        return select(is_large.label("is_large")).cte("large").prefix_with("MATERIALIZED")

    @cached_property
    def _read_days(self) -> CTE:
        """The days whose interactions are read: all of them but a large day."""
        day = self._days.c.day
        return select(day).where(or_(day != self.today, not_(self.is_large))).cte("read_days")

    @property
    def _are_days(self) -> Condition:
        """That there are such days. If there are none, the database skips the SELECT that has this condition."""
        return select(self._read_days.c.day).limit(ONE).scalar_subquery().is_not(None)

    def _is_on_days(self, date: SqlExpression) -> Condition:
        return IsInRows(date, select(self._days.c.day).scalar_subquery())

    @cached_property
    def looked_up(self) -> CTE:
        """The numbers of the contacts that are looked up: all whose row may be out of date and who may be due because
        of interactions. With an `owner` also the companies of that salesperson, because the stored rows of companies
        also count interactions of other salespeople with their people.
        """
        changed, every_days = self._changed, CONTACTS.c.contact_every_days
        of_contact = changed.join(DUE, DUE.c.contact_no == changed.c.contact_no)
        of_company = changed.join(DUE, DUE.c.contact_no == changed.c.company_no)
        has_every_days = select(ONE).where(CONTACTS.c.no == changed.c.company_no, every_days.is_not(None)).exists()
        found: list[Numbers] = [
            select(DIRTY_CONTACTS.c.contact_no.label("no")),
            select(changed.c.contact_no).where(changed.c.contact_no.is_not(None), changed.c.may_make_due),
            # the changed interaction may be older than the one that makes the contact due
            select(changed.c.contact_no)
            .select_from(of_contact)
            .where(DUE.c.due_on <= self.on, changed.c.date < self.on),
            select(changed.c.company_no)
            .select_from(of_company)
            .where(DUE.c.due_on <= self.on, NotJoined(has_every_days), self._are_days),
        ]
        for owner in OWNERS:
            is_silent = or_(
                changed.c.canceled, changed.c.does_not_count, DaysAfter(changed.c.date, every_days) <= self.on
            )
            joined = select(changed.c[owner]).join(CONTACTS, CONTACTS.c.no == changed.c[owner])
            found.append(joined.where(every_days.is_not(None), is_silent, self._are_days))
        found += self._of_large_day()
        if self.owner is not None:
            own = (CONTACTS.c.salesperson_code == self.owner, CONTACTS.c.type == ContactType.COMPANY.value)
            found.append(select(CONTACTS.c.no).where(*own, every_days.is_not(None)))
        return select(union(*found).subquery("numbers").c.no).cte("looked_up")

    def _of_large_day(self) -> list[Numbers]:
        """The contacts that are looked up because of their interactions of today, if it is a large day. All later days
        with interactions are among the days that are read, so one of today that is not the newest changes nothing.
        """
        no, every_days, is_later = CONTACTS.c.no, CONTACTS.c.contact_every_days, self.today < self.on
        of_contact, is_today = ENTRIES.c.contact_no, ENTRIES.c.date == self.today
        is_unusual = and_(is_today, or_(ENTRIES.c.canceled, ENTRIES.c.attempt_failed))  # as the index has it
        codes = select(TEMPLATES.c.code).where(DaysAfter(self.today, TEMPLATES.c.follow_up_after_days) <= self.on)
        are_codes = codes.limit(ONE).scalar_subquery().is_not(None)
        has_template = IsInRows(ENTRIES.c.template_code, codes.scalar_subquery())
        is_silent = DaysAfter(self.today, every_days) <= self.on
        due = select(no).join(DUE, DUE.c.contact_no == no).where(DUE.c.due_on <= self.on, every_days.is_not(None))
        due = due.where(CONTACTS.c.type == ContactType.COMPANY.value)
        found: list[Numbers] = [
            select(of_contact).where(is_unusual, of_contact.is_not(None), or_(ENTRIES.c.canceled, is_later)),
            select(of_contact).where(is_today, of_contact.is_not(None), has_template, are_codes),
            due.where(not_(self._has_none_today("company_no", DUE.c.contact_no))),
        ]
        for owner in OWNERS:
            joined = select(ENTRIES.c[owner]).join(CONTACTS, no == ENTRIES.c[owner])
            silent = select(no).where(every_days.is_not(None), is_silent, is_later)
            found.append(joined.where(is_unusual, every_days.is_not(None)))
            found.append(silent.where(not_(self._has_none_today(owner, no))))
        return [each.where(self.is_large) for each in found]

    def _has_none_today(self, owner: str, no: SqlExpression) -> Condition:
        entry = ENTRIES.alias(f"{owner}_today")
        return has_no_row(select(ONE).where(entry.c[owner] == no, entry.c.date == self.today))

    @cached_property
    def _changed(self) -> CTE:
        """The interactions on the days that are read, with two conditions. `may_make_due`: the interaction may be the
        newest one of its contact and make the contact due, or it is canceled, so that another one is the newest.
        `does_not_count`: it failed or is in the future, so it is not the last interaction of its contact.
        """
        follow_up_on = DaysAfter(ENTRIES.c.date, TEMPLATES.c.follow_up_after_days)
        fails = and_(ENTRIES.c.attempt_failed, ENTRIES.c.date < self.on)
        rows = select(
            ENTRIES.c.contact_no,
            ENTRIES.c.company_no,
            ENTRIES.c.date,
            ENTRIES.c.canceled,
            or_(ENTRIES.c.canceled, fails, func.coalesce(follow_up_on <= self.on, false())).label("may_make_due"),
            or_(ENTRIES.c.attempt_failed, ENTRIES.c.date > self.today).label("does_not_count"),
        ).select_from(ENTRIES.outerjoin(TEMPLATES, TEMPLATES.c.code == ENTRIES.c.template_code))
        is_on_days = IsInRows(ENTRIES.c.date, select(self._read_days.c.day).scalar_subquery())
        return rows.where(is_on_days).cte("changed").prefix_with("MATERIALIZED")

    def is_certain(self) -> list[Condition]:
        """That a row of `due_contact` is right, in a SELECT that reads few rows: each condition searches an index.
        Interactions with people change the row of their company only if it has a number of `contact_every_days`.
        """
        marks = select(ONE).where(DIRTY_CONTACTS.c.contact_no == DUE.c.contact_no)
        uncertain = [marks]
        for owner in OWNERS:
            entry = ENTRIES.alias(f"changed_of_{owner}")
            uncertain.append(select(ONE).where(entry.c[owner] == DUE.c.contact_no, self._is_on_days(entry.c.date)))
        of_company = uncertain[-1].where(CONTACTS.c.no == DUE.c.contact_no, CONTACTS.c.contact_every_days.is_not(None))
        return [*(has_no_row(each) for each in uncertain[:-1]), has_no_row(of_company)]

    @cached_property
    def left_out(self) -> CTE:
        """The numbers of contacts whose row in `due_contact` may be wrong, and of blocked ones, for a SELECT that reads
        all rows, unless today is a large day.
        """
        changed, every_days = self._changed, CONTACTS.c.contact_every_days.is_not(None)
        joined = select(changed.c.company_no).join(CONTACTS, CONTACTS.c.no == changed.c.company_no)
        found: list[Numbers] = [
            select(DIRTY_CONTACTS.c.contact_no.label("no")),
            select(CONTACTS.c.no).where(CONTACTS.c.privacy_blocked),
            select(changed.c.contact_no),
            joined.where(every_days, self._are_days),
        ]
        return select(union(*found).subquery("numbers").c.no).cte("left_out")


def has_no_row(rows: Select[int]) -> Condition:
    """That there is no such row, in a SELECT that reads few rows. PostgreSQL then searches an index for each of them;
    for NOT EXISTS it may read the whole other table. Its planner estimates that the CASE holds for many rows, and that
    IS NULL alone would hold for few.
    """
    return case((rows.limit(ONE).scalar_subquery().is_(None), true()), else_=false())
