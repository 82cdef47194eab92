"""Mutations that create, change, replay and delete webhooks."""

import strawberry

from resolvers.roles import ADMINISTRATION
from resolvers.webhooks import rules
from schema import global_ids
from schema.access import mutation
from schema.change_feed import decode_item
from schema.compiler.declarations import entity_of
from schema.enums import ChangedType
from schema.execution.context import Info
from schema.execution.results import Result
from schema.inputs import given_fields, idempotency_key, optional, required
from schema.payload_fields import id_field, object_field
from schema.payloads import Payload, payload

URL = (
    "The URL that receives the requests, at most 2,000 characters. It begins with https:// and its addresses are "
    "public, unless the server allows private ones. User names and passwords in it are refused."
)
TYPES = "The types of objects whose changes are sent."
WEBHOOK, CHANGED = "webhooks.Webhook", "The webhook. Null if the mutation was refused."


@strawberry.input(description="A new webhook.")
class CreateWebhookInput:
    url: str = required(URL)
    types: list[ChangedType] | None = optional(f"{TYPES} Default: all types.")
    description: str | None = optional("What the webhook is for, at most 100 characters.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Changes to a webhook. Fields that are left out keep their values.")
class UpdateWebhookInput:
    id: strawberry.ID = required("The id of the webhook.")
    url: str | None = optional(URL)
    types: list[ChangedType] | None = optional(f"{TYPES} Null for all types.")
    description: str | None = optional("What the webhook is for, at most 100 characters.")
    enabled: bool | None = optional(
        "Whether changes are sent. A webhook that is enabled again at once sends the changes that it has not sent."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The webhook to delete.")
class DeleteWebhookInput:
    id: strawberry.ID = required("The id of the webhook.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A webhook, and after which change it is to continue.")
class ReplayWebhookInput:
    id: strawberry.ID = required("The id of the webhook.")
    after: str = required("A cursor of the change feed. The changes after it are sent, again or for the first time.")
    idempotency_key: str | None = idempotency_key()


@payload
class CreateWebhookPayload(Payload[rules.WebhookCreated]):
    """Result of createWebhook."""

    webhook = object_field(WEBHOOK, CHANGED, "id")

    @strawberry.field(
        description="The secret with which receivers verify signatures: `whsec_` and a key in base64. It is shown only "
        "here. Null if the mutation was refused."
    )
    def secret(self, info: Info) -> str | None:
        stored = getattr(self.values, "stored_secret", None)
        return None if stored is None else info.context.webhook_options.secrets.read(stored)


@payload
class UpdateWebhookPayload(Payload[rules.WebhookChanged]):
    """Result of updateWebhook."""

    webhook = object_field(WEBHOOK, CHANGED, "id")


@payload
class DeleteWebhookPayload(Payload[rules.WebhookChanged]):
    """Result of deleteWebhook."""

    deleted_id = id_field(WEBHOOK, "The id of the deleted webhook. Null if the mutation was refused.", "id")


@payload
class ReplayWebhookPayload(Payload[rules.WebhookChanged]):
    """Result of replayWebhook."""

    webhook = object_field(WEBHOOK, CHANGED, "id")


@strawberry.type
class WebhookMutations:
    """The fields of Mutation about webhooks."""

    @mutation(
        "Create a webhook: each change that is made from now on is sent to the URL in a request of its own.",
        access=ADMINISTRATION,
    )
    async def create_webhook(self, info: Info, input: CreateWebhookInput) -> CreateWebhookPayload | None:
        options, fields = info.context.webhook_options, given_fields(input, rules.WebhookFields)
        result = await info.context.write(info, input, rules.create, options, fields)
        made = result.outcome
        if made is not None and not options.secrets.can_read(made.stored_secret):  # created before, with another key
            id = global_ids.encode(entity_of(WEBHOOK), made.id)
            result = Result(None, [rules.SecretEncrypted("idempotency_key", id=id)])
        return CreateWebhookPayload.of(result)

    @mutation("Change a webhook, or switch it off or on.", access=ADMINISTRATION)
    async def update_webhook(self, info: Info, input: UpdateWebhookInput) -> UpdateWebhookPayload | None:
        options, fields = info.context.webhook_options, given_fields(input, rules.WebhookFields)
        return UpdateWebhookPayload.of(
            await info.context.write(info, input, rules.update_webhook, options, _key_of(input.id), input.id, fields)
        )

    @mutation(
        "Delete a webhook with its deliveries. Changes that were not sent yet will not be sent.", access=ADMINISTRATION
    )
    async def delete_webhook(self, info: Info, input: DeleteWebhookInput) -> DeleteWebhookPayload | None:
        return DeleteWebhookPayload.of(await info.context.write(info, input, rules.delete, _key_of(input.id), input.id))

    @mutation(
        "Have a webhook continue after a cursor of the change feed: the changes after it are sent, again or for the "
        "first time, and pending deliveries of changes before it are dropped.",
        access=ADMINISTRATION,
    )
    async def replay_webhook(self, info: Info, input: ReplayWebhookInput) -> ReplayWebhookPayload | None:
        after = decode_item(input.after)
        return ReplayWebhookPayload.of(
            await info.context.write(info, input, rules.replay, _key_of(input.id), input.id, after.no, after.mark)
        )


def _key_of(global_id: str) -> int | None:
    return global_ids.key_of(entity_of(WEBHOOK), global_id)
