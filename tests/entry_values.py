"""Values of interactions for tests: the limits of every range, and random values between them."""

import datetime as dt
from decimal import Decimal
from itertools import cycle
from typing import Any

from hypothesis import strategies as st

ROWS = 12
DATES = [
    dt.date.min,
    dt.date.max,
    dt.date(1, 1, 2),
    dt.date(9999, 12, 30),
    dt.date(1582, 10, 10),
    dt.date(1900, 3, 1),
    dt.date(1999, 12, 31),
    dt.date(2000, 1, 1),
    dt.date(2000, 2, 29),
    dt.date(2038, 1, 20),
]
TIMES = [dt.time(0), dt.time(23, 59, 59), dt.time(0, 0, 1), dt.time(12), dt.time(23, 59)]
MAX_COST = Decimal("9999999999999999.99")
COSTS = [
    Decimal(0),
    MAX_COST,
    Decimal("0.01"),
    MAX_COST - Decimal("0.01"),
    Decimal("90071992547409.91"),
    Decimal("90071992547409.93"),
    Decimal("1234567890123456.78"),
    Decimal("1234567890123456.79"),
    Decimal("12.10"),
]
DURATIONS = [0, 525_600, 1, 525_599]
TEXTS = [
    "x",
    "'quoted' \"twice\"",
    "back\\slash \\",
    "%_",
    "😀🇨🇦👩‍👩‍👧",
    "espace\u3000suivant",
    "\u05d0\u200f x",
    '{"json": [1]}',
    "中文 Ωmega",
    "é" * 100,
]
CODES = sorted(
    ["0", "A", 'A"B', "A'B", "A\\B", "A%", "A_", "AA", "Z", "É", "Ω", "中", "\ufb1e", "\ufffd", "𐐀", "😀"],
    key=str.encode,
)
"""In binary order, which differs from the order in UTF-16."""

EVALUATIONS = ["VERY_POSITIVE", "POSITIVE", "NEUTRAL", "NEGATIVE", "VERY_NEGATIVE", None]
Entry = dict[str, Any]
entries = st.fixed_dictionaries(
    {
        "date": st.sampled_from(DATES) | st.dates(),
        "time": st.sampled_from(TIMES) | st.times().map(lambda time: time.replace(microsecond=0)),
        "cost": st.sampled_from(COSTS) | st.decimals(0, MAX_COST, places=2),
        "duration": st.sampled_from(DURATIONS) | st.integers(0, 525_600),
        "description": st.sampled_from(TEXTS),
        "salesperson": st.sampled_from(CODES),
        "campaign": st.sampled_from([*CODES, None]),
        "evaluation": st.sampled_from(EVALUATIONS),
        "attemptFailed": st.booleans(),
    }
)


def extreme_entries() -> list[Entry]:
    """Entries that together have the limits of every range."""
    values = [
        cycle(each)
        for each in (DATES, TIMES, COSTS, DURATIONS, TEXTS, CODES[::-1], [*CODES[:5], None], EVALUATIONS, [True, False])
    ]
    names = (
        "date",
        "time",
        "cost",
        "duration",
        "description",
        "salesperson",
        "campaign",
        "evaluation",
        "attemptFailed",
    )
    return [dict(zip(names, map(next, values), strict=True)) for _ in range(ROWS)]
