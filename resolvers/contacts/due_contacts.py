"""The SQL that finds the contacts that are due (R-NEXT).

`due_contact` has the day since when each contact is due because of its interactions, so that a page reads the index of
that table and looks up a few contacts. Rows that may be out of date are not used (`uncertain_contacts`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    func,
    not_,
    or_,
    select,
    union,
    union_all,
)

from persistence.columns import table_of
from persistence.enums import ContactType
from persistence.interactions import PostponedInteraction
from persistence.sql.conditions import IsInRows, NotJoined
from persistence.sql_types import SqlExpression, SqlType
from resolvers.contacts.due_facts import CONTACTS, earliest, facts, materialized
from resolvers.contacts.uncertain_contacts import DUE, LARGE_DAY, ONE, Condition, Numbers, UncertainContacts, has_no_row

POSTPONED = table_of(PostponedInteraction)

DAY, NUMBER_OF_DAYS = Date(), Integer()
TYPES: Mapping[str, SqlType] = {
    "contact_no": DUE.c.contact_no.type,
    **dict.fromkeys(("retry_on", "follow_up_on", "silent_on"), DAY),
    **dict.fromkeys(("newest_date", "last_date"), DAY),
    **dict.fromkeys(("follow_up_after_days", "contact_every_days"), NUMBER_OF_DAYS),
    "postponed_entry_no": POSTPONED.c.entry_no.type,
    **dict.fromkeys(("postponed_to", "overdue_since", "due_on"), DAY),
}


@dataclass(frozen=True)
class DueContacts:
    """The contacts that are due on the day `on`. `whose` is the code of the salesperson whose contacts they are. If it
    is null, all contacts are meant, but none if the user sees only their own interactions (`own_only`). `large_day` is
    that of `UncertainContacts`.
    """

    on: SqlExpression
    today: SqlExpression
    whose: SqlExpression
    own_only: bool
    large_day: int = LARGE_DAY

    @property
    def types(self) -> Mapping[str, SqlType]:
        """The columns of a page with their SQL types."""
        return TYPES

    def page(
        self, limit: ColumnElement[int] | None, after: Sequence[SqlExpression] | None
    ) -> Select[tuple[object, ...]]:
        """Selects the first contacts, by day and number, after the day and number of a cursor if there is one: number,
        day, and the facts of their reasons, which are null without the reason.
        """
        chosen = [
            *(select(each.c.no) for each in self._first_by_entries(limit, after)),
            *(select(each.c.no) for each in self._first_by_postponed(limit, after)),
            select(self._uncertain.looked_up.c.no),
        ]
        rows = self._with_due_day(union(*chosen).subquery("chosen"))
        conditions = [_is_after(after, rows.c.due_on, rows.c.contact_no)] if after is not None else []
        found = select(rows).where(rows.c.due_on <= self.on, *conditions)
        return found.order_by(rows.c.due_on, rows.c.contact_no).limit(limit)

    def count(self) -> Select[int]:
        """Counts all of them."""
        certain: list[Numbers] = []
        uncertain, no = self._uncertain, DUE.c.contact_no
        for salespeople in self._salespeople(DUE.c.salesperson_code):
            stored = select(no).where(*self._stored(salespeople))
            joined = stored.outerjoin(uncertain.left_out, uncertain.left_out.c.no == no)
            certain.append(joined.where(uncertain.left_out.c.no.is_(None), not_(uncertain.is_large)))
            certain.append(stored.where(*uncertain.is_certain(), _is_shown(no), uncertain.is_large))
        by_entries = union_all(*certain).subquery("by_entries")
        rows = self._with_due_day(self._uncertain.looked_up)
        others: list[Numbers] = [select(rows.c.contact_no.label("no")).where(rows.c.due_on <= self.on)]
        no = POSTPONED.c.contact_no
        for salespeople in self._salespeople(POSTPONED.c.salesperson_code):
            others.append(select(no).where(*self._is_postponed(salespeople), _is_shown(no)))
        other = union(*others).subquery("others")
        is_counted = and_(
            DUE.c.contact_no == other.c.no,
            *self._stored([self._is_theirs(DUE.c.salesperson_code)]),
            *self._uncertain.is_certain(),
        )
        more = select(func.count()).select_from(other).where(has_no_row(select(ONE).where(is_counted)))
        total: ColumnElement[int] = select(func.count()).select_from(by_entries).scalar_subquery()
        return select(total + more.scalar_subquery())

    @cached_property
    def _uncertain(self) -> UncertainContacts:
        return UncertainContacts(self.on, self.today, self.whose if self.own_only else None, self.large_day)

    def _stored(self, salespeople: Sequence[Condition]) -> list[Condition]:
        """That a row of `due_contact` says that the contact is due on the day. With `own_only`, rows of companies that
        are always looked up are left out.
        """
        conditions = [DUE.c.due_on <= self.on, *salespeople]
        if self.own_only:
            contact = CONTACTS.alias("own_company")
            is_company = (contact.c.type == ContactType.COMPANY.value, contact.c.contact_every_days.is_not(None))
            own = select(ONE).where(contact.c.no == DUE.c.contact_no, *is_company)
            conditions.append(has_no_row(own))
        return conditions

    def _is_postponed(self, salespeople: Sequence[Condition]) -> list[Condition]:
        """That a postponed interaction is due on the day."""
        return [POSTPONED.c.contact_no.is_not(None), POSTPONED.c.resume_on <= self.on, *salespeople]

    def _salespeople(self, code: SqlExpression) -> list[list[Condition]]:
        """Alternative conditions on the code of a row: it is that of the salesperson, or all rows are listed. Each is
        for a SELECT of its own, so that each SELECT uses an index.
        """
        own: list[Condition] = [code == self.whose]
        return [own] if self.own_only else [own, [self.whose.is_(None)]]

    def _is_theirs(self, code: SqlExpression) -> Condition:
        return code == self.whose if self.own_only else or_(self.whose.is_(None), code == self.whose)

    def _first_by_entries(
        self, limit: ColumnElement[int] | None, after: Sequence[SqlExpression] | None
    ) -> list[FromClause]:
        """The first contacts that are due because of their interactions. Those that came earlier in the list because of
        a postponed interaction are left out, so that they do not take the places of others.
        """
        found: list[FromClause] = []
        day, no = DUE.c.due_on, DUE.c.contact_no
        for salespeople in self._salespeople(DUE.c.salesperson_code):
            rows = select(no.label("no"), day).where(
                *self._stored(salespeople), *self._uncertain.is_certain(), _is_shown(no)
            )
            if after is not None:
                earlier = select(ONE).where(
                    POSTPONED.c.contact_no == no,
                    POSTPONED.c.resume_on <= self.on,
                    self._is_theirs(POSTPONED.c.salesperson_code),
                    not_(_is_after(after, POSTPONED.c.resume_on, POSTPONED.c.contact_no)),
                )
                rows = rows.where(_is_after(after, day, no), has_no_row(earlier))
            found.append(rows.order_by(day, no).limit(limit).subquery(f"by_entries_{len(found)}"))
        return found

    def _first_by_postponed(
        self, limit: ColumnElement[int] | None, after: Sequence[SqlExpression] | None
    ) -> list[FromClause]:
        """The first contacts that are due because of a postponed interaction. Those that are looked up, and those that
        came earlier in the list because of their interactions, are left out.
        """
        found: list[FromClause] = []
        looked_up, no, resume_on = self._uncertain.looked_up, POSTPONED.c.contact_no, POSTPONED.c.resume_on
        other = POSTPONED.alias("other")
        is_earlier = or_(
            other.c.resume_on < resume_on, and_(other.c.resume_on == resume_on, other.c.entry_no < POSTPONED.c.entry_no)
        )
        is_looked_up = NotJoined(select(ONE).where(looked_up.c.no == no).exists())
        for salespeople in self._salespeople(POSTPONED.c.salesperson_code):
            earlier = select(ONE).where(other.c.contact_no == no, self._is_theirs(other.c.salesperson_code), is_earlier)
            rows = select(no.label("no"), resume_on).where(*self._is_postponed(salespeople), _is_shown(no))
            rows = rows.where(not_(is_looked_up), has_no_row(earlier))
            if after is not None:
                by_entries = select(ONE).where(
                    DUE.c.contact_no == no,
                    not_(_is_after(after, DUE.c.due_on, DUE.c.contact_no)),
                    self._is_theirs(DUE.c.salesperson_code),
                    *self._uncertain.is_certain(),
                )
                rows = rows.where(has_no_row(by_entries), _is_after(after, resume_on, no))
            found.append(rows.order_by(resume_on, no).limit(limit).subquery(f"by_postponed_{len(found)}"))
        return found

    def _with_due_day(self, numbers: FromClause) -> FromClause:
        """The contacts with these numbers that are not blocked, with what makes them due on the day: facts without a
        reason are null, and so is `due_on` of contacts that are not due.
        """
        is_chosen = IsInRows(CONTACTS.c.no, select(numbers.c.no).scalar_subquery())
        owner = self.whose if self.own_only else None
        known = facts(CONTACTS, self.today, owner, is_chosen).subquery("facts")
        theirs = self._is_theirs(known.c.salesperson_code)
        of_contact = (
            POSTPONED.c.contact_no == known.c.contact_no,
            POSTPONED.c.resume_on <= self.on,
            self._is_theirs(POSTPONED.c.salesperson_code),
        )

        def postponed(column: SqlExpression) -> SqlExpression:
            return select(column).where(*of_contact).scalar_subquery()

        names = ("retry_on", "follow_up_on", "silent_on")
        days = (case((and_(known.c[name] <= self.on, theirs), known.c[name])).label(name) for name in names)
        first, last = (function(POSTPONED.c.resume_on, type_=Date()) for function in (func.min, func.max))
        in_order = (POSTPONED.c.resume_on, POSTPONED.c.entry_no)
        earliest_no = select(POSTPONED.c.entry_no).where(*of_contact).order_by(*in_order).limit(ONE)
        rows = select(
            known.c.contact_no,
            *days,
            known.c.newest_date,
            known.c.follow_up_after_days,
            known.c.last_date,
            known.c.contact_every_days,
            postponed(first).label("first_resume_on"),
            postponed(last).label("last_resume_on"),
            earliest_no.scalar_subquery().label("postponed_entry_no"),
        )
        return self._with_postponed_days(materialized(rows.where(not_(known.c.privacy_blocked)), "reasons"))

    def _with_postponed_days(self, reasons: FromClause) -> FromClause:
        """The same rows, with the days of the two reasons that postponed interactions are, and the earliest day."""
        first_on, last_on = reasons.c.first_resume_on, reasons.c.last_resume_on
        return select(
            *(column for column in reasons.c if column not in (first_on, last_on)),
            case((last_on == self.on, last_on)).label("postponed_to"),
            case((first_on < self.on, first_on)).label("overdue_since"),
            earliest(reasons.c.retry_on, reasons.c.follow_up_on, reasons.c.silent_on, first_on).label("due_on"),
        ).subquery("rows")


def _is_shown(no: SqlExpression) -> Condition:
    """That a contact is not blocked for privacy."""
    contact = CONTACTS.alias("shown")
    return has_no_row(select(ONE).where(contact.c.no == no, contact.c.privacy_blocked))


def _is_after(after: Sequence[SqlExpression], day: SqlExpression, no: SqlExpression) -> Condition:
    after_day, after_no = after
    return or_(day > after_day, and_(day == after_day, no > after_no))
