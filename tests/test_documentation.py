"""The documentation is up to date: links lead to files, and the files and functions that it names exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / ".github").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
CODE = re.compile(r"`((?:schema|resolvers|persistence|tests)/[\w/]+(?:\.py|/))(?::(\w+))?`")


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_to_files(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_named_files_and_functions_exist(page: Path) -> None:
    missing = [
        f"{file}:{name}"
        for file, name in CODE.findall(page.read_text())
        if not (ROOT / file).exists() or (name and name not in _definitions(ROOT / file))
    ]

    assert missing == []


def _definitions(path: Path) -> set[str]:
    """The classes and functions that a module defines."""
    nodes = ast.parse(path.read_text()).body
    return {node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)}
