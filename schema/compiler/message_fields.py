"""Messages inside JSON that the database builds: the statement writes placeholders, and Python replaces them."""

import json

from persistence.columns import JsonText
from persistence.sql.json import AsJson, JsonObject, json_text
from persistence.sql_types import SqlExpression
from schema.compiler.declarations import ENTITIES, MessageField
from schema.compiler.statement import Row
from schema.compiler.values import GraphQLValues

MARKER = "message:"
"""The member that marks a placeholder. It cannot be the response key of a field, because it has a colon."""


def placeholder(entity: str, field: str, declared: MessageField, row: Row, arguments: GraphQLValues) -> SqlExpression:
    """The JSON of a placeholder: the field, the language, and the columns that the message needs."""
    language = arguments.get("language")
    columns = [(name, _json(row.c[name])) for name in declared.columns]
    return JsonObject(
        [
            (MARKER, json_text(json.dumps([entity, field, language.value if language else None]))),
            ("of", JsonObject(columns)),
        ]
    )


def with_messages(text: str, language: str) -> str:
    """The JSON with messages instead of placeholders, in `language` unless the field has another one as argument."""
    return json.dumps(_with_messages(json.loads(text), language), ensure_ascii=False, separators=(",", ":"))


def _json(column: SqlExpression) -> SqlExpression:
    return AsJson(column) if isinstance(column.type, JsonText) else column


def _with_messages(value: object, language: str) -> object:
    if isinstance(value, list):
        return [_with_messages(item, language) for item in value]
    if not isinstance(value, dict):
        return value
    if MARKER not in value:
        return {name: _with_messages(inside, language) for name, inside in value.items()}
    entity, field, chosen = value[MARKER]
    declared = ENTITIES[entity].fields[field]
    assert isinstance(declared, MessageField)
    return declared.format(value["of"], chosen or language)
