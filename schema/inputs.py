"""From inputs to what rules take: only what was given, enums as words, nested inputs as dictionaries."""

import dataclasses
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.types.base import StrawberryContainer, StrawberryList, get_object_definition
from strawberry.types.lazy_type import LazyType

from schema.execution.graphql_internals import to_camel_case

NOTHING_EMPTY = "No part of it may be null, empty or a missing variable."
"""Part of the descriptions of filters in mutations, see `schema.execution.mutation_filters`."""


def given(asked: Any) -> dict[str, Any]:
    """The fields of an input that the client gave, by their Python names. An explicit null is given."""
    if asked is None or asked is UNSET:
        return {}
    pairs = ((field.name, getattr(asked, field.name)) for field in dataclasses.fields(asked))
    return {name.rstrip("_"): _plain(value) for name, value in pairs if value is not UNSET}


def or_none(value: Any) -> Any:
    """An argument that was left out is null."""
    return None if value is UNSET else value


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return given(value) if dataclasses.is_dataclass(value) else value


def optional(description: str, name: str | None = None) -> Any:
    """A field of an input that may be left out: then it is left alone; null clears it."""
    return strawberry.field(default=UNSET, description=description, name=name)


def required(description: str) -> Any:
    """A field of an input that must be given."""
    return strawberry.field(description=description)


def all_of_them(description: str) -> Any:
    """The field `all`, which selects every row instead of a filter."""
    return optional(f"{description} Must be true if given.", "all")


def key_to_repeat() -> Any:
    """The idempotency key that every mutation takes."""
    return optional(
        "Send the same key again and it is done only once; you get the same outcome (K22). At most 200 characters."
    )


def version_expected() -> Any:
    """The version a caller saw."""
    return optional("The version you read: refused with STALE_VERSION if it was changed since.")


def dry_run() -> Any:
    """Whether to find out only what would happen."""
    return strawberry.field(default=False, description="Only count; nothing changes.")


def input_from(type_: type, values: Mapping[str, Any], _: Any = None) -> Any:
    """The input object that coerced values make. Strawberry's own way looks every field up anew for each request."""
    members, given = _members(type_), dict(_absent(type_))
    for name, value in values.items():
        python_name, convert = members[name]
        given[python_name] = _converted(value, convert)
    return type_(**given)


def _converted(value: Any, convert: Callable[[Any], Any] | None) -> Any:
    return value if convert is None or value is None else convert(value)


@cache
def _members(type_: type) -> dict[str, tuple[str, Callable[[Any], Any] | None]]:
    """For each field by GraphQL name: its Python name, and how its value is converted if it is not as it is."""
    definition = get_object_definition(type_, strict=True)
    return {
        field.graphql_name or to_camel_case(field.python_name): (
            field.python_name,
            _converter(field.resolve_type(type_definition=definition)),
        )
        for field in definition.fields
    }


@cache
def _absent(type_: type) -> dict[str, None]:
    """Null for every field that has no default of its own."""
    defaults = ("default", "default_factory")
    return {
        field.name: None
        for field in dataclasses.fields(type_)
        if all(getattr(field, name) is dataclasses.MISSING for name in defaults)
    }


def _converter(type_: Any) -> Callable[[Any], Any] | None:
    if isinstance(type_, StrawberryList):
        inner = _converter(type_.of_type)
        return list if inner is None else lambda values: [_converted(value, inner) for value in values]
    if isinstance(type_, StrawberryContainer):
        return _converter(type_.of_type)
    if isinstance(type_, LazyType):
        return _converter(type_.resolve_type())
    if get_object_definition(type_) is not None:
        return lambda values: input_from(type_, values)
    return None
