"""The documentation is true: links lead to files, and the files and functions that it names exist, and quoted lines stand
in the files.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / ".github").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
CODE = re.compile(r"`((?:schema|resolvers|persistence|tests)/[\w/]+(?:\.py|\.graphql|/))(?::(\w+))?`")
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text()
STEP = re.compile(r"^### \d+\. .*`(.+)`\n((?:.|\n)*?)(?=^##)", re.MULTILINE)
QUOTED = re.compile(r"(?:^ {4}.+\n(?:\n(?= {4}))*)+", re.MULTILINE)
TABLE = re.compile(r"^\| \d+ \| `(.+?)`", re.MULTILINE)


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


@pytest.mark.parametrize(("file", "step"), STEP.findall(CONTRIBUTING), ids=TABLE.findall(CONTRIBUTING))
def test_the_lines_of_each_step_to_add_a_column_stand_in_the_file(file: str, step: str) -> None:
    quotations = QUOTED.findall(step)

    assert quotations
    assert [quoted for quoted in quotations if _unindented(quoted) not in _unindented((ROOT / file).read_text())] == []


def test_the_chapter_on_adding_a_column_lists_all_files_at_most_seven() -> None:
    """A module that uses home pages, but would not have to change for a new column, can be left out of `files`."""
    layers = [path for layer in ("schema", "resolvers", "persistence") for path in (ROOT / layer).rglob("*.py")]
    files = {ids(path) for path in layers if "home_page" in path.read_text()}
    files -= {"persistence/migrations/views_0016.py"}  # report views get a column only if analysts need it
    choosing = ("cells", "choosing", "several_values")  # a row may have several home pages
    files -= {f"resolvers/imports/contacts/{name}.py" for name in choosing}
    files -= {"resolvers/imports/contacts/matching.py"}  # a further column does not say which contact a row is

    assert set(TABLE.findall(CONTRIBUTING)) == {file for file, _ in STEP.findall(CONTRIBUTING)} == files
    assert len(files) <= 7


def _unindented(text: str) -> str:
    """The lines without what stands before them, so that a quoted line is compared as a whole line."""
    return "\n" + re.sub("(?m)^ +", "", text)


def _definitions(path: Path) -> set[str]:
    """The classes and functions that a module defines."""
    nodes = ast.parse(path.read_text()).body
    return {node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)}
