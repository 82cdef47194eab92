"""Drafts and the values that the rules fill in (R-DRAFT, R-TMPL, R-CORR)."""

import datetime as dt
from decimal import Decimal

from persistence.campaigns import Campaign
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry
from persistence.salespeople import Salesperson
from persistence.templates import InteractionTemplate
from resolvers.interactions import rules as interactions
from resolvers.interactions.drafts import Draft
from resolvers.interactions.fields import InteractionFields
from resolvers.work import Work
from tests import records
from tests.conftest import NOW
from tests.statements import recorded_statements


def draft(work: Work, **fields: object) -> Draft:
    """A draft with the records of `tests.records`."""
    if work.find(Salesperson, code="JO") is None:
        records.insert_fixtures(work)
    return interactions.draft(work, InteractionFields(**fields))  # type: ignore[typeddict-item]  # any field


def errors(made: Draft) -> list[tuple[str, str]]:
    return [(str(refusal.code), refusal.field[-1]) for refusal in made.refusals]


def test_d1_029_the_time_is_now_rounded_up_to_the_minute_r_draft_1(work: Work) -> None:
    made = draft(work, contact_no="C1")

    assert (made.date, made.time_of_interaction) == (records.TODAY, dt.time(10, 16))
    assert draft(records.at_time(work, NOW.replace(second=59)), contact_no="C1").time_of_interaction == dt.time(10, 16)
    assert draft(records.at_time(work, NOW.replace(second=0)), contact_no="C1").time_of_interaction == dt.time(10, 16)


def test_a_time_rounded_up_to_midnight_belongs_to_the_next_day_k15(work: Work) -> None:
    late = records.at_time(work, NOW.replace(hour=23, minute=59, second=30))

    made = draft(late, contact_no="C1")
    assert (made.date, made.time_of_interaction) == (records.TODAY + dt.timedelta(days=1), dt.time(0))
    assert draft(late, contact_no="C1", date=records.TODAY).date == records.TODAY
    assert draft(late, contact_no="C1", time_of_interaction=dt.time(23, 50)).date == records.TODAY


def test_default_date_and_time_are_in_the_companys_time_zone_k15(work: Work) -> None:
    records.change_setup(work, time_zone="America/Los_Angeles")

    made = draft(records.at_time(work, NOW.replace(hour=5)), contact_no="C1")

    assert (made.date, made.time_of_interaction) == (records.TODAY - dt.timedelta(days=1), dt.time(22, 16))


def test_a_draft_takes_company_language_and_salesperson_from_the_contact_r_draft_2(work: Work) -> None:
    records.insert_fixtures(work)
    records.stored(work, Contact, no="P1").language_code = "FRA"
    work.session.flush()

    made = draft(work, contact_no=" p1 ")

    assert (made.contact_no, made.company_no, made.language_code, made.salesperson_code) == ("P1", "C1", "FRA", "JO")
    assert made.missing_fields == ["template_code", "description"]
    assert errors(made) == [("TEMPLATE_REQUIRED", "template_code"), ("DESCRIPTION_REQUIRED", "description")]


def test_d1_043_the_users_own_salesperson_takes_precedence_over_the_contacts_k16(work: Work) -> None:
    as_pat = records.as_user(work, salesperson="PS")

    assert draft(as_pat, contact_no="C1").salesperson_code == "PS"
    assert draft(as_pat).salesperson_code == "PS"
    assert draft(as_pat, contact_no="C1", salesperson_code="JO").salesperson_code == "JO"


def test_a_blocked_or_deleted_own_salesperson_is_replaced_by_the_contacts_k16(work: Work) -> None:
    records.insert_fixtures(work)
    records.block(work, records.stored(work, Salesperson, code="PS"))

    for own in ("PS", "XX"):
        as_pat = records.as_user(work, salesperson=own)
        made = draft(as_pat, contact_no="C1", template_code="VISIT")
        assert (made.salesperson_code, errors(made)) == ("JO", [])
        assert draft(as_pat, template_code="VISIT").missing_fields == ["contact_no", "salesperson_code"]
        assert errors(draft(as_pat, contact_no="C1", template_code="VISIT", salesperson_code="PS")) == [
            ("SALESPERSON_BLOCKED", "salesperson_code")
        ]


def test_an_explicit_null_salesperson_stays_blank_k24(work: Work) -> None:
    made = draft(records.as_user(work, salesperson="PS"), contact_no="C1", salesperson_code=None)

    assert made.salesperson_code is None
    assert "salesperson_code" in made.missing_fields


def test_d1_025_choosing_a_contact_does_not_replace_a_given_salesperson_r_draft_3(work: Work) -> None:
    assert draft(work, salesperson_code="PS", contact_no="P1").salesperson_code == "PS"


def test_d1_023_a_draft_takes_only_contact_salesperson_and_campaign_from_a_log_entry_r_draft_4(work: Work) -> None:
    records.insert_fixtures(work)
    entry = records.insert_entry(work, contact="P1", salesperson_code="PS", campaign_no="CP1", evaluation="POSITIVE")

    made = interactions.draft(work, {}, from_entry_no=entry.entry_no)

    assert (made.contact_no, made.company_no, made.salesperson_code, made.campaign_no) == ("P1", "C1", "PS", "CP1")
    assert (made.template_code, made.description, made.cost, made.evaluation) == (None, None, None, None)


def test_given_values_take_precedence_over_those_of_the_log_entry_k12(work: Work) -> None:
    records.insert_fixtures(work)
    entry = records.insert_entry(work, contact="P1", campaign_no="CP1")

    made = interactions.draft(work, {"contact_no": "C2", "campaign_no": None}, from_entry_no=entry.entry_no)

    assert (made.contact_no, made.company_no, made.campaign_no) == ("C2", "C2", None)


def test_an_unknown_log_entry_is_refused(work: Work) -> None:
    records.insert_fixtures(work)

    made = interactions.draft(work, {"contact_no": "C1", "template_code": "VISIT"}, from_entry_no=4711)

    assert errors(made) == [("NOT_FOUND", "from_interaction_log_entry_no")]


def test_all_missing_fields_and_wrong_references_are_reported_at_once_in_order_k4(work: Work) -> None:
    made = draft(
        work,
        date=None,
        campaign_no="XX",
        salesperson_code="YY",
        cost=Decimal(-1),
        duration=-1,
        description="x" * 101,
        contact_via="y" * 81,
        comments=["z" * 2001],
    )

    assert errors(made) == [
        ("CONTACT_REQUIRED", "contact_no"),
        ("TEMPLATE_REQUIRED", "template_code"),
        ("DATE_REQUIRED", "date"),
        ("SALESPERSON_NOT_FOUND", "salesperson_code"),
        ("CAMPAIGN_NOT_FOUND", "campaign_no"),
        ("INVALID", "cost"),
        ("INVALID", "duration"),
        ("TOO_LONG", "description"),
        ("TOO_LONG", "contact_via"),
        ("TOO_LONG", "0"),
    ]
    assert made.missing_fields == ["contact_no", "template_code"]


def test_records_that_do_not_exist_are_refused_r_fin_8(work: Work) -> None:
    made = draft(
        work, contact_no="C9", template_code="T9", salesperson_code="S9", campaign_no="CP9", description="Talk"
    )

    assert errors(made) == [
        ("CONTACT_NOT_FOUND", "contact_no"),
        ("TEMPLATE_NOT_FOUND", "template_code"),
        ("SALESPERSON_NOT_FOUND", "salesperson_code"),
        ("CAMPAIGN_NOT_FOUND", "campaign_no"),
    ]


def test_blocked_records_are_refused_k10_r_con_11(work: Work) -> None:
    records.insert_fixtures(work)
    for row in (
        records.stored(work, Contact, no="C1"),
        records.stored(work, InteractionTemplate, code="VISIT"),
        records.stored(work, Salesperson, code="JO"),
        records.stored(work, Campaign, no="CP1"),
    ):
        records.block(work, row)

    assert errors(draft(work, contact_no="C1", template_code="VISIT", campaign_no="CP1")) == [
        ("CONTACT_PRIVACY_BLOCKED", "contact_no"),
        ("TEMPLATE_BLOCKED", "template_code"),
        ("SALESPERSON_BLOCKED", "salesperson_code"),
        ("CAMPAIGN_BLOCKED", "campaign_no"),
    ]


def test_a_draft_shows_its_comments_and_stores_nothing_k2(work: Work) -> None:
    records.insert_fixtures(work)

    with recorded_statements(work) as sent:
        made = draft(work, contact_no="C1", template_code="VISIT", comments=["One", " ", "Two "])

    assert [(comment.line_no, comment.comment, comment.date) for comment in made.comments] == [
        (1, "One", records.TODAY),
        (2, "Two", records.TODAY),
    ]
    assert all(statement.startswith("SELECT") for statement in sent)
    assert work.find(InteractionLogEntry, contact_no="C1") is None


def test_a_draft_has_at_most_100_comments(work: Work) -> None:
    assert ("TOO_MANY", "comments") in errors(draft(work, contact_no="C1", comments=["x"] * 101))


def test_d1_052_the_draft_of_a_postponed_interaction_shows_what_resuming_would_do_r_res_1(work: Work) -> None:
    records.insert_fixtures(work)
    other = records.insert_postponed_interaction(work, contact="C1", salesperson_code="PS")
    waiting = records.insert_postponed_interaction(
        work,
        contact="C1",
        salesperson_code="JO",
        date=records.TODAY - dt.timedelta(days=1),
        attempt_failed=True,
        evaluation="POSITIVE",
        cost=Decimal(7),
    )

    made = interactions.draft(work, {"duration": 5}, postponed_entry_no=waiting.entry_no)

    assert (made.salesperson_code, made.evaluation, made.cost, made.duration) == ("JO", "POSITIVE", Decimal(7), 5)
    assert (made.date, made.time_of_interaction, made.attempt_failed) == (records.TODAY, dt.time(10, 16), False)
    assert (made.missing_fields, made.refusals) == ([], [])
    assert interactions.draft(work, {}, postponed_entry_no=other.entry_no).salesperson_code == "PS"


def test_a_draft_of_an_interaction_that_is_not_postponed_has_a_refusal(work: Work) -> None:
    records.insert_fixtures(work)
    entry = records.insert_entry(work, contact="C1")

    assert errors(interactions.draft(work, {}, postponed_entry_no=entry.entry_no)) == [
        ("NOT_POSTPONED", "postponed_entry_no")
    ]
    both = interactions.draft(work, {}, postponed_entry_no=1, from_entry_no=entry.entry_no)
    assert errors(both) == [("INVALID", "postponed_entry_no")]
