"""How PostgreSQL writes the SQL constructs of Carnet."""

import json
from collections.abc import Callable, Iterable, Sequence

from persistence.dialects.postgresql.calendar_sql import PostgresqlCalendarWriter
from persistence.dialects.postgresql.json_text import constant, joined, or_null
from persistence.dialects.postgresql.search_sql import PostgresqlSearchWriter
from persistence.dialects.quoting import quoted
from persistence.dialects.sql_writer import RowsOfPage, SumsOfParts
from persistence.texts.quick_folding import ACCENTS, FRENCH, LATIN, PLAIN_SIGNS, SIGNS


class PostgresqlWriter(PostgresqlSearchWriter, PostgresqlCalendarWriter):
    """Dates, amounts (NUMERIC) and booleans have types of their own, and list parameters are arrays. JSON is text."""

    has_bit_or = True
    groups_by_sorting = False
    logs_locks_of_upserts = True
    sorts_joined_rows = True

    def is_in(self, value: str, values: str) -> str:
        return f"{value} = ANY ({values})"

    def between_few_rows(self, value: str, low: str, high: str) -> str:
        """PostgreSQL expects one in 200 rows between values that it does not know."""
        return f"{value} BETWEEN {low} AND {high}"

    def with_hint(self, condition: str, *, few: bool) -> str:
        return condition

    def is_in_rows(self, value: str, rows: str) -> str:
        """As an array, which PostgreSQL can search in an index even where the condition stands in an `OR`."""
        return f"{value} = ANY (ARRAY{rows})"

    def without_index(self, value: str) -> str:
        return value

    def reads_table(self, value: str) -> str:
        return f"{value} >= 0"

    def without_affinity(self, text: str) -> str:
        return text

    def number_of_rows(self, key: str) -> str:
        """By the index of the key. For `count(*)` PostgreSQL reads the smallest index, and where its order is not that
        of the table, the visibility map once for each row.
        """
        return f"count({key})"

    def is_like(self, value: str, pattern: str) -> str:
        return f"{value} LIKE {pattern}"

    def is_like_any(self, value: str, patterns: str) -> str:
        return f"({value}) LIKE ANY ({patterns})"

    def is_like_all(self, value: str, patterns: str) -> str:
        return f"({value}) LIKE ALL ({patterns})"

    def folded(self, text: str) -> str:
        """Calls a function of a migration, as `visible` does, but not for texts in ASCII or Latin-1: it is slow."""
        without_accents = f"translate(normalize({text}, NFD), {quoted(SIGNS + ACCENTS)}, {quoted(PLAIN_SIGNS)})"
        return (
            f"(CASE WHEN {_is_ascii(text)} THEN {_in_lower_case(text)} "
            f"WHEN {_consists_of(text, LATIN)} THEN {_in_lower_case(without_accents)} "
            f'ELSE carnet_fold({text}) END) COLLATE "C"'
        )

    def is_folded_like(self, text: str, pattern: str, rough: Callable[[], str]) -> str:
        """The rough pattern excludes most texts that do not match, before their accents are removed."""
        lower, matches = _in_lower_case(text), f"{self.folded(text)} LIKE {pattern}"
        return (
            f"(CASE WHEN {_is_ascii(text)} THEN {lower} LIKE {pattern} "
            f"WHEN {_consists_of(text, FRENCH)} THEN {lower} LIKE {rough()} AND {matches} ELSE {matches} END)"
        )

    def visible(self, text: str) -> str:
        """Texts in ASCII are visible already: the function is not called for them."""
        return f'(CASE WHEN {_is_ascii(text)} THEN {text} ELSE carnet_visible({text}) END) COLLATE "C"'

    def date_in_zone(self, zone: str, date: str, ahead: str, behind: str) -> str:
        return (
            f"(CAST({date} AS date) + CASE WHEN {zone} = ANY (string_to_array({ahead}, ' ')) THEN 1 "
            f"WHEN {zone} = ANY (string_to_array({behind}, ' ')) THEN -1 ELSE 0 END)"
        )

    def hour_of_day(self, time: str) -> str:
        return f"CAST(date_part('hour', {time}) AS integer)"

    def joined_texts(self, values: Sequence[str], time: str) -> str:
        texts = (f"coalesce(({value})::text, '') || chr(9)" for value in (self.hour_text(time), *values))
        return f"({' || '.join(texts)})"

    def hour_text(self, time: str) -> str:
        return f'left(({time})::text, 2) COLLATE "C"'

    def text_of_date(self, date: str) -> str:
        parts = (("year", 4), ("month", 2), ("day", 2))
        return "(" + " || '-' || ".join(f"lpad(extract({part} FROM {date})::text, {n}, '0')" for part, n in parts) + ")"

    def moment(self, date: str, time: str) -> str:
        return f"({date} + {time})"

    def days_after(self, date: str, days: str) -> str:
        return f"(({date})::date + ({days})::integer)"

    def ordinal(self, date: str) -> str:
        return f"(({date})::date - DATE '0001-01-01' + 1)"

    def year_later(self, date: str) -> str:
        return f"(({date})::timestamp + INTERVAL '1 year')::date"

    def within(self, date: str, first: str, last: str) -> str:
        return f"least(greatest({date}, ({first})::date), ({last})::date)"

    def part_of_date(self, part: str, date: str) -> str:
        return f"CAST(date_part('{part}', {date}) AS integer)"

    def iso_date(self, date: str) -> str:
        return f"to_char({date}, 'YYYY-MM-DD')"

    def as_json(self, text: str) -> str:
        return f"({text})"

    def json_object(self, members: Sequence[tuple[str, str]]) -> str:
        """`'{"no":' || … || ',"name":' || … || '}'`."""
        texts: list[str] = [constant("{")]
        for name, value in members:
            comma = "," if len(texts) > 1 else ""
            texts += [constant(f"{comma}{json.dumps(name)}:"), value]
        return joined(*texts, constant("}"))

    def json_object_if(self, condition: str, json_object: str) -> str:
        return or_null(json_object, condition)

    def joined_objects(self, objects: Sequence[str]) -> str:
        members = (f"substr(left({each}, -1), 2)" for each in objects)
        return joined(constant("{"), *_with_commas(members), constant("}"))

    def json_array(self, item: str, order_by: Sequence[str]) -> str:
        return _in_brackets(f"string_agg({item}, ','{_in_order(order_by)})")

    def json_array_of_page(self, item: str, page: RowsOfPage) -> str:
        """As a slice of an array. To number the rows with a window function costs more."""
        bounds = f"count(*) - {page.size} + 1:" if page.backward else f":{page.size}"
        return _in_brackets(f"array_to_string(({_sorted_array(item, page)})[{bounds}], ',')")

    def value_on_page(self, value: str, page: RowsOfPage, *, first: bool) -> str:
        if first:
            place = f"greatest(count(*) - {page.size} + 1, 1)" if page.backward else "1"
        else:
            place = "count(*)" if page.backward else f"least(count(*), {page.size})"
        return f"({_sorted_array(value, page)})[{place}]"

    def json_list(self, values: Sequence[str]) -> str:
        return joined(constant("["), *_with_commas(values), constant("]"))

    def json_or_null(self, json: str) -> str:
        return or_null(json)

    def json_of_json(self, value: str) -> str:
        return value

    def json_of_boolean(self, value: str) -> str:
        return self.text_of_boolean(value)

    def json_of_integer(self, value: str) -> str:
        return f"CAST({value} AS text)"

    def json_of_text(self, value: str) -> str:
        """Calls a function of a migration, which takes half as long as `to_json` since PostgreSQL 17."""
        return f"carnet_json(CAST({value} AS text))"

    def json_of_plain_text(self, value: str) -> str:
        """`to_json` takes four times as long, `carnet_json` twice as long."""
        return joined(constant('"'), value, constant('"'))

    def json_of_date_or_time(self, value: str) -> str:
        """All connections have the DateStyle ISO. `to_json` looks up how to write the type for each value."""
        return self.json_of_plain_text(f"({value})::text")

    def json_of_other(self, value: str) -> str:
        """`to_json` does not take a bare NULL, which has no type."""
        return value if value == "NULL" else f"CAST(to_json({value}) AS text)"

    def text_of_amount(self, amount: str, *, is_column: bool) -> str:
        return f"({amount})::text" if is_column else f"round({amount}, 2)::text"

    def text_of_total(self, total: str, *, is_column: bool) -> str:
        return self.text_of_amount(total, is_column=is_column)

    def text_of_boolean(self, value: str) -> str:
        return f"CAST({value} AS text)"

    def after_sorting(self, json: str) -> str:
        """A volatile function is computed after sorting. Without it, the sorted rows are three times as wide."""
        return f"CASE WHEN clock_timestamp() IS NOT NULL THEN {json} END"

    def text_of_instant(self, instant: str) -> str:
        return f'to_char({instant}, \'YYYY-MM-DD"T"HH24:MI:SS"+00:00"\')'

    def guarded_text(self, text: str, signs: Sequence[str], *, is_column: bool) -> str:
        """All signs sort before the letters, so most texts need one comparison only."""
        listed = ", ".join(f"'{sign}'" for sign in signs)
        if not is_column:
            return f"(SELECT {_guarded('v.t', listed)} FROM (SELECT {text} AS t OFFSET 0) AS v)"
        return _guarded(text, listed)

    def cursor_text(self, tag: str, values: Sequence[str]) -> str:
        return f"encode(convert_to({self.json_list([constant(json.dumps(tag)), *values])}, 'UTF8'), 'hex')"

    def sum_of_amounts(self, amount: str, sums_of_parts: SumsOfParts) -> str:
        return f"coalesce(sum({amount}), 0)"

    def average_of_amounts(self, amount: str, sums_of_parts: SumsOfParts) -> str:
        return self.average_of_parts(f"sum({amount})", "0", "count(*)")

    def high_part(self, amount: str) -> str:
        """The whole amount: sums of NUMERIC are exact at any size."""
        return amount

    def low_part(self, amount: str) -> str:
        return "0"

    def sum_of_parts(self, high: str, low: str) -> str:
        return f"({high} + {low})"

    def sum_of_low_parts(self, amount: str) -> str:
        return "0"

    def low_parts_together(self, sums: str) -> str:
        return "0::numeric"

    def average_of_parts(self, high: str, low: str, count: str) -> str:
        """Multiplying by 0.01 is exact; a division would be rounded to 16 digits."""
        return f"round(div({self.sum_of_parts(high, low)} * 200 + {count}, 2 * nullif({count}, 0)) * 0.01, 2)"

    def high_digits(self, high: str, low: str) -> str:
        return self.sum_of_parts(high, low)

    def low_digits(self, high: str, low: str) -> str:
        """Always 0, but not as a constant, which ORDER BY would take for a column."""
        return f"({low})"

    def entry_no_of_row(self, position: str) -> str:
        return "nextval('interaction_entry_no')"

    def big_integer(self, value: str) -> str:
        return f"CAST({value} AS bigint)"

    def divided_exactly(self, units: str, unit: int) -> str:
        return f"(CAST({units} AS double precision) / {unit})"


def _with_commas(values: Iterable[str]) -> list[str]:
    return [text for value in values for text in (constant(","), value)][1:]


def _in_brackets(items: str) -> str:
    return joined(constant("["), f"coalesce({items}, '')", constant("]"))


def _sorted_array(value: str, page: RowsOfPage) -> str:
    return f"array_agg({value}{_in_order(page.order_by)})"


def _in_order(order_by: Sequence[str]) -> str:
    return f" ORDER BY {', '.join(order_by)}" if order_by else ""


def _guarded(text: str, signs: str) -> str:
    return f"CASE WHEN {text} < 'A' COLLATE \"C\" AND left({text}, 1) IN ({signs}) THEN '''' || {text} ELSE {text} END"


def _is_ascii(text: str) -> str:
    return f"octet_length({text}) = char_length({text})"


def _in_lower_case(text: str) -> str:
    return f'lower({text} COLLATE "C")'  # the letters of ASCII only


def _consists_of(text: str, characters: str) -> str:
    """Whether the text has no other characters than ASCII and these."""
    others = f"[^\\u0001-\\u007F{characters}]"
    return f'{text} COLLATE "C" !~ {quoted(others)}'
