"""From inputs to what rules take: only what was given, enums as words, nested inputs as dictionaries."""

import dataclasses
from enum import Enum
from typing import Any

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
