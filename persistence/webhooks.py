"""Webhooks: the addresses to which changes are sent, and their deliveries."""

import datetime as dt

from sqlalchemy import BigInteger, SmallInteger, text
from sqlmodel import Field

from persistence.columns import EnumCheck, Instant, JsonText, Table, free_text, index, key, surrogate_key, table_options
from persistence.enums import DeliveryError, DeliveryStatus, WebhookDisabledReason

MAX_URL = 2000
PENDING = text(f"status = '{DeliveryStatus.PENDING}'")


class Webhook(Table, table=True):
    """An address that gets each change of the change feed in a request of its own.

    All changes up to the number `position` have been delivered, or have a delivery that is pending. `run` is increased
    when deliveries begin anew, so that results of earlier requests are no longer stored. `stored_secret` is encrypted
    if there is a key, see `resolvers.webhooks.secrets`. `types` is null for all types. Before `paused_until` nothing is
    sent, because the receiver asked for it.
    """

    __tablename__ = "webhook"
    __table_args__ = (EnumCheck("disabled_reason", WebhookDisabledReason), table_options(never_reuse_keys=True))

    id: int | None = surrogate_key()
    url: str = Field(sa_type=free_text(MAX_URL))
    description: str | None = Field(default=None, sa_type=free_text(100))
    types: list[str] | None = Field(default=None, sa_type=JsonText)
    stored_secret: str = Field(sa_type=free_text(300))
    enabled: bool = True
    created_at: dt.datetime = Field(sa_type=Instant)
    user_id: str = Field(sa_type=free_text(50))
    position: int = Field(sa_type=BigInteger)
    run: int = 1
    paused_until: dt.datetime | None = Field(default=None, sa_type=Instant)
    disabled_at: dt.datetime | None = Field(default=None, sa_type=Instant)
    disabled_reason: str | None = Field(default=None, sa_type=key(20))


class WebhookDelivery(Table, table=True):
    """A change that was sent to a webhook, or is still to be sent: the number of its item in the change feed, and how
    the last attempt ended.

    A pending delivery without `next_attempt_at` waits for an earlier change of the same object.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        EnumCheck("status", DeliveryStatus),
        EnumCheck("error", DeliveryError),
        index("ix_webhook_delivery_pending", "webhook_id", "item_no", where=PENDING),
        table_options(rows_in_key_order=True),
    )

    webhook_id: int = Field(primary_key=True, foreign_key="webhook.id", sa_column_kwargs={"autoincrement": False})
    item_no: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    status: str = Field(sa_type=key(10))
    attempts: int = 0
    first_attempt_at: dt.datetime | None = Field(default=None, sa_type=Instant)
    attempted_at: dt.datetime | None = Field(default=None, sa_type=Instant)
    next_attempt_at: dt.datetime | None = Field(default=None, sa_type=Instant)
    response_status: int | None = Field(default=None, sa_type=SmallInteger)
    error: str | None = Field(default=None, sa_type=key(20))


class WebhookLease(Table, table=True):
    """One row: the process that delivers now. `renewals` rises while it does; if it does not for some seconds, another
    process takes over. No clocks of different machines are compared.
    """

    __tablename__ = "webhook_lease"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    holder: str | None = Field(default=None, sa_type=free_text(40))
    renewals: int = Field(default=0, sa_type=BigInteger)
