"""What an import created: ranges of keys, so that a hundred thousand contacts take a few rows (R-IMP-20)."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, func, insert, literal, not_, select
from sqlmodel import Session

from persistence.changes import Change
from persistence.columns import Table, table_of
from persistence.enums import ChangeAction
from persistence.imports import Import, ImportedRows

IMPORTS, RANGES, CHANGES = table_of(Import), table_of(ImportedRows), table_of(Change)


CreatedKeys = Callable[[], Select[tuple[int]] | Select[tuple[int, bool]]]
"""Makes a SELECT of the keys of rows; for interactions also whether they were canceled in the file."""


@dataclass(frozen=True)
class CreatedRows:
    """Rows of a table that an import has just created."""

    model: type[Table]
    keys: CreatedKeys


def record(session: Session, entry_no: int, created: CreatedRows) -> None:
    """Store the ranges of these keys, with one statement."""
    keys = created.keys()
    columns = keys.selected_columns
    key = columns[0]
    canceled: ColumnElement[bool] = columns[1] if len(columns) > 1 else literal(False)
    position = func.row_number().over(partition_by=canceled, order_by=key)
    numbered = (
        keys.with_only_columns(key.label("key"), canceled.label("canceled"), (key - position).label("run"))
        .order_by(None)
        .subquery("numbered")
    )
    ranges = select(
        literal(entry_no, Integer),
        literal(table_of(created.model).name, RANGES.c.source.type),
        func.min(numbered.c.key),
        func.max(numbered.c.key),
        numbered.c.canceled,
    ).group_by(numbered.c.canceled, numbered.c.run)
    names = ["import_entry_no", "source", "first_key", "last_key", "canceled"]
    session.execute(insert(RANGES).from_select(names, ranges))


def was_deleted_for_good(model: type[Table], key: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a deleted row had this number, not counting rows that were deleted when their import was undone: the
    corrected file may bring them again with their numbers (R-IMP-24).
    """
    source = table_of(model).name
    undone = (
        select(literal(1))
        .select_from(RANGES.join(IMPORTS, IMPORTS.c.entry_no == RANGES.c.import_entry_no))
        .where(
            RANGES.c.source == source,
            IMPORTS.c.undone_at.is_not(None),
            CHANGES.c.object_id.between(RANGES.c.first_key, RANGES.c.last_key),
        )
        .correlate(CHANGES)
        .exists()
    )
    deletions = (CHANGES.c.kind == source, CHANGES.c.action == ChangeAction.DELETED.value, CHANGES.c.object_key == key)
    return select(literal(1)).select_from(CHANGES).where(*deletions, not_(undone)).exists()
