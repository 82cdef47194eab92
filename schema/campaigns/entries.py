"""Canceling campaign entries, and deleting canceled ones."""

import strawberry

from resolvers.campaigns import entries as rules
from schema.campaigns.filters import CampaignEntryFilter
from schema.inputs import NOTHING_EMPTY, all_of_them, dry_run, key_to_repeat, optional, required
from schema.payloads import Payload, payload, shown, told
from schema.selections import matching


@strawberry.input(description="A campaign entry to strike out or to revive.")
class SetCampaignEntryCanceledInput:
    entry_no: int = required("Its number.")
    canceled: bool = required("True strikes it out, false revives it; all its interactions get the same mark.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Canceled campaign entries to delete permanently: exactly one of `filter` and `all`.")
class DeleteCanceledCampaignEntriesInput:
    filter: CampaignEntryFilter | None = optional(
        f"Which campaign entries; only canceled ones are deleted. {NOTHING_EMPTY}"
    )
    all_: bool | None = all_of_them("All canceled campaign entries.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = key_to_repeat()


@payload
class SetCampaignEntryCanceledPayload(Payload):
    """What setCampaignEntryCanceled did."""

    campaign_entry = shown("campaigns.CampaignEntry", "The campaign entry as it is now.", "entry_no")


@payload
class DeleteCanceledCampaignEntriesPayload(Payload):
    """What deleteCanceledCampaignEntries did, or would do."""

    deleted: int = told("How many campaign entries went, or would go.")


@strawberry.type
class CampaignEntryMutations:
    """The fields of Mutation about campaign entries."""

    @strawberry.mutation(
        description=(
            "Strike a campaign entry out with all its interactions, or revive it with all of them, also those that "
            "were canceled one by one (R-CAM-2)."
        )
    )
    async def set_campaign_entry_canceled(
        self, info: strawberry.Info, input: SetCampaignEntryCanceledInput
    ) -> SetCampaignEntryCanceledPayload | None:
        return await info.context.write_bulk(info, input, rules.set_canceled, input.entry_no, canceled=input.canceled)

    @strawberry.mutation(
        description=(
            "Delete canceled campaign entries with their canceled interactions and the remarks on these (R-CAM-3). "
            "Interactions that are not canceled stay and belong to no campaign entry."
        )
    )
    async def delete_canceled_campaign_entries(
        self, info: strawberry.Info, input: DeleteCanceledCampaignEntriesInput
    ) -> DeleteCanceledCampaignEntriesPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.delete_canceled,
            await matching(info, CampaignEntryFilter, "filter"),
            dry_run=input.dry_run,
        )
