"""How weeks, months, quarters and years are written in SQL. Each dialect has one writer."""

from abc import ABC, abstractmethod


class CalendarWriter(ABC):
    """Writes weeks, and units of 1, 3 or 12 months. Every argument but `months` is the SQL of an operand."""

    @abstractmethod
    def day_of_week(self, date: str) -> str:
        """The day of the week of a date: 1 = Monday … 7 = Sunday."""

    @abstractmethod
    def first_day_of_week(self, date: str, first_day: str) -> str:
        """The first day of the week of a date; weeks begin on `first_day`, 1 = Monday."""

    @abstractmethod
    def last_day_of_week(self, date: str, first_day: str) -> str:
        """The last day of the week of a date."""

    @abstractmethod
    def key_of_week(self, date: str, first_day: str) -> str:
        """The week of a date as a value to group many rows by; weeks begin on `first_day`, 1 = Monday."""

    @abstractmethod
    def first_day_of_week_key(self, key: str, first_day: str) -> str:
        """The first day of the week with a key of `key_of_week`."""

    @abstractmethod
    def first_day_of_months(self, date: str, months: int) -> str:
        """The first day of the month, quarter or year of a date, which has 1, 3 or 12 months."""

    @abstractmethod
    def key_of_months(self, date: str, months: int, years: str = "0") -> str:
        """The month, quarter or year of a date, or the one `years` later, as a value to group many rows by."""

    @abstractmethod
    def first_day_of_key(self, key: str, months: int) -> str:
        """The first day of the month, quarter or year with a key of `key_of_months`."""

    @abstractmethod
    def last_day_of_months(self, date: str, months: int) -> str:
        """The last day of the months that begin on a date."""
