"""Interactions of the log repeat the salesperson of their contact. So those that are a salesperson's own because of
their contact are found in an index (K30).
"""

from typing import Any

from sqlalchemy import ColumnElement, Subquery, Update, select, update

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry
from resolvers.work import Work

ENTRIES = table_of(InteractionLogEntry)
CONTACT = table_of(Contact).c


def locked_contact(contact_no: ColumnElement[str], *columns: ColumnElement[Any]) -> Subquery:
    """These columns of a contact, for the INSERT of an interaction. If another transaction is changing the contact,
    they have the values that they have afterwards.
    """
    found = select(*columns).where(CONTACT.no == contact_no)
    return found.with_for_update(read=True, key_share=True).subquery("contact")


def salesperson_of(contact_no: str | ColumnElement[str] | None) -> ColumnElement[str]:
    """The salesperson of a contact, for the INSERT of an interaction. If another transaction is changing the contact,
    it is the salesperson that the contact has afterwards.
    """
    found = select(CONTACT.salesperson_code).where(CONTACT.no == contact_no)
    return found.with_for_update(read=True, key_share=True).scalar_subquery()


def repeat_salespeople(work: Work, *where: ColumnElement[bool]) -> None:
    """Give interactions the salesperson that their contact has now. `where` are conditions on contacts or interactions.

    The caller locks the contacts, or has inserted the interactions: their foreign keys lock the contacts too. So no
    other transaction changes the salesperson of a contact before this one ends.
    """
    work.write(repetition(*where))


def repetition(*where: ColumnElement[bool]) -> Update:
    """The statement of `repeat_salespeople`, for a caller that executes the same one again and again."""
    new = CONTACT.salesperson_code
    differs = ENTRIES.c.contact_salesperson_code.is_distinct_from(new)
    return (
        update(ENTRIES).where(ENTRIES.c.contact_no == CONTACT.no, differs, *where).values(contact_salesperson_code=new)
    )
