"""Anonymizing a contact: its personal data is deleted, its interactions stay."""

from decimal import Decimal

from sqlmodel import select

from persistence.changes import ChangeField
from persistence.contacts import Contact
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from resolvers.contacts import rules as contacts
from resolvers.interactions import rules as interactions
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.refusals import refusal_codes, refusals_of


def create_person_with_history(work: Work) -> None:
    """P9 of C1, created and updated by the rules, with comments on a logged and on a postponed interaction."""
    records.insert_fixtures(work)
    contacts.create(
        work,
        {
            "name": "Éva Secret",
            "company_no": "C1",
            "email": "eva@example.com",
            "home_page": "Éva.example",
            "notes": "Éva likes oak.\nCall her at home.",
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
    logged = records.insert_entry(work, contact="P9", contact_via="0611", subject="Stays")
    waiting = records.insert_postponed_interaction(work, contact="P9", contact_via="0611", reason="Éva is ill")
    for entry in (logged, waiting):
        records.insert(
            work,
            InteractionComment(entry_no=entry.entry_no, line_no=1, date=records.TODAY, comment="Éva said", user_id="u"),
        )


def test_anonymizing_deletes_the_personal_data_of_a_contact(work: Work) -> None:
    create_person_with_history(work)

    contacts.anonymize(work, "p9")

    person = records.stored(work, Contact, no="P9")
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
            "notes",
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
    create_person_with_history(work)

    contacts.anonymize(work, "P9")

    entry = records.stored(work, InteractionLogEntry, contact_no="P9")
    waiting = records.stored(work, PostponedInteraction, contact_no="P9")
    assert (entry.description, entry.subject, entry.cost, entry.contact_via) == ("Visit", "Stays", Decimal(45), None)
    assert (waiting.description, waiting.contact_via, waiting.reason, waiting.version) == ("Visit", None, None, 2)
    assert work.session.exec(select(InteractionComment.comment)).all() == ["", ""]


def test_anonymizing_blanks_the_old_values_in_the_change_log(work: Work) -> None:
    create_person_with_history(work)

    contacts.anonymize(work, "P9")

    assert [action for _, action, _ in recorded_changes(work, "P9")] == ["CREATED", "UPDATED", "ANONYMIZED"]
    assert recorded_changes(work, "P9")[1] == ("P9", "UPDATED", {"name": (None, None)})
    assert recorded_changes(work, "P9")[2][2]["privacyBlocked"] == ("false", "true")
    stored = "".join(str(field.model_dump()) for field in work.session.exec(select(ChangeField)))
    assert not any(word in stored for word in ("Secr", "Anonymized", "06", "Lyon", "Spy", "eva@", "Éva.example"))
    assert "'FR'" in stored


def test_anonymizing_again_changes_nothing_and_an_unknown_contact_is_refused(work: Work) -> None:
    create_person_with_history(work)
    contacts.anonymize(work, "P9")
    contacts.anonymize(work, "P9")

    assert records.stored(work, Contact, no="P9").version == 3
    assert refusals_of(contacts.anonymize, work, "P10") == [("CONTACT_NOT_FOUND", ("no",))]


def test_no_new_interaction_is_recorded_for_an_anonymized_contact_r_con_11(work: Work) -> None:
    create_person_with_history(work)
    contacts.anonymize(work, "P9")

    assert refusal_codes(
        interactions.create, work, {"contact_no": "P9", "template_code": "VISIT", "salesperson_code": "JO"}
    ) == ["CONTACT_PRIVACY_BLOCKED"]


def test_anonymizing_a_company_renames_it_in_its_people_who_keep_their_own_names(work: Work) -> None:
    create_person_with_history(work)

    contacts.anonymize(work, "C1")

    person = records.stored(work, Contact, no="P9")
    assert (person.name, person.company_name, person.search_company_name) == (
        "Éva Secrète",
        "Anonymized C1",
        "anonymized c1",
    )
    assert records.stored(work, Contact, no="C1").company_name == "Anonymized C1"
    assert "Cannon" not in str(recorded_changes(work))


def test_the_change_log_of_a_deleted_contact_can_be_blanked(work: Work) -> None:
    contacts.create(work, {"name": "Éva Secret", "email": "eva@example.com"}, no="P9")
    contacts.delete(work, "P9")

    assert contacts.anonymize(work, "P9").id is None
    assert [action for _, action, _ in recorded_changes(work, "P9")] == ["CREATED", "DELETED"]
    assert "Secret" not in str(recorded_changes(work))
    assert "eva@" not in str(recorded_changes(work))
