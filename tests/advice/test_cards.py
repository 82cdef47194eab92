"""Refusals about cards, numbers and settings: a client that follows the advice in the message succeeds."""

import datetime as dt
from typing import Any

import pytest

from tests.advice.client import Client


def series(client: Client, **values: Any) -> None:
    client.mutate("createNumberSeries", {"code": "MY", "numberSeries": {"description": "Mine", **values}})
    client.change_setup(campaignNos="MY")


def change(client: Client, **values: Any) -> None:
    client.mutate("updateNumberSeries", {"code": "MY", "numberSeries": values})


CAMPAIGN = {"campaign": {"description": "Spring"}}


def test_a_series_without_default_numbers_accepts_manual_ones_or_allows_default_ones_r_num_1(client: Client) -> None:
    series(client, defaultNos=False, manualNos=True, lines=[{"startingNo": "A1"}])
    client.refusal("createCampaign", CAMPAIGN, "NUMBER_SERIES_NOT_AUTOMATIC", "or give a number yourself")
    client.mutate("createCampaign", {**CAMPAIGN, "no": "X1"})

    change(client, manualNos=False)
    sentence = client.refusal("createCampaign", CAMPAIGN, "NUMBER_SERIES_NOT_AUTOMATIC", "Allow default numbers")
    assert "yourself" not in sentence
    sentence = client.refusal(
        "createCampaign", {**CAMPAIGN, "no": "X2"}, "MANUAL_NO_NOT_ALLOWED", "Allow them (manualNos)"
    )
    assert "omit the number" not in sentence
    change(client, defaultNos=True)
    client.mutate("createCampaign", CAMPAIGN)
    client.refusal("createCampaign", {**CAMPAIGN, "no": "X2"}, "MANUAL_NO_NOT_ALLOWED", "or omit the number")
    client.mutate("createCampaign", CAMPAIGN)


@pytest.mark.parametrize("advice", ["raise its ending number", "add a line"])
def test_an_exhausted_series_gives_numbers_again_after_either_advice_r_num_1(client: Client, advice: str) -> None:
    line = {"startingNo": "A1", "endingNo": "A2"}
    series(client, lines=[line])
    for _ in range(2):
        client.mutate("createCampaign", CAMPAIGN)
    client.refusal(
        "createCampaign", CAMPAIGN, "NUMBER_SERIES_EXHAUSTED", "Raise its ending number, or add a line", client.today
    )

    raised = [{**line, "endingNo": "A9"}]
    change(
        client,
        lines=raised if advice.startswith("raise") else [line, {"startingNo": "B1", "startingDate": client.today}],
    )
    client.mutate("createCampaign", CAMPAIGN)


def test_a_series_whose_numbers_grow_too_long_gets_a_line_of_shorter_ones_r_num_1(client: Client) -> None:
    line = {"startingNo": "9" * 20}
    series(client, lines=[line])
    client.mutate("createCampaign", CAMPAIGN)
    sentence = client.refusal("createCampaign", CAMPAIGN, "NUMBER_SERIES_EXHAUSTED", "too long", client.today)
    assert "ending number" not in sentence

    change(client, lines=[line, {"startingNo": "B1", "startingDate": client.today}])
    client.mutate("createCampaign", CAMPAIGN)


def test_a_series_without_an_open_line_gets_one_r_num_1(client: Client) -> None:
    later = {"startingNo": "A1", "startingDate": str(dt.date.fromisoformat(client.today) + dt.timedelta(days=3))}
    series(client, lines=[later])
    client.refusal("createCampaign", CAMPAIGN, "NUMBER_SERIES_EXHAUSTED", "no open line", client.today)
    change(client, lines=[later, {"startingNo": "B1", "startingDate": client.today}])
    client.mutate("createCampaign", CAMPAIGN)


def test_a_series_can_be_deleted_after_the_setup_names_another_k6(client: Client) -> None:
    series(client, lines=[{"startingNo": "A1"}])
    client.refusal("deleteNumberSeries", {"code": "MY"}, "IN_USE", "Name another series in the marketing setup first")
    client.change_setup(campaignNos="CAMP")
    client.mutate("deleteNumberSeries", {"code": "MY"})
    client.refusal(
        "updateMarketingSetup",
        {"marketingSetup": {"campaignNos": "MY"}},
        "NUMBER_SERIES_NOT_FOUND",
        "choose another one",
    )


def test_wrong_lines_of_a_number_series_can_be_corrected(client: Client) -> None:
    def create(*lines: dict[str, Any]) -> dict[str, Any]:
        return {"code": f"S{len(lines)}", "numberSeries": {"description": "x", "lines": list(lines)}}

    one = {"startingNo": "A1"}
    for bad, words in (
        ({"startingNo": "A"}, "must end in digits"),
        ({**one, "incrementBy": 0}, "Give 1 or more"),
        ({**one, "endingNo": "B9"}, "with the same letters before the digits"),
    ):
        client.refusal("createNumberSeries", create(bad), "INVALID", words)
    client.refusal("createNumberSeries", create(one, one), "INVALID", "Change one")
    client.mutate(
        "createNumberSeries", create(one, {**one, "startingDate": "2026-01-01", "incrementBy": 1, "endingNo": "A9"})
    )
    days = [{**one, "startingDate": str(dt.date(2026, 1, 1) + dt.timedelta(days=day))} for day in range(101)]
    client.refusal("createNumberSeries", create(*days), "TOO_MANY", "Give fewer")
    client.mutate("createNumberSeries", create(*days[:100]))


def test_records_in_use_are_blocked_instead_of_deleted_k6(client: Client) -> None:
    client.create_entry("P1", campaignNo="CP1", salespersonCode="JO")
    for mutation, card, code, words in (
        ("Salesperson", "salesperson", "JO", "Block"),
        ("InteractionTemplate", "interactionTemplate", "VISIT", "Block"),
    ):
        client.refusal(f"delete{mutation}", {"code": code}, "IN_USE", words)
        client.mutate(f"update{mutation}", {"code": code, card: {"blocked": True}})
    client.refusal("deleteCampaign", {"no": "CP1"}, "IN_USE", "Block it instead")
    client.mutate("updateCampaign", {"no": "CP1", "campaign": {"blocked": True}})
    client.refusal("deleteContact", {"no": "P1"}, "IN_USE", "privacyBlocked")
    client.mutate("updateContact", {"no": "P1", "contact": {"privacyBlocked": True}})


def test_a_group_can_be_deleted_after_its_templates_are_changed_unless_the_log_has_it_k6(client: Client) -> None:
    client.mutate("createInteractionGroup", {"code": "NEW", "interactionGroup": {"description": "New"}})
    client.mutate("updateInteractionTemplate", {"code": "CALLIN", "interactionTemplate": {"groupCode": "NEW"}})
    client.refusal("deleteInteractionGroup", {"code": "NEW"}, "IN_USE", "Remove it from the records that use it first")
    client.mutate("updateInteractionTemplate", {"code": "CALLIN", "interactionTemplate": {"groupCode": None}})
    client.mutate("deleteInteractionGroup", {"code": "NEW"})

    client.create_entry()
    sentence = client.refusal("deleteInteractionGroup", {"code": "MEET"}, "IN_USE", "Give its templates another group")
    assert "Remove it from" not in sentence
    client.mutate("updateInteractionTemplate", {"code": "VISIT", "interactionTemplate": {"groupCode": "PHONE"}})


def test_the_default_language_of_a_template_is_translated_or_cleared_r_tpl_2(client: Client) -> None:
    french = {"languageCode": "FRC", "description": "Visite"}

    def update(**values: Any) -> dict[str, Any]:
        return {"code": "VISIT", "interactionTemplate": values}

    client.refusal("updateInteractionTemplate", update(languageCodeDefault="FRC"), "INVALID", "Add one")
    client.mutate("updateInteractionTemplate", update(languageCodeDefault="FRC", translations=[french]))
    client.refusal("updateInteractionTemplate", update(translations=[]), "INVALID", "set languageCodeDefault to null")
    client.mutate("updateInteractionTemplate", update(translations=[], languageCodeDefault=None))
    client.refusal("updateInteractionTemplate", update(translations=[french, french]), "INVALID", "Keep one of them")
    many = [{"languageCode": f"L{index}", "description": "x"} for index in range(101)]
    client.correct(
        "updateInteractionTemplate",
        update(translations=many),
        update(translations=many[:100]),
        "TOO_MANY",
        "Give fewer",
    )
    client.refusal("updateInteractionTemplate", update(groupCode="X"), "GROUP_NOT_FOUND", "create it first")
    client.mutate("createInteractionGroup", {"code": "X", "interactionGroup": {"description": "x"}})
    client.mutate("updateInteractionTemplate", update(groupCode="X"))


def test_instead_of_a_new_type_a_contact_is_created_or_its_people_are_moved_r_con_5(client: Client) -> None:
    client.create_entry("P3", salespersonCode="JO")
    client.refusal("updateContact", {"no": "P3", "contact": {"type": "COMPANY"}}, "HAS_ENTRIES", "Create a new contact")
    client.mutate("createContact", {"contact": {"type": "COMPANY", "name": "Three"}})

    client.refusal(
        "updateContact",
        {"no": "C1", "contact": {"type": "PERSON"}},
        "HAS_ENTRIES",
        "Move its people to another company first",
    )
    for no in ("P1", "P2"):
        client.mutate("updateContact", {"no": no, "contact": {"companyNo": "C2"}})
    client.mutate("updateContact", {"no": "C1", "contact": {"type": "PERSON"}})


def test_the_company_of_a_contact_can_change_once_no_open_segment_has_the_contact_r_con_10(client: Client) -> None:
    move = {"no": "P1", "contact": {"companyNo": "C2"}}
    for way_out in ("log", "remove"):
        segment = client.create_segment("P1")
        client.refusal("updateContact", move, "IN_USE", "Remove this line first, or log")
        if way_out == "log":
            client.mutate("logSegment", {"segmentNo": segment})
        else:
            client.mutate("removeSegmentLines", {"segmentNo": segment, "lines": {"lineNos": [1]}})
        client.mutate("updateContact", move)
        move["contact"] = {"companyNo": "C1"}


def test_wrong_fields_of_a_contact_can_be_corrected(client: Client) -> None:
    def create(**values: Any) -> dict[str, Any]:
        return {"contact": {"type": "PERSON", "name": "Ann", **values}}

    client.correct("createContact", create(type=None), create(), "INVALID", "Give its type")
    client.correct("createContact", create(name=" "), create(), "INVALID", "Give a name")
    client.correct("createContact", create(companyNo="P1"), create(companyNo="C1"), "INVALID", "number of a company")
    client.correct("createContact", create(companyNo="X"), create(companyNo=None), "CONTACT_NOT_FOUND", "X")
    client.correct(
        "createContact", create(type="COMPANY", companyNo="C1"), create(type="COMPANY"), "INVALID", "Omit companyNo"
    )
    client.correct(
        "createContact",
        create(phoneNo="call me"),
        create(phoneNo="514 555-0101"),
        "INVALID",
        "Use digits, spaces and punctuation",
    )
    client.correct("createContact", {**create(), "no": "C1"}, {**create(), "no": "C9"}, "DUPLICATE", "Choose another")
    client.correct("createContact", {**create(), "no": " "}, create(), "INVALID", "at least one character")


def test_a_person_under_a_company_becomes_a_company_as_the_refusal_says(client: Client) -> None:
    client.refusal(
        "updateContact", {"no": "P1", "contact": {"type": "COMPANY", "companyNo": "C1"}}, "INVALID", "Omit companyNo"
    )
    client.mutate("updateContact", {"no": "P1", "contact": {"type": "COMPANY"}})


def test_wrong_fields_of_a_campaign_and_of_the_setup_can_be_corrected(client: Client) -> None:
    dates = {"startingDate": "2026-02-01", "endingDate": "2026-01-01"}
    client.correct(
        "updateCampaign",
        {"no": "CP1", "campaign": dates},
        {"no": "CP1", "campaign": {**dates, "endingDate": "2026-03-01"}},
        "INVALID",
        "Change one of the dates",
    )
    for field, bad, good in (("timeZone", "Mars/Base", "Europe/Paris"), ("firstDayOfWeek", 8, 7)):
        client.correct(
            "updateMarketingSetup",
            {"marketingSetup": {field: bad}},
            {"marketingSetup": {field: good}},
            "INVALID",
            str(good),
        )


def test_a_card_changed_by_another_user_can_be_changed_with_its_new_version(client: Client) -> None:
    client.mutate("updateContact", {"no": "C1", "contact": {"city": "Lyon"}})
    stale = {"no": "C1", "contact": {"city": "Nice"}, "expectedVersion": 1}
    client.refusal("updateContact", stale, "STALE_VERSION", "Read it again and retry")
    version = client.api.execute('{ contact(no: "C1") { version } }')["contact"]["version"]
    client.mutate("updateContact", {**stale, "expectedVersion": version})
