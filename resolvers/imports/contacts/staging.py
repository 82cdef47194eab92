"""The table in which contacts wait."""

from sqlalchemy import Boolean, Column

from persistence.columns import key
from persistence.contacts import Contact
from resolvers.imports.staging import Staging, table_of

CONTACTS = table_of(Contact)
KEPT = [column.name for column in CONTACTS.columns if column.name not in ("id", "version")]
"""What a row may say of a contact, and what follows from it."""

WAITING = Staging(
    "contact_import",
    Column("known", Boolean, nullable=False),
    Column("type_if_new", key(10)),
    Column("drawn_no", key(20)),
    *(Column(name, CONTACTS.c[name].type) for name in KEPT),
    indexed=("no", "search_name", "search_company_name"),
)
"""`known`: there is a contact of this number, so the row changes it."""

STAGING = WAITING.table
