"""The rules of the code base: imports, docstrings, descriptions, names, lengths of files."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType, is_enum_type
from graphql.type import is_introspection_type, is_specified_scalar_type

from schema.printing import printed_schema
from schema.root import schema

ROOT = Path(__file__).parent.parent
LAYERS = ["persistence", "resolvers", "schema"]
MAX_LINES = 320
MAX_LINES_OF_FUNCTION = 60
MAX_MODULES = 30
LAYERS_ABOVE = {"persistence": {"resolvers", "schema"}, "resolvers": {"schema"}, "schema": set[str]()}
PACKAGES_OF_PERSISTENCE = ["texts", "transactions", "concurrency", "dialects", "sql", "change_feed", "precomputed"]
"""Each imports only packages before it. Modules directly in `persistence` may be between them."""

WEB_LIBRARIES = {"strawberry", "graphql", "starlette", "uvicorn", "typer"}
VAGUE_WORDS = {
    "Service",
    "Manager",
    "Repository",
    "Handler",
    "Helper",
    "Utils",
    "Base",
    "Impl",
    "DTO",
    "common",
    "utils",
    "helpers",
}


def modules(*layers: str) -> list[Path]:
    found = [path for layer in layers for path in sorted((ROOT / layer).rglob("*.py"))]
    assert found
    return [
        path for path in found if "versions" not in path.relative_to(ROOT).parts[:-1] or path.parts[-2] != "versions"
    ]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """The modules that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_from_schema_to_resolvers_to_persistence(layer: str) -> None:
    upward = [
        f"{name_of(path)} imports {name}"
        for path in modules(layer)
        for name in imports(path)
        if name.split(".")[0] in LAYERS_ABOVE[layer]
    ]

    assert upward == []


def test_only_the_schema_knows_graphql_and_http() -> None:
    known = [
        f"{name_of(path)} imports {name}"
        for path in modules("persistence", "resolvers")
        for name in imports(path)
        if name.split(".")[0] in WEB_LIBRARIES
    ]

    assert known == []


def test_only_the_compiler_of_the_schema_imports_sqlalchemy() -> None:
    """The SQL of filters, edges, orders and figures is in `resolvers/<subject>/queries.py`."""
    importing = {
        name_of(path)
        for path in modules("schema")
        for name in imports(path)
        if "compiler" not in path.parts
        and (name.split(".")[0] == "sqlalchemy" or (name.startswith("sqlmodel.") and name != "sqlmodel.Session"))
    }

    assert importing == set()


def test_only_persistence_knows_the_drivers() -> None:
    known = [
        f"{name_of(path)} imports {name}"
        for path in modules("resolvers", "schema")
        for name in imports(path)
        if name.split(".")[0] in {"asyncpg", "sqlite3"}
    ]

    assert known == []


def test_imports_have_no_cycles() -> None:
    names = {name_of(path): path for path in modules(*LAYERS)}
    graph = {name: set(_modules_of(path, set(names))) - {name} for name, path in names.items()}
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for other in sorted(graph[name]):
                walk(other, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        walk(name, ())


def test_imports_between_the_packages_of_persistence_go_one_way() -> None:
    known = {name_of(path): path for path in modules("persistence")}
    upward = [
        f"{name} imports {other}"
        for name, path in known.items()
        for other in _modules_of(path, set(known))
        if _level(other) > _level(name) >= 0
    ]

    assert upward == []
    assert {_level(name) for name in known} == {*range(-1, len(PACKAGES_OF_PERSISTENCE))}


def _level(name: str) -> int:
    """The place of a module's package in `PACKAGES_OF_PERSISTENCE`; -1 if it is in none of these."""
    package = name.split(".")[1:2]
    return next((level for level, each in enumerate(PACKAGES_OF_PERSISTENCE) if [each] == package), -1)


def _modules_of(path: Path, known: set[str]) -> Iterator[str]:
    """The modules that a module imports. For `from package import module` it is the module, not the package."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from [whole] if whole in known else [node.module] if node.module in known else []


def test_a_transaction_is_committed_in_one_place() -> None:
    others = [
        name_of(path)
        for path in modules(*LAYERS)
        if ".commit(" in path.read_text() and name_of(path) != "persistence.database"
    ]

    assert others == []


def test_no_rule_reads_the_clock() -> None:
    asking = re.compile(r"\b(date\.today|datetime\.now|datetime\.utcnow|time\.time)\(")

    assert [name_of(path) for path in modules("persistence", "resolvers") if asking.search(path.read_text())] == []


def test_no_module_is_longer_than_the_limit() -> None:
    long = {
        name_of(path): lines for path in modules(*LAYERS) if (lines := len(path.read_text().splitlines())) > MAX_LINES
    }

    assert long == {}


def test_no_folder_has_more_modules_than_the_limit() -> None:
    """Migrations do not count: there is one for each version."""
    counts = Counter(path.parent for path in modules(*LAYERS))

    assert {str(folder.relative_to(ROOT)): count for folder, count in counts.items() if count > MAX_MODULES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    """Docstrings do not count. Migrations may be longer, because they are never edited."""
    long = {
        f"{name_of(path)}.{node.name}": lines
        for path in modules(*LAYERS)
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := _lines_of(node)) > MAX_LINES_OF_FUNCTION
    }

    assert long == {}


def _lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The number of lines of a function, without its docstring."""
    first, end = function.body[0], function.end_lineno or 0
    of_docstring = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
    return end - function.lineno + 1 - of_docstring


def test_every_module_class_and_public_function_has_a_docstring() -> None:
    without = []
    for path in modules(*LAYERS):
        tree = ast.parse(path.read_text())
        if not ast.get_docstring(tree):
            without.append(name_of(path))
        without += [
            f"{name_of(path)}.{node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]

    assert without == []


def test_names_are_standard_terms() -> None:
    found = []
    for path in modules(*LAYERS):
        words = {
            path.stem,
            *(node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)),
        }
        found += [
            f"{name_of(path)}: {word}"
            for word in words
            for bad in VAGUE_WORDS
            if word == bad or word.endswith(bad.capitalize())
        ]

    assert [name for name in found if not name.endswith(("Database",))] == []


def own_types() -> list[GraphQLNamedType]:
    return [
        type_
        for type_ in schema._schema.type_map.values()
        if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
    ]


def test_every_element_of_the_schema_has_a_description() -> None:
    without = []
    for type_ in own_types():
        if not type_.description:
            without.append(type_.name)
        if is_enum_type(type_):
            without += [f"{type_.name}.{name}" for name, value in type_.values.items() if not value.description]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            without += [f"{type_.name}.{name}" for name, field in type_.fields.items() if not field.description]
        if isinstance(type_, GraphQLObjectType):
            without += [
                f"{type_.name}.{name}({argument})"
                for name, field in type_.fields.items()
                for argument, definition in field.args.items()
                if not definition.description
            ]

    assert without == []


def test_the_printed_schema_is_up_to_date() -> None:
    printed = (ROOT / "schema" / "schema.graphql").read_text()

    assert printed == printed_schema() + "\n", "run: carnet schema > schema/schema.graphql"


def test_root_fields_are_nullable() -> None:
    """An error in one root field must not remove the data of the others."""
    roots = [schema._schema.query_type, schema._schema.mutation_type]
    strict = [
        f"{root}.{name}"
        for root in roots
        if root
        for name, field in root.fields.items()
        if str(field.type).endswith("!")
    ]

    assert strict == []


def test_no_file_names_a_package_registry_or_a_local_path() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    names = re.compile(
        r"pypi" + r"\.org|python" + r"hosted|registry\.npm" + r"js|deb\.debian" + r"\.org|/wo" + r"rk/|/ro" + r"ot/"
    )
    found = []
    for name in listed:
        path = ROOT / name
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            found += [f"{name}: {match[0]}" for match in names.finditer(text)]

    assert found == []
