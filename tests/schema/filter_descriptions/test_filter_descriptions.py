"""Descriptions of filters: every field and every comparison is described in both languages."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_nullable_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.filter_descriptions.steps import COLUMNS, OPTIONS, sentence
from schema.root import schema
from tests.schema.queries import _Writer

TYPES: Any = schema._schema.type_map
LEAVES: dict[str, Any] = {"String": "Nantes", "Int": 3, "Boolean": True, "Date": "2026-03-01", "Decimal": "12.50"}


def values(type_: Any, depth: int = 0) -> Iterator[Any]:
    """Examples of a type: for an input type one for each field, for an enum or Boolean every value."""
    type_ = get_nullable_type(type_)
    if isinstance(type_, GraphQLList):
        inside = list(values(type_.of_type, depth + 1))
        yield from ([], inside[:1], inside[:12])
    elif isinstance(type_, GraphQLInputObjectType):
        needed = {
            name: next(values(field.type, depth))
            for name, field in type_.fields.items()
            if isinstance(field.type, GraphQLNonNull)
        }
        if needed:
            yield needed
        for name, field in type_.fields.items() if depth < 4 else ():
            yield from ({**needed, name: value} for value in values(field.type, depth + 1))
        yield {} | needed
    elif isinstance(type_, GraphQLEnumType):
        yield from type_.values
    else:
        yield LEAVES[type_.name]
        if type_.name == "Boolean":
            yield False


def has_condition(name: str, value: Any) -> bool:
    """Whether a field of a filter has a condition: `{}` and an empty `and` have none."""
    if name == "and":
        return any(has_condition(inner, inside) for part in value for inner, inside in part.items())
    if isinstance(value, dict) and name != "not":
        return any(
            has_condition(inner, inside)
            for inner, inside in value.items()
            if not (name == "interactions" and inner == "where")
        )
    return True


def described(filter: Any, **step: Any) -> tuple[str, str]:
    columns = dict.fromkeys(COLUMNS) | {"filter": filter} | step
    return sentence(columns, "EN"), sentence(columns, "FR")


@pytest.mark.parametrize("name", list(TYPES["ContactFilter"].fields))
def test_every_field_and_every_comparison_of_a_filter_is_described_in_both_languages(name: str) -> None:
    for value in values(TYPES["ContactFilter"].fields[name].type):
        english, french = described({name: value})
        assert not has_condition(name, value) or english not in ("All contacts", "Contacts "), value
        assert english != french
        assert not any(mark in english + french for mark in "{}_"), (english, french)


@pytest.mark.parametrize("name", list(TYPES["InteractionLogEntryFilter"].fields))
def test_every_field_of_a_filter_of_interactions_changes_the_description(name: str) -> None:
    bare = described({"interactions": {"count": {"gte": 1}}})
    for value in values(TYPES["InteractionLogEntryFilter"].fields[name].type, 2):
        both = described({"interactions": {"count": {"gte": 1}, "where": {name: value}}})
        assert not has_condition(name, value) or all(words != plain for words, plain in zip(both, bare, strict=True)), (
            value
        )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_filter_is_described(data: st.DataObject) -> None:
    asked = _Writer(data.draw).input(TYPES["ContactFilter"], 0)

    assert all(described(asked))


@pytest.mark.parametrize(
    ("filter", "english", "french"),
    [
        ({}, "All contacts", "Tous les contacts"),
        (
            {
                "city": {"eq": "Nantes"},
                "interactions": {
                    "count": {"eq": 0},
                    "where": {"informationFlow": {"eq": "OUTBOUND"}, "date": {"last": {"count": 90, "unit": "DAY"}}},
                },
            },
            "Contacts whose city is Nantes and that had no outbound interaction in the last 90 days",
            "Contacts dont la ville est Nantes et qui n’ont eu aucune interaction sortante au cours des 90 derniers jours",
        ),
        (
            {"or": [{"city": {"in": ["Nantes", "Rennes", "Brest"]}}, {"not": {"email": {"isNull": False}}}]},
            "Contacts (whose city is Nantes, Rennes or Brest or that are not among those (with e-mail))",
            "Contacts (dont la ville est Nantes, Rennes ou Brest ou qui ne sont pas parmi ceux (avec une adresse courriel))",
        ),
        (
            {
                "interactions": {
                    "count": {"gt": 2, "lte": 5},
                    "where": {"evaluation": {"eq": "VERY_POSITIVE"}, "cost": {"gte": "12.50"}},
                }
            },
            "Contacts that had more than 2 interactions (whose evaluation is very positive and whose cost is 12.50 or more) and "
            "that had at most 5 interactions (whose evaluation is very positive and whose cost is 12.50 or more)",
            "Contacts qui ont eu plus de 2 interactions (dont l’évaluation est très positive et dont le coût est 12,50 ou plus) et "
            "qui ont eu au plus 5 interactions (dont l’évaluation est très positive et dont le coût est 12,50 ou plus)",
        ),
        (
            {"homePage": {"contains": "café"}, "not": {"homePage": {"isNull": True}}},
            "Contacts whose home page contains “café” and that are not among those (without a home page)",
            "Contacts dont la page d’accueil contient «\u00a0café\u00a0» et qui ne sont pas parmi ceux (sans page d’accueil)",
        ),
        (
            {"dateOfLastInteraction": {"lt": "2026-03-01"}, "name": {"contains": "é"}, "excludeFromSegment": False},
            "Contacts whose last interaction was before 1 March 2026 and whose name contains “é” and that are not excluded from segments",
            "Contacts dont la dernière interaction a eu lieu avant le 1er mars 2026 et dont le nom contient «\u00a0é\u00a0» et "
            "qui ne sont pas exclus des segments",
        ),
        (
            {"interactions": {"count": {"ne": 3}, "where": {"informationFlow": {"eq": "INBOUND"}}}},
            "Contacts that did not have exactly 3 inbound interactions",
            "Contacts qui n’ont pas eu exactement 3 interactions entrantes",
        ),
        (
            {"interactions": {"count": {"isNull": True}, "where": {"informationFlow": {"eq": "INBOUND"}}}},
            "Contacts that had an unknown number of inbound interactions",
            "Contacts qui ont eu un nombre inconnu d’interactions entrantes",
        ),
        (
            {
                "interactions": {
                    "count": {"in": list(range(1, 15))},
                    "where": {"canceled": True, "duration": {"gt": 14000}},
                }
            },
            "Contacts that had 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 or one of 4 other numbers of interactions (marked as canceled and whose "
            "duration in minutes is more than 14,000)",
            "Contacts qui ont eu 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ou l’un des 4 autres nombres d’interactions (annulées et dont la durée en "
            "minutes est supérieure à 14\u00a0000)",
        ),
        (
            {"city": {"in": [f"V{number}" for number in range(1, 12)]}, "correspondenceType": {"eq": "EMAIL"}},
            "Contacts whose city is V1, V2, V3, V4, V5, V6, V7, V8, V9, V10 or one more and whose correspondence type is e-mail",
            "Contacts dont la ville est V1, V2, V3, V4, V5, V6, V7, V8, V9, V10 ou une autre et dont le type de correspondance est le "
            "courriel",
        ),
    ],
)
def test_filters_read_like_sentences(filter: Any, english: str, french: str) -> None:
    assert described(filter) == (english, french)


def test_long_lists_are_cut_and_options_are_described() -> None:
    numbers = {"no": {"in": [f"C{number}" for number in range(1, 15)]}}

    assert described(numbers)[0] == "Contacts whose number is C1, C2, C3, C4, C5, C6, C7, C8, C9, C10 or one of 4 more"
    assert described(numbers)[1].endswith("C10 ou l’un des 4 autres")
    plain = described({})
    for option in OPTIONS:
        assert all(
            words.startswith(bare) and words != bare
            for words, bare in zip(described({}, **{option: True}), plain, strict=True)
        )
    assert described(numbers, by_number=True, ignore_exclusion=True, allow_existing_contacts=True) == described(numbers)
    assert described(None, logged_segment_entry_no=5) == (
        "Contacts of logged segment 5",
        "Contacts du segment journalisé 5",
    )
