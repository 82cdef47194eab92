"""JSON that the database has built. It is inserted into a response unchanged."""

import orjson


class RawJson:
    """The JSON text of a complete subtree of a response."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def to_json(response: object) -> bytes:
    """A response as JSON in UTF-8. `RawJson` in it is inserted unchanged."""
    return orjson.dumps(response, default=_fragment)


def _fragment(value: object) -> orjson.Fragment:
    if isinstance(value, RawJson):
        return orjson.Fragment(value.text)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
