"""Cells with a JSON list of objects, such as the comments on an interaction, as `carnet export` writes them."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Date, Integer, Select, Unicode, insert, select
from sqlmodel import Session

from persistence.columns import Table, table_of
from resolvers.imports.values.cells import InvalidCell

BATCH = 2_000


@dataclass(frozen=True)
class NestedRows:
    """Rows of another table. `key` is its column with the key of the row that has the cell; `members` maps the members
    of the objects to columns, of which the first distinguishes them.
    """

    model: type[Table]
    key: str
    members: Mapping[str, str]

    def parse(self, cell: str) -> str | None:
        """The text of the cell if it is a valid list, None for an empty one. Raises InvalidCell."""
        try:
            found = json.loads(cell)
            rows = [self._row(each) for each in found] if isinstance(found, list) else None
        except (ValueError, TypeError, KeyError, RecursionError):
            rows = None
        first = next(iter(self.members.values()))
        if rows is None or len({row[first] for row in rows}) < len(rows):
            raise InvalidCell(
                "The cell is no JSON list as `carnet export` writes it. Correct it, or empty it.",
                "La cellule ne contient pas une liste JSON comme `carnet export` l’écrit. Corrigez-la, ou videz-la.",
            )
        return cell if rows else None

    def insert(self, session: Session, cells: Select[tuple[str, str]]) -> None:
        """Insert the objects of these cells, of which each has the key before it. Rows that exist stay as they are."""
        table, first = table_of(self.model), next(iter(self.members.values()))
        for batch in session.execute(cells).partitions(BATCH):
            keys = [key for key, _ in batch]
            known = {*session.execute(select(table.c[self.key], table.c[first]).where(table.c[self.key].in_(keys)))}
            rows: dict[object, dict[str, object]] = {}
            for key, cell in batch:
                for row in map(self._row, json.loads(cell)):
                    if (key, row[first]) not in known:
                        rows.setdefault((key, row[first]), {self.key: key, **row})
            if rows:
                session.execute(insert(table), [*rows.values()])

    def keys_of_differing(self, session: Session, cells: Select[tuple[str, str]]) -> Iterator[str]:
        """`cells` selects keys with their cells. Returns the keys whose cell has an object that is not stored, or is
        stored with other values.
        """
        table = table_of(self.model)
        columns = [*self.members.values()]
        for batch in session.execute(cells).partitions(BATCH):
            keys = [key for key, _ in batch]
            stored = select(table.c[self.key], *(table.c[name] for name in columns)).where(table.c[self.key].in_(keys))
            known = {tuple(row) for row in session.execute(stored)}
            for key, cell in batch:
                rows = map(self._row, json.loads(cell))
                if any((key, *(row[name] for name in columns)) not in known for row in rows):
                    yield key

    def _row(self, found: Mapping[str, object]) -> dict[str, object]:
        """The columns of an object. Raises ValueError or KeyError for a wrong value."""
        columns: Sequence[tuple[str, str]] = [*self.members.items()]
        return {column: _value(found[member], table_of(self.model).c[column]) for member, column in columns}


def _value(value: object, column: Column[object]) -> object:
    if isinstance(column.type, Integer):
        if type(value) is not int or not 1 <= value < 2**31:
            raise ValueError(value)
        return value
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    if isinstance(column.type, Date):
        return dt.date.fromisoformat(value)
    assert isinstance(column.type, Unicode), column
    if not value or len(value) > (column.type.length or len(value)):
        raise ValueError(value)
    return value
