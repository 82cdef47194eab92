"""Outcomes of rules: dataclasses of keys and counts, which are stored as JSON under an idempotency key (K22)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, ClassVar, Protocol, TypeVar, Union, cast, get_args, get_origin, get_type_hints


class IsDataclass(Protocol):
    """Any instance of a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Outcome = TypeVar("Outcome", bound=IsDataclass)

NOT_STORED = {"stored": False}
"""The metadata of a field with a secret: an outcome is stored without it, and restored with null."""


def stored_outcome(outcome: IsDataclass) -> dict[str, object]:
    """The outcome as values that JSON has types for."""
    secret = {field.name for field in fields(outcome) if field.metadata == NOT_STORED}
    return {name: value for name, value in asdict(outcome).items() if name not in secret}


def restored_outcome(rule: Callable[..., Outcome], stored: Mapping[str, object]) -> Outcome:
    """The outcome of a rule from its stored form, which an earlier version of Carnet may have written.

    The type is the one that the rule declares to return. A field that is not stored is null, zero or empty; a stored
    value that the type has no field for is ignored.
    """
    return cast(Outcome, _object(get_type_hints(rule)["return"], stored))


def _object(type_: type, stored: Mapping[str, object]) -> object:
    hints = get_type_hints(type_)
    return type_(**{field.name: _value(hints[field.name], stored.get(field.name)) for field in fields(type_)})


def _value(hint: object, stored: object) -> object:
    """A stored value as the type that a field declares."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
        return None if stored is None else _value(hint, stored)
    if get_origin(hint) is list:
        (item,) = get_args(hint)
        return [_value(item, each) for each in cast(list[object], stored or [])]
    if not isinstance(hint, type):
        return stored
    if is_dataclass(hint):
        return _object(hint, cast(Mapping[str, object], stored or {}))
    if stored is None:
        return hint()
    return hint(stored) if issubclass(hint, Enum) else stored
