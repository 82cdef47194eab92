"""Postponing interactions, the first time and again (R-POST)."""

import datetime as dt
from decimal import Decimal

from persistence.campaigns import CampaignEntry
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.salespeople import Salesperson
from resolvers.interactions import comments
from resolvers.interactions import rules as interactions
from resolvers.interactions.fields import InteractionFields
from resolvers.work import Work
from tests import records
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of

VISIT_C1 = InteractionFields(contact_no="C1", template_code="VISIT")


def postponed_interaction(work: Work, entry_no: int) -> PostponedInteraction:
    row: PostponedInteraction = records.stored(work, PostponedInteraction, entry_no=entry_no)
    return row


def comments_on(work: Work, entry_no: int) -> list[str]:
    return [comment.comment for comment in comments.stored_comments(work, entry_no)]


def test_d1_050_a_draft_without_template_is_postponed_if_it_has_a_contact_or_a_salesperson_k3(work: Work) -> None:
    records.insert_fixtures(work)

    by_contact = interactions.postpone(work, {"contact_no": "P3"}).entry_no
    by_salesperson = interactions.postpone(work, {"salesperson_code": "JO"}).entry_no

    assert (postponed_interaction(work, by_contact).contact_no, postponed_interaction(work, by_contact).cost) == (
        "P3",
        None,
    )
    assert postponed_interaction(work, by_salesperson).salesperson_code == "JO"
    assert refusals_of(interactions.postpone, work, {"template_code": "VISIT"}) == [
        ("CONTACT_REQUIRED", ("interaction", "contact_no"))
    ]


def test_d1_051_a_postponed_interaction_creates_no_log_or_campaign_entry_r_post_3_r_post_4(work: Work) -> None:
    records.insert_fixtures(work)

    fields = VISIT_C1 | {"campaign_no": "CP1", "comments": ["A"]}
    made = interactions.postpone(work, fields, resume_on=records.TODAY, reason=" Call back ")

    row = postponed_interaction(work, made.entry_no)
    assert (row.contact_no, row.company_no, row.salesperson_code, row.campaign_no) == ("C1", "C1", "JO", "CP1")
    assert (row.template_code, row.cost, row.duration, row.description) == ("VISIT", Decimal(45), 180, "Visit")
    assert (row.date, row.time_of_interaction, row.resume_on, row.reason) == (
        records.TODAY,
        dt.time(10, 16),
        records.TODAY,
        "Call back",
    )
    assert (row.version, row.user_id, row.postponed_at) == (1, "tester", NOW)
    assert comments_on(work, made.entry_no) == ["A"]
    assert work.find(InteractionLogEntry, contact_no="C1") is None
    assert work.find(CampaignEntry, campaign_no="CP1") is None


def test_the_records_of_a_postponed_draft_must_exist_and_not_be_blocked_k10(work: Work) -> None:
    records.insert_fixtures(work)
    records.block(work, records.stored(work, Contact, no="C1"))

    assert refusal_codes(interactions.postpone, work, {"contact_no": "C1"}) == ["CONTACT_PRIVACY_BLOCKED"]
    assert refusal_codes(
        interactions.postpone, work, {"contact_no": "C2", "template_code": "T9"}, reason="x" * 251
    ) == ["TEMPLATE_NOT_FOUND", "TOO_LONG"]


def test_postponing_again_changes_the_given_fields_only_k2(work: Work) -> None:
    records.insert_fixtures(work)
    fields = VISIT_C1 | {"attempt_failed": True, "date": records.TODAY - dt.timedelta(days=1)}
    made = interactions.postpone(work, fields, resume_on=records.TODAY, reason="Busy")

    later = records.as_user(records.at_time(work, NOW + dt.timedelta(hours=1)), id="other")
    again = interactions.postpone(later, {"cost": Decimal(7)}, entry_no=made.entry_no, reason=None, expected_version=1)

    row = postponed_interaction(work, made.entry_no)
    assert again == made
    assert (row.cost, row.duration, row.date, row.attempt_failed) == (
        Decimal(7),
        180,
        records.TODAY - dt.timedelta(days=1),
        True,
    )
    assert (row.resume_on, row.reason, row.version, row.user_id) == (records.TODAY, None, 2, "other")


def test_postponing_again_allows_records_blocked_since_unless_they_are_newly_named(work: Work) -> None:
    records.insert_fixtures(work)
    made = interactions.postpone(work, VISIT_C1)
    records.block(work, records.stored(work, Salesperson, code="JO"))
    records.block(work, records.stored(work, Salesperson, code="PS"))

    interactions.postpone(work, {}, entry_no=made.entry_no, resume_on=records.TODAY)

    assert refusal_codes(interactions.postpone, work, {"salesperson_code": "PS"}, entry_no=made.entry_no) == [
        "SALESPERSON_BLOCKED"
    ]


def test_a_stale_version_is_refused(work: Work) -> None:
    records.insert_fixtures(work)
    made = interactions.postpone(work, VISIT_C1)

    stale = [("STALE_VERSION", ("expected_version",))]
    assert refusals_of(interactions.postpone, work, {}, entry_no=made.entry_no, expected_version=2) == stale
    assert refusals_of(interactions.resume, work, made.entry_no, {}, expected_version=2) == stale


def test_postponing_takes_only_one_number_to_start_from(work: Work) -> None:
    assert refusals_of(interactions.postpone, work, {}, entry_no=1, from_entry_no=2) == [("INVALID", ("entry_no",))]
