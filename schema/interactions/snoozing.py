"""The mutation that moves the days on which postponed interactions are resumed."""

import datetime as dt

import strawberry

from resolvers.interactions import snoozing as rules
from resolvers.roles import CHANGES_OWN
from schema.access import mutation
from schema.execution.context import Info
from schema.inputs import NOTHING_EMPTY, all_rows, idempotency_key, optional, or_none, required
from schema.interactions.filters import PostponedInteractionFilter
from schema.payload_fields import object_list, outcome_field
from schema.payloads import Payload, payload
from schema.selections import matching


@strawberry.input(one_of=True, description="Selects postponed interactions. Exactly one field must be given.")
class PostponedSelection:
    entry_nos: list[int] | None = optional(
        "The numbers of the postponed interactions, at most 1,000. Refused if one of them does not exist."
    )
    filter: PostponedInteractionFilter | None = optional(f"All postponed interactions that match. {NOTHING_EMPTY}")
    all_: bool | None = all_rows("All postponed interactions.")


@strawberry.input(
    description="Postponed interactions to resume later. Exactly one of `days` and `until` must be given."
)
class SnoozePostponedInteractionsInput:
    postponed: PostponedSelection = required("The postponed interactions to resume later.")
    days: int | None = optional(
        "The number of days, 1 to 3,660, to add to the day on which each one is to be resumed; if that is not after "
        "today, they are added to today."
    )
    until: dt.date | None = optional(
        "The new day on which to resume them, not before today in the company's time zone."
    )
    idempotency_key: str | None = idempotency_key()


@payload
class SnoozePostponedInteractionsPayload(Payload[rules.Snoozed]):
    """Result of snoozePostponedInteractions."""

    changed: int = outcome_field(
        "Number of postponed interactions whose day to resume changed. Each of them has a new version."
    )
    postponed_interactions = object_list(
        "interactions.PostponedInteraction",
        "The selected postponed interactions in the order of their numbers, at most the first 100.",
        "entry_nos",
    )


@strawberry.type
class SnoozingMutations:
    """The field of Mutation that moves days to resume."""

    @mutation(
        "Move the days on which postponed interactions are to be resumed. Nothing else of them changes.",
        access=CHANGES_OWN,
    )
    async def snooze_postponed_interactions(
        self, info: Info, input: SnoozePostponedInteractionsInput
    ) -> SnoozePostponedInteractionsPayload | None:
        result = await info.context.write(
            info,
            input,
            rules.snooze,
            days=or_none(input.days),
            until=or_none(input.until),
            entry_nos=or_none(input.postponed.entry_nos),
            matching=await matching(info, PostponedInteractionFilter, "postponed", "filter"),
        )
        return SnoozePostponedInteractionsPayload.of(result)
