"""Refusals about interactions: what each sentence says is done, and then it works."""

from tests.advice.client import Client

VISIT = {"contactNo": "C1", "templateCode": "VISIT"}


def test_missing_required_fields_can_be_given_r_fin_1_to_5(client: Client) -> None:
    def create(**values: object) -> dict[str, object]:
        return {"interaction": {**VISIT, **values}}

    client.no_then_ok("createInteraction", create(contactNo=None, salespersonCode="JO"), create(), "CONTACT_REQUIRED")
    client.no_then_ok(
        "createInteraction", create(templateCode=None, description="x"), create(description="x"), "TEMPLATE_REQUIRED"
    )
    client.no_then_ok(
        "createInteraction", create(salespersonCode=None), create(salespersonCode="PS"), "SALESPERSON_REQUIRED"
    )
    client.no("createInteraction", create(date=None), "DATE_REQUIRED", "leave the field out")
    client.ok("createInteraction", create(date="2026-01-02"))
    client.ok("createInteraction", create())


def test_the_template_description_is_suggested_only_if_there_is_one_r_fin_5(client: Client) -> None:
    null = {"interaction": {**VISIT, "description": None}}
    client.no_then_ok(
        "createInteraction", null, {"interaction": VISIT}, "DESCRIPTION_REQUIRED", "leave the field out to take “Visit”"
    )

    kept = client.postponed(description=None)
    client.no("resumeInteraction", {"entryNo": kept}, "DESCRIPTION_REQUIRED")
    again = client.no(
        "resumeInteraction", {"entryNo": kept, "interaction": {"description": None}}, "DESCRIPTION_REQUIRED"
    )
    assert "leave" not in again
    client.ok("resumeInteraction", {"entryNo": kept, "interaction": {"description": "Tea"}})

    named = client.postponed(description="Tea")
    cleared = {"entryNo": named, "interaction": {"description": " "}}
    client.no_then_ok("resumeInteraction", cleared, {"entryNo": named}, "DESCRIPTION_REQUIRED", "“Tea”")


def test_without_a_template_its_description_is_not_suggested_r_fin_2_r_fin_5(client: Client) -> None:
    errors = client.api.do(
        "createInteraction", {"interaction": {"contactNo": "C1", "description": None}}, "__typename"
    )["userErrors"]

    assert [error["code"] for error in errors] == ["TEMPLATE_REQUIRED", "DESCRIPTION_REQUIRED"]
    assert "template's" not in errors[1]["message"]
    assert "leave" not in errors[1]["message"]
    client.ok("createInteraction", {"interaction": {**VISIT, "description": "x"}})


def test_missing_records_can_be_looked_up_r_fin_8(client: Client) -> None:
    for field, code, good in (
        ("contactNo", "CONTACT_NOT_FOUND", "P1"),
        ("templateCode", "TEMPLATE_NOT_FOUND", "CALLIN"),
        ("salespersonCode", "SALESPERSON_NOT_FOUND", "PS"),
        ("campaignNo", "CAMPAIGN_NOT_FOUND", "CP1"),
    ):
        bad = {"interaction": {**VISIT, field: "NOBODY"}}
        client.no_then_ok("createInteraction", bad, {"interaction": {**VISIT, field: good}}, code, "NOBODY")


def test_blocked_records_are_replaced_or_unblocked_k10(client: Client) -> None:
    client.ok("updateContact", {"no": "P2", "contact": {"privacyBlocked": True}})
    client.ok("updateSalesperson", {"code": "PS", "salesperson": {"blocked": True}})
    client.ok("updateCampaign", {"no": "CP1", "campaign": {"blocked": True}})
    client.ok("updateInteractionTemplate", {"code": "CALLIN", "interactionTemplate": {"blocked": True}})
    bad = {"contactNo": "P2", "templateCode": "VISIT", "salespersonCode": "JO"}

    client.no(
        "createInteraction", {"interaction": bad}, "CONTACT_PRIVACY_BLOCKED", "Lift the block or choose another contact"
    )
    client.ok("createInteraction", {"interaction": {**bad, "contactNo": "P1"}})
    client.ok("updateContact", {"no": "P2", "contact": {"privacyBlocked": False}})
    client.ok("createInteraction", {"interaction": bad})
    for field, value, code, good in (
        ("salespersonCode", "PS", "SALESPERSON_BLOCKED", "JO"),
        ("campaignNo", "CP1", "CAMPAIGN_BLOCKED", "CP2"),
        ("campaignNo", "CP1", "CAMPAIGN_BLOCKED", None),
        ("templateCode", "CALLIN", "TEMPLATE_BLOCKED", "VISIT"),
    ):
        client.no_then_ok(
            "createInteraction", {"interaction": {**VISIT, field: value}}, {"interaction": {**VISIT, field: good}}, code
        )


def test_replacing_the_blocked_contact_of_a_postponed_interaction_is_not_suggested_k12(client: Client) -> None:
    one, other = client.postponed("P1"), client.postponed("P1")
    client.ok("updateContact", {"no": "P1", "contact": {"privacyBlocked": True}})
    sentence = client.no("resumeInteraction", {"entryNo": one}, "CONTACT_PRIVACY_BLOCKED", "Lift the block or delete")
    assert "another contact" not in sentence

    client.ok("deletePostponedInteractions", {"entryNos": [other]})
    client.ok("updateContact", {"no": "P1", "contact": {"privacyBlocked": False}})
    client.ok("resumeInteraction", {"entryNo": one})


def test_a_postponed_interaction_keeps_its_contact_and_another_one_is_created_k12(client: Client) -> None:
    entry_no = client.postponed("P1")
    other = {"contactNo": "P2"}

    client.no("resumeInteraction", {"entryNo": entry_no, "interaction": other}, "INVALID", "Create a new one instead")
    client.ok("createInteraction", {"interaction": {**VISIT, **other}})


def test_a_finished_interaction_is_no_longer_postponed_r_res_6(client: Client) -> None:
    entry_no, other = client.postponed(), client.postponed()
    client.ok("resumeInteraction", {"entryNo": entry_no})

    client.no("resumeInteraction", {"entryNo": entry_no}, "NOT_POSTPONED", "Read the postponed ones again")
    (left,) = client.api.ask("{ postponedInteractions { nodes { entryNo } } }")["postponedInteractions"]["nodes"]
    assert left == {"entryNo": other}
    client.ok("resumeInteraction", left)


def test_a_postponed_interaction_needs_a_contact_or_a_salesperson_k3(client: Client) -> None:
    bad = {"interaction": {"templateCode": "VISIT"}}
    for good in ({"contactNo": "C1"}, {"salespersonCode": "JO"}):
        client.no_then_ok("postponeInteraction", bad, {"interaction": good}, "CONTACT_REQUIRED", "Give one of them")


def test_a_draft_starts_from_one_entry_number_k2(client: Client) -> None:
    entry_no, kept = client.log(), client.postponed()
    both = {"entryNo": kept, "fromInteractionLogEntryNo": entry_no, "interaction": {}}

    client.no_then_ok("postponeInteraction", both, {"entryNo": kept, "interaction": {}}, "INVALID", "Give one number")
    lost = {"fromInteractionLogEntryNo": 999, "interaction": {"templateCode": "VISIT", "contactNo": "C1"}}
    client.no_then_ok("createInteraction", lost, {**lost, "fromInteractionLogEntryNo": entry_no}, "NOT_FOUND", "999")


def test_a_version_is_read_again(client: Client) -> None:
    entry_no = client.postponed()
    client.ok("postponeInteraction", {"entryNo": entry_no, "interaction": {"description": "x"}})
    stale = {"entryNo": entry_no, "interaction": {"description": "y"}, "expectedVersion": 1}

    client.no("postponeInteraction", stale, "STALE_VERSION", "Read it again")
    found = client.api.ask("{ postponedInteractions { nodes { version } } }")["postponedInteractions"]["nodes"][0][
        "version"
    ]
    client.ok("postponeInteraction", {**stale, "expectedVersion": found})


def test_amounts_and_texts_are_corrected(client: Client) -> None:
    for field, bad, good, code in (
        ("cost", "-1", "0", "INVALID"),
        ("cost", "1.005", "1.01", "INVALID"),
        ("duration", -1, 0, "INVALID"),
        ("description", "x" * 101, "x" * 100, "TOO_LONG"),
    ):
        client.no_then_ok(
            "createInteraction", {"interaction": {**VISIT, field: bad}}, {"interaction": {**VISIT, field: good}}, code
        )


def test_more_comments_than_fit_are_added_once_the_interaction_is_in_the_log(client: Client) -> None:
    many = [f"remark {index}" for index in range(130)]
    client.no(
        "createInteraction", {"interaction": {**VISIT, "comments": many}}, "TOO_MANY", "commentInteraction adds more"
    )
    entry_no = client.log(comments=many[:100])
    client.ok("commentInteraction", {"entryNo": entry_no, "comments": many[100:]})

    client.no("commentInteraction", {"entryNo": entry_no, "comments": many}, "TOO_MANY", "Send them in parts")
    for part in (many[:100], many[100:]):
        client.ok("commentInteraction", {"entryNo": entry_no, "comments": part})


def test_a_postponed_interaction_is_finished_before_it_is_evaluated_or_commented(client: Client) -> None:
    entry_no = client.postponed()
    evaluate = {"interactions": {"entryNos": [entry_no]}, "evaluation": "POSITIVE"}
    comment = {"entryNo": entry_no, "comments": ["x"]}
    client.no("evaluateInteractions", evaluate, "NOT_FOUND", "has to be finished first")
    client.no("commentInteraction", comment, "NOT_FOUND", "has to be finished first")
    client.ok("resumeInteraction", {"entryNo": entry_no})

    client.ok("evaluateInteractions", evaluate)
    client.ok("commentInteraction", comment)


def test_an_evaluation_is_set_or_removed(client: Client) -> None:
    chosen = {"interactions": {"entryNos": [client.log()]}}

    client.no("evaluateInteractions", chosen, "INVALID", "An explicit null takes back")
    client.ok("evaluateInteractions", {**chosen, "evaluation": None})
    client.ok("evaluateInteractions", {**chosen, "evaluation": "NEGATIVE"})


def test_snoozing_takes_days_or_a_day(client: Client) -> None:
    chosen = {"postponed": {"entryNos": [client.postponed()]}}
    both = {**chosen, "days": 1, "until": "2099-01-01"}

    client.no_then_ok("snoozePostponedInteractions", both, {**chosen, "days": 1}, "INVALID", "either")
    client.no_then_ok(
        "snoozePostponedInteractions", {**chosen, "days": 0}, {**chosen, "until": "2099-01-01"}, "INVALID", "1 to"
    )


def test_a_key_is_for_one_request_k22(client: Client) -> None:
    key = "k" * 200
    client.ok("createInteraction", {"interaction": VISIT, "idempotencyKey": key})
    other = {"interaction": {**VISIT, "description": "x"}}

    client.no_then_ok(
        "createInteraction",
        {**other, "idempotencyKey": key},
        {**other, "idempotencyKey": "new"},
        "IDEMPOTENCY_CONFLICT",
        "new key",
    )
    client.no_then_ok(
        "createInteraction",
        {**other, "idempotencyKey": key + "k"},
        {**other, "idempotencyKey": "2"},
        "INVALID",
        "shorter",
    )
