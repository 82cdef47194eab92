"""Generated filters in every mutation that has one: an empty part anywhere is refused, other filters are accepted
(K26).
"""

from collections.abc import Callable, Iterator
from typing import Any

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

from tests.api import Api
from tests.schema.execution import test_mutation_filters
from tests.schema.execution.test_mutation_filters import (
    PLACES,
    EnumName,
    Path,
    Variable,
    document,
    fields_of,
    minimal_input,
)
from tests.schema.queries import GRAPH
from tests.soaking import examples

rows = test_mutation_filters.rows


def filters(type_: GraphQLInputType, deep: int = 2) -> st.SearchStrategy[Any]:
    """Values without empty parts."""
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
        return st.sampled_from([EnumName(name) for name in type_.values])
    examples: dict[str, list[Any]] = {
        "String": ["P01", "nobody"],
        "Int": [1, 2, 7],
        "Boolean": [True, False],
        "Date": ["2026-03-18"],
        "Decimal": ["1.5", "45.00"],
    }
    return st.sampled_from(examples[type_.name])


def parts(value: Any, type_: GraphQLInputType, path: Path = ()) -> Iterator[tuple[Path, GraphQLInputType]]:
    """Every part of a filter, itself too, with its path and type; also members that it does not have."""
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
def with_an_empty_part(draw: Any) -> tuple[str, dict[str, Any] | None, list[Any]]:
    """A document with its variables in which one part of a filter is empty, and the path of that part."""
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
    input_ = minimal_input(mutation, place, with_part(whole, path, hole))
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

    @examples(120, 1600)
    @given(with_an_empty_part())
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
    whole = st.sampled_from(dry).flatmap(lambda place: st.tuples(st.just(place), filters(GRAPH.type_map[place[2]])))  # type: ignore[arg-type]  # the type of a filter
    before = rows()

    @examples(40, 400)
    @given(whole)
    def taken(change: Any) -> None:
        (mutation, place, _), filter_ = change
        answer = api.post(document(mutation, minimal_input(mutation, place, filter_) | {"dryRun": True})).json()
        assert "errors" not in answer, answer

    taken()

    assert rows() == before
