"""The search for contacts by words and telephone numbers, in SQL."""

from collections.abc import Callable, Sequence

from sqlalchemy import Unicode, and_, func, or_

from persistence.sql.conditions import IsIn, IsLikeAll, IsLikeAny, ListParameter
from persistence.sql.folding import Folded
from resolvers.contacts import phones
from resolvers.contacts.phone_queries import ends_in, search_columns
from resolvers.queries import InvalidOperand, SqlBuilder, SqlCondition, SqlExpression, TableRow

MAX_WORDS = 10

Patterns = Callable[[phones.Search], Sequence[str]]


def search(contact: TableRow, text: object, sql: SqlBuilder) -> SqlCondition:
    """Whether every word occurs in the number, name, company, city, e-mail address or phone numbers, ignoring case and
    accents.

    Words that may together be a telephone number match if it equals or begins a number of the contact, or if each word
    matches. More than `MAX_WORDS` words are an InvalidOperand.
    """

    def bound(patterns: Patterns) -> SqlExpression:
        return sql.bind(lambda words: patterns(phones.search(words)), text, type_=ListParameter(Unicode()))

    texts = _joined(
        Folded(contact.c.no),
        contact.c.search_name,
        contact.c.search_company_name,
        contact.c.search_city,
        Folded(contact.c.email),
    )
    columns = search_columns(contact)
    numbers = _joined(*columns)
    found = IsLikeAll(_joined(texts, numbers), bound(_words))
    return and_(
        found,
        *(
            or_(
                IsLikeAny(numbers, bound(_of_number(place, "patterns"))),
                *(IsIn(each, bound(_of_number(place, "equal"))) for each in columns),
                *(
                    ends_in(each, *(bound(_of_number(place, part)) for part in ("last_digits", "endings")))
                    for each in columns
                ),
                IsLikeAll(texts, bound(_of_number(place, "words"))),
            )
            for place in range(phones.MAX_NUMBERS)
        ),
    )


def _words(sought: phones.Search) -> Sequence[str]:
    if len(sought.words) > MAX_WORDS:
        raise InvalidOperand(f"`search` has at most {MAX_WORDS} words; {len(sought.words):,} were given. Give fewer.")
    return sought.words


def _joined(*parts: SqlExpression) -> SqlExpression:
    """The texts, joined with spaces; null counts as empty."""
    first, *rest = (func.coalesce(part, "", type_=Unicode()) for part in parts)
    text: SqlExpression = first
    for part in rest:
        text = text + " " + part
    return text


def _of_number(place: int, part: str) -> Patterns:
    def patterns(sought: phones.Search) -> Sequence[str]:
        found: Sequence[str] = getattr(sought.at(place), part)
        return found

    return patterns
