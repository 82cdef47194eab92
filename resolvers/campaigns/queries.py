"""The SQL of the filters, edges and figures of campaigns and their entries."""

from collections.abc import Callable

from sqlalchemy import Date, and_, func, literal_column, or_, select

from persistence.day_sums import SumKind
from persistence.interactions import InteractionLogEntry
from persistence.ratios import Ratio
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, SqlExpression, TableRow
from resolvers.statistics import day_sums
from resolvers.statistics import queries as statistics
from resolvers.statistics.sums import Sums


def active_on(campaign: TableRow, day: object, sql: SqlBuilder) -> SqlCondition:
    """Whether the campaign has started by this day and not ended before it. Without a date it is open at that end."""

    def bound() -> SqlExpression:
        return sql.bind(lambda value: value, day, type_=Date())

    started = or_(campaign.c.starting_date.is_(None), campaign.c.starting_date <= bound())
    return and_(started, or_(campaign.c.ending_date.is_(None), campaign.c.ending_date >= bound()))


def belongs_to_campaign(campaign: TableRow, row: TableRow, _: SqlBuilder) -> Alternatives:
    """The condition that an interaction, or a campaign entry, belongs to the campaign."""
    return [[row.c.campaign_no == campaign.c.no]]


def contacts_targeted(campaign: TableRow, sql: SqlBuilder) -> SqlExpression:
    """How many interactions made a contact a target of the campaign; canceled ones do not count (A.10)."""
    return _over_interactions(campaign, statistics.targeted, lambda sums: sums("targets"), sql)


def contacts_responded(campaign: TableRow, sql: SqlBuilder) -> SqlExpression:
    """How many interactions were a response to the campaign; canceled ones do not count (A.10)."""
    return _over_interactions(campaign, statistics.responded, lambda sums: sums("responses"), sql)


def response_rate(campaign: TableRow, sql: SqlBuilder) -> SqlExpression:
    """Responses in percent of targets, to 0.1; 0 without targets (A.10)."""
    return _over_interactions(campaign, statistics.response_rate, _response_rate, sql)


def _over_interactions(
    campaign: TableRow, measure: statistics.RowMeasure, of_sums: Callable[[Sums], SqlExpression], sql: SqlBuilder
) -> SqlExpression:
    """A measure over the entries of the campaign that count: from stored sums, unless the reader sees only some of the
    entries.
    """
    if sql.own_only:
        entry = sql.row(InteractionLogEntry)
        return statistics.figure(entry, measure, entry.c.campaign_no == campaign.c.no, is_not_canceled(entry))
    rows = day_sums.sums_by_day(sql, SumKind.CAMPAIGN, key=campaign.c.no)
    return select(of_sums(day_sums.added_up(rows))).select_from(rows).scalar_subquery()


def _response_rate(sums: Sums) -> SqlExpression:
    rate = Ratio(sums("responses"), sums("targets"), times=100, decimals=1)
    return func.coalesce(rate, literal_column("0"))


def number_of_interactions(campaign_entry: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The number of interactions of a campaign entry: the canceled ones if it is canceled, else the others (A.10)."""
    return _over_entry(campaign_entry, statistics.interactions, sql)


def cost(campaign_entry: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The total cost of the interactions that `number_of_interactions` counts (A.10)."""
    return _over_entry(campaign_entry, statistics.cost, sql)


def duration(campaign_entry: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The total duration, in minutes, of the interactions that `number_of_interactions` counts (A.10)."""
    return _over_entry(campaign_entry, statistics.duration, sql)


def _over_entry(campaign_entry: TableRow, measure: statistics.RowMeasure, sql: SqlBuilder) -> SqlExpression:
    return statistics.figure_of_entries(campaign_entry, InteractionLogEntry, "campaign_entry_no", measure, sql)
