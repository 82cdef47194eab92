"""How much of the log a page reads. Where an index has the rows, it reads no more when the log grows."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import make_url

from persistence.database import Database
from schema.compiler.cursors import encode, tag
from tests.schema.a_small_company import build
from tests.schema.plans import WITHOUT_TABLES, Node, is_scanned, nodes_of, plan_of

LOG = "interaction_log_entry"
DAY = ("2026-03-02", "12:00:00")
CURSORS = {
    "default": DAY,
    "ENTRY_NO ASC": (),
    "ENTRY_NO DESC": (),
    "DATE ASC": DAY,
    "DATE DESC": DAY,
    "CONTACT_NO ASC": ("C1",),
    "CONTACT_NO DESC": ("C1",),
}
"""Orders that an index has, and the values in their cursors before the entry number."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, empty: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> Iterator[Database]:
    opening = Database.at(empty(request.param))
    yield loop.run_until_complete(opening.__aenter__())
    loop.run_until_complete(opening.__aexit__(None, None, None))


@pytest.fixture
def scans(database: Database, loop: asyncio.AbstractEventLoop) -> Callable[[str], bool]:
    """Whether a document reads all rows of the log, or all of an index of it, where it looks for rows elsewhere than on
    the page.
    """

    async def found(document: str) -> bool:
        url = make_url(str(database.engine.url))
        if url.get_backend_name() == "sqlite":
            return await is_scanned(database, url.database or "", document, LOG)
        return any(map(_is_whole, nodes_of(await plan_of(database, document, WITHOUT_TABLES))))

    return lambda document: loop.run_until_complete(found(document))


def _is_whole(node: Node) -> bool:
    """Whether a subquery of the plan reads the log without a condition on the columns of an index."""
    if "Subplan Name" not in node:
        return False
    return any(each.get("Relation Name") == LOG and "Index Cond" not in each for each in nodes_of(node))


@pytest.mark.parametrize("order", CURSORS)
@pytest.mark.parametrize("arguments", ["first: 2, after", "last: 2, before"])
def test_rows_before_and_after_a_page_are_looked_up_in_the_index_of_the_order(
    order: str, arguments: str, scans: Callable[[str], bool]
) -> None:
    cursor = encode(tag("InteractionLogEntry", [order]), *CURSORS[order], 7)
    field, _, direction = order.partition(" ")
    by = f", orderBy: [{{field: {field}, direction: {direction}}}]" if direction else ""
    info = "hasNextPage" if arguments.startswith("last") else "hasPreviousPage"
    selected = f'interactionLogEntries({arguments}: "{cursor}"{by}) {{ nodes {{ entryNo }} pageInfo {{ {info} }} }}'
    assert not scans(f"{{ {selected} }}")


@pytest.fixture(scope="module")
def analyzed(
    empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> Iterator[Callable[[str], list[Node]]]:
    """The nodes of the plan of PostgreSQL for a document, with what was done in a database of a small company."""
    opening = Database.at(empty_copy("postgresql"))
    database = loop.run_until_complete(opening.__aenter__())
    loop.run_until_complete(database.writing(build))
    yield lambda document: list(nodes_of(loop.run_until_complete(plan_of(database, document, analyze=True))))
    loop.run_until_complete(opening.__aexit__(None, None, None))


AFTER = f'first: 2, after: "{encode(tag("InteractionLogEntry", ["default"]), *DAY, 7)}"'


@pytest.mark.parametrize(("arguments", "reads_again"), [("first: 2", False), ("last: 2", False), (AFTER, True)])
def test_a_page_that_has_all_rows_is_not_read_again_to_count_them(
    arguments: str, reads_again: bool, analyzed: Callable[[str], list[Node]]
) -> None:
    selected = f"interactionLogEntries({arguments}, filter: {{correspondenceType: {{eq: EMAIL}}}})"
    plan = analyzed(f"{{ {selected} {{ totalCount nodes {{ entryNo }} }} }}")
    assert [bool(node["Actual Loops"]) for node in plan if "Subplan Name" in node] == [reads_again]


@pytest.mark.parametrize("count", ["{eq: 0}", "{gt: 0}", "{gte: 3}"])
def test_few_interactions_are_looked_up_before_their_contacts(
    count: str, analyzed: Callable[[str], list[Node]]
) -> None:
    where = 'where: {groupCode: {startsWith: "A"}}'
    plan = analyzed(f"{{ contacts(filter: {{interactions: {{count: {count}, {where}}}}}) {{ nodes {{ no }} }} }}")
    reads = [node for node in plan if node.get("Relation Name") == LOG]
    assert any(node.get("Subplan Name", "").startswith("CTE") for node in plan)
    assert len([node for node in reads if node["Actual Loops"]]) == 1 < len(reads)
