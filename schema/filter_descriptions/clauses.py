"""Describes a filter in clauses: "whose city is Nantes", "that had no outbound interaction in the last 90 days"."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from schema.contacts.filters import ContactFilter
from schema.execution.graphql_internals import fields_of
from schema.filter_descriptions.grammar import (
    CombinationPhrases,
    ContactFilterPhrase,
    Day,
    FieldPhrases,
    Flag,
    Grammar,
    Interactions,
    Named,
    Noun,
)
from schema.interactions.filters import InteractionLogEntryFilter

MAX_NAMED_VALUES = 10
"""The number of values of a list that are named."""

FilterValues = Mapping[str, Any]


def clauses_of_contact_filter(grammar: Grammar, filter_: FilterValues) -> list[str]:
    """A clause for each condition of a ContactFilter; an empty list if it has no conditions."""
    return _clauses(grammar, _fields(ContactFilter, grammar.language), grammar.contacts, filter_)


@cache
def _fields(filter_type: type, language: str) -> Mapping[str, FieldPhrases]:
    """How conditions on each field of a filter are expressed in a language, `EN` or `FR`."""
    return {
        name: field.metadata["phrases"][language]
        for name, field in fields_of(filter_type).items()
        if "phrases" in field.metadata
    }


def _clauses(
    grammar: Grammar, fields: Mapping[str, FieldPhrases], combined: CombinationPhrases, filter_: FilterValues
) -> list[str]:
    found: list[str] = []
    for name, value in filter_.items():
        if value is None:
            continue
        if name == "and":
            found += [clause for inside in value for clause in _clauses(grammar, fields, combined, inside)]
        elif name == "or":
            found.append(_any_of(grammar, fields, combined, value))
        elif name == "not":
            negated = grammar.and_.join(_clauses(grammar, fields, combined, value))
            found.append(combined.not_among.format(negated) if negated else combined.nothing)
        else:
            found += _clauses_of_field(grammar, fields[name], value)
    return found


def _any_of(
    grammar: Grammar, fields: Mapping[str, FieldPhrases], combined: CombinationPhrases, filter_: Sequence[FilterValues]
) -> str:
    ways = [grammar.and_.join(_clauses(grammar, fields, combined, inside)) or combined.anything for inside in filter_]
    if len(ways) < 2:
        return ways[0] if ways else combined.nothing
    return f"({grammar.or_.join(ways)})"


def _clauses_of_field(grammar: Grammar, field: FieldPhrases, value: Any) -> list[str]:
    if isinstance(field, Flag):
        return [field.yes if value else field.no]
    if isinstance(field, ContactFilterPhrase):
        clauses = clauses_of_contact_filter(grammar, value)
        return [field.clause.format(grammar.and_.join(clauses)) if clauses else field.any]
    if isinstance(field, Named):
        return [field.clause.format(_value(grammar, Noun(""), value))]
    if isinstance(field, Interactions):
        return _count_clauses(grammar, value)
    if isinstance(field, Day):
        return _date_clauses(grammar, field, value)
    return _comparison_clauses(grammar, field, {"in": value} if isinstance(value, list) else value)


def _comparison_clauses(grammar: Grammar, field: Noun, filter_: FilterValues) -> list[str]:
    found: list[str] = []
    for name, value in filter_.items():
        if value is None:
            continue
        if name == "isNull":
            whole = field.blank
            found.append(whole[not value] if whole else grammar.whose.format(field.noun, grammar.blank[not value]))
            continue
        phrases = {**grammar.compared, **grammar.text_compared} if field.is_text else grammar.compared
        more = grammar.more[field.feminine]
        text = _one_of(grammar, field, value, more) if name == "in" else _value(grammar, field, value)
        predicate = (
            grammar.in_empty_list if value == [] else phrases[name].format(text, e="e" if field.feminine else "")
        )
        found.append(grammar.whose.format(field.noun, predicate))
    return found


def _one_of(grammar: Grammar, field: Noun, values: Sequence[Any], more: tuple[str, str]) -> str:
    shown = [_value(grammar, field, value) for value in values[:MAX_NAMED_VALUES]]
    others_left = len(values) - MAX_NAMED_VALUES
    if others_left > 0:
        shown.append(more[others_left > 1].format(grammar.number(others_left)))
    *others, last = shown or [""]
    return grammar.or_.join([", ".join(others), last]) if others else last


def _value(grammar: Grammar, field: Noun, value: Any) -> str:
    text = str(value).strip()
    return field.words.get(text, grammar.number(text) if field.is_quantity else text or grammar.empty)


def _date_clauses(grammar: Grammar, field: Day, filter_: FilterValues) -> list[str]:
    found: list[str] = []
    for name, value in filter_.items():
        if name == "isNull" and value is not None:
            found.append(field.blank[not value])
        elif value is not None:
            found.append(f"{field.not_on if name == 'ne' else field.on} {_date_adverb(grammar, name, value)}")
    return found


def _date_adverb(grammar: Grammar, name: str, value: Any) -> str:
    dates = grammar.dates
    if name in ("last", "next"):
        one, many = (dates.last if name == "last" else dates.next)[value["unit"]]
        return one if value["count"] == 1 else many.format(grammar.number(value["count"]))
    if name in ("current", "previous"):
        return (dates.current if name == "current" else dates.previous)[value]
    if name in ("past", "future"):
        return (dates.past if name == "past" else dates.future)[not value]
    return dates.compared[name].format(dates.day(dt.date.fromisoformat(value)))


def _count_clauses(grammar: Grammar, filter_: FilterValues) -> list[str]:
    """A clause for each condition on the number, all about the same kind of interactions."""
    where = dict(filter_.get("where") or {})
    flow = where.get("informationFlow") or {}
    flow = where.pop("informationFlow")["eq"] if list(flow) == ["eq"] and flow["eq"] else None
    days = {name: value for name, value in (where.get("date") or {}).items() if value is not None}
    adverbs = []
    if days and not days.keys() & {"ne", "isNull"}:
        adverbs = [_date_adverb(grammar, name, value) for name, value in where.pop("date").items() if value is not None]
    clauses = _clauses(grammar, _fields(InteractionLogEntryFilter, grammar.language), grammar.interactions, where)
    kind = " ".join([*adverbs, *([f"({grammar.and_.join(clauses)})"] if clauses else [])])
    counts = {name: value for name, value in filter_["count"].items() if value is not None}
    return [f"{_count_clause(grammar, name, value, flow)} {kind}".rstrip() for name, value in counts.items()]


def _count_clause(grammar: Grammar, name: str, value: Any, flow: str | None) -> str:
    counted = grammar.counted
    none = (name, value) in (("eq", 0), ("lt", 1), ("lte", 0))
    some = (name, value) in (("gt", 0), ("gte", 1), ("ne", 0))
    several = name == "isNull" or not (none or some or value == 1)
    noun = counted.noun[several]
    adjective = "" if flow is None else counted.flows[flow][several]
    what = " ".join(noun.format(adjective).split())
    if none:
        return f"{counted.had_none} {counted.none} {what}"
    if some:
        return f"{counted.had} {counted.at_least_one} {what}"
    if name == "isNull":
        name, value = ("unknown" if value else "known"), ""
    quantity = Noun("", is_quantity=True)
    numbers = (
        _one_of(grammar, quantity, value, counted.more) if isinstance(value, list) else _value(grammar, quantity, value)
    )
    how_many = (counted.quantities["eq" if name == "ne" else name]).format(numbers)
    if value == []:
        how_many = counted.quantities["impossible"]
    return f"{counted.had_not if name == 'ne' else counted.had} {how_many}{'' if how_many.endswith('’') else ' '}{what}"
