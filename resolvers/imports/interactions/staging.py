"""The staging table of interactions."""

from sqlalchemy import Boolean, Column

from persistence.campaigns import CampaignEntry
from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from resolvers.imports.interactions.columns import CAPTIONS
from resolvers.imports.staging import StagingTable

ENTRIES = table_of(InteractionLogEntry)
POSTPONED = table_of(PostponedInteraction)
CAMPAIGN_ENTRIES = table_of(CampaignEntry)

STAGING_TABLE = StagingTable(
    "interaction_import",
    Column("postponed", Boolean, nullable=False),
    *(
        Column(name, (ENTRIES if name in ENTRIES.c else POSTPONED).c[name].type)
        for name in CAPTIONS
        if name != "postponed"
    ),
    indexed=("entry_no", "contact_no"),
)
STAGING = STAGING_TABLE.table
