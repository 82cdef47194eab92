"""Mutations of campaign entries: canceling them, and deleting canceled ones."""

import strawberry

from resolvers.campaigns import entries as rules
from resolvers.roles import ADMINISTRATION, MARKETING
from schema.access import mutation
from schema.campaigns.filters import CampaignEntryFilter
from schema.execution.context import Info
from schema.inputs import NOTHING_EMPTY, all_rows, dry_run, idempotency_key, optional, required
from schema.payload_fields import id_list, object_field, outcome_field
from schema.payloads import Payload, payload
from schema.selections import required_matching


@strawberry.input(description="A campaign entry to cancel or un-cancel.")
class SetCampaignEntryCanceledInput:
    entry_no: int = required("The number of the campaign entry.")
    canceled: bool = required("True cancels it and all its interactions, false un-cancels all of them.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(
    description="Canceled campaign entries to delete permanently. Exactly one of `filter` and `all` must be given."
)
class DeleteCanceledCampaignEntriesInput:
    filter: CampaignEntryFilter | None = optional(
        f"Which campaign entries. Of those that match, only canceled ones are deleted. {NOTHING_EMPTY}"
    )
    all_: bool | None = all_rows("All canceled campaign entries.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@payload
class SetCampaignEntryCanceledPayload(Payload[rules.CampaignEntryMarked]):
    """Result of setCampaignEntryCanceled."""

    campaign_entry = object_field(
        "campaigns.CampaignEntry", "The campaign entry after the change. Null if the mutation was refused.", "entry_no"
    )


@payload
class DeleteCanceledCampaignEntriesPayload(Payload[rules.CampaignEntriesDeleted]):
    """Result of deleteCanceledCampaignEntries."""

    deleted: int = outcome_field("Number of campaign entries that were deleted or, in a dry run, would be.")
    deleted_ids: list[strawberry.ID] = id_list(
        "campaigns.CampaignEntry",
        "The ids of the deleted campaign entries, at most the first 100. Empty in a dry run or if refused.",
        "entry_nos",
    )


@strawberry.type
class CampaignEntryMutations:
    """The fields of Mutation about campaign entries."""

    @mutation(
        "Cancel a campaign entry and all its interactions, or un-cancel all of them, including interactions "
        "that were canceled one by one before.",
        access=MARKETING,
    )
    async def set_campaign_entry_canceled(
        self, info: Info, input: SetCampaignEntryCanceledInput
    ) -> SetCampaignEntryCanceledPayload | None:
        result = await info.context.write_bulk(info, input, rules.set_canceled, input.entry_no, canceled=input.canceled)
        return SetCampaignEntryCanceledPayload.of(result)

    @mutation(
        "Delete canceled campaign entries permanently, with their canceled interactions and the comments "
        "on these. Interactions that are not canceled stay, without a campaign entry.",
        access=ADMINISTRATION,
    )
    async def delete_canceled_campaign_entries(
        self, info: Info, input: DeleteCanceledCampaignEntriesInput
    ) -> DeleteCanceledCampaignEntriesPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.delete_canceled,
            await required_matching(info, CampaignEntryFilter, "filter"),
            dry_run=input.dry_run,
        )
        return DeleteCanceledCampaignEntriesPayload.of(result)
