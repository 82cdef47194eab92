"""How much a token and an address may ask for in a minute."""

import asyncio
from typing import Any

import pytest

from schema.server.errors import Rejected
from schema.server.requests.rate_limits import MAX_BUCKETS, RateLimits
from tests.commands import create_token
from tests.schema.server.conftest import application

PAGE = "{ contacts(first: 100) { nodes { no } } }"
COST = 101
"""What that query costs: a connection and 100 contacts."""


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_is_refilled_evenly_within_a_minute() -> None:
    clock = Clock()
    limits = RateLimits(0, 600, loopback=False, stopwatch=clock)
    stranger = {"client": ("192.0.2.1", 1)}

    (bucket,) = limits.of_address(stranger)
    assert dict(limits.check([bucket]))[b"ratelimit-remaining"] == b"600"
    bucket.take(700)
    with pytest.raises(Rejected) as refused:
        limits.check(limits.of_address(stranger))
    assert refused.value.retry_after == 11  # 100 are owed, 10 are needed, 10 come each second
    clock.seconds = 11
    assert dict(limits.check(limits.of_address(stranger)))[b"ratelimit-remaining"] == b"10"
    clock.seconds = 1000
    assert dict(limits.check(limits.of_address(stranger)))[b"ratelimit-remaining"] == b"600"


def test_other_addresses_and_the_machine_itself_are_not_limited() -> None:
    limits = RateLimits(600, 600, loopback=False)
    for bucket in limits.of_address({"client": ("192.0.2.1", 1)}):
        bucket.take(1000)

    limits.check(limits.of_address({"client": ("192.0.2.2", 1)}))
    assert limits.of_address({"client": ("127.0.0.1", 1)}) == []
    assert limits.of_token({"client": ("::1", 1)}, {b"authorization": b"Bearer x"}) == []


def test_only_so_many_addresses_are_remembered() -> None:
    limits = RateLimits(0, 600, loopback=False)
    for number in range(MAX_BUCKETS + 10):
        limits.of_address({"client": (f"2001:db8::{number:x}", 1)})

    assert len(limits._addresses._kept) == MAX_BUCKETS


def test_a_token_that_asks_for_too_much_is_refused_until_later(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    url = empty_copy("sqlite")
    tokens = [create_token(url, user) for user in ("ann", "ben")]
    ann, ben = ({"authorization": f"Bearer {token}"} for token in tokens)
    with application(url, loop, rate_limit_token=150, rate_limit_address=0, rate_limit_loopback=True) as send:
        first = send("POST", json={"query": PAGE}, headers=ann)
        second = send("POST", json={"query": PAGE}, headers=ann)
        refused = send("POST", json={"query": PAGE}, headers=ann)
        other = send("POST", json={"query": PAGE}, headers=ben)

    assert (first.status_code, first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == (
        200,
        "150",
        "150",
    )
    assert int(second.headers["ratelimit-remaining"]) in range(150 - COST - 10, 150 - COST)
    assert refused.status_code == 429
    (error,) = refused.json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["retryAfterSeconds"] == int(refused.headers["retry-after"]) > 1
    assert other.status_code == 200


def test_wrong_tokens_are_counted_for_the_address(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    with application(empty_copy("sqlite"), loop, rate_limit_address=25, rate_limit_loopback=True) as send:
        statuses = [
            send("POST", json={"query": PAGE}, headers={"authorization": f"Bearer carnet_{n}"}).status_code
            for n in range(4)
        ]

    assert statuses == [401, 401, 429, 429]
