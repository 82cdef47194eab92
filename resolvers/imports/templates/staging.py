"""The staging table of templates."""

from sqlalchemy import Boolean, Column

from persistence.columns import table_of
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.imports.staging import StagingTable
from resolvers.imports.templates.columns import CAPTIONS

TEMPLATES = table_of(InteractionTemplate)

STAGING_TABLE = StagingTable(
    "template_import",
    Column("known", Boolean, nullable=False),
    Column("new_group", Boolean, nullable=False),
    Column("group_description", table_of(InteractionGroup).c.description.type),
    *(Column(name, TEMPLATES.c[name].type) for name in CAPTIONS if name in TEMPLATES.c),
    indexed=("code",),
)
"""`known`: a template with this code exists, so the row updates it. `new_group`: this import created its group."""

STAGING = STAGING_TABLE.table
