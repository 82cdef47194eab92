"""Figures of groups of interactions: `interactionStatistics`."""

import datetime as dt
import operator
from dataclasses import dataclass
from functools import reduce

import strawberry

from persistence.interactions import InteractionLogEntry
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import SqlCondition, TableRow
from resolvers.roles import READS_OWN
from resolvers.statistics import groups
from resolvers.statistics.entries import Earlier
from resolvers.statistics.grouped import Conditions, GroupedFigures, OrderField, Sums
from resolvers.statistics.groupings import ByUnit, Grouping
from resolvers.statistics.groups import Group, Request
from resolvers.statistics.periods import EarlierDays, FilterDays, without_ends
from resolvers.statistics.stored import Passes
from schema.compiler.declared_field import Declaration
from schema.compiler.entity_types import entity
from schema.compiler.fields import aggregates_of_group, column, computed, grouped_aggregates, lazy_type, to_one
from schema.compiler.filters.comparison import Comparison
from schema.compiler.filters.conditions import inner_condition
from schema.compiler.grouped_aggregates import limit
from schema.compiler.statement import Statement
from schema.compiler.values import GraphQLValues
from schema.contacts.filters import has_condition_on_canceled
from schema.enums import Evaluation, InformationFlow, InitiatedBy, Language
from schema.execution.graphql_internals import argument
from schema.interactions.filters import InteractionLogEntryFilter
from schema.scalars import Filter
from schema.statistics.inputs import ARGUMENTS, groupings_of

MEASURES = "statistics.InteractionMeasures"
LANGUAGE_ARGUMENT = argument(
    "language", Language | None, "The language of the label; by default the one that the request prefers."
)


def _object(target: str, local: str, remote: str, of: str) -> Declaration:
    return to_one(
        target, f"The {of} of the row. Null without one, and if rows are not grouped by it.", local=local, remote=remote
    )


@entity(InteractionLogEntry, key_columns=())
class InteractionStatisticsRow:
    """Figures of the interactions with the same key: of a template, a month, a template in a month."""

    key: str = computed(
        groups.key,
        "Identifies the row. The keys of the groupings in their order, separated by `|`: numbers and codes, values of "
        "enums, cities, first days such as `2026-03-01`, days of the week, hours. A `|` or `\\` inside a key follows "
        "a `\\`. A blank key is empty.",
    )
    label: str = computed(
        groups.label,
        "The name of the row, to show to users: its `labels` with ` · ` between them, such as `Visit · March 2026`. "
        "Without a grouping `All interactions`.",
        LANGUAGE_ARGUMENT,
    )
    labels: list[str] = computed(
        groups.labels,
        "The name of the key of each grouping, to show to users, in the order of the groupings.",
        LANGUAGE_ARGUMENT,
    )
    from_: dt.date | None = column(
        "The first day of the day, week, month, quarter or year. Null without such a grouping.",
        "first_day",
        alias="from",
    )
    to: dt.date | None = computed(
        groups.last_day,
        "The last day of the day, week, month, quarter or year, also if the filter ends before. Null without such a "
        "grouping.",
    )
    bucket: int | None = computed(groups.bucket, "The first of `buckets`. Null if it is empty.")
    buckets: list[int] = computed(
        groups.buckets,
        "The day of the week, 1 for Monday to 7 for Sunday, and the hour of the day, 0 to 23, in the order of the "
        "groupings. Empty if rows are grouped by neither.",
    )
    template = _object("templates.InteractionTemplate", "template_code", "code", "template")
    group = _object("templates.InteractionGroup", "group_code", "code", "interaction group")
    salesperson = _object("salespeople.Salesperson", "salesperson_code", "code", "salesperson")
    campaign = _object("campaigns.Campaign", "campaign_no", "no", "campaign")
    contact = _object("contacts.Contact", "contact_no", "no", "contact")
    company = _object("contacts.Contact", "company_no", "no", "company")
    city: str | None = column("The city of the contacts. Null without one, and if rows are not grouped by it.")
    country_code: str | None = column(
        "The country code of the contacts. Null without one, and if rows are not grouped by it."
    )
    evaluation: Evaluation | None = column("The evaluation. Null without one, and if rows are not grouped by it.")
    information_flow: InformationFlow | None = column(
        "The direction of the information. Null if not recorded, and if rows are not grouped by it."
    )
    initiated_by: InitiatedBy | None = column(
        "Who initiated the interactions. Null if not recorded, and if rows are not grouped by it."
    )
    user_id: str | None = column("The user who logged the interactions. Null if rows are not grouped by it.")
    measures = aggregates_of_group(
        MEASURES,
        "The figures. They are 0 or null in rows without interactions.",
        lambda group: group.sums,
        required=True,
    )
    previous = aggregates_of_group(
        MEASURES,
        "The figures of the earlier days. Null without `compareTo`.",
        lambda group: group.earlier,
        required=False,
    )
    filter: Filter = computed(
        groups.filter_of,
        "The filter of `interactionLogEntries` that returns the interactions of the row: pass it as a variable. It "
        "includes the filter of the request.",
    )


@strawberry.type(description="Figures of groups of logged interactions.")
class InteractionStatistics:
    rows: list[lazy_type("statistics.groups.InteractionStatisticsRow")] = strawberry.field(  # type: ignore[valid-type]  # a lazy type
        description="The rows, at most `first`."
    )
    totals: lazy_type(MEASURES) = strawberry.field(  # type: ignore[valid-type]  # a lazy type
        description="The figures of all interactions that the filter selects, also those of rows that are left out."
    )
    no_of_rows: int = strawberry.field(description="Number of rows, also those after the first `first`.")


@dataclass(frozen=True)
class MadeGroups:
    """The SQL of one request, and a row of its groups."""

    figures: GroupedFigures
    group: Group


def _make(statement: Statement, arguments: GraphQLValues, rows: bool) -> MadeGroups:
    filter_, compare_to = arguments.get("filter") or {}, arguments.get("compareTo")
    having = _given(arguments.get("having") or {})
    groupings = groupings_of(arguments.get("groupBy"))
    with_canceled = has_condition_on_canceled(filter_)
    for _ in range(1 if compare_to is None else 2):
        statement.budget.take(_largest_filter_of_row(filter_, groupings))

    def passes(given: GraphQLValues, entry: TableRow) -> SqlCondition:
        with statement.repeating(passes):
            condition = inner_condition(InteractionLogEntryFilter, given, entry, statement)
        return condition if with_canceled else is_not_canceled(entry) & condition

    def earlier_days() -> Earlier | None:
        if compare_to is None:
            return None
        unit = next((each.unit for each in groupings if isinstance(each, ByUnit)), None)
        return Earlier(EarlierDays(days, compare_to, unit, statement), Passes(without_ends(filter_), passes))

    def has(sums: Sums) -> SqlCondition:
        return _having(having, sums, statement)

    days = FilterDays(filter_)
    conditions = Conditions(
        groupings,
        Passes(filter_, passes),
        days,
        earlier_days(),
        has if having else None,
        [
            (OrderField(each["field"].value), each["direction"].value == "DESC")
            for each in arguments.get("orderBy") or ()
        ],
        limit(statement, arguments["first"]),
        fill_gaps=arguments["fillGaps"],
        rows=rows,
    )
    figures = GroupedFigures(statement, conditions, statement.name())
    request = Request(groupings, filter_, with_canceled)
    earlier = None if compare_to is None else figures.earlier_sum_of
    return MadeGroups(
        figures, Group(figures.group.c, request, figures.group.alias, figures.sum_of, earlier, figures.look_up)
    )


def _given(having: GraphQLValues) -> GraphQLValues:
    """The conditions on figures, without those that are null, which have no effect."""
    return {
        name: conditions
        for name, conditions in having.items()
        if conditions and any(value is not None for value in conditions.values())
    }


def _having(having: GraphQLValues, sums: Sums, statement: Statement) -> SqlCondition:
    """Whether the sums of a group meet all conditions."""
    cost = Comparison(statement, having.get("cost") or {})
    conditions = [cost.matches_total(sums("cost_high"), sums("cost_low"))]
    for name in ("interactions", "contacts"):
        given = having.get(name) or {}
        with statement.naming_lists_of(name, given):
            compared = Comparison(statement, given)
            if compared.operators:
                conditions.append(compared.matches(sums(name)))
    return reduce(operator.and_, conditions)


def _largest_filter_of_row(filter_: GraphQLValues, groupings: list[Grouping]) -> GraphQLValues:
    """A filter with as many parts as that of a row, so that clients can use the filter of every row."""
    conditions = [{"date": {"gte": True, "lte": True}} for _ in groupings]
    return {"and": [filter_, *conditions, {"canceled": False}]}


@strawberry.type
class StatisticsQueries:
    """The field of Query about figures of groups of interactions."""

    interaction_statistics = grouped_aggregates(
        "statistics.groups.InteractionStatistics",
        "Figures over logged interactions, grouped by up to three properties and units of time. Postponed interactions "
        "do not count.",
        *ARGUMENTS,
        group="statistics.groups.InteractionStatisticsRow",
        measures=MEASURES,
        make=_make,
        access=READS_OWN,
    )
