"""Compares the items of the change feed with the rows that each transaction wrote, on PostgreSQL: `WrittenRows`.

Other checks compare the rows before and after a change. They cannot see that one of two transactions that overlap has
changed a row without an item, if the other one has an item about it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.change_feed import KEYS, NOT_SHOWN, OWNERS, PARTS, Changes, Select, items_with_keys

TRIGGERS = (
    """CREATE TABLE written_row (no bigserial PRIMARY KEY, xact text, name text, old jsonb, new jsonb,
    old_is_open boolean, new_is_open boolean)""",
    """CREATE FUNCTION is_open(line jsonb) RETURNS boolean LANGUAGE sql AS $$ SELECT EXISTS (SELECT FROM segment
    WHERE id = (line ->> 'segment_id')::integer AND logged_segment_entry_no IS NULL) $$""",
    """CREATE FUNCTION note_written_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO written_row (xact, name, old, new, old_is_open, new_is_open) VALUES (pg_current_xact_id()::text,
    TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW), is_open(to_jsonb(OLD)), is_open(to_jsonb(NEW)));
    RETURN NULL; END $$""",
    *(
        f"""CREATE CONSTRAINT TRIGGER note_written_row AFTER INSERT OR UPDATE OR DELETE ON {table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_written_row()"""
        for table in ("change_feed_item", *KEYS, *PARTS)
    ),
)
"""They note each row that a transaction writes when it commits, so that lines are seen with their segment as it is
then.
"""

Net = dict[tuple[str, str], list[Any]]
"""The first and the last state of each row that a transaction wrote, by table and key."""


class WrittenRows:
    """Checks that each transaction has recorded all objects that it has changed."""

    def __init__(self, select: Select) -> None:
        self._select = select
        self._last_no = 0

    def missing(self) -> dict[str, Changes]:
        """The changes since the last call that were not recorded by the transaction that made them, by transaction."""
        by_transaction: dict[str, list[Any]] = defaultdict(list)
        columns = "no, xact, name, old::text AS before, new::text AS after, old_is_open, new_is_open"
        for row in self._select(f"SELECT {columns} FROM written_row WHERE no > {self._last_no} ORDER BY no"):
            by_transaction[row["xact"]].append(row)
            self._last_no = row["no"]
        items = {item["no"]: changes for item, changes in items_with_keys(self._select, after=0)}
        found = {}
        for xact, rows in by_transaction.items():
            listed = {
                change
                for row in rows
                if row["name"] == "change_feed_item" and row["after"] is not None
                for change in items.get(json.loads(row["after"])["no"], ())
            }
            expected = set(self._expected(_net(rows)))
            if lacking := {each for each in expected if not _alternatives(each) & listed}:
                found[xact] = lacking
        return found

    def _expected(self, net: Net) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        """The changes that a transaction must record."""
        objects: Changes = set()
        for (table, _), (old, new, *is_open) in net.items():
            if table in KEYS:
                objects |= {(table, kind, key) for kind, key in _changes(table, old, new, *is_open)}
        closed = {key[0] for table, kind, key in objects if (table, kind) == ("segment", "DELETED")}
        yield from (
            each
            for each in objects
            if not (each[0] == "segment_line" and each[1] == "DELETED" and each[2][0] in closed)
        )
        for (table, _), (old, new, *_) in net.items():
            if table in PARTS and old != new:
                yield from self._changes_of_owner(table, (old or new)[PARTS[table]], objects)

    def _changes_of_owner(self, part: str, owner: Any, objects: Changes) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        """The object that has a part is changed, unless it no longer exists."""
        for table, (parts, column) in OWNERS.items():
            if parts == part:
                given = f"'{owner}'" if isinstance(owner, str) else owner
                for row in self._select(f"SELECT {KEYS[table][0]} AS key FROM {table} WHERE {column} = {given}"):
                    if (table, "CREATED", (row["key"],)) not in objects:
                        yield table, "UPDATED", (row["key"],)


def _net(rows: list[Any]) -> Net:
    net: Net = {}
    for row in rows:
        old, new = (None if row[name] is None else json.loads(row[name]) for name in ("before", "after"))
        if row["name"] not in KEYS and row["name"] not in PARTS:
            continue
        names = KEYS.get(row["name"], ())
        moved = old is not None and new is not None and any(old[name] != new[name] for name in names)
        for before, after in ((old, None), (None, new)) if moved else ((old, new),):
            written: Any = before or after
            key = json.dumps([written[name] for name in names] or _key_of_part(row["name"], written))
            state = net.setdefault((row["name"], key), [before, None, row["old_is_open"], None])
            state[1], state[3] = after, row["new_is_open"]
    return net


def _key_of_part(table: str, row: dict[str, Any]) -> list[Any]:
    return [row[name] for name in sorted(row) if name in (PARTS[table], "line_no", "language_code")]


def _changes(
    table: str, old: Any, new: Any, old_is_open: bool | None, new_is_open: bool | None
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The kinds of changes of an object between its first and its last state, with its key."""
    before = _shown(table, old, old_is_open)
    after = _shown(table, new, new_is_open)
    if before == after:
        return
    row = old or new
    kind = "CREATED" if before is None else "DELETED" if after is None else "UPDATED"
    yield kind, tuple(row[name] for name in KEYS[table])


def _shown(table: str, row: Any, is_open: bool | None) -> Any:
    """What clients see of a row; None if they do not see it."""
    if row is None or (table == "segment" and row["logged_segment_entry_no"] is not None):
        return None
    if table == "segment_line" and not is_open:
        return None
    return {name: value for name, value in row.items() if name not in NOT_SHOWN.get(table, set())}


def _alternatives(change: tuple[str, str, tuple[int, ...]]) -> Changes:
    """The changes that say as much: an object that was created was not there before."""
    table, kind, key = change
    return {change} | ({(table, "CREATED", key)} if kind == "UPDATED" else set())
