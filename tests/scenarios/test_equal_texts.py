"""Search finds texts, e-mail addresses and telephone numbers in all equal notations; texts are stored as given, invalid
ones are refused.
"""

from typing import Any

import pytest

from tests.api import Api

NUMBER = "+44 20 7946 0123"
NOTATIONS = [
    NUMBER,
    "0044 20 7946 0123",
    "+44 (0)20 7946 0123",
    "020 7946 0123",
    "(020) 7946-0123",
    "020.7946.0123",
    "7946 0123",
    "+442079460123",
    "tel:+44-20-7946-0123",
    "＋４４ ２０ ７９４６ ０１２３",
    "٠٢٠ ٧٩٤٦ ٠١٢٣",
    "020\u00a07946\u20110123",
    "+44 20 7946 0123 ext. 12",
    "020 7946 0123 poste 7",
    "011 44 20 7946 0123",
]
OTHER_TEXTS = ["020 7946 0124", "+44 20 7946 012", "9946 0123", "abc", "+", "-", "", "#"]


def names_of_found(api: Api, **arguments: Any) -> list[str]:
    """The names of the contacts that a filter or a search finds."""
    query = "query($f: ContactFilter, $t: String) { contacts(filter: $f, search: $t, first: 50) { nodes { name } } }"
    variables = {"f": arguments.get("where"), "t": arguments.get("search")}
    return sorted(node["name"] for node in api.execute(query, **variables)["contacts"]["nodes"])


def create_contact(api: Api, name: str, **fields: Any) -> str:
    made = api.mutate("createContact", {"contact": {"name": name, **fields}}, "contact { no }")
    return str(made["contact"]["no"])


def refusals(api: Api, mutation: str, input: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["field"]) for error in api.send_mutation(mutation, input, "__typename")["userErrors"]]


def test_a_telephone_number_is_found_in_every_notation(api: Api) -> None:
    create_contact(api, "Known", phoneNo=NUMBER)
    create_contact(api, "By country", mobilePhoneNo="020 7946 0123", countryCode="GB")
    create_contact(api, "Without", phoneNo="(020) 7946 0123")
    create_contact(api, "Short", phoneNo="7946 0123")
    create_contact(api, "Other", phoneNo="+33 1 55 02 04 06")
    create_contact(api, "None")
    everyone = ["By country", "Known", "Short", "Without"]

    for notation in NOTATIONS:
        assert names_of_found(api, search=notation) == everyone, notation
        assert names_of_found(api, where={"phone": {"eq": notation}}) == everyone, notation
        assert names_of_found(api, where={"phone": {"in": ["+33 9 99", notation]}}) == everyone, notation
        assert names_of_found(api, where={"phone": {"ne": notation}}) == ["None", "Other"], notation
    for other in OTHER_TEXTS:
        assert not set(names_of_found(api, where={"phone": {"eq": other}})) & set(everyone), other
        assert names_of_found(api, where={"phone": {"in": [other]}}) == names_of_found(
            api, where={"phone": {"eq": other}}
        ), other
    assert names_of_found(api, where={"phone": {"eq": "+33 20 7946 0123"}}) == ["Short", "Without"], (
        "numbers without a country may be French"
    )


def test_part_of_a_number_is_found_with_and_without_its_country_and_trunk_prefix(api: Api) -> None:
    create_contact(api, "Known", phoneNo=NUMBER)
    create_contact(api, "Without", phoneNo="(020) 7946 0123")

    for begun in ("+44 20", "0044 20 79", "44 20"):
        assert names_of_found(api, where={"phone": {"startsWith": begun}}) == ["Known"], begun
    for begun in ("020", "20 7946", "020 7946 0123"):
        assert names_of_found(api, where={"phone": {"startsWith": begun}}) == ["Known", "Without"], begun
    assert names_of_found(api, where={"phone": {"contains": "7946-01"}}) == ["Known", "Without"]
    for nothing in ("abc", "", "+", "-", "7946 abc"):
        for name in ("contains", "startsWith", "gte", "lte", "eq"):
            assert names_of_found(api, where={"phone": {name: nothing}}) == [], (name, nothing)
    assert names_of_found(api, where={"phone": {"isNull": False}}) == ["Known", "Without"]


def test_a_search_may_contain_names_and_telephone_numbers(api: Api) -> None:
    create_contact(api, "Anne Roy", phoneNo="514-555-0101", city="Laval")
    create_contact(api, "Studio 2", phoneNo="06 78 56 34 12", email="s.2nd@example.org")
    create_contact(api, "Route 66 1984", mobilePhoneNo="555-0199")

    for text in (
        "Roy 514-555-0101",
        "514 555 0101 roy",
        "(514) 555-0101 Laval",
        "+1 514 555 0101",
        "roy 514",
        "555 0101 laval",
    ):
        assert names_of_found(api, search=text) == ["Anne Roy"], text
    assert (
        names_of_found(api, search="Studio 2 06 78 56 34 12")
        == names_of_found(api, search="2 studio")
        == names_of_found(api, search="2nd")
        == ["Studio 2"]
    )
    assert names_of_found(api, search="06 12 34 56 78") == [], "the same pairs in another order are another number"
    assert names_of_found(api, search="66 1984") == names_of_found(api, search="1984 route") == ["Route 66 1984"]
    assert names_of_found(api, search="514 555 0199") == ["Route 66 1984"], (
        "without area code the last seven digits agree"
    )
    assert names_of_found(api, search="Roy 514 555 0102") == names_of_found(api, search="+") == []


LABELLED = [
    "Tél. : (020) 7946-0123",
    "Tel: 020 7946 0123",
    "T 020 7946 0123",
    "M. +44 20 7946 0123",
    "☎ 020 7946 0123",
    "📞02079460123",
    "Téléphone : 020 7946 0123",
    "Phone: +44 20 7946 0123",
    "Bureau : 020 7946 0123",
    "n° 020 7946 0123",
    "Tel.020 7946 0123",
    "callto:+442079460123",
    "<020 7946 0123>",
    '"020 7946 0123"',
    "« 020 7946 0123 »",
    "[020] 7946 0123",
    "020·7946·0123",
    "020 7946 0123 (poste 12)",
    "020 7946 0123 p. 12",
    "(020) 7946 0123;",
    "Tel: 020 7946 0123, ext 4",
]


def test_a_telephone_number_is_found_with_labels_and_punctuation(api: Api) -> None:
    create_contact(api, "Known", phoneNo=NUMBER)
    create_contact(api, "Without", mobilePhoneNo="020 7946 0123", city="Laval")
    create_contact(api, "Bureau 7946")

    for notation in LABELLED:
        assert names_of_found(api, search=notation) == ["Known", "Without"], notation
        assert names_of_found(api, where={"phone": {"eq": notation}}) == ["Known", "Without"], notation
        assert names_of_found(api, where={"phone": {"in": [notation]}}) == ["Known", "Without"], notation
        assert (
            names_of_found(api, search=f"Without {notation}")
            == names_of_found(api, search=f"{notation} laval")
            == ["Without"]
        ), notation
    assert names_of_found(api, where={"phone": {"startsWith": "Tel: 020 79"}}) == ["Known", "Without"]
    assert names_of_found(api, search="bureau 7946") == ["Bureau 7946"], "few digits are no number: the words count"
    assert names_of_found(api, search="020 7946 0123 x") == [], "a word that would begin an extension"
    assert (
        names_of_found(api, where={"phone": {"eq": "tel"}})
        == names_of_found(api, where={"phone": {"contains": "Tel:"}})
        == []
    )
    assert refusals(api, "createContact", {"contact": {"name": "x", "phoneNo": "Phone 020 7946 0123"}}) == [
        ("INVALID", ["contact", "phoneNo"])
    ]


@pytest.mark.parametrize(
    ("country", "stored", "notations"),
    [
        ("IT", "06 6982", ["06 6982", "066982", "+39 06 6982", "0039 066982"]),
        ("NC", "05.00.12", ["05.00.12", "050012", "+687 05.00.12"]),
        ("AR", "011 15-1234-5678", ["011 15-1234-5678", "+54 9 11 1234 5678", "1234-5678"]),
        ("LT", "8 5 212 3456", ["8 5 212 3456", "852123456", "+370 5 212 3456"]),
        ("BY", "8 0152 45-09-11", ["8 0152 45-09-11", "80152450911", "+375 152 45-09-11"]),
        ("AU", "(02) 9374 4000", ["0011 61 2 9374 4000", "0293744000", "+61 (0)2 9374 4000"]),
        ("MX", "55 1234 5678", ["+52 1 55 1234 5678", "044 55 1234 5678", "+52 55 1234 5678"]),
        ("GB", "020 7946 0123", ["0044 20 7946 0123", "44 20 7946 0123"]),
    ],
)
def test_a_telephone_number_is_found_in_its_national_format(
    api: Api, country: str, stored: str, notations: list[str]
) -> None:
    create_contact(api, "It", phoneNo=stored, countryCode=country)
    create_contact(api, "Other", phoneNo="514 555-0199")

    for notation in notations:
        assert (
            names_of_found(api, search=notation) == names_of_found(api, where={"phone": {"eq": notation}}) == ["It"]
        ), notation
        assert names_of_found(api, where={"phone": {"ne": notation}}) == ["Other"], notation
    assert names_of_found(api, where={"phone": {"eq": "+999 " + stored}}) == [], "of another country, known or not"


def test_a_telephone_number_is_found_by_the_contacts_current_country(api: Api) -> None:
    no = create_contact(api, "Moved", phoneNo="030 5550177", countryCode="DE")
    person = api.mutate(
        "createContact",
        {"contact": {"name": "Person", "type": "PERSON", "companyNo": no}},
        "contact { no countryCode }",
    )

    assert person["contact"]["countryCode"] == "DE"
    assert names_of_found(api, search="+49 30 5550177") == ["Moved", "Person"]
    api.mutate("updateContact", {"no": no, "contact": {"countryCode": "AT"}}, "contact { no }")
    assert names_of_found(api, search="+49 30 5550177") == []
    assert names_of_found(api, search="+43 30 5550177") == ["Moved", "Person"]
    api.mutate(
        "updateContact", {"no": no, "contact": {"phoneNo": "06 12 34 56 78", "countryCode": "FR"}}, "contact { no }"
    )
    assert names_of_found(api, where={"phone": {"eq": "+33 6 12 34 56 78"}}) == ["Moved", "Person"]


def test_search_ignores_case_accents_and_invisible_characters(api: Api) -> None:
    names = ("Γιώργος", "STRAẞE", "Jose\u0301 Nun\u0303ez", "Zero\u200bWidth", "O’Neil", "Đỗ Nguyễn")
    for name in names:
        create_contact(api, name)

    for text, found in (
        ("ΓΙΩΡΓΟΣ", "Γιώργος"),
        ("straße", "STRAẞE"),
        ("strasse", "STRAẞE"),
        ("JOSE nunez", "José Nuñez"),
        ("zerowidth", "Zero\u200bWidth"),
        ("o'neil", "O’Neil"),
        ("do nguyen", "Đỗ Nguyễn"),
    ):
        assert names_of_found(api, search=text) == names_of_found(api, where={"name": {"contains": text}}) == [found], (
            text
        )
    for text, exact in (
        ("Jose\u0301 Nuñez", ["José Nuñez"]),
        ("ZeroWidth", ["Zero\u200bWidth"]),
        ("zerowidth", []),
        ("O'Neil", []),
    ):
        assert (
            names_of_found(api, where={"name": {"eq": text}})
            == names_of_found(api, where={"name": {"in": [text, "x"]}})
            == exact
        ), text
        assert len(names_of_found(api, where={"name": {"ne": text}})) == len(names) - len(exact), text


def test_e_mail_addresses_ignore_case(api: Api) -> None:
    create_contact(api, "Jo", email="Jo.Roy@Example.org")
    create_contact(api, "José", email="josé@example.org")

    for address in ("jo.roy@example.org", "JO.ROY@EXAMPLE.ORG", " Jo.Roy@Example.org "):
        assert (
            names_of_found(api, where={"email": {"eq": address}})
            == names_of_found(api, where={"email": {"in": [address]}})
            == ["Jo"]
        ), address
        assert names_of_found(api, where={"email": {"ne": address}}) == ["José"], address
    assert names_of_found(api, where={"email": {"eq": "JOSE\u0301@example.org"}}) == ["José"]
    assert names_of_found(api, where={"email": {"eq": "jose@example.org"}}) == [], (
        "without accent it is another mailbox"
    )
    assert names_of_found(api, where={"email": {"startsWith": "JOSE"}}) == ["José"]
    assert names_of_found(api, search="ROY@EXAMPLE") == ["Jo"]
