"""Refuses JSON objects that have a name more than once.

According to RFC 8259, programs do not agree which of the values they use: a proxy may have checked another value than
Carnet would use. GraphQL also refuses arguments and fields of input objects that are repeated.
"""

import json
import re

import orjson

from resolvers.unique_names import unique

ESCAPED_COLON = re.compile(rb"\\u003a", re.IGNORECASE)
"""A colon inside a text of JSON that is written as an escape sequence."""


def check_names(text: bytes, parsed: object) -> None:
    """Raises NameRepeated if an object in a JSON text has a name more than once. Raises RecursionError if the text is
    nested too deeply to be checked. `parsed` is the value that orjson has read from it.

    Of members with the same name, orjson keeps the last one. Each member has a colon. So if `parsed`, written as JSON,
    has as many colons as the text, no member is missing. Only otherwise a slower parser checks the names.
    """
    if not ESCAPED_COLON.search(text):
        try:
            if orjson.dumps(parsed).count(b":") == text.count(b":"):
                return
        except TypeError:  # it is nested too deeply for orjson to write it
            pass
    json.loads(text, object_pairs_hook=unique)
