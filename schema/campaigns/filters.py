"""Filters of campaigns and campaign entries."""

import datetime as dt

import strawberry

from resolvers.campaigns import queries
from schema.comparisons import (
    DateFilter,
    IntFilter,
    StringFilter,
    code_filter,
    date_filter,
    filter_field,
    flag_filter,
    text_filter,
    value_filter,
)
from schema.compiler.declarations import Order, Sort, by_column
from schema.orders import order_input


@strawberry.input(description="Conditions on campaigns. All that are given must hold.")
class CampaignFilter:
    no: StringFilter | None = code_filter("The number of the campaign.", "no")
    description: StringFilter | None = text_filter("The description of the campaign.", "description")
    salesperson_code: StringFilter | None = code_filter(
        "The code of the salesperson responsible for the campaign.", "salesperson_code"
    )
    active_on: dt.date | None = filter_field(
        "Runs on this date: it has started and not ended. A campaign without starting or ending date is open at that "
        "end.",
        queries.active_on,
    )
    blocked: bool | None = flag_filter("Whether the campaign is blocked for new interactions.", "blocked")


@strawberry.input(description="Conditions on campaign entries. All that are given must hold.")
class CampaignEntryFilter:
    campaign_no: StringFilter | None = code_filter("The number of the campaign.", "campaign_no")
    date: DateFilter | None = date_filter("The date of the entry's first interaction.", "date")
    segment_no: StringFilter | None = code_filter(
        "The number of the logged segment; null for entries of interactions created one by one.", "segment_no"
    )
    logged_segment_entry_no: IntFilter | None = value_filter(
        "The entry number of the logged segment.", "logged_segment_entry_no"
    )
    canceled: bool | None = flag_filter("Whether the campaign entry was canceled.", "canceled")


CAMPAIGN_KEY: Order = [by_column("no")]
CampaignOrder, CAMPAIGN_ORDERS = order_input(
    "CampaignOrder",
    "campaigns",
    NO=("By number.", CAMPAIGN_KEY),
    DESCRIPTION=("By description, ignoring case and accents.", [Sort(queries.folded_description, computed=True)]),
    STARTING_DATE=("By the first day.", [by_column("starting_date", nullable=True)]),
)
