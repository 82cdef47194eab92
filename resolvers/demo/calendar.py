"""The days and hours at which the demo company has interactions, and their templates by month."""

import datetime as dt
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from random import Random

BUSY_MONTHS = (0.75, 0.9, 1.25, 1.55, 1.45, 1.05, 0.55, 0.65, 1.0, 1.1, 1.5, 1.45)
"""The relative number of interactions by month: most in spring and before Christmas, fewest in July."""


BUSY_WEEKDAYS = (0.95, 1.1, 1.1, 1.05, 0.8, 0.03, 0.004)
BUSY_HOURS = {8: 4, 9: 11, 10: 13, 11: 11, 12: 3, 13: 8, 14: 12, 15: 12, 16: 10, 17: 5, 18: 1}
_HOURS, _HOUR_WEIGHTS = tuple(BUSY_HOURS), tuple(accumulate(BUSY_HOURS.values()))

TEMPLATE_WEIGHTS = {
    "VISIT": (1, 1, 1.2, 1.2, 1.2, 1, 0.6, 0.7, 1, 1, 0.9, 0.8, 9),
    "SHOWROOM": (0.8, 0.9, 1.1, 1.4, 1.4, 1.2, 0.8, 0.8, 1, 1, 1.3, 1.5, 6),
    "FAIR": (5, 4, 0, 0, 0, 0, 0, 0, 0.4, 0, 0, 0, 3),
    "CALLOUT": (1, 1, 1, 1, 1, 1, 0.9, 1, 1, 1, 1, 0.9, 24),
    "CALLIN": (1, 1, 1.1, 1.2, 1.2, 1.1, 1, 1, 1, 1, 1.1, 1.1, 19),
    "EMAIL": (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 21),
    "LETTER": (1.2, 1, 1, 1, 1, 0.8, 0.5, 0.5, 1, 1, 1, 2.2, 3),
    "QUOTE": (0.8, 1, 1.4, 1.4, 1.2, 0.9, 0.5, 0.7, 1.2, 1.2, 1.3, 0.9, 8),
    "CLAIM": (1.2, 0.8, 0.8, 0.8, 1, 1.5, 1.8, 1.6, 1.1, 0.9, 0.8, 0.9, 4),
    "REPAIR": (1.1, 0.9, 0.8, 0.8, 1, 1.4, 1.4, 1.5, 1.2, 0.9, 0.8, 0.7, 3),
}
"""For each template its relative weight by month, then its general weight."""


@dataclass(frozen=True)
class TemplateChoice:
    """Chooses among the templates of a month by their weights."""

    codes: tuple[str, ...]
    weights: tuple[float, ...]

    def pick(self, random: Random) -> str:
        """The code of a template."""
        return self.codes[bisect(self.weights, random.random() * self.weights[-1])]


def template_choices() -> list[TemplateChoice]:
    """The choice of templates in each month, January first."""
    return [
        TemplateChoice(
            tuple(TEMPLATE_WEIGHTS), tuple(accumulate(line[month] * line[-1] for line in TEMPLATE_WEIGHTS.values()))
        )
        for month in range(12)
    ]


def days(random: Random, first: dt.date, last: dt.date, count: int) -> list[dt.date]:
    """The dates of `count` interactions in ascending order; later days have more."""
    span = [first + dt.timedelta(days=day) for day in range((last - first).days + 1)]
    weights = [_busy(day) * (0.8 + 0.4 * place / len(span)) for place, day in enumerate(span)]
    return sorted(random.choices(span, weights, k=count))


def time_of_day(random: Random) -> dt.time:
    """A time in office hours, rarely at noon."""
    hour = _HOURS[bisect(_HOUR_WEIGHTS, random.random() * _HOUR_WEIGHTS[-1])]
    return dt.time(hour, int(random.random() * 60))


def working_day(day: dt.date) -> dt.date:
    """The day itself, or the Monday after a weekend."""
    return day + dt.timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def _busy(day: dt.date) -> float:
    closed = (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 3)
    return BUSY_MONTHS[day.month - 1] * BUSY_WEEKDAYS[day.weekday()] * (0.03 if closed else 1)
