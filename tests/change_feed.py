"""Compares the items of the change feed with what changed in the rows: `FeedCheck`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from persistence.change_feed.items import KIND_NUMBERS, TYPE_NUMBERS


class Row(Protocol):
    """A row by column name."""

    def keys(self) -> Iterable[str]: ...

    def __getitem__(self, name: str, /) -> Any: ...


Rows = Sequence[Row]
Select = Callable[[str], Rows]
"""Executes a SELECT on the database of the test."""

Keys = tuple[int, ...]
Objects = dict[str, dict[Keys, Any]]
"""The stored values of all objects, by type and key."""

Changes = set[tuple[str, str, Keys]]
"""The type, the kind and the key of each change."""

KEYS = {
    "interaction_log_entry": ("entry_no",),
    "postponed_interaction": ("entry_no",),
    "contact": ("id",),
    "segment": ("id",),
    "segment_line": ("segment_id", "line_no"),
    "logged_segment": ("entry_no",),
    "campaign": ("id",),
    "campaign_entry": ("entry_no",),
    "salesperson": ("id",),
    "interaction_template": ("id",),
    "interaction_group": ("id",),
    "number_series": ("id",),
    "marketing_setup": ("id",),
}
NOT_SHOWN = {
    "interaction_log_entry": {"contact_salesperson_code", "changed_at", "canceled_with"},
    "campaign_entry": {"canceled_with"},
    "logged_segment": {"interactions"},
    "segment": {"last_line_no", "logged_segment_entry_no"},
}
"""Columns that no client sees."""

PARTS = {
    "number_series_line": "series_code",
    "interaction_template_translation": "template_code",
    "interaction_group_translation": "group_code",
    "interaction_comment": "entry_no",
}
"""Rows that are parts of objects, with the column that refers to the object."""

OWNERS = {
    "number_series": ("number_series_line", "code"),
    "interaction_template": ("interaction_template_translation", "code"),
    "interaction_group": ("interaction_group_translation", "code"),
    "interaction_log_entry": ("interaction_comment", "entry_no"),
    "postponed_interaction": ("interaction_comment", "entry_no"),
}
"""The objects with parts: the table of the parts, and the column that these refer to."""


class FeedCheck:
    """Checks that the items that a change adds to the feed are the differences between the rows before and after it."""

    def __init__(self, select: Select) -> None:
        self._select = select
        self._read: dict[str, tuple[Rows, Any]] = {}
        self._objects, self._last_no = self._all_objects(), self._last()

    def check(self, *, of_several: bool = False) -> int:
        """Compare the changes since the last call with the items since then, and return their number. The items
        `of_several` transactions may also have an object that the second one left as it was before the first.
        """
        objects = self._all_objects()
        listed = self._listed()
        happened = _differences(self._objects, objects)
        as_before = listed - happened if of_several else set()
        assert listed - as_before == happened, (
            f"missing: {happened - listed}; listed, but nothing happened: {listed - happened}"
        )
        self._objects, self._last_no = objects, self._last()
        return len(happened)

    def _last(self) -> int:
        return self._select("SELECT coalesce(max(no), 0) AS no FROM change_feed_item")[0]["no"] or 0

    def _listed(self) -> Changes:
        found: Changes = set()
        for item, changes in items_with_keys(self._select, self._last_no):
            assert len(changes) == (item["count"] or 1), dict(item)
            assert item["user_id"]
            found |= changes
        short = {
            change for change in found if {(change[0], kind, change[2]) for kind in ("CREATED", "DELETED")} <= found
        }
        return {change for change in found if change[0] != "segment_line" or change not in short}

    def _all_objects(self) -> Objects:
        return {table: self._rows(table) for table in KEYS}

    def _rows(self, table: str) -> dict[Keys, Any]:
        """The objects of a table with their parts, by their keys."""
        only = {
            "segment": " WHERE logged_segment_entry_no IS NULL",
            "segment_line": " WHERE segment_id IN (SELECT id FROM segment WHERE logged_segment_entry_no IS NULL)",
        }
        objects: dict[Keys, Any] = self._once(
            f"SELECT * FROM {table}{only.get(table, '')}", lambda rows: _by_key(table, rows)
        )
        if table not in OWNERS:
            return objects
        part, key = OWNERS[table]
        parts: dict[Any, list[Any]] = self._once(f"SELECT * FROM {part}", lambda rows: _by_owner(part, rows))
        return {keys: (values, parts.get(values[key])) for keys, values in objects.items()}

    def _once(self, statement: str, read: Callable[[Rows], Any]) -> Any:
        """What `read` makes of the rows. It is called only if they are not those of the last time."""
        rows = self._select(statement)
        if statement not in self._read or self._read[statement][0] != rows:
            self._read[statement] = rows, read(rows)
        return self._read[statement][1]


def items_with_keys(select: Select, after: int) -> Iterator[tuple[Any, Changes]]:
    """The items after a number, each with its changes."""
    types = {number: type_.value.lower() for type_, number in TYPE_NUMBERS.items()}
    kinds = {number: kind.value for kind, number in KIND_NUMBERS.items()}
    ranges: dict[int, list[range]] = defaultdict(list)
    for row in select("SELECT item_no, first_key, last_key FROM change_feed_range"):
        ranges[row["item_no"]].append(range(row["first_key"], row["last_key"] + 1))
    for item in select(f"SELECT * FROM change_feed_item WHERE no > {after}"):
        last = item["first_key"] if item["last_key"] is None else item["last_key"]
        parent = () if item["parent_key"] is None else (item["parent_key"],)
        yield (
            item,
            {
                (types[item["type"]], kinds[item["kind"]], (*parent, key))
                for each in ranges.get(item["no"], [range(item["first_key"], last + 1)])
                for key in each
            },
        )


def _by_key(table: str, rows: Rows) -> dict[Keys, Any]:
    hidden = NOT_SHOWN.get(table, set())
    return {
        tuple(row[name] for name in KEYS[table]): {
            name: value for name, value in dict(row).items() if name not in hidden
        }
        for row in rows
    }


def _by_owner(table: str, rows: Rows) -> dict[Any, list[Any]]:
    parts = defaultdict(list)
    for row in rows:
        parts[row[PARTS[table]]].append(sorted(map(str, dict(row).values())))
    return {owner: sorted(of_owner) for owner, of_owner in parts.items()}


def _differences(before: Objects, after: Objects) -> Changes:
    """The changes that the feed must have. Lines of a deleted segment have none of their own."""
    found: Changes = set()
    for table, rows in after.items():
        old = before[table]
        if rows is old:
            continue
        found |= {(table, "CREATED", key) for key in rows.keys() - old.keys()}
        found |= {(table, "UPDATED", key) for key in rows.keys() & old.keys() if rows[key] != old[key]}
        found |= {(table, "DELETED", key) for key in old.keys() - rows.keys()}
    gone = {key[0] for table, kind, key in found if (table, kind) == ("segment", "DELETED")}
    return {
        (table, kind, key)
        for table, kind, key in found
        if not (table == "segment_line" and kind == "DELETED" and key[0] in gone)
    }
