"""Updating contacts (R-CON-5, R-CON-7, R-CON-8, R-CON-10)."""

from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from resolvers.contacts import rules as contacts
from resolvers.contacts.fields import ContactFields
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.refusals import refusal_codes, refusals_of
from tests.segment_lines import insert_line_of_contact
from tests.statements import recorded_statements, without_ranges


def contact(work: Work, no: str) -> Contact:
    found: Contact = records.stored(work, Contact, no=no)
    return found


def test_given_fields_change_and_the_others_stay(work: Work) -> None:
    records.insert_fixtures(work)
    outcome = contacts.update(work, " p1 ", {"name": " Éva ", "job_title": "Chief", "exclude_from_segment": True})

    person = contact(work, "P1")
    assert (outcome.id, outcome.version, person.version) == (person.id, 2, 2)
    assert (person.name, person.search_name, person.job_title, person.exclude_from_segment) == (
        "Éva",
        "eva",
        "Chief",
        True,
    )
    assert (person.email, person.salesperson_code, person.company_no) == ("p1@example.com", "JO", "C1")


def test_null_clears_a_field_but_is_refused_for_name_and_type(work: Work) -> None:
    """K1: blank is null."""
    records.insert_fixtures(work)
    contacts.update(
        work, "P1", {"email": None, "salesperson_code": None, "exclude_from_segment": None, "company_no": None}
    )

    person = contact(work, "P1")
    assert (person.email, person.salesperson_code, person.exclude_from_segment) == (None, None, False)
    assert (person.company_no, person.company_name, person.search_company_name) == (None, None, None)
    assert refusals_of(contacts.update, work, "P1", {"name": None, "type": None}) == [
        ("INVALID", ("contact", "name")),
        ("INVALID", ("contact", "type")),
    ]


def test_the_version_rises_only_when_something_changes(work: Work) -> None:
    records.insert_fixtures(work)
    assert contacts.update(work, "P1", {"name": "Pamela One", "city": None}).version == 1
    assert contacts.update(work, "P1", {}).version == 1
    assert recorded_changes(work) == []
    assert contacts.update(work, "P1", {"city": "Nice"}, expected_version=1).version == 2


def test_a_stale_version_and_an_unknown_contact_are_refused(work: Work) -> None:
    records.insert_fixtures(work)
    contacts.update(work, "P1", {"city": "Nice"})

    assert refusals_of(contacts.update, work, "P1", {"city": "Lyon"}, expected_version=1) == [
        ("STALE_VERSION", ("expected_version",))
    ]
    assert refusals_of(contacts.update, work, "NOBODY", {"city": "Lyon"}) == [("CONTACT_NOT_FOUND", ("no",))]


def test_all_errors_are_reported_at_once(work: Work) -> None:
    records.insert_fixtures(work)
    fields: ContactFields = {"name": "", "company_no": "XX", "salesperson_code": "XX", "phone_no": "call me"}

    assert refusals_of(contacts.update, work, "P1", fields) == [
        ("INVALID", ("contact", "name")),
        ("CONTACT_NOT_FOUND", ("contact", "company_no")),
        ("SALESPERSON_NOT_FOUND", ("contact", "salesperson_code")),
        ("INVALID", ("contact", "phone_no")),
    ]
    assert refusal_codes(contacts.update, work, "P1", {"company_no": "P3"}) == ["INVALID"]
    assert refusal_codes(contacts.update, work, "P1", {"company_no": "P1"}) == ["INVALID"]
    assert refusal_codes(contacts.update, work, "C1", {"company_no": "C2"}) == ["INVALID"]
    assert contacts.update(work, "C1", {"company_no": "C1"}).version == 1


def test_the_type_cannot_change_while_there_are_interactions_even_postponed_ones_r_con_5_k24(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_entry(work, contact="P1")
    records.insert_postponed_interaction(work, contact="P3")

    for no in ("P1", "P3"):
        assert refusals_of(contacts.update, work, no, {"type": "COMPANY"}) == [("HAS_ENTRIES", ("contact", "type"))]
    assert refusal_codes(contacts.update, work, "C1", {"type": "PERSON"}) == ["HAS_ENTRIES", "HAS_ENTRIES"]
    assert contacts.update(work, "P1", {"type": "PERSON"}).version == 1


def test_the_type_of_a_company_with_people_cannot_change_r_con_5_k24(work: Work) -> None:
    records.insert_fixtures(work)
    assert refusals_of(contacts.update, work, "C1", {"type": "PERSON"}) == [("HAS_ENTRIES", ("contact", "type"))]


def test_a_new_type_of_a_contact_without_interactions_changes_its_company_too_r_con_5(work: Work) -> None:
    records.insert_fixtures(work)
    contacts.update(work, "P3", {"type": "COMPANY", "name": "Three Ltd"})
    contacts.update(work, "C2", {"type": "PERSON", "company_no": "P3"})

    made, person = contact(work, "P3"), contact(work, "C2")
    assert (made.type, made.company_no, made.company_name) == ("COMPANY", "P3", "Three Ltd")
    assert (person.type, person.company_no, person.company_name) == ("PERSON", "P3", "Three Ltd")
    contacts.update(work, "C2", {"type": "COMPANY"})
    assert (contact(work, "C2").company_no, contact(work, "C2").company_name) == ("C2", "Deerfield Graphics")
    contacts.update(work, "P3", {"type": "PERSON"})
    assert (contact(work, "P3").company_no, contact(work, "P3").company_name) == (None, None)


def test_a_person_who_gets_a_company_inherits_from_it_r_con_7(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(
        work, "C9", salesperson_code="JO", language_code="FRA", city="Lyon", correspondence_type="FAX", phone_no="1"
    )
    records.insert_contact(
        work, "P9", type="PERSON", salesperson_code="PS", email="own@example.com", correspondence_type="EMAIL"
    )

    contacts.update(work, "P9", {"company_no": "c9", "city": "Nice"})

    person = contact(work, "P9")
    assert (person.company_no, person.company_name, person.search_company_name) == ("C9", "Contact C9", "contact c9")
    assert (person.salesperson_code, person.language_code, person.city) == ("JO", "FRA", "Nice")
    assert (person.phone_no, person.search_phone) == ("1", " ？1 ")
    assert (person.email, person.correspondence_type) == ("own@example.com", "EMAIL")


def test_with_the_flags_off_a_person_inherits_only_the_company_name_r_con_7(work: Work) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, inherit_salesperson=False, inherit_communication=False)

    contacts.update(work, "P3", {"company_no": "C1"})

    person = contact(work, "P3")
    assert (person.company_name, person.salesperson_code, person.phone_no) == ("Cannon Group", None, None)


def test_a_change_of_a_company_reaches_its_people_only_where_they_had_the_same_value_r_con_8(work: Work) -> None:
    records.insert_fixtures(work)
    outcome = contacts.update(
        work, "C1", {"salesperson_code": "PS", "city": "Lyon", "phone_no": "+33 2", "job_title": "x"}
    )

    first, second = contact(work, "P1"), contact(work, "P2")
    assert outcome.people == 2
    assert (first.salesperson_code, first.city, first.search_city, first.version) == ("PS", "Lyon", "lyon", 2)
    assert (first.phone_no, first.search_phone, first.job_title) == (None, None, None), "C1 had a number, P1 none"
    assert (second.salesperson_code, second.city) == ("PS", "Lyon")
    assert contact(work, "P3").version == 1


def test_with_the_flags_off_a_change_of_a_company_does_not_reach_its_people_r_con_8(work: Work) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, inherit_salesperson=False, inherit_address=False)

    assert contacts.update(work, "C1", {"salesperson_code": "PS", "city": "Lyon"}).people == 0
    assert (contact(work, "P1").salesperson_code, contact(work, "P1").city) == ("JO", None)


def test_a_new_name_of_a_company_becomes_the_company_name_of_its_people(work: Work) -> None:
    records.insert_fixtures(work)
    contacts.update(work, "C1", {"name": "Canon Öst"})

    assert (contact(work, "C1").company_name, contact(work, "C1").search_company_name) == ("Canon Öst", "canon ost")
    assert (contact(work, "P1").company_name, contact(work, "P1").search_company_name) == ("Canon Öst", "canon ost")


def test_the_company_cannot_change_while_the_contact_is_on_an_open_segment_r_con_10(work: Work) -> None:
    records.insert_fixtures(work)
    insert_line_of_contact(work, "P1")

    assert refusals_of(contacts.update, work, "P1", {"company_no": "C2"}) == [("IN_USE", ("contact", "company_no"))]
    assert refusal_codes(contacts.update, work, "P1", {"company_no": None}) == ["IN_USE"]
    assert refusal_codes(contacts.update, work, "P1", {"type": "COMPANY"}) == ["IN_USE"]
    assert contacts.update(work, "P1", {"company_no": "C1", "city": "Nice"}).version == 2


def test_the_company_can_change_while_the_contact_is_on_a_logged_segment_r_con_10(work: Work) -> None:
    records.insert_fixtures(work)
    insert_line_of_contact(work, "P1", logged=True)

    contacts.update(work, "P1", {"company_no": "C2"})

    assert contact(work, "P1").company_no == "C2"


def test_logged_entries_keep_the_old_company_and_postponed_interactions_get_the_new_one_r_con_10_k6(work: Work) -> None:
    records.insert_fixtures(work)
    logged, waiting = records.insert_entry(work, contact="P1"), records.insert_postponed_interaction(work, contact="P1")

    contacts.update(work, "P1", {"company_no": "C2"})

    entry = records.stored(work, InteractionLogEntry, entry_no=logged.entry_no)
    assert (entry.contact_no, entry.company_no) == ("P1", "C1")
    postponed = records.stored(work, PostponedInteraction, entry_no=waiting.entry_no)
    work.session.refresh(postponed)
    assert (postponed.company_no, postponed.version) == ("C2", 2)


def test_changes_of_a_company_and_its_people_are_in_the_change_log(work: Work) -> None:
    records.insert_fixtures(work)
    contacts.update(work, "C1", {"salesperson_code": "PS", "privacy_blocked": True})

    assert recorded_changes(work) == [
        ("C1", "UPDATED", {"salespersonCode": ("JO", "PS"), "privacyBlocked": ("false", "true")}),
        ("P1", "UPDATED", {"salespersonCode": ("JO", "PS")}),
    ]


def test_updating_a_company_executes_the_same_number_of_statements_for_any_number_of_people(work: Work) -> None:
    records.insert_fixtures(work)
    for number in range(500):
        records.insert(
            work, Contact(no=f"X{number}", type="PERSON", name="X", search_name="x", company_no="C2", company_name="x")
        )

    contacts.update(work, "C1", {"city": "Nice"})  # so that the session has cached the setup
    sent = []
    for no in ("C1", "C2"):
        with recorded_statements(work) as statements:
            assert contacts.update(work, no, {"name": "New", "city": "Lyon"}).people in (2, 500)
        sent.append(len(without_ranges(statements)))
        with recorded_statements(work) as statements:
            contacts.delete(work, no)
        sent.append(len(without_ranges(statements)))

    assert sent[:2] == sent[2:]


def test_an_invalid_stored_value_does_not_prevent_other_changes(work: Work) -> None:
    """The same for inherited values and for values that are given again unchanged."""
    records.insert_contact(work, "C9", name="Old\nname", email="x@@y", phone_no="call me")

    contacts.update(work, "C9", {"city": "Lyon"})
    contacts.update(work, "C9", {"email": "x@@y", "phone_no": "call me", "name": "Old\nname", "job_title": "Chief"})
    made = contacts.create(work, {"type": "PERSON", "name": "New", "company_no": "C9"})
    assert (contact(work, made.no).email, contact(work, "C9").job_title) == ("x@@y", "Chief")
    assert refusal_codes(contacts.update, work, "C9", {"email": "x@@z", "phone_no": "call us"}) == [
        "INVALID",
        "INVALID",
    ]
