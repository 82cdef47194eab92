"""Creating contacts (R-CON)."""

import pytest

from persistence.contacts import Contact
from resolvers.contacts import rules as contacts
from resolvers.contacts.fields import ContactFields, folded_columns
from resolvers.work import Work
from tests import records
from tests.refusals import refusal_codes, refusals_of


def create_contact(work: Work, fields: ContactFields) -> Contact:
    found: Contact = records.stored(work, Contact, no=contacts.create(work, fields).no)
    return found


def test_a_new_company_is_numbered_by_its_series_and_is_its_own_company_r_con_6(work: Work) -> None:
    outcome = contacts.create(work, {"name": " Café Œuf ", "phone_no": "+33 (0)1 23"})

    company = records.stored(work, Contact, no="CT000001")
    assert (outcome.id, outcome.no) == (company.id, "CT000001")
    assert (company.type, company.company_no, company.company_name) == ("COMPANY", "CT000001", "Café Œuf")
    assert (company.search_name, company.search_company_name) == ("cafe oeuf", "cafe oeuf")
    assert company.search_phone == " ＋33123 0123 123 "


def test_a_manual_number_is_accepted_if_the_series_allows_it_r_num_2(work: Work) -> None:
    assert contacts.create(work, {"name": "Anybody"}, no="mine").no == "MINE"
    assert refusal_codes(contacts.create, work, {"name": "Another"}, no="MINE") == ["DUPLICATE"]


def test_the_users_own_salesperson_takes_precedence_over_the_default_of_the_setup_r_con_6(work: Work) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, default_salesperson_code="JO")

    assert create_contact(work, {"name": "One"}).salesperson_code == "JO"
    assert create_contact(records.as_user(work, salesperson="PS"), {"name": "Two"}).salesperson_code == "PS"
    assert create_contact(work, {"name": "Three", "salesperson_code": None}).salesperson_code is None


def test_d1_011_a_person_inherits_from_the_company_what_the_setup_says_r_con_7(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(
        work,
        "C9",
        salesperson_code="JO",
        language_code="FRA",
        city="Lyon",
        country_code="FR",
        territory_code="SUD",
        email="c9@example.com",
        correspondence_type="FAX",
    )

    person = create_contact(work, {"name": "Heir", "company_no": "c9", "email": "own@example.com"})

    assert (person.type, person.company_no, person.company_name) == ("PERSON", "C9", "Contact C9")
    assert (person.salesperson_code, person.language_code, person.city) == ("JO", "FRA", "Lyon")
    assert (person.country_code, person.territory_code, person.search_city) == ("FR", "SUD", "lyon")
    assert (person.email, person.correspondence_type) == ("own@example.com", "FAX")


def test_d1_011_with_the_flags_off_a_person_inherits_nothing_r_con_7(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "C9", salesperson_code="JO", language_code="FRA", city="Lyon")
    records.change_setup(work, inherit_salesperson=False, inherit_language=False, inherit_address=False)

    person = create_contact(work, {"name": "Alone", "company_no": "C9"})

    assert (person.salesperson_code, person.language_code, person.city) == (None, None, None)


def test_a_person_may_have_no_company(work: Work) -> None:
    person = create_contact(work, {"name": "Free", "type": "PERSON"})

    assert (person.company_no, person.company_name) == (None, None)


def test_all_errors_are_reported_at_once(work: Work) -> None:
    records.insert_fixtures(work)
    fields: ContactFields = {
        "name": " ",
        "company_no": "NOBODY",
        "salesperson_code": "XX",
        "phone_no": "call me",
        "city": "L" * 51,
    }

    assert refusals_of(contacts.create, work, fields) == [
        ("INVALID", ("contact", "name")),
        ("CONTACT_NOT_FOUND", ("contact", "company_no")),
        ("SALESPERSON_NOT_FOUND", ("contact", "salesperson_code")),
        ("INVALID", ("contact", "phone_no")),
        ("TOO_LONG", ("contact", "city")),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "X", "type": None},
        {"name": "X", "type": "COMPANY", "company_no": "C1"},
        {"name": "X", "company_no": "P1"},
    ],
)
def test_a_company_number_that_contradicts_the_type_is_refused(work: Work, fields: ContactFields) -> None:
    records.insert_fixtures(work)

    assert refusal_codes(contacts.create, work, fields) == ["INVALID"]


def test_folded_columns_contain_only_those_whose_source_is_given(work: Work) -> None:
    assert folded_columns({"city": "Besançon", "email": None}) == {"search_city": "besancon", "search_email": None}
    name = folded_columns({"name": "ﷺ" * 100})["search_name"]
    assert name is not None
    assert len(name) == 200
