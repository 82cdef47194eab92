"""From inputs to what rules take: only what was given, enums as words, nested inputs as dictionaries."""

import dataclasses
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET


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


def key_to_repeat() -> Any:
    """The idempotency key that every mutation takes."""
    return optional("Send the same key again and it is done only once; you get the same outcome (K22). At most 200 characters.")


def version_expected() -> Any:
    """The version a caller saw."""
    return optional("The version you read: refused with STALE_VERSION if it was changed since.")


def dry_run() -> Any:
    """Whether to find out only what would happen."""
    return strawberry.field(default=False, description="Only count; nothing changes.")
