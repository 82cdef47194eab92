"""Setup and master data (D1-001 to D1-009, D1-011 to D1-013) through GraphQL."""

from typing import Any

import pytest

from tests.api import ENTRY, Api, create_company
from tests.prepared import database_with

CHANGES = "query Q($of: ID!) { changes(of: $of) { totalCount nodes { action userId at fields { field oldValue newValue } } } }"


def a_segment(api: Api, *contacts: str, **fields: Any) -> str:
    made = api.mutate("createSegment", {"segment": fields, "contactNos": list(contacts)}, "segment { no }")
    return str(made["segment"]["no"])


def changes_of(api: Api, id_: str) -> list[tuple[str, dict[str, Any]]]:
    """Action and fields of each change, newest first."""
    nodes = api.execute(CHANGES, of=id_)["changes"]["nodes"]
    return [
        (node["action"], {each["field"]: (each["oldValue"], each["newValue"]) for each in node["fields"]})
        for node in nodes
    ]


def test_d1_001_a_group_can_be_read_back_and_its_code_is_unique(api: Api) -> None:
    api.mutate(
        "createInteractionGroup",
        {"code": "g", "interactionGroup": {"description": "Meetings"}},
        "interactionGroup { code }",
    )

    assert api.execute('{ interactionGroup(code: "G") { code description version } }')["interactionGroup"] == {
        "code": "G",
        "description": "Meetings",
        "version": 1,
    }
    assert api.refusal_codes("createInteractionGroup", {"code": "G", "interactionGroup": {"description": "Again"}}) == [
        "DUPLICATE"
    ]
    assert api.refusal_codes("createInteractionGroup", {"code": " ", "interactionGroup": {"description": "Blank"}}) == [
        "INVALID"
    ]


@database_with(create_company)
def test_d1_002_a_template_keeps_its_group_cost_and_duration(api: Api) -> None:
    made = api.mutate(
        "createInteractionTemplate",
        {
            "code": "T",
            "interactionTemplate": {"description": "T", "groupCode": "MEET", "unitCost": "12.34", "unitDuration": 20},
        },
        "interactionTemplate { unitCost unitDuration group { code } }",
    )

    assert made["interactionTemplate"] == {"unitCost": "12.34", "unitDuration": 20, "group": {"code": "MEET"}}


@database_with(create_company)
@pytest.mark.parametrize("amount", [{"unitCost": "-1"}, {"unitDuration": -1}])
def test_d1_003_a_template_with_a_negative_amount_is_refused(api: Api, amount: dict[str, Any]) -> None:
    assert api.refusal_codes(
        "createInteractionTemplate", {"code": "T", "interactionTemplate": {"description": "T", **amount}}
    ) == ["INVALID"]
    assert api.refusal_codes("updateInteractionTemplate", {"code": "VISIT", "interactionTemplate": amount}) == [
        "INVALID"
    ]


def test_d1_004_the_segment_after_sm00010_is_sm00011_with_todays_date(api: Api) -> None:
    line = {"startingNo": "SM00001", "lastNoUsed": "SM00010"}
    api.mutate(
        "updateNumberSeries",
        {"code": "SEGM", "numberSeries": {"lines": [line]}},
        "numberSeries { lines { lastNoUsed } }",
    )
    today = api.execute("{ marketingSetup { today } }")["marketingSetup"]["today"]

    made = api.mutate("createSegment", {"segment": {}}, "segment { no date }")

    assert made["segment"] == {"no": "SM00011", "date": today}


@pytest.mark.parametrize(
    ("field", "mutation", "variables"),
    [
        ("segmentNos", "createSegment", {"segment": {}}),
        ("campaignNos", "createCampaign", {"campaign": {"description": "Spring"}}),
        ("contactNos", "createContact", {"contact": {"name": "Somebody"}}),
    ],
)
def test_d1_005_d1_006_without_a_series_in_the_setup_a_number_is_refused_naming_the_field(
    api: Api, field: str, mutation: str, variables: dict[str, Any]
) -> None:
    api.mutate("updateMarketingSetup", {"marketingSetup": {field: None}}, "marketingSetup { version }")

    (error,) = api.send_mutation(mutation, variables, "__typename")["userErrors"]

    assert (error["code"], field in error["message"]) == ("NUMBER_SERIES_MISSING", True)
    assert api.execute("{ segments { totalCount } campaigns { totalCount } contacts { totalCount } }") == {
        "segments": {"totalCount": 0},
        "campaigns": {"totalCount": 0},
        "contacts": {"totalCount": 0},
    }


def test_d1_007_a_manual_number_is_refused_until_the_series_allows_it(api: Api) -> None:
    series = {"code": "SEGM", "numberSeries": {"manualNos": False}}
    api.mutate("updateNumberSeries", series, "numberSeries { manualNos }")
    assert api.refusal_codes("createSegment", {"no": "X1", "segment": {}}) == ["MANUAL_NO_NOT_ALLOWED"]

    series["numberSeries"] = {"manualNos": True}
    api.mutate("updateNumberSeries", series, "numberSeries { manualNos }")

    assert api.mutate("createSegment", {"no": "x1", "segment": {}}, "segment { no }")["segment"]["no"] == "X1"


@database_with(create_company)
def test_d1_009_a_person_on_an_open_segment_is_not_deleted(api: Api) -> None:
    """The line is removed instead of the segment, which has the same effect."""
    no = a_segment(api, "P1")
    (error,) = api.send_mutation("deleteContact", {"no": "P1"}, "deletedId")["userErrors"]
    assert (error["code"], "1 line of an open segment" in error["message"], error["field"]) == ("IN_USE", True, ["no"])

    api.mutate("removeSegmentLines", {"segmentNo": no, "lines": {"all": True}}, "removed")

    id_ = api.execute('{ contact(no: "P1") { id } }')["contact"]["id"]
    assert api.mutate("deleteContact", {"no": "P1"}, "deletedId")["deletedId"] == id_
    assert api.execute('{ contact(no: "P1") { id } }') == {"contact": None}


@database_with(create_company)
def test_d1_011_a_person_inherits_from_the_company_according_to_the_flags(api: Api) -> None:
    api.mutate("updateContact", {"no": "C1", "contact": {"languageCode": "FRA"}}, "contact { version }")
    heir = {"contact": {"name": "Heir", "companyNo": "C1"}}
    shown = "contact { salesperson { code } languageCode }"
    assert api.mutate("createContact", heir, shown)["contact"] == {"salesperson": {"code": "JO"}, "languageCode": "FRA"}

    flags = {"inheritSalesperson": False, "inheritLanguage": False}
    api.mutate("updateMarketingSetup", {"marketingSetup": flags}, "marketingSetup { version }")

    assert api.mutate("createContact", heir, shown)["contact"] == {"salesperson": None, "languageCode": None}


def test_d1_012_a_campaign_cannot_start_after_it_ends(api: Api) -> None:
    dates = {"startingDate": "2026-03-18", "endingDate": "2026-03-31"}
    api.mutate("createCampaign", {"campaign": {"description": "Spring", **dates}}, "campaign { no }")

    assert api.refusal_codes("updateCampaign", {"no": "CP0001", "campaign": {"startingDate": "2026-04-01"}}) == [
        "INVALID"
    ]
    assert api.execute('{ campaign(no: "CP0001") { startingDate version } }')["campaign"] == {
        "startingDate": "2026-03-18",
        "version": 1,
    }


def test_d1_013_a_series_without_default_numbers_assigns_no_number(api: Api) -> None:
    api.mutate(
        "updateNumberSeries", {"code": "SEGM", "numberSeries": {"defaultNos": False}}, "numberSeries { defaultNos }"
    )

    assert api.refusal_codes("createSegment", {"segment": {}}) == ["NUMBER_SERIES_NOT_AUTOMATIC"]


CARDS: dict[str, tuple[str, str, str, dict[str, Any], dict[str, Any]]] = {
    "Contact": ("no", "X1", "contact", {"name": "First"}, {"name": "Second"}),
    "Salesperson": ("code", "X1", "salesperson", {"name": "First"}, {"name": "Second"}),
    "InteractionGroup": ("code", "X1", "interactionGroup", {"description": "First"}, {"description": "Second"}),
    "InteractionTemplate": ("code", "X1", "interactionTemplate", {"description": "First"}, {"description": "Second"}),
    "Campaign": ("no", "X1", "campaign", {"description": "First"}, {"description": "Second"}),
    "NumberSeries": ("code", "X1", "numberSeries", {"description": "First"}, {"description": "Second"}),
}


@pytest.mark.parametrize("name", list(CARDS))
def test_the_changes_of_a_deleted_record_can_still_be_read(api: Api, name: str) -> None:
    key, code, room, first, second = CARDS[name]
    (word,) = first
    made = api.mutate(f"create{name}", {key: code, room: first}, f"{room} {{ id version }}")[room]

    changed = api.mutate(
        f"update{name}", {key: "x1", room: second, "expectedVersion": 1}, f"{room} {{ id version {word} }}"
    )[room]
    assert changed == {"id": made["id"], "version": 2, word: "Second"}
    assert api.refusal_codes(f"update{name}", {key: code, room: first, "expectedVersion": 1}) == ["STALE_VERSION"]
    assert api.refusal_codes(f"update{name}", {key: code, room: {word: None}}) == ["INVALID"]
    assert api.mutate(f"update{name}", {key: code, room: second}, f"{room} {{ version }}")[room]["version"] == 2
    variables = {key: code, "idempotencyKey": "once"}
    for _ in range(2):
        assert api.mutate(f"delete{name}", variables, "deletedId")["deletedId"] == made["id"]

    (refused,) = api.refusal_codes(f"delete{name}", {key: code})
    assert refused.endswith("NOT_FOUND")
    deleted, updated, created = changes_of(api, made["id"])
    assert (deleted[0], deleted[1][word]) == ("DELETED", ("Second", None))
    assert (updated[0], updated[1][word]) == ("UPDATED", ("First", "Second"))
    assert (created[0], created[1][word]) == ("CREATED", (None, "First"))


@database_with(create_company)
def test_changes_have_user_and_time_and_are_paged(api: Api) -> None:
    id_ = api.execute('{ contact(no: "C1") { id } }')["contact"]["id"]
    for city in ("Lyon", "Nice"):
        api.mutate("updateContact", {"no": "C1", "contact": {"city": city}}, "contact { version }")

    whole = api.execute(CHANGES, of=id_)["changes"]
    first = api.execute(
        "query Q($of: ID!) { changes(of: $of, first: 1) { nodes { version } pageInfo { endCursor hasNextPage } } }",
        of=id_,
    )
    after = first["changes"]["pageInfo"]["endCursor"]
    rest = api.execute(
        "query Q($of: ID!, $after: String) { changes(of: $of, after: $after) { nodes { version } } }",
        of=id_,
        after=after,
    )

    assert (whole["totalCount"], whole["nodes"][0]["userId"], whole["nodes"][0]["at"][:2]) == (3, "local", "20")
    assert first["changes"]["nodes"] == [{"version": 3}]
    assert rest["changes"]["nodes"] == [{"version": 2}, {"version": 1}]
    for no_one in ("con_999", "nothing", ""):
        assert api.execute(CHANGES, of=no_one)["changes"]["totalCount"] == 0


def test_the_changes_of_the_setup_can_be_read(api: Api) -> None:
    made = api.mutate(
        "updateMarketingSetup", {"marketingSetup": {"timeZone": "America/Toronto"}}, "marketingSetup { id version }"
    )

    assert changes_of(api, made["marketingSetup"]["id"]) == [("UPDATED", {"timeZone": ("UTC", "America/Toronto")})]


@database_with(create_company)
def test_inherited_changes_of_people_are_in_their_change_log_r_con_8(api: Api) -> None:
    api.mutate(
        "updateContact", {"no": "C1", "contact": {"name": "Boréale", "salespersonCode": "PS"}}, "contact { name }"
    )

    person = api.execute('{ contact(no: "P1") { id companyName salesperson { code } } }')["contact"]
    assert (person["companyName"], person["salesperson"]["code"]) == ("Boréale", "PS")
    assert changes_of(api, person["id"])[0] == (
        "UPDATED",
        {"companyName": ("Boréal", "Boréale"), "salespersonCode": ("JO", "PS")},
    )


@database_with(create_company)
def test_history_and_figures_of_an_anonymized_contact_stay(api: Api) -> None:
    variables = {"contactNo": "P1", "templateCode": "VISIT", "comments": ["Éric said so"]}
    entry = api.mutate("createInteraction", {"interaction": variables}, ENTRY)["interactionLogEntry"]

    made = api.mutate(
        "anonymizeContact",
        {"no": "P1"},
        "contact { id name email privacyBlocked company { no } dateOfLastInteraction }",
    )

    contact = made["contact"]
    assert (contact["name"], contact["privacyBlocked"], contact["company"]) == ("Anonymized P1", True, {"no": "C1"})
    assert contact["dateOfLastInteraction"]
    stored = api.execute(
        "query Q($no: Int!) { interactionLogEntry(entryNo: $no) { cost contact { name } comments { comment } } }",
        no=entry["entryNo"],
    )["interactionLogEntry"]
    assert stored == {"cost": "45.00", "contact": {"name": "Anonymized P1"}, "comments": [{"comment": ""}]}
    assert "Éric" not in str(changes_of(api, contact["id"]))
    assert api.refusal_codes("deleteContact", {"no": "P1"}) == ["IN_USE"]
    assert api.refusal_codes("createInteraction", {"interaction": variables}) == ["CONTACT_PRIVACY_BLOCKED"]


@database_with(create_company)
def test_refusals_are_in_french_on_request(api: Api) -> None:
    api.mutate("createInteraction", {"interaction": {"contactNo": "P1", "templateCode": "VISIT"}}, ENTRY)
    text = """mutation { one: deleteSalesperson(input: {code: "JO"}) { userErrors { message(language: FR) } }
        two: updateContact(input: {no: "P1", contact: {type: COMPANY}}) { userErrors { message(language: FR) } }
        three: updateSalesperson(input: {code: "JO", salesperson: {}, expectedVersion: 7}) { userErrors { message(language: FR) } } }"""

    result = {name: payload["userErrors"][0]["message"] for name, payload in api.execute(text).items()}

    assert result == {
        "one": "Suppression impossible\u00a0: JO est encore en usage (1 écriture journal interaction et 2 contacts). Bloquez-le plutôt (blocked).",
        "two": "Le contact P1 a 1 interaction; son type ne peut donc pas changer. Créez plutôt un nouveau contact de l’autre type.",
        "three": "Enregistrement modifié entre-temps\u00a0: représentant JO. Sa version est maintenant 1, et vous attendiez 7. "
        "Relisez-le et recommencez.",
    }
