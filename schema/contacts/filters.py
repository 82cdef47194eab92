"""Filters, search and orders of contacts."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from operator import ge, le
from typing import Any, Optional

import strawberry
from sqlalchemy import ColumnElement, Integer, Unicode, and_, func, not_, or_, select, true

from persistence.conditions import IsIn, IsLikeAll, IsLikeAny, IsNotTrue, Listed
from persistence.folding import Folded, comparable_email, stored_text
from persistence.phones_v1 import LEAST_DIGITS, search_form
from persistence.segments import Segment, SegmentLine
from resolvers.contacts import phones
from resolvers.interactions import queries as history
from schema.comparisons import (
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
from schema.compiler.bounds import checked_list
from schema.compiler.conditions import compared, date_compared, inner_condition, key_compared, text_compared
from schema.compiler.declarations import Order, Sort, by_column
from schema.compiler.errors import BadUserInput
from schema.compiler.statement import Row, Statement
from schema.interactions.filters import InteractionLogEntryFilter
from schema.orders import order_input

WORDS_AT_MOST = 10


Fits = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""Whether the search column of a number fits."""


def _phone(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    """Matches if one of the two numbers matches; `ne` if neither is equal. A text without digits matches no number."""
    numbers = (row.c.search_phone, row.c.search_mobile_phone)
    parts: list[ColumnElement[bool]] = [true()]
    for name, wanted in asked.items():
        if wanted is None:
            continue
        if name == "isNull":
            parts.append(
                and_(*(number.is_(None) for number in numbers)) if wanted else or_(*(n.is_not(None) for n in numbers))
            )
            continue
        fits = _PHONES["eq" if name == "ne" else name](statement, wanted)
        either = or_(*map(fits, numbers))
        parts.append(IsNotTrue(either) if name == "ne" else either)
    return and_(*parts)


def _phone_part(patterns: Callable[[str], list[str]]) -> Callable[[Statement, Any], Fits]:
    """Comparison with a part of a number, or with a full number with country code."""

    def comparison(statement: Statement, wanted: Any) -> Fits:
        whole = statement.bind(phones.equal_if_known, wanted, type_=NUMBERS)
        parts = statement.bind(patterns, wanted, type_=NUMBERS)
        return lambda number: or_(IsLikeAny(number, parts), IsIn(number, whole))

    return comparison


def _phone_equal(statement: Statement, wanted: Any) -> Fits:
    return _phone_in(statement, [wanted])


def _phone_in(statement: Statement, wanted: Any) -> Fits:
    """Longer numbers are first narrowed down by their last digits, which have no index but are cheap to compare."""
    checked = checked_list(wanted)

    def bound(convert: Callable[[str], list[str]]) -> ColumnElement[Any]:
        def each(texts: list[str]) -> list[str]:
            return [found for text in texts for found in convert(text)]

        return statement.bind(each, checked, type_=NUMBERS)

    equal, last_digits, longer, short = map(bound, (phones.equal, _last_digits, _ending_long, _ending_short))
    return lambda number: or_(IsIn(number, equal), _ends(number, last_digits, longer), IsLikeAny(number, short))


def _last_digits(text: str) -> list[str]:
    digits = phones.last_digits(text)
    return [digits] if digits else []


def _ending_long(text: str) -> list[str]:
    return phones.ending(text) if phones.last_digits(text) else []


def _ending_short(text: str) -> list[str]:
    return [] if phones.last_digits(text) else phones.ending(text)


def _ends(
    number: ColumnElement[str], last_digits: ColumnElement[Any], patterns: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Compares with the patterns only the numbers that end in these digits."""
    end = func.substr(number, func.length(number) - LEAST_DIGITS, LEAST_DIGITS, type_=number.type)
    return and_(IsIn(end, last_digits), IsLikeAny(number, patterns))


def _phone_ordered(by: Callable[[Any, Any], Any], nothing: str) -> Callable[[Statement, Any], Fits]:
    def form(text: str) -> str:
        return search_form(text, None) or nothing

    def comparison(statement: Statement, wanted: Any) -> Fits:
        bound = statement.bind(form, wanted, type_=Unicode())
        return lambda number: by(number, bound)

    return comparison


NUMBERS = Listed(Unicode())
_PHONES: dict[str, Callable[[Statement, Any], Fits]] = {
    "eq": _phone_equal,
    "in": _phone_in,
    "contains": _phone_part(phones.containing),
    "startsWith": _phone_part(phones.starting),
    "gte": _phone_ordered(ge, "\U0010ffff"),
    "lte": _phone_ordered(le, ""),
}


def _email(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    """Compares e-mail addresses without regard to case."""
    exactly = {name: wanted for name, wanted in asked.items() if name in ("eq", "ne", "in")}
    rest = {name: wanted for name, wanted in asked.items() if name not in exactly}
    return and_(
        compared(row.c.search_email, statement, exactly, lambda text: comparable_email(stored_text(text)) or ""),
        text_compared(row.c.email, statement, rest),
    )


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
    found = (
        select(line.c.contact_no)
        .select_from(rows)
        .where(
            segment.c.logged_segment_entry_no.is_(None),
            line.c.contact_no.is_not(None),
            key_compared(segment.c.no, statement, asked),
        )
    )
    return row.c.no.in_(found)


def _last_interaction(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    return date_compared(statement.repeated(row, history.last_interaction), statement, asked)


def _last_attempt(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    return date_compared(statement.repeated(row, history.last_attempt), statement, asked)


@strawberry.input(
    description="How many interactions of a kind a contact has; those of a company include those of its people."
)
class InteractionCountFilter:
    count: IntFilter = strawberry.field(description="How many. `{eq: 0}` finds contacts without any.")
    where: InteractionLogEntryFilter | None = strawberry.field(
        default=strawberry.UNSET,
        description="Which interactions count. Canceled ones count only if this has a condition on `canceled`. Those "
        "dated after today count; `{date: {future: false}}` excludes them.",
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
    return where.get("canceled") is not None or any(
        speaks_of_canceled(where.get(name)) for name in ("and", "or", "not")
    )


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
    email: StringFilter | None = meaning(_email, "Its e-mail address, ignoring case.")
    phone: StringFilter | None = meaning(
        _phone,
        "Its phone or mobile number; one of them has to match. The formatting does not matter. Without a country code, "
        "numbers are equal if their last seven or more digits agree.",
    )
    correspondence_type: CorrespondenceTypeFilter | None = of_value("The means it prefers.", "correspondence_type")
    exclude_from_segment: bool | None = of_flag(
        "Whether adding contacts to a segment leaves it out.", "exclude_from_segment"
    )
    privacy_blocked: bool | None = of_flag("Whether new work on it is refused.", "privacy_blocked")
    date_of_last_interaction: DateFilter | None = meaning(
        _last_interaction,
        "The date of its last interaction. Canceled interactions and those dated after today do not count.",
    )
    last_date_attempted: DateFilter | None = meaning(
        _last_attempt, "The date of our last attempt. Canceled attempts and those dated after today do not count."
    )
    segment_no: StringFilter | None = meaning(_on_segment, "Stands on the open segment of this number.")
    interactions: InteractionCountFilter | None = meaning(_interactions, "How many interactions of a kind it has.")


def search(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    """Every word occurs in the number, name, company, city, e-mail address or telephone numbers; case and accents are
    ignored.

    Words that may together be a telephone number match if it equals or begins a number of the contact, or if each word
    matches.
    """

    def bound(patterns: Callable[[phones.Search], Sequence[str]]) -> ColumnElement[Any]:
        return statement.bind(lambda text: patterns(phones.search(text)), asked, type_=Listed(Unicode()))

    texts: ColumnElement[Any] = _joined(
        Folded(row.c.no), row.c.search_name, row.c.search_company_name, row.c.search_city, Folded(row.c.email)
    )
    columns = (row.c.search_phone, row.c.search_mobile_phone)
    numbers = _joined(*columns)
    found = IsLikeAll(_joined(texts, numbers), bound(_bounded))
    return and_(
        found,
        *(
            or_(
                IsLikeAny(numbers, bound(partial(_of_number, at, "patterns"))),
                *(IsIn(each, bound(partial(_of_number, at, "equal"))) for each in columns),
                *(
                    _ends(each, *(bound(partial(_of_number, at, part)) for part in ("last_digits", "endings")))
                    for each in columns
                ),
                IsLikeAll(texts, bound(partial(_of_number, at, "words"))),
            )
            for at in range(phones.MOST_NUMBERS)
        ),
    )


def _joined(*parts: ColumnElement[Any]) -> ColumnElement[Any]:
    """The texts, joined with spaces; null counts as empty."""
    first, *rest = (func.coalesce(part, "", type_=Unicode()) for part in parts)
    text: Any = first
    for part in rest:
        text = text + " " + part
    return text


def _of_number(place: int, part: str, sought: phones.Search) -> Sequence[str]:
    found: Sequence[str] = getattr(sought.at(place), part)
    return found


def _bounded(sought: phones.Search) -> Sequence[str]:
    if len(sought.words) > WORDS_AT_MOST:
        raise BadUserInput(f"Search for at most {WORDS_AT_MOST} words; you gave {len(sought.words)}.")
    return sought.words


class ContactOrderField(StrEnum):
    NO = "NO"
    NAME = "NAME"
    COMPANY_NAME = "COMPANY_NAME"
    CITY = "CITY"
    DATE_OF_LAST_INTERACTION = "DATE_OF_LAST_INTERACTION"


ContactOrder = order_input(
    "ContactOrder",
    ContactOrderField,
    "contacts",
    NO="By number.",
    NAME="By name; case and accents do not matter.",
    COMPANY_NAME="By the name of the company.",
    CITY="By city.",
    DATE_OF_LAST_INTERACTION="By the day of the last interaction.",
)
CONTACT_KEY: Order = [by_column("no")]
CONTACT_ORDERS: dict[Any, Order] = {
    ContactOrderField.NO: CONTACT_KEY,
    ContactOrderField.NAME: [by_column("search_name")],
    ContactOrderField.COMPANY_NAME: [by_column("search_company_name", nullable=True)],
    ContactOrderField.CITY: [by_column("search_city", nullable=True)],
    ContactOrderField.DATE_OF_LAST_INTERACTION: [
        Sort(
            lambda row, statement: history.last_interaction(row, statement.row, statement.today),
            nullable=True,
            computed=True,
        )
    ],
}
