"""Mutations of logged interactions: their comments, evaluating, canceling, and deleting canceled ones."""

import strawberry

from resolvers.interactions.entries import rules
from resolvers.roles import ADMINISTRATION, CHANGES_OWN
from schema.access import mutation
from schema.enums import Evaluation
from schema.execution.context import Info
from schema.inputs import (
    NOTHING_EMPTY,
    Declaration,
    all_rows,
    dry_run,
    given_fields,
    idempotency_key,
    optional,
    or_none,
    required,
)
from schema.interactions.filters import InteractionLogEntryFilter
from schema.payload_fields import id_list, object_field, object_list, outcome_field
from schema.payloads import Payload, payload
from schema.selections import matching, required_matching


@strawberry.input(one_of=True, description="Selects logged interactions. Exactly one field must be given.")
class InteractionSelection:
    entry_nos: list[int] | None = optional(
        "The numbers of the interactions, at most 1,000. Refused if one of them does not exist."
    )
    filter: InteractionLogEntryFilter | None = optional(
        f"All interactions that match, including canceled ones. {NOTHING_EMPTY}"
    )
    all_: bool | None = all_rows("All logged interactions, including canceled ones.")


@strawberry.input(description="Comments to add to a logged interaction.")
class CommentInteractionInput:
    entry_no: int = required("The number of the interaction.")
    comments: list[str] = required(
        "The comments, at most 100 of at most 2,000 characters each. Blank ones are left out."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A comment on a logged interaction to correct.")
class UpdateInteractionCommentInput:
    entry_no: int = required("The number of the interaction.")
    line_no: int = required("The number of the comment within the interaction: `lineNo` of its `comments`.")
    comment: str = required("The new text: 1 to 2,000 characters.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A comment on a logged interaction to delete. This cannot be undone.")
class DeleteInteractionCommentInput:
    entry_no: int = required("The number of the interaction.")
    line_no: int = required("The number of the comment within the interaction: `lineNo` of its `comments`.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="An evaluation for logged interactions.")
class EvaluateInteractionsInput:
    interactions: InteractionSelection = required("The interactions to evaluate.")
    evaluation: Evaluation | None = optional("How they went. Must be given: null removes their evaluation.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Logged interactions to cancel or un-cancel.")
class SetInteractionsCanceledInput:
    interactions: InteractionSelection = required("The interactions to cancel or un-cancel.")
    canceled: bool = required("True cancels them, false un-cancels them.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(
    description="Canceled interactions to delete permanently. Exactly one of `filter` and `all` must be given."
)
class DeleteCanceledInteractionsInput:
    filter: InteractionLogEntryFilter | None = optional(
        f"Which interactions. Of those that match, only canceled ones are deleted. {NOTHING_EMPTY}"
    )
    all_: bool | None = all_rows("All canceled interactions.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


def _commented() -> Declaration:
    return object_field(
        "interactions.InteractionLogEntry",
        "The interaction with all its comments. Null if the mutation was refused.",
        "entry_no",
    )


@payload
class CommentInteractionPayload(Payload[rules.Commented]):
    """Result of commentInteraction."""

    interaction_log_entry = _commented()


@payload
class UpdateInteractionCommentPayload(Payload[rules.Commented]):
    """Result of updateInteractionComment."""

    interaction_log_entry = _commented()


@payload
class DeleteInteractionCommentPayload(Payload[rules.Commented]):
    """Result of deleteInteractionComment."""

    interaction_log_entry = _commented()


@strawberry.type
class _EntriesPayload(Payload[rules.EntriesChanged]):
    matched: int = outcome_field("Number of selected interactions.")
    changed: int = outcome_field("Number of selected interactions that changed or, in a dry run, would change.")
    interaction_log_entries = object_list(
        "interactions.InteractionLogEntry",
        "The selected interactions in the order of their numbers, at most the first 100.",
        "entry_nos",
    )


@payload
class EvaluateInteractionsPayload(_EntriesPayload):
    """Result of evaluateInteractions."""


@payload
class SetInteractionsCanceledPayload(_EntriesPayload):
    """Result of setInteractionsCanceled."""


@payload
class DeleteCanceledInteractionsPayload(Payload[rules.EntriesDeleted]):
    """Result of deleteCanceledInteractions."""

    deleted: int = outcome_field("Number of interactions that were deleted or, in a dry run, would be.")
    deleted_ids: list[strawberry.ID] = id_list(
        "interactions.InteractionLogEntry",
        "The ids of the deleted interactions, at most the first 100. Empty in a dry run or if refused.",
        "entry_nos",
    )


@strawberry.type
class EntryMutations:
    """The fields of Mutation about logged interactions."""

    @mutation("Add comments to a logged interaction. Its existing comments stay.", access=CHANGES_OWN)
    async def comment_interaction(self, info: Info, input: CommentInteractionInput) -> CommentInteractionPayload | None:
        result = await info.context.write(info, input, rules.comment, input.entry_no, input.comments)
        return CommentInteractionPayload.of(result)

    @mutation(
        "Correct a comment on a logged interaction. It then has today's date and you as its user. With the same text "
        "it does not change.",
        access=CHANGES_OWN,
    )
    async def update_interaction_comment(
        self, info: Info, input: UpdateInteractionCommentInput
    ) -> UpdateInteractionCommentPayload | None:
        result = await info.context.write(
            info, input, rules.update_comment, input.entry_no, input.line_no, input.comment
        )
        return UpdateInteractionCommentPayload.of(result)

    @mutation("Delete a comment on a logged interaction. The other comments keep their numbers.", access=CHANGES_OWN)
    async def delete_interaction_comment(
        self, info: Info, input: DeleteInteractionCommentInput
    ) -> DeleteInteractionCommentPayload | None:
        result = await info.context.write(info, input, rules.delete_comment, input.entry_no, input.line_no)
        return DeleteInteractionCommentPayload.of(result)

    @mutation(
        "Record how logged interactions went. Can be repeated, also for canceled interactions.", access=CHANGES_OWN
    )
    async def evaluate_interactions(
        self, info: Info, input: EvaluateInteractionsInput
    ) -> EvaluateInteractionsPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.evaluate,
            entry_nos=or_none(input.interactions.entry_nos),
            matching=await matching(info, InteractionLogEntryFilter, "interactions", "filter"),
            dry_run=input.dry_run,
            **given_fields(input, rules.EvaluationFields),
        )
        return EvaluateInteractionsPayload.of(result)

    @mutation(
        "Cancel logged interactions, or un-cancel them. Canceled interactions stay in the log, but are not "
        "counted in figures. Un-canceling is refused for all of them while the logged segment or the campaign entry of "
        "one of them is canceled.",
        access=CHANGES_OWN,
    )
    async def set_interactions_canceled(
        self, info: Info, input: SetInteractionsCanceledInput
    ) -> SetInteractionsCanceledPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.set_canceled,
            canceled=input.canceled,
            entry_nos=or_none(input.interactions.entry_nos),
            matching=await matching(info, InteractionLogEntryFilter, "interactions", "filter"),
            dry_run=input.dry_run,
        )
        return SetInteractionsCanceledPayload.of(result)

    @mutation(
        "Delete canceled interactions and their comments permanently. Their numbers are not assigned again.",
        access=ADMINISTRATION,
    )
    async def delete_canceled_interactions(
        self, info: Info, input: DeleteCanceledInteractionsInput
    ) -> DeleteCanceledInteractionsPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.delete_canceled,
            await required_matching(info, InteractionLogEntryFilter, "filter"),
            dry_run=input.dry_run,
        )
        return DeleteCanceledInteractionsPayload.of(result)
