"""Amounts are added up and averaged to the cent on both databases, also where their sum does not fit into 64 bits."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from sqlalchemy import and_, func, literal, or_, select, union_all
from sqlalchemy.sql import Subquery

from persistence.columns import CENTS, Money
from persistence.sql.totals import (
    AverageOf,
    AverageOfParts,
    HighDigits,
    HighDigitsOf,
    HighPart,
    LowDigits,
    LowDigitsOf,
    LowPart,
    SumOf,
    SumOfLowParts,
    SumOfParts,
)
from resolvers.work import Work

MOST = Decimal("9999999999999999.99")
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
AMOUNTS: list[list[Decimal]] = [
    [],
    [Decimal("0.05"), Decimal(0)],
    [Decimal("0.01"), Decimal(0), Decimal(0)],
    [Decimal(100), Decimal(0), Decimal(0)],
    [Decimal("9999999999999.99"), *[Decimal(0)] * 6],
    [Decimal("90071992547409.91")],
    [Decimal("90071992547409.91"), Decimal("0.01")],
    [Decimal("90071992547409.92"), Decimal("0.01")],
    [Decimal("90071992547409.93")] * 3,
    [Decimal("10000000.00")] * 9,
    [Decimal("9999999.99"), Decimal("0.01"), MOST],
    [MOST],
    [MOST, Decimal("0.01")],
    [MOST] * 12,
    [MOST] * 100,
    [MOST, *[Decimal(0)] * 6],
    [MOST, Decimal("0.01"), Decimal("123456789.12")] * 7,
]


def rows_of(amounts: Sequence[Decimal]) -> Subquery:
    none = select(literal(Decimal(0), Money()).label("cost")).where(literal(1) == 0)
    return union_all(none, *(select(literal(each, Money())) for each in amounts)).subquery()


@pytest.mark.parametrize("amounts", AMOUNTS, ids=lambda amounts: f"{len(amounts)}x{max(amounts, default=0)}")
def test_sums_and_averages_are_exact(work: Work, amounts: list[Decimal]) -> None:
    rows = rows_of(amounts)
    total = Decimal(0)
    for each in amounts:
        total = EXACT.add(total, each)
    mean = EXACT.quantize(EXACT.divide(total, Decimal(len(amounts))), CENTS) if amounts else None
    by_hand = SumOfParts(func.sum(HighPart(rows.c.cost)), func.sum(LowPart(rows.c.cost)))

    found = work.session.execute(select(SumOf(rows.c.cost), AverageOf(rows.c.cost)).select_from(rows)).one()

    assert tuple(found) == (total, mean)
    assert all(value is None or value.as_tuple().exponent == -2 for value in found) or not amounts
    assert work.session.scalar(select(by_hand).select_from(rows)) == (total if amounts else None)


@pytest.mark.parametrize("amounts", AMOUNTS, ids=lambda amounts: f"{len(amounts)}x{max(amounts, default=0)}")
def test_totals_of_parts_are_averaged_and_compared_exactly(work: Work, amounts: list[Decimal]) -> None:
    rows = rows_of(amounts)
    parts = select(
        func.coalesce(func.sum(HighPart(rows.c.cost)), 0).label("high"),
        func.coalesce(SumOfLowParts(rows.c.cost), 0).label("low"),
        func.count().label("number"),
    ).subquery()
    total = Decimal(0)
    for each in amounts:
        total = EXACT.add(total, each)
    mean = EXACT.quantize(EXACT.divide(total, Decimal(len(amounts))), CENTS) if amounts else None
    high, low = HighDigitsOf(parts.c.high, parts.c.low), LowDigitsOf(parts.c.high, parts.c.low)

    average = AverageOfParts(parts.c.high, parts.c.low, parts.c.number)
    assert work.session.scalar(select(average).select_from(parts)) == mean
    for limit in (each for each in (total, total - CENTS, total + CENTS, MOST) if each <= MOST):
        high_limit, low_limit = literal(limit, HighDigits()), literal(limit, LowDigits())
        is_more = or_(high > high_limit, and_(high == high_limit, low > low_limit))
        assert bool(work.session.scalar(select(is_more).select_from(parts))) == (total > limit), limit


def test_sums_include_only_the_selected_rows(work: Work) -> None:
    rows = rows_of([MOST] * 20 + [Decimal("0.01")] * 3)

    found = work.session.execute(
        select(SumOf(rows.c.cost), AverageOf(rows.c.cost))
        .select_from(rows)
        .where(rows.c.cost > literal(Decimal(1), Money()))
    ).one()

    assert tuple(found) == (EXACT.multiply(MOST, Decimal(20)), MOST)
