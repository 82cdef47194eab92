"""Number series: the runs of numbers that contacts, segments and campaigns take theirs from (A.5, R-NUM)."""

from resolvers.number_series.cards import (
    NumberSeriesCreated,
    NumberSeriesFields,
    NumberSeriesLineFields,
    create,
    delete,
    update,
)
from resolvers.number_series.drawing import NUMBERED, check_manual_no, check_next_no, exhausted, manual_no, next_no

__all__ = [
    "NUMBERED",
    "NumberSeriesCreated",
    "NumberSeriesFields",
    "NumberSeriesLineFields",
    "check_manual_no",
    "check_next_no",
    "create",
    "delete",
    "exhausted",
    "manual_no",
    "next_no",
    "update",
]
