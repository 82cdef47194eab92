"""What an import does with rows whose record is in the database already (R-IMP-1): skip them, update it, or create
another one.
"""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import ColumnElement, CursorResult, Unicode, and_, case, delete, func, literal, select
from sqlalchemy import Table as SqlTable

from resolvers.errors import Translated
from resolvers.imports.checking import RowChecks

DIFFERS = Translated(
    "It is there already, with other values: {}. The row was skipped. To take over its values, add --existing update.",
    "L’enregistrement existe déjà, avec d’autres valeurs\u00a0: {}. La ligne a été ignorée. Pour reprendre ses "
    "valeurs, ajoutez --existing update.",
)
EXISTS = Translated(
    "{} exists already, and with --existing new each row creates a record. Remove the row, or leave out the option.",
    "{} existe déjà, et avec --existing new chaque ligne crée un enregistrement. Supprimez la ligne, ou omettez "
    "l’option.",
)


SKIPPED = (
    Translated(
        "{} row was skipped, because its record is there already (--existing skip). To update it, add --existing "
        "update.",
        "{} ligne a été ignorée, car son enregistrement existe déjà (--existing skip). Pour le modifier, ajoutez "
        "--existing update.",
    ),
    Translated(
        "{} rows were skipped, because their records are there already (--existing skip). To update them, add "
        "--existing update.",
        "{} lignes ont été ignorées, car leurs enregistrements existent déjà (--existing skip). Pour les modifier, "
        "ajoutez --existing update.",
    ),
)


class Existing(StrEnum):
    """What becomes of a row whose record is stored already."""

    SKIP = "skip"
    UPDATE = "update"
    NEW = "new"


class ExistingInteraction(StrEnum):
    """What becomes of a row whose interaction is stored already. An import never changes interactions."""

    SKIP = "skip"
    NEW = "new"


def note_differences(
    checks: RowChecks,
    key: ColumnElement[str],
    differs: Mapping[str, ColumnElement[bool]],
    stored: SqlTable,
    *where: ColumnElement[bool],
    message: Translated = DIFFERS,
) -> None:
    """Add a note for each row that meets the conditions and has values that its stored record does not have.

    `differs` says for each field whether the values differ. The note names the key of the record and the columns.
    """
    captions = [
        case((condition, literal(f", {checks.caption(field) or field}", Unicode)), else_=literal("", Unicode))
        for field, condition in differs.items()
    ]
    listed: ColumnElement[str] = captions[0]
    for caption in captions[1:]:
        listed = listed + caption
    compared = checks.rows().add_columns(key.label("record"), listed.label("listed"))
    rows = compared.select_from(checks.staging.join(stored, and_(*where))).subquery("compared")
    columns = func.substr(rows.c.listed, 3)
    value = rows.c.record + literal(" (", Unicode) + columns + literal(")", Unicode)
    checks.note_rows(None, value, select(rows.c.row_no).where(rows.c.listed != ""), *message)


def has_other_value(row: ColumnElement[object], stored: ColumnElement[object]) -> ColumnElement[bool]:
    """Whether the cell of the row is not blank and differs from the stored value."""
    return row.is_not(None) & row.is_distinct_from(stored)


def remove_rows(checks: RowChecks, *where: ColumnElement[bool]) -> int:
    """Remove rows without errors that need no further step from the staging table. Returns their number."""
    valid = ~checks.has_error(checks.staging.c.row_no)
    removed = checks.session.execute(delete(checks.staging).where(*where, valid))
    assert isinstance(removed, CursorResult)
    return removed.rowcount
