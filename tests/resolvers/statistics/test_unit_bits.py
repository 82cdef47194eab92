"""Which units of time are bits, so that a contact has one row for many of them, and which units the bits stand for."""

import datetime as dt
from collections.abc import Sequence

import pytest
from sqlalchemy import Date, Integer, literal, select, union_all

from resolvers.date_ranges import DateUnit, current
from resolvers.queries import SqlBuilder
from resolvers.setup import rules as setup
from resolvers.statistics.derived import DerivedColumns, place, places
from resolvers.statistics.groupings import BUCKETS, DIMENSIONS, DateBucket, EntryOf, Grouping, InteractionDimension
from resolvers.statistics.unit_bits import unit_bits
from resolvers.visibility import EVERYBODY
from resolvers.work import Work
from schema.compiler.statement import Statement
from schema.compiler.values import Parameters

WEEK, MONTH, QUARTER = BUCKETS[DateBucket.WEEK], BUCKETS[DateBucket.MONTH], BUCKETS[DateBucket.QUARTER]
DAY_OF_WEEK, DAY = BUCKETS[DateBucket.DAY_OF_WEEK], BUCKETS[DateBucket.DAY]
SALESPERSON, CITY = DIMENSIONS[InteractionDimension.SALESPERSON], DIMENSIONS[InteractionDimension.CITY]
DAYS = [
    *(dt.date.fromordinal(dt.date.min.toordinal() + day) for day in range(9)),
    *(dt.date(2025, 12, 20) + dt.timedelta(day) for day in range(0, 900, 17)),
    *(dt.date.fromordinal(dt.date.max.toordinal() - day) for day in range(9)),
]


def builder() -> SqlBuilder:
    return Statement(EVERYBODY, Parameters())


@pytest.mark.parametrize(
    ("groupings", "found"),
    [
        ([MONTH], MONTH),
        ([WEEK], WEEK),
        ([CITY, QUARTER], QUARTER),
        ([SALESPERSON, QUARTER], None),
        ([SALESPERSON, WEEK], None),
        ([SALESPERSON, DAY_OF_WEEK], DAY_OF_WEEK),
        ([MONTH, DAY_OF_WEEK], DAY_OF_WEEK),
        ([DAY], None),
    ],
)
def test_units_of_a_year_are_bits_if_a_contact_is_in_one_group_of_all_others(
    groupings: Sequence[Grouping], found: Grouping | None
) -> None:
    bits = unit_bits(groupings, builder())

    assert (None if bits is None else bits.grouping) is found


@pytest.mark.parametrize("unit", [DateUnit.WEEK, DateUnit.MONTH, DateUnit.QUARTER])
@pytest.mark.parametrize("starts", [1, 4, 7])
def test_bits_stand_for_the_units_of_all_days(unit: DateUnit, starts: int, work: Work) -> None:
    setup.update(work, {"first_day_of_week": starts})
    bits = unit_bits([BUCKETS[DateBucket(unit.value)]], builder())
    assert bits is not None
    days = union_all(*(select(literal(day, Date()).label("day")) for day in DAYS)).subquery("days")
    entry = EntryOf(days.c, days.c.day, days.c.day)
    blocks = select(bits.block(entry).label("block"), bits.bits(entry).label("bits")).group_by(*places(1)).cte("blocks")
    row = DerivedColumns("blocks", lambda name: Integer() if name == "bits" or unit is DateUnit.WEEK else Date())

    found = select(bits.key(row).label("first_day")).select_from(bits.join(blocks, row)).group_by(place(1))

    read = {dt.date.fromisoformat(str(day)) for day in work.session.scalars(found)}
    assert read == {current(day, unit, starts)[0] for day in DAYS}
