"""How much of the log a page reads. Where an index has the rows, it reads no more when the log grows."""

import asyncio
import re
from collections.abc import Callable

import pytest
from sqlalchemy import make_url

from persistence.database import Database
from schema.compiler.cursors import encode, tag
from tests.schema.compiler import test_paging
from tests.schema.plans import WITHOUT_TABLES, Node, is_scanned, nodes_of, plan_of, steps_of

databases = test_paging.databases

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


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, databases: dict[str, Database]) -> Database:
    return databases[request.param]


@pytest.fixture
def path(database: Database) -> str:
    """The file of an SQLite database; empty for PostgreSQL."""
    url = make_url(str(database.engine.url))
    return (url.database or "") if url.get_backend_name() == "sqlite" else ""


@pytest.fixture
def scans(database: Database, path: str, loop: asyncio.AbstractEventLoop) -> Callable[[str], bool]:
    """Whether a document reads all rows of the log, or all of an index of it, where it looks for rows elsewhere than on
    the page.
    """

    async def found(document: str) -> bool:
        if path:
            return await is_scanned(database, path, document, LOG)
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


@pytest.mark.parametrize(
    ("field", "column"),
    [("TEMPLATE_CODE", "template"), ("SALESPERSON_CODE", "salesperson"), ("CAMPAIGN_NO", "campaign_no")],
)
def test_the_keys_of_a_page_are_read_from_an_index_alone(
    field: str, column: str, database: Database, path: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def read() -> set[str]:
        document = f"{{ interactionLogEntries(orderBy: [{{field: {field}, direction: ASC}}]) {{ nodes {{ date }} }} }}"
        if path:
            return set(re.findall(r"COVERING INDEX (\S+)", "\n".join(await steps_of(database, path, document))))
        plan = await plan_of(database, document, WITHOUT_TABLES, WITHOUT_TABLES.replace("seqscan", "bitmapscan"))
        return {node["Index Name"] for node in nodes_of(plan) if node["Node Type"] == "Index Only Scan"}

    assert f"ix_{LOG}_{column}" in loop.run_until_complete(read())


@pytest.fixture
def analyzed(databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Callable[[str], list[Node]]:
    """The nodes of the plan of PostgreSQL for a document, with what was done."""
    database = databases["postgresql"]
    return lambda document: list(nodes_of(loop.run_until_complete(plan_of(database, document, analyze=True))))


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
    where = 'where: {userId: {eq: "nobody"}}'
    plan = analyzed(f"{{ contacts(filter: {{interactions: {{count: {count}, {where}}}}}) {{ nodes {{ no }} }} }}")
    reads = [node for node in plan if node.get("Relation Name") == LOG]
    assert any(node.get("Subplan Name", "").startswith("CTE") for node in plan)
    assert len([node for node in reads if node["Actual Loops"]]) == 1 < len(reads)


@pytest.mark.parametrize(
    "field", ["contactNo", "companyNo", "templateCode", "groupCode", "salespersonCode", "campaignNo"]
)
@pytest.mark.parametrize("comparison", ['startsWith: "?"', 'contains: "?"', 'in: ["?"]'])
def test_no_interaction_is_read_for_a_number_or_code_that_nothing_has(
    field: str, comparison: str, analyzed: Callable[[str], list[Node]]
) -> None:
    selected = f"interactionLogEntries(filter: {{{field}: {{{comparison}}}}})"
    plan = analyzed(f"{{ {selected} {{ totalCount nodes {{ entryNo }} }} }}")
    assert not [node for node in plan if node.get("Relation Name") == LOG and node["Actual Loops"]]
