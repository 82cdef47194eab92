"""Figures over interactions. Each measure is an aggregate over the entries that are read together.

`counted` selects the entries that count: failed attempts do, canceled and postponed entries do not (R-CON-3).
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal_column, not_, select

from persistence.columns import Table
from persistence.enums import Evaluation
from persistence.ratios import Ratio
from persistence.totals import AverageOf, SumOf
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import Comparison, SqlBuilder, SqlCondition, SqlExpression, TableRow

SCORES = {
    Evaluation.VERY_POSITIVE: 2,
    Evaluation.POSITIVE: 1,
    Evaluation.NEUTRAL: 0,
    Evaluation.NEGATIVE: -1,
    Evaluation.VERY_NEGATIVE: -2,
}
"""The points of an evaluation in an average."""

RowMeasure: TypeAlias = Callable[[TableRow], SqlExpression]
"""An aggregate over rows."""


def counted(entry: TableRow, date: Comparison | None = None) -> Sequence[SqlCondition]:
    """The conditions on the entries that count: not canceled, and within the dates if any are given (R-CON-3)."""
    happened = is_not_canceled(entry)
    return [happened] if date is None else [happened, date.matches_date(entry.c.date)]


def figure(row: TableRow, measure: RowMeasure, *conditions: SqlCondition) -> SqlExpression:
    """A measure over the rows that meet the conditions, as a subquery."""
    return select(measure(row)).select_from(row.source).where(and_(*conditions)).scalar_subquery()


def figure_of_entries(
    owner: TableRow, table: type[Table], reference: str, measure: RowMeasure, sql: SqlBuilder
) -> SqlExpression:
    """A measure over the entries of a logged segment or campaign entry, which their column `reference` names (A.10).

    Of a canceled owner it includes only the canceled entries, of any other owner only those that are not canceled.
    """
    entry = sql.row(table)
    return figure(entry, measure, entry.c[reference] == owner.c.entry_no, entry.c.canceled == owner.c.canceled)


def interactions(_: TableRow) -> ColumnElement[int]:
    """The number of rows."""
    return func.count()


def contacts(entry: TableRow) -> ColumnElement[int]:
    """The number of different contacts. A company and each of its people count separately (K24)."""
    return func.count(entry.c.contact_no.distinct())


def cost(entry: TableRow) -> SqlExpression:
    """The sum of costs, 0.00 without entries."""
    return SumOf(entry.c.cost)


def duration(entry: TableRow) -> ColumnElement[int]:
    """The sum of minutes, 0 without entries."""
    return func.coalesce(func.sum(entry.c.duration, type_=Integer()), 0, type_=Integer())


def average_cost(entry: TableRow) -> SqlExpression:
    """The average cost of an entry, null without entries."""
    return AverageOf(entry.c.cost)


def average_duration(entry: TableRow) -> ColumnElement[float]:
    """The average duration of an entry in minutes, to 0.01; null without entries."""
    return Ratio(duration(entry), func.count(), decimals=2)


def success_rate(entry: TableRow) -> ColumnElement[float]:
    """The share of attempts that did not fail, in percent to 0.1; null without entries."""
    return Ratio(func.count().filter(not_(entry.c.attempt_failed)), func.count(), times=100, decimals=1)


def average_evaluation(entry: TableRow) -> ColumnElement[float]:
    """The average points of the evaluated entries, from -2, very negative, to 2, very positive, to 0.01; null if
    none is evaluated.
    """
    score = case(*((entry.c.evaluation == word.value, points) for word, points in SCORES.items()), else_=0)
    total = func.coalesce(func.sum(score, type_=Integer()), 0, type_=Integer())
    return Ratio(total, func.count(entry.c.evaluation), decimals=2, low=min(SCORES.values()))


def targeted(entry: TableRow) -> ColumnElement[int]:
    """How many entries made the contact a target of a campaign (A.10)."""
    return func.count().filter(entry.c.campaign_target)


def responded(entry: TableRow) -> ColumnElement[int]:
    """How many entries were a response to a campaign (A.10)."""
    return func.count().filter(entry.c.campaign_response)


def response_rate(entry: TableRow) -> ColumnElement[float]:
    """Responses in percent of targets, to 0.1; 0 without targets."""
    return func.coalesce(Ratio(responded(entry), targeted(entry), times=100, decimals=1), literal_column("0"))
