"""The day since when each contact is due to be contacted, stored so that lists need not read all contacts."""

import datetime as dt

from sqlalchemy import Column, Index
from sqlalchemy import Table as SqlTable
from sqlmodel import Field

from persistence.columns import Table, key, table_options


class DueContact(Table, table=True):
    """A contact that is due from a day on because of its interactions (R-NEXT-2 to R-NEXT-4), postponed ones aside.
    The day may be after today. Contacts that never become due have no row.

    A row is right unless the contact is in `DIRTY_CONTACTS`, or has an interaction on an uncertain day
    (`persistence.precomputed.contact_dates.uncertain_days`) or after today.
    """

    __tablename__ = "due_contact"
    __table_args__ = (
        Index("ix_due_contact_due_on", "due_on", "contact_no"),
        Index("ix_due_contact_salesperson_code", "salesperson_code", "due_on", "contact_no"),
        table_options(rows_in_key_order=True),
    )

    contact_no: str = Field(sa_type=key(20), primary_key=True)
    salesperson_code: str | None = Field(default=None, sa_type=key(20))
    """The salesperson of the contact."""
    due_on: dt.date


DIRTY_CONTACTS = SqlTable(
    "dirty_contact",
    Table.metadata,
    Column("contact_no", key(20), nullable=False),
    Index("ix_dirty_contact_contact_no", "contact_no"),
)
"""Contacts whose row in `due_contact` may be out of date. Triggers add them when an interaction is deleted or moved to
another contact or day, and when the rhythm or the salesperson of a contact, or the follow-up of a template changes. A
contact may be there several times, so that transactions do not wait for each other.
"""
