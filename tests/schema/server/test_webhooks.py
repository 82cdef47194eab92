"""Changes are delivered to webhooks in the background: signed, at least once, in the order of each object."""

import asyncio
import datetime as dt
import random
import re
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import insert
from sqlmodel import Session, select

from persistence.change_feed import KIND_NUMBERS, TYPE_NUMBERS, insert_later
from persistence.columns import table_of
from persistence.database import Database
from persistence.enums import ChangedType, ChangeKind
from persistence.salespeople import Salesperson
from persistence.segments import Segment, SegmentLine
from persistence.webhooks import Webhook, WebhookDelivery
from resolvers import change_feed
from resolvers.change_feed import delete_old
from resolvers.salespeople import rules as salespeople
from resolvers.webhooks import rules
from resolvers.webhooks.options import WebhookOptions
from resolvers.webhooks.rules import WebhookFields
from resolvers.work import User, Work
from schema.server.webhook_counts import WebhookCounts
from schema.server.webhooks import delivering_to_webhooks
from tests.conftest import NOW
from tests.schema.queries import GRAPH
from tests.webhook_receiver import Received, Receiver, receiving

GUIDE = Path(__file__).parents[3] / ".github/guides/live.md"
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


def test_each_change_is_a_signed_request_with_the_object_as_it_is_now(company: Company, run: Run) -> None:
    async def deliver() -> None:
        async with receiving() as receiver, company.delivering():
            id, secret = await company.hook(receiver.url, [ChangedType.SALESPERSON])
            await company.name("JO", "Jo Roy", new=True)
            (request,) = await receiver.wait_for(1)
            request.verify(secret)
            data = request.data
            assert request.message["type"] == "salesperson.created"
            assert request.message["timestamp"] == data["at"] == NOW.isoformat()
            assert (data["type"], data["kind"], data["count"], data["userId"]) == ("SALESPERSON", "CREATED", 1, "ann")
            assert data["object"]["code"] == "JO"
            assert data["object"] | {"name": "Jo Roy", "version": 1, "id": data["ids"][0]} == data["object"]
            await company.write(salespeople.delete, "JO")
            deleted = (await receiver.wait_for(2))[1].data
            assert (deleted["kind"], deleted["ids"], deleted["object"]) == ("DELETED", data["ids"], None)
            await company.until(lambda: is_delivered(company, id, 2))
        assert company.counts == WebhookCounts(delivered=2)

    run(deliver())


async def is_delivered(company: Company, id: int, number: int) -> bool:
    found = await company.deliveries(id)
    return [each.status for each in found] == ["DELIVERED"] * number


def test_a_receiver_that_fails_a_third_of_the_time_gets_everything_in_the_order_of_each_object_r_hook_2(
    company: Company, run: Run
) -> None:
    chance = random.Random(17)
    accepted: dict[str, list[int]] = defaultdict(list)

    def answer(request: Received) -> str | None:
        failure = chance.choice([*["204 Fine"] * 4, "500 Failed", None])
        if failure == "204 Fine":
            accepted[request.data["ids"][0]].append(request.data["object"]["version"])
        return failure

    async def deliver() -> None:
        async with receiving(answer) as receiver, company.delivering():
            id, secret = await company.hook(receiver.url, [ChangedType.SALESPERSON])
            for code in ("JO", "PS", "MR", "SB"):
                await company.name(code, "A", new=True)
            for turn in range(8):
                for code in ("JO", "PS", "MR", "SB"):
                    await company.name(code, f"B{turn}")
                company.clock.move(seconds=20)
                await asyncio.sleep(0.05)

            async def done() -> bool:
                company.clock.move(minutes=2)
                return await is_delivered(company, id, 36)

            await company.until(done)
            assert all(request.is_signed_with(secret) for request in receiver.received)
            assert len({request.id for request in receiver.received}) == 36
            assert len(receiver.received) > 36
        assert {len(versions) for versions in accepted.values()} == {9}
        assert all(versions == sorted(versions) and versions[-1] == 9 for versions in accepted.values())
        assert company.counts.delivered == 36
        assert company.counts.failed == len(receiver.received) - 36

    run(deliver())


def test_a_failed_change_is_sent_again_after_5_seconds_then_ever_later_for_three_days_r_hook_3(
    company: Company, run: Run
) -> None:
    async def deliver() -> None:
        async with receiving(lambda _: "500 Failed") as receiver, company.delivering():
            id, _ = await company.hook(receiver.url, [ChangedType.SALESPERSON])
            await company.name("JO", "Jo", new=True)
            pauses: list[float] = []
            for attempt in range(1, 100):
                await receiver.wait_for(attempt)
                await company.until(lambda attempt=attempt: attempts_are(company, id, attempt))  # type: ignore[misc]  # bound at once
                (delivery,) = await company.deliveries(id)
                if not (await company.state(id)).enabled:
                    break
                assert delivery.next_attempt_at is not None
                pauses.append((delivery.next_attempt_at - company.clock()).total_seconds())
                await asyncio.sleep(0.05)
                assert len(receiver.received) == attempt, "not earlier"
                company.clock.moved += delivery.next_attempt_at - company.clock()
            webhook = await company.state(id)
        assert 4 < pauses[0] < 8
        assert all(later > 1.5 * earlier for earlier, later in pairwise(pauses[:12]))
        assert max(pauses) < 1.25 * 6 * 3600
        assert 2.5 * 86_400 < sum(pauses) < 3 * 86_400
        assert (webhook.enabled, webhook.disabled_reason, company.counts.disabled) == (False, "FAILING", 1)
        assert len({request.id for request in receiver.received}) == 1

        receiver.answer = lambda _: "200 OK"
        async with again(receiver) as receiver, company.delivering():
            fields = WebhookFields(url=receiver.url, enabled=True)
            await company.write(rules.update_webhook, OPTIONS, id, str(id), fields)
            await company.until(lambda: is_delivered(company, id, 1))
        webhook = await company.state(id)
        assert (webhook.enabled, webhook.disabled_at, webhook.disabled_reason) == (True, None, None)

    run(deliver())


async def attempts_are(company: Company, id: int, number: int) -> bool:
    return [each.attempts for each in await company.deliveries(id)] == [number]


def again(receiver: Receiver) -> Any:
    """A new receiver that answers like this one does now."""
    return receiving(receiver.answer)


def test_410_switches_a_webhook_off_at_once_and_retry_after_is_respected_r_hook_3(company: Company, run: Run) -> None:
    answers = iter(["503 Busy\r\nretry-after: 100", "410 Gone"])

    async def deliver() -> None:
        async with receiving(lambda _: next(answers)) as receiver, company.delivering():
            id, _ = await company.hook(receiver.url, [ChangedType.SALESPERSON])
            await company.name("JO", "Jo", new=True)
            await company.until(lambda: attempts_are(company, id, 1))
            await company.name("PS", "Paul", new=True)
            for seconds in (5, 60, 30):
                company.clock.move(seconds=seconds)
                await asyncio.sleep(0.05)
            assert len(receiver.received) == 1
            company.clock.move(seconds=10)
            await receiver.wait_for(2)

            async def is_off() -> bool:
                return not (await company.state(id)).enabled

            await company.until(is_off)
            assert (await company.state(id)).disabled_reason == "GONE"

    run(deliver())


def test_a_change_that_is_never_accepted_holds_back_only_changes_of_its_object_r_hook_2(
    company: Company, run: Run
) -> None:
    def answer(request: Received) -> str:
        return "500 Failed" if request.data["object"]["code"] == "JO" else "200 OK"

    async def deliver() -> None:
        async with receiving(answer) as receiver, company.delivering():
            id, _ = await company.hook(receiver.url, [ChangedType.SALESPERSON])
            await company.name("JO", "Jo", new=True)
            await receiver.wait_for(1)
            await company.name("JO", "Jo 2")
            for turn in range(20):
                await company.name(f"S{turn}", "Other", new=True)
            await receiver.wait_for(21)

            async def others_are_delivered() -> bool:
                return [each.status for each in await company.deliveries(id)].count("DELIVERED") == 20

            await company.until(others_are_delivered)
            assert [each.attempts for each in (await company.deliveries(id))[:2]] == [1, 0]
            receiver.answer = lambda _: "200 OK"
            company.clock.move(seconds=10)
            await company.until(lambda: is_delivered(company, id, 22))
            versions = [each.data["object"]["version"] for each in receiver.received[-2:]]
            assert versions == [2, 2], "each has the object as it is now"

    run(deliver())


def test_a_receiver_that_does_not_answer_does_not_hold_back_others(company: Company, run: Run) -> None:
    async def deliver() -> None:
        async with receiving() as slow, receiving() as quick, company.delivering():
            slow.may_answer.clear()
            await company.hook(slow.url)
            await company.hook(quick.url, [ChangedType.SALESPERSON])
            for turn in range(3):
                await company.name(f"S{turn}", "Other", new=True)
                await quick.wait_for(turn + 1, seconds=5)
            assert slow.received == []
            slow.may_answer.set()

    run(deliver())


def test_a_replay_sends_the_changes_after_a_cursor_again_r_hook_5(company: Company, run: Run) -> None:
    async def deliver() -> None:
        async with receiving() as receiver, company.delivering():
            id, _ = await company.hook(receiver.url, [ChangedType.SALESPERSON])
            for code in ("JO", "PS", "MR"):
                await company.name(code, code, new=True)
            await company.until(lambda: is_delivered(company, id, 3))
            first = (await company.deliveries(id))[0].item_no
            await company.write(rules.replay, id, str(id), first)
            requests = await receiver.wait_for(5)
            assert {each.data["object"]["code"] for each in requests[:3]} == {"JO", "PS", "MR"}
            assert {each.data["object"]["code"] for each in requests[3:]} == {"MR", "PS"}
            assert {each.id for each in requests[3:]} < {each.id for each in requests[:3]}
            await company.until(lambda: is_delivered(company, id, 3))

    run(deliver())


def test_one_process_delivers_at_a_time_and_another_takes_over(company: Company, run: Run) -> None:
    async def deliver() -> None:
        async with receiving() as receiver:
            id, _ = await company.hook(receiver.url, [ChangedType.SALESPERSON])
            async with company.delivering(), company.delivering():
                for turn in range(30):
                    await company.name(f"S{turn}", "Other", new=True)
                await company.until(lambda: is_delivered(company, id, 30))
            async with company.delivering():
                await company.name("JO", "Jo", new=True)
                await company.until(lambda: is_delivered(company, id, 31))
            assert len(receiver.received) == 31

    run(deliver())


def test_a_webhook_whose_changes_are_no_longer_kept_is_switched_off(company: Company, run: Run) -> None:
    async def deliver() -> None:
        async with receiving() as receiver:
            id, _ = await company.hook(receiver.url, [ChangedType.SALESPERSON])
            await company.name("JO", "Jo", new=True)
            await company.database.writing(lambda session: delete_old(session, NOW + dt.timedelta(days=1)))
            async with company.delivering():

                async def is_off() -> bool:
                    return not (await company.state(id)).enabled

                await company.until(is_off)
            assert (await company.state(id)).disabled_reason == "CHANGES_EXPIRED"
            assert receiver.received == []

    run(deliver())


def test_a_change_of_many_objects_is_one_request_with_their_ids(company: Company, run: Run) -> None:
    def change_many(session: Session) -> None:
        work = Work(session, User("ann"), NOW)
        table = table_of(Salesperson)
        session.execute(insert(table), [_salesperson(number) for number in range(1_200)])
        change_feed.record(work, ChangeKind.CREATED, table, table.c.code >= "M")

    async def deliver() -> None:
        async with receiving() as receiver, company.delivering():
            await company.hook(receiver.url)
            await company.database.writing(change_many)
            (request,) = await receiver.wait_for(1)
            data = request.data
            assert (data["count"], data["object"], len(data["ids"])) == (1_200, None, 1_000)
            assert len({*data["ids"]}) == 1_000

    run(deliver())


def _salesperson(number: int) -> dict[str, object]:
    return {"code": f"M{number}", "version": 1, "name": "M", "search_name": "m", "blocked": False}


def test_the_receiver_of_the_guide_keeps_a_copy(company: Company, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (recipe,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)

    async def deliver() -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            _, secret = await company.hook(f"http://127.0.0.1:{listening.getsockname()[1]}/carnet")
            monkeypatch.setenv("WEBHOOK_SECRET", secret)
            names: dict[str, Any] = {}
            exec(recipe, names)
            server = uvicorn.Server(uvicorn.Config(names["app"], log_level="error"))
            serving = asyncio.create_task(server.serve([listening]))
            async with company.delivering():
                await company.name("JO", "Jo", new=True)
                await company.name("PS", "Paul", new=True)
                await company.name("JO", "Jo Roy")
                await company.write(salespeople.delete, "PS")

                async def is_copied() -> bool:
                    return [each["name"] for each in names["copy"].values()] == ["Jo Roy"]

                await company.until(is_copied)
            server.should_exit = True
            await serving

    run(deliver())


def test_a_segment_and_its_lines_are_delivered_in_order_r_hook_2(company: Company, run: Run) -> None:
    """Lines have no change of their own when their segment is deleted, so an earlier one may not come later."""

    def change(kind: ChangeKind, table: type[SegmentLine] | type[Segment], *keys: int) -> Callable[[Session], None]:
        columns = ("parent_key", "first_key")[-len(keys) :]
        item = dict(zip(columns, keys, strict=True)) | {"at": NOW, "user_id": "ann", "kind": KIND_NUMBERS[kind]}
        type_ = ChangedType[str(table.__tablename__).upper()]
        return lambda session: insert_later(session, [item | {"type": TYPE_NUMBERS[type_]}])

    async def deliver() -> None:
        async with receiving(lambda _: "500 Failed") as receiver, company.delivering():
            id, _ = await company.hook(receiver.url)
            await company.database.writing(change(ChangeKind.CREATED, SegmentLine, 7, 1))
            await receiver.wait_for(1)
            await company.database.writing(change(ChangeKind.CREATED, SegmentLine, 8, 1))
            await company.database.writing(change(ChangeKind.DELETED, Segment, 7))
            await receiver.wait_for(2)
            receiver.answer = lambda _: "200 OK"
            company.clock.move(seconds=10)
            await company.until(lambda: is_delivered(company, id, 3))
            order = [
                (each.data["type"], each.data["ids"]) for each in receiver.received if each.data["ids"] != ["lin_8_1"]
            ]
            assert order == [*[("SEGMENT_LINE", ["lin_7_1"])] * 2, ("SEGMENT", ["seg_7"])]

    run(deliver())
