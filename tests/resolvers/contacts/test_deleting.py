"""Deleting contacts, whose numbers are never used again (R-CON-9, K6)."""

import asyncio
import threading
from typing import Any

import pytest
from sqlmodel import Session, select

from persistence.contacts import Contact
from persistence.database import Database
from resolvers.contacts import rules as contacts
from resolvers.errors import Refused
from resolvers.interactions import rules as interactions
from resolvers.salespeople import rules as salespeople
from resolvers.work import User, Work
from tests import records
from tests.change_log import recorded_changes
from tests.concurrency import sleep_in_transaction
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of
from tests.segment_lines import insert_line_of_contact


def messages_of_refusals(work: Work, no: str) -> tuple[str, str]:
    """The messages with which deleting a contact is refused."""
    with pytest.raises(Refused) as caught:
        contacts.delete(work, no)
    (refusal,) = caught.value.refusals
    return refusal.message("EN"), refusal.message("FR")


def test_an_unused_contact_is_deleted(work: Work) -> None:
    records.insert_fixtures(work)
    id_ = records.stored(work, Contact, no="P3").id

    outcome = contacts.delete(work, " p3 ")

    assert (outcome.id, outcome.people) == (id_, 0)
    assert work.find(Contact, no="P3") is None
    assert refusals_of(contacts.delete, work, "P3") == [("CONTACT_NOT_FOUND", ("no",))]
    assert recorded_changes(work) == [("P3", "DELETED", {"name": ("Paula Three", None), "type": ("PERSON", None)})]


def test_deleting_a_used_contact_is_refused_with_the_number_of_uses_of_each_kind_k6(work: Work) -> None:
    records.insert_fixtures(work)
    for _ in range(2):
        records.insert_entry(work, contact="P1")
    records.insert_postponed_interaction(work, contact="P1")
    insert_line_of_contact(work, "P1")

    assert refusals_of(contacts.delete, work, "P1") == [("IN_USE", ("no",))]
    english, french = messages_of_refusals(work, "P1")
    assert english == (
        "Contact P1 cannot be deleted: it is used by 2 interactions of the log, 1 postponed interaction and "
        "1 line of an open segment. Block it for privacy instead (privacyBlocked)."
    )
    assert french == (
        "Suppression impossible\u00a0: P1 est encore en usage (2 écritures journal interaction, 1 interaction reportée et "
        "1 ligne d’un segment actif). Bloquez-le plutôt pour des raisons de confidentialité (privacyBlocked)."
    )


def test_the_refusal_to_delete_a_company_counts_uses_of_its_people_k6(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_entry(work, contact="P1")

    english, french = messages_of_refusals(work, "C1")
    assert "Contact C1 cannot be deleted: it or its people are used by 1 interaction of the log." in english
    assert "C1 ou son personnel est encore en usage (1 écriture journal interaction)." in french


def test_a_line_of_a_logged_segment_counts_as_a_use_of_its_contact_k7_k8(work: Work) -> None:
    records.insert_fixtures(work)
    insert_line_of_contact(work, "P3", logged=True)

    assert "1 line of a logged segment." in messages_of_refusals(work, "P3")[0]


def test_deleting_a_company_deletes_its_unused_people_r_con_9(work: Work) -> None:
    records.insert_fixtures(work)

    assert contacts.delete(work, "C1").people == 2
    assert work.session.exec(select(Contact.no).order_by(Contact.no)).all() == ["C2", "P3"]
    assert [(key, action) for key, action, _ in recorded_changes(work)] == [
        ("C1", "DELETED"),
        ("P1", "DELETED"),
        ("P2", "DELETED"),
    ]


def test_a_company_is_not_deleted_while_one_of_its_people_is_used_r_con_9_k6(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_entry(work, contact="P2", company_no=None)

    assert refusal_codes(contacts.delete, work, "C1") == ["IN_USE"]
    contacts.delete(work, "P1")
    assert records.stored(work, Contact, no="P2")


def test_a_company_is_not_deleted_while_entries_of_a_former_person_name_it_k6(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "C9")
    records.insert_entry(work, contact="P3", company_no="C9")

    assert "1 interaction of the log." in messages_of_refusals(work, "C9")[0]


def test_the_number_of_a_deleted_contact_is_not_used_again_k6(work: Work) -> None:
    first = contacts.create(work, {"name": "First"}).no
    records.insert_contact(work, "CT000002")
    for no in (first, "CT000002"):
        contacts.delete(work, no)

    assert refusal_codes(contacts.create, work, {"name": "Again"}, no=first) == ["DUPLICATE"]
    assert contacts.create(work, {"name": "Next"}).no == "CT000003"


def run_concurrently(database: Database, loop: asyncio.AbstractEventLoop, slow: Any, quick: Any) -> list[Any]:
    """The results or refusals of two changes, where the second starts before the first commits."""

    done = threading.Event()

    def slowly(session: Session) -> Any:
        answer = slow(Work(session, User("slow"), NOW))
        done.set()
        sleep_in_transaction(session, 0.4)
        return answer

    async def both() -> list[Any]:
        await database.writing(lambda session: records.insert_fixtures(Work(session, User("tester"), NOW)))
        first = asyncio.create_task(database.writing(slowly))
        assert await asyncio.to_thread(done.wait, 10)
        second = asyncio.create_task(database.writing(lambda session: quick(Work(session, User("quick"), NOW))))
        return list(await asyncio.gather(first, second, return_exceptions=True))

    found = loop.run_until_complete(both())
    return [[str(each.code) for each in one.refusals] if isinstance(one, Refused) else one for one in found]


def create_interaction(work: Work) -> Any:
    return interactions.create(work, {"contact_no": "P3", "template_code": "VISIT", "salesperson_code": "PS"})


def test_a_contact_being_deleted_is_not_found_by_a_concurrent_interaction(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    deleted, logged = run_concurrently(database, loop, lambda work: contacts.delete(work, "P3"), create_interaction)

    assert deleted.people == 0
    assert logged == ["CONTACT_NOT_FOUND"]


def test_a_contact_being_used_is_not_deleted_concurrently(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    logged, deleted = run_concurrently(database, loop, create_interaction, lambda work: contacts.delete(work, "P3"))

    assert logged.entry_no
    assert deleted == ["IN_USE"]


def test_a_salesperson_being_deleted_is_not_found_by_a_concurrent_new_contact(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def retire(work: Work) -> Any:
        for no in ("C2", "P2"):
            contacts.update(work, no, {"salesperson_code": None})
        return salespeople.delete(work, "PS")

    deleted, made = run_concurrently(
        database, loop, retire, lambda work: contacts.create(work, {"name": "New", "salesperson_code": "PS"})
    )

    assert deleted.id
    assert made == ["SALESPERSON_NOT_FOUND"]


def test_a_person_created_while_the_company_is_renamed_has_the_new_company_name(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    run_concurrently(
        database,
        loop,
        lambda work: contacts.update(work, "C1", {"name": "Renamed"}),
        lambda work: contacts.create(work, {"name": "New", "company_no": "C1"}, no="NEW"),
    )

    named = select(Contact.company_name).where(Contact.company_no == "C1").distinct()
    assert loop.run_until_complete(database.select(named)) == [{"company_name": "Renamed"}]
