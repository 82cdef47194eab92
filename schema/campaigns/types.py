"""Campaigns and campaign entries."""

import datetime as dt
from decimal import Decimal

import strawberry

from persistence import campaigns as tables
from persistence.precomputed.day_sums import SumKind
from resolvers.campaigns import queries
from resolvers.roles import READS
from resolvers.statistics import sums
from schema.campaigns.filters import CAMPAIGN_KEY, CAMPAIGN_ORDERS, CampaignEntryFilter, CampaignFilter, CampaignOrder
from schema.compiler.declarations import by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, computed_of_sums, to_many, to_one
from schema.connections import connection_of
from schema.nodes import VERSION, Node
from schema.scalars import BigInt
from schema.statistics.types import statistics, stored_sums

SUMS = stored_sums(SumKind.CAMPAIGN, "no")


@entity(
    tables.Campaign,
    "cmp",
    default=CAMPAIGN_KEY,
    key_order=CAMPAIGN_KEY,
    orders=CAMPAIGN_ORDERS,
    filter=CampaignFilter,
    order_input=CampaignOrder,
)
class Campaign(Node):
    """A marketing campaign that interactions and segments belong to."""

    no: str = column("The number of the campaign, unique among campaigns. It is never used again.")
    version: int = column(VERSION)
    description: str = column("What the campaign is about.")
    starting_date: dt.date | None = column("The first day of the campaign. Null: it has no start.")
    ending_date: dt.date | None = column("The last day of the campaign. Null: it has no end.")
    salesperson = to_one(
        "salespeople.Salesperson",
        "The salesperson responsible for the campaign. Null if there is none.",
        local="salesperson_code",
        remote="code",
    )
    blocked: bool = column(
        "Whether the campaign is blocked: kept for history, refused for new interactions and segments."
    )
    entries = to_many(
        "campaigns.CampaignEntry",
        "The campaign entries, newest first.",
        belongs=queries.belongs_to_campaign,
        filtered=False,
        ordered=False,
    )
    interaction_log_entries = to_many(
        "interactions.InteractionLogEntry",
        "The logged interactions of the campaign, newest first.",
        belongs=queries.belongs_to_campaign,
    )
    contacts_targeted: int = computed_of_sums(
        queries.contacts_targeted,
        "Number of interactions that made a contact a target of the campaign. Canceled ones do not count.",
        stored=SUMS,
        of_sums=queries.targets,
    )
    contacts_responded: int = computed_of_sums(
        queries.contacts_responded,
        "Number of interactions that were a response to the campaign. Canceled ones do not count.",
        stored=SUMS,
        of_sums=sums.responses,
    )
    response_rate: float = computed_of_sums(
        queries.response_rate,
        "contactsResponded in percent of contactsTargeted, rounded to 0.1. 0 if no contact is a target.",
        stored=SUMS,
        of_sums=queries.response_rate_of,
    )
    statistics = statistics(
        "Figures over the logged interactions of the campaign.",
        belongs=queries.belongs_to_campaign,
        kind=SumKind.CAMPAIGN,
        key="no",
    )


@entity(
    tables.CampaignEntry,
    "cen",
    key_columns=("entry_no",),
    default=[by_column("entry_no", descending=True)],
    key_order=[by_column("entry_no")],
    filter=CampaignEntryFilter,
)
class CampaignEntry(Node):
    """A group of interactions of a campaign: those of one logged segment, or all that were created one by one."""

    entry_no: int = column("The entry number, unique among campaign entries.")
    campaign = to_one(
        "campaigns.Campaign",
        "The campaign of the interactions of the entry. Never null.",
        local="campaign_no",
        remote="no",
        required=True,
    )
    description: str = column(
        "The description of the segment; `Interactions` for interactions that were created one by one."
    )
    date: dt.date = column("The date of the first interaction.")
    segment_no: str | None = column(
        "The number of the logged segment. Null for interactions that were created one by one."
    )
    salesperson = to_one(
        "salespeople.Salesperson", "The salesperson of the first interaction.", local="salesperson_code", remote="code"
    )
    user_id: str = column("The user who created the first interaction, or logged the segment.")
    canceled: bool = column("Whether the campaign entry was canceled. Its interactions were canceled with it.")
    logged_segment = to_one(
        "segments.LoggedSegment",
        "The logged segment that created the entry. Null for interactions that were created one by one.",
        local="logged_segment_entry_no",
        remote="entry_no",
    )
    no_of_interactions: int = computed(
        queries.number_of_interactions,
        "Number of interactions of the entry: those canceled if the entry is canceled, else those not canceled.",
    )
    cost: Decimal = computed(
        queries.cost, "Total cost of the interactions that noOfInteractions counts, in company currency."
    )
    duration: BigInt = computed(
        queries.duration, "Total duration of the interactions that noOfInteractions counts, in minutes."
    )


CampaignConnection, CampaignEdge = connection_of("campaigns.Campaign")
CampaignEntryConnection, CampaignEntryEdge = connection_of("campaigns.CampaignEntry")


@strawberry.type
class CampaignQueries:
    """The fields of Query about campaigns."""

    campaign = by_key(
        "campaigns.Campaign",
        "The campaign with this number; null if there is none.",
        "no",
        "no",
        "The number of the campaign.",
        access=READS,
    )
    campaigns = to_many("campaigns.Campaign", "Campaigns, by number unless ordered otherwise.", access=READS)
    campaign_entry = by_key(
        "campaigns.CampaignEntry",
        "The campaign entry with this entry number; null if there is none.",
        "entry_no",
        "entry_no",
        "The entry number.",
        access=READS,
    )
    campaign_entries = to_many(
        "campaigns.CampaignEntry", "Campaign entries, newest first.", ordered=False, access=READS
    )
