"""Which changes are sent to a webhook next, and how the results of attempts are stored.

A change of an object waits until every earlier change of the same object has been delivered; changes of other objects
do not (R-HOOK-2). A change of many objects touches all objects from its first to its last key; lines count as their
segment.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import Session, col

from persistence.change_feed.items import ITEMS, START, TYPE_NUMBERS, last_complete_no
from persistence.columns import table_of
from persistence.enums import ChangedType, DeliveryError, DeliveryStatus, WebhookDisabledReason
from persistence.sql_types import Statement
from persistence.webhooks import Webhook, WebhookDelivery
from resolvers import change_feed
from resolvers.change_feed import FeedItem
from resolvers.work import Work

WEBHOOKS, DELIVERIES = table_of(Webhook), table_of(WebhookDelivery)
PENDING = DeliveryStatus.PENDING.value

ANY_WEBHOOK: Statement = ("SELECT 1 FROM webhook WHERE enabled LIMIT 1", ())
"""Finds null if no webhook gets changes."""

AT_ONCE = 16
"""How many changes are sent to a webhook at the same time, at most."""

MAX_PENDING = 5_000
"""How many changes of a webhook wait for another attempt, or for an earlier change, at most. Later ones wait in the
change feed.
"""

FIRST_PAUSE, LONGEST_PAUSE = 5, 6 * 3600
"""Seconds between the first attempt and the second, and between two attempts at most. In between they double."""

JITTER = 0.2
"""A pause is longer by a random part of itself, up to this one, so that not all attempts come at once."""

GIVE_UP = dt.timedelta(days=3)
"""How long after its first attempt a change is sent again."""

STEP = 1_000
"""A position that has changed by less is only stored together with attempts."""

SOON = dt.timedelta(minutes=1)
"""When a receiver answers again, changes that would wait longer are sent again after this time."""

GONE = 410
BUSY = (429, 503)
"""Statuses with which a receiver says in `Retry-After` when it can be asked again."""


@dataclass(frozen=True)
class Batch:
    """The changes that are sent to a webhook now. `held` are numbers of further changes that have to wait for earlier
    ones; `position` is the new position of the webhook. With `disable` nothing is sent.
    """

    webhook_id: int
    run: int
    url: str = ""
    stored_secret: str = ""
    due: Sequence[FeedItem] = ()
    held: Sequence[int] = ()
    position: int = 0
    old_position: int = 0
    disable: WebhookDisabledReason | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send and nothing to store. A position that hardly changed is not stored."""
        return not self.due and not self.held and self.disable is None and self.position < self.old_position + STEP


@dataclass(frozen=True)
class Attempt:
    """How sending a change ended: the status of the response, if there was one, and the error if the change was not
    accepted. `retry_after` is the number of seconds for which the receiver wants no requests.
    """

    status: int | None = None
    error: DeliveryError | None = None
    retry_after: float | None = None


@dataclass(frozen=True)
class EnabledWebhook:
    """An enabled webhook, and when a change is to be sent to it again; None if none is."""

    webhook_id: int
    run: int
    next_attempt_at: dt.datetime | None


class _Objects(NamedTuple):
    """The objects of a change: their type as it is stored, and the first and the last key."""

    type: int
    first_key: int
    last_key: int

    @classmethod
    def of(cls, type_: int, parent_key: int | None, first_key: int, last_key: int) -> "_Objects":
        """The objects with these keys. Instead of lines, their segment: when it is deleted, its lines are, too, without
        a change of their own.
        """
        if parent_key is not None:
            return cls(TYPE_NUMBERS[ChangedType.SEGMENT], parent_key, parent_key)
        return cls(type_, first_key, last_key)

    def touches(self, other: "_Objects") -> bool:
        """Whether another change may be one of the same object."""
        return self.type == other.type and self.first_key <= other.last_key and other.first_key <= self.last_key


class _Unsent:
    """The objects of changes that have not been delivered yet."""

    def __init__(self) -> None:
        self._single: set[_Objects] = set()
        self._several: list[_Objects] = []

    def add(self, objects: _Objects) -> None:
        """Add the objects of a change."""
        if objects.first_key == objects.last_key:
            self._single.add(objects)
        else:
            self._several.append(objects)

    def touches(self, objects: _Objects) -> bool:
        """Whether one of the objects of a change may be among them."""
        if objects.first_key == objects.last_key:
            return objects in self._single or any(map(objects.touches, self._several))
        return any(map(objects.touches, (*self._single, *self._several)))


def enabled_webhooks(work: Work) -> tuple[int, Sequence[EnabledWebhook]]:
    """The number up to which the change feed is complete, and the enabled webhooks. 0 if there are none."""
    pending = select(DELIVERIES.c.webhook_id, func.min(DELIVERIES.c.next_attempt_at).label("next")).where(
        DELIVERIES.c.status == PENDING
    )
    soonest = pending.group_by(DELIVERIES.c.webhook_id).subquery("soonest")
    columns = (WEBHOOKS.c.id, WEBHOOKS.c.run, WEBHOOKS.c.paused_until, soonest.c.next)
    source = WEBHOOKS.outerjoin(soonest, soonest.c.webhook_id == WEBHOOKS.c.id)
    rows = work.session.execute(select(*columns).select_from(source).where(WEBHOOKS.c.enabled)).all()
    if not rows:
        return 0, ()
    return last_complete_no(work.session), [
        EnabledWebhook(row.id, row.run, _later(row.next, row.paused_until, work.now)) for row in rows
    ]


def _later(next_attempt: dt.datetime | None, paused_until: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """When a change is to be sent again to a receiver that may have asked for a pause."""
    if paused_until is None or paused_until <= now:
        return next_attempt
    return max(next_attempt or paused_until, paused_until)


def next_batch(work: Work, webhook_id: int) -> Batch | None:
    """What is to be sent to a webhook now. None if it is disabled or deleted, or wants no requests now."""
    webhook = work.session.get(Webhook, webhook_id)
    if webhook is None or not webhook.enabled or (webhook.paused_until is not None and webhook.paused_until > work.now):
        return None
    types = None if webhook.types is None else [ChangedType(type_) for type_ in webhook.types]
    pending = _pending(work, webhook_id)
    room = max(MAX_PENDING - len(pending), 0)
    page = change_feed.read(work, webhook.position, min(room, AT_ONCE) or 1, types)
    if page is None or any(objects is None for _, _, objects in pending):
        return Batch(webhook_id, webhook.run, disable=WebhookDisabledReason.CHANGES_EXPIRED)
    unsent, due, held = _Unsent(), list[int](), list[int]()
    for number, next_attempt_at, objects in pending:
        assert objects is not None
        is_due = next_attempt_at is None or next_attempt_at <= work.now
        if is_due and len(due) < AT_ONCE and not unsent.touches(objects):
            due.append(number)
        unsent.add(objects)
    items, position = _items(work, due), webhook.position
    for item in page.items if room else ():
        if len(items) == AT_ONCE:
            break
        objects = _Objects.of(TYPE_NUMBERS[item.type], item.keys.parent, item.keys.first, item.keys.last)
        if unsent.touches(objects):
            held.append(item.no)
        else:
            items.append(item)
        unsent.add(objects)
        position = item.no
    else:
        position = page.end if room else position
    return Batch(webhook_id, webhook.run, webhook.url, webhook.stored_secret, items, held, position, webhook.position)


def _pending(work: Work, webhook_id: int) -> Sequence[tuple[int, dt.datetime | None, _Objects | None]]:
    """The pending deliveries of a webhook in the order of the changes: the number of each, the time of the next
    attempt, and its objects; None if the change is no longer kept. There may be many, so little of each is read.
    """
    last_key = func.coalesce(ITEMS.c.last_key, ITEMS.c.first_key)
    objects = (ITEMS.c.type, ITEMS.c.parent_key, ITEMS.c.first_key, last_key)
    statement = (
        select(DELIVERIES.c.item_no, DELIVERIES.c.next_attempt_at, *objects)
        .select_from(DELIVERIES.outerjoin(ITEMS, ITEMS.c.no == DELIVERIES.c.item_no))
        .where(*pending_of(webhook_id))
        .order_by(DELIVERIES.c.item_no)
    )
    rows = work.session.execute(statement).all()
    return [(row[0], row[1], None if row[2] is None else _Objects.of(*row[2:])) for row in rows]


def _items(work: Work, numbers: Sequence[int]) -> list[FeedItem]:
    """The changes with these numbers."""
    if not numbers:
        return []
    rows = work.session.execute(select(ITEMS).where(ITEMS.c.no.in_(numbers)).order_by(ITEMS.c.no)).all()
    return [change_feed.feed_item(row) for row in rows]


def store(
    session: Session,
    batch: Batch,
    attempts: Mapping[int, Attempt],
    disable: WebhookDisabledReason | None,
    now: dt.datetime,
    jitter: float,
) -> WebhookDisabledReason | None:
    """Store how the attempts of a batch ended, by the number of the change (R-HOOK-3). Nothing is stored if the webhook
    was deleted, or deliveries began anew since. Returns why the webhook is switched off, if it is: with `disable`, or
    because of an attempt. `jitter` is a random number from 0 to 1.
    """
    webhook = session.get(Webhook, batch.webhook_id, with_for_update=True, populate_existing=True)
    if webhook is None or webhook.run != batch.run:
        return None
    if disable is not None:
        return _disable(webhook, disable, now)
    webhook.position = batch.position
    stored = _stored(session, batch.webhook_id, [*attempts, *batch.held])
    gives_up = False
    for number in [*batch.held, *attempts]:
        delivery = stored.get(number) or WebhookDelivery(webhook_id=batch.webhook_id, item_no=number, status=PENDING)
        session.add(delivery)
        if delivery.status != PENDING:  # delivered before; a replay sends it again
            delivery.status, delivery.attempts, delivery.first_attempt_at = PENDING, 0, None
        if number in attempts:
            gives_up |= _store_attempt(delivery, attempts[number], now, jitter)
    for attempt in attempts.values():
        if attempt.retry_after is not None and attempt.status in BUSY:
            until = whole_second(now + dt.timedelta(seconds=min(attempt.retry_after, LONGEST_PAUSE)))
            webhook.paused_until = max(webhook.paused_until or until, until)
    if any(attempt.error is None for attempt in attempts.values()):
        session.flush()
        late = DELIVERIES.c.next_attempt_at > now + SOON
        session.execute(
            update(DELIVERIES).where(*pending_of(batch.webhook_id), late).values(next_attempt_at=now + SOON)
        )
    if any(attempt.status == GONE for attempt in attempts.values()):
        return _disable(webhook, WebhookDisabledReason.GONE, now)
    return _disable(webhook, WebhookDisabledReason.FAILING, now) if gives_up else None


def _stored(session: Session, webhook_id: int, numbers: Sequence[int]) -> dict[int, WebhookDelivery]:
    """The deliveries of these changes that are stored, also those that a replay delivers again."""
    statement = select(WebhookDelivery).where(
        col(WebhookDelivery.webhook_id) == webhook_id, col(WebhookDelivery.item_no).in_(numbers)
    )
    return {each.item_no: each for each in session.execute(statement).scalars()}


def _store_attempt(delivery: WebhookDelivery, attempt: Attempt, now: dt.datetime, jitter: float) -> bool:
    """Store how an attempt ended. Returns whether it was the last one that is made."""
    delivery.attempts += 1
    delivery.attempted_at = now
    delivery.first_attempt_at = first = delivery.first_attempt_at or now
    delivery.response_status, delivery.error = attempt.status, attempt.error
    if attempt.error is None:
        delivery.status, delivery.next_attempt_at = DeliveryStatus.DELIVERED.value, None
        return False
    delivery.next_attempt_at = next_attempt = whole_second(now + pause_after(delivery.attempts, jitter))
    return next_attempt > first + GIVE_UP


def pause_after(attempts: int, jitter: float) -> dt.timedelta:
    """How long a change waits after so many failed attempts."""
    seconds = min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 30), LONGEST_PAUSE)
    return dt.timedelta(seconds=seconds * (1 + JITTER * jitter))


def whole_second(time: dt.datetime) -> dt.datetime:
    """The time, or the next whole second: only these are stored."""
    return time.replace(microsecond=0) + dt.timedelta(seconds=1 if time.microsecond else 0)


def _disable(webhook: Webhook, reason: WebhookDisabledReason, now: dt.datetime) -> WebhookDisabledReason | None:
    """Switch a webhook off, unless it is off already."""
    if not webhook.enabled:
        return None
    webhook.enabled, webhook.disabled_at, webhook.disabled_reason = False, now, reason
    return reason


def pending_of(webhook_id: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions for the pending deliveries of a webhook."""
    return DELIVERIES.c.webhook_id == webhook_id, DELIVERIES.c.status == PENDING


def delete_old_deliveries(session: Session) -> None:
    """Delete the deliveries of changes that are no longer kept. Pending ones are not deleted: their webhooks are
    switched off (CHANGES_EXPIRED) instead of leaving these changes out.
    """
    deleted_up_to = select(START.c.deleted_up_to).scalar_subquery()
    of_each = DELIVERIES.c.webhook_id.in_(select(WEBHOOKS.c.id))  # so that the primary key is used
    old = (DELIVERIES.c.item_no <= deleted_up_to, DELIVERIES.c.status != PENDING)
    session.execute(delete(DELIVERIES).where(of_each, *old))
