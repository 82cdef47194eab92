"""Resuming and deleting postponed interactions (R-RES, R-DELP)."""

import asyncio
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, select

from persistence.campaigns import CampaignEntry
from persistence.database import Database
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from resolvers.errors import Refused
from resolvers.interactions import comments
from resolvers.interactions import rules as interactions
from resolvers.work import User, Work
from tests import records
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of
from tests.resolvers.interactions.test_postponing import VISIT_C1, comments_on, postponed_interaction
from tests.statements import recorded_statements, without_ranges


def logged(work: Work, entry_no: int) -> InteractionLogEntry:
    row: InteractionLogEntry = records.stored(work, InteractionLogEntry, entry_no=entry_no)
    return row


def is_postponed(work: Work, entry_no: int) -> bool:
    return work.find(PostponedInteraction, entry_no=entry_no) is not None


def test_d1_053_resuming_finishes_the_same_entry_and_no_other_r_res_4_r_res_5(work: Work) -> None:
    records.insert_fixtures(work)
    older = interactions.postpone(work, VISIT_C1).entry_no
    newer = interactions.postpone(work, VISIT_C1).entry_no

    resumed = interactions.resume(records.as_user(work, id="finisher"), older, {"cost": Decimal(77)})

    assert resumed.entry_no == older
    assert (logged(work, older).cost, logged(work, older).user_id, logged(work, older).subject) == (
        Decimal(77),
        "finisher",
        "Visit",
    )
    assert not is_postponed(work, older)
    assert (postponed_interaction(work, newer).cost, postponed_interaction(work, newer).version) == (Decimal(45), 1)
    assert list(work.session.exec(select(InteractionLogEntry.entry_no))) == [older]


def test_d1_054_resuming_resets_date_time_and_failure_unless_they_are_given_r_res_2_k13(work: Work) -> None:
    records.insert_fixtures(work)
    stored = {"date": records.TODAY - dt.timedelta(days=1), "attempt_failed": True, "evaluation": "NEUTRAL"}
    first = records.insert_postponed_interaction(work, contact="C1", **stored).entry_no
    second = records.insert_postponed_interaction(work, contact="C1", **stored).entry_no

    interactions.resume(work, first, {})
    interactions.resume(work, second, {"date": records.TODAY - dt.timedelta(days=2), "attempt_failed": True})

    entry = logged(work, first)
    assert (entry.date, entry.time_of_interaction, entry.attempt_failed) == (records.TODAY, dt.time(10, 16), False)
    assert entry.evaluation == "NEUTRAL"
    assert (logged(work, second).date, logged(work, second).attempt_failed) == (
        records.TODAY - dt.timedelta(days=2),
        True,
    )


def test_d1_055_the_campaign_entry_is_created_when_the_interaction_is_finished_r_res_4(work: Work) -> None:
    records.insert_fixtures(work)
    entry_no = interactions.postpone(work, VISIT_C1 | {"campaign_no": "CP1"}).entry_no

    interactions.resume(work, entry_no, {})

    assert logged(work, entry_no).campaign_entry_no == records.stored(work, CampaignEntry, campaign_no="CP1").entry_no


def test_d1_056_comments_given_on_resume_replace_all_but_unchanged_ones_r_res_4(work: Work) -> None:
    records.insert_fixtures(work)
    entry_no = interactions.postpone(work, VISIT_C1 | {"comments": ["A", "B"]}).entry_no

    interactions.resume(records.as_user(work, id="finisher"), entry_no, {"comments": ["A", "C"]})

    kept = [(row.line_no, row.comment, row.user_id) for row in comments.stored_comments(work, entry_no)]
    assert kept == [(1, "A", "tester"), (2, "C", "finisher")]


def test_comments_stay_if_none_are_given_and_an_empty_list_deletes_them(work: Work) -> None:
    records.insert_fixtures(work)
    first = interactions.postpone(work, VISIT_C1 | {"comments": ["A"]}).entry_no
    second = interactions.postpone(work, VISIT_C1 | {"comments": ["A"]}).entry_no

    interactions.resume(work, first, {})
    interactions.postpone(work, {"comments": []}, entry_no=second)

    assert (comments_on(work, first), comments_on(work, second)) == (["A"], [])


def test_resuming_does_not_change_the_contact_k12_r_res_3(work: Work) -> None:
    records.insert_fixtures(work)
    entry_no = interactions.postpone(work, VISIT_C1).entry_no

    changed = [("INVALID", ("interaction", "contact_no"))]
    assert refusals_of(interactions.resume, work, entry_no, {"contact_no": "C2"}) == changed
    assert refusals_of(interactions.postpone, work, {"contact_no": None}, entry_no=entry_no) == changed
    assert interactions.resume(work, entry_no, {"contact_no": "c1"}).entry_no == entry_no


def test_given_values_even_salesperson_and_campaign_take_precedence_on_resume_k12(work: Work) -> None:
    records.insert_fixtures(work)
    entry_no = interactions.postpone(work, VISIT_C1 | {"campaign_no": "CP1"}).entry_no

    interactions.resume(work, entry_no, {"salesperson_code": "PS", "campaign_no": None})

    assert (logged(work, entry_no).salesperson_code, logged(work, entry_no).campaign_no) == ("PS", None)


def test_another_template_keeps_a_given_description_and_campaign_r_tmpl_2_r_tmpl_3_r_tmpl_4(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "T", cost=3, description="Talk", campaign_no="CP2")
    plain = interactions.postpone(work, VISIT_C1 | {"cost": Decimal(99)}).entry_no
    own = interactions.postpone(work, VISIT_C1 | {"description": "Mine", "campaign_no": "CP1"}).entry_no

    interactions.resume(work, plain, {"template_code": "T"})
    interactions.resume(work, own, {"template_code": "T"})

    entry = logged(work, plain)
    assert (entry.description, entry.cost, entry.group_code, entry.initiated_by) == ("Talk", Decimal(3), None, None)
    assert (entry.campaign_no, logged(work, own).description, logged(work, own).campaign_no) == ("CP2", "Mine", "CP1")


def test_values_that_depend_on_the_contact_are_filled_in_when_it_is_chosen_k3(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "CF", language_code="FRA", correspondence_type="HARD_COPY")
    records.insert_template(work, "T", languages=("FRA",), description="Talk")
    entry_no = interactions.postpone(work, {"salesperson_code": "JO", "template_code": "T"}).entry_no

    interactions.resume(work, entry_no, {"contact_no": "CF"})

    entry = logged(work, entry_no)
    assert (entry.contact_no, entry.company_no, entry.salesperson_code) == ("CF", "CF", "JO")
    assert (entry.language_code, entry.correspondence_type) == ("FRA", "HARD_COPY")


def test_an_interaction_that_cannot_be_finished_stays_postponed_and_all_missing_fields_are_named_k2(work: Work) -> None:
    records.insert_fixtures(work)
    entry_no = interactions.postpone(work, {"contact_no": "P3"}).entry_no

    assert refusal_codes(interactions.resume, work, entry_no, {"cost": Decimal(5)}) == [
        "TEMPLATE_REQUIRED",
        "SALESPERSON_REQUIRED",
        "DESCRIPTION_REQUIRED",
    ]
    assert (postponed_interaction(work, entry_no).cost, postponed_interaction(work, entry_no).version) == (None, 1)
    assert work.find(InteractionLogEntry, entry_no=entry_no) is None


def test_d1_057_deleting_postponed_interactions_deletes_their_comments_r_delp(work: Work) -> None:
    records.insert_fixtures(work)
    x, y = (interactions.postpone(work, VISIT_C1 | {"comments": ["A"]}).entry_no for _ in range(2))

    assert interactions.delete_postponed(work, [x, x]).entry_nos == [x]

    assert (is_postponed(work, x), comments_on(work, x)) == (False, [])
    assert (is_postponed(work, y), comments_on(work, y)) == (True, ["A"])
    assert interactions.delete_postponed(work, []).entry_nos == []


def test_d1_058_a_finished_or_deleted_interaction_is_neither_resumed_nor_deleted_r_res_6_r_delp(work: Work) -> None:
    records.insert_fixtures(work)
    finished = interactions.create(work, VISIT_C1).entry_no
    still = interactions.postpone(work, VISIT_C1).entry_no

    assert refusals_of(interactions.resume, work, finished, {"cost": Decimal(1)}) == [("NOT_POSTPONED", ("entry_no",))]
    assert refusal_codes(interactions.postpone, work, {}, entry_no=finished) == ["NOT_POSTPONED"]
    assert refusal_codes(interactions.delete_postponed, work, [finished, still, 4711]) == [
        "NOT_POSTPONED",
        "NOT_POSTPONED",
    ]
    assert logged(work, finished).cost == 45
    assert is_postponed(work, still)
    assert refusal_codes(interactions.delete_postponed, work, range(1001)) == ["TOO_MANY"]


def test_resuming_executes_five_statements_and_deleting_four_for_any_number(work: Work) -> None:
    """The INSERT before the last DELETE records it for the change feed."""
    records.insert_fixtures(work)
    first, *rest = [interactions.postpone(work, VISIT_C1).entry_no for _ in range(5)]
    work.session.expunge_all()

    with recorded_statements(work) as resuming:
        interactions.resume(work, first, {})
    with recorded_statements(work) as deleting:
        interactions.delete_postponed(work, rest)

    for statements, kinds in (
        (resuming, ["SELECT", "SELECT", "INSERT", "INSERT", "DELETE"]),
        (deleting, ["SELECT", "DELETE", "INSERT", "DELETE"]),
    ):
        assert [statement.split()[0] for statement in without_ranges(statements)] == kinds


@pytest.mark.parametrize("command", ["resume", "delete"])
def test_the_second_of_two_clients_who_resume_gets_not_postponed_r_res_6(
    database: Database, loop: asyncio.AbstractEventLoop, command: str
) -> None:
    def prepare(session: Session) -> int:
        work = Work(session, User("tester"), NOW)
        records.insert_fixtures(work)
        return interactions.postpone(work, VISIT_C1).entry_no

    def resume_or_delete(session: Session, entry_no: int) -> Any:
        work = Work(session, User("tester"), NOW)
        if command == "resume":
            return interactions.resume(work, entry_no, {})
        return interactions.delete_postponed(work, [entry_no])

    async def at_once() -> list[Any]:
        entry_no = await database.writing(prepare)
        changes = (database.writing(lambda session: resume_or_delete(session, entry_no)) for _ in range(4))
        return await asyncio.gather(*changes, return_exceptions=True)

    outcomes = loop.run_until_complete(at_once())
    losers = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(losers) == 3
    assert {str(refusal.code) for loser in losers for refusal in loser.refusals} == {"NOT_POSTPONED"}
