"""Putting postponed interactions off."""

import datetime as dt

import strawberry

from resolvers.interactions import snoozing as rules
from schema.inputs import NOTHING_EMPTY, all_of_them, key_to_repeat, optional, or_none, required
from schema.interactions.filters import PostponedInteractionFilter
from schema.payloads import Payload, payload, shown_list, told
from schema.selections import matching


@strawberry.input(one_of=True, description="Postponed interactions: exactly one of these.")
class PostponedSelection:
    entry_nos: list[int] | None = optional("These, at most 1,000: all of them or none.")
    filter: PostponedInteractionFilter | None = optional(f"All postponed interactions that match. {NOTHING_EMPTY}")
    all_: bool | None = all_of_them("All postponed interactions.")


@strawberry.input(description="Postponed interactions to resume later: exactly one of `days` and `until`.")
class SnoozePostponedInteractionsInput:
    postponed: PostponedSelection = required("Which ones.")
    days: int | None = optional("So many days, 1 to 3660, after the later of today and the day each is to be resumed.")
    until: dt.date | None = optional("The day to resume them: today, in the company's time zone, or later.")
    idempotency_key: str | None = key_to_repeat()


@payload
class SnoozePostponedInteractionsPayload(Payload):
    """What snoozePostponedInteractions did."""

    changed: int = told("How many are to be resumed on another day now. Each has a new version.")
    postponed_interactions = shown_list(
        "interactions.PostponedInteraction", "Those that were meant, by number, the first 100.", "entry_nos"
    )


@strawberry.type
class SnoozingMutations:
    """The fields of Mutation about the board of postponed interactions."""

    @strawberry.mutation(description="Resume postponed interactions later. Only the day to resume them changes.")
    async def snooze_postponed_interactions(
        self, info: strawberry.Info, input: SnoozePostponedInteractionsInput
    ) -> SnoozePostponedInteractionsPayload | None:
        return await info.context.write(
            info,
            input,
            rules.snooze,
            days=or_none(input.days),
            until=or_none(input.until),
            entry_nos=or_none(input.postponed.entry_nos),
            matching=await matching(info, PostponedInteractionFilter, "postponed", "filter"),
        )
