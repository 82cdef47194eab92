"""Contacts: companies and their people (A.2, R-CON)."""

from resolvers.contacts.anonymizing import ContactAnonymized, anonymize
from resolvers.contacts.changing import ContactUpdated, update
from resolvers.contacts.creating import ContactCreated, create
from resolvers.contacts.deleting import ContactDeleted, delete
from resolvers.contacts.fields import (
    INHERITED,
    ContactFields,
    folded_columns,
    handed_down,
    phone_columns,
    write_phone_columns,
)

__all__ = [
    "INHERITED",
    "ContactAnonymized",
    "ContactCreated",
    "ContactDeleted",
    "ContactFields",
    "ContactUpdated",
    "anonymize",
    "create",
    "delete",
    "folded_columns",
    "handed_down",
    "phone_columns",
    "update",
    "write_phone_columns",
]
