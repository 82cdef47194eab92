"""The values that template and contact give a draft (R-TMPL, R-CORR)."""

from decimal import Decimal

from resolvers.work import Work
from tests import records
from tests.resolvers.interactions.test_drafts import draft


def test_the_template_fills_in_group_cost_duration_flow_and_flags_r_tmpl_2(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(
        work,
        "T",
        group="MEET",
        cost="12.50",
        minutes=20,
        description="Talk",
        information_flow="INBOUND",
        initiated_by="THEM",
        campaign_target=True,
        campaign_response=True,
    )

    made = draft(work, contact_no="C1", template_code="t")

    assert (made.template_code, made.group_code, made.cost, made.duration) == ("T", "MEET", Decimal("12.50"), 20)
    assert (made.information_flow, made.initiated_by) == ("INBOUND", "THEM")
    assert (made.campaign_target, made.campaign_response) == (True, True)
    assert (made.missing_fields, made.refusals) == ([], [])


def test_given_values_even_null_take_precedence_over_those_of_the_template_k12(work: Work) -> None:
    made = draft(
        work,
        contact_no="C1",
        template_code="VISIT",
        cost=None,
        duration=Decimal(0),
        information_flow=None,
        initiated_by="THEM",
        campaign_target=None,
    )

    assert (made.cost, made.duration, made.information_flow, made.initiated_by) == (Decimal(0), 0, None, "THEM")
    assert (made.campaign_target, made.group_code) == (False, "MEET")


def test_d1_027_an_empty_description_is_replaced_by_the_templates_r_tmpl_3(work: Work) -> None:
    assert draft(work, contact_no="C1", template_code="VISIT").description == "Visit"


def test_d1_028_a_given_description_stays_r_tmpl_3(work: Work) -> None:
    assert draft(work, contact_no="C1", template_code="VISIT", description=" Mine ").description == "Mine"


def test_the_campaign_is_that_of_the_template_unless_one_is_given_r_tmpl_4(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "T", campaign_no="CP1")

    assert draft(work, contact_no="C1", template_code="T").campaign_no == "CP1"
    assert draft(work, contact_no="C1", template_code="T", campaign_no="cp2").campaign_no == "CP2"
    assert draft(work, contact_no="C1", template_code="T", campaign_no=None).campaign_no is None


def test_the_language_is_the_contacts_if_translated_or_else_the_templates_r_draft_8_k21(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "CF", language_code="FRA", salesperson_code="JO")
    records.insert_contact(work, "CD", language_code="DEU", salesperson_code="JO")
    records.insert_template(work, "T", languages=("ENU", "FRA"), language_code_default="ENU")

    assert draft(work, contact_no="CF", template_code="T").language_code == "FRA"
    assert draft(work, contact_no="CD", template_code="T").language_code == "ENU"
    assert draft(work, contact_no="CD", template_code="T", language_code="deu").language_code == "DEU"


def test_d1_030_a_template_may_replace_the_contacts_correspondence_type_even_by_none_r_corr_2(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "T", ignore_contact_correspondence_type=True)

    assert draft(work, contact_no="C2", template_code="T").correspondence_type is None
    assert draft(work, contact_no="C2", template_code="MAIL").correspondence_type == "EMAIL"


def test_d1_031_the_contacts_correspondence_type_precedes_the_templates_r_corr_2_r_corr_3(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "T", correspondence_type_default="EMAIL")

    assert draft(work, contact_no="C2", template_code="T").correspondence_type == "HARD_COPY"
    assert draft(work, contact_no="P1", template_code="T").correspondence_type == "EMAIL"
    assert draft(work, contact_no="P1", template_code="T", correspondence_type=None).correspondence_type is None


def test_a_template_can_be_chosen_before_the_contact_k3(work: Work) -> None:
    made = draft(work, salesperson_code="JO", template_code="MAIL")

    assert (made.template_code, made.cost, made.description) == ("MAIL", Decimal(8), "Letter by mail")
    assert (made.correspondence_type, made.language_code) == (None, None)
    assert made.missing_fields == ["contact_no"]
