"""Anonymizing a contact: its personal data is deleted, its interactions stay."""

from decimal import Decimal

from sqlmodel import select

from persistence.changes import ChangeField
from persistence.contacts import Contact
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from resolvers.contacts import rules as contacts
from resolvers.interactions import rules as interactions
from resolvers.work import Work
from tests import records as given
from tests.changed import changed
from tests.refusing import codes, refused


def a_known_person(work: Work) -> None:
    """P9 of C1, created and updated by the rules, with comments on a logged and on a postponed interaction."""
    given.the_fixtures(work)
    contacts.create(
        work,
        {
            "name": "Éva Secret",
            "company_no": "C1",
            "email": "eva@example.com",
            "home_page": "Éva.example",
            "phone_no": "0611",
            "mobile_phone_no": "0622",
            "address": "1, rue Secrète",
            "city": "Lyon",
            "post_code": "69001",
            "country_code": "FR",
            "job_title": "Spy",
        },
        no="P9",
    )
    contacts.update(work, "P9", {"name": "Éva Secrète"})
    logged = given.an_entry(work, contact="P9", contact_via="0611", subject="Stays")
    waiting = given.a_postponed_interaction(work, contact="P9", contact_via="0611", reason="Éva is ill")
    for entry in (logged, waiting):
        given.put(
            work, InteractionComment(entry_no=entry.entry_no, line_no=1, date=given.W, comment="Éva said", user_id="u")
        )


def test_anonymizing_deletes_the_personal_data_of_a_contact(work: Work) -> None:
    a_known_person(work)

    contacts.anonymize(work, "p9")

    person = given.the(work, Contact, no="P9")
    assert (person.name, person.search_name, person.privacy_blocked, person.version) == (
        "Anonymized P9",
        "anonymized p9",
        True,
        3,
    )
    assert {
        name: getattr(person, name)
        for name in (
            "email",
            "search_email",
            "home_page",
            "search_home_page",
            "phone_no",
            "search_phone",
            "mobile_phone_no",
            "search_mobile_phone",
            "address",
            "city",
            "search_city",
            "post_code",
            "job_title",
        )
        if getattr(person, name) is not None
    } == {}
    assert (person.company_no, person.company_name, person.country_code) == ("C1", "Cannon Group", "FR")


def test_anonymizing_keeps_the_interactions_and_blanks_their_comments(work: Work) -> None:
    a_known_person(work)

    contacts.anonymize(work, "P9")

    entry = given.the(work, InteractionLogEntry, contact_no="P9")
    waiting = given.the(work, PostponedInteraction, contact_no="P9")
    assert (entry.description, entry.subject, entry.cost, entry.contact_via) == ("Visit", "Stays", Decimal(45), None)
    assert (waiting.description, waiting.contact_via, waiting.reason, waiting.version) == ("Visit", None, None, 2)
    assert work.session.exec(select(InteractionComment.comment)).all() == ["", ""]


def test_anonymizing_blanks_the_old_values_in_the_change_log(work: Work) -> None:
    a_known_person(work)

    contacts.anonymize(work, "P9")

    assert [action for _, action, _ in changed(work, "P9")] == ["CREATED", "UPDATED", "ANONYMIZED"]
    assert changed(work, "P9")[1] == ("P9", "UPDATED", {"name": (None, None)})
    assert changed(work, "P9")[2][2]["privacyBlocked"] == ("false", "true")
    stored = "".join(str(field.model_dump()) for field in work.session.exec(select(ChangeField)))
    assert not any(word in stored for word in ("Secr", "Anonymized", "06", "Lyon", "Spy", "eva@", "Éva.example"))
    assert "'FR'" in stored


def test_anonymizing_again_changes_nothing_and_an_unknown_contact_is_refused(work: Work) -> None:
    a_known_person(work)
    contacts.anonymize(work, "P9")
    contacts.anonymize(work, "P9")

    assert given.the(work, Contact, no="P9").version == 3
    assert refused(contacts.anonymize, work, "P10") == [("CONTACT_NOT_FOUND", ("no",))]


def test_no_new_interaction_is_recorded_for_an_anonymized_contact_r_con_11(work: Work) -> None:
    a_known_person(work)
    contacts.anonymize(work, "P9")

    assert codes(
        interactions.create, work, {"contact_no": "P9", "template_code": "VISIT", "salesperson_code": "JO"}
    ) == ["CONTACT_PRIVACY_BLOCKED"]


def test_anonymizing_a_company_renames_it_in_its_people_who_keep_their_own_names(work: Work) -> None:
    a_known_person(work)

    contacts.anonymize(work, "C1")

    person = given.the(work, Contact, no="P9")
    assert (person.name, person.company_name, person.search_company_name) == (
        "Éva Secrète",
        "Anonymized C1",
        "anonymized c1",
    )
    assert given.the(work, Contact, no="C1").company_name == "Anonymized C1"
    assert "Cannon" not in str(changed(work))


def test_the_change_log_of_a_deleted_contact_can_be_blanked(work: Work) -> None:
    contacts.create(work, {"name": "Éva Secret", "email": "eva@example.com"}, no="P9")
    contacts.delete(work, "P9")

    assert contacts.anonymize(work, "P9").id is None
    assert [action for _, action, _ in changed(work, "P9")] == ["CREATED", "DELETED"]
    assert "Secret" not in str(changed(work))
    assert "eva@" not in str(changed(work))
