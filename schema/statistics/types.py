"""Figures over the logged interactions of an object."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Optional

from persistence.interactions import InteractionLogEntry
from persistence.precomputed.day_sums import SumKind
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, SqlRows, TableRow
from resolvers.statistics import day_sums, queries, sums
from schema.comparisons import DateFilter
from schema.compiler.declarations import StoredSums
from schema.compiler.entity_types import entity
from schema.compiler.fields import aggregate, aggregate_object
from schema.compiler.filters.comparison import Comparison
from schema.compiler.statement import Row, Statement
from schema.compiler.values import GraphQLValues
from schema.execution.graphql_internals import argument
from schema.scalars import BigInt

DATE_ARGUMENT = argument("date", Optional[DateFilter], "Only interactions whose date meets these conditions.")


ROUNDED = "rounded to 4 decimals, halves away from zero"


@entity(InteractionLogEntry, key_columns=())
class InteractionMeasures:
    """Figures over logged interactions. Canceled and postponed interactions do not count, failed attempts do."""

    interactions: int = aggregate(queries.interactions, "Number of interactions.", of_sums=sums.interactions)
    contacts: int = aggregate(
        queries.contacts,
        "Number of different contacts. A company and each of its people count as one each.",
        of_sums=sums.contacts,
    )
    cost: Decimal = aggregate(queries.cost, "Total cost, in company currency.", of_sums=sums.cost)
    duration: BigInt = aggregate(queries.duration, "Total duration, in minutes.", of_sums=sums.duration)
    average_cost: Decimal | None = aggregate(
        queries.average_cost,
        "Average cost of an interaction, in company currency, rounded to 0.01. Null without interactions.",
        of_sums=sums.average_cost,
    )
    average_duration: float | None = aggregate(
        queries.average_duration,
        f"Average duration of an interaction, in minutes, {ROUNDED}. Null without interactions.",
        of_sums=sums.average_duration,
    )
    success_rate: float | None = aggregate(
        queries.success_rate,
        "Interactions whose attempt did not fail, divided by all interactions: from 0 to 1, "
        f"{ROUNDED}. Null without interactions.",
        of_sums=sums.success_rate,
    )
    average_evaluation: float | None = aggregate(
        queries.average_evaluation,
        f"Average evaluation of the interactions that have one, {ROUNDED}: very positive counts 2, positive 1, neutral "
        "0, negative -1, very negative -2. Null if none has an evaluation.",
        of_sums=sums.average_evaluation,
    )
    responses: int = aggregate(
        queries.responded, "Number of interactions that were a response to a campaign.", of_sums=sums.responses
    )
    attempts_until_reached: float | None = aggregate(
        queries.attempts_until_reached,
        "Average number of interactions with a contact up to and including the first whose attempt did not fail, in "
        f"order of date, time and entry number, {ROUNDED}. Contacts who were never reached do not count. Null if no "
        "contact was reached.",
        of_sums=sums.attempts_until_reached,
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

    return aggregate_object(
        "statistics.InteractionMeasures",
        description,
        DATE_ARGUMENT,
        belongs=belongs,
        where=_counted,
        stored=None if kind is None else stored_sums(kind, key),
    )


def stored_sums(kind: SumKind, key: str) -> StoredSums:
    """The stored sums of objects whose column `key` is the key of the sums."""

    def of_parent(parent: Row, statement: Statement, date: GraphQLValues | None = None) -> SqlRows:
        days = _days(statement, date)
        if parent.many and statement.may_share_rows:
            return day_sums.sums_of_card(statement, kind, of_dirty_days(statement, date), key=parent.c[key], days=days)
        return day_sums.sums_by_day(
            day_sums.sums_of_clean_and_dirty_days(statement, kind, key=parent.c[key], days=days)
        )

    def of_dirty_days(statement: Statement, date: GraphQLValues | None) -> SqlRows:
        """The sums of dirty days of all cards, which are read once for all parents."""

        computed = day_sums.dirty_sums_of_all_cards
        key = (computed, kind, "" if date is None else statement.name())
        return statement.common_rows(key, lambda: computed(statement, kind, days=_days(statement, date)))

    def over_contacts(statement: Statement, names: Sequence[str], date: GraphQLValues | None = None) -> SqlRows:
        return day_sums.sums_over_contacts(statement, kind, names, statement.name(), days=_days(statement, date))

    return StoredSums(of_parent, over_contacts, key)


def _days(statement: Statement, date: GraphQLValues | None) -> day_sums.OnDays | None:
    compared = _compared(statement, date)
    return None if compared is None else compared.matches_date


def _counted(entry: Row, statement: Statement, date: GraphQLValues | None = None) -> Sequence[SqlCondition]:
    return queries.counted(entry, _compared(statement, date))


def _compared(statement: Statement, date: GraphQLValues | None) -> Comparison | None:
    return None if date is None else Comparison(statement, date)
