"""Possible duplicates: contacts of the same type with the same name or the same e-mail address (R-DUP-1).

An address that a person shares with the company, as people who inherit it do, says nothing about the person. The
telephone number and the company are further reasons, not enough by themselves.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from sqlalchemy import and_, func, literal_column, not_, or_, select, union_all

from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.sql.conditions import IsInRows
from persistence.sql.json import JsonWords
from persistence.sql_types import SqlQuery
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, SqlExpression, TableRow, quoted
from resolvers.work import key


class DuplicateReason(StrEnum):
    """What possible duplicates have in common. The first two alone make two contacts possible duplicates."""

    SAME_EMAIL = "SAME_EMAIL"
    SAME_NAME = "SAME_NAME"
    SAME_PHONE = "SAME_PHONE"
    SAME_COMPANY = "SAME_COMPANY"


Compared = Callable[[TableRow, TableRow, SqlBuilder], SqlCondition]
"""Gives the condition that two contacts have a value in common."""


def possible_duplicates(contact: TableRow, other: TableRow, sql: SqlBuilder) -> Alternatives:
    """The possible duplicates of a contact."""
    return [[_may_be_same(contact, other, sql)]]


def may_be_duplicate_of(contact: TableRow, no: object, sql: SqlBuilder) -> SqlCondition:
    """Whether the contact is a possible duplicate of the one with this number, which is looked up first."""
    found: list[SqlQuery] = []
    for same in (_same_name, _same_email):
        given, other = sql.row(Contact), sql.row(Contact)
        is_given = given.c.no == _number(no, sql)
        joined = given.source.join(other.source, and_(_same_type(given, other), same(given, other, sql)))
        found.append(select(other.c.no).select_from(joined).where(is_given))
    return IsInRows(contact.c.no, union_all(*found).scalar_subquery())


def has_possible_duplicate(contact: TableRow, expected: bool, sql: SqlBuilder) -> SqlCondition:
    """Whether the contact has a possible duplicate; with `expected` false, whether it has none.

    The names and addresses that several contacts of one type share are collected once for the whole statement.
    """

    def repeated(column: str, *conditions: Callable[[TableRow], SqlCondition]) -> SqlCondition:
        each = sql.row(Contact)
        several = select(each.c.type + each.c[column]).select_from(each.source)
        several = several.where(each.c[column].is_not(None), *(condition(each) for condition in conditions))
        several = several.group_by(each.c.type, each.c[column]).having(func.count() > literal_column("1"))
        return (contact.c.type + contact.c[column]).in_(several)  # `+`: else an index is searched for each name

    def is_on_several(each: TableRow) -> SqlCondition:
        other = sql.row(Contact)
        addresses = select(other.c.search_email).select_from(other.source).where(other.c.search_email.is_not(None))
        return each.c.search_email.in_(
            addresses.group_by(other.c.search_email).having(func.count() > literal_column("1"))
        )

    by_email = and_(
        repeated("search_email", is_on_several, lambda each: _has_own_email(each, sql)), _has_own_email(contact, sql)
    )
    found = or_(repeated("search_name", _has_name), by_email)
    return found if expected else not_(found)


def reasons(contact: TableRow, sql: SqlBuilder, of: object = None) -> SqlExpression:
    """What the contact has in common with its possible duplicate `of`, a number, or with any of them if it is None."""

    def agrees(compared: Compared) -> SqlCondition:
        other = sql.row(Contact)
        wanted = [] if of is None else [other.c.no == _number(of, sql)]
        return sql.exists(other, *wanted, _may_be_same(contact, other, sql), compared(contact, other, sql))

    return JsonWords([(reason, agrees(compared)) for reason, compared in REASONS.items()])


def _may_be_same(contact: TableRow, other: TableRow, sql: SqlBuilder) -> SqlCondition:
    return and_(or_(_same_name(contact, other, sql), _same_email(contact, other, sql)), _same_type(contact, other))


def _same_type(contact: TableRow, other: TableRow) -> SqlCondition:
    return and_(other.c.type == contact.c.type, other.c.no != contact.c.no)


def _same_name(contact: TableRow, other: TableRow, _: SqlBuilder) -> SqlCondition:
    return and_(other.c.search_name == contact.c.search_name, _has_name(other))


def _has_name(contact: TableRow) -> SqlCondition:
    """Whether the name has any letters or digits to compare."""
    return contact.c.search_name != quoted("")


def _same_email(contact: TableRow, other: TableRow, sql: SqlBuilder) -> SqlCondition:
    own = (_has_own_email(each, sql) for each in (contact, other))
    return and_(other.c.search_email == contact.c.search_email, *own)


def _has_own_email(contact: TableRow, sql: SqlBuilder) -> SqlCondition:
    """Whether the contact has an e-mail address that is not the one of the person's company."""
    company = sql.row(Contact)
    of_company: SqlQuery = select(literal_column("1")).select_from(company.source)
    shared = of_company.where(
        contact.c.type == quoted(ContactType.PERSON),
        company.c.no == contact.c.company_no,
        company.c.search_email == contact.c.search_email,
    ).correlate_except(company.source)  # the contact may be a row of any SELECT around this one
    return and_(contact.c.search_email.is_not(None), not_(shared.exists()))


def _same_phone(contact: TableRow, other: TableRow, _: SqlBuilder) -> SqlCondition:
    columns = ("search_phone", "search_mobile_phone")
    return or_(*(contact.c[one] == other.c[another] for one in columns for another in columns))


def _same_company(contact: TableRow, other: TableRow, _: SqlBuilder) -> SqlCondition:
    return contact.c.company_no == other.c.company_no


def _number(no: object, sql: SqlBuilder) -> SqlExpression:
    return sql.bind(lambda text: key(text) or "", no, type_=quoted("").type)


REASONS: Mapping[DuplicateReason, Compared] = {
    DuplicateReason.SAME_EMAIL: _same_email,
    DuplicateReason.SAME_NAME: _same_name,
    DuplicateReason.SAME_PHONE: _same_phone,
    DuplicateReason.SAME_COMPANY: _same_company,
}
