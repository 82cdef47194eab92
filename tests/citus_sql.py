"""Statements of PostgreSQL that Citus refuses, or executes wrongly: found without Citus, by the text of a statement.

Each rule stands for a form that was tried on Citus 13.2 with sharding by schema.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Date, Engine, event

from persistence.columns import Instant, Table

STABLE_FUNCTIONS = ("now", "to_char", "to_date", "concat", "concat_ws", "format", "age", "clock_timestamp", "timeofday")
_STABLE = re.compile(rf"\b({'|'.join(STABLE_FUNCTIONS)})\s*\(|\bCURRENT_(DATE|TIME|TIMESTAMP)\b", re.IGNORECASE)
_CAST_OF_TEXT = re.compile(r"->>\s*'\w+'\)*\s*(::|\bAS)\s*(DATE|TIME|TIMESTAMP)\b", re.IGNORECASE)
_CAST = re.compile(r"\bCAST\(", re.IGNORECASE)
_AS_TEXT = re.compile(r"(.*) AS (?:VARCHAR|TEXT)(?:\(\d+\))?$", re.IGNORECASE | re.DOTALL)
_OF_DAYS = {
    column.name
    for table in Table.metadata.sorted_tables
    for column in table.c
    if isinstance(column.type, Date | Instant)
}
_DAYS = re.compile(rf"\b({'|'.join(sorted(_OF_DAYS))})\b")
_INSERT = re.compile(r"\bINSERT\s+INTO\b", re.IGNORECASE)
_VALUES_WITH_SELECT = re.compile(r"\bVALUES\b[^;]*\(\s*SELECT\b", re.IGNORECASE | re.DOTALL)
_SELECT = re.compile(r"\bSELECT\b", re.IGNORECASE)
_TEXTS = re.compile(r"'(?:[^']|'')*'")


def fault_of(sql: str) -> str | None:
    """Why Citus does not execute a statement, or None."""
    if sql.lstrip().upper().startswith(("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", "CREATE TRIGGER")):
        return None
    return next((fault for is_wrong, fault in RULES if is_wrong(sql)), None)


def _selects_in_values(sql: str) -> bool:
    """`INSERT … VALUES (…, (SELECT …))`."""
    return bool(_INSERT.search(sql) and _VALUES_WITH_SELECT.search(_after_insert(sql)))


def _with_before_insert(sql: str) -> bool:
    """`WITH … INSERT … SELECT`, where the INSERT is not itself in a WITH."""
    text = sql.lstrip()
    if not text.upper().startswith("WITH"):
        return False
    inserted = _INSERT.search(_outside_parentheses(text))
    return inserted is not None


def _stable_in_insert(sql: str) -> bool:
    """`INSERT … SELECT` with a function or cast whose result depends on a setting or on the time."""
    if not _INSERT.search(sql) or not _SELECT.search(_after_insert(sql)):
        return False
    return bool(_STABLE.search(_TEXTS.sub("''", sql)) or _CAST_OF_TEXT.search(sql)) or _day_as_text(sql)


def _day_as_text(sql: str) -> bool:
    """`CAST(… AS VARCHAR)` of a day or an instant, whose text depends on settings, in an INSERT. A SELECT of its rows may
    have it.
    """
    inserts = (_inside_parentheses(sql[insert.start() :]) for insert in _INSERT.finditer(sql))
    texts = (_inside_parentheses(insert[cast.end() :]) for insert in inserts for cast in _CAST.finditer(insert))
    casts = (found for text in texts if (found := _AS_TEXT.search(text)))
    return any(_DAYS.search(cast[1]) for cast in casts)


def _temporary_table(sql: str) -> bool:
    return bool(re.search(r"\bCREATE\s+(LOCAL\s+|GLOBAL\s+)?TEMP(ORARY)?\s+TABLE\b", sql, re.IGNORECASE))


def _size_of_table(sql: str) -> bool:
    return "pg_relation_size(" in sql


Rule = tuple[Callable[[str], bool], str]

RULES: tuple[Rule, ...] = (
    (_selects_in_values, "INSERT … VALUES has a sub-select. Write INSERT … SELECT."),
    (_with_before_insert, "WITH stands before INSERT … SELECT. Put it inside the SELECT: `cte(nesting=True)`."),
    (_stable_in_insert, "INSERT … SELECT depends on a setting or on the time. Send dates and times as numbers."),
    (
        _temporary_table,
        "A TEMPORARY table cannot be joined with the tables of a company. Use `persistence.sql.staging`.",
    ),
    (_size_of_table, "The size of a table is 0 on the coordinator."),
)


def _after_insert(sql: str) -> str:
    found = _INSERT.search(sql)
    return sql[found.start() :] if found is not None else ""


def _outside_parentheses(sql: str) -> str:
    """The text without what is in parentheses."""
    depth, kept = 0, []
    for character in _TEXTS.sub("''", sql):
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif not depth:
            kept.append(character)
    return "".join(kept)


def _inside_parentheses(text: str) -> str:
    """The text up to the parenthesis that closes one before it."""
    depth = 1
    for place, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth:
            return text[:place]
    return text


class StatementsForCitus:
    """Looks at each distinct text of a statement on PostgreSQL once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self.faults: list[str] = []
        """The rule and the statement of each fault that no test has reported."""

    def look(self, sql: str) -> None:
        """Note what is wrong with a statement."""
        if sql not in self._seen:
            self._seen.add(sql)
            fault = fault_of(sql)
            if fault is not None:
                self.faults.append(f"Citus does not take this statement. {fault}\n{sql}")

    @contextmanager
    def of_rules(self) -> Iterator[None]:
        """Look at all statements that SQLAlchemy sends."""

        def sent(connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement not in self._seen and getattr(connection, "dialect").name == "postgresql":  # noqa: B009
                self.look(statement)

        event.listen(Engine, "before_cursor_execute", sent)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", sent)
