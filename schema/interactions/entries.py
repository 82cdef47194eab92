"""RawJson interactions: remarks, evaluation, the canceled mark, deleting canceled ones."""

import strawberry

from resolvers.interactions.entries import rules
from schema.enums import Evaluation
from schema.inputs import NOTHING_EMPTY, all_of_them, dry_run, given, key_to_repeat, optional, or_none, required
from schema.interactions.filters import InteractionLogEntryFilter
from schema.payloads import Payload, payload, shown, shown_list, told
from schema.selections import matching


@strawberry.input(one_of=True, description="Interactions of the log: exactly one of these.")
class InteractionSelection:
    entry_nos: list[int] | None = optional("These, at most 1,000: all of them or none.")
    filter: InteractionLogEntryFilter | None = optional(
        f"All interactions that match, including canceled ones. {NOTHING_EMPTY}"
    )
    all_: bool | None = all_of_them("The whole log, including canceled interactions.")


@strawberry.input(description="Remarks to add to an interaction of the log.")
class CommentInteractionInput:
    entry_no: int = required("Its number.")
    comments: list[str] = required("The remarks, at most 100 of at most 2,000 characters; blank ones are left out.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="How interactions went.")
class EvaluateInteractionsInput:
    interactions: InteractionSelection = required("Which ones.")
    evaluation: Evaluation | None = optional("How they went. Has to be there: null takes back what was said before.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Interactions to strike out or to revive.")
class SetInteractionsCanceledInput:
    interactions: InteractionSelection = required("Which ones.")
    canceled: bool = required("True strikes them out, false revives them.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Canceled interactions to delete permanently: exactly one of `filter` and `all`.")
class DeleteCanceledInteractionsInput:
    filter: InteractionLogEntryFilter | None = optional(
        f"Which interactions; only canceled ones are deleted. {NOTHING_EMPTY}"
    )
    all_: bool | None = all_of_them("All canceled interactions.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = key_to_repeat()


@payload
class CommentInteractionPayload(Payload):
    """What commentInteraction did."""

    interaction_log_entry = shown(
        "interactions.InteractionLogEntry", "The interaction with all its remarks.", "entry_no"
    )


@strawberry.type
class _EntriesPayload(Payload):
    matched: int = told("How many interactions were meant.")
    changed: int = told("How many of them became different, or would.")
    interaction_log_entries = shown_list(
        "interactions.InteractionLogEntry", "The interactions that were meant, by number, the first 100.", "entry_nos"
    )


@payload
class EvaluateInteractionsPayload(_EntriesPayload):
    """What evaluateInteractions did, or would do."""


@payload
class SetInteractionsCanceledPayload(_EntriesPayload):
    """What setInteractionsCanceled did, or would do."""


@payload
class DeleteCanceledInteractionsPayload(Payload):
    """What deleteCanceledInteractions did, or would do."""

    deleted: int = told("How many interactions went, or would go.")


@strawberry.type
class EntryMutations:
    """The fields of Mutation about finished interactions."""

    @strawberry.mutation(description="Add remarks to a finished interaction. Those it has stay.")
    async def comment_interaction(
        self, info: strawberry.Info, input: CommentInteractionInput
    ) -> CommentInteractionPayload | None:
        return await info.context.write(info, input, rules.comment, input.entry_no, input.comments)

    @strawberry.mutation(description="Say how interactions went, as often as you like; canceled ones too (R-ENT-1).")
    async def evaluate_interactions(
        self, info: strawberry.Info, input: EvaluateInteractionsInput
    ) -> EvaluateInteractionsPayload | None:
        said = {name: value for name, value in given(input).items() if name == "evaluation"}
        return await info.context.write_bulk(
            info,
            input,
            rules.evaluate,
            entry_nos=or_none(input.interactions.entry_nos),
            matching=await matching(info, InteractionLogEntryFilter, "interactions", "filter"),
            dry_run=input.dry_run,
            **said,
        )

    @strawberry.mutation(
        description=(
            "Strike interactions out, or revive them. They stay in the log, marked, and leave every figure. None is "
            "revived while the logged segment or campaign entry of one of them is canceled (R-ENT-2 to 5)."
        )
    )
    async def set_interactions_canceled(
        self, info: strawberry.Info, input: SetInteractionsCanceledInput
    ) -> SetInteractionsCanceledPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.set_canceled,
            canceled=input.canceled,
            entry_nos=or_none(input.interactions.entry_nos),
            matching=await matching(info, InteractionLogEntryFilter, "interactions", "filter"),
            dry_run=input.dry_run,
        )

    @strawberry.mutation(
        description="Delete canceled interactions with their comments. Their numbers are not used again."
    )
    async def delete_canceled_interactions(
        self, info: strawberry.Info, input: DeleteCanceledInteractionsInput
    ) -> DeleteCanceledInteractionsPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.delete_canceled,
            await matching(info, InteractionLogEntryFilter, "filter"),
            dry_run=input.dry_run,
        )
