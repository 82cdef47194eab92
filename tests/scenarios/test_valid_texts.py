"""Texts, e-mail addresses and codes: which are stored, and which are refused."""

import pytest

from tests.api import Api, create_company
from tests.prepared import database_with
from tests.scenarios.test_equal_texts import refusals


@pytest.mark.parametrize(
    "address",
    [
        "a@b.test",
        "root@localhost",
        "x@host.local",
        "jo@example.org",
        "jo@x.invalid",
        '"a b"@example.org',
        "jösé@münchen.example",
        "用户@例え.jp",
        "jo+tag@example.org",
        "jo@[127.0.0.1]",
    ],
)
def test_a_valid_e_mail_address_is_stored_as_given(api: Api, address: str) -> None:
    made = api.mutate("createContact", {"contact": {"name": "x", "email": f" {address} "}}, "contact { email }")
    assert made["contact"]["email"] == address


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "x@@y"),
        ("email", "nobody"),
        ("email", "a@b@c.org"),
        ("email", "Jo <jo@example.org>"),
        ("email", "a b@example.org"),
        ("phoneNo", "call me"),
        ("phoneNo", "+"),
        ("phoneNo", "1-800-FLOWERS"),
        ("mobilePhoneNo", "ext. 12"),
        ("name", "a\x07b"),
        ("name", "two\nlines"),
        ("jobTitle", "a\x9fb"),
        ("city", "a\tb"),
        ("postCode", "1\x1b2"),
        ("name", "\u200b"),
        ("name", "\u3164 "),
    ],
)
def test_invalid_addresses_and_numbers_are_refused_for_contacts_and_salespeople(
    api: Api, field: str, value: str
) -> None:
    assert refusals(api, "createContact", {"contact": {"name": "x", field: value}}) == [("INVALID", ["contact", field])]
    if field in ("name", "email", "phoneNo", "jobTitle"):
        input = {"code": "S", "salesperson": {"name": "x", field: value}}
        assert refusals(api, "createSalesperson", input) == [("INVALID", ["salesperson", field])]


@database_with(create_company)
def test_line_breaks_of_unicode_are_refused_in_one_line_and_kept_in_long_texts(api: Api) -> None:
    """A text with one of them would be shown in two lines."""
    interaction = {"contactNo": "P1", "templateCode": "VISIT"}
    for sign in "\x85\u2028\u2029":
        bad = f"a{sign}b"
        for mutation, input in (
            ("createContact", {"contact": {"name": bad}}),
            ("createSalesperson", {"code": bad, "salesperson": {"name": "x"}}),
            ("createCampaign", {"campaign": {"description": bad}}),
            ("createInteraction", {"interaction": {**interaction, "description": bad}}),
            ("createContact", {"contact": {"name": "x"}, "idempotencyKey": bad}),
        ):
            (error,) = api.send_mutation(mutation, input, "userErrors { code message }")["userErrors"]
            assert (error["code"], f"(U+{ord(sign):04X})" in error["message"]) == ("INVALID", True)
            assert error["message"].startswith("This text must be one line, ")
        made = api.mutate(
            "createInteraction",
            {"interaction": {**interaction, "comments": [bad]}},
            "interactionLogEntry { comments { comment } }",
        )
        assert made["interactionLogEntry"]["comments"] == [{"comment": bad}]
    for sign in "\x0b\x0c":
        assert api.refusal_codes("createInteraction", {"interaction": {**interaction, "comments": [f"a{sign}b"]}}) == [
            "INVALID"
        ]


@database_with(create_company)
def test_control_characters_are_refused_but_line_breaks_are_kept_in_long_texts(api: Api) -> None:
    bad = "a\x0bb"
    for mutation, input in (
        ("createInteractionGroup", {"code": "N", "interactionGroup": {"description": bad}}),
        ("createInteractionGroup", {"code": bad, "interactionGroup": {"description": "x"}}),
        (
            "createInteractionGroup",
            {
                "code": "N",
                "interactionGroup": {"description": "x", "translations": [{"languageCode": "FRA", "description": bad}]},
            },
        ),
        ("createInteractionTemplate", {"code": "N", "interactionTemplate": {"description": bad}}),
        ("createCampaign", {"campaign": {"description": bad}}),
        ("createSegment", {"segment": {"description": bad}}),
        ("createSegment", {"segment": {"description": "x", "subjectDefault": bad}}),
        ("createNumberSeries", {"code": "N", "numberSeries": {"description": bad, "lines": []}}),
        ("createInteraction", {"interaction": {"contactNo": "P1", "templateCode": "VISIT", "description": bad}}),
        ("createInteraction", {"interaction": {"contactNo": "P1", "templateCode": "VISIT", "comments": [bad]}}),
        ("postponeInteraction", {"interaction": {"contactNo": "P1", "templateCode": "VISIT"}, "reason": bad}),
        ("createContact", {"contact": {"name": "x"}, "idempotencyKey": bad}),
    ):
        assert "INVALID" in api.refusal_codes(mutation, input), (mutation, input)
    words = "x, y\n\ttab\r\n👩\u200d👧 \u202eabc"
    made = api.mutate(
        "createInteraction",
        {
            "interaction": {
                "contactNo": "P1",
                "templateCode": "VISIT",
                "description": "Cafe\u0301 👩\u200d👧",
                "comments": [words, "\u200b"],
            }
        },
        "interactionLogEntry { description comments { comment } }",
    )
    assert made["interactionLogEntry"] == {"description": "Café 👩\u200d👧", "comments": [{"comment": words}]}


def test_codes_are_equal_in_upper_and_lower_case_and_with_spaces(api: Api) -> None:
    made = api.mutate(
        "createSalesperson", {"code": "stra\u00dfe", "salesperson": {"name": "x"}}, "salesperson { code }"
    )
    assert made["salesperson"]["code"] == "STRASSE"
    api.mutate("createSalesperson", {"code": "cafe\u0301\u200b", "salesperson": {"name": "y"}}, "salesperson { code }")
    assert api.execute('{ salesperson(code: "CAFÉ") { code } }')["salesperson"] == {"code": "CAFÉ"}
    assert api.refusal_codes("createSalesperson", {"code": "CAFÉ", "salesperson": {"name": "z"}}) == ["DUPLICATE"]
    input = "query($c: String) { salespeople(filter: {code: {eq: $c}}) { totalCount } }"
    assert (
        api.execute(input, c="straße")["salespeople"]["totalCount"]
        == api.execute(input, c="Cafe\u0301")["salespeople"]["totalCount"]
        == 1
    )
