"""Refusals about interactions: a client that follows the advice in the message succeeds."""

from tests.advice.client import Client

VISIT = {"contactNo": "C1", "templateCode": "VISIT"}


def test_missing_required_fields_can_be_given_r_fin_1_to_5(client: Client) -> None:
    def create(**values: object) -> dict[str, object]:
        return {"interaction": {**VISIT, **values}}

    client.correct("createInteraction", create(contactNo=None, salespersonCode="JO"), create(), "CONTACT_REQUIRED")
    client.correct(
        "createInteraction", create(templateCode=None, description="x"), create(description="x"), "TEMPLATE_REQUIRED"
    )
    client.correct(
        "createInteraction", create(salespersonCode=None), create(salespersonCode="PS"), "SALESPERSON_REQUIRED"
    )
    client.refusal("createInteraction", create(date=None), "DATE_REQUIRED", "omit the field")
    client.mutate("createInteraction", create(date="2026-01-02"))
    client.mutate("createInteraction", create())


def test_the_template_description_is_suggested_only_if_there_is_one_r_fin_5(client: Client) -> None:
    null = {"interaction": {**VISIT, "description": None}}
    client.correct(
        "createInteraction", null, {"interaction": VISIT}, "DESCRIPTION_REQUIRED", "omit the field to use “Visit”"
    )

    kept = client.postpone(description=None)
    client.refusal("resumeInteraction", {"entryNo": kept}, "DESCRIPTION_REQUIRED")
    again = client.refusal(
        "resumeInteraction", {"entryNo": kept, "interaction": {"description": None}}, "DESCRIPTION_REQUIRED"
    )
    assert "omit" not in again
    client.mutate("resumeInteraction", {"entryNo": kept, "interaction": {"description": "Tea"}})

    named = client.postpone(description="Tea")
    cleared = {"entryNo": named, "interaction": {"description": " "}}
    client.correct("resumeInteraction", cleared, {"entryNo": named}, "DESCRIPTION_REQUIRED", "“Tea”")


def test_without_a_template_its_description_is_not_suggested_r_fin_2_r_fin_5(client: Client) -> None:
    errors = client.api.send_mutation(
        "createInteraction", {"interaction": {"contactNo": "C1", "description": None}}, "__typename"
    )["userErrors"]

    assert [error["code"] for error in errors] == ["TEMPLATE_REQUIRED", "DESCRIPTION_REQUIRED"]
    assert "“Visit”" not in errors[1]["message"]
    assert "omit" not in errors[1]["message"]
    client.mutate("createInteraction", {"interaction": {**VISIT, "description": "x"}})


def test_missing_records_can_be_looked_up_r_fin_8(client: Client) -> None:
    for field, code, good in (
        ("contactNo", "CONTACT_NOT_FOUND", "P1"),
        ("templateCode", "TEMPLATE_NOT_FOUND", "CALLIN"),
        ("salespersonCode", "SALESPERSON_NOT_FOUND", "PS"),
        ("campaignNo", "CAMPAIGN_NOT_FOUND", "CP1"),
    ):
        bad = {"interaction": {**VISIT, field: "NOBODY"}}
        client.correct("createInteraction", bad, {"interaction": {**VISIT, field: good}}, code, "NOBODY")


def test_blocked_records_are_replaced_or_unblocked_k10(client: Client) -> None:
    client.mutate("updateContact", {"no": "P2", "contact": {"privacyBlocked": True}})
    client.mutate("updateSalesperson", {"code": "PS", "salesperson": {"blocked": True}})
    client.mutate("updateCampaign", {"no": "CP1", "campaign": {"blocked": True}})
    client.mutate("updateInteractionTemplate", {"code": "CALLIN", "interactionTemplate": {"blocked": True}})
    bad = {"contactNo": "P2", "templateCode": "VISIT", "salespersonCode": "JO"}

    client.refusal(
        "createInteraction",
        {"interaction": bad},
        "CONTACT_PRIVACY_BLOCKED",
        "Remove the block, or choose another contact",
    )
    client.mutate("createInteraction", {"interaction": {**bad, "contactNo": "P1"}})
    client.mutate("updateContact", {"no": "P2", "contact": {"privacyBlocked": False}})
    client.mutate("createInteraction", {"interaction": bad})
    for field, value, code, good in (
        ("salespersonCode", "PS", "SALESPERSON_BLOCKED", "JO"),
        ("campaignNo", "CP1", "CAMPAIGN_BLOCKED", "CP2"),
        ("campaignNo", "CP1", "CAMPAIGN_BLOCKED", None),
        ("templateCode", "CALLIN", "TEMPLATE_BLOCKED", "VISIT"),
    ):
        client.correct(
            "createInteraction", {"interaction": {**VISIT, field: value}}, {"interaction": {**VISIT, field: good}}, code
        )


def test_replacing_the_blocked_contact_of_a_postponed_interaction_is_not_suggested_k12(client: Client) -> None:
    one, other = client.postpone("P1"), client.postpone("P1")
    client.mutate("updateContact", {"no": "P1", "contact": {"privacyBlocked": True}})
    sentence = client.refusal(
        "resumeInteraction", {"entryNo": one}, "CONTACT_PRIVACY_BLOCKED", "Remove the block, or delete"
    )
    assert "another contact" not in sentence

    client.mutate("deletePostponedInteractions", {"entryNos": [other]})
    client.mutate("updateContact", {"no": "P1", "contact": {"privacyBlocked": False}})
    client.mutate("resumeInteraction", {"entryNo": one})


def test_a_postponed_interaction_keeps_its_contact_and_another_one_is_created_k12(client: Client) -> None:
    entry_no = client.postpone("P1")
    other = {"contactNo": "P2"}

    client.refusal(
        "resumeInteraction", {"entryNo": entry_no, "interaction": other}, "INVALID", "Create a new interaction instead"
    )
    client.mutate("createInteraction", {"interaction": {**VISIT, **other}})


def test_a_finished_interaction_is_no_longer_postponed_r_res_6(client: Client) -> None:
    entry_no, other = client.postpone(), client.postpone()
    client.mutate("resumeInteraction", {"entryNo": entry_no})

    client.refusal("resumeInteraction", {"entryNo": entry_no}, "NOT_POSTPONED", "Read the postponed interactions again")
    (left,) = client.api.execute("{ postponedInteractions { nodes { entryNo } } }")["postponedInteractions"]["nodes"]
    assert left == {"entryNo": other}
    client.mutate("resumeInteraction", left)


def test_a_postponed_interaction_needs_a_contact_or_a_salesperson_k3(client: Client) -> None:
    bad = {"interaction": {"templateCode": "VISIT"}}
    for good in ({"contactNo": "C1"}, {"salespersonCode": "JO"}):
        client.correct("postponeInteraction", bad, {"interaction": good}, "CONTACT_REQUIRED", "Give one of them")


def test_a_draft_starts_from_one_entry_number_k2(client: Client) -> None:
    entry_no, kept = client.create_entry(), client.postpone()
    both = {"entryNo": kept, "fromInteractionLogEntryNo": entry_no, "interaction": {}}

    client.correct("postponeInteraction", both, {"entryNo": kept, "interaction": {}}, "INVALID", "Give only one number")
    lost = {"fromInteractionLogEntryNo": 999, "interaction": {"templateCode": "VISIT", "contactNo": "C1"}}
    client.correct("createInteraction", lost, {**lost, "fromInteractionLogEntryNo": entry_no}, "NOT_FOUND", "999")


def test_a_postponed_interaction_changed_by_another_user_can_be_changed_with_its_new_version(client: Client) -> None:
    entry_no = client.postpone()
    client.mutate("postponeInteraction", {"entryNo": entry_no, "interaction": {"description": "x"}})
    stale = {"entryNo": entry_no, "interaction": {"description": "y"}, "expectedVersion": 1}

    client.refusal("postponeInteraction", stale, "STALE_VERSION", "Read it again")
    found = client.api.execute("{ postponedInteractions { nodes { version } } }")["postponedInteractions"]["nodes"][0][
        "version"
    ]
    client.mutate("postponeInteraction", {**stale, "expectedVersion": found})


def test_wrong_amounts_and_texts_can_be_corrected(client: Client) -> None:
    for field, bad, good, code in (
        ("cost", "-1", "0", "INVALID"),
        ("cost", "1.005", "1.01", "INVALID"),
        ("duration", -1, 0, "INVALID"),
        ("description", "x" * 101, "x" * 100, "TOO_LONG"),
    ):
        client.correct(
            "createInteraction", {"interaction": {**VISIT, field: bad}}, {"interaction": {**VISIT, field: good}}, code
        )


def test_more_comments_than_fit_are_added_once_the_interaction_is_in_the_log(client: Client) -> None:
    many = [f"comment {index}" for index in range(130)]
    client.refusal(
        "createInteraction", {"interaction": {**VISIT, "comments": many}}, "TOO_MANY", "commentInteraction adds more"
    )
    entry_no = client.create_entry(comments=many[:100])
    client.mutate("commentInteraction", {"entryNo": entry_no, "comments": many[100:]})

    client.refusal(
        "commentInteraction", {"entryNo": entry_no, "comments": many}, "TOO_MANY", "Send them in several requests"
    )
    for part in (many[:100], many[100:]):
        client.mutate("commentInteraction", {"entryNo": entry_no, "comments": part})


def test_a_postponed_interaction_is_finished_before_it_is_evaluated_or_commented(client: Client) -> None:
    entry_no = client.postpone()
    evaluate = {"interactions": {"entryNos": [entry_no]}, "evaluation": "POSITIVE"}
    comment = {"entryNo": entry_no, "comments": ["x"]}
    client.refusal("evaluateInteractions", evaluate, "NOT_FOUND", "must be finished first")
    client.refusal("commentInteraction", comment, "NOT_FOUND", "must be finished first")
    client.mutate("resumeInteraction", {"entryNo": entry_no})

    client.mutate("evaluateInteractions", evaluate)
    client.mutate("commentInteraction", comment)


def test_an_evaluation_is_changed_by_a_value_or_an_explicit_null(client: Client) -> None:
    chosen = {"interactions": {"entryNos": [client.create_entry()]}}

    client.refusal("evaluateInteractions", chosen, "INVALID", "An explicit null removes")
    client.mutate("evaluateInteractions", {**chosen, "evaluation": None})
    client.mutate("evaluateInteractions", {**chosen, "evaluation": "NEGATIVE"})


def test_snoozing_needs_either_a_number_of_days_or_a_date(client: Client) -> None:
    chosen = {"postponed": {"entryNos": [client.postpone()]}}
    both = {**chosen, "days": 1, "until": "2099-01-01"}

    client.correct("snoozePostponedInteractions", both, {**chosen, "days": 1}, "INVALID", "either")
    client.correct(
        "snoozePostponedInteractions", {**chosen, "days": 0}, {**chosen, "until": "2099-01-01"}, "INVALID", "1 to"
    )


def test_a_used_idempotency_key_is_replaced_by_a_new_one_k22(client: Client) -> None:
    key = "k" * 200
    client.mutate("createInteraction", {"interaction": VISIT, "idempotencyKey": key})
    other = {"interaction": {**VISIT, "description": "x"}}

    client.correct(
        "createInteraction",
        {**other, "idempotencyKey": key},
        {**other, "idempotencyKey": "new"},
        "IDEMPOTENCY_CONFLICT",
        "new key",
    )
    client.correct(
        "createInteraction",
        {**other, "idempotencyKey": key + "k"},
        {**other, "idempotencyKey": "2"},
        "INVALID",
        "shorter",
    )
