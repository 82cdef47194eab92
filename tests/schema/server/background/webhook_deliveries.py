"""A database whose changes are delivered to webhooks, with a clock that tests move."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlmodel import Session, select

from persistence.database import Database
from persistence.enums import ChangedType
from persistence.webhooks import Webhook, WebhookDelivery
from resolvers.salespeople import rules as salespeople
from resolvers.webhooks import rules
from resolvers.webhooks.options import WebhookOptions
from resolvers.webhooks.rules import WebhookFields
from resolvers.work import User, Work
from schema.server.background.webhook_counts import WebhookCounts
from schema.server.background.webhooks import delivering_to_webhooks
from tests.conftest import NOW
from tests.schema.queries import GRAPH

OPTIONS = WebhookOptions(allow_private=True)
Run = Callable[[Coroutine[Any, Any, Any]], Any]


class Clock:
    """The time, which tests move. It goes on by itself, too."""

    def __init__(self) -> None:
        self.moved = dt.timedelta(0)

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.moved

    def move(self, **by: float) -> None:
        self.moved += dt.timedelta(**by)


class Company:
    """A database with changes to deliver."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.counts = database, Clock(), WebhookCounts()

    async def write(self, rule: Callable[..., Any], *arguments: Any, **choices: Any) -> Any:
        """Run a rule that changes something."""

        def change(session: Session) -> Any:
            return rule(Work(session, User("ann"), NOW), *arguments, **choices)

        return await self.database.writing(change)

    async def hook(self, url: str, types: list[ChangedType] | None = None) -> tuple[int, str]:
        """The id and the secret of a new webhook."""
        made = await self.write(rules.create, OPTIONS, WebhookFields(url=url, types=types))
        return made.id, made.stored_secret

    async def name(self, code: str, name: str, *, new: bool = False) -> None:
        """Name a salesperson."""
        await self.write(salespeople.create if new else salespeople.update, code, {"name": name})

    async def state(self, id: int) -> Webhook:
        """A webhook as it is stored."""
        found: Webhook = await self.database.querying(lambda session: session.get_one(Webhook, id))
        return found

    async def deliveries(self, id: int) -> list[WebhookDelivery]:
        """The deliveries of a webhook, oldest first."""
        statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == id)
        found = await self.database.querying(lambda session: [*session.exec(statement)])
        return sorted(found, key=lambda each: each.item_no)

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        """Deliver while the block runs."""
        async with delivering_to_webhooks(self.database, GRAPH, OPTIONS, self.counts, clock=self.clock, pause=0.01):
            yield

    async def until(self, holds: Callable[[], Coroutine[Any, Any, bool]]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(20):
            while not await holds():
                await asyncio.sleep(0.02)


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database)


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return loop.run_until_complete


async def is_delivered(company: Company, id: int, number: int) -> bool:
    found = await company.deliveries(id)
    return [each.status for each in found] == ["DELIVERED"] * number
