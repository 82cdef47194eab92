"""Compares what the change feed tells of a change with what the change did to the rows: `FeedCheck`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from persistence.change_feed import KIND_NUMBERS, TYPE_NUMBERS

Rows = Sequence[Mapping[str, Any]]
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
        self._objects, self._last_no = self._all_objects(), self._last()

    def check(self) -> None:
        """Compare the changes since the last call with the items since then."""
        objects = self._all_objects()
        told = self._told()
        happened = _differences(self._objects, objects)
        assert told == happened, f"not told: {happened - told}; told, but nothing happened: {told - happened}"
        self._objects, self._last_no = objects, self._last()

    def _last(self) -> int:
        return self._select("SELECT coalesce(max(no), 0) AS no FROM change_feed_item")[0]["no"] or 0

    def _told(self) -> Changes:
        types = {number: type_.value.lower() for type_, number in TYPE_NUMBERS.items()}
        kinds = {number: kind.value for kind, number in KIND_NUMBERS.items()}
        ranges: dict[int, list[range]] = defaultdict(list)
        for row in self._select("SELECT item_no, first_key, last_key FROM change_feed_range"):
            ranges[row["item_no"]].append(range(row["first_key"], row["last_key"] + 1))
        found: Changes = set()
        for item in self._select(f"SELECT * FROM change_feed_item WHERE no > {self._last_no}"):
            last = item["first_key"] if item["last_key"] is None else item["last_key"]
            keys = [key for each in ranges.get(item["no"], [range(item["first_key"], last + 1)]) for key in each]
            assert len(keys) == (item["count"] or 1), dict(item)
            assert item["user_id"]
            parent = () if item["parent_key"] is None else (item["parent_key"],)
            found |= {(types[item["type"]], kinds[item["kind"]], (*parent, key)) for key in keys}
        short = {
            change for change in found if {(change[0], kind, change[2]) for kind in ("CREATED", "DELETED")} <= found
        }
        return {change for change in found if change[0] != "segment_line" or change not in short}

    def _all_objects(self) -> Objects:
        parts: dict[tuple[str, Any], list[Any]] = defaultdict(list)
        for table, column in PARTS.items():
            for row in self._select(f"SELECT * FROM {table}"):
                parts[table, row[column]].append(sorted(map(str, row.values())))
        return {table: self._rows(table, parts) for table in KEYS}

    def _rows(self, table: str, parts: Mapping[tuple[str, Any], list[Any]]) -> dict[Keys, Any]:
        only = {
            "segment": " WHERE logged_segment_entry_no IS NULL",
            "segment_line": " WHERE segment_id IN (SELECT id FROM segment WHERE logged_segment_entry_no IS NULL)",
        }
        owner, key = OWNERS.get(table, (table, ""))
        return {
            tuple(row[name] for name in KEYS[table]): (
                {name: row[name] for name in row if name not in NOT_SHOWN.get(table, ())},
                sorted(parts.get((owner, row.get(key)), [])),
            )
            for row in self._select(f"SELECT * FROM {table}{only.get(table, '')}")
        }


def _differences(before: Objects, after: Objects) -> Changes:
    """What a reader of the feed must be told. Lines of a segment that is gone went with it."""
    found: Changes = set()
    for table, rows in after.items():
        old = before[table]
        found |= {(table, "CREATED", key) for key in rows.keys() - old.keys()}
        found |= {(table, "UPDATED", key) for key in rows.keys() & old.keys() if rows[key] != old[key]}
        found |= {(table, "DELETED", key) for key in old.keys() - rows.keys()}
    gone = {key[0] for table, kind, key in found if (table, kind) == ("segment", "DELETED")}
    return {
        (table, kind, key)
        for table, kind, key in found
        if not (table == "segment_line" and kind == "DELETED" and key[0] in gone)
    }
