"""The staging table of interactions."""

from sqlalchemy import Boolean, Column, Unicode

from persistence.campaigns import CampaignEntry
from persistence.columns import key, table_of
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from resolvers.imports.interactions.columns import CAPTIONS
from resolvers.imports.staging import StagingTable
from resolvers.imports.values.nested_rows import NestedRows

ENTRIES = table_of(InteractionLogEntry)
POSTPONED = table_of(PostponedInteraction)
CAMPAIGN_ENTRIES = table_of(CampaignEntry)

COMMENTS = NestedRows(
    InteractionComment, "entry_no", {"lineNo": "line_no", "date": "date", "comment": "comment", "userId": "user_id"}
)
"""The cell with the comments on an interaction."""

NAMES = ("contact_name", "contact_email", "contact_company_name", "salesperson_name")
OF_NAMES: list[Column[object]] = [Column(name, Unicode()) for name in NAMES]
STAGING_TABLE = StagingTable(
    "interaction_import",
    Column("postponed", Boolean, nullable=False),
    Column("comments", Unicode),
    *OF_NAMES,
    Column("search_contact_name", key(200)),
    Column("search_contact_email", key(160)),
    Column("search_contact_company", key(200)),
    Column("stored", Boolean),
    *(
        Column(name, (ENTRIES if name in ENTRIES.c else POSTPONED).c[name].type)
        for name in CAPTIONS
        if name not in ("postponed", "comments", *NAMES)
    ),
    indexed=("entry_no", "search_contact_email", "search_contact_name"),
)
"""`contact_name`, `contact_email`, `contact_company_name`: the contact as the file names it, for rows without a contact
number. `salesperson_name`: the name or e-mail address of the salesperson, for rows without a code. The
`search_…` columns are as those of contacts. `stored`: the row is in the database already.
"""

STAGING = STAGING_TABLE.table
