"""From the staging table into the groups, the templates and their translations."""

from typing import Any

from sqlalchemy import ColumnElement, func, insert, literal, not_, select, update
from sqlmodel import Session

from persistence.inserts import insert_new_rows
from persistence.templates import InteractionGroup, InteractionTemplate, InteractionTemplateTranslation
from resolvers.changes import rules as changes
from resolvers.imports.staging import table_of
from resolvers.imports.templates.columns import CAPTIONS
from resolvers.imports.templates.staging import STAGING, TEMPLATES
from resolvers.work import Work

ROW, TEMPLATE = STAGING.c, TEMPLATES.c
GROUP = table_of(InteractionGroup).c
CHANGED = [name for name in CAPTIONS if name != "code"]
UNSAID: dict[str, Any] = {
    "unit_cost": 0,
    "unit_duration": 0,
    "ignore_contact_correspondence_type": False,
    "campaign_target": False,
    "campaign_response": False,
    "blocked": False,
}
"""What a new template has where the file says nothing."""


def match(session: Session) -> None:
    """Which rows have a template already. Nobody else changes these until the transaction ends."""
    held = select(TEMPLATE.code).where(TEMPLATE.code.in_(select(ROW.code))).order_by(TEMPLATE.code).with_for_update()
    session.execute(select(func.count()).select_from(held.subquery()))
    session.execute(update(STAGING).where(TEMPLATE.code == ROW.code).values(known=True))


def make_groups(work: Work) -> list[str]:
    """Groups that are named and not there are made, their code for description. Answers their codes."""
    there = select(1).where(GROUP.code == ROW.group_code).correlate(STAGING).exists()
    work.session.execute(update(STAGING).where(ROW.group_code.is_not(None), ~there).values(new_group=True))
    named = select(ROW.group_code).where(ROW.new_group).distinct().subquery()
    codes = list(work.session.scalars(select(named.c.group_code).order_by(named.c.group_code)))
    rows = select(named.c.group_code, named.c.group_code, literal(1)).where(named.c.group_code.is_not(None))
    insert_new_rows(work.session, InteractionGroup, ["code", "description", "version"], rows, ["code"])
    changes.record_created(work, InteractionGroup, GROUP.code.in_(select(named.c.group_code)))
    return codes


def change(work: Work) -> int:
    """Change the templates that differ from their rows, and answer how many. Blank cells leave a template as it is."""
    new = {name: func.coalesce(ROW[name], TEMPLATE[name]) for name in CHANGED}
    return changes.update_rows(work, InteractionTemplate, new, TEMPLATE.code == ROW.code, ROW.known)


def add(work: Work) -> int:
    """Insert the templates that are new, in the order of their rows, and answer how many."""
    values: dict[str, ColumnElement[Any]] = (
        {name: ROW[name] for name in CAPTIONS}
        | {name: func.coalesce(ROW[name], literal(value, ROW[name].type)) for name, value in UNSAID.items()}
        | {"version": literal(1)}
    )
    new = select(*values.values()).where(not_(ROW.known)).order_by(ROW.row_no)
    made: Any = work.session.execute(insert(TEMPLATES).from_select([*values], new))
    changes.record_created(work, InteractionTemplate, TEMPLATE.code == ROW.code, not_(ROW.known))
    return int(made.rowcount)


def translate(session: Session) -> None:
    """A template has its default language: its description there is the one it has, until somebody translates it
    (R-TPL-2).
    """
    columns = ["template_code", "language_code", "description"]
    rows = select(TEMPLATE.code, TEMPLATE.language_code_default, TEMPLATE.description).where(
        TEMPLATE.code == ROW.code, ROW.language_code_default.is_not(None)
    )
    insert_new_rows(session, InteractionTemplateTranslation, columns, rows, columns[:2])
