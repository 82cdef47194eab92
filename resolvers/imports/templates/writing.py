"""Writes the staged rows into the interaction groups, the templates and their translations."""

from itertools import islice

from sqlalchemy import Select, func, literal, not_, select, update
from sqlmodel import Session

from persistence.columns import table_of
from persistence.sql.inserts import insert_new_rows
from persistence.templates import InteractionGroup, InteractionTemplate, InteractionTemplateTranslation
from resolvers.changes import rules as changes
from resolvers.imports.checking import RowChecks
from resolvers.imports.existing import has_other_value, note_differences, remove_rows
from resolvers.imports.templates.columns import CAPTIONS
from resolvers.imports.templates.staging import OF_GROUP, OF_TEMPLATE, STAGING, TEMPLATES
from resolvers.imports.writing import insert_rows, with_defaults
from resolvers.work import Work

ROW, TEMPLATE = STAGING.c, TEMPLATES.c
GROUP = table_of(InteractionGroup).c
COLUMNS = [name for name in CAPTIONS if name in TEMPLATE]
UPDATED_COLUMNS = [name for name in COLUMNS if name != "code"]
MAX_COMPARED = 10_000
"""The maximum number of skipped rows for which a note says that translations differ."""

DEFAULTS = {
    "unit_cost": 0,
    "unit_duration": 0,
    "ignore_contact_correspondence_type": False,
    "campaign_target": False,
    "campaign_response": False,
    "blocked": False,
}
"""The values of a new template for missing columns and blank cells."""


def mark_known(session: Session) -> None:
    """Mark the rows whose template exists, and lock these templates until the transaction ends."""
    locked = select(TEMPLATE.code).where(TEMPLATE.code.in_(select(ROW.code))).order_by(TEMPLATE.code).with_for_update()
    session.execute(select(func.count()).select_from(locked.subquery()))
    session.execute(update(STAGING).where(TEMPLATE.code == ROW.code).values(known=True))


def skip_known(checks: RowChecks) -> int:
    """Remove the rows whose template exists, with a note for those that have other values. Returns their number."""
    differs = {name: has_other_value(ROW[name], TEMPLATE[name]) for name in UPDATED_COLUMNS}
    for name, nested, key in (
        ("translations", OF_TEMPLATE, ROW.code),
        ("group_translations", OF_GROUP, ROW.group_code),
    ):
        cells = select(key, ROW[name]).where(ROW.known, ROW[name].is_not(None))
        others = [*islice(nested.keys_of_differing(checks.session, cells), MAX_COMPARED)]
        if others:
            differs[name] = ROW[name].is_not(None) & key.in_(others)
    note_differences(checks, TEMPLATE.code, differs, TEMPLATES, TEMPLATE.code == ROW.code)
    return remove_rows(checks, ROW.known)


def create_groups(work: Work) -> list[str]:
    """Create the missing interaction groups, with the description of a row or else their code. Returns their codes."""
    exists = select(1).where(GROUP.code == ROW.group_code).correlate(STAGING).exists()
    work.session.execute(update(STAGING).where(ROW.group_code.is_not(None), ~exists).values(new_group=True))
    described = func.coalesce(func.max(ROW.group_description), ROW.group_code).label("description")
    missing = select(ROW.group_code, described).where(ROW.new_group).group_by(ROW.group_code).subquery()
    codes = list(work.session.scalars(select(missing.c.group_code).order_by(missing.c.group_code)))
    rows = select(missing.c.group_code, missing.c.description, literal(1)).where(missing.c.group_code.is_not(None))
    insert_new_rows(work.session, InteractionGroup, ["code", "description", "version"], rows, ["code"])
    changes.record_created(work, InteractionGroup, GROUP.code.in_(select(missing.c.group_code)))
    return codes


def update_templates(work: Work) -> int:
    """Update the templates that differ from their rows. Blank cells change nothing. Returns their number."""
    new = {name: func.coalesce(ROW[name], TEMPLATE[name]) for name in UPDATED_COLUMNS}
    return changes.update_rows(work, InteractionTemplate, new, TEMPLATE.code == ROW.code, ROW.known)


def insert_templates(work: Work) -> int:
    """Insert the new templates, in the order of their rows. Returns their number."""
    values = with_defaults(ROW, COLUMNS, DEFAULTS) | {"version": literal(1)}
    inserted = insert_rows(work.session, TEMPLATES, values, not_(ROW.known), order_by=(ROW.row_no,))
    changes.record_created(work, InteractionTemplate, TEMPLATE.code == ROW.code, not_(ROW.known))
    return inserted


def created_groups() -> Select[tuple[int]]:
    """Selects the ids of the groups that were created."""
    return select(GROUP.id).where(GROUP.code.in_(select(ROW.group_code).where(ROW.new_group)))


def created_templates() -> Select[tuple[int]]:
    """Selects the ids of the templates that were inserted."""
    return select(TEMPLATE.id).where(TEMPLATE.code == ROW.code, not_(ROW.known))


def insert_translations(session: Session) -> None:
    """Insert the translations in the file, then the missing ones into the default language: the description of the
    template (R-TPL-2). Translations that exist stay as they are.
    """
    OF_TEMPLATE.insert(session, select(ROW.code, ROW.translations).where(ROW.translations.is_not(None)))
    OF_GROUP.insert(session, select(ROW.group_code, ROW.group_translations).where(ROW.group_translations.is_not(None)))
    columns = ["template_code", "language_code", "description"]
    rows = select(TEMPLATE.code, TEMPLATE.language_code_default, TEMPLATE.description).where(
        TEMPLATE.code == ROW.code, ROW.language_code_default.is_not(None)
    )
    insert_new_rows(session, InteractionTemplateTranslation, columns, rows, columns[:2])
