"""Empty parts in a filter of a mutation are refused with their path, and nothing changes (K26); through HTTP, on both
databases.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_required_input_field,
)
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from persistence.database import Database
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.api import Api
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH

Path = tuple[str | int, ...]


class EnumName(str):
    """The name of an enum value, which has quotation marks in JSON but not in a document."""


class Variable(str):
    """The name of a variable in a document."""


def as_graphql(value: Any) -> str:
    """A value in the syntax of GraphQL."""
    if isinstance(value, EnumName):
        return value
    if isinstance(value, Variable):
        return f"${value}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {as_graphql(inside)}" for name, inside in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_graphql, value)) + "]"
    return json.dumps(value)


MUTATIONS = GRAPH.mutation_type
assert MUTATIONS is not None
DELETE = "mutation($v: String) { deleteCanceledInteractions(input: {filter: {contactNo: {eq: $v}}}) { deleted userErrors { code } } }"
KNOWN = {"segmentNo": "SM1", "loggedSegmentEntryNo": 1}
"""Values of minimal inputs that exist, so that a mutation would change something if it were not refused."""


def paths_of_filters(type_: GraphQLInputType, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The paths of filters in an input, and their types."""
    named = get_named_type(type_)
    if named.name.endswith("Filter"):
        yield path, named.name
    elif isinstance(named, GraphQLInputObjectType):
        for name, field in named.fields.items():
            of_list: Path = (0,) if isinstance(get_nullable_type(field.type), GraphQLList) else ()
            yield from paths_of_filters(field.type, (*path, name, *of_list))


PLACES = [
    (name, *way) for name, field in MUTATIONS.fields.items() for way in paths_of_filters(field.args["input"].type)
]


def minimal_input(mutation: str, path: Path, filter_: Any) -> dict[str, Any]:
    """The smallest input of a mutation with this filter at this path."""
    assert MUTATIONS is not None
    return dict(_minimal(MUTATIONS.fields[mutation].args["input"].type, path, filter_))


def _minimal(type_: GraphQLInputType, path: Path, filter_: Any, name: str = "") -> Any:
    if path == ():
        return filter_
    if path[0] == 0:
        of_list = get_nullable_type(type_)
        assert isinstance(of_list, GraphQLList)
        return [_minimal(of_list.of_type, path[1:], filter_)]
    named: Any = get_named_type(type_)
    return {
        each: _minimal(field.type, path[1:], filter_) if each == path[0] else _plain(each, field.type)
        for each, field in named.fields.items()
        if each == path[0] or is_required_input_field(field)
    }


def _plain(name: str, type_: GraphQLInputType) -> Any:
    named: Any = get_named_type(type_)
    if named.name in EXAMPLES:
        return KNOWN.get(name, EXAMPLES[named.name])
    return EnumName(next(iter(named.values)))


EXAMPLES: dict[str, Any] = {"String": "P01", "Int": 1, "Boolean": True, "Date": "2026-03-18", "Decimal": "1.50"}


@pytest.fixture
def rows(api: Api, database: Database, loop: asyncio.AbstractEventLoop) -> Callable[[], Any]:
    """Every row of every table of the small company, which `api` serves."""
    loop.run_until_complete(database.writing(build))

    def read(session: Session) -> Any:
        return {
            table.name: sorted(map(repr, session.execute(select(table)))) for table in SQLModel.metadata.sorted_tables
        }

    return lambda: loop.run_until_complete(database.querying(read))


def document(mutation: str, input_: Any, declared: str = "", selection: str = "__typename") -> str:
    return f"mutation{f'({declared})' if declared else ''} {{ {mutation}(input: {as_graphql(input_)}) {{ {selection} userErrors {{ code }} }} }}"


def refused_at(api: Api, text: str, variables: dict[str, Any] | None = None) -> list[str]:
    """The paths that the messages of a refused request name. Nothing was executed."""
    answer = api.post(text, variables).json()
    assert "data" not in answer, (text, variables, answer)
    for error in answer["errors"]:
        assert error["extensions"]["code"] == "BAD_USER_INPUT", (text, error)
        first, *more = error["extensions"]["path"]
        named = first + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in more)
        assert error["message"].startswith(f"`{named}` "), error
        assert len(error["path"]) == len(error["locations"]) == 1
    return [error["message"].split("`")[1] for error in answer["errors"]]


def test_every_mutation_with_a_filter_is_tested() -> None:
    """The paths come from the schema, so that a new mutation is tested too."""
    assert {name for name, *_ in PLACES} == {
        "addSegmentContacts",
        "createFollowUpSegment",
        "deleteCanceledCampaignEntries",
        "deleteCanceledInteractions",
        "evaluateInteractions",
        "removeSegmentContacts",
        "removeSegmentLines",
        "setInteractionsCanceled",
        "snoozePostponedInteractions",
        "updateSegmentLines",
    }


def test_a_missing_variable_anywhere_in_a_filter_is_refused_k26(api: Api, rows: Callable[[], Any]) -> None:
    before = rows()
    for mutation, path, type_ in PLACES:
        named = next(name for name in ("entryNo", "contactNo", "campaignNo", "no") if name in fields_of(type_))
        beside = {"contactNo": {"eq": "P01"}} if "contactNo" in fields_of(type_) else {}
        kind = "Int" if named == "entryNo" else "String"
        where = "input." + ".".join(str(step) for step in path).replace(".0.", "[0].")
        for filter_, place in (
            ({named: {"eq": Variable("v")}}, f".{named}.eq"),
            ({named: {"ne": EXAMPLES[kind], "eq": Variable("v")}}, f".{named}.eq"),
            (
                {"and": [{named: {"eq": EXAMPLES[kind]}}, {"not": {named: {"eq": Variable("v")}}}]},
                f".and[1].not.{named}.eq",
            ),
            ({named: {"in": Variable("list")}}, f".{named}.in"),
            ({named: {"in": [EXAMPLES[kind], Variable("v")]}}, f".{named}.in[1]"),
            (beside | {named: Variable("part")}, f".{named}"),
            (Variable("filter"), ""),
        ):
            if "and" in filter_ and "and" not in fields_of(type_):
                continue
            declared = {
                "v": f"$v: {kind}",
                "list": f"$list: [{kind}!]",
                "part": f"$part: {kind}Filter",
                "filter": f"$filter: {type_}",
            }
            text = document(
                mutation,
                minimal_input(mutation, path, filter_),
                next(d for v, d in declared.items() if f"${v}" in as_graphql(filter_)),
            )
            assert refused_at(api, text) == [where + place], text
    assert rows() == before


def fields_of(type_: str) -> Any:
    found: Any = GRAPH.type_map[type_]
    return found.fields


HOLES: list[tuple[Any, str]] = [
    ({}, ""),
    (None, ""),
    ({"contactNo": {}}, ".contactNo"),
    ({"contactNo": None}, ".contactNo"),
    ({"contactNo": {"eq": None}}, ".contactNo.eq"),
    ({"contactNo": {"eq": "P01", "ne": None}}, ".contactNo.ne"),
    ({"contactNo": {"in": []}}, ".contactNo.in"),
    ({"contactNo": {"in": [None]}}, ".contactNo.in[0]"),
    ({"and": []}, ".and"),
    ({"or": []}, ".or"),
    ({"and": [{}]}, ".and[0]"),
    ({"and": {}}, ".and"),
    ({"or": [{"canceled": True}, None]}, ".or[1]"),
    ({"not": {}}, ".not"),
    ({"not": {"not": {"canceled": None}}}, ".not.not.canceled"),
    ({"dayOfWeek": []}, ".dayOfWeek"),
    ({"canceled": True, "date": {"last": None}}, ".date.last"),
    ({"date": {"last": {"count": None, "unit": EnumName("DAY")}}}, ".date.last.count"),
    ({"contact": {"interactions": {"count": {}}}}, ".contact.interactions.count"),
    ({"contact": {"interactions": {}}}, ".contact.interactions"),
    ({"contact": {"interactions": {"count": {"gt": 0}, "where": {}}}}, ".contact.interactions.where"),
    ({"description": {"contains": ""}}, ".description.contains"),
    ({"contactNo": {"startsWith": " \t"}}, ".contactNo.startsWith"),
]


@pytest.mark.parametrize("mutation", ["evaluateInteractions", "createFollowUpSegment"])
def test_empty_parts_are_refused_in_documents_and_in_variables_k26(
    api: Api, rows: Callable[[], Any], mutation: str
) -> None:
    before = rows()
    path = next(path for name, path, _ in PLACES if name == mutation)
    where = ".".join(("input", *map(str, path)))
    type_ = mutation[0].upper() + mutation[1:] + "Input"
    for filter_, place in HOLES:
        input_ = minimal_input(mutation, path, filter_)
        assert refused_at(api, document(mutation, input_)) == [where + place]
        assert refused_at(api, document(mutation, Variable("i"), f"$i: {type_}!"), {"i": input_}) == [where + place]
        of_its_own = document(mutation, minimal_input(mutation, path, Variable("f")), "$f: InteractionLogEntryFilter!")
        assert refused_at(api, of_its_own, {"f": filter_}) == [where + place]
        by_default = document(mutation, Variable("i"), f"$i: {type_}! = {as_graphql(input_)}")
        assert refused_at(api, by_default) == [where + place]
    assert rows() == before


def test_a_default_value_replaces_a_missing_variable(api: Api, rows: Callable[[], Any]) -> None:
    input_ = {"interactions": {"filter": {"contactNo": {"eq": Variable("v")}}}, "evaluation": None, "dryRun": True}
    text = document("evaluateInteractions", input_, '$v: String = "P01"', "matched")
    matched = api.execute(text)["evaluateInteractions"]["matched"]

    assert 0 < matched < api.execute("{ interactionLogEntries { totalCount } }")["interactionLogEntries"]["totalCount"]
    assert refused_at(api, text, {"v": None}) == ["input.interactions.filter.contactNo.eq"]
    null = document("evaluateInteractions", input_, "$v: String = null", "matched")
    assert refused_at(api, null) == ["input.interactions.filter.contactNo.eq"]
    assert api.execute(null, v="P01")["evaluateInteractions"]["matched"] == matched


def test_one_refused_field_prevents_all_others_and_each_fault_is_reported(api: Api, rows: Callable[[], Any]) -> None:
    before = rows()
    text = """mutation($v: String, $f: ContactFilter) {
        a: evaluateInteractions(input: {interactions: {all: true}, evaluation: NEUTRAL}) { matched }
        ...Rest
    }
    fragment Rest on Mutation {
        ... on Mutation { b: removeSegmentLines(input: {segmentNo: "SM1", lines: {filter: {contactNo: {eq: $v}, contact: $f}}}) { removed } }
        c: deleteCanceledInteractions(input: {filter: {}}) { deleted }
    }"""

    assert sorted(refused_at(api, text)) == [
        "input.filter",
        "input.lines.filter.contact",
        "input.lines.filter.contactNo.eq",
    ]
    assert sorted({error["path"][0] for error in api.post(text).json()["errors"]}) == ["b", "c"]
    assert rows() == before


def test_a_skipped_field_is_not_refused(api: Api, rows: Callable[[], Any]) -> None:
    text = """mutation($v: String, $no: Boolean!) {
        a: deleteCanceledInteractions(input: {filter: {contactNo: {eq: $v}}}) @include(if: $no) { deleted }
        ... on Mutation @include(if: $no) { b: deleteCanceledInteractions(input: {filter: {}}) { deleted } }
        ...F @include(if: $no)
        c: evaluateInteractions(input: {interactions: {entryNos: []}, evaluation: NEUTRAL}) { matched }
    }
    fragment F on Mutation { d: deleteCanceledInteractions(input: {filter: {and: []}}) @skip(if: false) { deleted } }"""

    assert api.execute(text, no=False) == {"c": {"matched": 0}}
    assert len(refused_at(api, text, {"no": True})) == 3
    assert len(refused_at(api, text.replace("$no: Boolean!", "$no: Boolean! = true"))) == 3


def test_the_fast_path_and_default_execution_refuse_empty_filters_alike(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    engines = [Engine(GRAPH, database, default_execution=plain) for plain in (False, True)]
    bodies = [loop.run_until_complete(engine.answer(GraphQLRequest(DELETE), Caller())).body for engine in engines]

    assert bodies[0] == bodies[1]
    assert b"BAD_USER_INPUT" in bodies[0]


def test_only_mutations_with_filters_are_checked(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    engine = Engine(GRAPH, database)
    create = "mutation { createInteraction(input: {interaction: {}}) { userErrors { code } } }"
    for text, has_filters in ((create, False), (DELETE, True)):
        loop.run_until_complete(engine.answer(GraphQLRequest(text), Caller()))

        assert engine.parse(text).operation(None).has_filters is has_filters
