"""The table of the guide on roles. `python -m tests.schema.roles_table` writes it into the guide."""

import re
from pathlib import Path

from persistence.enums import Role
from resolvers.roles import NOBODY, Scope
from schema.access import declared_access, root_types
from tests.schema.queries import GRAPH

GUIDE = Path(__file__).parents[2] / ".github" / "guides" / "roles.md"
TABLE = re.compile(r"^\| Field \|.*\n(?:\|.*\n)+", re.MULTILINE)
HEADER = ["Field", *(role.name for role in Role)]


def table() -> str:
    """The table as the schema declares it: one row for each field of Query and Mutation, in the order of the schema."""
    rows = [
        [f"{type_.name}.{name}", *((declared_access(field) or NOBODY).of(role) for role in Role)]
        for type_ in root_types(GRAPH)
        for name, field in type_.fields.items()
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in [HEADER, ["---"] * len(HEADER), *rows])


def written() -> str:
    """The table that stands in the guide."""
    (found,) = TABLE.findall(GUIDE.read_text())
    assert isinstance(found, str)
    return found


def scopes() -> dict[str, dict[Role, Scope]]:
    """What the guide says each role may do with each field."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in written().splitlines()[2:]]
    return {name: dict(zip(Role, map(Scope, cells), strict=True)) for name, *cells in rows}


if __name__ == "__main__":
    GUIDE.write_text(TABLE.sub(lambda _: table(), GUIDE.read_text()))
