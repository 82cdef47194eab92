"""The sums that figures are computed from, and the figures.

Sums can be added up: of days to months, of templates to groups. A figure is computed once, from the sums of all entries
that it is about. Failed attempts count in all sums.
"""

from collections.abc import Callable, Iterable, Mapping, Set

from sqlalchemy import BigInteger, ColumnElement, case, func, not_

from persistence.sql.ratios import Ratio
from persistence.sql.totals import AverageOfParts, HighPart, LowPartsTogether, SumOfLowParts, SumOfParts
from persistence.sql_types import SqlExpression
from resolvers.queries import TableRow
from resolvers.statistics.queries import DECIMALS, ZERO, score

SUMS: Mapping[str, Callable[[TableRow], SqlExpression]] = {
    "interactions": lambda entry: func.count(),
    "cost_high": lambda entry: func.coalesce(func.sum(HighPart(entry.c.cost)), ZERO),
    "cost_low": lambda entry: func.coalesce(SumOfLowParts(entry.c.cost), ZERO),
    "duration": lambda entry: func.coalesce(func.sum(entry.c.duration), ZERO),
    "succeeded": lambda entry: func.count().filter(not_(entry.c.attempt_failed)),
    "evaluated": lambda entry: func.count(entry.c.evaluation),
    "score": lambda entry: func.coalesce(func.sum(score(entry)), ZERO),
    "responses": lambda entry: func.count().filter(entry.c.campaign_response),
}
"""The sums over entries, by name."""

SUMS_OVER_CONTACTS: Set[str] = frozenset(("contacts", "reached", "attempts"))
"""Sums that must know each contact: how many contacts there are, how many were reached, and after how many attempts
together. They cannot be added up from sums of other groups of entries, because a contact may be in several groups.
"""

EARLIER = "earlier_"
"""Begins the names of the sums of the earlier days that figures are compared with."""

AMOUNTS = ("cost_high", "cost_low")
"""Sums of parts of amounts, whose type depends on the database."""


def added_up(name: str, sums: SqlExpression, only: ColumnElement[bool] | None = None) -> SqlExpression:
    """A sum of several groups together, 0 without any. `only` selects the groups."""
    own = name.removeprefix(EARLIER)
    if own == "cost_low":
        return LowPartsTogether(sums if only is None else case((only, sums)))
    total = func.coalesce(func.sum(sums) if only is None else func.sum(sums).filter(only), ZERO)
    return total if own in AMOUNTS else total.cast(BigInteger)


def over_contacts(
    names: Iterable[str], *, reached: Callable[[], SqlExpression], attempt: Callable[[], SqlExpression]
) -> list[SqlExpression]:
    """These sums of `SUMS_OVER_CONTACTS`, with their names, over rows of which each stands for a contact. `reached` is
    null unless the contact was reached, and `attempt` is the number of the attempt at which it was.
    """
    values: Mapping[str, Callable[[], SqlExpression]] = {
        "contacts": func.count,
        "reached": lambda: func.count(reached()),
        "attempts": lambda: func.coalesce(func.sum(attempt()), ZERO),
    }
    return [values[name]().label(name) for name in names]


Sums = Callable[[str], SqlExpression]
"""The sums of one group of entries by name."""


def interactions(sums: Sums) -> SqlExpression:
    """The number of entries."""
    return sums("interactions")


def contacts(sums: Sums) -> SqlExpression:
    """The number of different contacts. A company and each of its people count separately (K24)."""
    return sums("contacts")


def cost(sums: Sums) -> SqlExpression:
    """The sum of costs."""
    return SumOfParts(sums("cost_high"), sums("cost_low"))


def duration(sums: Sums) -> SqlExpression:
    """The sum of minutes."""
    return sums("duration")


def average_cost(sums: Sums) -> SqlExpression:
    """The average cost of an entry, to the cent; null without entries."""
    return AverageOfParts(sums("cost_high"), sums("cost_low"), sums("interactions"))


def average_duration(sums: Sums) -> SqlExpression:
    """The average duration of an entry in minutes; null without entries."""
    return Ratio(sums("duration"), sums("interactions"), decimals=DECIMALS)


def success_rate(sums: Sums) -> SqlExpression:
    """The share of attempts that did not fail, from 0 to 1; null without entries."""
    return Ratio(sums("succeeded"), sums("interactions"), decimals=DECIMALS)


def average_evaluation(sums: Sums) -> SqlExpression:
    """The average points of the evaluated entries, from -2 to 2; null if none is evaluated."""
    return Ratio(sums("score"), sums("evaluated"), decimals=DECIMALS)


def responses(sums: Sums) -> SqlExpression:
    """How many entries were a response to a campaign."""
    return sums("responses")


def attempts_until_reached(sums: Sums) -> SqlExpression:
    """The average number of entries of a contact up to the first whose attempt did not fail; null if no contact was
    reached.
    """
    return Ratio(sums("attempts"), sums("reached"), decimals=DECIMALS)
