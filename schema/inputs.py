"""Input types: how their fields are declared, how they are made from coerced values, and how rules get their values."""

import dataclasses
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast, get_type_hints

import strawberry
from strawberry import UNSET

from schema.compiler.values import GraphQLValues, Placeholder, filled
from schema.execution.graphql_internals import (
    LazyType,
    StrawberryContainer,
    StrawberryList,
    StrawberryType,
    WithStrawberryObjectDefinition,
    fields_of,
    get_object_definition,
)

Fields = TypeVar("Fields")
T = TypeVar("T")
Type = TypeVar("Type", bound=type)
Declaration: TypeAlias = Any
"""What declares a field, as `strawberry.field` returns it: for mypy it fits every annotation."""

Convert: TypeAlias = Callable[[Any, GraphQLValues], object]
"""Converts a coerced value that is not null to the value of a field. It may have placeholders for values of variables.
"""

NOTHING_EMPTY = "No part of it may be null, empty or a missing variable."
"""Part of the descriptions of filters in mutations, see `schema.execution.mutation_filters`."""


def given_fields(input: object, fields: type[Fields]) -> Fields:
    """The fields of an input that the client gave, as the TypedDict `fields`. Null counts as given (K1).

    The fields have their Python names; enum values are strings, and inputs inside are dictionaries. A field of the
    input that the TypedDict does not have is left out.
    """
    names = _names(fields)  # type: ignore[arg-type]  # a class is hashable
    given = {} if input is None or input is UNSET else vars(input)
    found = {names[name]: _plain(value) for name, value in given.items() if name in names and value is not UNSET}
    return cast(Fields, found)


@cache
def _names(fields: type) -> dict[str, str]:
    """The names of the fields of a TypedDict, by the names of the attributes of an input."""
    names = get_type_hints(fields)
    return {f"{name}{end}": name for name in names for end in ("", "_")}


def given_values(input: object) -> dict[str, Any]:
    """All fields of an input that the client gave, by their Python names."""
    if input is None or input is UNSET:
        return {}
    assert dataclasses.is_dataclass(input)
    return {name.rstrip("_"): _plain(value) for name, value in vars(input).items() if value is not UNSET}


def _plain(value: object) -> object:
    if value is None or type(value) is str:  # most values, so the others are not tried first
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return given_values(value) if dataclasses.is_dataclass(value) else value


def or_none(value: T | None) -> T | None:
    """The value of an optional field or argument; None if it was left out."""
    return None if value is UNSET else value


def optional(description: str, name: str | None = None) -> Declaration:
    """A field of an input that may be left out. Null clears the value, if there is one."""
    return strawberry.field(default=UNSET, description=description, name=name)


def required(description: str, name: str | None = None) -> Declaration:
    """A field of an input that must be given."""
    return strawberry.field(description=description, name=name)


def option(description: str, *, default: object = False) -> Declaration:
    """A field of an input that has a default; null is not allowed."""
    return strawberry.field(default=default, description=description)


def all_rows(description: str) -> Declaration:
    """The input field `all`, which selects every row instead of a filter."""
    return optional(f"{description} Must be true if given.", "all")


def idempotency_key() -> Declaration:
    """The input field `idempotencyKey`, which the input of every mutation has."""
    return optional(
        "A key of your choice, at most 200 characters, that makes it safe to send the mutation again: with the same "
        "key and input it is executed only once in 7 days, and the same outcome is returned."
    )


def expected_version() -> Declaration:
    """The input field `expectedVersion`: the version of a record that the client has read."""
    return optional("The version that you have read. Refused with STALE_VERSION if the object was changed since then.")


def dry_run() -> Declaration:
    """The input field `dryRun`: whether to return only what would happen."""
    return option("If true, nothing is changed: the payload says what would happen.")


def number_of_new() -> Declaration:
    """The input field `no` for the number of a record that is created."""
    return optional(
        "The number, at most 20 characters. Only if the number series allows manual numbers. Default: the next number "
        "of the series."
    )


def with_defaults(**defaults: str) -> Callable[[Type], Type]:
    """Adds to the descriptions of inherited fields of an input type what applies when they are left out. Stands below
    `strawberry.input`.
    """

    def decorate(cls: Type) -> Type:
        descriptions, hints = descriptions_of(cls), get_type_hints(cls)
        for name, default in defaults.items():
            cls.__annotations__[name] = hints[name]
            setattr(cls, name, optional(f"{descriptions[name]} Default: {default}."))
        return cls

    return decorate


def descriptions_of(input_type: type) -> Mapping[str, str]:
    """The descriptions of the fields of an input type, by their Python names."""
    return {field.python_name: field.description or "" for field in fields_of(input_type).values()}


def input_from(type_: type[T], values: Mapping[str, object], _: object = None) -> T:
    """An input object made from coerced values. Strawberry's own conversion looks up every field for each request."""
    return filled_input(type_, values, {})


def filled_input(type_: type[T], values: Mapping[str, object], variables: GraphQLValues) -> T:
    """Like `input_from`, with these variables in the place of placeholders."""
    members, made = _members(type_), type_.__new__(type_)  # type: ignore[arg-type]  # a class is hashable
    attributes = vars(made)
    attributes.update(_defaults(type_))  # type: ignore[arg-type]
    for name, value in values.items():
        python_name, convert = members[name]
        attributes[python_name] = _converted(value, convert, variables)
    return made


def _converted(value: object, convert: Convert | None, variables: GraphQLValues) -> object:
    if type(value) is Placeholder:
        value = value.take(variables)
    elif convert is None:
        return filled(value, variables)
    return value if convert is None or value is None else convert(value, variables)


@cache
def _members(type_: type) -> dict[str, tuple[str, Convert | None]]:
    """By the GraphQL name of each field: its Python name, and how its value is converted, if it is."""
    definition = get_object_definition(type_, strict=True)
    return {
        name: (field.python_name, _converter(field.resolve_type(type_definition=definition)))
        for name, field in fields_of(type_).items()
    }


@cache
def _defaults(type_: type) -> dict[str, object]:
    """The values of fields that are not given, by Python name: null if a field has no default. Fields whose default is
    UNSET are left out, because the class has that value as an attribute.
    """
    assert dataclasses.is_dataclass(type_)
    assert "__post_init__" not in dir(type_), "no object of an input type is made by its __init__"
    found = {}
    for field in dataclasses.fields(type_):
        assert field.default_factory is dataclasses.MISSING, "objects would share the default"
        if field.default is not UNSET:
            found[field.name] = None if field.default is dataclasses.MISSING else field.default
    return found


def _converter(type_: StrawberryType | type[WithStrawberryObjectDefinition] | type) -> Convert | None:
    if isinstance(type_, StrawberryList):
        inner = _converter(type_.of_type)
        return lambda values, variables: [_converted(value, inner, variables) for value in values]
    if isinstance(type_, StrawberryContainer):
        return _converter(type_.of_type)
    if isinstance(type_, LazyType):
        return _converter(type_.resolve_type())
    if isinstance(type_, type) and get_object_definition(type_) is not None:
        return lambda values, variables: filled_input(type_, values, variables)
    return None
