"""How the SQL constructs of Carnet are written. Each dialect has one writer."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from persistence.dialects.calendar_writer import CalendarWriter
from persistence.dialects.json_values_writer import JsonValuesWriter

Combine = Callable[[str, str], str]
"""Makes one SQL expression from the SQL of two: the sum of the high parts and the sum of the low parts of amounts."""

WordsQuery = Sequence[Sequence[tuple[str, bool]]]
"""Texts are found that have all words of one of the groups. True: words that begin with the given one are found too."""

SumsOfParts = Callable[[Combine], str]
"""Writes a subquery that reads the same rows again and combines the sums of both parts of their amounts."""


@dataclass(frozen=True)
class RowsOfPage:
    """The rows of a page: see `sql.json.PageOfRows`. The order and the size are SQL. Without an order, the rows have it
    already.
    """

    order_by: Sequence[str]
    size: str
    backward: bool


class SqlWriter(CalendarWriter, JsonValuesWriter):
    """Writes constructs from SQL text. Every argument that is not marked otherwise is the SQL of an operand."""

    has_bit_or: bool
    """Whether `bit_or` adds up the bits of several numbers."""
    groups_by_sorting: bool
    """Whether the database always sorts rows to group them, because it has no hash tables."""
    logs_locks_of_upserts: bool
    """Whether an insert that updates rows writes a lock of each to the log, nearly as many bytes as the row."""
    sorts_joined_rows: bool
    """Whether rows must be sorted again after other rows are joined to them."""

    @abstractmethod
    def is_in(self, value: str, values: str) -> str:
        """Whether the value is one of a list parameter (`DatabaseTypes.list_type`)."""

    @abstractmethod
    def between_few_rows(self, value: str, low: str, high: str) -> str:
        """A hint that few rows have a value between these two. It is true for all rows that the query selects."""

    @abstractmethod
    def with_hint(self, condition: str, *, few: bool) -> str:
        """The condition, with a hint that few rows meet it, or nearly all, if the database needs one."""

    @abstractmethod
    def is_in_rows(self, value: str, rows: str) -> str:
        """Whether the value is one that the subquery `rows` selects, so that an index of the value is searched."""

    @abstractmethod
    def without_index(self, value: str) -> str:
        """The value, so that no index of it is searched, and rows are not read in its order, one by one, to group them
        by it.
        """

    @abstractmethod
    def reads_table(self, value: str) -> str:
        """See `ReadsTable`. `value` is a column of numbers that are never negative, and that no index has."""

    @abstractmethod
    def is_like(self, value: str, pattern: str) -> str:
        """Whether the value matches a LIKE pattern. The escape character is `\\`, here and in the next two."""

    @abstractmethod
    def is_like_any(self, value: str, patterns: str) -> str:
        """Whether the value matches at least one pattern of a list parameter."""

    @abstractmethod
    def is_like_all(self, value: str, patterns: str) -> str:
        """Whether the value matches all patterns of a list parameter."""

    @abstractmethod
    def folded(self, text: str) -> str:
        """The text as `persistence.texts.texts_v1.fold` makes it, compared byte by byte."""

    @abstractmethod
    def is_folded_like(self, text: str, pattern: str, rough: Callable[[], str]) -> str:
        """Whether the folded text matches a LIKE pattern. `rough` writes a pattern that a text in French or English
        must match first, in lower case but with its accents: see `persistence.sql.folding.rough_pattern`.
        """

    @abstractmethod
    def visible(self, text: str) -> str:
        """The text as `persistence.texts.texts_v1.visible` makes it, compared byte by byte."""

    @abstractmethod
    def words(self, text: str) -> str:
        """The words of the text as `persistence.texts.words_v1.spaced_words` makes them."""

    @abstractmethod
    def words_query(self, query: WordsQuery) -> str:
        """A query of words, as a value for `entries_with_words`."""

    @abstractmethod
    def text_key(self, description: str, subject: str) -> str:
        """The key of the texts of an entry, as the index of the log has it."""

    @abstractmethod
    def words_of_entry(self, entry_no: str, text_key: str, separator: str) -> str:
        """The stored words of the texts of an entry, followed by those of each comment on it, after the separator."""

    @abstractmethod
    def entries_with_words(self, of_texts: str, of_comments: str, max_texts: int, max_entries: int) -> str:
        """See `persistence.precomputed.search.EntriesWithWords`."""

    @abstractmethod
    def is_longer(self, text: str, length: int) -> str:
        """Whether the text has more characters than this."""

    @abstractmethod
    def entries_with_texts(self, text_keys: str, max_texts: int, max_entries: int) -> str:
        """See `persistence.precomputed.search.EntriesWithTexts`: a list of numbers that `is_listed` reads, or null."""

    @abstractmethod
    def too_many_to_list(self, date: str, list_: str) -> str:
        """Whether `entries_with_words` or `entries_with_texts` found too many to list. `date` is that of the entry."""

    @abstractmethod
    def number_of_rows(self, key: str) -> str:
        """The number of all rows of a table, which has this primary key."""

    @abstractmethod
    def without_affinity(self, text: str) -> str:
        """The same text, without a type that changes how an expression is compared with it."""

    @abstractmethod
    def is_listed(self, value: str, list_: str) -> str:
        """Whether the value is in a list that `entries_with_words` found."""

    @abstractmethod
    def date_in_zone(self, zone: str, date: str, ahead: str, behind: str) -> str:
        """The date in a time zone: the next day in the zones `ahead`, the day before in those `behind`."""

    @abstractmethod
    def hour_of_day(self, time: str) -> str:
        """The hour of a time of day: 0 to 23."""

    @abstractmethod
    def joined_texts(self, values: Sequence[str], time: str) -> str:
        """The values and the hour of the time as one text, with a tab after each, so that it differs if one of them
        does. None of the values has a tab. Null is the same as a blank text.
        """

    @abstractmethod
    def hour_text(self, time: str) -> str:
        """The hour of a time of day as text: 00 to 23."""

    @abstractmethod
    def text_of_date(self, date: str) -> str:
        """A date as in JSON, by functions that do not depend on settings: Citus refuses others in INSERT … SELECT."""

    @abstractmethod
    def moment(self, date: str, time: str) -> str:
        """A time of a date, to compare with other moments."""

    @abstractmethod
    def days_after(self, date: str, days: str) -> str:
        """The date `days` days after a date or a `Moment`."""

    @abstractmethod
    def ordinal(self, date: str) -> str:
        """The number of the day of a date or of a `Moment`, counted from 1 for 0001-01-01."""

    @abstractmethod
    def year_later(self, date: str) -> str:
        """The same day of the next year; for 29 February the 28th."""

    @abstractmethod
    def within(self, date: str, first: str, last: str) -> str:
        """The date, or the first or last day of the range if it is outside the range."""

    @abstractmethod
    def part_of_date(self, part: str, date: str) -> str:
        """The plain `year`, `month` or `day` of a date, as an integer."""

    @abstractmethod
    def iso_date(self, date: str) -> str:
        """The date as text, `2026-03-18`."""

    @abstractmethod
    def as_json(self, text: str) -> str:
        """Text that contains JSON, as a JSON value."""

    @abstractmethod
    def json_object(self, members: Sequence[tuple[str, str]]) -> str:
        """An object with these members, in this order: plain names, and the SQL of the values."""

    @abstractmethod
    def json_object_if(self, condition: str, json_object: str) -> str:
        """An object as a part of JSON: `null` if the condition does not hold."""

    @abstractmethod
    def joined_objects(self, objects: Sequence[str]) -> str:
        """An object with the members of these objects, in this order. None of them is empty."""

    @abstractmethod
    def json_array(self, item: str, order_by: Sequence[str]) -> str:
        """An array of the items of all rows in this order, which the rows must have on SQLite; `[]` without rows."""

    @abstractmethod
    def json_array_of_page(self, item: str, page: RowsOfPage) -> str:
        """An array of the items of the rows of a page; `[]` without rows."""

    @abstractmethod
    def value_on_page(self, value: str, page: RowsOfPage, *, first: bool) -> str:
        """The value of the first row of a page, or of its last; null without rows."""

    @abstractmethod
    def json_list(self, values: Sequence[str]) -> str:
        """An array of these values."""

    @abstractmethod
    def text_of_amount(self, amount: str, *, is_column: bool) -> str:
        """An amount as text with two decimals. A plain column has exactly two; anything else may have more."""

    @abstractmethod
    def text_of_total(self, total: str, *, is_column: bool) -> str:
        """A sum or average of amounts as text with two decimals."""

    @abstractmethod
    def text_of_boolean(self, value: str) -> str:
        """The text 'true' or 'false'; NULL stays NULL."""

    @abstractmethod
    def after_sorting(self, json: str) -> str:
        """The JSON of a row, computed after the rows are sorted, where the database can do so."""

    @abstractmethod
    def text_of_instant(self, instant: str) -> str:
        """A moment as the text that it is in JSON."""

    @abstractmethod
    def guarded_text(self, text: str, signs: Sequence[str], *, is_column: bool) -> str:
        """The text, after an apostrophe if it begins with one of these signs. It is computed once."""

    @abstractmethod
    def cursor_text(self, tag: str, values: Sequence[str]) -> str:
        """The hex digits of a JSON array, in UTF-8: a plain tag, then the JSON values."""

    @abstractmethod
    def sum_of_amounts(self, amount: str, sums_of_parts: SumsOfParts) -> str:
        """The sum over the rows of a SELECT, 0.00 without rows."""

    @abstractmethod
    def average_of_amounts(self, amount: str, sums_of_parts: SumsOfParts) -> str:
        """The average over the rows of a SELECT, rounded half up to 0.01; null without rows."""

    @abstractmethod
    def high_part(self, amount: str) -> str:
        """All of an amount above its low part. Amounts are added up in two parts: a sum may exceed 64 bits."""

    @abstractmethod
    def low_part(self, amount: str) -> str:
        """The low digits of an amount."""

    @abstractmethod
    def sum_of_parts(self, high: str, low: str) -> str:
        """The total that has these sums of high and of low parts."""

    @abstractmethod
    def sum_of_low_parts(self, amount: str) -> str:
        """The sum of the low digits of an amount over the rows of a SELECT or group; null or 0 without rows."""

    @abstractmethod
    def low_parts_together(self, sums: str) -> str:
        """The total of stored sums of low digits over the rows of a SELECT or group; 0 without rows."""

    @abstractmethod
    def average_of_parts(self, high: str, low: str, count: str) -> str:
        """The total that has these sums of high and of low parts, divided by a count, rounded half up to 0.01; null if
        the count is 0.
        """

    @abstractmethod
    def high_digits(self, high: str, low: str) -> str:
        """The high digits of the total that has these sums of high and of low parts. Totals are compared by their high
        digits, then by their low digits.
        """

    @abstractmethod
    def low_digits(self, high: str, low: str) -> str:
        """The low digits of that total."""

    @abstractmethod
    def entry_no_of_row(self, position: str) -> str:
        """The entry number of a row of an `INSERT … SELECT`: see `EntryNumbers.advance`."""

    @abstractmethod
    def big_integer(self, value: str) -> str:
        """A whole number as an integer of 64 bits."""

    @abstractmethod
    def divided_exactly(self, units: str, unit: int) -> str:
        """A whole number of units divided by the plain number `unit`, a power of ten, as a JSON number."""
