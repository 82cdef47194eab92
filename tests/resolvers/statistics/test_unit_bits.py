"""Which units of time are bits, so that a contact has one row for many of them."""

from collections.abc import Sequence

import pytest

from resolvers.statistics.groupings import BUCKETS, DIMENSIONS, DateBucket, Grouping, InteractionDimension
from resolvers.statistics.unit_bits import grouping_by_bits

MONTH, QUARTER = BUCKETS[DateBucket.MONTH], BUCKETS[DateBucket.QUARTER]
DAY_OF_WEEK, DAY = BUCKETS[DateBucket.DAY_OF_WEEK], BUCKETS[DateBucket.DAY]
SALESPERSON, CITY = DIMENSIONS[InteractionDimension.SALESPERSON], DIMENSIONS[InteractionDimension.CITY]


@pytest.mark.parametrize(
    ("groupings", "found"),
    [
        ([MONTH], MONTH),
        ([CITY, QUARTER], QUARTER),
        ([SALESPERSON, QUARTER], None),
        ([SALESPERSON, DAY_OF_WEEK], DAY_OF_WEEK),
        ([MONTH, DAY_OF_WEEK], DAY_OF_WEEK),
        ([DAY], None),
    ],
)
def test_units_of_a_year_are_bits_if_a_contact_is_in_one_group_of_all_others(
    groupings: Sequence[Grouping], found: Grouping | None
) -> None:
    assert grouping_by_bits(groupings) is found
