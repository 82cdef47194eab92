"""The keys of a group as one whole number, for a database that groups by hash tables.

By several keys, a log with millions of interactions has nearly as many pairs of a contact and a group. One number is
sorted, copied and hashed in less time than texts, and leaves room for more groups in memory. PostgreSQL also expects
few groups of a number that it knows nothing about, and many pairs of a contact and such a number, which is right: so it
does not group these in each worker first, only to group them again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Date, FromClause, TableValuedAlias, column, func, literal_column, select

from persistence.campaigns import Campaign
from persistence.columns import Table, table_of
from persistence.enums import Evaluation, InformationFlow, InitiatedBy
from persistence.salespeople import Salesperson
from persistence.sql.conditions import DaysAfter
from persistence.sql.dates import Ordinal
from persistence.sql_types import SqlExpression
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.queries import Columns, SqlBuilder, integer, quoted
from resolvers.statistics.groupings import ByDayOfWeek, ByUnit, EntryOf, Grouping

NUMBER = "group_number"
"""The column with the number."""

MASTER_DATA: Mapping[str, tuple[type[Table], str]] = {
    "template_code": (InteractionTemplate, "code"),
    "group_code": (InteractionGroup, "code"),
    "salesperson_code": (Salesperson, "code"),
    "campaign_no": (Campaign, "no"),
}
"""The tables that have all values of a key, by the column of the key, and the column that has them."""

WORDS: Mapping[str, Iterable[str]] = {
    "evaluation": Evaluation,
    "information_flow": InformationFlow,
    "initiated_by": InitiatedBy,
}
"""All values of the other keys that have few."""

DAYS_IN_CALENDAR = 3_652_060
"""More than the highest number of a day, that of 9999-12-31."""

FIRST_DAY = literal_column("'0001-01-01'", Date())


@dataclass(frozen=True)
class _Digit:
    """A key as one digit of the number: `size` is its base."""

    column: str
    size: SqlExpression
    of: Callable[[EntryOf], SqlExpression]
    value: Callable[[SqlExpression], SqlExpression]
    values: TableValuedAlias | None = None
    """The values of the key and their places, from 1. A key without a value has the digit 0."""


class NumberedKeys:
    """The numbers of the keys of some groupings."""

    def __init__(self, digits: Sequence[_Digit]) -> None:
        self._digits = digits

    def join(self, source: FromClause, entry: Columns) -> FromClause:
        """The entries with the places of their keys, which `number` needs."""
        for digit in self._digits:
            if digit.values is not None:
                source = source.outerjoin(digit.values, digit.values.c.value == entry[digit.column])
        return source

    def number(self, entry: EntryOf) -> SqlExpression:
        """The number of the keys of an entry."""
        first, *others = self._digits
        found: SqlExpression = first.of(entry).cast(BigInteger)
        for digit in others:
            found = found * digit.size + digit.of(entry)
        return found

    def keys(self, source: FromClause, number: SqlExpression) -> tuple[FromClause, dict[str, SqlExpression]]:
        """The rows joined to the values of the keys that a number stands for, and these keys."""
        keys: dict[str, SqlExpression] = {}
        for digit in reversed(self._digits):
            place = number % digit.size
            number = number // digit.size
            if digit.values is not None:
                source = source.outerjoin(digit.values, digit.values.c.place == place)
            keys[digit.column] = digit.value(place)
        return source, keys


def numbered_keys(groupings: Sequence[Grouping], sql: SqlBuilder) -> NumberedKeys | None:
    """The numbers of the keys of several groupings, if all of them can be digits. One is a column of an entry, so that
    no index has all of the keys.
    """
    digits = [_digit(grouping, sql) for grouping in groupings]
    known = [digit for digit in digits if digit is not None]
    if len(known) < max(2, len(groupings)) or all(digit.values is None for digit in known):
        return None
    return NumberedKeys(known)


def _digit(grouping: Grouping, sql: SqlBuilder) -> _Digit | None:
    name = grouping.final_column

    def key(entry: EntryOf) -> SqlExpression:
        return grouping.first(entry, sql, final=True)[name]

    if isinstance(grouping, ByUnit):
        days = integer(DAYS_IN_CALENDAR)
        return _Digit(name, days, lambda entry: Ordinal(key(entry)), lambda day: DaysAfter(FIRST_DAY, day - integer(1)))
    if isinstance(grouping, ByDayOfWeek):
        return _Digit(name, integer(24), key, lambda value: value)  # days are numbered from 1 to 7, hours from 0 to 23
    if name in MASTER_DATA:
        table, column_name = MASTER_DATA[name]
        values = table_of(table).c[column_name]
        ordered = select(values).order_by(values).scalar_subquery()
        size = select(func.count() + integer(1)).select_from(table_of(table)).scalar_subquery()
        return _of_values(name, func.array(ordered), size)
    if name in WORDS:
        words = [str(word) for word in WORDS[name]]
        return _of_values(name, func.string_to_array(quoted(" ".join(words)), quoted(" ")), integer(len(words) + 1))
    return None


def _of_values(name: str, values: SqlExpression, size: SqlExpression) -> _Digit:
    listed = func.unnest(values).table_valued(column("value"), with_ordinality="place")
    table = listed.render_derived(name=f"{name}_values")
    return _Digit(name, size, lambda _: func.coalesce(table.c.place, integer(0)), lambda _: table.c.value, table)
