"""Mutations that create and revoke calendar feeds."""

import strawberry

from resolvers.calendars import rules
from resolvers.roles import OWN_OR_ADMIN
from schema import global_ids
from schema.access import mutation
from schema.calendars.types import FEED
from schema.compiler.declarations import entity_of
from schema.execution import observing
from schema.execution.context import Info
from schema.inputs import idempotency_key, optional, or_none, required
from schema.payload_fields import id_field, object_field
from schema.payloads import Payload, payload

PATH = "/calendar/{secret}.ics"


@strawberry.input(description="Whose calendar feed to create.")
class CreateCalendarFeedInput:
    salesperson_code: str | None = optional(
        "The code of the salesperson whose postponed interactions the calendar shows. Default: the user's own "
        "salesperson. Only administrators may give another one."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The calendar feed to revoke.")
class RevokeCalendarFeedInput:
    id: strawberry.ID = required("The `id` of the calendar feed.")
    idempotency_key: str | None = idempotency_key()


@payload
class CreateCalendarFeedPayload(Payload[rules.CalendarFeedCreated]):
    """Result of createCalendarFeed."""

    calendar_feed = object_field(FEED, "The new calendar feed. Null if the mutation was refused.", "id")

    @strawberry.field(
        description="The address of the calendar, to subscribe to in a calendar program. Everybody who has it can "
        "read the calendar. It is returned only once: null if the mutation was executed before with the same "
        "idempotency key, or was refused. Add `?language=fr` or `?language=en` to choose the language. Default: the "
        "language that the calendar program asks for."
    )
    def url(self) -> str | None:
        secret = getattr(self.values, "secret", None)
        return None if secret is None else observing.current().base_url() + PATH.format(secret=secret)


@payload
class RevokeCalendarFeedPayload(Payload[rules.CalendarFeedRevoked]):
    """Result of revokeCalendarFeed."""

    revoked_calendar_feed_id: strawberry.ID | None = id_field(
        FEED, "The id of the revoked calendar feed. Null if the mutation was refused.", "id"
    )


@strawberry.type
class CalendarMutations:
    """The fields of Mutation about calendar feeds."""

    @mutation(
        "Create the address of a calendar with the postponed interactions of a salesperson, each on the day to resume "
        "it. Calendar programs need no token to read it.",
        access=OWN_OR_ADMIN,
    )
    async def create_calendar_feed(
        self, info: Info, input: CreateCalendarFeedInput
    ) -> CreateCalendarFeedPayload | None:
        result = await info.context.write(info, input, rules.create, salesperson_code=or_none(input.salesperson_code))
        return CreateCalendarFeedPayload.of(result)

    @mutation("Revoke a calendar feed. Requests to its address then get 404.", access=OWN_OR_ADMIN)
    async def revoke_calendar_feed(
        self, info: Info, input: RevokeCalendarFeedInput
    ) -> RevokeCalendarFeedPayload | None:
        id = global_ids.key_of(entity_of(FEED), input.id)
        result = await info.context.write(info, input, rules.revoke, id, input.id)
        return RevokeCalendarFeedPayload.of(result)
