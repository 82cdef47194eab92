"""How SQLite writes weeks, months, quarters and years."""

from persistence.dialects.calendar_writer import CalendarWriter

FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
"""The first and the last day of the calendar. SQLite's date functions return null after the last one."""


class SqliteCalendarWriter(CalendarWriter):
    """Units of the calendar, computed with numbers of days and texts."""

    def day_of_week(self, date: str) -> str:
        """From the number of the Julian day, of which 0 was a Monday. `strftime('%w')`, which makes a text, takes twice
        as long. An index of stored sums has this expression, see `INDEX_BY_DAY_OF_WEEK`.
        """
        return f"({self._julian_day(date)} % 7 + 1)"

    def first_day_of_week(self, date: str, first_day: str) -> str:
        """By numbers of days, because `date` with a text of days takes half as long again."""
        return self.first_day_of_week_key(self.key_of_week(date, first_day), first_day)

    def last_day_of_week(self, date: str, first_day: str) -> str:
        return f"coalesce(date({date}, (6 - {self._days_into_week(date, first_day)}) || ' days'), '{LAST_DAY}')"

    def key_of_week(self, date: str, first_day: str) -> str:
        """The number of the week, because `date` takes longer than the number, and texts longer to order."""
        return f"(({self._julian_day(date)} + 8 - {first_day}) / 7)"

    def first_day_of_week_key(self, key: str, first_day: str) -> str:
        return f"max(date({key} * 7 - 8 + {first_day}), '{FIRST_DAY}')"

    def first_day_of_months(self, date: str, months: int) -> str:
        if months == 12:
            return f"(substr({date}, 1, 4) || '-01-01')"
        if months == 1:
            return f"(substr({date}, 1, 7) || '-01')"
        return f"(substr({date}, 1, 5) || substr('010101040404070707101010', 2 * substr({date}, 6, 2) - 1, 2) || '-01')"

    def key_of_months(self, date: str, months: int, years: str = "0") -> str:
        """The number of the unit, because SQLite computes and orders numbers faster than texts."""
        year = f"CAST({date} AS integer)"
        key = year if months == 12 else f"(({year} * 12 + substr({date}, 6, 2) - 1) / {months})"
        return key if years == "0" else f"({key} + {12 // months} * {years})"

    def first_day_of_key(self, key: str, months: int) -> str:
        in_year = 12 // months
        month = f"substr('0' || ({key} % {in_year} * {months} + 1), -2)"
        return f"(substr('000' || ({key} / {in_year}), -4) || '-' || {month} || '-01')"

    def last_day_of_months(self, date: str, months: int) -> str:
        return f"coalesce(date({date}, '+{months} months', '-1 day'), '{LAST_DAY}')"

    def _julian_day(self, date: str) -> str:
        return f"CAST(julianday({date}) + 0.5 AS integer)"

    def _days_into_week(self, date: str, first_day: str) -> str:
        """How many days a date is after the first day of its week."""
        return f"(({self.day_of_week(date)} - {first_day} + 7) % 7)"
