"""Reading the stored sums: `sums_by_day` has the sums of each day and each value of one key.

The sums of clean days are stored; those of dirty days are computed from the entries. Both are read in one statement, so
the figures are those of its snapshot. Only the figures of viewers who see all entries may use stored sums.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, FromClause, case, func, literal_column, select, union_all
from sqlalchemy import Integer as SqlInteger

from persistence.conditions import HourText, IsInRows
from persistence.day_sums import DIRTY_DAYS, SUMS, DaySum, SumKind
from persistence.interactions import InteractionLogEntry
from persistence.ratios import Ratio
from persistence.totals import AverageOfParts, HighPart, LowPart, SumOfParts
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import Columns, Comparison, SqlBuilder, SqlCondition, SqlExpression, quoted
from resolvers.statistics.queries import SCORES

SumMeasure = Callable[[Columns], SqlExpression]
"""A measure from rows of `sums_by_day`."""

KEYS: Mapping[SumKind, Callable[[Columns], SqlExpression]] = {
    SumKind.TEMPLATE: lambda entry: entry.template_code,
    SumKind.GROUP: lambda entry: entry.group_code,
    SumKind.SALESPERSON: lambda entry: entry.salesperson_code,
    SumKind.CAMPAIGN: lambda entry: entry.campaign_no,
    SumKind.EVALUATION: lambda entry: entry.evaluation,
    SumKind.HOUR: lambda entry: HourText(entry.time_of_interaction),
    SumKind.TOTAL: lambda _: quoted(""),
}
"""The key of an entry in the sums of each kind; blank if it is null."""


def sums_by_day(
    sql: SqlBuilder, kind: SumKind, *, key: SqlExpression | None = None, date: Comparison | None = None
) -> FromClause:
    """The sums of all entries that count, with the columns `day`, `key` and `SUMS`: of clean days one row for each key,
    of dirty days, too. A day without entries has no row.

    `key` restricts them to one key, which is not blank, and `date` to days that meet a comparison.
    """

    def within(day: SqlExpression) -> list[SqlCondition]:
        return [] if date is None else [date.matches_date(day)]

    stored, entry = sql.row(DaySum), sql.row(InteractionLogEntry)
    columns = [stored.c.day.label("day"), stored.c.key.label("key"), *(stored.c[name].label(name) for name in SUMS)]
    dirty = select(DIRTY_DAYS.c.day)
    clean = (
        select(*columns)
        .select_from(stored.source)
        .where(stored.c.kind == quoted(kind), *within(stored.c.day), stored.c.day.not_in(dirty))
    )
    entry_key = KEYS[kind](entry.c)
    of_day = (
        select(
            entry.c.date.label("day"),
            (func.coalesce(entry_key, quoted("")) if key is None else key).label("key"),
            *(total.label(name) for name, total in totals(entry.c).items()),
        )
        .select_from(entry.source)
        .where(is_not_canceled(entry), *within(entry.c.date), IsInRows(entry.c.date, dirty.scalar_subquery()))
    )
    if key is None:
        return union_all(
            clean, of_day.group_by(entry.c.date, *([] if kind is SumKind.TOTAL else [entry_key]))
        ).subquery()
    return union_all(clean.where(stored.c.key == key), of_day.where(entry_key == key).group_by(entry.c.date)).subquery()


def totals(entry: Columns) -> dict[str, SqlExpression]:
    """The sums over entries, by their names in `SUMS`."""
    score = case(*((entry.evaluation == word.value, points) for word, points in SCORES.items()), else_=0)
    return {
        "interactions": func.count(),
        "failed": func.count().filter(entry.attempt_failed),
        "cost_high": func.sum(HighPart(entry.cost)),
        "cost_low": func.sum(LowPart(entry.cost)),
        "duration": func.sum(entry.duration, type_=SqlInteger()),
        "evaluated": func.count(entry.evaluation),
        "points": func.sum(score, type_=SqlInteger()),
        "targets": func.count().filter(entry.campaign_target),
        "responses": func.count().filter(entry.campaign_response),
    }


def _added(column: SqlExpression) -> ColumnElement[int]:
    return func.coalesce(func.sum(column, type_=SqlInteger()), 0, type_=SqlInteger())


def interactions(sums: Columns) -> ColumnElement[int]:
    """The number of entries."""
    return _added(sums.interactions)


def cost(sums: Columns) -> SqlExpression:
    """The sum of costs, 0.00 without entries."""
    return SumOfParts(_added(sums.cost_high), _added(sums.cost_low))


def duration(sums: Columns) -> ColumnElement[int]:
    """The sum of minutes, 0 without entries."""
    return _added(sums.duration)


def average_cost(sums: Columns) -> SqlExpression:
    """See `queries.average_cost`."""
    return AverageOfParts(_added(sums.cost_high), _added(sums.cost_low), interactions(sums))


def average_duration(sums: Columns) -> ColumnElement[float]:
    """See `queries.average_duration`."""
    return Ratio(duration(sums), interactions(sums), decimals=2)


def success_rate(sums: Columns) -> ColumnElement[float]:
    """See `queries.success_rate`."""
    return Ratio(interactions(sums) - _added(sums.failed), interactions(sums), times=100, decimals=1)


def average_evaluation(sums: Columns) -> ColumnElement[float]:
    """See `queries.average_evaluation`."""
    return Ratio(_added(sums.points), _added(sums.evaluated), decimals=2, low=min(SCORES.values()))


def targeted(sums: Columns) -> ColumnElement[int]:
    """How many entries made the contact a target of a campaign."""
    return _added(sums.targets)


def responded(sums: Columns) -> ColumnElement[int]:
    """How many entries were a response to a campaign."""
    return _added(sums.responses)


def response_rate(sums: Columns) -> ColumnElement[float]:
    """Responses in percent of targets, to 0.1; 0 without targets."""
    return func.coalesce(Ratio(responded(sums), targeted(sums), times=100, decimals=1), literal_column("0"))
