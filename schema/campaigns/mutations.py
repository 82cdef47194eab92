"""Mutations that create, update and delete campaigns."""

import datetime as dt

import strawberry

from resolvers.campaigns import rules
from resolvers.roles import ADMINISTRATION, MARKETING
from schema.cards import Card
from schema.inputs import optional


@strawberry.input(description="The fields of a campaign.")
class CampaignInput:
    description: str | None = optional("What the campaign is about: 1 to 100 characters. Required when it is created.")
    starting_date: dt.date | None = optional("The first day of the campaign.")
    ending_date: dt.date | None = optional("The last day of the campaign, not before `startingDate`.")
    salesperson_code: str | None = optional("The salesperson who is responsible for the campaign.")
    blocked: bool | None = optional(
        "Whether the campaign is refused in new interactions; existing ones keep it. Default: false."
    )


CARD = Card("campaigns.Campaign", CampaignInput, rules.CampaignFields, key="no")


@strawberry.type
class CampaignMutations:
    """The fields of Mutation about campaigns."""

    create_campaign = CARD.create_with_number(rules.create, "Create a campaign.", access=MARKETING)
    update_campaign = CARD.update(rules.update, "Change fields of a campaign.", access=MARKETING)
    delete_campaign = CARD.delete(
        rules.delete,
        "Delete a campaign. Refused with IN_USE while an interaction, a postponed interaction, a segment or a template "
        "refers to it; block it instead.",
        access=ADMINISTRATION,
    )
