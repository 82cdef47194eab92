"""The ends of the range of each scalar, and values that databases are known to treat differently."""

import datetime as dt
from decimal import Decimal

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
MOST = Decimal("9999999999999999.99")
COSTS = [
    Decimal(0),
    MOST,
    Decimal("0.01"),
    MOST - Decimal("0.01"),
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
    "ligne\u2028suivante",
    "\u05d0\u200f x",
    '{"json": [1]}',
    "中文 Ωmega",
    "é" * 100,
]
CODES = sorted(
    ["0", "A", 'A"B', "A'B", "A\\B", "A%", "A_", "AA", "Z", "É", "Ω", "中", "\ufb1e", "\ufffd", "𐐀", "😀"],
    key=str.encode,
)
"""In binary order: UTF-16 has those beyond the first plane elsewhere."""
EVALUATIONS = ["VERY_POSITIVE", "POSITIVE", "NEUTRAL", "NEGATIVE", "VERY_NEGATIVE", None]
