"""The staging table of templates."""

from sqlalchemy import Boolean, Column

from persistence.columns import table_of
from persistence.templates import InteractionTemplate
from resolvers.imports.staging import StagingTable
from resolvers.imports.templates.columns import CAPTIONS

TEMPLATES = table_of(InteractionTemplate)

STAGING_TABLE = StagingTable(
    "template_import",
    Column("known", Boolean, nullable=False),
    Column("new_group", Boolean, nullable=False),
    *(Column(name, TEMPLATES.c[name].type) for name in CAPTIONS),
    indexed=("code",),
)
"""`known`: a template with this code exists, so the row updates it. `new_group`: this import created its group."""

STAGING = STAGING_TABLE.table
