"""What salespeople may change: interactions and contacts of their own (K31). What they do not see is missing for them
(K30).

JO has the contacts C1 and P1, PS has P2 and C2; P3 has no salesperson.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from persistence.contacts import Contact
from persistence.enums import Role
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from resolvers.contacts import rules as contacts
from resolvers.contacts.fields import ContactFields
from resolvers.errors import Refused
from resolvers.interactions import rules, snoozing
from resolvers.interactions.entries import rules as entries
from resolvers.interactions.fields import InteractionFields
from resolvers.roles import Forbidden
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work
from tests import records
from tests.refusals import refusal_codes, refusals_of

Change = Callable[[Work, int], Any]


def salesperson_jo(work: Work) -> Work:
    """The records of the scenarios, and salesperson JO, who sees and changes only their own."""
    records.insert_fixtures(work)
    return records.as_user(work, Role.SALESPERSON, salesperson="JO")


def reader_too(jo: Work) -> Work:
    """Salesperson JO who is a reader too: sees everything and changes only their own."""
    return records.as_user(jo, Role.READER, Role.SALESPERSON, salesperson="JO")


def fields(contact: str | None, salesperson: str | None) -> InteractionFields:
    given = InteractionFields(template_code="VISIT", salesperson_code=salesperson)
    return given if contact is None else {**given, "contact_no": contact}


def test_a_salesperson_logs_for_themselves_and_for_others_with_own_contacts_k31(work: Work) -> None:
    jo = salesperson_jo(work)
    for contact, salesperson in (("C2", "JO"), ("P3", "JO"), ("C1", "PS"), ("C1", "JO")):
        created = rules.create(jo, fields(contact, salesperson))

        assert jo.find(InteractionLogEntry, entry_no=created.entry_no) is not None
    assert rules.create(jo, {"contact_no": "C2", "template_code": "VISIT"}).entry_no > 0


@pytest.mark.parametrize("contact", ["C2", "P2", "P3"])
@pytest.mark.parametrize("change", [rules.create, rules.postpone, rules.draft])
def test_an_interaction_for_somebody_else_with_somebody_elses_contact_is_forbidden_k31(
    work: Work, contact: str, change: Callable[..., Any]
) -> None:
    jo = salesperson_jo(work)
    reader = reader_too(jo)
    for user in (jo, reader):
        with pytest.raises(Forbidden, match=r"salesperson JO or another contact.*MARKETER or ADMIN"):
            change(user, fields(contact, "PS"))


def test_the_contacts_company_does_not_make_an_interaction_ones_own_k31(work: Work) -> None:
    """P2 belongs to PS and works for C1, which belongs to JO."""
    jo = salesperson_jo(work)
    with pytest.raises(Forbidden):
        rules.create(jo, fields("P2", "PS"))


def test_refusals_come_before_what_is_forbidden_k31(work: Work) -> None:
    jo = salesperson_jo(work)
    assert refusal_codes(rules.create, jo, {**fields("C2", "PS"), "template_code": "NONE"}) == ["TEMPLATE_NOT_FOUND"]
    assert [r.code for r in rules.draft(jo, {**fields("C2", "PS"), "template_code": "NONE"}).refusals] == [
        "TEMPLATE_NOT_FOUND"
    ]


def test_a_user_without_a_salesperson_changes_nothing_k31(work: Work) -> None:
    records.insert_fixtures(work)
    nobody = records.as_user(work, Role.SALESPERSON)

    for change in (
        lambda: rules.create(nobody, fields("P3", "JO")),
        lambda: rules.postpone(nobody, fields("P3", None)),
        lambda: contacts.update(nobody, "P3", {"city": "Nantes"}),
    ):
        with pytest.raises(Forbidden, match=r"You have no salesperson.*Ask an administrator"):
            change()


def test_readers_see_every_draft_although_they_create_nothing_k31(work: Work) -> None:
    records.insert_fixtures(work)

    assert rules.draft(records.as_user(work, Role.READER), fields("C2", "PS")).refusals == []


def test_marketers_and_administrators_log_for_everybody_k31(work: Work) -> None:
    records.insert_fixtures(work)
    for roles in ((Role.MARKETER,), (Role.ADMIN,), (Role.SALESPERSON, Role.MARKETER)):
        assert rules.create(records.as_user(work, *roles, salesperson="JO"), fields("C2", "PS")).entry_no > 0


ON_ENTRIES: dict[str, Change] = {
    "comment": lambda work, no: entries.comment(work, no, ["note"]),
    "evaluate": lambda work, no: entries.evaluate(work, entry_nos=[no], evaluation="POSITIVE"),
    "evaluate in a dry run": lambda work, no: entries.evaluate(work, entry_nos=[no], evaluation=None, dry_run=True),
    "cancel": lambda work, no: entries.set_canceled(work, entry_nos=[no], canceled=True),
    "uncancel": lambda work, no: entries.set_canceled(work, entry_nos=[no], canceled=False),
}
ON_POSTPONED: dict[str, Change] = {
    "postpone again": lambda work, no: rules.postpone(work, {}, entry_no=no, reason="later"),
    "postpone an old version": lambda work, no: rules.postpone(work, {}, entry_no=no, expected_version=99),
    "resume": lambda work, no: rules.resume(work, no, {}),
    "delete": lambda work, no: rules.delete_postponed(work, [no]),
    "snooze": lambda work, no: snoozing.snooze(work, days=1, entry_nos=[no]),
}


@pytest.mark.parametrize("change", ON_ENTRIES.values(), ids=ON_ENTRIES)
def test_a_hidden_interaction_is_missing_and_a_visible_one_of_others_forbidden_k30_k31(
    work: Work, change: Change
) -> None:
    jo = salesperson_jo(work)
    reader = reader_too(jo)
    hidden = records.insert_entry(jo, contact="C2", salesperson_code="PS").entry_no
    of_nobody = records.insert_entry(jo, contact="P3", salesperson_code=None).entry_no

    for entry_no in (hidden, of_nobody):
        assert refusals_of(change, jo, entry_no) == [(code, field) for code, field in refusals_of(change, jo, 999)]
        with pytest.raises(Forbidden, match=f"Leave out {entry_no}"):
            change(reader, entry_no)
    assert refusal_codes(change, reader, 999) == ["NOT_FOUND"]


@pytest.mark.parametrize("change", ON_POSTPONED.values(), ids=ON_POSTPONED)
def test_a_hidden_postponed_interaction_is_missing_and_a_visible_one_of_others_forbidden_k30_k31(
    work: Work, change: Change
) -> None:
    jo = salesperson_jo(work)
    reader = reader_too(jo)
    hidden = records.insert_postponed_interaction(jo, contact="C2", salesperson_code="PS").entry_no

    assert refusals_of(change, jo, hidden) == refusals_of(change, jo, 999)
    with pytest.raises(Forbidden, match=f"Leave out {hidden}"):
        change(reader, hidden)
    assert refusal_codes(change, reader, 999) == ["NOT_POSTPONED"]


@pytest.mark.parametrize("change", [*ON_ENTRIES.values()], ids=ON_ENTRIES)
def test_a_salesperson_changes_interactions_of_their_own_contacts_k31(work: Work, change: Change) -> None:
    jo = salesperson_jo(work)
    reader = reader_too(jo)
    for user in (jo, reader):
        change(user, records.insert_entry(jo, contact="C1", salesperson_code="PS").entry_no)
        change(user, records.insert_entry(jo, contact="C2", salesperson_code="JO").entry_no)


def test_a_filter_selects_only_what_the_user_sees_in_a_dry_run_too_k30(work: Work) -> None:
    jo = salesperson_jo(work)
    own = records.insert_entry(jo, contact="C1", salesperson_code="PS").entry_no
    hidden = records.insert_entry(jo, contact="C2", salesperson_code="PS").entry_no

    for dry_run in (True, False):
        changed = entries.set_canceled(jo, matching=lambda rows: rows.c.entry_no > 0, canceled=True, dry_run=dry_run)
        assert (changed.matched, changed.changed, changed.entry_nos) == (1, 1, [own])
    canceled = work.session.execute(select(ENTRIES.c.entry_no).where(ENTRIES.c.canceled)).scalars().all()
    assert (canceled, hidden in canceled) == ([own], False)
    evaluated = entries.evaluate(jo, matching=lambda rows: rows.c.entry_no > 0, evaluation="NEGATIVE")
    assert (evaluated.matched, evaluated.changed) == (1, 1)


def test_a_filter_that_selects_interactions_of_others_is_forbidden_to_users_who_see_them_k31(work: Work) -> None:
    reader = reader_too(salesperson_jo(work))
    records.insert_entry(reader, contact="C1", salesperson_code="JO")
    others = [records.insert_entry(reader, contact="C2", salesperson_code="PS").entry_no for _ in range(12)]

    with pytest.raises(Forbidden, match=f"{others[0]}, .*{others[9]}, …"):
        entries.set_canceled(reader, matching=lambda rows: rows.c.entry_no > 0, canceled=True, dry_run=True)


def test_snoozing_by_filter_reaches_only_own_postponed_interactions_k30(work: Work) -> None:
    jo = salesperson_jo(work)
    own = records.insert_postponed_interaction(jo, contact="C1", salesperson_code="PS").entry_no
    records.insert_postponed_interaction(jo, contact="C2", salesperson_code="PS")

    snoozed = snoozing.snooze(jo, days=3, matching=lambda rows: rows.c.entry_no > 0)

    assert (snoozed.changed, snoozed.entry_nos) == (1, [own])


def test_one_hidden_number_among_own_ones_refuses_all_k30(work: Work) -> None:
    jo = salesperson_jo(work)
    own = records.insert_postponed_interaction(jo, contact="C1", salesperson_code="PS").entry_no
    hidden = records.insert_postponed_interaction(jo, contact="C2", salesperson_code="PS").entry_no

    assert refusal_codes(rules.delete_postponed, jo, [own, hidden]) == ["NOT_POSTPONED"]
    assert jo.find(PostponedInteraction, entry_no=own) is not None


@pytest.mark.parametrize("change", [rules.resume, lambda work, no, given: rules.postpone(work, given, entry_no=no)])
def test_a_postponed_interaction_with_somebody_elses_contact_is_not_given_to_others_k31(
    work: Work, change: Callable[..., Any]
) -> None:
    jo = salesperson_jo(work)
    postponed = records.insert_postponed_interaction(jo, contact="C2", salesperson_code="JO").entry_no

    with pytest.raises(Forbidden):
        change(jo, postponed, {"salesperson_code": "PS"})
    change(jo, postponed, {"description": "Visit again"})


def test_a_draft_from_a_hidden_interaction_is_that_from_a_missing_one_k30(work: Work) -> None:
    jo = salesperson_jo(work)
    hidden = records.insert_entry(jo, contact="C2", salesperson_code="PS").entry_no
    postponed = records.insert_postponed_interaction(jo, contact="C2", salesperson_code="PS").entry_no

    for source, number in (("from_entry_no", hidden), ("postponed_entry_no", postponed)):
        shown, missing = (rules.draft(jo, {}, **{source: no}) for no in (number, 999))
        assert [refusal.code for refusal in shown.refusals] == [refusal.code for refusal in missing.refusals]
        assert (shown.contact_no, shown.campaign_no) == (None, None)
    for create in (rules.create, rules.postpone):
        assert "NOT_FOUND" in refusal_codes(create, jo, {}, from_entry_no=hidden)


def test_a_draft_of_a_postponed_interaction_of_others_is_forbidden_as_resuming_it_is_k31(work: Work) -> None:
    reader = reader_too(salesperson_jo(work))
    postponed = records.insert_postponed_interaction(reader, contact="C2", salesperson_code="PS").entry_no

    with pytest.raises(Forbidden):
        rules.draft(reader, {"salesperson_code": "JO"}, postponed_entry_no=postponed)


def test_a_new_contact_of_a_salesperson_is_theirs_whatever_the_company_and_the_setup_say_k31(work: Work) -> None:
    jo = salesperson_jo(work)
    records.change_setup(jo, inherit_salesperson=True, default_salesperson_code="PS")

    person = ContactFields(name="Person", company_no="C2")
    for given in (ContactFields(name="New"), person):
        created = contacts.create(jo, given)
        assert records.stored(jo, Contact, no=created.no).salesperson_code == "JO"
    given_away = contacts.create(jo, {"name": "Of PS", "salesperson_code": "PS"})
    assert records.stored(jo, Contact, no=given_away.no).salesperson_code == "PS"
    of_nobody = contacts.create(jo, {"name": "Of nobody", "salesperson_code": None})
    assert records.stored(jo, Contact, no=of_nobody.no).salesperson_code is None


def test_marketers_contacts_inherit_the_salesperson_of_the_company_r_con_7(work: Work) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, inherit_salesperson=True)
    marketer = records.as_user(work, Role.MARKETER, salesperson="JO")

    created = contacts.create(marketer, {"name": "Person", "company_no": "C2"})

    assert records.stored(work, Contact, no=created.no).salesperson_code == "PS"


def test_a_contact_gets_no_salesperson_that_was_deleted(work: Work) -> None:
    records.insert_fixtures(work)
    for roles in ((Role.SALESPERSON,), (Role.ADMIN,)):
        created = contacts.create(records.as_user(work, *roles, salesperson="GONE"), {"name": "New"})

        assert records.stored(work, Contact, no=created.no).salesperson_code is None


def test_a_salesperson_updates_own_contacts_and_gives_them_away_k31(work: Work) -> None:
    jo = salesperson_jo(work)
    contacts.update(jo, "C1", {"city": "Nantes"})
    contacts.update(jo, "C1", {"salesperson_code": "PS"})

    with pytest.raises(Forbidden, match=r"Contact C1 is not one of them.*MARKETER or ADMIN"):
        contacts.update(jo, "C1", {"city": "Paris"})
    for no in ("C2", "P2", "P3"):
        with pytest.raises(Forbidden):
            contacts.update(jo, no, {"salesperson_code": "JO"})
    assert refusal_codes(contacts.update, jo, "NONE", {"city": "Paris"}) == ["CONTACT_NOT_FOUND"]


def test_interactions_are_hidden_once_their_contact_is_given_away_k30(work: Work) -> None:
    jo = salesperson_jo(work)
    entry_no = records.insert_entry(jo, contact="C1", salesperson_code="PS").entry_no
    own = records.insert_entry(jo, contact="C1", salesperson_code="JO").entry_no

    contacts.update(jo, "C1", {"salesperson_code": "PS"})

    assert jo.find(InteractionLogEntry, entry_no=entry_no) is None
    assert jo.find(InteractionLogEntry, entry_no=own) is not None


def test_the_refusal_of_another_type_does_not_count_hidden_interactions_k30(work: Work) -> None:
    jo = salesperson_jo(work)
    records.insert_entry(jo, contact="P3", company_no="C1", salesperson_code="PS")
    contacts.update(work, "P1", {"company_no": None})
    contacts.update(work, "P2", {"company_no": None})

    with pytest.raises(Refused) as caught:
        contacts.update(jo, "C1", {"type": "PERSON"})

    (refusal,) = caught.value.refusals
    assert refusal.message("EN").startswith("Contact C1 has interactions, so its type cannot change.")
    assert refusal.message("FR").startswith("Le contact C1 a des interactions; son type")
