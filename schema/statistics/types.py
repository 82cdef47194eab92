"""Figures over the logged interactions of an object."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Optional

from persistence.day_sums import SumKind
from persistence.interactions import InteractionLogEntry
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, SqlRows, TableRow
from resolvers.statistics import day_sums, queries
from schema.comparisons import DateFilter
from schema.compiler.comparison import Comparison
from schema.compiler.entity_types import entity
from schema.compiler.fields import aggregate, aggregate_object
from schema.compiler.statement import Row, Statement
from schema.execution.graphql_internals import argument
from schema.scalars import BigInt

DATE_ARGUMENT = argument("date", Optional[DateFilter], "Only interactions whose date meets these conditions.")


@entity(InteractionLogEntry, key_columns=())
class InteractionMeasures:
    """Figures over logged interactions. Canceled and postponed interactions do not count, failed attempts do."""

    interactions: int = aggregate(queries.interactions, "Number of interactions.", of_sums=day_sums.interactions)
    contacts: int = aggregate(
        queries.contacts, "Number of different contacts. A company and each of its people count as one each."
    )
    cost: Decimal = aggregate(queries.cost, "Total cost, in company currency.", of_sums=day_sums.cost)
    duration: BigInt = aggregate(queries.duration, "Total duration, in minutes.", of_sums=day_sums.duration)
    average_cost: Decimal | None = aggregate(
        queries.average_cost,
        "Average cost of an interaction, in company currency. Null without interactions.",
        of_sums=day_sums.average_cost,
    )
    average_duration: float | None = aggregate(
        queries.average_duration,
        "Average duration of an interaction, in minutes, rounded to 0.01. Null without interactions.",
        of_sums=day_sums.average_duration,
    )
    success_rate: float | None = aggregate(
        queries.success_rate,
        "Interactions whose attempt did not fail, in percent, rounded to 0.1. Null without interactions.",
        of_sums=day_sums.success_rate,
    )
    average_evaluation: float | None = aggregate(
        queries.average_evaluation,
        "Average evaluation of the interactions that have one, rounded to 0.01: very positive counts 2, positive 1, "
        "neutral 0, negative -1, very negative -2. Null if none has an evaluation.",
        of_sums=day_sums.average_evaluation,
    )


def statistics(
    description: str,
    *,
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Alternatives],
    kind: SumKind | None = None,
    key: str = "code",
) -> Any:
    """The field `statistics` of an object that interactions belong to. With `kind`, it reads the stored sums of this
    kind, whose key is in the column `key` of the object.
    """

    def sums(parent: Row, statement: Statement, date: Any = None) -> SqlRows:
        assert kind is not None
        within = None if date is None else Comparison(statement, date)
        return day_sums.sums_by_day(statement, kind, key=parent.c[key], date=within)

    return aggregate_object(
        "statistics.InteractionMeasures",
        description,
        DATE_ARGUMENT,
        belongs=belongs,
        where=_counted,
        sums=None if kind is None else sums,
    )


def _counted(entry: Row, statement: Statement, date: Any = None) -> Sequence[SqlCondition]:
    return queries.counted(entry, None if date is None else Comparison(statement, date))
