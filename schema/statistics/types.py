"""Figures over the log: what the interactions of something add up to."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Optional

from sqlalchemy import ColumnElement

from persistence.interactions import InteractionLogEntry
from resolvers.interactions import queries as history
from resolvers.statistics import queries as measures
from schema.comparisons import DateFilter
from schema.compiler.conditions import date_compared
from schema.compiler.declarations import Alternatives
from schema.compiler.entity_types import entity
from schema.compiler.fields import aggregate, aggregate_object
from schema.compiler.statement import Row, Statement
from schema.execution.graphql_internals import argument
from schema.scalars import BigInt

ON_DAYS = argument("date", Optional[DateFilter], "Only interactions of these days.")


@entity(InteractionLogEntry, key_columns=())
class InteractionMeasures:
    """What finished interactions add up to. Canceled and postponed ones do not count, failed attempts do (R-CON-3)."""

    interactions: int = aggregate(measures.interactions, "How many interactions.")
    contacts: int = aggregate(
        measures.contacts, "With how many different contacts; a company itself is one beside its people (K24)."
    )
    cost: Decimal = aggregate(measures.cost, "What they cost, in company currency.")
    duration: BigInt = aggregate(measures.duration, "How long they took, in minutes.")
    average_cost: Decimal | None = aggregate(
        measures.average_cost, "What one cost on average, in company currency; null without interactions."
    )
    average_duration: float | None = aggregate(
        measures.average_duration, "How long one took on average, in minutes to 0.01; null without interactions."
    )
    success_rate: float | None = aggregate(
        measures.success_rate, "How many attempts did not fail, in percent to 0.1; null without interactions."
    )
    average_evaluation: float | None = aggregate(
        measures.average_evaluation,
        "How those that were evaluated went on average, to 0.01: very positive counts 2, positive 1, neutral 0, "
        "negative -1, very negative -2. Null where none was evaluated.",
    )


def statistics(description: str, *, belongs: Callable[[Row, Row, Statement], Alternatives]) -> Any:
    """The field `statistics` of something that interactions belong to."""
    return aggregate_object("statistics.InteractionMeasures", description, ON_DAYS, belongs=belongs, where=_counting)


def _counting(entry: Row, statement: Statement, date: Any = None) -> Sequence[ColumnElement[bool]]:
    happened = history.not_canceled(entry)
    return [happened] if date is None else [happened, date_compared(entry.c.date, statement, date)]
