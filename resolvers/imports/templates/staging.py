"""The staging table of templates."""

from sqlalchemy import Boolean, Column, Unicode

from persistence.columns import table_of
from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from resolvers.imports.staging import StagingTable
from resolvers.imports.templates.columns import CAPTIONS
from resolvers.imports.values.nested_rows import NestedRows

TEMPLATES = table_of(InteractionTemplate)

MEMBERS = {"languageCode": "language_code", "description": "description"}
OF_TEMPLATE = NestedRows(InteractionTemplateTranslation, "template_code", MEMBERS)
OF_GROUP = NestedRows(InteractionGroupTranslation, "group_code", MEMBERS)
"""The cells with the translations of a template and of its group."""

STAGING_TABLE = StagingTable(
    "template_import",
    Column("known", Boolean, nullable=False),
    Column("new_group", Boolean, nullable=False),
    Column("group_description", table_of(InteractionGroup).c.description.type),
    Column("translations", Unicode),
    Column("group_translations", Unicode),
    *(Column(name, TEMPLATES.c[name].type) for name in CAPTIONS if name in TEMPLATES.c),
    indexed=("code",),
)
"""`known`: a template with this code exists, so the row updates it. `new_group`: this import created its group."""

STAGING = STAGING_TABLE.table
