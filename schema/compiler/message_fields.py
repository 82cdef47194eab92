"""What only Python can say, joined into an answer that the database built: it leaves places open, here they are
filled in.
"""

import json
from collections.abc import Mapping
from typing import Any

from persistence.columns import JsonText
from persistence.json_sql import AsJson, JsonObject, json_text
from persistence.sql_types import SqlExpression
from schema.compiler.declarations import ENTITIES, MessageField
from schema.compiler.statement import Row

PLACE = "said:"
"""Marks an open place. No client can give it as the name of a field."""


def place(entity: str, field: str, declared: MessageField, row: Row, arguments: Mapping[str, Any]) -> SqlExpression:
    """A place that remembers what is to be said there, in which language, and the columns it is said of."""
    language = arguments.get("language")
    columns = [(name, _shown(row.c[name])) for name in declared.columns]
    return JsonObject(
        [
            (PLACE, json_text(json.dumps([entity, field, language.value if language else None]))),
            ("of", JsonObject(columns)),
        ]
    )


def filled(text: str, language: str) -> str:
    """The answer with every place filled in, in the language that the request prefers unless the field names
    another.
    """
    return json.dumps(_with_messages(json.loads(text), language), ensure_ascii=False, separators=(",", ":"))


def _shown(column: SqlExpression) -> SqlExpression:
    return AsJson(column) if isinstance(column.type, JsonText) else column


def _with_messages(value: Any, language: str) -> Any:
    if isinstance(value, list):
        return [_with_messages(item, language) for item in value]
    if not isinstance(value, dict):
        return value
    if PLACE not in value:
        return {name: _with_messages(inside, language) for name, inside in value.items()}
    entity, field, asked = value[PLACE]
    declared = ENTITIES[entity].fields[field]
    assert isinstance(declared, MessageField)
    return declared.by(value["of"], asked or language)
