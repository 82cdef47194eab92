"""The commands on contacts, each from a module of its own."""

from resolvers.contacts.anonymizing import ContactAnonymized, anonymize
from resolvers.contacts.creating import ContactCreated, create
from resolvers.contacts.deleting import ContactDeleted, delete
from resolvers.contacts.fields import ContactFields
from resolvers.contacts.merging import ContactsMerged, merge
from resolvers.contacts.updating import ContactUpdated, update

__all__ = [
    "ContactAnonymized",
    "ContactCreated",
    "ContactDeleted",
    "ContactFields",
    "ContactUpdated",
    "ContactsMerged",
    "anonymize",
    "create",
    "delete",
    "merge",
    "update",
]
