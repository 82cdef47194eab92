"""The ways to group entries: by a column of theirs or of their contact, by a unit of the calendar, by the day of the
week or the hour of the day.

Figures are added up in two steps. The first one reads the entries and groups them by what is cheap: columns, days. The
second one groups these sums by the final keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Date, Integer, case, literal_column, select

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import Evaluation
from persistence.interactions import InteractionLogEntry
from persistence.setup import MarketingSetup
from persistence.sql.conditions import DayOfWeek, HourOfDay
from persistence.sql.dates import (
    MONTHS,
    FirstDayOf,
    FirstDayOfKey,
    FirstDayOfWeek,
    IsoDate,
    KeyOfMonths,
    KeyOfWeek,
    LastDayOf,
)
from persistence.sql.folding import Visible
from persistence.sql.json import JsonList, JsonObject, json_text, text_of
from persistence.sql_types import SqlExpression, SqlType
from resolvers.date_ranges import DateUnit
from resolvers.queries import Columns, SqlBuilder, quoted

FIRST_DAY = "first_day"
"""The column of the key of groups by a unit of the calendar. By day it is the day of the entry."""

UNIT_KEY = "unit_key"
"""The column of the first step with `KeyOfMonths` or `KeyOfWeek`, if it adds up the entries of each contact."""


class InteractionDimension(StrEnum):
    """What entries can be grouped by beside dates."""

    TEMPLATE = "TEMPLATE"
    GROUP = "GROUP"
    SALESPERSON = "SALESPERSON"
    CAMPAIGN = "CAMPAIGN"
    CONTACT = "CONTACT"
    COMPANY = "COMPANY"
    CITY = "CITY"
    COUNTRY = "COUNTRY"
    EVALUATION = "EVALUATION"
    INFORMATION_FLOW = "INFORMATION_FLOW"
    INITIATED_BY = "INITIATED_BY"
    USER = "USER"


class DateBucket(StrEnum):
    """The parts of the calendar and of the day that entries can be grouped by."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"
    DAY_OF_WEEK = "DAY_OF_WEEK"
    HOUR_OF_DAY = "HOUR_OF_DAY"


@dataclass(frozen=True)
class EntryOf:
    """An entry in the first step: its columns, the day on which it counts, and the day on which it happened. The days
    differ in the period that figures are compared with. `years` is the difference if it is whole years, else None.
    `earlier` is 1 for an entry of that period and 0 for others; None if figures are compared with no period.
    """

    c: Columns
    day: SqlExpression
    own_day: SqlExpression
    years: SqlExpression | None = None
    earlier: SqlExpression | None = None


@dataclass(frozen=True)
class Grouping:
    """A way to group entries. `name` is the column of its key in a group."""

    name: str

    @property
    def type(self) -> SqlType:
        """The type of the key."""
        return table_of(InteractionLogEntry).c[self.name].type

    of_contact: ClassVar[bool] = False
    """Whether the key is a column of the contact of an entry."""

    @property
    def one_group_per_contact(self) -> bool:
        """Whether all entries of a contact are in one group."""
        return self.of_contact or self.name == "contact_no"

    needs_second_step: ClassVar[bool] = False
    """Whether the first step does not group by the key itself."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a group that its key and its place in the order need."""
        return (self.name,)

    def first(self, entry: EntryOf, sql: SqlBuilder, *, final: bool) -> Mapping[str, SqlExpression]:
        """The columns to group entries by in the first step. With `final` they are the keys themselves."""
        return {self.name: entry.c[self.name]}

    def key(self, sums: Columns, sql: SqlBuilder) -> SqlExpression:
        """The key, from the columns of the first step."""
        return sums[self.name]

    @property
    def final_column(self) -> str:
        """The final column of the first step that the key is made of."""
        return self.name

    def of_final(self, value: SqlExpression, sql: SqlBuilder) -> SqlExpression:
        """The key, from a value of this column."""
        return value

    def order(self, group: Columns) -> list[SqlExpression]:
        """The default order of groups, without the blank one, which comes last."""
        return [group[self.name]]

    def key_text(self, group: Columns) -> SqlExpression:
        """The key as text, null if it is blank."""
        return group[self.name]

    def filter(self, group: Columns, sql: SqlBuilder) -> SqlExpression:
        """The filter of log entries that selects those of the group, as JSON."""
        return _equal_or_blank(self._input_name, group[self.name])

    @property
    def _input_name(self) -> str:
        first, *others = self.name.split("_")
        return first + "".join(map(str.capitalize, others))


class ByEvaluation(Grouping):
    """By evaluation, from best to worst."""

    def order(self, group: Columns) -> list[SqlExpression]:
        words = enumerate(Evaluation)
        return [case(*((group[self.name] == quoted(word.value), literal_column(str(place))) for place, word in words))]


class ByUser(Grouping):
    """By user. Users whose ids differ only in invisible characters are one, as for filters."""

    needs_second_step = True

    def first(self, entry: EntryOf, sql: SqlBuilder, *, final: bool) -> Mapping[str, SqlExpression]:
        own = entry.c[self.name]
        return {self.name: Visible(own) if final else own}

    def key(self, sums: Columns, sql: SqlBuilder) -> SqlExpression:
        return Visible(sums[self.name])


class ByCountry(Grouping):
    """By the country of the contact."""

    of_contact = needs_second_step = True

    @property
    def type(self) -> SqlType:
        return table_of(Contact).c[self.name].type

    def first(self, entry: EntryOf, sql: SqlBuilder, *, final: bool) -> Mapping[str, SqlExpression]:
        return {}

    def filter(self, group: Columns, sql: SqlBuilder) -> SqlExpression:
        """An entry without a contact is in the blank group."""
        has_value = JsonObject([(self._input_name, JsonObject([("isNull", json_text("false"))]))])
        blank = JsonObject([("not", JsonObject([("contact", has_value)]))])
        equal = JsonObject([(self._input_name, JsonObject([("eq", group[self.name])]))])
        return case((group[self.name].is_(None), blank), else_=JsonObject([("contact", equal)]))


class ByCity(ByCountry):
    """By city of the contact. The key is as stored: a third step ignores invisible characters, as filters do."""

    @property
    def columns(self) -> tuple[str, ...]:
        return self.name, "search_city"

    def order(self, group: Columns) -> list[SqlExpression]:
        return [group["search_city"], group[self.name]]


@dataclass(frozen=True)
class ByUnit(Grouping):
    """By a unit of the calendar. The key is the first day of the unit."""

    needs_second_step = True

    unit: DateUnit

    @property
    def type(self) -> SqlType:
        return Date()

    def first(self, entry: EntryOf, sql: SqlBuilder, *, final: bool) -> Mapping[str, SqlExpression]:
        if not final:
            return {"day": entry.day}
        if self.unit.value in MONTHS:
            day = entry.day if entry.years is None else entry.own_day
            return {UNIT_KEY: KeyOfMonths(self.unit.value, day, entry.years)}
        if self.unit is DateUnit.WEEK:
            return {UNIT_KEY: KeyOfWeek(entry.day, first_day_of_week(sql))}
        return {self.name: entry.day}

    @property
    def final_column(self) -> str:
        return self.name if self.unit is DateUnit.DAY else UNIT_KEY

    def of_final(self, value: SqlExpression, sql: SqlBuilder) -> SqlExpression:
        if self.unit is DateUnit.WEEK:
            return FirstDayOfWeek(value, first_day_of_week(sql))
        return FirstDayOfKey(self.unit.value, value) if self.unit.value in MONTHS else value

    def key(self, sums: Columns, sql: SqlBuilder) -> SqlExpression:
        return self.of(sums["day"], sql)

    def of(self, day: SqlExpression, sql: SqlBuilder) -> SqlExpression:
        """The first day of the unit that contains a day."""
        return FirstDayOf(self.unit, day, first_day_of_week(sql))

    def last_day(self, group: Columns, sql: SqlBuilder) -> SqlExpression:
        """The last day of the unit of a group."""
        return LastDayOf(self.unit, group[self.name], first_day_of_week(sql))

    def key_text(self, group: Columns) -> SqlExpression:
        return IsoDate(group[self.name])

    def filter(self, group: Columns, sql: SqlBuilder) -> SqlExpression:
        days = JsonObject([("gte", group[self.name]), ("lte", self.last_day(group, sql))])
        return JsonObject([("date", days)])


class ByDayOfWeek(Grouping):
    """By the day of the week, 1 = Monday."""

    needs_second_step = True

    @property
    def type(self) -> SqlType:
        return Integer()

    def first(self, entry: EntryOf, sql: SqlBuilder, *, final: bool) -> Mapping[str, SqlExpression]:
        return {self.name: DayOfWeek(entry.own_day)} if final else {"own_day": entry.own_day}

    def key(self, sums: Columns, sql: SqlBuilder) -> SqlExpression:
        return DayOfWeek(sums["own_day"])

    def key_text(self, group: Columns) -> SqlExpression:
        return text_of(group[self.name])

    def filter(self, group: Columns, sql: SqlBuilder) -> SqlExpression:
        return JsonObject([(self._input_name, JsonList([group[self.name]]))])


class ByHourOfDay(ByDayOfWeek):
    """By the hour of the day, 0 to 23."""

    needs_second_step = False

    def first(self, entry: EntryOf, sql: SqlBuilder, *, final: bool) -> Mapping[str, SqlExpression]:
        return {self.name: HourOfDay(entry.c.time_of_interaction)}

    def key(self, sums: Columns, sql: SqlBuilder) -> SqlExpression:
        return sums[self.name]


DIMENSIONS: Mapping[InteractionDimension, Grouping] = {
    InteractionDimension.TEMPLATE: Grouping("template_code"),
    InteractionDimension.GROUP: Grouping("group_code"),
    InteractionDimension.SALESPERSON: Grouping("salesperson_code"),
    InteractionDimension.CAMPAIGN: Grouping("campaign_no"),
    InteractionDimension.CONTACT: Grouping("contact_no"),
    InteractionDimension.COMPANY: Grouping("company_no"),
    InteractionDimension.CITY: ByCity("city"),
    InteractionDimension.COUNTRY: ByCountry("country_code"),
    InteractionDimension.EVALUATION: ByEvaluation("evaluation"),
    InteractionDimension.INFORMATION_FLOW: Grouping("information_flow"),
    InteractionDimension.INITIATED_BY: Grouping("initiated_by"),
    InteractionDimension.USER: ByUser("user_id"),
}

BUCKETS: Mapping[DateBucket, Grouping] = {
    **{DateBucket(unit.value): ByUnit(FIRST_DAY, unit) for unit in DateUnit},
    DateBucket.DAY_OF_WEEK: ByDayOfWeek("day_of_week"),
    DateBucket.HOUR_OF_DAY: ByHourOfDay("hour_of_day"),
}


def _equal_or_blank(name: str, key: SqlExpression) -> SqlExpression:
    blank = JsonObject([(name, JsonObject([("isNull", json_text("true"))]))])
    return case((key.is_(None), blank), else_=JsonObject([(name, JsonObject([("eq", key)]))]))


def first_day_of_week(sql: SqlBuilder) -> SqlExpression:
    """The first day of the week in the marketing setup, as a subquery."""
    setup = sql.row(MarketingSetup)
    return select(setup.c.first_day_of_week).select_from(setup.source).scalar_subquery()
