"""Reads the change log: `changed(work) == [("C1", "UPDATED", {"city": ("Lyon", "Paris")})]`."""

from sqlmodel import col, select

from persistence.changes import Change, ChangeField
from resolvers.work import Work

RecordedChange = tuple[str | None, str, dict[str, tuple[str | None, str | None]]]


def recorded_changes(work: Work, key: str | None = None) -> list[RecordedChange]:
    """Key, action, and old and new values of every change; only of the object with this key if one is given. Sorted by
    object, oldest first.
    """
    changes = select(Change).order_by(
        col(Change.kind), col(Change.object_key), col(Change.object_id), col(Change.version)
    )
    found: list[RecordedChange] = []
    for change in work.session.exec(changes if key is None else changes.where(Change.object_key == key)):
        fields = work.session.exec(
            select(ChangeField).filter_by(kind=change.kind, object_id=change.object_id, version=change.version)
        )
        fields_of_change = {field.field: (field.old_value, field.new_value) for field in fields}
        found.append((change.object_key, change.action, fields_of_change))
    return found
