"""Filters, search and orders of contacts."""

import re
from enum import StrEnum
from typing import Any, Optional

import strawberry
from sqlalchemy import ColumnElement, Integer, Unicode, and_, func, not_, or_, select, true

from persistence.conditions import IsLike, IsLikeAll, Listed, like_pattern
from persistence.folding import Folded, fold
from persistence.segments import Segment, SegmentLine
from resolvers import history
from schema.filters.comparisons import (
    ContactTypeFilter,
    CorrespondenceTypeFilter,
    DateFilter,
    IntFilter,
    StringFilter,
    combined,
    meaning,
    of_flag,
    of_key,
    of_text,
    of_value,
)
from schema.filters.interactions import InteractionLogEntryFilter
from schema.filters.orders import order_input
from schema.planning.conditions import compared, date_compared, inner_condition, key_compared
from schema.planning.declarations import Order, Sort, by_column
from schema.planning.errors import BadUserInput
from schema.planning.statement import Row, Statement

WORDS_AT_MOST = 10


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _phone(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    """Either number, digits only. What is denied must hold for both."""
    numbers = (row.c.phone_digits, row.c.mobile_phone_digits)
    parts: list[ColumnElement[bool]] = [true()]
    for name, wanted in asked.items():
        if wanted is None:
            continue
        each = [_phone_compared(number, statement, name, wanted) for number in numbers]
        parts.append(and_(*each) if name == "ne" or (name == "isNull" and wanted) else or_(*each))
    return and_(*parts)


def _phone_compared(number: ColumnElement[str], statement: Statement, name: str, wanted: Any) -> ColumnElement[bool]:
    if name not in ("contains", "startsWith"):
        return compared(number, statement, {name: wanted}, lambda value: value if name == "isNull" else _digits(value))

    def pattern(text: str) -> str:
        return like_pattern(_digits(text), anywhere=name == "contains")

    return IsLike(number, statement.bind(pattern, wanted, type_=Unicode()))


def _on_segment(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    """Stands on an open segment whose number is so. `ne` and `isNull: true` mean: stands on none such."""
    parts: list[ColumnElement[bool]] = [true()]
    for name, wanted in asked.items():
        if wanted is None:
            continue
        if name == "ne":
            parts.append(not_(_stands_on(row, statement, {"eq": wanted})))
        elif name == "isNull":
            on_any = _stands_on(row, statement, {})
            parts.append(not_(on_any) if wanted else on_any)
        else:
            parts.append(_stands_on(row, statement, {name: wanted}))
    return and_(*parts)


def _stands_on(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    line, segment = statement.row(SegmentLine), statement.row(Segment)
    rows = line.source.join(segment.source, segment.c.id == line.c.segment_id)
    found = select(line.c.contact_no).select_from(rows).where(
        segment.c.logged_segment_entry_no.is_(None), line.c.contact_no.is_not(None), key_compared(segment.c.no, statement, asked)
    )
    return row.c.no.in_(found)


def _last_interaction(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    return date_compared(history.last_interaction(row, statement.row, statement.today), statement, asked)


def _last_attempt(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    return date_compared(history.last_attempt(row, statement.row, statement.today), statement, asked)


@strawberry.input(description="How many interactions of a kind a contact has; a company's include its people's (R-CON-4).")
class InteractionCountFilter:
    count: IntFilter = strawberry.field(description="How many. `{eq: 0}` finds contacts without any.")
    where: InteractionLogEntryFilter | None = strawberry.field(
        default=strawberry.UNSET,
        description="Which interactions count. Canceled ones do not, unless this says something about `canceled`. Those dated "
                    "after today do; `{date: {future: false}}` leaves them out.",
    )


def _interactions(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    where = asked.get("where") or {}

    def counts(entry: Any) -> ColumnElement[bool]:
        wanted = inner_condition(InteractionLogEntryFilter, where, entry, statement)
        return wanted if speaks_of_canceled(where) else and_(history.not_canceled(entry), wanted)

    count = {name: value for name, value in asked["count"].items() if value is not None}
    if count in ({"eq": 0}, {"lt": 1}, {"lte": 0}):
        return not_(history.has_any(row, statement.row, counts))
    if count in ({"gt": 0}, {"gte": 1}, {"ne": 0}):
        return history.has_any(row, statement.row, counts)
    number = func.coalesce(history.number_of(row, statement.row, counts), 0, type_=Integer())
    return compared(number, statement, count)


def speaks_of_canceled(where: Any) -> bool:
    """Whether a filter names `canceled` anywhere (K14)."""
    if isinstance(where, list):
        return any(speaks_of_canceled(inside) for inside in where)
    if not isinstance(where, dict):
        return False
    return where.get("canceled") is not None or any(speaks_of_canceled(where.get(name)) for name in ("and", "or", "not"))


@strawberry.input(description="Which contacts.")
class ContactFilter:
    and_: list["ContactFilter"] | None = combined("and")
    or_: list["ContactFilter"] | None = combined("or")
    not_: Optional["ContactFilter"] = combined("not")
    no: StringFilter | None = of_key("Its number.", "no")
    name: StringFilter | None = of_text("Its name.", "name", "search_name")
    type: ContactTypeFilter | None = of_value("Company or person.", "type")
    company_no: StringFilter | None = of_key("The company, with all its people.", "company_no")
    company_name: StringFilter | None = of_text("The name of its company.", "company_name", "search_company_name")
    salesperson_code: StringFilter | None = of_key("Who looks after it.", "salesperson_code")
    city: StringFilter | None = of_text("Its city.", "city", "search_city")
    post_code: StringFilter | None = of_key("Its post code.", "post_code")
    country_code: StringFilter | None = of_key("Its country.", "country_code")
    territory_code: StringFilter | None = of_key("Its territory.", "territory_code")
    language_code: StringFilter | None = of_key("Its language.", "language_code")
    email: StringFilter | None = of_text("Its e-mail address.", "email")
    phone: StringFilter | None = meaning(_phone, "Its phone or mobile number, whichever fits; digits only.")
    correspondence_type: CorrespondenceTypeFilter | None = of_value("The means it prefers.", "correspondence_type")
    exclude_from_segment: bool | None = of_flag("Whether adding contacts to a segment leaves it out.", "exclude_from_segment")
    privacy_blocked: bool | None = of_flag("Whether new work on it is refused.", "privacy_blocked")
    date_of_last_interaction: DateFilter | None = meaning(
        _last_interaction, "The day of its last interaction, today at the latest; canceled and planned ones do not count."
    )
    last_date_attempted: DateFilter | None = meaning(
        _last_attempt, "The day we last tried, today at the latest; canceled and planned attempts do not count."
    )
    segment_no: StringFilter | None = meaning(_on_segment, "Stands on the open segment of this number.")
    interactions: InteractionCountFilter | None = meaning(_interactions, "How many interactions of a kind it has.")


def search(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    """Every word occurs in the number, name, company, city, e-mail or phone; case and accents do not matter."""
    parts = (row.c.no, row.c.search_name, row.c.search_company_name, row.c.search_city, row.c.email, row.c.phone_digits,
             row.c.mobile_phone_digits)
    text: Any = Folded(parts[0])
    for part in parts[1:]:
        folded: Any = Folded(part) if part is parts[4] else part
        text = text + " " + func.coalesce(folded, "", type_=Unicode())
    return IsLikeAll(text, statement.bind(_patterns, asked, type_=Listed(Unicode())))


def _patterns(text: str) -> list[str]:
    words = fold(text).split()
    if len(words) > WORDS_AT_MOST:
        raise BadUserInput(f"Search for at most {WORDS_AT_MOST} words, {len(words)} were given.")
    return [like_pattern(word, anywhere=True) for word in words]


class ContactOrderField(StrEnum):
    NO = "NO"
    NAME = "NAME"
    COMPANY_NAME = "COMPANY_NAME"
    CITY = "CITY"
    DATE_OF_LAST_INTERACTION = "DATE_OF_LAST_INTERACTION"


ContactOrder = order_input(
    "ContactOrder", ContactOrderField, "contacts", NO="By number.", NAME="By name; case and accents do not matter.",
    COMPANY_NAME="By the name of the company.", CITY="By city.", DATE_OF_LAST_INTERACTION="By the day of the last interaction.",
)
CONTACT_KEY: Order = [by_column("no")]
CONTACT_ORDERS: dict[Any, Order] = {
    ContactOrderField.NO: CONTACT_KEY,
    ContactOrderField.NAME: [by_column("search_name")],
    ContactOrderField.COMPANY_NAME: [by_column("search_company_name", nullable=True)],
    ContactOrderField.CITY: [by_column("search_city", nullable=True)],
    ContactOrderField.DATE_OF_LAST_INTERACTION: [
        Sort(lambda row, statement: history.last_interaction(row, statement.row, statement.today), nullable=True, computed=True)
    ],
}
