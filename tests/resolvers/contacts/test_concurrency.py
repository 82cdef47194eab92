"""Many clients change the same contacts at once: no change fails, company names agree, and the change log is complete."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from persistence.database import Database
from resolvers.contacts import rules as contacts
from resolvers.interactions import rules as interactions
from resolvers.work import Work
from tests import records
from tests.resolvers.contacts.random_clients import run_clients, work_of

pytestmark = pytest.mark.slow

CLIENTS, TURNS = 8, 12
COUNT_OF_WRONG_COMPANY_NAMES = (
    "SELECT count(*) FROM contact p JOIN contact c ON c.no = p.company_no WHERE p.company_name <> c.name"
)
COUNT_OF_UNRECORDED_CHANGES = """SELECT count(*) FROM contact c WHERE c.version <> 1 + (
    SELECT count(*) FROM change WHERE kind = 'contact' AND object_id = c.id AND action <> 'CREATED')"""


def random_command(chance: random.Random, work: Work) -> None:
    """One random command: renaming a company, moving, creating, deleting or anonymizing a person, logging an
    interaction.
    """
    company, person, new = (
        chance.choice(["C1", "C2"]),
        chance.choice(["P1", "P2", "P3"]),
        f"CT{chance.randrange(1, 15):06}",
    )
    actions: list[Callable[[], object]] = [
        lambda: contacts.update(
            work, company, {"name": f"Name {chance.random()}", "city": chance.choice(["Lyon", "Nice"])}
        ),
        lambda: contacts.update(work, person, {"company_no": company}),
        lambda: contacts.create(work, {"name": "New", "company_no": company}),
        lambda: contacts.create(work, {"name": "New", "company_no": company}),
        lambda: interactions.create(work, {"contact_no": new, "template_code": "VISIT", "salesperson_code": "JO"}),
        lambda: interactions.postpone(work, {"contact_no": person, "template_code": "VISIT"}),
        lambda: contacts.delete(work, new),
        lambda: contacts.anonymize(work, person),
    ]
    chance.choice(actions)()


def test_concurrent_changes_of_the_same_contacts_succeed_or_are_refused_and_are_recorded(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    async def everyone() -> tuple[Counter[str], list[Any]]:
        await database.writing(lambda session: records.insert_fixtures(work_of(session)))
        met = await run_clients(database, random_command, clients=CLIENTS, turns=TURNS)
        return met, await database.reading([(COUNT_OF_WRONG_COMPANY_NAMES, ()), (COUNT_OF_UNRECORDED_CHANGES, ())])

    met, wrong = loop.run_until_complete(everyone())

    assert wrong == [0, 0]
    assert met["done"] > CLIENTS
    assert set(met) <= {"done", "CONTACT_NOT_FOUND", "CONTACT_PRIVACY_BLOCKED", "IN_USE"}
