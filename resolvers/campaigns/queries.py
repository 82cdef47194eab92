"""The SQL of the filters, edges and figures of campaigns and their entries."""

from sqlalchemy import Date, and_, func, literal_column, or_

from persistence.interactions import InteractionLogEntry
from persistence.sql.folding import Folded
from persistence.sql.ratios import Ratio
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, SqlExpression, TableRow
from resolvers.statistics import queries as statistics
from resolvers.statistics.sums import Sums


def active_on(campaign: TableRow, day: object, sql: SqlBuilder) -> SqlCondition:
    """Whether the campaign has started by this day and not ended before it. Without a date it is open at that end."""

    def bound() -> SqlExpression:
        return sql.bind(lambda value: value, day, type_=Date())

    started = or_(campaign.c.starting_date.is_(None), campaign.c.starting_date <= bound())
    return and_(started, or_(campaign.c.ending_date.is_(None), campaign.c.ending_date >= bound()))


def folded_description(campaign: TableRow, _: SqlBuilder) -> SqlExpression:
    """The description of a campaign without case and accents, to sort by."""
    return Folded(campaign.c.description)


def belongs_to_campaign(campaign: TableRow, row: TableRow, _: SqlBuilder) -> Alternatives:
    """The condition that an interaction, or a campaign entry, belongs to the campaign."""
    return [[row.c.campaign_no == campaign.c.no]]


def contacts_targeted(campaign: TableRow, sql: SqlBuilder) -> SqlExpression:
    """How many interactions made a contact a target of the campaign; canceled ones do not count (A.10)."""
    return _over_interactions(campaign, statistics.targeted, sql)


def contacts_responded(campaign: TableRow, sql: SqlBuilder) -> SqlExpression:
    """How many interactions were a response to the campaign; canceled ones do not count (A.10)."""
    return _over_interactions(campaign, statistics.responded, sql)


def response_rate(campaign: TableRow, sql: SqlBuilder) -> SqlExpression:
    """Responses in percent of targets, to 0.1; 0 without targets (A.10)."""
    return _over_interactions(campaign, statistics.response_rate, sql)


def targets(sums: Sums) -> SqlExpression:
    """How many interactions made a contact a target, from stored sums (A.10)."""
    return sums("targets")


def response_rate_of(sums: Sums) -> SqlExpression:
    """Responses in percent of targets, to 0.1, from stored sums; 0 without targets (A.10)."""
    rate = Ratio(sums("responses"), sums("targets"), times=100, decimals=1)
    return func.coalesce(rate, literal_column("0"))


def _over_interactions(campaign: TableRow, measure: statistics.RowMeasure, sql: SqlBuilder) -> SqlExpression:
    entry = sql.row(InteractionLogEntry)
    return statistics.figure(entry, measure, entry.c.campaign_no == campaign.c.no, is_not_canceled(entry))


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
