"""Resuming a postponed interaction finishes the same entry (R-RES-1 to R-RES-6)."""

import datetime as dt
from decimal import Decimal

from sqlmodel import select

from persistence.campaigns import CampaignEntry
from persistence.interactions import InteractionLogEntry
from resolvers.interactions import comments
from resolvers.interactions import rules as interactions
from resolvers.work import Work
from tests import records as given
from tests.refusing import refused
from tests.resolvers.interactions.test_postponing import VISIT_C1, is_postponed, logged, said, waiting


def test_d1_053_resuming_finishes_the_same_entry_and_no_other_r_res_4_r_res_5(work: Work) -> None:
    given.the_fixtures(work)
    older = interactions.postpone(work, VISIT_C1).entry_no
    newer = interactions.postpone(work, VISIT_C1).entry_no

    resumed = interactions.resume(given.asked_by(work, id="finisher"), older, {"cost": Decimal(77)})

    assert resumed.entry_no == older
    assert (logged(work, older).cost, logged(work, older).user_id, logged(work, older).subject) == (
        Decimal(77),
        "finisher",
        "Visit",
    )
    assert not is_postponed(work, older)
    assert (waiting(work, newer).cost, waiting(work, newer).version) == (Decimal(45), 1)
    assert list(work.session.exec(select(InteractionLogEntry.entry_no))) == [older]


def test_d1_054_resuming_resets_date_time_and_failure_unless_they_are_given_r_res_2_k13(work: Work) -> None:
    given.the_fixtures(work)
    stored = {"date": given.W - dt.timedelta(days=1), "attempt_failed": True, "evaluation": "NEUTRAL"}
    first = given.a_postponed_interaction(work, contact="C1", **stored).entry_no
    second = given.a_postponed_interaction(work, contact="C1", **stored).entry_no

    interactions.resume(work, first, {})
    interactions.resume(work, second, {"date": given.W - dt.timedelta(days=2), "attempt_failed": True})

    entry = logged(work, first)
    assert (entry.date, entry.time_of_interaction, entry.attempt_failed) == (given.W, dt.time(10, 16), False)
    assert entry.evaluation == "NEUTRAL"
    assert (logged(work, second).date, logged(work, second).attempt_failed) == (given.W - dt.timedelta(days=2), True)


def test_d1_055_the_campaign_entry_is_created_when_the_interaction_is_finished_r_res_4(work: Work) -> None:
    given.the_fixtures(work)
    entry_no = interactions.postpone(work, VISIT_C1 | {"campaign_no": "CP1"}).entry_no

    interactions.resume(work, entry_no, {})

    assert logged(work, entry_no).campaign_entry_no == given.the(work, CampaignEntry, campaign_no="CP1").entry_no


def test_d1_056_comments_given_on_resume_replace_the_others_and_unchanged_ones_keep_their_user_r_res_4(
    work: Work,
) -> None:
    given.the_fixtures(work)
    entry_no = interactions.postpone(work, VISIT_C1 | {"comments": ["A", "B"]}).entry_no

    interactions.resume(given.asked_by(work, id="finisher"), entry_no, {"comments": ["A", "C"]})

    kept = [(row.line_no, row.comment, row.user_id) for row in comments.of_entry(work, entry_no)]
    assert kept == [(1, "A", "tester"), (2, "C", "finisher")]


def test_comments_stay_if_none_are_given_and_an_empty_list_deletes_them(work: Work) -> None:
    given.the_fixtures(work)
    first = interactions.postpone(work, VISIT_C1 | {"comments": ["A"]}).entry_no
    second = interactions.postpone(work, VISIT_C1 | {"comments": ["A"]}).entry_no

    interactions.resume(work, first, {})
    interactions.postpone(work, {"comments": []}, entry_no=second)

    assert (said(work, first), said(work, second)) == (["A"], [])


def test_resuming_does_not_change_the_contact_k12_r_res_3(work: Work) -> None:
    given.the_fixtures(work)
    entry_no = interactions.postpone(work, VISIT_C1).entry_no

    changed = [("INVALID", ("interaction", "contact_no"))]
    assert refused(interactions.resume, work, entry_no, {"contact_no": "C2"}) == changed
    assert refused(interactions.postpone, work, {"contact_no": None}, entry_no=entry_no) == changed
    assert interactions.resume(work, entry_no, {"contact_no": "c1"}).entry_no == entry_no


def test_given_values_even_salesperson_and_campaign_take_precedence_on_resume_k12(work: Work) -> None:
    given.the_fixtures(work)
    entry_no = interactions.postpone(work, VISIT_C1 | {"campaign_no": "CP1"}).entry_no

    interactions.resume(work, entry_no, {"salesperson_code": "PS", "campaign_no": None})

    assert (logged(work, entry_no).salesperson_code, logged(work, entry_no).campaign_no) == ("PS", None)


def test_another_template_replaces_its_values_but_not_a_given_description_and_campaign_r_tmpl_2_r_tmpl_3_r_tmpl_4(
    work: Work,
) -> None:
    given.the_fixtures(work)
    given.a_template(work, "T", cost=3, description="Talk", campaign_no="CP2")
    plain = interactions.postpone(work, VISIT_C1 | {"cost": Decimal(99)}).entry_no
    own = interactions.postpone(work, VISIT_C1 | {"description": "Mine", "campaign_no": "CP1"}).entry_no

    interactions.resume(work, plain, {"template_code": "T"})
    interactions.resume(work, own, {"template_code": "T"})

    entry = logged(work, plain)
    assert (entry.description, entry.cost, entry.group_code, entry.initiated_by) == ("Talk", Decimal(3), None, None)
    assert (entry.campaign_no, logged(work, own).description, logged(work, own).campaign_no) == ("CP2", "Mine", "CP1")


def test_values_that_depend_on_the_contact_are_filled_in_when_it_is_chosen_k3(work: Work) -> None:
    given.the_fixtures(work)
    given.a_contact(work, "CF", language_code="FRA", correspondence_type="HARD_COPY")
    given.a_template(work, "T", languages=("FRA",), description="Talk")
    entry_no = interactions.postpone(work, {"salesperson_code": "JO", "template_code": "T"}).entry_no

    interactions.resume(work, entry_no, {"contact_no": "CF"})

    entry = logged(work, entry_no)
    assert (entry.contact_no, entry.company_no, entry.salesperson_code) == ("CF", "CF", "JO")
    assert (entry.language_code, entry.correspondence_type) == ("FRA", "HARD_COPY")
