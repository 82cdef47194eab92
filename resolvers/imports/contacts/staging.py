"""The staging table of contacts."""

from sqlalchemy import Boolean, Column, Unicode

from persistence.columns import key, table_of
from persistence.contacts import Contact
from resolvers.imports.staging import StagingTable

CONTACTS = table_of(Contact)
CONTACT_COLUMNS = [column.name for column in CONTACTS.columns if column.name not in ("id", "version", "created_on")]
"""The columns of a contact that a row sets, directly or through another column."""

STAGING_TABLE = StagingTable(
    "contact_import",
    Column("known", Boolean, nullable=False),
    Column("type_if_new", key(10)),
    Column("without_company", Boolean),
    Column("drawn_no", key(20)),
    Column("name_is_stored", Boolean),
    Column("several", Boolean),
    Column("salesperson_name", Unicode),
    *(Column(name, CONTACTS.c[name].type) for name in CONTACT_COLUMNS),
    indexed=("no", "search_name", "search_company_name", "search_email"),
)
"""`known`: the row is a stored contact, whose number it has. `type_if_new`: the type of a new contact, derived
from its names. `without_company`: the company was rejected, so the person only keeps its name. `drawn_no`: the next
number of the series, before it is checked to be free. `name_is_stored`, `several`: see `matching`. `salesperson_name`:
the name or e-mail address of the salesperson, for rows without a code.
"""

STAGING = STAGING_TABLE.table
