"""The settings and operations in README.md, and the examples of GraphiQL, are correct."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from schema.root import schema
from schema.server.documents import document_limits
from schema.server.graphiql import page as graphiql
from schema.server.settings import Settings

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
OPERATIONS = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)


def test_the_readme_lists_every_setting_with_default_and_description() -> None:
    rows = [
        f"| `CARNET_{name.upper()}` | `{field.default}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]

    assert [row for row in rows if row not in README] == []


@pytest.mark.parametrize("text", OPERATIONS)
def test_the_operations_of_the_readme_are_valid(text: str) -> None:
    document = parse(text)
    document_limits.check(document)

    assert validate(schema._schema, document) == []


@pytest.mark.parametrize("tab", graphiql.examples(), ids=lambda tab: tab["query"].split("\n")[0][:40])
def test_the_examples_of_graphiql_are_valid(tab: dict[str, str]) -> None:
    document = parse(tab["query"])
    document_limits.check(document)

    assert validate(schema._schema, document) == []
    assert tab["query"].startswith("# ")
