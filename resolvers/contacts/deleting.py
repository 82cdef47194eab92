"""Deleting contacts that no other record uses (R-CON-9, K6)."""

from dataclasses import dataclass

from sqlalchemy import delete as delete_rows
from sqlalchemy import or_, select

from persistence.columns import table_of
from persistence.contacts import Contact
from resolvers.changes import rules as changes
from resolvers.contacts.fields import CONTACTS
from resolvers.work import Work


@dataclass(frozen=True)
class ContactDeleted:
    """The id that the contact had, and the number of `people` of a company who were deleted with it."""

    id: int
    people: int


def delete(work: Work, no: str) -> ContactDeleted:
    """Delete a contact, a company with its people. Refused while other records use one of them (K6).

    Lines of logged segments count, because undoing the logging needs them (K18). The numbers are not used again.
    """
    contact = CONTACTS.lock(work, no)
    rows = table_of(Contact)
    contact_and_people = or_(rows.c.no == contact.no, rows.c.company_no == contact.no)
    numbers = select(rows.c.no).where(contact_and_people)
    people = len(work.session.execute(numbers.order_by(rows.c.no).with_for_update()).all()) - 1
    CONTACTS.refuse_if_used(work, contact, among=numbers if people else None)
    changes.record_deleted(work, Contact, contact_and_people)
    work.session.execute(delete_rows(rows).where(contact_and_people))
    assert contact.id is not None
    return ContactDeleted(contact.id, people)
