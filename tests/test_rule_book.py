"""The rule book: every rule that code and tests cite is in `resolvers/RULES.md` with a test, and clients see no number.

A citation is a number such as `R-LOG-5`, `K8` or `A.10`, or a range `R-FIN-1 to R-FIN-5`. The name of a test cites
numbers in lower case: `test_a_segment_needs_a_description_r_log_2`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOOK = (ROOT / "resolvers" / "RULES.md").read_text()

NUMBER = re.compile(r"\b(?:R-[A-Z]+(?:-\d+)?|K\d+|[AB]\.\d+|D1-\d+)\b")
RANGE = re.compile(r"\b(R-[A-Z]+)-(\d+) to (R-[A-Z]+)-(\d+)\b")
IN_A_NAME = re.compile(r"(?<=_)(?:r_[a-z]+(?:_\d+)?|k\d+|[ab]_\d+)(?=_|$)")
UNCLEAR = re.compile(r"\bR-[A-Z]+(?:-\d+)? ?(?:,|to|and|or|–|/) ?\d+\b(?!,\d)|\bR-[A-Z]+ \d|\bK\d+ ?(?:to|–) ?K?\d+")
"""Citations of several numbers that name only the first in full."""

RULE = re.compile(r"^- \*\*([^*]+)\*\* (.+)\n  `([^`]+)`(?:\n  Code: (.+))?$", re.MULTILINE)
GROUP = re.compile(r"^## .*\((.*)\)$", re.MULTILINE)
SUBJECT = re.compile(r"^\| ([AB]\.\d+) \| .+ \|$", re.MULTILINE)


def python_files(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "versions" not in path.parts
    ]


def citations(text: str) -> set[str]:
    """The cited numbers, each number of a range included."""
    text = re.sub(r"\s+", " ", text)
    found = set(NUMBER.findall(text))
    for group, first, _, last in RANGE.findall(text):
        found |= {f"{group}-{number}" for number in range(int(first), int(last) + 1)}
    return found


def citations_of_name(name: str) -> set[str]:
    found = IN_A_NAME.findall(name)
    return {one.upper().replace("_", "." if one[0] in "ab" else "-") for one in found}


def cited() -> dict[str, str]:
    """The numbers that code and tests cite, and a place that cites each."""
    found: dict[str, str] = {}
    for path in python_files("schema", "resolvers", "persistence", "tests"):
        if path.name != Path(__file__).name:
            text = path.read_text()
            names = {number for name in re.findall(r"def (test_\w+)", text) for number in citations_of_name(name)}
            found |= dict.fromkeys(citations(text) | names, str(path.relative_to(ROOT)))
    return {number: place for number, place in found.items() if not number.startswith("D1-")}


def rules() -> dict[str, tuple[str, str]]:
    """The sentence and the test of each rule in the book."""
    return {number: (sentence, test) for number, sentence, test, _ in RULE.findall(BOOK)}


def modules_of_rules() -> dict[str, str]:
    """The modules that cite each rule, as the book lists them. The demo company only makes data that follows rules."""
    found: dict[str, list[str]] = {}
    for path in python_files("resolvers", "schema", "persistence"):
        if "demo" not in path.parts:
            for number in citations(path.read_text()):
                found.setdefault(number, []).append(f"`{path.relative_to(ROOT)}`")
    return {number: ", ".join(paths) for number, paths in found.items()}


def book_with_modules() -> str:
    """The book, with the modules of each rule."""
    modules = modules_of_rules()

    def rule(match: re.Match[str]) -> str:
        number, sentence, test, _ = match.groups()
        code = f"\n  Code: {modules[number]}" if number in modules else ""
        return f"- **{number}** {sentence}\n  `{test}`{code}"

    return RULE.sub(rule, BOOK)


def group_numbers() -> set[str]:
    return {group for heading in GROUP.findall(BOOK) for group in heading.split(", ")}


def test_every_cited_rule_is_in_the_book() -> None:
    known = {*rules(), *group_numbers(), *SUBJECT.findall(BOOK)}

    assert {number: place for number, place in cited().items() if number not in known} == {}


def test_every_rule_in_the_book_is_cited() -> None:
    assert sorted({*rules(), *SUBJECT.findall(BOOK)} - cited().keys()) == []


def test_no_rule_is_in_the_book_twice() -> None:
    numbers = [number for number, *_ in RULE.findall(BOOK)]

    assert sorted(numbers) == sorted(set(numbers))
    assert len(numbers) == BOOK.count("\n- **")


def test_the_book_names_the_modules_of_each_rule() -> None:
    assert book_with_modules() == BOOK, "run: python -m tests.test_rule_book"


@pytest.mark.parametrize("number", rules())
def test_the_test_of_a_rule_exists_and_cites_it(number: str) -> None:
    path, _, name = rules()[number][1].partition("::")
    source = (ROOT / path).read_text()
    module = ast.parse(source)
    (function,) = (node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name)

    text = (ast.get_docstring(module) or "") + (ast.get_source_segment(source, function) or "")
    assert number in citations(text) | citations_of_name(name)


def test_citations_name_every_number_in_full() -> None:
    unclear = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in python_files("schema", "resolvers", "persistence", "tests")
        if path.name != Path(__file__).name
        for match in UNCLEAR.finditer(path.read_text())
    ]

    assert unclear == []


def shown_texts(path: Path) -> Iterator[str]:
    """The string constants of a module that are not docstrings: messages, descriptions, output."""
    module = ast.parse(path.read_text())
    docstrings = {
        node.value for node in ast.walk(module) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node.value


def test_no_message_and_no_description_cites_a_rule() -> None:
    shown = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in python_files("schema", "resolvers", "persistence")
        for text in shown_texts(path)
        if NUMBER.search(text)
    ]

    assert shown == []


@pytest.mark.parametrize("name", ["schema/schema.graphql", "README.md", "schema/server/graphiql/examples.graphql"])
def test_no_text_for_clients_cites_a_rule(name: str) -> None:
    assert NUMBER.findall((ROOT / name).read_text()) == []


def test_a_docstring_says_more_than_the_numbers_of_its_rules() -> None:
    """`R-FIN-1.` tells a reader nothing without the book. In tests, whose names are sentences, it is `Rule R-FIN-1.`"""
    only_numbers = re.compile(rf"\A{NUMBER.pattern}[\s,.:;]")
    found = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in python_files("schema", "resolvers", "persistence")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and only_numbers.match(ast.get_docstring(node) or "")
    ]

    assert found == []


if __name__ == "__main__":
    (ROOT / "resolvers" / "RULES.md").write_text(book_with_modules())
