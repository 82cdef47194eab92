"""Anonymizing a contact: its personal data is deleted, its interactions and figures stay."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_, update

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ChangeAction, ContactType
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from resolvers import change_feed
from resolvers.changes import rules as changes
from resolvers.changes.statements import CHANGE_FIELDS, CHANGES
from resolvers.contacts.fields import PERSONAL_COLUMNS, folded_columns, phone_columns
from resolvers.contacts.merging import MERGED_NO
from resolvers.errors import Refused, Translated
from resolvers.queries import input_name
from resolvers.refusals import ContactNotFound
from resolvers.work import Work, key

CONTACTS = table_of(Contact)
BLANKED_IN_CHANGE_LOG = ("name", "company_name", *PERSONAL_COLUMNS)


@dataclass(frozen=True)
class ContactAnonymized:
    """The id of the contact; null if it was deleted before, so that only its change log was blanked."""

    id: int | None


def anonymize(work: Work, no: str) -> ContactAnonymized:
    """Delete the name and the personal columns (`PERSONAL_COLUMNS`) for good, and block the contact.

    The comments on its interactions, logged or postponed, the telephone number or address used for them, and the
    reasons for postponing are deleted too. Its entries and figures stay, with date, description and subject; so do
    country, territory and language, which identify no person. The change log loses the old values, also of a deleted
    contact and of contacts that were merged into this one. Anonymizing again changes nothing.
    """
    wanted = key(no) or ""
    contact = work.find(Contact, no=wanted, lock=True)
    if contact is None:
        return _blank_change_log_of_deleted(work, wanted)
    new_names = Translated(f"Anonymized {wanted}", f"Contact anonymisé {wanted}")
    name = contact.name if contact.name in new_names else work.text(new_names)
    values: dict[str, object] = {**dict.fromkeys(PERSONAL_COLUMNS), "name": name, "privacy_blocked": True}
    is_company = contact.type == ContactType.COMPANY
    if is_company:
        values["company_name"] = name
    values |= folded_columns(values) | phone_columns(values)
    changes.update_rows(work, Contact, values, CONTACTS.c.id == contact.id, action=ChangeAction.ANONYMIZED)
    with_merged = or_(CHANGE_FIELDS.c.object_id == contact.id, CHANGE_FIELDS.c.object_id.in_(_merged_into(contact)))
    changes.blank_values(work, Contact, BLANKED_IN_CHANGE_LOG, with_merged)
    if is_company:
        _rename_company_of_persons(work, wanted, name)
    _blank_interactions(work, wanted)
    return ContactAnonymized(contact.id)


def _blank_change_log_of_deleted(work: Work, no: str) -> ContactAnonymized:
    deleted = _deleted_ids(CHANGES.c.object_key == no)
    if work.session.execute(deleted).first() is None:
        raise Refused(ContactNotFound("no", key=no))
    # Where it was merged into another contact, its earlier changes are among those of the other.
    own = select(CHANGES.c.object_id, CHANGES.c.version).where(
        CHANGES.c.kind == CONTACTS.name, CHANGES.c.object_key == no
    )
    is_own = tuple_(CHANGE_FIELDS.c.object_id, CHANGE_FIELDS.c.version).in_(own)
    changes.blank_values(work, Contact, BLANKED_IN_CHANGE_LOG, is_own)
    return ContactAnonymized(None)


def _merged_into(contact: Contact) -> Select[int]:
    """The ids of the contacts that were merged into this one (K28)."""
    is_number = (CHANGE_FIELDS.c.kind == CONTACTS.name, CHANGE_FIELDS.c.field == input_name(MERGED_NO))
    numbers = select(CHANGE_FIELDS.c.new_value).where(CHANGE_FIELDS.c.object_id == contact.id, *is_number)
    return _deleted_ids(CHANGES.c.object_key.in_(numbers))


def _deleted_ids(where: ColumnElement[bool]) -> Select[int]:
    is_deletion = (CHANGES.c.kind == CONTACTS.name, CHANGES.c.action == ChangeAction.DELETED.value)
    return select(CHANGES.c.object_id).where(*is_deletion, where)


def _rename_company_of_persons(work: Work, no: str, name: str) -> None:
    """Replace the company's name in its people and in their change log."""
    people = (CONTACTS.c.company_no == no, CONTACTS.c.no != no)
    ids = select(CONTACTS.c.id).where(*people)
    work.session.execute(ids.order_by(CONTACTS.c.no).with_for_update()).all()
    names: dict[str, str | None] = {"company_name": name}
    changes.update_rows(work, Contact, names | folded_columns(names), *people)
    changes.blank_values(work, Contact, ("company_name",), CHANGE_FIELDS.c.object_id.in_(ids))


def _blank_interactions(work: Work, no: str) -> None:
    logged, postponed = table_of(InteractionLogEntry), table_of(PostponedInteraction)
    comments = table_of(InteractionComment)
    commented = select(1).where(comments.c.entry_no == logged.c.entry_no, comments.c.comment != "").exists()
    blanked_entries = or_(commented, logged.c.contact_via.is_not(None))
    # Comments lock their interaction: none may come between the record and the deletion.
    locked = select(logged.c.entry_no).where(logged.c.contact_no == no).with_for_update(key_share=True).subquery()
    work.session.execute(select(func.count()).select_from(locked))
    change_feed.record(work, change_feed.UPDATED, logged, logged.c.contact_no == no, blanked_entries)
    change_feed.record(work, change_feed.UPDATED, postponed, postponed.c.contact_no == no)
    for entries in (logged, postponed):
        entry_nos = select(entries.c.entry_no).where(entries.c.contact_no == no)
        work.session.execute(update(comments).where(comments.c.entry_no.in_(entry_nos)).values(comment=""))
    with_address = (logged.c.contact_no == no, logged.c.contact_via.is_not(None))
    work.session.execute(update(logged).where(*with_address).values(contact_via=None))
    blanked = {"contact_via": None, "reason": None, "version": postponed.c.version + 1}
    work.session.execute(update(postponed).where(postponed.c.contact_no == no).values(blanked))
