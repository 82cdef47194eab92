"""Single interactions (D1-016 to D1-040) through GraphQL."""

import datetime as dt
from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import (
    campaign_entries,
    create_fixtures,
    create_interaction,
    create_template,
    draft,
    log_entries,
    log_entry,
    today,
)


def refused(api: Api, **interaction: Any) -> list[tuple[str, list[str]]]:
    """Code and field of all refusals of createInteraction. Checks that nothing is logged."""
    errors = api.send_mutation("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo }")[
        "userErrors"
    ]
    assert log_entries(api) == []
    return [(error["code"], error["field"]) for error in errors]


@database_with(create_fixtures)
def test_d1_016_finishing_without_template_is_refused_and_nothing_is_logged_r_fin_2(api: Api) -> None:
    assert refused(api, contactNo="P1", description="Talk") == [("TEMPLATE_REQUIRED", ["interaction", "templateCode"])]


@database_with(create_fixtures)
def test_d1_017_finishing_with_a_cleared_description_is_refused_r_fin_5(api: Api) -> None:
    for emptied in (None, "", "  "):
        assert refused(api, contactNo="P1", templateCode="VISIT", description=emptied) == [
            ("DESCRIPTION_REQUIRED", ["interaction", "description"])
        ]


@database_with(create_fixtures)
def test_d1_018_finishing_without_contact_is_refused_whatever_else_is_missing_r_fin_1_k4(api: Api) -> None:
    """K4: all missing fields are reported at once, the contact first."""
    assert refused(api, salespersonCode="JO", templateCode="VISIT") == [
        ("CONTACT_REQUIRED", ["interaction", "contactNo"])
    ]
    assert [code for code, _ in refused(api, date=None)] == [
        "CONTACT_REQUIRED",
        "TEMPLATE_REQUIRED",
        "SALESPERSON_REQUIRED",
        "DATE_REQUIRED",
        "DESCRIPTION_REQUIRED",
    ]


@database_with(create_fixtures)
def test_d1_019_finishing_without_salesperson_is_refused_r_fin_3(api: Api) -> None:
    missing = [("SALESPERSON_REQUIRED", ["interaction", "salespersonCode"])]
    assert refused(api, contactNo="P3", templateCode="VISIT") == missing
    assert refused(api, contactNo="C1", templateCode="VISIT", salespersonCode=None) == missing


@database_with(create_fixtures)
def test_d1_020_a_finished_interaction_is_one_entry_with_the_values_of_its_template(api: Api) -> None:
    made = create_interaction(api, "VISIT", "C1")

    assert log_entries(api) == [made]
    assert (made["contact"], made["company"]) == ({"no": "C1"}, {"no": "C1"})
    assert (made["template"], made["group"], made["cost"], made["duration"]) == (
        {"code": "VISIT"},
        {"code": "MEET"},
        "45.00",
        180,
    )
    assert (made["informationFlow"], made["initiatedBy"], made["salesperson"]) == ("OUTBOUND", "US", {"code": "JO"})
    assert (made["date"], made["canceled"]) == (today(api).isoformat(), False)
    assert api.execute("{ postponedInteractions { totalCount } }") == {"postponedInteractions": {"totalCount": 0}}


@database_with(create_fixtures)
def test_d1_021_given_cost_and_duration_are_stored_and_the_template_does_not_change_k12(api: Api) -> None:
    made = create_interaction(api, "VISIT", "C1", cost="52", duration=190)

    template = api.execute('{ interactionTemplate(code: "VISIT") { unitCost unitDuration } }')["interactionTemplate"]
    assert (made["cost"], made["duration"]) == ("52.00", 190)
    assert template == {"unitCost": "45.00", "unitDuration": 180}


@database_with(create_fixtures)
def test_d1_022_an_interaction_created_from_a_log_entry_does_not_change_that_entry_r_draft_4(api: Api) -> None:
    first = create_interaction(api, "CALLIN", "C1")

    api.mutate(
        "createInteraction",
        {"fromInteractionLogEntryNo": first["entryNo"], "interaction": {"templateCode": "VISIT"}},
        "__typename",
    )

    unchanged, second = log_entries(api)
    assert unchanged == first
    assert (second["contact"], second["template"], second["cost"]) == ({"no": "C1"}, {"code": "VISIT"}, "45.00")


@database_with(create_fixtures)
def test_d1_023_a_draft_from_a_log_entry_has_its_contact_and_company(api: Api) -> None:
    made = create_interaction(api, "VISIT", "P1")

    window = draft(api, fromInteractionLogEntryNo=made["entryNo"])

    assert (window["contact"], window["company"], window["template"]) == ({"no": "P1"}, {"no": "C1"}, None)


@database_with(create_fixtures)
def test_d1_025_choosing_a_contact_does_not_change_the_salesperson_r_draft_3(api: Api) -> None:
    assert create_interaction(api, "VISIT", "P1", salespersonCode="PS")["salesperson"] == {"code": "PS"}


@database_with(create_fixtures)
def test_d1_027_an_empty_description_is_replaced_by_the_templates(api: Api) -> None:
    assert draft(api, interaction={"contactNo": "C1", "templateCode": "VISIT"})["description"] == "Visit"


@database_with(create_fixtures)
def test_d1_028_a_given_description_stays(api: Api) -> None:
    assert (
        draft(api, interaction={"contactNo": "C1", "description": "Mine", "templateCode": "VISIT"})["description"]
        == "Mine"
    )


def test_d1_029_the_time_is_now_rounded_up_to_the_next_minute_r_draft_1(api: Api) -> None:
    def minute_after_now() -> dt.datetime:
        return dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) + dt.timedelta(minutes=1)

    create_fixtures(api)

    earliest = minute_after_now()
    window = draft(api, interaction={"contactNo": "C1"})
    latest = minute_after_now()

    shown = f"{window['date']}T{window['timeOfInteraction']}"
    assert shown in {moment.strftime("%Y-%m-%dT%H:%M:%S") for moment in (earliest, latest)}


@database_with(create_fixtures)
def test_d1_030_a_template_that_ignores_the_contacts_type_sets_its_own_even_none_r_corr_2(api: Api) -> None:
    create_template(api, "IGN", description="Ignores", ignoreContactCorrespondenceType=True)

    assert draft(api, interaction={"contactNo": "C2", "templateCode": "IGN"})["correspondenceType"] is None


@database_with(create_fixtures)
def test_d1_031_the_contacts_type_is_used_or_without_one_the_templates_r_corr(api: Api) -> None:
    create_template(api, "MILD", description="Does not ignore", correspondenceTypeDefault="EMAIL")

    of_c2, of_p1 = (
        draft(api, interaction={"contactNo": no, "templateCode": "MILD"})["correspondenceType"] for no in ("C2", "P1")
    )

    assert (of_c2, of_p1) == ("HARD_COPY", "EMAIL")


@database_with(create_fixtures)
def test_d1_035_the_evaluation_of_the_draft_is_stored_r_fin_17(api: Api) -> None:
    made = create_interaction(api, "VISIT", "C1", evaluation="POSITIVE")

    assert log_entry(api, made["entryNo"])["evaluation"] == "POSITIVE"


@database_with(create_fixtures)
def test_d1_036_an_entry_has_exactly_the_comments_of_its_draft(api: Api) -> None:
    made = create_interaction(api, "VISIT", "C1", comments=["One", "Two", "Three"])

    assert [(comment["lineNo"], comment["comment"]) for comment in log_entry(api, made["entryNo"])["comments"]] == [
        (1, "One"),
        (2, "Two"),
        (3, "Three"),
    ]


@database_with(create_fixtures)
def test_d1_037_failed_attempts_count_as_attempts_but_not_as_interactions_r_con_1_r_con_2(api: Api) -> None:
    w = today(api)
    before = w - dt.timedelta(days=2)

    def dates() -> list[str | None]:
        contact = api.execute('{ contact(no: "P1") { dateOfLastInteraction lastDateAttempted } }')["contact"]
        return [contact["dateOfLastInteraction"], contact["lastDateAttempted"]]

    assert dates() == [None, None]
    create_interaction(api, "VISIT", "P1", attemptFailed=True, date=before.isoformat())
    assert dates() == [None, before.isoformat()]
    create_interaction(api, "CALLIN", "P1", date=w.isoformat())
    assert dates() == [w.isoformat(), before.isoformat()]


@database_with(create_fixtures)
def test_d1_038_an_interaction_of_a_campaign_creates_its_campaign_entry_r_cam_1(api: Api) -> None:
    made = create_interaction(api, "VISIT", "C1", campaignNo="CP1")

    (only,) = campaign_entries(api, "CP1")
    assert (only["noOfInteractions"], only["cost"], only["duration"]) == (1, "45.00", 180)
    assert (made["campaign"], made["campaignEntry"]) == ({"no": "CP1"}, {"entryNo": only["entryNo"]})
    assert (only["description"], only["segmentNo"], only["date"]) == ("Interactions", None, made["date"])


@database_with(create_fixtures)
def test_d1_039_all_interactions_of_a_campaign_logged_one_by_one_share_one_campaign_entry_r_cam_1(api: Api) -> None:
    create_interaction(api, "VISIT", "C1", campaignNo="CP1")

    create_interaction(api, "VISIT", "C2", campaignNo="CP1")

    (only,) = campaign_entries(api, "CP1")
    assert (only["noOfInteractions"], only["cost"], only["duration"]) == (2, "90.00", 360)


@database_with(create_fixtures)
def test_given_values_take_precedence_over_values_of_the_template_in_the_same_input_r_tmpl_k12(api: Api) -> None:
    create_template(api, "CAMP", description="For CP2", groupCode="MEET", campaignNo="CP2", campaignTarget=True)

    filled = draft(api, interaction={"contactNo": "C1", "templateCode": "CAMP"})
    beaten = draft(api, interaction={"contactNo": "C1", "templateCode": "CAMP", "campaignNo": "CP1", "cost": "3.10"})

    assert (filled["campaign"], filled["cost"], filled["group"]) == ({"no": "CP2"}, "0.00", {"code": "MEET"})
    assert (beaten["campaign"], beaten["cost"], beaten["userErrors"]) == ({"no": "CP1"}, "3.10", [])
