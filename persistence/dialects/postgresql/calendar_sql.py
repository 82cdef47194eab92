"""How PostgreSQL writes weeks, months, quarters and years."""

from persistence.dialects.calendar_writer import CalendarWriter

UNITS = {1: "month", 3: "quarter", 12: "year"}  # by their months

A_MONDAY = "DATE '0001-01-01'"
"""The day from which days of the week are counted. `extract` would compute a decimal number, which takes longer than
adding up a row.
"""


class PostgresqlCalendarWriter(CalendarWriter):
    """Units of the calendar, computed with days and timestamps."""

    def day_of_week(self, date: str) -> str:
        return f"((({date})::date - {A_MONDAY}) % 7 + 1)"

    def first_day_of_week(self, date: str, first_day: str) -> str:
        return f"greatest(({date})::date - {_days_into_week(date, first_day)}, DATE '0001-01-01')"

    def last_day_of_week(self, date: str, first_day: str) -> str:
        return f"least(({date})::date + (6 - {_days_into_week(date, first_day)}), DATE '9999-12-31')"

    def key_of_week(self, date: str, first_day: str) -> str:
        """The key is the first day."""
        return self.first_day_of_week(date, first_day)

    def first_day_of_week_key(self, key: str, first_day: str) -> str:
        return key

    def first_day_of_months(self, date: str, months: int) -> str:
        return f"date_trunc('{UNITS[months]}', ({date})::timestamp)::date"

    def key_of_months(self, date: str, months: int, years: str = "0") -> str:
        """The key is the first day."""
        key = self.first_day_of_months(date, months)
        return key if years == "0" else f"({key} + make_interval(years => {years}))::date"

    def first_day_of_key(self, key: str, months: int) -> str:
        return key

    def last_day_of_months(self, date: str, months: int) -> str:
        return f"(({date})::timestamp + INTERVAL '{months} months' - INTERVAL '1 day')::date"


def _days_into_week(date: str, first_day: str) -> str:
    """How many days a date is after the first day of its week."""
    return f"((({date})::date - {A_MONDAY} + 8 - {first_day}) % 7)"
