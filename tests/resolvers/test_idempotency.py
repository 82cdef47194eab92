"""Idempotency keys (K22)."""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any

from sqlmodel import select

from persistence.setup import IdempotencyKey
from resolvers import idempotency
from resolvers.work import Work
from tests import records
from tests.refusals import refusals_of

WEEK = dt.timedelta(days=7)


def done(work: Work, key: str, input: dict[str, Any] | None = None, mutation: str = "pay", command: Any = None) -> Any:
    return idempotency.once(
        work, command or (lambda: {"at": str(work.now)}), key=key, mutation=mutation, input=input or {}
    )


def keys(work: Work) -> set[str]:
    return set(work.session.exec(select(IdempotencyKey.key)))


def test_the_same_key_and_input_return_the_first_outcome_k22(work: Work) -> None:
    later = records.at_time(work, work.now + WEEK)

    assert done(work, "k", {"a": 1, "b": 2}) == done(later, "k", {"b": 2, "a": 1}) == {"at": str(work.now)}


def test_another_mutation_or_input_under_the_key_is_refused_k24(work: Work) -> None:
    done(work, "k", {"a": 1})

    conflict = [("IDEMPOTENCY_CONFLICT", ("idempotency_key",))]
    assert refusals_of(done, work, "k", {"a": 2}) == refusals_of(done, work, "k", {"a": 1}, mutation="buy") == conflict


def test_an_amount_is_equal_in_every_notation_k22(work: Work) -> None:
    first = done(work, "k", {"cost": Decimal("7"), "filter": {"and": [{"cost": {"gte": Decimal("1.250")}}]}})
    later = records.at_time(work, work.now + WEEK)

    for seven, other in (("7.0", "1.25"), ("7.00", "1.2500000000"), ("7.0000", "1.25")):
        again = {"cost": Decimal(seven), "filter": {"and": [{"cost": {"gte": Decimal(other)}}]}}
        assert done(later, "k", again) == first
    for other in ("7.01", "70", "-7", "7.0000000001", "0.07"):
        variables = {"cost": Decimal(other), "filter": {"and": [{"cost": {"gte": Decimal("1.25")}}]}}
        assert refusals_of(done, later, "k", variables) == [("IDEMPOTENCY_CONFLICT", ("idempotency_key",))]
    assert done(work, "none", {"cost": Decimal("0")}) == done(later, "none", {"cost": Decimal("-0.00")})
    large = [
        done(each, "large", {"cost": Decimal(text)})
        for each, text in ((work, "9999999999999999.99"), (later, "9999999999999999.9900000000"))
    ]
    assert large[0] == large[1]


def test_null_differs_from_a_missing_field_and_texts_are_compared_exactly_k22(work: Work) -> None:
    conflict = [("IDEMPOTENCY_CONFLICT", ("idempotency_key",))]
    done(work, "k", {"code": "JO", "cost": None})

    for other in (
        {"code": "JO"},
        {"code": "jo", "cost": None},
        {"code": "JO ", "cost": None},
        {"code": "JO", "cost": Decimal(0)},
    ):
        assert refusals_of(done, work, "k", other) == conflict


def test_keys_of_earlier_versions_match_as_they_were_written_and_with_two_decimals_k22(work: Work) -> None:
    def as_before(variables: Any) -> str:
        return hashlib.sha256(json.dumps(["pay", variables], sort_keys=True, default=str).encode()).hexdigest()

    def stored(key: str, variables: Any) -> None:
        work.session.add(
            IdempotencyKey(
                user_id=work.user.id,
                key=key,
                mutation="pay",
                input_hash=as_before(variables),
                at=work.now,
                outcome='{"at": "before"}',
            )
        )
        work.session.flush()

    stored("odd", {"cost": Decimal("7.5"), "date": dt.date(2026, 3, 18)})
    stored("usual", {"cost": Decimal("7.50")})
    stored("without", {"text": "é", "at": dt.time(10, 16)})

    assert done(work, "odd", {"cost": Decimal("7.5"), "date": dt.date(2026, 3, 18)}) == {"at": "before"}
    assert (
        done(work, "usual", {"cost": Decimal("7.5")})
        == done(work, "usual", {"cost": Decimal("7.50")})
        == {"at": "before"}
    )
    assert done(work, "without", {"text": "é", "at": dt.time(10, 16, 0)}) == {"at": "before"}


def test_idempotency_keys_are_separate_for_each_user_k22(work: Work) -> None:
    other = records.as_user(records.at_time(work, work.now + WEEK), id="somebody else")

    assert done(work, "k") != done(other, "k", {"a": 2})


def test_a_key_older_than_a_week_can_be_used_again_and_is_deleted_by_the_next_request_k22(work: Work) -> None:
    done(work, "mine")
    done(records.as_user(work, id="somebody else"), "theirs")
    later = records.at_time(work, work.now + WEEK + dt.timedelta(seconds=1))

    assert done(later, "mine", {"a": 2}) == {"at": str(later.now)}
    assert keys(work) == {"mine"}


def test_an_expired_key_that_was_not_deleted_yet_can_be_used_again_k22(work: Work, monkeypatch: Any) -> None:
    monkeypatch.setattr(idempotency, "MAX_DELETED_KEYS", 0)
    done(work, "k")
    later = records.at_time(work, work.now + WEEK + dt.timedelta(seconds=1))

    assert done(later, "k", {"a": 2}) == done(later, "k", {"a": 2}) == {"at": str(later.now)}


def test_at_most_100_expired_keys_are_deleted_at_once(work: Work, monkeypatch: Any) -> None:
    monkeypatch.setattr(idempotency, "MAX_DELETED_KEYS", 2)
    for number in range(5):
        done(records.at_time(work, work.now + dt.timedelta(seconds=number)), f"old {number}")
    later = records.at_time(work, work.now + 2 * WEEK)

    done(later, "new")
    assert len(keys(work)) == 4
    done(later, "newer")
    done(later, "newest")
    assert keys(work) == {"new", "newer", "newest"}


def test_a_key_has_at_most_200_characters(work: Work) -> None:
    assert refusals_of(done, work, "x" * 201) == [("INVALID", ("idempotency_key",))]
    assert done(work, "x" * 200)
