"""The arguments of `interactionStatistics`: groupings, conditions on groups, orders, comparisons."""

from collections.abc import Sequence

import strawberry
from strawberry import UNSET

from resolvers.statistics.groupings import BUCKETS, DIMENSIONS, ByUnit, Grouping
from schema.comparisons import DecimalFilter, IntFilter
from schema.compiler.errors import BadUserInput
from schema.compiler.values import GraphQLValues
from schema.execution.graphql_internals import argument
from schema.interactions.filters import InteractionLogEntryFilter
from schema.orders import order_input
from schema.statistics.enums import Comparison, DateBucket, InteractionDimension

MAX_GROUPINGS = 3


@strawberry.input(one_of=True, description="What interactions are grouped by. Exactly one field must be given.")
class InteractionGrouping:
    by: InteractionDimension | None = strawberry.field(default=UNSET, description="A property of the interaction.")
    date: DateBucket | None = strawberry.field(default=UNSET, description="A unit of time.")


@strawberry.input(description="Conditions on the figures of a row. All that are given must hold.")
class InteractionHaving:
    interactions: IntFilter | None = strawberry.field(default=UNSET, description="The number of interactions.")
    contacts: IntFilter | None = strawberry.field(default=UNSET, description="The number of different contacts.")
    cost: DecimalFilter | None = strawberry.field(default=UNSET, description="The total cost, in company currency.")


InteractionStatisticsOrder, _ = order_input(
    "InteractionStatisticsOrder",
    "rows of figures",
    KEY=("By key, in the order of the groupings. Rows with a blank key come last.", []),
    INTERACTIONS=("By number of interactions.", []),
    CONTACTS=("By number of different contacts.", []),
    COST=("By total cost.", []),
    DURATION=("By total duration.", []),
    SUCCESS_RATE=("By success rate. Rows without interactions come last.", []),
    PREVIOUS_INTERACTIONS=("By the number of interactions of the earlier days. No effect without `compareTo`.", []),
)

ARGUMENTS = (
    argument(
        "filter",
        InteractionLogEntryFilter | None,
        "Which interactions count. Canceled ones count only if it has a condition on `canceled`. Default: all that are "
        "not canceled.",
    ),
    argument(
        "group_by",
        list[InteractionGrouping] | None,
        "What interactions are grouped by: at most three different groupings, at most one of them from DAY to YEAR. "
        "Default: one row with all interactions, or none if there are none.",
    ),
    argument(
        "having",
        InteractionHaving | None,
        "Only rows whose figures meet these conditions. Gaps are not filled then. Totals are not affected.",
    ),
    argument(
        "order_by",
        list[InteractionStatisticsOrder] | None,  # type: ignore[valid-type]  # built at run time
        "The order of the rows. Rows that are equal in all levels are ordered by key, ascending. Default: by key.",
    ),
    argument("first", int, "The maximum number of rows, 1 to 1,000.", 100),
    argument(
        "fill_gaps",
        bool,
        "Whether there is also a row for units of time without interactions: every unit from the first day of the "
        "filter to its last, or from the first to the last interaction where the filter has no such day; all days of "
        "the week; all hours of the day. Beside other groupings, for every combination of these that has interactions. "
        "At most 10,000 rows.",
        False,
    ),
    argument(
        "compare_to",
        Comparison | None,
        "The earlier days whose figures are `previous`. The filter must have a first and a last day: a condition on "
        "`date` at its top or in `and`. Only conditions on the date are moved to the earlier days.",
    ),
)


def groupings_of(group_by: Sequence[GraphQLValues] | None) -> list[Grouping]:
    """The groupings of an argument `groupBy`. Raises BadUserInput."""
    found = [DIMENSIONS[each["by"]] if "by" in each else BUCKETS[each["date"]] for each in group_by or ()]
    if len(found) > MAX_GROUPINGS:
        raise BadUserInput(f"`groupBy` has at most {MAX_GROUPINGS} groupings; {len(found)} were given.")
    names = [each.name for each in found]
    if sum(isinstance(each, ByUnit) for each in found) > 1:
        raise BadUserInput("`groupBy` has at most one of DAY, WEEK, MONTH, QUARTER and YEAR. Remove the others.")
    if len(set(names)) < len(names):
        raise BadUserInput("Each grouping may be given only once in `groupBy`. Remove the repeated ones.")
    return found
