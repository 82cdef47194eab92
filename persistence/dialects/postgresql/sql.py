"""How PostgreSQL writes the SQL constructs of Carnet."""

from collections.abc import Sequence

from persistence.dialects.quoting import quoted
from persistence.dialects.sql_writer import SqlWriter, SumsOfParts, WordsQuery

PAIRS_AT_ONCE = 50
"""Members of one `json_build_object`: PostgreSQL takes 100 arguments to a function."""


UNITS = {1: "month", 3: "quarter", 12: "year"}
"""The names of calendar units by their months."""


class PostgresqlWriter(SqlWriter):
    """Dates, amounts (NUMERIC) and booleans have types of their own, and list parameters are arrays."""

    def is_in(self, value: str, values: str) -> str:
        return f"{value} = ANY ({values})"

    def is_in_rows(self, value: str, rows: str) -> str:
        """As an array, which PostgreSQL can search in an index even where the condition stands in an `OR`."""
        return f"{value} = ANY (ARRAY{rows})"

    def is_like(self, value: str, pattern: str) -> str:
        return f"{value} LIKE {pattern}"

    def is_like_any(self, value: str, patterns: str) -> str:
        return f"({value}) LIKE ANY ({patterns})"

    def is_like_all(self, value: str, patterns: str) -> str:
        return f"({value}) LIKE ALL ({patterns})"

    def folded(self, text: str) -> str:
        """Calls a function that a migration creates, as `visible` does."""
        return f'carnet_fold({text}) COLLATE "C"'

    def visible(self, text: str) -> str:
        """Texts in ASCII are visible already: the function is not called for them."""
        of_others = f"carnet_visible({text})"
        return f'(CASE WHEN octet_length({text}) = char_length({text}) THEN {text} ELSE {of_others} END) COLLATE "C"'

    def words(self, text: str) -> str:
        """Calls a function that a migration creates."""
        return f'carnet_words({text}) COLLATE "C"'

    def words_query(self, query: WordsQuery) -> str:
        groups = (" & ".join(f"'{word}'{':*' * begins}" for word, begins in group) for group in query)
        return " | ".join(f"({group})" for group in groups)

    def text_key(self, description: str, subject: str) -> str:
        return f"hashtextextended({description} || E'\\x1f' || coalesce({subject}, ''), 0)"

    def words_of_entry(self, entry_no: str, text_key: str, separator: str) -> str:
        comments = (
            f"SELECT string_agg({quoted(separator)} || c.words, '') FROM search_text c WHERE c.entry_no = {entry_no}"
        )
        return (
            f"((SELECT t.words FROM search_text t WHERE t.text_key = {text_key} LIMIT 1) || coalesce(({comments}), ''))"
        )

    def entries_with_words(self, of_texts: str, of_comments: str, max_texts: int, max_entries: int) -> str:
        """The inner LIMIT makes PostgreSQL look the entries of each text up in the index. OFFSET 0 keeps it from
        computing the lists again for each mention of them.
        """
        list_of_words = "array_to_tsvector(string_to_array(btrim(t.words, ' '), ' '))"
        texts = f"search_text t WHERE t.text_key IS NOT NULL AND {list_of_words} @@ CAST(way.of_texts AS tsquery)"
        comments = f"search_text t WHERE t.entry_no IS NOT NULL AND {list_of_words} @@ CAST(way.of_comments AS tsquery)"
        key = self.text_key("e.description", "e.subject")
        return (
            f"(SELECT CASE WHEN cardinality(found.entry_nos) <= {max_entries} THEN found.entry_nos END "
            f"FROM unnest(CAST({of_texts} AS text[]), CAST({of_comments} AS text[])) AS way(of_texts, of_comments) "
            f"CROSS JOIN LATERAL (SELECT CASE WHEN (SELECT count(*) FROM (SELECT 1 FROM {texts} LIMIT {max_texts + 1}) "
            f"AS few) <= {max_texts} THEN ARRAY(SELECT entry.entry_no FROM (SELECT t.text_key FROM {texts}) AS t "
            f"CROSS JOIN LATERAL (SELECT e.entry_no FROM interaction_log_entry e WHERE {key} = t.text_key "
            f"LIMIT {max_entries + 1}) AS entry UNION ALL SELECT t.entry_no FROM {comments} LIMIT {max_entries + 1}) "
            "END AS entry_nos OFFSET 0) AS found ORDER BY cardinality(found.entry_nos) LIMIT 1)"
        )

    def is_listed(self, value: str, list_: str) -> str:
        return f"{value} = ANY (CAST({list_} AS integer[]))"

    def date_in_zone(self, zone: str, date: str, ahead: str, behind: str) -> str:
        return (
            f"(CAST({date} AS date) + CASE WHEN {zone} = ANY (string_to_array({ahead}, ' ')) THEN 1 "
            f"WHEN {zone} = ANY (string_to_array({behind}, ' ')) THEN -1 ELSE 0 END)"
        )

    def day_of_week(self, date: str) -> str:
        return f"CAST(extract(isodow FROM {date}) AS integer)"

    def hour_of_day(self, time: str) -> str:
        return f"CAST(extract(hour FROM {time}) AS integer)"

    def hour_text(self, time: str) -> str:
        return f"to_char({time}, 'HH24') COLLATE \"C\""

    def days_after(self, date: str, days: str) -> str:
        return f"(({date})::date + ({days})::integer)"

    def first_day_of_week(self, date: str, first_day: str) -> str:
        return f"greatest(({date})::date - {_days_into_week(date, first_day)}, DATE '0001-01-01')"

    def last_day_of_week(self, date: str, first_day: str) -> str:
        return f"least(({date})::date + (6 - {_days_into_week(date, first_day)}), DATE '9999-12-31')"

    def first_day_of_months(self, date: str, months: int) -> str:
        return f"date_trunc('{UNITS[months]}', ({date})::timestamp)::date"

    def last_day_of_months(self, date: str, months: int) -> str:
        return f"(({date})::timestamp + INTERVAL '{months} months' - INTERVAL '1 day')::date"

    def year_later(self, date: str) -> str:
        return f"(({date})::timestamp + INTERVAL '1 year')::date"

    def within(self, date: str, first: str, last: str) -> str:
        return f"least(greatest({date}, ({first})::date), ({last})::date)"

    def part_of_date(self, part: str, date: str) -> str:
        return f"CAST(extract({part} FROM {date}) AS integer)"

    def iso_date(self, date: str) -> str:
        return f"to_char({date}, 'YYYY-MM-DD')"

    def as_json(self, text: str) -> str:
        return f"({text})::json"

    def json_object(self, members: Sequence[tuple[str, str]]) -> str:
        pieces = []
        for start in range(0, max(len(members), 1), PAIRS_AT_ONCE):
            part = members[start : start + PAIRS_AT_ONCE]
            pieces.append(f"json_build_object({', '.join(f'{quoted(name)}, {value}' for name, value in part)})")
        return pieces[0] if len(pieces) == 1 else self.joined_objects(pieces)

    def joined_objects(self, objects: Sequence[str]) -> str:
        joined = " || ',' || ".join(f"substr(left({each}::text, -1), 2)" for each in objects)
        return f"('{{' || {joined} || '}}')::json"

    def json_array(self, item: str, order_by: Sequence[str], where: str | None) -> str:
        order = f" ORDER BY {', '.join(order_by)}" if order_by else ""
        filtered = f" FILTER (WHERE {where})" if where is not None else ""
        return f"coalesce(json_agg({item}{order}){filtered}, '[]'::json)"

    def json_list(self, values: Sequence[str]) -> str:
        return f"json_build_array({', '.join(values)})"

    def json_of_json(self, value: str) -> str:
        return f"{value}::json" if value.startswith("'") else value

    def json_of_boolean(self, value: str) -> str:
        return value

    def json_of_amount(self, amount: str, *, is_column: bool) -> str:
        return f"({amount})::text" if is_column else f"round({amount}, 2)::text"

    def json_of_total(self, total: str, *, is_column: bool) -> str:
        return self.json_of_amount(total, is_column=is_column)

    def text_of_boolean(self, value: str) -> str:
        return f"CAST({value} AS TEXT)"

    def cursor_text(self, tag: str, values: Sequence[str]) -> str:
        following = "".join(f" || ',' || coalesce(to_json({value})::text, 'null')" for value in values)
        return f"encode(convert_to('[\"{tag}\"'{following} || ']', 'UTF8'), 'hex')"

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


def _days_into_week(date: str, first_day: str) -> str:
    """How many days a date is after the first day of its week."""
    return f"((CAST(extract(isodow FROM {date}) AS integer) - {first_day} + 7) % 7)"
