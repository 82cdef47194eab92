"""The SQL of the filters, edges, orders and figures of contacts."""

from collections.abc import Sequence

from sqlalchemy import Date as SqlDate
from sqlalchemy import Integer, and_, case, func, literal_column, not_, or_, select, type_coerce

from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.folding import comparable_email, stored_text
from persistence.interactions import InteractionLogEntry
from persistence.segments import Segment, SegmentLine
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import (
    Alternatives,
    Comparison,
    RowCondition,
    SqlBuilder,
    SqlCondition,
    SqlExpression,
    TableRow,
    any_matches,
)

IS_ZERO = ({"eq": 0}, {"lt": 1}, {"lte": 0})
IS_POSITIVE = ({"gt": 0}, {"gte": 1}, {"ne": 0})
"""Comparisons of a number of rows for which it is enough to know whether there is any row."""


def is_company(contact: TableRow) -> SqlCondition:
    """Whether the contact is a company."""
    return contact.c.type == _literal(ContactType.COMPANY)


def is_person(contact: TableRow) -> SqlCondition:
    """Whether the contact is a person."""
    return contact.c.type != ContactType.COMPANY.value


def interactions_of(contact: TableRow, entry: TableRow, _: SqlBuilder) -> Alternatives:
    """The interactions of a contact; for a company, also those of its people (R-CON-4)."""
    return [
        [contact.c.type == _literal(ContactType.PERSON), entry.c.contact_no == contact.c.no],
        [is_company(contact), entry.c.company_no == contact.c.no],
    ]


def segments_of(contact: TableRow, segment: TableRow, sql: SqlBuilder) -> Alternatives:
    """The segments with a line for the contact."""
    line = sql.row(SegmentLine)
    found = select(line.c.segment_id).select_from(line.source).where(line.c.contact_no == contact.c.no)
    return [[segment.c.id.in_(found)]]


def people_of(company: TableRow, person: TableRow, _: SqlBuilder) -> Alternatives:
    """The people of a company; a person has none."""
    return [[person.c.company_no == company.c.no, person.c.no != company.c.no]]


def on_open_segment(contact: TableRow, number: Comparison, sql: SqlBuilder) -> SqlCondition:
    """Whether the contact has a line on an open segment whose number meets the comparison. `ne` and `isNull: true` hold
    if it has no such line.
    """

    def has_line(number: Comparison) -> SqlCondition:
        line, segment = sql.row(SegmentLine), sql.row(Segment)
        found = (
            select(line.c.contact_no)
            .select_from(line.source.join(segment.source, segment.c.id == line.c.segment_id))
            .where(
                segment.c.logged_segment_entry_no.is_(None),
                line.c.contact_no.is_not(None),
                number.matches_code(segment.c.no),
            )
        )
        return contact.c.no.in_(found)

    return any_matches(number, has_line)


def email(contact: TableRow, address: Comparison, _: SqlBuilder) -> SqlCondition:
    """Whether the e-mail address meets the comparison, ignoring case."""
    equal = {name: operand for name, operand in address.operators.items() if name in ("eq", "ne", "in")}
    others = {name: operand for name, operand in address.operators.items() if name not in equal}
    return and_(
        address.with_operators(equal).matches(
            contact.c.search_email, lambda text: comparable_email(stored_text(text)) or ""
        ),
        address.with_operators(others).matches_text(contact.c.email),
    )


def date_of_last_interaction(contact: TableRow, date: Comparison, sql: SqlBuilder) -> SqlCondition:
    """Whether the date of the last interaction meets the comparison."""
    return date.matches_date(sql.computed_once(contact, last_interaction))


def last_date_attempted(contact: TableRow, date: Comparison, sql: SqlBuilder) -> SqlCondition:
    """Whether the date of the last attempt meets the comparison."""
    return date.matches_date(sql.computed_once(contact, last_attempt))


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

    return type_coerce(case((is_company(contact), date("company_no")), else_=date("contact_no")), SqlDate())


def number_of_interactions(
    contact: TableRow, number: Comparison, passes: RowCondition, sql: SqlBuilder, *, with_canceled: bool
) -> SqlCondition:
    """Whether the number of the contact's log entries that pass a filter meets the comparison. For a company, those of
    its people count too (R-CON-4). Canceled entries do not count unless `with_canceled` (K14).
    """

    def counts(entry: TableRow) -> SqlCondition:
        return passes(entry) if with_canceled else and_(is_not_canceled(entry), passes(entry))

    if number.operators in IS_ZERO:
        return and_(*(not_(found) for found in _has_interaction(contact, counts, sql)))
    if number.operators in IS_POSITIVE:
        return or_(*_has_interaction(contact, counts, sql))

    def counted(column: str) -> SqlExpression:
        entry = sql.row(InteractionLogEntry)
        found = select(func.count()).select_from(entry.source).where(entry.c[column] == contact.c.no, counts(entry))
        return found.scalar_subquery()

    found = case((is_company(contact), counted("company_no")), else_=counted("contact_no"))
    return number.matches(func.coalesce(found, 0, type_=Integer()))


def _has_interaction(contact: TableRow, counts: RowCondition, sql: SqlBuilder) -> Sequence[SqlCondition]:
    """Whether there is an entry that counts, as two conditions of which one has to hold. The columns of contact and
    company are searched one after the other: no entry has a person's number as company, and an entry with a company's
    number as contact has it as company too.

    PostgreSQL can turn `NOT EXISTS (…) AND NOT EXISTS (…)` into joins, and then reads the entries of the last months
    once, instead of searching those of each contact.
    """

    def has(column: str) -> SqlCondition:
        entry = sql.row(InteractionLogEntry)
        return sql.exists(entry, entry.c[column] == contact.c.no, counts(entry))

    return has("contact_no"), has("company_no")


def contact_passes(row: TableRow, passes: RowCondition, sql: SqlBuilder) -> SqlCondition:
    """Whether the contact of an interaction or segment line passes a filter of contacts; false without a contact."""
    contact = sql.row(Contact)
    return row.c.contact_no.in_(select(contact.c.no).select_from(contact.source).where(passes(contact)))


def _literal(word: ContactType) -> SqlExpression:
    return literal_column(f"'{word}'")
