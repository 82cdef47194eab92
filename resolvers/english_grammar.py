"""English text with inserted dates."""

import datetime as dt

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(date: dt.date) -> str:
    """A date in English format: 1 March 2026."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"
