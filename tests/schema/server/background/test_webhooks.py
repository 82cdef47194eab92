"""Changes are delivered to webhooks in the background: signed, at least once, in the order of each object."""

import asyncio
import datetime as dt
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import insert
from sqlmodel import Session

from persistence.change_feed.items import KIND_NUMBERS, TYPE_NUMBERS, insert_later
from persistence.columns import table_of
from persistence.enums import ChangedType, ChangeKind
from persistence.salespeople import Salesperson
from persistence.segments import Segment, SegmentLine
from resolvers import change_feed
from resolvers.old_changes import delete_old
from resolvers.salespeople import rules as salespeople
from resolvers.webhooks import rules
from resolvers.work import User, Work
from schema.server.background.webhook_counts import WebhookCounts
from tests.conftest import NOW
from tests.schema.server.background import webhook_deliveries
from tests.schema.server.background.webhook_deliveries import Company, Run, is_delivered
from tests.webhook_receiver import receiving

GUIDE = Path(__file__).parents[4] / ".github/guides/live.md"

company, run = webhook_deliveries.company, webhook_deliveries.run


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
