"""Changes that a receiver does not accept are sent again, in the order of each object."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session
from structlog.testing import capture_logs

from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.enums import ChangedType
from persistence.exceptions import Overloaded
from resolvers.webhooks import delivering, rules
from resolvers.webhooks.rules import WebhookFields
from schema.server.background.webhooks import FAILED, NOT_READ
from tests.persistence.concurrency.test_threads import ENDLESS
from tests.schema.server.background import webhook_deliveries
from tests.schema.server.background.webhook_deliveries import OPTIONS, Company, Run, is_delivered
from tests.webhook_receiver import Received, Receiver, receiving

company, run = webhook_deliveries.company, webhook_deliveries.run


def test_a_receiver_that_often_fails_gets_the_changes_of_each_object_in_order_r_hook_2(
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


@pytest.mark.parametrize(("has_webhook", "logged"), [(False, NOT_READ), (True, FAILED)])
def test_without_webhooks_an_overloaded_database_is_not_logged_as_a_failed_delivery(
    database_url: str, run: Run, has_webhook: bool, logged: str
) -> None:
    """While all connections that read are in use, no one can say which webhooks there are."""
    limits = TimeLimits(patience=0.05)

    async def deliver() -> None:
        async with (
            Database.at(database_url, pool_size=1, limits=limits) as database,
            Database.at(database_url) as patient,
        ):
            company, changed = Company(database), Company(patient)
            with capture_logs() as lines:
                async with receiving() as receiver, company.delivering():
                    if has_webhook:
                        id, _ = await changed.hook(receiver.url, [ChangedType.SALESPERSON])
                        await changed.name("JO", "Jo", new=True)
                        await changed.until(lambda: is_delivered(changed, id, 1))
                    else:
                        await asyncio.sleep(0.05)
                    usage = database.usage()
                    compiled = [lambda: database.reading([(ENDLESS, ())])] * usage["compiled_reads"].most
                    others = [lambda: database.querying(read_endlessly)] * usage["other_reads"].most
                    slow = [asyncio.ensure_future(hold_connection(read)) for read in (*compiled, *others)]
                    await company.until(lambda: is_logged(lines))
                    for each in slow:
                        each.cancel()
                    await asyncio.gather(*slow, return_exceptions=True)
        assert {line["event"] for line in lines} == {logged}

    run(deliver())


def test_a_change_that_waits_for_an_earlier_one_is_sent_also_after_a_failed_read_r_hook_2(
    database_url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier change is accepted while no connection that reads is free. No further change is made."""
    monkeypatch.setattr(delivering, "FIRST_PAUSE", 0.01)

    async def deliver() -> None:
        async with Database.at(database_url, pool_size=1, limits=TimeLimits(patience=0.05)) as database:
            company, held, tried = Company(database), list[asyncio.Future[Any]](), list[Received]()

            async def answer(request: Received) -> str:
                tried.append(request)
                if len(tried) == 2:
                    most = database.usage()["other_reads"].most
                    reads = [lambda: database.querying(read_endlessly)] * most
                    held.extend(asyncio.ensure_future(hold_connection(read)) for read in reads)
                    await asyncio.sleep(0.05)
                return "500 Wrong" if len(tried) == 1 else "204 Fine"

            with capture_logs() as lines:
                async with receiving(answer) as receiver, company.delivering():
                    await company.hook(receiver.url, [ChangedType.SALESPERSON])
                    await company.name("JO", "Jo", new=True)
                    await company.name("JO", "Joan")
                    await company.until(lambda: is_logged(lines[4:]))
                    for each in held:
                        each.cancel()
                    await asyncio.gather(*held, return_exceptions=True)
                    await receiver.wait_for(3)

    run(deliver())


async def hold_connection(read: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Read, again and again where others had the connection for longer than the patience."""
    while True:
        with suppress(Overloaded):
            await read()


def read_endlessly(session: Session) -> None:
    session.execute(text(ENDLESS))


async def is_logged(lines: list[Any]) -> bool:
    return bool(lines)
