"""Two imports, or an import and a client, at the same time (R-IMP-5)."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, select

from persistence.contacts import Contact
from persistence.database import Database
from persistence.interactions import InteractionLogEntry
from resolvers.contacts import rules as contacts
from resolvers.imports import ImportReport, interactions
from resolvers.imports import contacts as contact_import
from resolvers.work import User, Work
from tests.concurrency import sleep_in_transaction
from tests.conftest import NOW
from tests.import_files import write_file

BOOK = "First Name,Last Name,E-mail Address,Company\nAnn,Smith,ann@inn.example,Inn\nBob,Roy,bob@inn.example,Inn\n"
LOG = "Contact Name,Date,Description\nAnn Smith,2017-01-31,Visit\nAnn Smith,2017-01-31,Visit\n"


def slowly(change: Callable[[Work], ImportReport]) -> Callable[[Session], ImportReport]:
    """Run a rule in a transaction that stays open for a moment."""

    def run(session: Session) -> ImportReport:
        report = change(Work(session, User("tester"), NOW))
        sleep_in_transaction(session, 0.2)
        return report

    return run


@pytest.mark.usefixtures("loop")
def test_two_imports_of_a_file_at_the_same_time_end_with_one_set_r_imp_5(
    database: Database, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    async def twice(change: Callable[[Work], ImportReport]) -> list[tuple[int, int]]:
        reports = await asyncio.gather(*(database.writing(slowly(change)) for _ in range(2)))
        return sorted((report.created, report.unchanged) for report in reports)

    book = write_file(tmp_path, BOOK)
    of_contacts = loop.run_until_complete(twice(lambda work: contact_import.run(work, book)))
    log = write_file(tmp_path, LOG)
    of_interactions = loop.run_until_complete(twice(lambda work: interactions.run(work, log)))

    assert (of_contacts, of_interactions) == ([(0, 2), (3, 0)], [(0, 2), (2, 0)])


def test_a_contact_that_a_client_creates_first_is_found_by_the_import_r_imp_5(
    database: Database, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    path = write_file(tmp_path, BOOK)
    held = asyncio.Event()

    def create(session: Session) -> None:
        contacts.create(Work(session, User("tester"), NOW), {"name": "Ann Smith", "email": "ann@inn.example"})
        held.set()
        sleep_in_transaction(session, 0.2)

    async def both() -> ImportReport:
        creating = asyncio.ensure_future(database.writing(create))
        await held.wait()
        report = await database.writing(lambda session: contact_import.run(Work(session, User("tester"), NOW), path))
        await creating
        return report

    report = loop.run_until_complete(both())

    def names(session: Session) -> list[str]:
        assert session.exec(select(InteractionLogEntry)).all() == []
        return sorted(session.exec(select(Contact.name)))

    assert report.unchanged == 1
    assert loop.run_until_complete(database.querying(names)) == ["Ann Smith", "Bob Roy", "Inn"]
