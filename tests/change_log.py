"""Reads the change log: `changed(work) == [("C1", "UPDATED", {"city": ("Lyon", "Paris")})]`."""

from sqlmodel import col, select

from persistence.changes import Change, ChangeField
from resolvers.work import Work

Said = tuple[str | None, str, dict[str, tuple[str | None, str | None]]]


def recorded_changes(work: Work, key: str | None = None) -> list[Said]:
    """Key, action and fields of every change, of one object if its key is given; by object, oldest first."""
    of_it = select(Change).order_by(
        col(Change.kind), col(Change.object_key), col(Change.object_id), col(Change.version)
    )
    found: list[Said] = []
    for change in work.session.exec(of_it if key is None else of_it.where(Change.object_key == key)):
        fields = work.session.exec(
            select(ChangeField).filter_by(kind=change.kind, object_id=change.object_id, version=change.version)
        )
        said = {field.field: (field.old_value, field.new_value) for field in fields}
        found.append((change.object_key, change.action, said))
    return found
