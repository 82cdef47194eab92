"""Mutations that create, postpone and resume interactions and delete postponed ones."""

import strawberry

from resolvers.interactions import rules
from resolvers.interactions.fields import InteractionFields
from resolvers.roles import CHANGES_OWN
from schema.access import mutation
from schema.execution.context import Info
from schema.inputs import given_fields, or_none
from schema.interactions.inputs import (
    CreateInteractionInput,
    DeletePostponedInteractionsInput,
    PostponeInteractionInput,
    ResumeInteractionInput,
)
from schema.payload_fields import id_field, id_list, object_field, outcome_field
from schema.payloads import Payload, payload

LOG_ENTRY, POSTPONED = "interactions.InteractionLogEntry", "interactions.PostponedInteraction"


@payload
class CreateInteractionPayload(Payload[rules.Created]):
    """Result of createInteraction."""

    interaction_log_entry = object_field(
        LOG_ENTRY, "The logged interaction. Null if the mutation was refused.", "entry_no"
    )


@payload
class PostponeInteractionPayload(Payload[rules.Postponed]):
    """Result of postponeInteraction."""

    postponed_interaction = object_field(
        POSTPONED, "The postponed interaction. Null if the mutation was refused.", "entry_no"
    )


@payload
class ResumeInteractionPayload(Payload[rules.Resumed]):
    """Result of resumeInteraction. If it was refused, the interaction stays postponed and unchanged."""

    interaction_log_entry = object_field(
        LOG_ENTRY, "The logged interaction. Null if the mutation was refused.", "entry_no"
    )
    resumed_postponed_interaction_id: strawberry.ID | None = id_field(
        POSTPONED,
        "The id that the interaction had while it was postponed. Null if the mutation was refused.",
        "entry_no",
    )


@payload
class DeletePostponedInteractionsPayload(Payload[rules.PostponedDeleted]):
    """Result of deletePostponedInteractions."""

    deleted_entry_nos: list[int] = outcome_field(
        "The numbers of the deleted interactions, at most the first 100.", (), name="entry_nos"
    )
    deleted_ids: list[strawberry.ID] = id_list(
        POSTPONED, "The ids of the deleted interactions, at most the first 100.", "entry_nos"
    )


@strawberry.type
class InteractionMutations:
    """The fields of Mutation about creating and postponing interactions."""

    @mutation("Log an interaction with a contact.", access=CHANGES_OWN)
    async def create_interaction(self, info: Info, input: CreateInteractionInput) -> CreateInteractionPayload | None:
        result = await info.context.write(
            info,
            input,
            rules.create,
            given_fields(input.interaction, InteractionFields),
            from_entry_no=or_none(input.from_interaction_log_entry_no),
        )
        return CreateInteractionPayload.of(result)

    @mutation(
        "Store an interaction that is to be finished later, or change and postpone again one that is already "
        "postponed.",
        access=CHANGES_OWN,
    )
    async def postpone_interaction(
        self, info: Info, input: PostponeInteractionInput
    ) -> PostponeInteractionPayload | None:
        result = await info.context.write(
            info,
            input,
            rules.postpone,
            given_fields(input.interaction, InteractionFields),
            entry_no=or_none(input.entry_no),
            from_entry_no=or_none(input.from_interaction_log_entry_no),
            expected_version=or_none(input.expected_version),
            **given_fields(input, rules.PostponementFields),
        )
        return PostponeInteractionPayload.of(result)

    @mutation(
        "Finish a postponed interaction and log it under the same number. If it cannot be logged, it stays postponed.",
        access=CHANGES_OWN,
    )
    async def resume_interaction(self, info: Info, input: ResumeInteractionInput) -> ResumeInteractionPayload | None:
        result = await info.context.write(
            info,
            input,
            rules.resume,
            input.entry_no,
            given_fields(input.interaction, InteractionFields),
            expected_version=or_none(input.expected_version),
        )
        return ResumeInteractionPayload.of(result)

    @mutation(
        "Delete postponed interactions and their comments: all of them or, if one cannot be deleted, none.",
        access=CHANGES_OWN,
    )
    async def delete_postponed_interactions(
        self, info: Info, input: DeletePostponedInteractionsInput
    ) -> DeletePostponedInteractionsPayload | None:
        result = await info.context.write(info, input, rules.delete_postponed, input.entry_nos)
        return DeletePostponedInteractionsPayload.of(result)
