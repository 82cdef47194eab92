"""The SQL of the edges of the change log."""

from collections.abc import Callable, Sequence

from resolvers.queries import SqlBuilder, SqlCondition, TableRow

OBJECT = ("kind", "object_id")
KEY = (*OBJECT, "version")

ReadId = Callable[[str], tuple[str, int]]
"""The table and id that the global id of an object stands for."""


def fields_of(change: TableRow, field: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The fields that a change gave other values."""
    return [field.c[name] == change.c[name] for name in KEY]


def changes_of(change: TableRow, global_id: object, read: ReadId, sql: SqlBuilder) -> Sequence[SqlCondition]:
    """The changes of the object with this global id; none if there is no such object."""

    def part(place: int) -> Callable[[str], str | int]:
        return lambda given: read(given)[place]

    return [
        change.c[name] == sql.bind(part(place), global_id, type_=change.c[name].type)
        for place, name in enumerate(OBJECT)
    ]
