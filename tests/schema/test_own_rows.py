"""The answers that a salesperson gets equal those of a database that holds only their rows (K30)."""

import asyncio
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from persistence.columns import Table, table_of
from persistence.contacts import Contact
from persistence.database import Database
from persistence.enums import Role
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from schema import global_ids
from schema.compiler.declarations import entity_of
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH, NOT_FOR_SALESPEOPLE, questions

NOT_COMPARED = NOT_FOR_SALESPEOPLE | {"changeFeed", "nextContacts"}
"""The feed and `nextContacts`, which no statement answers alone: tests/scenarios has `test_own_changes` and
`test_next_contacts`.
"""

TABLES: Sequence[type[Table]] = (InteractionLogEntry, PostponedInteraction, InteractionComment)
CODES = ("JO", "PS", "XX")
EXAMPLES = 400 if os.environ.get("CARNET_SOAK") else 10
LOG, POSTPONED = "interactions.InteractionLogEntry", "interactions.PostponedInteraction"

Rows: TypeAlias = dict[type[Table], list[dict[str, Any]]]
Question: TypeAlias = tuple[str, dict[str, Any]]

ENTRY = "entryNo title contact { no } salesperson { code } comments { comment } canceled"
FIGURES = "interactions contacts cost duration averageCost averageDuration successRate averageEvaluation"
NODES = [global_ids.encode(entity_of(LOG), number) for number in range(1, 62)]
NODES += [global_ids.encode(entity_of(POSTPONED), number) for number in range(100, 109)]
SILENT = {"interactions": {"count": {"eq": 0}, "where": {"date": {"last": {"count": 30, "unit": "DAY"}}}}}
OFTEN = {"interactions": {"count": {"gt": 2}, "where": {"contact": {"type": {"eq": "PERSON"}}}}}

FIXED: Sequence[Question] = [
    (
        f"""query($ids: [ID!]!) {{
            nodes(ids: $ids) {{ __typename id ... on InteractionLogEntry {{ {ENTRY} }} }}
            interactionLogEntry(entryNo: 7) {{ {ENTRY} }}
            postponedInteraction(entryNo: 103) {{ entryNo contact {{ no }} }}
        }}""",
        {"ids": NODES},
    ),
    (
        f"""{{
            interactionLogEntries(first: 7) {{ totalCount nodes {{ {ENTRY} }} pageInfo {{ hasNextPage endCursor }} }}
            last: interactionLogEntries(last: 7) {{ nodes {{ entryNo }} pageInfo {{ hasPreviousPage startCursor }} }}
            postponedInteractions {{ totalCount nodes {{ entryNo state comments {{ comment }} }} }}
            dear: interactionLogEntries(orderBy: [{{field: COST, direction: DESC}}]) {{ nodes {{ entryNo cost }} }}
        }}""",
        {},
    ),
    (
        f"""query($silent: ContactFilter, $often: ContactFilter) {{
            contacts(orderBy: [{{field: DATE_OF_LAST_INTERACTION, direction: DESC}}], first: 100) {{
                nodes {{ no dateOfLastInteraction lastDateAttempted statistics {{ {FIGURES} }}
                    interactionLogEntries {{ totalCount nodes {{ entryNo }} }} postponedInteractions {{ totalCount }} }}
            }}
            silent: contacts(filter: $silent) {{ totalCount nodes {{ no }} }}
            often: contacts(filter: $often) {{ totalCount nodes {{ no }} }}
        }}""",
        {"silent": SILENT, "often": OFTEN},
    ),
    (
        f"""{{
            salespeople {{ nodes {{ code statistics {{ {FIGURES} }} interactionLogEntries {{ totalCount }} }} }}
            campaigns {{ nodes {{ no contactsTargeted contactsResponded responseRate
                entries {{ nodes {{ entryNo noOfInteractions cost duration }} }} }} }}
            interactionTemplates {{ nodes {{ code statistics {{ {FIGURES} }} }} }}
            interactionGroups {{ nodes {{ code statistics {{ {FIGURES} }} }} }}
            loggedSegments {{ nodes {{ entryNo noOfInteractions noOfCampaignEntries cost duration
                interactionLogEntries {{ totalCount nodes {{ entryNo }} }} }} }}
        }}""",
        {},
    ),
    *(
        (
            f"""{{ interactionDraft(input: {{interaction: {{}}, {source}}}) {{
                contact {{ no }} salesperson {{ code }} campaign {{ no }} comments {{ comment }} userErrors {{ code }} }} }}""",
            {},
        )
        for source in ("fromInteractionLogEntryNo: 7", "fromInteractionLogEntryNo: 20", "postponedEntryNo: 103")
    ),
    ('{ logSegmentPreview(segmentNo: "SM1") { ready skipped blocked cost planToken warned } }', {}),
]


class World:
    """A company on one database, whose interactions can be assigned anew."""

    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        self.database, self._loop = database, loop
        self._engine = Engine(GRAPH, database, clock=lambda: NOW)

    def write(self, change: Callable[[Session], Any]) -> Any:
        return self._loop.run_until_complete(self.database.writing(change))

    @contextmanager
    def restored(self) -> Iterator[None]:
        """When the block ends, the company is as it was before."""
        before = self.write(stored_rows)
        try:
            yield
        finally:
            self.write(lambda session: replace_rows(session, before))

    def answer(self, question: Question, caller: Caller) -> Any:
        return json.loads(self._loop.run_until_complete(self._engine.answer(GraphQLRequest(*question), caller)).body)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> Iterator[World]:
    opening = Database.at(empty_copy(request.param))
    database = loop.run_until_complete(opening.__aenter__())
    loop.run_until_complete(database.writing(build))
    yield World(database, loop)
    loop.run_until_complete(opening.__aexit__(None, None, None))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(
    asked=st.lists(questions(without=NOT_COMPARED), min_size=2, max_size=4),
    code=st.sampled_from(CODES),
    seed=st.integers(0, 2**16),
)
def test_a_salesperson_gets_the_answers_of_a_database_with_only_their_rows_k30(
    world: World, asked: list[Question], code: str, seed: int
) -> None:
    with world.restored():
        world.write(lambda session: assign_salespeople(session, random.Random(seed)))

        check_equal_answers(world, [*asked, random.Random(seed).choice(FIXED)], code)


@pytest.mark.parametrize("code", CODES)
def test_lists_figures_and_nodes_show_only_a_salespersons_own_rows_k30(world: World, code: str) -> None:
    with world.restored():
        check_equal_answers(world, FIXED, code)


def check_equal_answers(world: World, asked: Sequence[Question], code: str) -> None:
    """Compare the answers that a salesperson gets with those that anybody gets once the rows of others are deleted."""
    own = Caller(salesperson_code=code, roles=frozenset({Role.SALESPERSON}))
    anybody = Caller(salesperson_code=code)
    restricted = [world.answer(question, own) for question in asked]

    world.write(lambda session: keep_only(session, code))

    for question, answer in zip(asked, restricted, strict=True):
        assert "errors" not in answer, (answer, question)
        assert answer == world.answer(question, anybody), question


def stored_rows(session: Session) -> Rows:
    rows: Rows = {}
    tables: Sequence[type[Table]] = (Contact, *TABLES)
    for table in tables:
        rows[table] = [dict(row) for row in session.execute(select(table_of(table))).mappings()]
    return rows


def replace_rows(session: Session, rows: Rows) -> None:
    """Store these interactions again, and the salespeople of these contacts."""
    contacts = table_of(Contact)
    for row in rows[Contact]:
        session.execute(
            update(contacts).where(contacts.c.no == row["no"]).values(salesperson_code=row["salesperson_code"])
        )
    codes = {row["no"]: row["salesperson_code"] for row in rows[Contact]}
    for row in rows[InteractionLogEntry]:
        row["contact_salesperson_code"] = codes.get(row["contact_no"])
    for table in TABLES:
        session.execute(delete(table_of(table)))
        session.execute(insert(table_of(table)), rows[table])


def assign_salespeople(session: Session, random: random.Random) -> None:
    """Give contacts and interactions other salespeople, or none."""
    rows = stored_rows(session)
    for table in (Contact, InteractionLogEntry, PostponedInteraction):
        for row in rows[table]:
            if random.random() < 0.6:
                row["salesperson_code"] = random.choice([*CODES, None])
    replace_rows(session, rows)


def keep_only(session: Session, code: str) -> None:
    """Delete the interactions that are not a salesperson's own. Decided in Python, without the code under test."""
    rows = stored_rows(session)
    contacts = {row["no"] for row in rows[Contact] if row["salesperson_code"] == code}

    def is_own(row: dict[str, Any]) -> bool:
        return row["salesperson_code"] == code or row["contact_no"] in contacts

    kept = {table: list(filter(is_own, rows[table])) for table in (InteractionLogEntry, PostponedInteraction)}
    numbers = {row["entry_no"] for table in kept for row in kept[table]}
    for table in TABLES:
        rows_of_table = table_of(table)
        session.execute(delete(rows_of_table).where(rows_of_table.c.entry_no.not_in(numbers)))
