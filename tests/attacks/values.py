"""Requests with a bad or extreme value in one place: for each argument of each root field and each field of its inputs."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_input_field,
)

from schema.root import schema

GRAPHQL: GraphQLSchema = schema._schema
VALUES: Sequence[Any] = (
    *(None, True, 0, -1, 1.5, 2**31, -(2**31) - 1, 2**63, 10**400, 1e308, float("nan"), float("inf"), -0.0),
    *("", " ", "x", "NaN", "-Infinity", "1e999999", "0x10", "1_000", "٣", "9" * 400, "1." + "9" * 400, "=1+1"),
    *("\0", "a\0b", "\ud800", "\udc00\ud800", "\r\n\t\x07", "\u202e\u2066", "e\u0301" * 50, "𐀀" * 300, "A" * 100_000),
    *("0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-W01-1", "20260101", "24:00:00"),
    *("23:59:60", "12:00:00.123456789", "12:00+14:00", "2026-01-01T00:00:00", "2026-01-01T00:00:00+99:99"),
    *(
        "%",
        "_",
        "\\",
        "'; DROP TABLE contact; --",
        "${jndi:x}",
        "<script>",
        "/" * 50,
        "CT\u00adX",
        "P1",
        "NO_SUCH_NAME",
    ),
    *("SW50ZXJhY3Rpb25Mb2dFbnRyeTox", "Q29udGFjdDo=", "====", "WyJDb250YWN0Il0=", "é"),
    *([], {}, [None], [[]], [{}], {"x": 1}, {"__proto__": {}}, [[[[[["x"]]]]]], ["x"] * 1001, {"and": [{"or": []}]}),
)
CODES = {
    **dict.fromkeys(("contactNo", "personNo", "sourceContactNo", "targetContactNo"), "P1"),
    **dict.fromkeys(("salespersonCode",), "JO"),
    **dict.fromkeys(("templateCode",), "VISIT"),
    **dict.fromkeys(("groupCode",), "MEET"),
    **dict.fromkeys(("companyNo",), "C1"),
    **dict.fromkeys(("segmentNo",), "SM1"),
}
SCALARS = {
    "Int": 1,
    "Float": 1.5,
    "Boolean": True,
    "Date": "2026-01-02",
    "DateTime": "2026-01-02T03:04:05Z",
    "Time": "09:00:00",
    "Decimal": "1.50",
    "ID": "SW50ZXJhY3Rpb25Mb2dFbnRyeTox",
    "BigInt": 1,
    "Filter": {},
}


Path: TypeAlias = tuple[str | int, ...]


class Attack(NamedTuple):
    """A request with one bad value."""

    field: str
    path: Path
    value: Any
    document: str
    variables: dict[str, Any]
    is_mutation: bool

    @property
    def body(self) -> bytes:
        """The body of the request. Python writes NaN, which is no JSON, as it is."""
        return json.dumps({"query": self.document, "variables": self.variables}).encode()


def attacks(chance: random.Random, each: int) -> Iterator[Attack]:
    """Attacks on every place, `each` of them with random values; half of these stand in the document itself."""
    seen: set[str] = set()
    for root, keyword in ((GRAPHQL.query_type, "query"), (GRAPHQL.mutation_type, "mutation")):
        assert root is not None
        for name, field in root.fields.items():
            for argument, declared in field.args.items():
                for path in places(declared.type, (argument,), seen):
                    for number, value in enumerate(chance.sample(VALUES, each)):
                        yield _attack(keyword, name, field, path, value, as_literal=number % 2 == 1)


def places(type_: GraphQLInputType, path: Path, seen: set[str]) -> Iterator[Path]:
    """The path of a value of this type, and those of all values in it. The fields of each input are visited where it is
    met first.
    """
    yield path
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(inner, GraphQLList):
        yield from places(inner.of_type, (*path, 0), seen)
    elif isinstance(inner, GraphQLInputObjectType) and inner.name not in seen:
        seen.add(inner.name)
        for name, field in inner.fields.items():
            yield from places(field.type, (*path, name), seen)


def _attack(keyword: str, name: str, field: GraphQLField, path: Path, value: Any, *, as_literal: bool) -> Attack:
    given = {
        argument: value_with(declared.type, argument, path[1:], value)
        if argument == path[0]
        else minimal(declared.type, argument)
        for argument, declared in field.args.items()
        if argument == path[0] or isinstance(declared.type, GraphQLNonNull)
    }
    if as_literal:
        arguments = ", ".join(
            f"{argument}: {literal(each, field.args[argument].type)}" for argument, each in given.items()
        )
        return Attack(
            name, path, value, f"{keyword} {{ it: {name}({arguments}) {_selection(field)} }}", {}, keyword == "mutation"
        )
    declared = ", ".join(f"${argument}: {field.args[argument].type}" for argument in given)
    arguments = ", ".join(f"{argument}: ${argument}" for argument in given)
    document = f"{keyword}({declared}) {{ it: {name}({arguments}) {_selection(field)} }}"
    return Attack(name, path, value, document, given, keyword == "mutation")


def _selection(field: GraphQLField) -> str:
    type_ = get_named_type(field.type)
    if is_leaf_type(type_):
        return ""
    names = [
        name for name in ("totalCount", "noOfRows") if isinstance(type_, GraphQLObjectType) and name in type_.fields
    ]
    if isinstance(type_, GraphQLObjectType) and "userErrors" in type_.fields:
        names.append("userErrors { code message field }")
    return f"{{ __typename {' '.join(names)} }}"


def value_with(type_: GraphQLInputType, name: str, path: Path, value: Any) -> Any:
    """The smallest value of a type that has this value at the path."""
    if not path:
        return value
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(inner, GraphQLList):
        return [value_with(inner.of_type, name, path[1:], value)]
    assert isinstance(inner, GraphQLInputObjectType)
    step = str(path[0])
    others = {} if inner.is_one_of else minimal(inner, name)
    return {**others, step: value_with(inner.fields[step].type, step, path[1:], value)}


def minimal(type_: GraphQLInputType, name: str) -> Any:
    """A value of a type that has what is required only."""
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(inner, GraphQLList):
        return [minimal(inner.of_type, name)]
    if isinstance(inner, GraphQLInputObjectType):
        if inner.is_one_of:
            first, field = next(iter(inner.fields.items()))
            return {first: minimal(field.type, first)}
        return {key: minimal(field.type, key) for key, field in inner.fields.items() if is_required_input_field(field)}
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    return SCALARS.get(str(inner), CODES.get(name, "TEXT"))


def literal(value: Any, type_: GraphQLInputType | None = None) -> str:
    """The value in a document. Names of enum values have no quotation marks."""
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(value, dict):
        fields = inner.fields if isinstance(inner, GraphQLInputObjectType) else {}
        members = (
            f"{key}: {literal(each, fields[key].type if key in fields else None)}" for key, each in value.items()
        )
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        of = inner.of_type if isinstance(inner, GraphQLList) else None
        return f"[{', '.join(literal(each, of) for each in value)}]"
    is_name = isinstance(value, str) and value.isidentifier() and value.isascii()
    if isinstance(inner, GraphQLEnumType) and is_name:
        return str(value)
    return json.dumps(value)
