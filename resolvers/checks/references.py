"""References between rows. The databases check those that are foreign keys, but not while a backup is loaded, on SQLite
not for other programs, and others are not foreign keys.
"""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, exists, not_, or_, select
from sqlalchemy import Table as SqlTable

from persistence.changes import Change, ChangeField
from persistence.columns import Table, table_of
from persistence.enums import ContactType
from persistence.interactions import InteractionComment, PostponedInteraction
from resolvers.checks.check import Check
from resolvers.errors import Translated
from resolvers.segments.tables import CONTACTS, ENTRIES, STEP_LINES, STEPS

COMMENTS, POSTPONED = table_of(InteractionComment), table_of(PostponedInteraction)
CHANGES, CHANGE_FIELDS = table_of(Change), table_of(ChangeField)


def checks() -> Iterator[Check]:
    """The checks of all references."""
    for table in Table.metadata.sorted_tables:
        for column in table.columns:
            for reference in column.foreign_keys:
                yield _reference(table, column, reference.column)
    yield Check(
        select(COMMENTS.c.entry_no, COMMENTS.c.line_no).where(
            *(not_(exists().where(each.c.entry_no == COMMENTS.c.entry_no)) for each in (ENTRIES, POSTPONED))
        ),
        Translated(
            "Comments ({count}) belong to no interaction. Interaction and line of the first: {keys}. Restore the "
            "interactions from a backup, or delete the comments from the table `interaction_comment`.",
            "Des commentaires ({count}) n’appartiennent à aucune interaction. Interaction et ligne des "
            "premiers\u00a0: {keys}. Restaurez les interactions depuis une sauvegarde, ou supprimez ces commentaires "
            "de la table `interaction_comment`.",
        ),
    )
    step_of_line = (STEPS.c.segment_id == STEP_LINES.c.segment_id, STEPS.c.step_no == STEP_LINES.c.step_no)
    yield _belonging(STEP_LINES, "segment_step", *step_of_line)
    keys = ("kind", "object_id", "version")
    yield _belonging(CHANGE_FIELDS, "change", *(CHANGES.c[key] == CHANGE_FIELDS.c[key] for key in keys))
    company = CONTACTS.alias("company")
    yield Check(
        select(CONTACTS.c.no)
        .join(company, company.c.no == CONTACTS.c.company_no)
        .where(company.c.type != ContactType.COMPANY.value),
        Translated(
            "Contacts ({count}) belong to a contact that is not a company: {keys}. Give them another company with the "
            "mutation updateContact.",
            "Des contacts ({count}) relèvent d’un contact qui n’est pas une compagnie\u00a0: {keys}. Donnez-leur une "
            "autre compagnie avec la mutation updateContact.",
        ),
    )
    yield Check(
        select(ENTRIES.c.entry_no)
        .outerjoin(CONTACTS, CONTACTS.c.no == ENTRIES.c.contact_no)
        .where(
            ENTRIES.c.contact_salesperson_code.is_distinct_from(CONTACTS.c.salesperson_code),
            or_(ENTRIES.c.contact_no.is_(None), CONTACTS.c.no.is_not(None)),
        ),
        Translated(
            "Interactions ({count}) repeat another salesperson than their contact has, so that salespeople see too "
            "much or too little: {keys}. Give their contacts another salesperson and then the right one again, with "
            "the mutation updateContact.",
            "Des interactions ({count}) répètent un autre représentant que celui de leur contact; des représentants en "
            "voient donc trop ou trop peu\u00a0: {keys}. Donnez à leurs contacts un autre représentant, puis de "
            "nouveau le bon, avec la mutation updateContact.",
        ),
    )


def _reference(table: SqlTable, column: Column[object], target: Column[object]) -> Check:
    other = target.table.alias("other")
    missing = not_(exists().where(other.c[target.name] == column))
    return Check(
        select(*table.primary_key.columns).where(column.is_not(None), missing),
        Translated(
            f"Rows of the table `{table.name}` ({{count}}) name something in `{column.name}` that the table "
            f"`{target.table.name}` does not have. Keys of the first: {{keys}}. Restore the missing rows from a "
            "backup.",
            f"Des lignes de la table `{table.name}` ({{count}}) nomment dans `{column.name}` ce que la table "
            f"`{target.table.name}` n’a pas. Clés des premières\u00a0: {{keys}}. Restaurez les lignes manquantes "
            "depuis une sauvegarde.",
        ),
    )


def _belonging(table: SqlTable, owner: str, *belongs: ColumnElement[bool]) -> Check:
    return Check(
        select(*table.primary_key.columns).where(not_(exists().where(*belongs))),
        Translated(
            f"Rows of the table `{table.name}` ({{count}}) belong to no row of `{owner}`. Keys of the first: {{keys}}. "
            "Restore the missing rows from a backup, or delete these.",
            f"Des lignes de la table `{table.name}` ({{count}}) n’appartiennent à aucune ligne de `{owner}`. Clés des "
            "premières\u00a0: {keys}. Restaurez les lignes manquantes depuis une sauvegarde, ou supprimez celles-ci.",
        ),
    )
