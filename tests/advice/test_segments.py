"""Refusals about segments and logged segments: a client that follows the advice in the message succeeds."""

from tests.advice.client import Client


def test_a_segment_needs_a_description_and_contacts_before_it_is_logged_r_log_2_r_log_5(client: Client) -> None:
    no = client.create_segment("C1", description=None)
    client.refusal("logSegment", {"segmentNo": no}, "SEGMENT_DESCRIPTION_REQUIRED", "Give it one")
    client.mutate("updateSegment", {"no": no, "segment": {"description": "Spring"}})
    client.mutate("logSegment", {"segmentNo": no})

    empty = client.create_segment()
    client.refusal("logSegment", {"segmentNo": empty}, "SEGMENT_EMPTY", "Add contacts first")
    client.mutate("addSegmentContacts", {"segmentNo": empty, "from": {"contactNos": ["C1"]}})
    client.mutate("logSegment", {"segmentNo": empty})


def test_lines_that_cannot_be_logged_are_corrected_or_removed_k8(client: Client) -> None:
    first, second = client.create_segment("C1", templateCode=None), client.create_segment("C1", "P1")
    corrected = {"segmentNo": first, "changes": [{"lines": {"lineNos": [1]}, "set": {"templateCode": "VISIT"}}]}
    client.refusal("logSegment", {"segmentNo": first}, "LINES_BLOCKED", "Correct or remove these lines")
    client.refusal("logSegment", {"segmentNo": first, "onBlocked": "SKIP"}, "SEGMENT_EMPTY", "Correct them")
    client.mutate("updateSegmentLines", corrected)
    client.mutate("logSegment", {"segmentNo": first})

    client.mutate("updateContact", {"no": "P1", "contact": {"privacyBlocked": True}})
    client.refusal("logSegment", {"segmentNo": second}, "LINES_BLOCKED", "Correct or remove these lines")
    client.mutate("removeSegmentLines", {"segmentNo": second, "lines": {"lineNos": [2]}})
    client.mutate("logSegment", {"segmentNo": second})


def test_a_blocked_contact_on_a_line_can_be_replaced_k10(client: Client) -> None:
    no = client.create_segment("P1")
    client.mutate("updateContact", {"no": "P1", "contact": {"privacyBlocked": True}})
    (verdict,) = client.api.execute(
        "query($no: String!) { logSegmentPreview(segmentNo: $no) { verdicts { nodes { reasons { code message } } } } }",
        no=no,
    )["logSegmentPreview"]["verdicts"]["nodes"]
    assert verdict["reasons"][0]["code"] == "CONTACT_PRIVACY_BLOCKED"
    assert "choose another contact" in verdict["reasons"][0]["message"]

    client.mutate(
        "updateSegmentLines", {"segmentNo": no, "changes": [{"lines": {"lineNos": [1]}, "set": {"contactNo": "P2"}}]}
    )
    client.mutate("logSegment", {"segmentNo": no})


def test_a_logged_segment_is_found_among_the_logged_segments_r_log_1(client: Client) -> None:
    no = client.create_segment("C1")
    entry_no = client.log_segment(no)

    client.refusal("logSegment", {"segmentNo": no}, "LOGGED_SEGMENT_EXISTS", f"See logged segment {entry_no}")
    assert client.api.execute("query($no: Int!) { loggedSegment(entryNo: $no) { segmentNo } }", no=entry_no)[
        "loggedSegment"
    ] == {"segmentNo": no}
    client.refusal("updateSegment", {"no": no, "segment": {}}, "SEGMENT_NOT_FOUND", "query the logged segments")
    client.refusal("cancelLogSegment", {"segmentNo": no}, "LOGGED_SEGMENT_EXISTS", f"{entry_no}")


def test_cancel_without_a_running_operation_is_refused_and_the_segment_can_be_logged(client: Client) -> None:
    no = client.create_segment("C1")

    client.refusal("cancelLogSegment", {"segmentNo": no}, "INVALID", "so there is nothing to cancel")
    client.mutate("logSegment", {"segmentNo": no})


def test_a_segment_that_changed_since_its_preview_is_logged_after_a_new_preview_k29(client: Client) -> None:
    no = client.create_segment("C1", "P1")
    preview = "query($no: String!) { logSegmentPreview(segmentNo: $no) { planToken } }"
    token = client.api.execute(preview, no=no)["logSegmentPreview"]["planToken"]
    client.mutate("updateContact", {"no": "P1", "contact": {"privacyBlocked": True}})
    client.mutate("removeSegmentLines", {"segmentNo": no, "lines": {"lineNos": [2]}})

    client.refusal("logSegment", {"segmentNo": no, "planToken": token}, "PLAN_STALE", "Request a new preview")
    client.refusal("logSegment", {"segmentNo": no, "planToken": "x"}, "INVALID", "logSegmentPreview")
    client.mutate(
        "logSegment",
        {"segmentNo": no, "planToken": client.api.execute(preview, no=no)["logSegmentPreview"]["planToken"]},
    )


def test_a_follow_up_without_a_series_does_not_suggest_a_manual_number_r_log_11(client: Client) -> None:
    no, logged = client.create_segment("C1"), client.log_segment(client.create_segment("P1"))
    client.change_setup(segmentNos=None)
    followed = {"segmentNo": no, "createFollowUp": True}

    sentence = client.refusal(
        "logSegment", followed, "NUMBER_SERIES_MISSING", "segmentNos", "or log without createFollowUp"
    )
    assert "give a number" not in sentence
    sentence = client.refusal(
        "createFollowUpSegment", {"loggedSegmentEntryNo": logged}, "NUMBER_SERIES_MISSING", "Set one there."
    )
    assert "number yourself" not in sentence
    (error,) = client.api.execute(
        "query($no: String!) { logSegmentPreview(segmentNo: $no, createFollowUp: true) { userErrors { message } } }",
        no=no,
    )["logSegmentPreview"]["userErrors"]
    assert "number yourself" not in error["message"]
    client.refusal("createSegment", {"segment": {}}, "NUMBER_SERIES_MISSING", "or give a number yourself")
    client.mutate("createSegment", {"no": "S1", "segment": {}})

    client.mutate("logSegment", {"segmentNo": no})
    client.change_setup(segmentNos="SEGM")
    client.mutate("createFollowUpSegment", {"loggedSegmentEntryNo": logged})


def test_a_follow_up_without_contacts_works_with_another_filter_k14(client: Client) -> None:
    logged = client.log_segment(client.create_segment("C1"))
    client.mutate("setLoggedSegmentCanceled", {"entryNo": logged, "canceled": True})

    client.refusal("createFollowUpSegment", {"loggedSegmentEntryNo": logged}, "SEGMENT_EMPTY", "names canceled")
    client.mutate("createFollowUpSegment", {"loggedSegmentEntryNo": logged, "filter": {"canceled": True}})


def test_an_undo_is_forced_where_interactions_were_changed_since_k18(client: Client) -> None:
    logged = client.log_segment(client.create_segment("C1"))
    client.mutate(
        "evaluateInteractions", {"interactions": {"entryNos": client.entry_nos(logged)}, "evaluation": "POSITIVE"}
    )

    client.correct(
        "undoLoggedSegment", {"entryNo": logged}, {"entryNo": logged, "force": True}, "CHANGED_SINCE", "undo with force"
    )


def test_after_an_undo_refusals_suggest_logging_the_segment_again_k18(client: Client) -> None:
    no = client.create_segment("C1", "P1", campaignNo="CP1")
    logged = client.log_segment(no)
    entries = client.entry_nos(logged)
    client.mutate("undoLoggedSegment", {"entryNo": logged})
    (campaign_entry,) = client.api.execute("{ campaignEntries { nodes { entryNo } } }")["campaignEntries"]["nodes"]
    uncancel = {"interactions": {"entryNos": entries}, "canceled": False}
    trials = (
        ("setInteractionsCanceled", uncancel),
        ("setLoggedSegmentCanceled", {"entryNo": logged, "canceled": False}),
        ("setCampaignEntryCanceled", {**campaign_entry, "canceled": False}),
        ("undoLoggedSegment", {"entryNo": logged}),
    )
    for mutation, input in trials:
        client.refusal(mutation, input, "LOGGED_SEGMENT_CANCELED", f"Segment {no} is open again. Log it instead.")

    again = client.log_segment(no)
    assert len(client.entry_nos(again)) == len(entries)
    for mutation, input in trials:
        client.refusal(mutation, input, "LOGGED_SEGMENT_CANCELED", f"as logged segment {again}. Use that one instead.")
    client.mutate("undoLoggedSegment", {"entryNo": again})
    client.refusal("setInteractionsCanceled", uncancel, "LOGGED_SEGMENT_CANCELED", f"Segment {no} is open again")


def test_interactions_of_a_deleted_segment_can_be_un_canceled_k18_r_lsg_2(client: Client) -> None:
    no = client.create_segment("C1", campaignNo="CP1")
    logged = client.log_segment(no)
    entries = client.entry_nos(logged)
    client.mutate("undoLoggedSegment", {"entryNo": logged})
    client.mutate("deleteSegment", {"no": no})
    uncancel = {"interactions": {"entryNos": entries}, "canceled": False}

    client.refusal("setInteractionsCanceled", uncancel, "LOGGED_SEGMENT_CANCELED", "delete the logged segment first")
    client.mutate("deleteCanceledLoggedSegments", {"entryNos": [logged]})
    client.refusal("setInteractionsCanceled", uncancel, "CAMPAIGN_ENTRY_CANCELED", "Un-cancel the campaign entry first")
    (campaign_entry,) = client.api.execute("{ campaignEntries { nodes { entryNo } } }")["campaignEntries"]["nodes"]
    client.mutate("setCampaignEntryCanceled", {**campaign_entry, "canceled": False})
    client.mutate("setInteractionsCanceled", uncancel)


def test_canceled_segments_and_campaign_entries_are_un_canceled_before_their_interactions_r_ent_4(
    client: Client,
) -> None:
    logged = client.log_segment(client.create_segment("C1"))
    uncancel = {"interactions": {"entryNos": client.entry_nos(logged)}, "canceled": False}
    client.mutate("setLoggedSegmentCanceled", {"entryNo": logged, "canceled": True})

    client.refusal("setInteractionsCanceled", uncancel, "LOGGED_SEGMENT_CANCELED", "Un-cancel the logged segment first")
    client.mutate("setLoggedSegmentCanceled", {"entryNo": logged, "canceled": False})
    client.mutate("setInteractionsCanceled", uncancel)


def test_a_logged_segment_is_canceled_before_it_is_deleted_r_lsg_2(client: Client) -> None:
    logged = client.log_segment(client.create_segment("C1"))

    client.refusal("deleteCanceledLoggedSegments", {"entryNos": [logged]}, "NOT_CANCELED", "Cancel it first")
    client.mutate("setLoggedSegmentCanceled", {"entryNo": logged, "canceled": True})
    client.mutate("deleteCanceledLoggedSegments", {"entryNos": [logged]})
    client.refusal(
        "setLoggedSegmentCanceled", {"entryNo": logged, "canceled": True}, "NOT_FOUND", "list the logged segments"
    )
    client.refusal("setCampaignEntryCanceled", {"entryNo": 99, "canceled": True}, "NOT_FOUND", "list the entries")


def test_lines_are_changed_as_their_refusals_say(client: Client) -> None:
    no = client.create_segment("C1", "P1")
    client.mutate("addSegmentLines", {"segmentNo": no, "lines": [{}]})

    def change(line_nos: list[int], **values: object) -> dict[str, object]:
        return {"segmentNo": no, "changes": [{"lines": {"lineNos": line_nos}, "set": values}]}

    client.correct(
        "updateSegmentLines",
        change([1, 2], contactNo="P2"),
        change([1], contactNo="P2"),
        "INVALID",
        "one line at a time",
    )
    client.refusal(
        "updateSegmentLines", change([3], templateCode="VISIT"), "CONTACT_REQUIRED", "Give it a contact first"
    )
    client.mutate("updateSegmentLines", change([3], contactNo="C2"))
    client.mutate("updateSegmentLines", change([3], templateCode="VISIT"))
    client.refusal("updateSegmentLines", change([9], cost="1"), "LINE_NOT_FOUND", "Read its lines again")
    client.correct(
        "updateSegmentLines", change([1], date=None), change([1], date="2026-01-02"), "DATE_REQUIRED", "Give a date"
    )


def test_saved_criteria_need_a_step_and_an_unused_code_r_sav(client: Client) -> None:
    no = client.create_segment()
    save = {"segmentNo": no, "code": "K", "description": "All"}
    client.refusal("saveSegmentCriteria", save, "NO_CRITERIA", "Add contacts to it first")
    client.mutate("addSegmentContacts", {"segmentNo": no, "from": {"contactNos": ["C1"]}})
    client.mutate("saveSegmentCriteria", save)

    client.correct("saveSegmentCriteria", save, {**save, "code": "K2"}, "DUPLICATE", "Choose another one")
    client.correct(
        "reuseSegmentCriteria", {"segmentNo": no, "code": "X"}, {"segmentNo": no, "code": "K2"}, "NOT_FOUND", "list"
    )
