"""What asks nothing in a filter of a mutation is refused with its path, and nothing changes (K26); through HTTP, on both databases."""

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
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from persistence.database import Database
from persistence.segment_steps import SavedSegmentCriteria, SavedSegmentStep
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.api import Api
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH
from tests.soaking import chance

Path = tuple[str | int, ...]


class Word(str):
    """A word of a vocabulary: JSON has it in quotation marks, a document has not."""


class Variable(str):
    """A variable that stands in a document."""


def written(value: Any) -> str:
    """A value as it stands in a document."""
    if isinstance(value, Word):
        return value
    if isinstance(value, Variable):
        return f"${value}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(inside)}" for name, inside in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


MUTATIONS = GRAPH.mutation_type
assert MUTATIONS is not None
KNOWN = {"segmentNo": "SM1", "loggedSegmentEntryNo": 1}
"""What minimal inputs say, so that a mutation that were not refused would find something to do."""


def ways(type_: GraphQLInputType, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where filters stand in an input, and their types."""
    named = get_named_type(type_)
    if named.name.endswith("Filter"):
        yield path, named.name
    elif isinstance(named, GraphQLInputObjectType):
        for name, field in named.fields.items():
            of_list: Path = (0,) if isinstance(get_nullable_type(field.type), GraphQLList) else ()
            yield from ways(field.type, (*path, name, *of_list))


PLACES = [(name, *way) for name, field in MUTATIONS.fields.items() for way in ways(field.args["input"].type)]


def asked(mutation: str, path: Path, filter_: Any) -> dict[str, Any]:
    """The least input of a mutation that has this filter at this place."""
    assert MUTATIONS is not None
    return dict(_least(MUTATIONS.fields[mutation].args["input"].type, path, filter_))


def _least(type_: GraphQLInputType, path: Path, filter_: Any, name: str = "") -> Any:
    if path == ():
        return filter_
    if path[0] == 0:
        of_list = get_nullable_type(type_)
        assert isinstance(of_list, GraphQLList)
        return [_least(of_list.of_type, path[1:], filter_)]
    named: Any = get_named_type(type_)
    return {
        each: _least(field.type, path[1:], filter_) if each == path[0] else _plain(each, field.type)
        for each, field in named.fields.items()
        if each == path[0] or is_required_input_field(field)
    }


def _plain(name: str, type_: GraphQLInputType) -> Any:
    named: Any = get_named_type(type_)
    if named.name in EXAMPLES:
        return KNOWN.get(name, EXAMPLES[named.name])
    return Word(next(iter(named.values)))


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
    return f"mutation{f'({declared})' if declared else ''} {{ {mutation}(input: {written(input_)}) {{ {selection} userErrors {{ code }} }} }}"


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
    """Whoever adds one sees here that it is checked, too: the places come from the schema."""
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
                asked(mutation, path, filter_),
                next(d for v, d in declared.items() if f"${v}" in written(filter_)),
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
    ({"date": {"last": {"count": None, "unit": Word("DAY")}}}, ".date.last.count"),
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
        input_ = asked(mutation, path, filter_)
        assert refused_at(api, document(mutation, input_)) == [where + place]
        assert refused_at(api, document(mutation, Variable("i"), f"$i: {type_}!"), {"i": input_}) == [where + place]
        of_its_own = document(mutation, asked(mutation, path, Variable("f")), "$f: InteractionLogEntryFilter!")
        assert refused_at(api, of_its_own, {"f": filter_}) == [where + place]
        by_default = document(mutation, Variable("i"), f"$i: {type_}! = {written(input_)}")
        assert refused_at(api, by_default) == [where + place]
    assert rows() == before


def test_a_default_value_replaces_a_missing_variable(api: Api, rows: Callable[[], Any]) -> None:
    input_ = {"interactions": {"filter": {"contactNo": {"eq": Variable("v")}}}, "evaluation": None, "dryRun": True}
    text = document("evaluateInteractions", input_, '$v: String = "P01"', "matched")
    matched = api.ask(text)["evaluateInteractions"]["matched"]

    assert 0 < matched < api.ask("{ interactionLogEntries { totalCount } }")["interactionLogEntries"]["totalCount"]
    assert refused_at(api, text, {"v": None}) == ["input.interactions.filter.contactNo.eq"]
    null = document("evaluateInteractions", input_, "$v: String = null", "matched")
    assert refused_at(api, null) == ["input.interactions.filter.contactNo.eq"]
    assert api.ask(null, v="P01")["evaluateInteractions"]["matched"] == matched


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

    assert api.ask(text, no=False) == {"c": {"matched": 0}}
    assert len(refused_at(api, text, {"no": True})) == 3
    assert len(refused_at(api, text.replace("$no: Boolean!", "$no: Boolean! = true"))) == 3


def test_all_true_selects_all_rows_and_excludes_other_members_k26(api: Api, rows: Callable[[], Any]) -> None:
    log = api.ask(
        "{ interactionLogEntries { totalCount } struck: interactionLogEntries(filter: {canceled: true}) { totalCount } }"
    )
    every, struck = log["interactionLogEntries"]["totalCount"], log["struck"]["totalCount"]
    waiting = api.ask("{ postponedInteractions { totalCount } }")["postponedInteractions"]["totalCount"]
    contacts = api.ask("{ contacts { totalCount } }")["contacts"]["totalCount"]
    entries = api.ask("{ campaignEntries(filter: {canceled: true}) { totalCount } }")["campaignEntries"]["totalCount"]
    trials: list[tuple[str, str, str, int]] = [
        ("evaluateInteractions", "interactions: {%s}, evaluation: NEUTRAL, dryRun: true", "matched", every),
        ("setInteractionsCanceled", "interactions: {%s}, canceled: true, dryRun: true", "matched", every),
        ("addSegmentContacts", 'segmentNo: "SM2", from: {%s}, dryRun: true', "matched", contacts),
        (
            "updateSegmentLines",
            'segmentNo: "SM1", changes: [{lines: {%s}, set: {subject: "x"}}], dryRun: true',
            "matched",
            7,
        ),
        ("removeSegmentLines", 'segmentNo: "SM1", lines: {%s}', "removed", 7),
        ("snoozePostponedInteractions", 'postponed: {%s}, until: "9999-01-01"', "changed", waiting),
        ("deleteCanceledCampaignEntries", "%s, dryRun: true", "deleted", entries),
        ("deleteCanceledInteractions", "%s", "deleted", struck),
    ]
    before = rows()
    for name, input_, count, _ in trials:
        other = (
            "entryNos: [1]"
            if "interactions" in input_ or "postponed" in input_
            else "lineNos: [1]"
            if "lines" in input_
            else ('contactNos: ["P01"]' if "from" in input_ else 'filter: {campaignNo: {eq: "CP1"}}')
        )
        for wrong in ("all: false", "all: null", f"all: true, {other}", "all: $v", "all: true, filter: $f"):
            type_ = next(type_ for mutation, _, type_ in PLACES if mutation == name)
            declared = "$v: Boolean" if "$v" in wrong else f"$f: {type_}" if "$f" in wrong else ""
            text = (
                f"mutation{f'({declared})' if declared else ''} {{ {name}(input: {{{input_ % wrong}}}) {{ {count} }} }}"
            )
            assert all(place.startswith("input") for place in refused_at(api, text)), text
    assert rows() == before
    for name, input_, count, number in trials:
        assert number > 0
        told = api.ask(
            f"mutation {{ {name}(input: {{{input_ % 'all: true'}}}) {{ {count} userErrors {{ code message }} }} }}"
        )[name]
        assert told == {count: number, "userErrors": []}, name


def test_a_selection_with_no_or_two_members_is_refused_in_variables_too(api: Api, rows: Callable[[], Any]) -> None:
    before = rows()
    text = document("removeSegmentLines", Variable("i"), "$i: RemoveSegmentLinesInput!")
    one = {"lineNo": {"eq": 1}}
    for lines in ({}, {"lineNos": [1], "filter": one}, {"all": True, "filter": one}):
        assert refused_at(api, text, {"i": {"segmentNo": "SM1", "lines": lines}}) == ["input.lines"]
    assert refused_at(api, text, {"i": {"segmentNo": "SM1", "lines": {"lineNos": None}}}) == ["input.lines.lineNos"]
    assert refused_at(api, text, {"i": {"segmentNo": "SM1", "lines": None}}) == ["input.lines"]
    nullable = document(
        "removeSegmentLines",
        {"segmentNo": "SM1", "lines": {"filter": Variable("f")}},
        "$f: SegmentLineFilter = {lineNo: {eq: 1}}",
    )
    assert refused_at(api, nullable) == ["input.lines.filter"]
    assert refused_at(
        api,
        text.replace("RemoveSegmentLines", "DeleteCanceledInteractions").replace(
            "removeSegmentLines", "deleteCanceledInteractions"
        ),
        {"i": {"dryRun": True}},
    ) == ["input"]
    assert rows() == before


def test_an_omitted_filter_keeps_its_meaning(api: Api, rows: Callable[[], Any]) -> None:
    """createFollowUpSegment without one takes every contact of the logged segment."""
    text = document("createFollowUpSegment", Variable("i"), "$i: CreateFollowUpSegmentInput!", "segment { noOfLines }")
    follow_up = api.ask(text, i={"loggedSegmentEntryNo": 1})["createFollowUpSegment"]

    assert follow_up["userErrors"] == []
    assert follow_up["segment"]["noOfLines"] > 0
    assert refused_at(api, text, {"i": {"loggedSegmentEntryNo": 1, "filter": None}}) == ["input.filter"]


def test_queries_take_empty_parts_for_no_condition(api: Api, rows: Callable[[], Any]) -> None:
    every = api.ask("{ contacts { totalCount } }")
    for filter_ in (
        "null",
        "{}",
        "{no: null}",
        "{no: {eq: $v}}",
        "{and: [{}], not: null}",
        '{name: {contains: ""}}',
        "$f",
    ):
        declared = "$v: String" if "$v" in filter_ else "$f: ContactFilter" if "$f" in filter_ else "$unused: Int"
        assert (
            api.ask(
                f"query({declared}) {{ contacts(filter: {filter_}) {{ totalCount }} }}".replace("($unused: Int)", "")
            )
            == every
        )


def test_criteria_with_empty_parts_that_were_saved_before_are_reused(
    api: Api, rows: Callable[[], Any], database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    empty: dict[str, object] = {
        "no": None,
        "name": {},
        "and": [{}],
        "city": {"eq": None},
        "interactions": {"count": {"gte": 0}, "where": {}},
    }

    def save(session: Session) -> None:
        for place, filter_ in enumerate(({}, empty), start=1):
            session.add(SavedSegmentCriteria(id=90 + place, code=f"OLD{place}", description="Before", user_id="u"))
            session.flush()
            session.add(
                SavedSegmentStep(criteria_id=90 + place, step_no=1, action="ADD", filter=filter_, ignore_exclusion=True)
            )

    loop.run_until_complete(database.writing(save))
    every = api.ask("{ contacts(filter: {privacyBlocked: false}) { totalCount } }")["contacts"]["totalCount"]

    for code in ("OLD1", "OLD2"):
        segment = api.done("createSegment", {"segment": {}}, "segment { no }")["segment"]["no"]
        assert api.done("reuseSegmentCriteria", {"segmentNo": segment, "code": code}, "added")["added"] == every


def test_both_ways_of_execution_refuse_alike_and_mutations_without_filters_are_not_checked(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    text = "mutation($v: String) { deleteCanceledInteractions(input: {filter: {contactNo: {eq: $v}}}) { deleted userErrors { code } } }"
    engines = [Engine(GRAPH, database, default_execution=plain) for plain in (False, True)]
    bodies = [loop.run_until_complete(engine.answer(GraphQLRequest(text), Caller())).body for engine in engines]

    assert bodies[0] == bodies[1]
    assert b"BAD_USER_INPUT" in bodies[0]
    create = "mutation { createInteraction(input: {interaction: {}}) { userErrors { code } } }"
    loop.run_until_complete(engines[0].answer(GraphQLRequest(create), Caller()))
    assert engines[0].parse(create).operation(None).has_filters is False
    assert engines[0].parse(text).operation(None).has_filters is True


def filters(type_: GraphQLInputType, deep: int = 2) -> st.SearchStrategy[Any]:
    """Values in which every part asks something."""
    nullable = get_nullable_type(type_)
    if isinstance(nullable, GraphQLList):
        return st.lists(filters(nullable.of_type, deep), min_size=1, max_size=2)
    if isinstance(nullable, GraphQLInputObjectType):
        needed = {name for name, field in nullable.fields.items() if is_required_input_field(field)}
        flat = [name for name, field in nullable.fields.items() if deep > 0 or not is_deep(field.type)]
        chosen = st.lists(
            st.sampled_from(sorted({*flat} - needed) or sorted(needed)), min_size=1, max_size=2, unique=True
        )
        return chosen.flatmap(
            lambda names: st.fixed_dictionaries(
                {
                    name: filters(nullable.fields[name].type, deep - is_deep(nullable.fields[name].type))
                    for name in sorted({*names} | needed)
                }
            )
        )
    return values_of(nullable)


def is_deep(type_: GraphQLInputType) -> bool:
    named = get_named_type(type_)
    return isinstance(named, GraphQLInputObjectType) and any(
        name in named.fields for name in ("and", "where", "contact")
    )


def values_of(type_: Any) -> st.SearchStrategy[Any]:
    if hasattr(type_, "values"):
        return st.sampled_from([Word(name) for name in type_.values])
    examples: dict[str, list[Any]] = {
        "String": ["P01", "nobody"],
        "Int": [1, 2, 7],
        "Boolean": [True, False],
        "Date": ["2026-03-18"],
        "Decimal": ["1.5", "45.00"],
    }
    return st.sampled_from(examples[type_.name])


def parts(value: Any, type_: GraphQLInputType, path: Path = ()) -> Iterator[tuple[Path, GraphQLInputType]]:
    """Every place in a filter, itself too, with its type; also members that it does not have."""
    yield path, type_
    nullable = get_nullable_type(type_)
    if isinstance(nullable, GraphQLList):
        for place, item in enumerate(value):
            yield from parts(item, nullable.of_type, (*path, place))
    elif isinstance(nullable, GraphQLInputObjectType):
        for name, field in nullable.fields.items():
            if name in value:
                yield from parts(value[name], field.type, (*path, name))
            else:
                yield (*path, name), field.type


def with_part(value: Any, path: Path, part: Any) -> Any:
    if not path:
        return part
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        return [with_part(item, rest, part) if place == step else item for place, item in enumerate(value)]
    return value | {step: with_part(value.get(step), rest, part)}


@st.composite
def with_a_hole(draw: Any) -> tuple[str, dict[str, Any] | None, list[Any]]:
    """A document with its variables in which one part of a filter asks nothing, and the path of that part."""
    mutation, place, filter_type = draw(st.sampled_from(PLACES))
    type_: Any = GRAPH.type_map[filter_type]
    whole = draw(filters(type_))
    path, part_type = draw(st.sampled_from(list(parts(whole, type_))))
    nullable = get_nullable_type(part_type)
    holes: list[tuple[Any, Path]] = [(None, ()), (Variable("v"), ())]
    if isinstance(nullable, GraphQLList):
        holes += [([], ()), ([None], (0,))]
        if isinstance(get_named_type(nullable), GraphQLInputObjectType):
            holes.append(([{}], (0,)))
    elif isinstance(nullable, GraphQLInputObjectType):
        holes.append(({}, ()))
    hole, further = draw(st.sampled_from(holes))
    input_ = asked(mutation, place, with_part(whole, path, hole))
    where = ["input", *place, *path, *further]
    if isinstance(hole, Variable):
        return document(mutation, input_, f"$v: {nullable}"), None, where
    if draw(st.booleans()):
        return document(mutation, input_), None, where
    type_name = mutation[0].upper() + mutation[1:] + "Input"
    return document(mutation, Variable("i"), f"$i: {type_name}!"), {"i": input_}, where


def test_an_empty_part_anywhere_in_any_filter_of_any_mutation_is_refused_with_its_path_k26(
    api: Api, rows: Callable[[], Any]
) -> None:
    before = rows()

    @chance(120, 1600)
    @given(with_a_hole())
    def refused(change: tuple[str, dict[str, Any] | None, list[Any]]) -> None:
        text, variables, where = change
        answer = api.post(text, variables).json()
        assert "data" not in answer, answer
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}, answer
        assert where in [error["extensions"]["path"] for error in answer["errors"]], answer

    refused()

    assert rows() == before


def test_a_filter_without_empty_parts_is_accepted(api: Api, rows: Callable[[], Any]) -> None:
    dry = [place for place in PLACES if "dryRun" in fields_of(place[0][0].upper() + place[0][1:] + "Input")]
    whole = st.sampled_from(dry).flatmap(lambda place: st.tuples(st.just(place), filters(GRAPH.type_map[place[2]])))  # type: ignore[arg-type]
    before = rows()

    @chance(40, 400)
    @given(whole)
    def taken(change: Any) -> None:
        (mutation, place, _), filter_ = change
        answer = api.post(document(mutation, asked(mutation, place, filter_) | {"dryRun": True})).json()
        assert "errors" not in answer, answer

    taken()

    assert rows() == before
