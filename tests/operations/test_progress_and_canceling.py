"""The progress of an operation on a segment is visible, and a canceled one changes nothing; on both databases, through
HTTP.
"""

import asyncio
from typing import Any

import pytest

from tests.api import Api, create_company
from tests.concurrency import wait_until
from tests.conftest import is_on_citus
from tests.operations.conftest import ADD, ALL, LINES, LOG, PROGRESS, OpenLargeSegment
from tests.prepared import database_with


def test_the_progress_of_logging_is_visible_while_it_runs(large_segment: OpenLargeSegment) -> None:
    with large_segment() as segment:

        async def scenario() -> Any:
            task = await segment.start_and_hold(LOG, "LOGGING")
            seen = await wait_until(segment.begun_progress)
            if segment.url.startswith("sqlite:"):
                await segment.cancel()
            else:
                await segment.hold.end()
            return seen, (await task).json()

        seen, answer = segment.run(scenario())
        after = segment.api.execute("{ segments { nodes { noOfLines logProgress { phase } } } }")["segments"]["nodes"]

        assert (seen["phase"], seen["total"], seen["startedAt"][:2]) == ("LOGGING", LINES, "20")
        assert 0 < seen["done"] <= LINES
        assert segment.url.startswith("sqlite:") or answer["data"]["logSegment"]["logged"] == LINES
        assert after == [{"noOfLines": LINES, "logProgress": None}]


def test_progress_increases_until_all_lines_are_logged(large_segment: OpenLargeSegment) -> None:
    with large_segment(lines=20_000) as segment:

        async def scenario() -> list[Any]:
            seen = []
            task = asyncio.ensure_future(segment.send(LOG))
            while not task.done():
                found = (await segment.send(PROGRESS)).json()["data"]["segment"]
                seen += [found["logProgress"]] if found and found["logProgress"] else []
            assert task.result().json()["data"]["logSegment"]["logged"] == 20_000
            return seen

        seen = segment.run(scenario())
        logging = [each["done"] for each in seen if each["phase"] == "LOGGING"]

        assert [each["phase"] for each in seen] == sorted(
            (each["phase"] for each in seen), key=["CHECKING", "LOGGING", "FOLLOW_UP"].index
        )
        assert logging == sorted(logging)
        # On Citus the coordinator draws the numbers much faster than the worker stores the entries.
        assert len(set(logging)) > (1 if is_on_citus(segment.url) else 2)
        assert 0 < logging[len(logging) // 2] < 20_000


@pytest.mark.parametrize(("text", "phase"), [(LOG, "LOGGING"), (ADD, "ADDING")])
def test_a_canceled_operation_changes_nothing_and_can_be_repeated(
    large_segment: OpenLargeSegment, text: str, phase: str
) -> None:
    with large_segment() as segment:
        before = segment.api.execute(ALL, no=segment.no)

        async def scenario() -> Any:
            task = await segment.start_and_hold(text, phase)
            canceled = await segment.cancel()
            answer = (await task).json()
            await segment.hold.end()
            return canceled, answer

        canceled, answer = segment.run(scenario())
        after = segment.api.execute(ALL, no=segment.no)
        again = segment.api.execute(text, no=segment.no)

        assert canceled == {"segment": {"noOfLines": LINES, "logProgress": None}, "userErrors": []}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["CANCELED"]
        assert after == before
        assert LINES in next(iter(again.values())).values()


@database_with(create_company)
def test_canceling_without_a_running_operation_is_refused(api: Api) -> None:
    segment = {"segment": {"description": "One"}, "contactNos": ["P1"]}
    no = api.mutate("createSegment", segment, "segment { no }")["segment"]["no"]

    errors = api.send_mutation("cancelLogSegment", {"segmentNo": no}, "userErrors { french: message(language: FR) }")[
        "userErrors"
    ]

    assert [error["code"] for error in errors] == ["INVALID"]
    assert errors[0]["french"].startswith(f"Aucune opération n’est en cours sur le segment {no}")
    assert api.refusal_codes("cancelLogSegment", {"segmentNo": "NONE"}) == ["SEGMENT_NOT_FOUND"]
    api.mutate(
        "updateSegment", {"no": no, "segment": {"templateCode": "VISIT", "salespersonCode": "JO"}}, "linesChanged"
    )
    api.mutate("logSegment", {"segmentNo": no}, "logged")
    assert api.refusal_codes("cancelLogSegment", {"segmentNo": no}) == ["LOGGED_SEGMENT_EXISTS"]
