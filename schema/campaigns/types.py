"""Campaigns and their entries."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import strawberry
from sqlalchemy import ColumnElement

from persistence import campaigns as tables
from persistence.interactions import InteractionLogEntry
from resolvers.interactions import queries as history
from resolvers.statistics import queries as statistics
from schema.campaigns.filters import CampaignEntryFilter, CampaignFilter
from schema.compiler.declarations import Alternatives, by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, to_many, to_one
from schema.compiler.statement import Row, Statement
from schema.connections import connection_of
from schema.nodes import Node
from schema.scalars import BigInt
from schema.statistics.types import statistics as figures_of_interactions


def _of_campaign(campaign: Row | None, row: Row, _: Statement) -> Alternatives:
    assert campaign is not None
    return [[row.c.campaign_no == campaign.c.no]]


def _reached(measure: Callable[[Any], ColumnElement[Any]]) -> Callable[[Row, Statement], ColumnElement[Any]]:
    """A figure over the campaign's interactions that were not canceled (A.10)."""

    def expression(campaign: Row, statement: Statement) -> ColumnElement[Any]:
        entry = statement.row(InteractionLogEntry)
        counts = [entry.c.campaign_no == campaign.c.no, history.not_canceled(entry)]
        return history.figures_of(entry, counts, measure(entry))

    return expression


@entity(tables.Campaign, "cmp", default=[by_column("no")], key_order=[by_column("no")], filter=CampaignFilter)
class Campaign(Node):
    """A marketing effort that interactions belong to."""

    no: str = column("Its number.")
    version: int = column("Rises with every change; hand it back as expectedVersion.")
    description: str = column("What it is about.")
    starting_date: dt.date | None = column("The day it starts.")
    ending_date: dt.date | None = column("The day it ends.")
    salesperson = to_one("salespeople.Salesperson", "Who is responsible.", local="salesperson_code", remote="code")
    blocked: bool = column("Over, or not to be used: kept for history, refused for new work (K10).")
    entries = to_many(
        "campaigns.CampaignEntry",
        "What was done for it, newest first.",
        belongs=_of_campaign,
        filtered=False,
        ordered=False,
    )
    interaction_log_entries = to_many(
        "interactions.InteractionLogEntry", "Its finished interactions, newest first.", belongs=_of_campaign
    )
    contacts_targeted: int = computed(
        _reached(statistics.targeted), "How many interactions made a contact its target; canceled ones do not count."
    )
    contacts_responded: int = computed(
        _reached(statistics.responded), "How many interactions were a response to it; canceled ones do not count."
    )
    response_rate: float = computed(
        _reached(statistics.response_rate), "Responses in percent of targets, to 0.1; 0 without targets."
    )
    statistics = figures_of_interactions("What its interactions add up to.", belongs=_of_campaign)


def _figure(measure: Callable[[Any], ColumnElement[Any]]) -> Callable[[Row, Statement], ColumnElement[Any]]:
    """A figure over the entry's interactions with the same canceled mark (A.10)."""

    def expression(row: Row, statement: Statement) -> ColumnElement[Any]:
        entry = statement.row(InteractionLogEntry)
        same = [entry.c.campaign_entry_no == row.c.entry_no, entry.c.canceled == row.c.canceled]
        return history.figures_of(entry, same, measure(entry))

    return expression


@entity(
    tables.CampaignEntry,
    "cen",
    key_columns=("entry_no",),
    default=[by_column("entry_no", descending=True)],
    key_order=[by_column("entry_no")],
    filter=CampaignEntryFilter,
)
class CampaignEntry(Node):
    """What was done at once for a campaign: one logged segment, or all its hand-made interactions together (R-CAM-1,
    K9).
    """

    entry_no: int = column("Its number.")
    campaign = to_one("campaigns.Campaign", "Its campaign.", local="campaign_no", remote="no", required=True)
    description: str = column("The segment's description, or `Interactions` for the hand-made ones.")
    date: dt.date = column("The day of the first interaction.")
    segment_no: str | None = column("The number of the segment; null for the hand-made ones.")
    salesperson = to_one(
        "salespeople.Salesperson", "The salesperson of the first interaction.", local="salesperson_code", remote="code"
    )
    user_id: str = column("Who made it.")
    canceled: bool = column("Whether it was struck out.")
    logged_segment = to_one(
        "segments.LoggedSegment", "The logged segment it came with.", local="logged_segment_entry_no", remote="entry_no"
    )
    no_of_interactions: int = computed(
        _figure(statistics.interactions), "How many interactions with the same canceled mark."
    )
    cost: Decimal = computed(_figure(statistics.cost), "Their cost, in company currency.")
    duration: BigInt = computed(_figure(statistics.duration), "Their duration, in minutes.")


CampaignConnection, CampaignEdge = connection_of("campaigns.Campaign")
CampaignEntryConnection, CampaignEntryEdge = connection_of("campaigns.CampaignEntry")


@strawberry.type
class CampaignQueries:
    """The fields of Query about campaigns."""

    campaign = by_key("campaigns.Campaign", "The campaign with this number, or null.", "no", "no", "Its number.")
    campaigns = to_many("campaigns.Campaign", "Campaigns, by number.", ordered=False)
    campaign_entry = by_key(
        "campaigns.CampaignEntry",
        "The campaign entry with this number, or null.",
        "entry_no",
        "entry_no",
        "Its number.",
    )
    campaign_entries = to_many("campaigns.CampaignEntry", "Campaign entries, newest first.", ordered=False)
