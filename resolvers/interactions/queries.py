"""The SQL of the filters and edges of interactions. Postponed interactions have a table of their own."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sqlalchemy import Integer, and_, join, not_, or_, select, union_all

from persistence.columns import Table
from persistence.interactions import InteractionComment, InteractionLogEntry
from persistence.segments import LoggedSegment
from persistence.sql.conditions import DayOfWeek, HourOfDay, IsIn, IsInRows
from persistence.sql.json import JsonWords
from resolvers.interactions import postponed_state as postponed
from resolvers.queries import (
    Alternatives,
    Comparison,
    InvalidOperand,
    SqlBuilder,
    SqlCondition,
    SqlExpression,
    SqlRows,
    TableRow,
    input_name,
)

CodeCondition: TypeAlias = Callable[[TableRow, Comparison, SqlBuilder], SqlCondition]
"""Makes the condition on an entry from a comparison of a number or code."""


def is_not_canceled(entry: TableRow) -> SqlCondition:
    """Whether the entry is not canceled. Canceled ones stay in lists, but do not count in figures (R-ENT-5)."""
    return not_(entry.c.canceled)


def has_code_of(table: type[Table], key: str, column: str, *, has_index: bool = True) -> CodeCondition:
    """Makes the condition that a number or code of the entry meets a comparison. Each is that of a row of `table`: if
    there is no such row, no entry is read. Where an index of the log answers an operator, that row is not looked for.
    """

    def query(entry: TableRow, code: Comparison, sql: SqlBuilder) -> SqlCondition:
        of_entry = code.matches_code(entry.c[column])
        of_log_only = {"ne", "isNull"} | ({"eq", "gte", "lte"} if has_index else set())
        searched = {name: operand for name, operand in code.operators.items() if name not in of_log_only}
        if not searched:
            return of_entry
        known = sql.row(table)
        return and_(sql.exists(known, code.with_operators(searched).matches_code(known.c[key])), of_entry)

    return query


class EntryOnOtherDay:
    """An entry that is looked for as if it had happened on another day. Only conditions on its date are about that
    day. It `is_looked_up` if few entries are read, each of which is found by itself.
    """

    def __init__(self, entry: TableRow, day: SqlExpression, *, is_looked_up: bool = False) -> None:
        self.c, self.day, self.is_looked_up, self._entry = entry.c, day, is_looked_up, entry

    @property
    def source(self) -> SqlRows:
        """The FROM clause of the entry."""
        return self._entry.source


def on_date(entry: TableRow, date: Comparison, _: SqlBuilder) -> SqlCondition:
    """Whether the date meets the comparison."""
    return date.matches_date(entry.day if isinstance(entry, EntryOnOtherDay) else entry.c.date)


def comments_of(entry: TableRow, comment: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The comments on a finished or postponed interaction."""
    return [comment.c.entry_no == entry.c.entry_no]


def postponed_of_contact(entry: TableRow, postponed: TableRow, _: SqlBuilder) -> Alternatives:
    """The postponed interactions of the entry's contact; for a company, also those of its people (R-CON-4).

    An entry whose contact is a company has the same company.
    """
    is_with_company = entry.c.contact_no.is_not_distinct_from(entry.c.company_no)
    return [
        [not_(is_with_company), postponed.c.contact_no == entry.c.contact_no],
        [is_with_company, postponed.c.company_no == entry.c.contact_no],
    ]


def has_comments(entry: TableRow, expected: bool, sql: SqlBuilder) -> SqlCondition:
    """Whether the entry has comments; with `expected` false, whether it has none."""
    comment = sql.row_of_visible(InteractionComment)
    found = sql.exists(comment, *comments_of(entry, comment, sql))
    return found if expected else not_(found)


def logged_from_segment(entry: TableRow, number: Comparison, sql: SqlBuilder) -> SqlCondition:
    """Whether the entry was logged from a segment whose number meets the comparison.

    An entry of a logged segment has its number, and is found through it. Only other entries, which were imported or
    whose logged segment was deleted, are in the index by number. The entries with given numbers are looked up first,
    because a database cannot estimate how many a logged segment has. For other comparisons with a number the entries
    are read in the order of the list, unless no number meets the comparison.
    """
    if number.operators.keys() & {"ne", "isNull"} or not number.operators:
        return number.matches_code(entry.c.segment_no)
    logged, of_logged, other = sql.row(LoggedSegment), sql.row(InteractionLogEntry), sql.row(InteractionLogEntry)
    of_register = number.matches_code(logged.c.segment_no)
    indexed = other.c.segment_no.is_not(None), other.c.logged_segment_entry_no.is_(None)
    not_of_register = *indexed, number.matches_code(other.c.segment_no)
    if number.operators.keys() - {"eq", "in"}:
        any_number = or_(sql.exists(logged, of_register), sql.exists(other, *not_of_register))
        return and_(any_number, number.matches_code(entry.c.segment_no))
    through_logged = (
        select(of_logged.c.entry_no)
        .select_from(join(logged.source, of_logged.source, of_logged.c.logged_segment_entry_no == logged.c.entry_no))
        .where(of_register)
    )
    by_number = select(other.c.entry_no).select_from(other.source).where(*not_of_register)
    return IsInRows(entry.c.entry_no, union_all(through_logged, by_number).scalar_subquery())


def on_day_of_week(entry: TableRow, days: object, sql: SqlBuilder) -> SqlCondition:
    """Whether the date is on one of these days of the week, 1 = Monday."""
    return IsIn(DayOfWeek(entry.c.date), sql.bind_list(_day_of_week, days, Integer()))


def in_hour_of_day(entry: TableRow, hours: object, sql: SqlBuilder) -> SqlCondition:
    """Whether the time of day is in one of these hours, 0 to 23."""
    return IsIn(HourOfDay(entry.c.time_of_interaction), sql.bind_list(_hour_of_day, hours, Integer()))


def _day_of_week(number: int) -> int:
    if not 1 <= number <= 7:
        raise InvalidOperand(f"`dayOfWeek` takes numbers from 1 for Monday to 7 for Sunday; {number} was given.")
    return number


def _hour_of_day(number: int) -> int:
    if not 0 <= number <= 23:
        raise InvalidOperand(f"`hourOfDay` takes the hours 0 to 23; {number} was given.")
    return number


def postponed_state(interaction: TableRow, sql: SqlBuilder) -> SqlExpression:
    """Whether the day to resume is before, on or after the company's current date (K15)."""
    return postponed.state(interaction, sql.today)


def in_postponed_state(interaction: TableRow, states: object, sql: SqlBuilder) -> SqlCondition:
    """Whether the postponed interaction is in one of these states."""
    state = postponed_state(interaction, sql)
    return IsIn(state, sql.bind_list(lambda word: getattr(word, "value", word), states, state.type))


def is_complete(interaction: TableRow, expected: bool, _: SqlBuilder) -> SqlCondition:
    """Whether the postponed interaction has every field that resuming needs (K3); with `expected` false, whether one is
    missing.
    """
    if expected:
        return postponed.is_complete(interaction)
    return or_(*(absent for _, absent in postponed.missing(interaction)))


def missing_fields(interaction: TableRow, _: SqlBuilder) -> SqlExpression:
    """The names of the input fields that resuming still needs (K3)."""
    return JsonWords([(input_name(name), absent) for name, absent in postponed.missing(interaction)])
