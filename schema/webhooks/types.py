"""Webhooks and their deliveries."""

import datetime as dt
from functools import partial

import strawberry

from persistence import webhooks as tables
from resolvers.queries import Alternatives, SqlBuilder, TableRow
from resolvers.roles import ADMINISTRATION, Access
from schema.change_feed import ITEM_CURSOR
from schema.compiler import cursors
from schema.compiler.declarations import MessageField, by_column
from schema.compiler.declared_field import Declaration, declared_field
from schema.compiler.entity_types import entity
from schema.compiler.fields import column, json_column, to_many
from schema.compiler.values import GraphQLValues
from schema.connections import connection_of
from schema.enums import ChangedType, DeliveryError, DeliveryStatus, WebhookDisabledReason
from schema.nodes import Node

_column = partial(column, access=ADMINISTRATION)


def _cursor_of(name: str, description: str, access: Access | None = None) -> Declaration:
    """The cursor of the change feed for the number in a column."""

    def cursor(row: GraphQLValues, _: str) -> str:
        return cursors.encode(ITEM_CURSOR, row[name])

    return declared_field(MessageField(cursor, (name,)), description, access=access)


@entity(
    tables.WebhookDelivery,
    key_columns=("webhook_id", "item_no"),
    default=[by_column("item_no", descending=True)],
    key_order=[by_column("item_no")],
)
class WebhookDelivery:
    """A change that was sent to a webhook, or waits to be sent again. Deliveries are kept as long as changes."""

    cursor: str = _cursor_of("item_no", "The cursor of the change in the change feed.")
    status: DeliveryStatus = column("Whether the receiver has accepted the change.")
    attempts: int = column("Number of attempts. 0 if the change waits for an earlier change of the same object.")
    attempted_at: dt.datetime | None = column("The time of the last attempt. Null if there was none.")
    next_attempt_at: dt.datetime | None = column(
        "The time of the next attempt. Null if the change is delivered, or waits for an earlier one."
    )
    response_status: int | None = column("The HTTP status of the last response. Null if there was none.")
    error: DeliveryError | None = column("Why the last attempt failed. Null if it did not fail, or if there was none.")


WebhookDeliveryConnection, WebhookDeliveryEdge = connection_of("webhooks.WebhookDelivery")


def _deliveries_of(webhook: TableRow, delivery: TableRow, _: SqlBuilder) -> Alternatives:
    return [[delivery.c.webhook_id == webhook.c.id]]


@entity(tables.Webhook, "whk", default=[by_column("id")], key_order=[by_column("id")])
class Webhook(Node):
    """An address to which Carnet sends each change in a request of its own, signed as Standard Webhooks defines it."""

    url: str = _column("The URL that receives the requests.")
    description: str | None = _column("What the webhook is for. Null if none was given.")
    types: list[ChangedType] | None = json_column(
        "The types of objects whose changes are sent. Null for all types.", "types", access=ADMINISTRATION
    )
    enabled: bool = _column(
        "Whether changes are sent. Carnet switches a webhook off if a change could not be delivered for three days."
    )
    created_at: dt.datetime = _column("The time at which the webhook was created.")
    user_id: str = _column("The user who created the webhook.")
    cursor: str = _cursor_of(
        "position",
        "All changes up to this cursor of the change feed have been delivered, except for those whose delivery is "
        "PENDING.",
        ADMINISTRATION,
    )
    paused_until: dt.datetime | None = _column(
        "Nothing is sent before this time, because the receiver asked for it. Null if it did not."
    )
    disabled_at: dt.datetime | None = _column("The time at which the webhook was switched off. Null while it is on.")
    disabled_reason: WebhookDisabledReason | None = _column("Why the webhook was switched off. Null while it is on.")
    deliveries = to_many(
        "webhooks.WebhookDelivery",
        "The deliveries of changes to this webhook, those of the newest changes first.",
        belongs=_deliveries_of,
        filtered=False,
        ordered=False,
        access=ADMINISTRATION,
    )


WebhookConnection, WebhookEdge = connection_of("webhooks.Webhook")


@strawberry.type
class WebhookQueries:
    """The field of Query about webhooks."""

    webhooks = to_many(
        "webhooks.Webhook", "Webhooks, oldest first.", filtered=False, ordered=False, access=ADMINISTRATION
    )
