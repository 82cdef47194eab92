"""Looks up the entries that conditions on description and subject may find, by the words that are stored for `search`.

A text that contains `call back` has words that contain `call back`. Each distinct text is stored once, so that fewer
and shorter rows are compared than the log has. The conditions themselves decide about the entries that are looked up.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import Unicode, and_, case, func, literal_column, null, or_, select

from persistence.interactions import InteractionLogEntry
from persistence.precomputed.search import (
    MAX_COMPARED_TEXTS,
    MAX_COUNTED_TEXTS,
    TEXTS,
    EntriesWithTexts,
    HasCutWords,
    IsListed,
    TooManyToList,
)
from persistence.sql.conditions import IsLike, IsLikeAny
from persistence.sql.folding import fold
from persistence.sql_types import SqlQuery
from persistence.texts.words_v1 import words_of
from resolvers.queries import FilteredAlternatives, SqlBuilder, SqlCondition, SqlExpression, TableRow

Filter: TypeAlias = Mapping[str, object]
"""A filter of interactions, by the names of the API."""

INDEXED = (
    "entryNo",
    "date",
    "contactNo",
    "companyNo",
    "salespersonCode",
    "templateCode",
    "campaignNo",
    "segmentNo",
    "loggedSegmentEntryNo",
)
"""The fields whose conditions an index of the log answers."""

NOT_INDEXED_OPERATORS = {"ne", "isNull", "contains", "startsWith"}

FEW_ENTRIES = 20_000
"""If at most so many entries pass the conditions that an index answers, their texts are compared one by one."""


def by_texts(
    entry: TableRow,
    filter_: Filter,
    passes: Callable[[TableRow, Filter], SqlCondition],
    sql: SqlBuilder,
    to_count: bool,
) -> FilteredAlternatives:
    """Alternative conditions that find the entries through their texts. All entries that pass the filter meet one of
    them; others may meet them, too. `passes` makes the condition of a filter. `to_count` says that the entries are only
    counted: then more texts are looked up, because otherwise all entries would be read.
    """
    if sql.own_only or not _restricts_texts(filter_):
        return [([], filter_)]
    indexed = {name: value for name, value in filter_.items() if name in INDEXED and _is_indexed(value)}

    def entries(max_texts: int, *cases: tuple[SqlCondition, SqlExpression]) -> SqlQuery:
        found: SqlExpression = EntriesWithTexts(_text_keys(filter_, sql), max_texts)
        if indexed:
            are_few = sql.common((_are_few, id(filter_)), lambda: _are_few(passes, indexed, sql))
            cases = (*cases, (are_few, null()))
        return select((case(*cases, else_=found) if cases else found).label("entry_nos"))

    found = sql.common((by_texts, id(filter_)), lambda: entries(MAX_COMPARED_TEXTS))
    if to_count:
        of_page, key = found, (by_texts, id(filter_), to_count)
        found = sql.common(key, lambda: entries(MAX_COUNTED_TEXTS, (of_page.is_not(None), of_page)))
    return [([IsListed(entry.c.entry_no, found)], filter_), ([TooManyToList(entry.c.date, found)], filter_)]


def _text_keys(filter_: Filter, sql: SqlBuilder) -> SqlQuery:
    texts = TEXTS.alias()
    matches = _matches(texts.c.words, filter_, sql)
    assert matches is not None
    return select(texts.c.text_key).where(texts.c.text_key.is_not(None), or_(matches, HasCutWords(texts.c.words)))


def _are_few(passes: Callable[[TableRow, Filter], SqlCondition], indexed: Filter, sql: SqlBuilder) -> SqlQuery:
    row = sql.row(InteractionLogEntry)
    some: SqlQuery = select(literal_column("1")).select_from(row.source).where(passes(row, indexed))
    some = some.limit(literal_column(str(FEW_ENTRIES + 1)))
    return select((func.count() <= literal_column(str(FEW_ENTRIES))).label("few")).select_from(some.subquery())


def _is_indexed(comparison: object) -> bool:
    return isinstance(comparison, Mapping) and any(
        operand is not None and name not in NOT_INDEXED_OPERATORS for name, operand in comparison.items()
    )


def _restricts_texts(filter_: Filter) -> bool:
    """Whether `_matches` makes a condition of the filter."""
    return (
        any(_comparisons(filter_))
        or any(map(_restricts_texts, _parts(filter_, "and")))
        or (bool(_parts(filter_, "or")) and all(map(_restricts_texts, _parts(filter_, "or"))))
    )


def _matches(words: SqlExpression, filter_: Filter, sql: SqlBuilder) -> SqlCondition | None:
    """The condition of a filter on the stored words of a text; None if the filter does not restrict texts."""
    found = [_like(words, *compared, sql) for compared in _comparisons(filter_)]
    found += [part for inner in _parts(filter_, "and") if (part := _matches(words, inner, sql)) is not None]
    if alternatives := _parts(filter_, "or"):
        every = [_matches(words, inner, sql) for inner in alternatives]
        known = [part for part in every if part is not None]
        if len(known) == len(every):
            found.append(or_(*known))
    return and_(*found) if found else None


def _parts(filter_: Filter, name: str) -> Sequence[Filter]:
    parts = filter_.get(name)
    return parts if isinstance(parts, Sequence) else ()


def _comparisons(filter_: Filter) -> list[tuple[str, str, Callable[[str], str], object]]:
    """The comparisons of description and subject: field, operator, function that makes a LIKE pattern, operand."""
    found: list[tuple[str, str, Callable[[str], str], object]] = []
    for name in ("description", "subject"):
        comparison = filter_.get(name)
        if isinstance(comparison, Mapping):
            at_start = PATTERNS_OF_DESCRIPTION if name == "description" else {}
            found += [
                (name, operator, at_start.get(operator, containing), comparison[operator])
                for operator in ("eq", "in", "startsWith", "contains")
                if comparison.get(operator) is not None
            ]
    return found


def _like(
    words: SqlExpression, field: str, operator: str, pattern: Callable[[str], str], operand: object, sql: SqlBuilder
) -> SqlCondition:
    if operator == "in":
        with sql.naming_lists_of(field, {operator: operand}):
            return IsLikeAny(words, sql.bind_list(pattern, operand, Unicode()))
    return IsLike(words, sql.bind(pattern, operand, type_=Unicode()))


def containing(text: str) -> str:
    """The LIKE pattern of the words of texts that contain this one. Words have no wildcards."""
    found = " ".join(words_of(text))
    if not found:
        return "%"
    folded = fold(text)
    before, after = ("" if words_of(sign) else " " for sign in (folded[0], folded[-1]))
    return f"%{before}{found}{after}%"


def beginning(text: str) -> str:
    """The LIKE pattern of the words of a description that begins with this text."""
    return " %" if not words_of(text) else f" {containing(text).lstrip('% ')}"


PATTERNS_OF_DESCRIPTION = {"startsWith": beginning, "eq": beginning, "in": beginning}
"""How operands of operators become patterns of a description. A text begins with the words of its description; those of
its subject follow, so that their beginning is not known.
"""
