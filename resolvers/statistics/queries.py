"""Figures over interactions. Each measure is an aggregate over the entries that are read together.

`counted` selects the entries that count: failed attempts do, canceled and postponed entries do not (R-CON-3).
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal_column, not_, select

from persistence.columns import Table
from persistence.enums import Evaluation
from persistence.sql.constructs import OverSameRows
from persistence.sql.ratios import Ratio
from persistence.sql.totals import AverageOf, SumOf
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import Comparison, SqlBuilder, SqlCondition, SqlExpression, SqlRows, TableRow, integer, quoted

SCORES = {
    Evaluation.VERY_POSITIVE: 2,
    Evaluation.POSITIVE: 1,
    Evaluation.NEUTRAL: 0,
    Evaluation.NEGATIVE: -1,
    Evaluation.VERY_NEGATIVE: -2,
}
"""The points of an evaluation in an average."""

DECIMALS = 4
"""The decimals of rates, and of averages that are not amounts. Halves are rounded away from zero."""

ZERO, ONE = integer(0), integer(1)

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
    """The average duration of an entry in minutes, to 4 decimals; null without entries."""
    return Ratio(duration(entry), func.count(), decimals=DECIMALS)


def success_rate(entry: TableRow) -> ColumnElement[float]:
    """The share of attempts that did not fail, from 0 to 1, to 4 decimals; null without entries."""
    return Ratio(func.count().filter(not_(entry.c.attempt_failed)), func.count(), decimals=DECIMALS)


def average_evaluation(entry: TableRow) -> ColumnElement[float]:
    """The average points of the evaluated entries, from -2, very negative, to 2, very positive, to 4 decimals; null if
    none is evaluated.
    """
    total = func.coalesce(func.sum(score(entry), type_=Integer()), 0, type_=Integer())
    return Ratio(total, func.count(entry.c.evaluation), decimals=DECIMALS)


def score(entry: TableRow) -> ColumnElement[int]:
    """The points of the evaluation of an entry, 0 without one."""
    points = ((entry.c.evaluation == quoted(word), integer(of_word)) for word, of_word in SCORES.items())
    return case(*points, else_=ZERO)


def attempts_until_reached(entry: TableRow) -> ColumnElement[float]:
    """The average number of entries of a contact up to the first whose attempt did not fail, over the contacts that
    have such an entry; to 4 decimals, null without such a contact.
    """
    order_by = (entry.c.date, entry.c.time_of_interaction, entry.c.entry_no)
    attempt = func.row_number().over(partition_by=entry.c.contact_no, order_by=order_by)
    columns = {"contact_no": entry.c.contact_no, "attempt_failed": entry.c.attempt_failed, "attempt": attempt}

    def of_all(rows: SqlRows) -> ColumnElement[float]:
        first = func.min(rows.c.attempt).filter(not_(rows.c.attempt_failed)).label("attempt")
        counts = rows.c.contact_no.is_not(None)
        of_contact = select(first).select_from(rows).where(counts).group_by(rows.c.contact_no).subquery()
        number = of_contact.c.attempt
        ratio = Ratio(func.sum(number), func.count(number), decimals=DECIMALS)
        return select(ratio).select_from(of_contact).scalar_subquery()

    figure = OverSameRows([column.label(name) for name, column in columns.items()], of_all)
    return case((func.count() > 0, figure))  # a SELECT without an aggregate of its own would return all rows


def targeted(entry: TableRow) -> ColumnElement[int]:
    """How many entries made the contact a target of a campaign (A.10)."""
    return func.count().filter(entry.c.campaign_target)


def responded(entry: TableRow) -> ColumnElement[int]:
    """How many entries were a response to a campaign (A.10)."""
    return func.count().filter(entry.c.campaign_response)


def response_rate(entry: TableRow) -> ColumnElement[float]:
    """Responses in percent of targets, to 0.1; 0 without targets."""
    return func.coalesce(Ratio(responded(entry), targeted(entry), times=100, decimals=1), literal_column("0"))
