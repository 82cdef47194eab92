"""Quotients are rounded exactly, halves away from zero, and equally on both databases."""

import pytest
from sqlalchemy import Integer, literal, select

from persistence.sql.ratios import Ratio
from resolvers.work import Work


@pytest.mark.parametrize(
    ("total", "count", "decimals", "times", "expected"),
    [
        (2, 3, 1, 100, 66.7),
        (1, 3, 1, 100, 33.3),
        (1, 2000, 1, 100, 0.1),
        (1, 2001, 1, 100, 0),
        (3, 3, 1, 100, 100),
        (1, 8, 2, 1, 0.13),
        (-1, 8, 2, 1, -0.13),
        (1, 20_000, 4, 1, 0.0001),
        (-1, 20_000, 4, 1, -0.0001),
        (-1, 20_001, 4, 1, 0),
        (-2, 3, 2, 1, -0.67),
        (-6, 3, 2, 1, -2),
        (0, 0, 2, 1, None),
        (10**9, 7, 2, 1, 142857142.86),
    ],
)
def test_a_ratio_is_rounded_to_its_decimals(
    work: Work, total: int, count: int, decimals: int, times: int, expected: float | None
) -> None:
    ratio = Ratio(literal(total, Integer()), literal(count, Integer()), decimals=decimals, times=times)

    assert work.session.scalar(select(ratio)) == expected
