"""Delivers changes to webhooks in the background, while the server runs.

One process at a time delivers: the one with the lease. Each webhook has a task of its own, so that a slow receiver does
not hold back the others. A task sends some changes, stores how that ended, and continues until nothing is due.
"""

import asyncio
import datetime as dt
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from graphql import GraphQLSchema
from sqlmodel import Session

from persistence.database import Database
from persistence.enums import WebhookDisabledReason
from resolvers.change_feed import FeedItem
from resolvers.change_marks import marks_before
from resolvers.webhooks import delivering, lease
from resolvers.webhooks.delivering import Attempt, Batch
from resolvers.webhooks.lease import Lease, LeaseLost
from resolvers.webhooks.options import WebhookOptions
from resolvers.webhooks.secrets import SecretUnreadable, signature
from resolvers.work import User, Work
from schema.compiler.values import RequestValues
from schema.server.background.tasks import in_background, log_failures
from schema.server.background.webhook_client import WebhookClient, webhook_client
from schema.server.background.webhook_counts import WebhookCounts
from schema.server.errors import log
from schema.webhooks.messages import Messages

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_PAUSE, IDLE_PAUSE = 5, 3
"""Seconds between two checks of the database while nothing is committed, and while no webhook is enabled."""

SHORTEST_PAUSE = 0.5
"""Seconds until the next check if another process is to send something now."""

RENEW_SECONDS, LEASE_SECONDS = 2, 6
"""Seconds after which the lease is renewed, and after which another process takes a lease that is not renewed."""

STOP_SECONDS = 3
"""Seconds that requests under way have to finish when the server is stopped."""

AGENT = "Carnet-Webhooks"
FAILED, NOT_READ = "changes not delivered to webhooks", "webhooks not read"
"""What is logged if a delivery failed; and if no webhook was known, and reading whether there are new ones failed."""


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@asynccontextmanager
async def delivering_to_webhooks(
    database: Database,
    schema: GraphQLSchema,
    options: WebhookOptions,
    counts: WebhookCounts,
    *,
    clock: Callable[[], dt.datetime] = _clock,
    pause: float = LONGEST_PAUSE,
) -> AsyncIterator[None]:
    """Deliver while the block runs. `clock` says what time it is; `pause` is the longest time between two checks of
    the database.
    """
    async with webhook_client(allow_private=options.allow_private) as client:
        deliverer = _Deliverer(database, Messages(schema, database), client, options, counts, clock)
        try:
            async with in_background(deliverer.run(pause)):
                yield
        finally:
            await deliverer.stop()


class _Deliverer:
    """Delivers to all webhooks of a database, while this process has the lease."""

    def __init__(
        self,
        database: Database,
        messages: Messages,
        client: WebhookClient,
        options: WebhookOptions,
        counts: WebhookCounts,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._database, self._messages, self._client, self._options = database, messages, client, options
        self._counts, self._clock = counts, clock
        self._name = secrets.token_hex(8)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._served: dict[tuple[int, int], int] = {}
        """By webhook and run, the number up to which it has been served, if nothing was to be stored about it."""
        self._seen, self._seen_at = Lease(None, -1), 0.0
        """The lease of another process, and the time at which it was first seen like this."""
        self._renewed: float | None = None
        """The time at which the own lease was renewed; None without one."""
        self._next_attempt_at: dt.datetime | None = None
        self._has_webhooks = self._stopping = False

    async def run(self, pause: float) -> None:
        """Deliver until canceled. After an error it tries again."""
        while True:
            await self._check_in_time()
            if self._has_webhooks:
                await self._watch(pause)
            await asyncio.sleep(min(pause, IDLE_PAUSE))

    async def _watch(self, pause: float) -> None:
        """Check whenever something is committed, or is to be sent again, while a webhook is enabled."""
        async with self._database.changes.watching() as commits:
            while self._has_webhooks:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds_to_wait(pause)):
                        await commits.wait()
                await self._check_in_time()

    def _seconds_to_wait(self, pause: float) -> float:
        """The time until the next check, if nothing is committed."""
        if self._renewed is not None or self._tasks:
            return min(pause, RENEW_SECONDS / 2)
        if self._next_attempt_at is None:
            return pause
        return min(pause, max((self._next_attempt_at - self._clock()).total_seconds(), SHORTEST_PAUSE))

    async def _check_in_time(self) -> None:
        """Check, but not for longer than the lease is valid. If it is not renewed in time, nothing more is sent."""
        began = time.monotonic()
        end = (began if self._renewed is None else self._renewed) + LEASE_SECONDS - 1
        failed = FAILED if self._may_deliver else NOT_READ
        try:
            async with asyncio.timeout(end - began):
                await log_failures(self._check(), failed)
        except TimeoutError:
            log.warning(failed, code="TIMEOUT")
        if self._renewed is not None and time.monotonic() >= self._renewed + LEASE_SECONDS - 2:
            await self._lose_lease()

    @property
    def _may_deliver(self) -> bool:
        """Whether a webhook was enabled when it was read last, or something may still be under way."""
        return self._has_webhooks or bool(self._tasks) or self._renewed is not None

    async def stop(self) -> None:
        """Wait at most `STOP_SECONDS` for the requests under way, and give the lease back."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=STOP_SECONDS)
        await self._cancel_tasks()
        if self._renewed is not None:
            await log_failures(self._write(lease.release, self._name), FAILED)

    async def _check(self) -> None:
        """Check what is to be sent, and start a task for each webhook that has something."""
        if not self._may_deliver:
            (found,) = await self._database.reading([delivering.ANY_WEBHOOK])
            if found is None:  # most databases have no webhook: this read is all they cost
                return
        complete, webhooks = await self._read(delivering.enabled_webhooks)
        now = self._clock()
        self._tasks = {id: task for id, task in self._tasks.items() if not task.done()}
        served = self._served
        self._served = {key: served[key] for each in webhooks if (key := (each.webhook_id, each.run)) in served}
        todo = [
            each
            for each in webhooks
            if self._served.get((each.webhook_id, each.run)) != complete
            or (each.next_attempt_at is not None and each.next_attempt_at <= now)
        ]
        self._has_webhooks = bool(webhooks)
        self._next_attempt_at = min(filter(None, (each.next_attempt_at for each in webhooks)), default=None)
        if not todo and not self._tasks:
            if self._renewed is not None:
                await self._write(lease.release, self._name)
                self._renewed = None
            return
        if not await self._has_lease():
            return
        for each in todo:
            if each.webhook_id not in self._tasks:
                self._served.pop((each.webhook_id, each.run), None)  # until this task has ended without an error
                work = log_failures(self._serve(each.webhook_id, each.run, complete), FAILED)
                self._tasks[each.webhook_id] = asyncio.create_task(work)

    async def _has_lease(self) -> bool:
        """Whether this process may deliver. Takes the lease if nobody has it, or if its holder does not renew it."""
        began = time.monotonic()
        if self._renewed is not None and began < self._renewed + RENEW_SECONDS:
            return True
        found = await self._read(lease.read)
        if found.holder not in (None, self._name):
            if self._renewed is not None:
                await self._lose_lease()
            if found != self._seen:
                self._seen, self._seen_at = found, began
            if began < self._seen_at + LEASE_SECONDS:
                return False
        taken = await self._write(lease.take, found, self._name)
        self._renewed = began if taken else None
        return taken

    async def _lose_lease(self) -> None:
        self._renewed = None
        await self._cancel_tasks()

    async def _cancel_tasks(self) -> None:
        tasks, self._tasks = [*self._tasks.values()], {}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _serve(self, webhook_id: int, run: int, complete: int) -> None:
        """Send to a webhook until nothing is due."""
        while not self._stopping:
            batch, marks = await self._read(_next_batch, webhook_id)
            if batch is None or batch.is_empty:
                self._served[webhook_id, run] = complete
                return
            try:
                await self._deliver(batch, marks)
            except LeaseLost:
                return

    async def _deliver(self, batch: Batch, marks: Mapping[int, int]) -> None:
        """Send the changes of a batch, and store how that ended."""
        attempts: Mapping[int, Attempt] = {}
        disable = batch.disable
        if disable is None:
            try:
                secret = self._options.secrets.read(batch.stored_secret)
            except SecretUnreadable:
                disable = WebhookDisabledReason.SECRET_UNREADABLE
            else:
                attempts = await self._attempts(batch, marks, secret)
        stored = partial(self._store, batch, attempts, disable)
        disabled = await self._database.writing(stored)
        self._counts.delivered += sum(each.error is None for each in attempts.values())
        self._counts.failed += sum(each.error is not None for each in attempts.values())
        if disabled is not None:
            self._counts.disabled += 1
            log.warning("webhook disabled", code=disabled.value, webhook=batch.webhook_id)

    def _store(
        self, batch: Batch, attempts: Mapping[int, Attempt], disable: WebhookDisabledReason | None, session: Session
    ) -> WebhookDisabledReason | None:
        lease.check(session, self._name)
        return delivering.store(session, batch, attempts, disable, self._clock(), random.random())

    async def _attempts(self, batch: Batch, marks: Mapping[int, int], secret: str) -> Mapping[int, Attempt]:
        """Send the changes at the same time."""
        bodies = await self._messages.of(batch.due, marks, RequestValues(self._clock()))
        sending = [self._send(batch, item, secret, body) for item, body in zip(batch.due, bodies, strict=True)]
        ended = await asyncio.gather(*sending)
        return {item.no: attempt for item, attempt in zip(batch.due, ended, strict=True)}

    async def _send(self, batch: Batch, item: FeedItem, secret: str, body: bytes) -> Attempt:
        now = self._clock()
        message_id, timestamp = f"msg_{batch.webhook_id}_{item.no}_{int(item.at.timestamp())}", int(now.timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, message_id, timestamp, body),
        }
        return await self._client.send(batch.url, headers, body, now)

    async def _read(self, rule: Callable[Concatenate[Work, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        now = self._clock()
        return await self._database.querying(
            lambda session: rule(Work(session, User("webhooks"), now), *args, **kwargs)
        )

    async def _write(self, rule: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.writing(lambda session: rule(session, *args, **kwargs))


def _next_batch(work: Work, webhook_id: int) -> tuple[Batch | None, Mapping[int, int]]:
    """What is to be sent to a webhook now, and the marks of the changes before, by the number of the change sent."""
    batch = delivering.next_batch(work, webhook_id)
    return batch, marks_before(work, [item.no for item in batch.due]) if batch is not None and batch.due else {}
