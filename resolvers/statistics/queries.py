"""What interactions add up to: each measure is one expression over all the entries that are read together.

Which entries count is said by `history`: none that are canceled or postponed, but failed attempts do (R-CON-3).
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, case, func, literal_column, not_

from persistence.enums import Evaluation
from persistence.ratios import Ratio
from persistence.totals import AverageOf, SumOf

SCORES = {
    Evaluation.VERY_POSITIVE: 2,
    Evaluation.POSITIVE: 1,
    Evaluation.NEUTRAL: 0,
    Evaluation.NEGATIVE: -1,
    Evaluation.VERY_NEGATIVE: -2,
}
"""What an evaluation counts in an average."""


def interactions(_: Any) -> ColumnElement[int]:
    """How many."""
    return func.count()


def contacts(entry: Any) -> ColumnElement[int]:
    """How many different contacts; a company counts as itself beside its people (K24)."""
    return func.count(entry.c.contact_no.distinct())


def cost(entry: Any) -> ColumnElement[Any]:
    """The sum of costs, 0.00 without entries."""
    return SumOf(entry.c.cost)


def duration(entry: Any) -> ColumnElement[int]:
    """The sum of minutes, 0 without entries."""
    return func.coalesce(func.sum(entry.c.duration, type_=Integer()), 0, type_=Integer())


def average_cost(entry: Any) -> ColumnElement[Any]:
    """The cost of one, null without entries."""
    return AverageOf(entry.c.cost)


def average_duration(entry: Any) -> ColumnElement[float]:
    """The minutes of one, to 0.01; null without entries."""
    return Ratio(duration(entry), func.count(), decimals=2)


def success_rate(entry: Any) -> ColumnElement[float]:
    """The share of attempts that did not fail, in percent to 0.1; null without entries."""
    return Ratio(func.count().filter(not_(entry.c.attempt_failed)), func.count(), times=100, decimals=1)


def average_evaluation(entry: Any) -> ColumnElement[float]:
    """From -2, very negative, to 2, very positive, over the evaluated ones, to 0.01; null where there are none."""
    score = case(*((entry.c.evaluation == word.value, points) for word, points in SCORES.items()), else_=0)
    total = func.coalesce(func.sum(score, type_=Integer()), 0, type_=Integer())
    return Ratio(total, func.count(entry.c.evaluation), decimals=2, low=min(SCORES.values()))


def targeted(entry: Any) -> ColumnElement[int]:
    """How many made the contact a target of a campaign (A.10)."""
    return func.count().filter(entry.c.campaign_target)


def responded(entry: Any) -> ColumnElement[int]:
    """How many were a response to a campaign (A.10)."""
    return func.count().filter(entry.c.campaign_response)


def response_rate(entry: Any) -> ColumnElement[float]:
    """Responses in percent of targets, to 0.1; 0 without targets."""
    return func.coalesce(Ratio(responded(entry), targeted(entry), times=100, decimals=1), literal_column("0"))
