"""The SQL of the edges of the change log."""

from collections.abc import Callable, Sequence

from persistence.contacts import Contact
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, TableRow, quoted

OBJECT = ("kind", "object_id")
KEY = (*OBJECT, "version")

ReadId = Callable[[str], tuple[str, int]]
"""The table and id that the global id of an object stands for."""


def fields_of(change: TableRow, field: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The fields that a change gave other values."""
    return [field.c[name] == change.c[name] for name in KEY]


def changes_of_contact(contact: TableRow, change: TableRow, _: SqlBuilder) -> Alternatives:
    """The changes of a contact."""
    return [[change.c.kind == quoted(str(Contact.__tablename__)), change.c.object_id == contact.c.id]]


def changes_of(change: TableRow, global_id: object, read: ReadId, sql: SqlBuilder) -> Sequence[SqlCondition]:
    """The changes of the object with this global id; none if there is no such object."""

    def part(place: int) -> Callable[[str], str | int]:
        return lambda given: read(given)[place]

    return [
        change.c[name] == sql.bind(part(place), global_id, type_=change.c[name].type)
        for place, name in enumerate(OBJECT)
    ]
