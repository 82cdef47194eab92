"""What users with the role SALESPERSON, and no role that may do more, may change: interactions and contacts of their
own (K31).

An interaction is their own if it, or its contact, has their salesperson; a contact, if it has their salesperson. Users
who see only their own interactions never select others. Users with a further role, such as READER, see others, and are
forbidden to change them.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Unicode, literal, select

from persistence.columns import Table, table_of
from persistence.contacts import Contact
from persistence.sql.conditions import IsNotTrue
from resolvers import visibility
from resolvers.errors import as_given
from resolvers.interactions.drafts import Draft
from resolvers.roles import Forbidden
from resolvers.work import User, Work

MAX_NAMED = 10
NEEDED_ROLE = "needs the role MARKETER or ADMIN."


def check_draft(work: Work, draft: Draft) -> None:
    """Forbid an interaction for another salesperson with a contact of another salesperson, or without a contact."""
    user = work.user
    if not user.changes_own_only:
        return
    contact_salesperson = draft.records.contact_salesperson_code if draft.records else None
    if user.salesperson_code is not None and user.salesperson_code in (draft.salesperson_code, contact_salesperson):
        return
    own = _own_salesperson(user, "log or postpone")
    contact = f"contact {as_given(draft.contact_no)}" if draft.contact_no else "a contact"
    raise Forbidden(
        f"You may log and postpone interactions for {own} or with your own contacts. Give salesperson {own} or another "
        f"contact: an interaction for another salesperson with {contact}, which is not yours, {NEEDED_ROLE}"
    )


def check_interactions(work: Work, table: type[Table], where: ColumnElement[bool]) -> None:
    """Forbid to change selected interactions, finished or postponed, if one is not the user's own. `where` selects
    them.
    """
    user = work.user
    if not user.changes_own_only or user.viewer.own_only:
        return
    rows = table_of(table)
    is_own = visibility.is_own(table, rows.c, literal(user.salesperson_code, Unicode()))
    statement = select(rows.c.entry_no).where(where, IsNotTrue(is_own)).order_by(rows.c.entry_no).limit(MAX_NAMED + 1)
    others = work.session.scalars(statement).all()
    if others:
        own = _own_salesperson(user, "change")
        raise Forbidden(
            f"You may change interactions for {own} or with your own contacts. Leave out {_listed(others)}: changing "
            f"interactions of others {NEEDED_ROLE}"
        )


def check_contact(work: Work, contact: Contact) -> None:
    """Forbid to change a contact that is not the user's own."""
    user = work.user
    if not user.changes_own_only:
        return
    if user.salesperson_code is None or contact.salesperson_code != user.salesperson_code:
        own = _own_salesperson(user, "change")
        raise Forbidden(
            f"You may change contacts of salesperson {own}. Contact {contact.no} is not one of them: changing contacts "
            f"of others {NEEDED_ROLE}"
        )


def _own_salesperson(user: User, change: str) -> str:
    """The code of the user's salesperson, for a message. A user without one is told what they lack instead."""
    if user.salesperson_code is None:
        raise Forbidden(
            f"You have no salesperson, so you may {change} nothing. Ask an administrator for a token with your "
            f"salesperson: changes for others need the role MARKETER or ADMIN."
        )
    return as_given(user.salesperson_code)


def _listed(entry_nos: Sequence[int]) -> str:
    named = ", ".join(map(str, entry_nos[:MAX_NAMED]))
    return named if len(entry_nos) <= MAX_NAMED else f"{named}, …"
