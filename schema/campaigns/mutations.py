"""Campaigns: creating, changing and deleting them."""

import datetime as dt

import strawberry

from resolvers.campaigns import rules as campaigns
from schema.inputs import given, key_to_repeat, optional, or_none, required, version_expected
from schema.payloads import Payload, gone, payload, shown


@strawberry.input(description="The fields of a campaign.")
class CampaignInput:
    description: str | None = optional("What it is about, at most 100 characters; needed.")
    starting_date: dt.date | None = optional("The day it starts.")
    ending_date: dt.date | None = optional("The day it ends, not before it starts.")
    salesperson_code: str | None = optional("Who is responsible.")
    blocked: bool | None = optional("Whether it is refused for new work (K10).")


@strawberry.input(description="A new campaign.")
class CreateCampaignInput:
    no: str | None = optional(
        "Its number, where the series allows numbers by hand; else the next of the series (R-NUM)."
    )
    campaign: CampaignInput = required("The campaign.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateCampaignPayload(Payload):
    """What createCampaign did."""

    campaign = shown("campaigns.Campaign", "The new campaign.", "id")


@strawberry.input(description="A change of a campaign; what is left out stays.")
class UpdateCampaignInput:
    no: str = required("Its number.")
    campaign: CampaignInput = required("What changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@payload
class UpdateCampaignPayload(Payload):
    """What updateCampaign did."""

    campaign = shown("campaigns.Campaign", "The campaign as it is now.", "id")


@strawberry.input(description="The campaign that is to be deleted.")
class DeleteCampaignInput:
    no: str = required("Its number.")
    idempotency_key: str | None = key_to_repeat()


@payload
class DeleteCampaignPayload(Payload):
    """What deleteCampaign did."""

    deleted_id: strawberry.ID | None = gone("campaigns.Campaign", "The id that is gone; null when it was refused.")


@strawberry.type
class CampaignMutations:
    """The fields of Mutation about campaigns."""

    @strawberry.mutation(description="Create a campaign, numbered by the campaign series unless a number is given.")
    async def create_campaign(self, info: strawberry.Info, input: CreateCampaignInput) -> CreateCampaignPayload | None:
        return await info.context.write(info, input, campaigns.create, given(input.campaign), no=or_none(input.no))

    @strawberry.mutation(description="Change a campaign.")
    async def update_campaign(self, info: strawberry.Info, input: UpdateCampaignInput) -> UpdateCampaignPayload | None:
        return await info.context.write(
            info,
            input,
            campaigns.update,
            input.no,
            given(input.campaign),
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(description="Delete a campaign, unless history, anything open or a template names it (K6).")
    async def delete_campaign(self, info: strawberry.Info, input: DeleteCampaignInput) -> DeleteCampaignPayload | None:
        return await info.context.write(info, input, campaigns.delete, input.no)
