"""The SQL of the filters, edges, orders and figures of contacts."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, and_, case, func, literal_column, not_, or_, select, union_all

from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.interactions import InteractionLogEntry
from persistence.segments import Segment, SegmentLine
from persistence.sql.folding import comparable_email, stored_text
from persistence.sql_types import SqlQuery
from resolvers.contacts.last_dates import stored_or_looked_up
from resolvers.interactions.queries import EntryOnOtherDay, is_not_canceled
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

OWNERS = ("contact_no", "company_no")

FEW_ENTRIES = 2_000
"""If at most so many entries count, they are looked up before their contacts are."""

MOST_LOOKED_UP = 8
"""Conditions of a statement that look up few entries, at most: each may read the whole log, and a filter may have
hundreds.
"""


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


@dataclass(frozen=True)
class StoredDate:
    """A filter of entries that some entry of a contact passes if the stored date in `column` meets `date`. With
    `until_today`, entries after today do not pass.
    """

    column: str
    date: Comparison
    until_today: bool


def number_of_interactions(
    contact: TableRow,
    number: Comparison,
    passes: RowCondition,
    sql: SqlBuilder,
    *,
    with_canceled: bool,
    key: Hashable,
    stored: StoredDate | None = None,
) -> SqlCondition:
    """Whether the number of the contact's log entries that pass a filter meets the comparison. For a company, those of
    its people count too (R-CON-4). Canceled entries do not count unless `with_canceled` (K14). `stored` answers whether
    there is any. `key` stands for the filter: a statement looks up the entries of each key once.
    """

    counts = counted_entries(passes, with_canceled=with_canceled)
    if number.operators in (*IS_ZERO, *IS_POSITIVE):
        ways = _has_interaction(contact, counts, sql)
        if stored is not None:
            until = sql.today if stored.until_today else None
            any_found = stored_or_looked_up(contact, stored.column, stored.date, or_(*ways), sql, until=until)
            return any_found if number.operators in IS_POSITIVE else not_(any_found)
        if number.operators in IS_ZERO:
            return and_(*map(not_, ways))
        if not _may_look_up_few(sql):
            return or_(*ways)
        few = few_contacts(contact, counts, sql, key)
        return case((few.are_few, few.has_this), else_=or_(*ways))

    def counted(column: str) -> SqlExpression:
        entry = sql.row(InteractionLogEntry)
        found = select(func.count()).select_from(entry.source).where(entry.c[column] == contact.c.no, counts(entry))
        return found.scalar_subquery()

    cases = [(is_company(contact), counted("company_no"))]
    if _may_look_up_few(sql):
        few = few_contacts(contact, counts, sql, key)
        cases.insert(0, (and_(few.are_few, not_(few.has_this)), literal_column("0", Integer())))
    found = case(*cases, else_=counted("contact_no"))
    return number.matches(func.coalesce(found, 0, type_=Integer()))


def _may_look_up_few(sql: SqlBuilder) -> bool:
    """Whether a condition may use `few_contacts`. Call it once for each condition."""
    return sql.may_share_rows and sql.is_one_of_few("lookup of few interactions", MOST_LOOKED_UP)


def counted_entries(passes: RowCondition, *, with_canceled: bool) -> RowCondition:
    """Whether an entry counts: it passes, and is not canceled unless `with_canceled` (K14)."""
    return passes if with_canceled else lambda entry: and_(is_not_canceled(entry), passes(entry))


@dataclass(frozen=True)
class FewContacts:
    """Whether few entries count, and whether one of them is of the contact."""

    are_few: SqlCondition
    has_this: SqlCondition


def few_contacts(contact: TableRow, counts: RowCondition, sql: SqlBuilder, key: Hashable) -> FewContacts:
    """The contacts of the entries that count, if these are few. They are looked up once: to search the entries of each
    contact for them, all entries would be read in the order of contacts.
    """

    def first_entries() -> SqlQuery:
        entry = sql.row(InteractionLogEntry)
        some: SqlQuery = select(*(entry.c[name].label(name) for name in OWNERS)).select_from(entry.source)
        return some.where(counts(entry)).limit(literal_column(str(FEW_ENTRIES + 1)))

    found = sql.common_rows((few_contacts, key), first_entries)
    owners = (select(owner).where(owner.is_not(None)) for owner in map(found.c.__getitem__, OWNERS))
    number = select(func.count()).select_from(found).scalar_subquery()
    return FewContacts(number <= literal_column(str(FEW_ENTRIES)), contact.c.no.in_(union_all(*owners)))


def without_interactions(
    contact: TableRow, counts: RowCondition, sql: SqlBuilder, key: Hashable
) -> tuple[Sequence[SqlCondition], Sequence[SqlCondition]]:
    """The conditions that few entries count and none of them is of the contact, and those that many count."""
    few = few_contacts(contact, counts, sql, key)
    return [few.are_few, not_(few.has_this)], [not_(few.are_few)]


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
    found = select(contact.c.no).select_from(contact.source).where(passes(contact))
    if isinstance(row, EntryOnOtherDay) and row.is_looked_up:  # otherwise all contacts that pass would be read first
        found = found.where(contact.c.no == row.c.contact_no)
    return row.c.contact_no.in_(found)


def _literal(word: ContactType) -> SqlExpression:
    return literal_column(f"'{word}'")
