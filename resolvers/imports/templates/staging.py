"""The table in which templates wait."""

from sqlalchemy import Boolean, Column

from persistence.templates import InteractionTemplate
from resolvers.imports.staging import Staging, table_of
from resolvers.imports.templates.columns import CAPTIONS

TEMPLATES = table_of(InteractionTemplate)

WAITING = Staging(
    "template_import",
    Column("known", Boolean, nullable=False),
    Column("new_group", Boolean, nullable=False),
    *(Column(name, TEMPLATES.c[name].type) for name in CAPTIONS),
    indexed=("code",),
)
"""`known`: there is a template of this code, so the row changes it. `new_group`: its group was made by this import."""

STAGING = WAITING.table
