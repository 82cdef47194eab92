"""How SQLite writes the SQL constructs of Carnet."""

import json
from collections.abc import Callable, Sequence

from persistence.dialects.quoting import quoted
from persistence.dialects.sql_writer import RowsOfPage, SumsOfParts
from persistence.dialects.sqlite.calendar_sql import SqliteCalendarWriter
from persistence.dialects.sqlite.functions import DATE_IN_ZONE, FOLD, VISIBLE
from persistence.dialects.sqlite.json_values import SqliteJsonValuesWriter
from persistence.dialects.sqlite.search_sql import SqliteSearchWriter
from persistence.dialects.sqlite.types import PART

PAIRS_AT_ONCE = 50
"""Members of one `json_object`: SQLite takes 127 arguments to a function."""

TEXT_AND_TAB = "%s\t"
"""As `printf` writes them."""

MAX_LENGTH = 10**9
"""The length of a text, at most."""

EXACT_IN_A_DOUBLE = 2**53
"""Sums of cents below this are exact in `total()`, which adds up floating-point numbers."""

MATCHES_EVERYTHING = json.dumps(["%"])


class SqliteWriter(SqliteSearchWriter, SqliteJsonValuesWriter, SqliteCalendarWriter):
    """Dates are ISO text, amounts are whole cents, booleans are 0 and 1, and list parameters are JSON text."""

    has_bit_or = False
    groups_by_sorting = True
    logs_locks_of_upserts = False
    sorts_joined_rows = False

    def is_in(self, value: str, values: str) -> str:
        return f"{value} IN (SELECT value FROM json_each({values}))"

    def between_few_rows(self, value: str, low: str, high: str) -> str:
        """No condition: for it SQLite might read all rows between the two, instead of those that others select."""
        return "1"

    def with_hint(self, condition: str, *, few: bool) -> str:
        """SQLite knows it only from the statistics that `ANALYZE` makes, and might prefer an index without it."""
        return f"{'unlikely' if few else 'likely'}({condition})"

    def is_in_rows(self, value: str, rows: str) -> str:
        return f"{value} IN {rows}"

    def without_index(self, value: str) -> str:
        return f"+{value}"

    def reads_table(self, value: str) -> str:
        return "1"

    def is_like(self, value: str, pattern: str) -> str:
        return f"{value} LIKE {pattern} ESCAPE '\\'"

    def is_like_any(self, value: str, patterns: str) -> str:
        found = f"EXISTS (SELECT 1 FROM json_each({patterns}) WHERE ({value}) LIKE value ESCAPE '\\')"
        return f"({patterns} = '{MATCHES_EVERYTHING}' OR {found})"

    def is_like_all(self, value: str, patterns: str) -> str:
        return f"NOT EXISTS (SELECT 1 FROM json_each({patterns}) WHERE NOT ({value}) LIKE value ESCAPE '\\')"

    def folded(self, text: str) -> str:
        """The function is not called for texts in ASCII."""
        return f"CASE WHEN {_is_ascii(text)} THEN lower({text}) ELSE {FOLD}({text}) END"

    def is_folded_like(self, text: str, pattern: str, rough: Callable[[], str]) -> str:
        """LIKE ignores the case of letters of ASCII. The rough pattern is of no use, because SQLite cannot tell quickly
        which other letters a text has.
        """
        matches = (self.is_like(folded, pattern) for folded in (text, f"{FOLD}({text})"))
        return f"CASE WHEN {_is_ascii(text)} THEN {next(matches)} ELSE {next(matches)} END"

    def visible(self, text: str) -> str:
        """The function is not called for texts in ASCII."""
        return f"(CASE WHEN {_is_ascii(text)} THEN {text} ELSE {VISIBLE}({text}) END)"

    def number_of_rows(self, key: str) -> str:
        return "count(*)"

    def without_affinity(self, text: str) -> str:
        """The same text, so that SQLite searches the index of text keys for it: comparing an expression with a column
        of type text would convert the expression.
        """
        return f"({text} || '')"

    def is_listed(self, value: str, list_: str) -> str:
        return self.is_in(value, list_)

    def date_in_zone(self, zone: str, date: str, ahead: str, behind: str) -> str:
        """A function that Carnet registers, because the parser of SQLite limits nested expressions."""
        return f"{DATE_IN_ZONE}({zone}, {date}, {ahead}, {behind})"

    def hour_of_day(self, time: str) -> str:
        return f"CAST(substr({time}, 1, 2) AS integer)"

    def joined_texts(self, values: Sequence[str], time: str) -> str:
        """By one function, which takes half as long as one for each value."""
        return f"printf('%.2s\t{TEXT_AND_TAB * len(values)}', {', '.join((time, *values))})"

    def hour_text(self, time: str) -> str:
        return f"substr({time}, 1, 2)"

    def text_of_date(self, date: str) -> str:
        return f"CAST({date} AS TEXT)"

    def moment(self, date: str, time: str) -> str:
        """A Julian date: SQLite allocates memory for a text, but not for a number. Its date functions take both."""
        return f"julianday({date}, {time})"

    def days_after(self, date: str, days: str) -> str:
        return f"date({date}, ({days}) || ' days')"

    def ordinal(self, date: str) -> str:
        return f"CAST(julianday({date}) - 1721424.5 AS integer)"

    def year_later(self, date: str) -> str:
        """`date(…, '+1 year')` would make 1 March of 29 February."""
        day = f"CASE substr({date}, 5) WHEN '-02-29' THEN '-02-28' ELSE substr({date}, 5) END"
        return f"(substr('000' || (substr({date}, 1, 4) + 1), -4) || {day})"

    def within(self, date: str, first: str, last: str) -> str:
        return f"min(max({date}, {first}), {last})"

    def part_of_date(self, part: str, date: str) -> str:
        start, length = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}[part]
        return f"CAST(substr({date}, {start}, {length}) AS integer)"

    def iso_date(self, date: str) -> str:
        return date

    def as_json(self, text: str) -> str:
        return f"json({text})"

    def json_object(self, members: Sequence[tuple[str, str]]) -> str:
        pieces = []
        for start in range(0, max(len(members), 1), PAIRS_AT_ONCE):
            part = members[start : start + PAIRS_AT_ONCE]
            pieces.append(f"json_object({', '.join(f'{quoted(name)}, {value}' for name, value in part)})")
        return pieces[0] if len(pieces) == 1 else self.joined_objects(pieces)

    def json_object_if(self, condition: str, json_object: str) -> str:
        return f"CASE WHEN {condition} THEN {json_object} END"

    def joined_objects(self, objects: Sequence[str]) -> str:
        """A negative length takes the characters before the last one, without naming the object twice."""
        joined = " || ',' || ".join(f"substr(substr({each}, -1, -{MAX_LENGTH}), 2)" for each in objects)
        return f"json('{{' || {joined} || '}}')"

    def json_array(self, item: str, order_by: Sequence[str]) -> str:
        """Ignores `order_by`: SQLite before 3.44 has no ORDER BY in aggregate functions. The items have the order of
        the rows, so the subquery that reads them must be sorted.
        """
        return f"json_group_array({item})"

    def json_array_of_page(self, item: str, page: RowsOfPage) -> str:
        """Of an array with the further row, which is removed. To number the rows with a window function costs more."""
        place = f"CASE WHEN count(*) > {page.size} THEN 0 ELSE {page.size} END" if page.backward else page.size
        return f"json_remove(json_group_array({item}), '$[' || ({place}) || ']')"

    def value_on_page(self, value: str, page: RowsOfPage, *, first: bool) -> str:
        if first:
            place = f"max(count(*) - {page.size}, 0)" if page.backward else "0"
        else:
            place = "max(count(*) - 1, 0)" if page.backward else f"max(min(count(*), {page.size}) - 1, 0)"
        return f"json_extract(json_group_array({value}), '$[' || ({place}) || ']')"

    def json_list(self, values: Sequence[str]) -> str:
        return f"json_array({', '.join(values)})"

    def text_of_amount(self, amount: str, *, is_column: bool) -> str:
        """Cents as `-0.05`; integer arithmetic, because a float would round large amounts."""
        sign = f"CASE WHEN ({amount}) < 0 THEN '-' ELSE '' END"
        return f"({sign} || (abs({amount}) / 100) || '.' || substr('0' || (abs({amount}) % 100), -2))"

    def text_of_total(self, total: str, *, is_column: bool) -> str:
        """A total is text with two decimals already, because it may be too large for an integer."""
        return total

    def text_of_boolean(self, value: str) -> str:
        return f"CASE ({value}) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"

    def after_sorting(self, json: str) -> str:
        return json

    def text_of_instant(self, instant: str) -> str:
        """It is stored as this text."""
        return instant

    def guarded_text(self, text: str, signs: Sequence[str], *, is_column: bool) -> str:
        if not is_column:
            return f"(SELECT {self.guarded_text('v.t', signs, is_column=True)} FROM (SELECT {text} AS t LIMIT 1) AS v)"
        listed = ", ".join(f"'{sign}'" for sign in signs)
        return f"CASE WHEN substr({text}, 1, 1) IN ({listed}) THEN '''' || {text} ELSE {text} END"

    def cursor_text(self, tag: str, values: Sequence[str]) -> str:
        following = "".join(f" || ',' || json_quote({value})" for value in values)
        return f"lower(hex('[\"{tag}\"'{following} || ']'))"

    def sum_of_amounts(self, amount: str, sums_of_parts: SumsOfParts) -> str:
        """Large totals read the same rows again and add up the parts of their amounts."""
        cents = f"total({amount})"
        small, large = _decimal_text(f"CAST({cents} AS integer)"), sums_of_parts(self.sum_of_parts)
        return f"CASE WHEN {cents} < {EXACT_IN_A_DOUBLE} THEN {small} ELSE {large} END"

    def average_of_amounts(self, amount: str, sums_of_parts: SumsOfParts) -> str:
        cents = f"total({amount})"
        small = _decimal_text(f"((CAST({cents} AS integer) * 2 + count(*)) / (2 * nullif(count(*), 0)))")
        large = sums_of_parts(lambda high, low: self.average_of_parts(high, low, "count(*)"))
        return f"CASE WHEN {cents} < {EXACT_IN_A_DOUBLE} THEN {small} ELSE {large} END"

    def high_part(self, amount: str) -> str:
        return f"({amount} / {PART})"

    def low_part(self, amount: str) -> str:
        return f"({amount} % {PART})"

    def sum_of_parts(self, high: str, low: str) -> str:
        high, low = self.high_digits(high, low), self.low_digits(high, low)
        large = f"printf('%d%07d.%02d', {high}, {low} / 100, {low} % 100)"
        return f"CASE WHEN {high} > 0 THEN {large} ELSE {_decimal_text(low)} END"

    def sum_of_low_parts(self, amount: str) -> str:
        return f"sum({self.low_part(amount)})"

    def low_parts_together(self, sums: str) -> str:
        return f"coalesce(sum({sums}), 0)"

    def average_of_parts(self, high: str, low: str, count: str) -> str:
        return f"CASE WHEN {count} > 0 THEN {_divided(high, low, count)} END"

    def high_digits(self, high: str, low: str) -> str:
        return f"({high} + {low} / {PART})"

    def low_digits(self, high: str, low: str) -> str:
        return f"({low} % {PART})"

    def entry_no_of_row(self, position: str) -> str:
        return f"(SELECT last_no FROM interaction_entry_counter) + {position}"

    def big_integer(self, value: str) -> str:
        return f"({value})"

    def divided_exactly(self, units: str, unit: int) -> str:
        """A whole number has no decimals, as on PostgreSQL."""
        return f"CASE WHEN {units} % {unit} = 0 THEN {units} / {unit} ELSE {units} / {unit}.0 END"


def _is_ascii(text: str) -> str:
    """Whether a text has as many bytes as characters."""
    return f"length(CAST({text} AS BLOB)) = length({text})"


def _divided_by_count(high: str, low: str) -> str:
    return _divided(high, low, "count(*)")


def _divided(high: str, low: str, count: str) -> str:
    """Long division of a sum by a count: first the high digits, then the remainder with the low digits."""
    rest = f"({high} % {count} * {PART} + {low})"
    return _decimal_text(f"({high} / {count} * {PART} + ({rest} * 2 + {count}) / (2 * {count}))")


def _decimal_text(cents: str) -> str:
    """Cents as `12.05`; null stays null."""
    return f"((({cents}) / 100) || '.' || substr('0' || (({cents}) % 100), -2))"
