"""Deleting contacts that nothing uses (R-CON-9, K6)."""

from dataclasses import dataclass

from sqlalchemy import delete as delete_rows
from sqlalchemy import or_, select

from persistence.contacts import Contact
from resolvers import master_data
from resolvers import usages as uses
from resolvers.changes import rules as changes
from resolvers.errors import Translated
from resolvers.refusals import ContactNotFound
from resolvers.work import Work, key

INSTEAD = Translated(
    "Block it for privacy instead (privacyBlocked).",
    "Bloquez-le plutôt pour des raisons de confidentialité (privacyBlocked).",
)


@dataclass(frozen=True)
class ContactDeleted:
    """`people` is how many people went with their company."""

    id: int
    people: int


def delete(work: Work, no: str) -> ContactDeleted:
    """Delete a contact, a company with its people; refused while history or anything open uses one of them (K6).

    Lines of logged segments count too: undoing the log would need them (K18). Its number is never given again.
    """
    kept = key(no) or ""
    contact = master_data.held(work, Contact, ContactNotFound("no", no=kept), no=kept)
    rows = changes.table(Contact)
    these = or_(rows.c.no == kept, rows.c.company_no == kept)
    held = select(rows.c.no).where(these).order_by(rows.c.no).with_for_update()
    people = len(work.session.execute(held).all()) - 1
    uses.refuse_if_used(work, Contact, kept, "no", INSTEAD, among=select(rows.c.no).where(these))
    changes.deleted(work, Contact, these)
    work.session.execute(delete_rows(rows).where(these))
    assert contact.id is not None
    return ContactDeleted(contact.id, people)
