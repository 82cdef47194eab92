"""Splicing finished JSON into an ordinary answer: what the database built is not completed value by value again."""

from typing import Any

import orjson
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class RawJson:
    """A subtree of the answer that is complete: its JSON text."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class SplicingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Lets finished subtrees through, in lists too."""

    def complete_value(self, return_type: Any, *rest: Any) -> Any:
        """The result is always the last but one of what graphql-core hands over."""
        if type(rest[-2]) is RawJson:
            return rest[-2]
        return super().complete_value(return_type, *rest)


def to_json(answer: Any) -> bytes:
    """The answer as bytes, finished subtrees as they are."""
    return orjson.dumps(answer, default=_finished)


def _finished(value: Any) -> Any:
    if isinstance(value, RawJson):
        return orjson.Fragment(value.text)
    raise TypeError(f"{type(value).__name__} is no JSON")
