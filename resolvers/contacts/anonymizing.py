"""Anonymizing a contact: who it was goes, what was done stays."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, update

from persistence.changes import Change, ChangeField
from persistence.contacts import Contact
from persistence.enums import ChangeAction, ContactType
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from resolvers.changes import rules as changes
from resolvers.changes.rules import table
from resolvers.contacts.fields import folded_columns, phone_columns
from resolvers.errors import Refused, Translated
from resolvers.refusals import ContactNotFound
from resolvers.work import Work, key

BLANKED = ("job_title", "address", "city", "post_code", "phone_no", "mobile_phone_no", "email")
FORGOTTEN = ("name", "company_name", *BLANKED)


@dataclass(frozen=True)
class ContactAnonymized:
    """Without an id the contact was deleted before, and only its change log was blanked."""

    id: int | None


def anonymize(work: Work, no: str) -> ContactAnonymized:
    """Blank name, address, phones, e-mail and job title for good, and block the contact for privacy.

    So are the comments on its interactions, logged or postponed, the phone or address used for them, and why they wait.
    Entries and figures stay, with date, description and subject; country, territory and language too, which name
    nobody. The change log forgets the old values, that of a deleted contact too. Doing it again changes nothing more.
    """
    kept = key(no) or ""
    contact = work.find(Contact, no=kept, lock=True)
    if contact is None:
        return _forget_deleted(work, kept)
    contacts = table(Contact).c
    called = Translated(f"Anonymized {kept}", f"Contact anonymisé {kept}")
    name = contact.name if contact.name in called else work.text(called)
    values: dict[str, Any] = dict.fromkeys(BLANKED) | {"name": name, "privacy_blocked": True}
    is_company = contact.type == ContactType.COMPANY
    if is_company:
        values["company_name"] = values["name"]
    values |= folded_columns(values) | phone_columns(values)
    changes.change(work, Contact, values, contacts.id == contact.id, action=ChangeAction.ANONYMIZED)
    changes.forget(work, Contact, FORGOTTEN, table(ChangeField).c.object_id == contact.id)
    if is_company:
        _rename_in_people(work, kept, values["name"])
    _blank_interactions(work, kept)
    return ContactAnonymized(contact.id)


def _forget_deleted(work: Work, no: str) -> ContactAnonymized:
    log = table(Change).c
    deleted = select(log.object_id).where(
        log.kind == table(Contact).name, log.object_key == no, log.action == ChangeAction.DELETED.value
    )
    if work.session.execute(deleted).first() is None:
        raise Refused(ContactNotFound("no", no=no))
    changes.forget(work, Contact, FORGOTTEN, table(ChangeField).c.object_id.in_(deleted))
    return ContactAnonymized(None)


def _rename_in_people(work: Work, no: str, name: str) -> None:
    """The people of a company bear its name too, and their change log remembers it."""
    contacts = table(Contact).c
    people = (contacts.company_no == no, contacts.no != no)
    held = select(contacts.id).where(*people).order_by(contacts.no)
    work.session.execute(held.with_for_update()).all()
    names = {"company_name": name}
    changes.change(work, Contact, names | folded_columns(names), *people)
    changes.forget(work, Contact, ("company_name",), table(ChangeField).c.object_id.in_(held.order_by(None)))


def _blank_interactions(work: Work, no: str) -> None:
    log, waiting, remarks = table(InteractionLogEntry), table(PostponedInteraction), table(InteractionComment)
    for entries in (log, waiting):
        its_own: Select[Any] = select(entries.c.entry_no).where(entries.c.contact_no == no)
        work.session.execute(update(remarks).where(remarks.c.entry_no.in_(its_own)).values(comment=""))
    work.session.execute(
        update(log).where(log.c.contact_no == no, log.c.contact_via.is_not(None)).values(contact_via=None)
    )
    work.session.execute(
        update(waiting)
        .where(waiting.c.contact_no == no)
        .values(contact_via=None, reason=None, version=waiting.c.version + 1)
    )
