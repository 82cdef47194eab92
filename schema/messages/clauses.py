"""From a filter to clauses: "whose city is Nantes", "that had no outbound interaction in the last 90 days"."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from schema.contacts.filters import ContactFilter
from schema.execution.graphql_internals import fields_of
from schema.interactions.filters import InteractionLogEntryFilter
from schema.messages.grammar import Combined, Day, Field, Flag, Interactions, ItsContact, Noun, Tongue

SHOWN = 10
"""So many values of a list are named."""

Asked = Mapping[str, Any]


def of_contacts(tongue: Tongue, asked: Asked) -> list[str]:
    """A clause for each thing that a ContactFilter asks, all of which must hold; none if it asks nothing."""
    return _clauses(tongue, _fields(ContactFilter, tongue.language), tongue.contacts, asked)


@cache
def _fields(filter_type: type, language: str) -> Mapping[str, Field]:
    """How conditions on each field of a filter are expressed in a language, `EN` or `FR`."""
    return {
        name: field.metadata["phrases"][language]
        for name, field in fields_of(filter_type).items()
        if "phrases" in field.metadata
    }


def _clauses(tongue: Tongue, fields: Mapping[str, Field], combined: Combined, asked: Asked) -> list[str]:
    found: list[str] = []
    for name, value in asked.items():
        if value is None:
            continue
        if name == "and":
            found += [clause for inside in value for clause in _clauses(tongue, fields, combined, inside)]
        elif name == "or":
            found.append(_any_of(tongue, fields, combined, value))
        elif name == "not":
            denied = tongue.and_.join(_clauses(tongue, fields, combined, value))
            found.append(combined.not_among.format(denied) if denied else combined.nothing)
        else:
            found += _said(tongue, fields[name], value)
    return found


def _any_of(tongue: Tongue, fields: Mapping[str, Field], combined: Combined, asked: Sequence[Asked]) -> str:
    ways = [tongue.and_.join(_clauses(tongue, fields, combined, inside)) or combined.anything for inside in asked]
    if len(ways) < 2:
        return ways[0] if ways else combined.nothing
    return f"({tongue.or_.join(ways)})"


def _said(tongue: Tongue, field: Field, value: Any) -> list[str]:
    if isinstance(field, Flag):
        return [field.yes if value else field.no]
    if isinstance(field, ItsContact):
        clauses = of_contacts(tongue, value)
        return [field.clause.format(tongue.and_.join(clauses)) if clauses else field.any]
    if isinstance(field, Interactions):
        return _counted(tongue, value)
    if isinstance(field, Day):
        return _days(tongue, field, value)
    return _compared(tongue, field, {"in": value} if isinstance(value, list) else value)


def _compared(tongue: Tongue, field: Noun, asked: Asked) -> list[str]:
    found: list[str] = []
    for name, value in asked.items():
        if value is None:
            continue
        if name == "isNull":
            whole = field.blank
            found.append(whole[not value] if whole else tongue.whose.format(field.noun, tongue.blank[not value]))
            continue
        phrases = {**tongue.compared, **tongue.text_compared} if field.is_text else tongue.compared
        more = tongue.more[field.feminine]
        said = _one_of(tongue, field, value, more) if name == "in" else _value(tongue, field, value)
        predicate = tongue.of_no_list if value == [] else phrases[name].format(said, e="e" if field.feminine else "")
        found.append(tongue.whose.format(field.noun, predicate))
    return found


def _one_of(tongue: Tongue, field: Noun, values: Sequence[Any], more: tuple[str, str]) -> str:
    shown = [_value(tongue, field, value) for value in values[:SHOWN]]
    others_left = len(values) - SHOWN
    if others_left > 0:
        shown.append(more[others_left > 1].format(tongue.number(others_left)))
    *others, last = shown or [""]
    return tongue.or_.join([", ".join(others), last]) if others else last


def _value(tongue: Tongue, field: Noun, value: Any) -> str:
    text = str(value).strip()
    return field.words.get(text, tongue.number(text) if field.is_quantity else text or tongue.empty)


def _days(tongue: Tongue, field: Day, asked: Asked) -> list[str]:
    found: list[str] = []
    for name, value in asked.items():
        if name == "isNull" and value is not None:
            found.append(field.blank[not value])
        elif value is not None:
            found.append(f"{field.not_on if name == 'ne' else field.on} {_when(tongue, name, value)}")
    return found


def _when(tongue: Tongue, name: str, value: Any) -> str:
    dates = tongue.dates
    if name in ("last", "next"):
        one, many = (dates.last if name == "last" else dates.next)[value["unit"]]
        return one if value["count"] == 1 else many.format(tongue.number(value["count"]))
    if name in ("current", "previous"):
        return (dates.current if name == "current" else dates.previous)[value]
    if name in ("past", "future"):
        return (dates.past if name == "past" else dates.future)[not value]
    return dates.compared[name].format(dates.day(dt.date.fromisoformat(value)))


def _counted(tongue: Tongue, asked: Asked) -> list[str]:
    """A clause for each condition on the number, all about the same kind of interactions."""
    where = dict(asked.get("where") or {})
    flow = where.get("informationFlow") or {}
    flow = where.pop("informationFlow")["eq"] if list(flow) == ["eq"] and flow["eq"] else None
    days = {name: value for name, value in (where.get("date") or {}).items() if value is not None}
    adverbs = []
    if days and not days.keys() & {"ne", "isNull"}:
        adverbs = [_when(tongue, name, value) for name, value in where.pop("date").items() if value is not None]
    clauses = _clauses(tongue, _fields(InteractionLogEntryFilter, tongue.language), tongue.interactions, where)
    kind = " ".join([*adverbs, *([f"({tongue.and_.join(clauses)})"] if clauses else [])])
    counts = {name: value for name, value in asked["count"].items() if value is not None}
    return [f"{_quantity(tongue, name, value, flow)} {kind}".rstrip() for name, value in counts.items()]


def _quantity(tongue: Tongue, name: str, value: Any, flow: str | None) -> str:
    counted = tongue.counted
    none = (name, value) in (("eq", 0), ("lt", 1), ("lte", 0))
    some = (name, value) in (("gt", 0), ("gte", 1), ("ne", 0))
    several = name == "isNull" or not (none or some or value == 1)
    thing = counted.thing[several]
    adjective = "" if flow is None else counted.flows[flow][several]
    what = " ".join(thing.format(adjective).split())
    if none:
        return f"{counted.had_none} {counted.none} {what}"
    if some:
        return f"{counted.had} {counted.at_least_one} {what}"
    if name == "isNull":
        name, value = ("unknown" if value else "known"), ""
    quantity = Noun("", is_quantity=True)
    numbers = (
        _one_of(tongue, quantity, value, counted.more) if isinstance(value, list) else _value(tongue, quantity, value)
    )
    how_many = (counted.quantities["eq" if name == "ne" else name]).format(numbers)
    if value == []:
        how_many = counted.quantities["impossible"]
    return f"{counted.had_not if name == 'ne' else counted.had} {how_many}{'' if how_many.endswith('’') else ' '}{what}"
