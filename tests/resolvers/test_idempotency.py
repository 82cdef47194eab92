"""Keys that make it safe to do something again (K22)."""

import datetime as dt
from typing import Any

from sqlmodel import select

from persistence.setup import IdempotencyKey
from resolvers import idempotency
from resolvers.work import Work
from tests import given
from tests.refusing import refused

WEEK = dt.timedelta(days=7)


def done(work: Work, key: str, asked: dict[str, Any] | None = None, mutation: str = "pay", verb: Any = None) -> Any:
    return idempotency.once(work, verb or (lambda: {"at": str(work.now)}), key=key, mutation=mutation, asked=asked or {})


def keys(work: Work) -> set[str]:
    return set(work.session.exec(select(IdempotencyKey.key)))


def test_the_same_key_and_input_tell_what_was_done_first_k22(work: Work) -> None:
    later = given.at(work, work.now + WEEK)

    assert done(work, "k", {"a": 1, "b": 2}) == done(later, "k", {"b": 2, "a": 1}) == {"at": str(work.now)}


def test_another_mutation_or_input_under_the_key_is_refused_k24(work: Work) -> None:
    done(work, "k", {"a": 1})

    conflict = [("IDEMPOTENCY_CONFLICT", ("idempotency_key",))]
    assert refused(done, work, "k", {"a": 2}) == refused(done, work, "k", {"a": 1}, mutation="buy") == conflict


def test_a_key_is_the_user_s_own_k22(work: Work) -> None:
    other = given.asked_by(given.at(work, work.now + WEEK), id="somebody else")

    assert done(work, "k") != done(other, "k", {"a": 2})


def test_a_key_older_than_a_week_is_as_good_as_new_and_swept_by_whoever_comes_k22(work: Work) -> None:
    done(work, "mine")
    done(given.asked_by(work, id="somebody else"), "theirs")
    later = given.at(work, work.now + WEEK + dt.timedelta(seconds=1))

    assert done(later, "mine", {"a": 2}) == {"at": str(later.now)}
    assert keys(work) == {"mine"}


def test_an_old_key_that_was_not_swept_yet_is_not_told_again_k22(work: Work, monkeypatch: Any) -> None:
    monkeypatch.setattr(idempotency, "SWEPT_AT_ONCE", 0)
    done(work, "k")
    later = given.at(work, work.now + WEEK + dt.timedelta(seconds=1))

    assert done(later, "k", {"a": 2}) == done(later, "k", {"a": 2}) == {"at": str(later.now)}


def test_so_many_are_swept_at_once(work: Work, monkeypatch: Any) -> None:
    monkeypatch.setattr(idempotency, "SWEPT_AT_ONCE", 2)
    for number in range(5):
        done(given.at(work, work.now + dt.timedelta(seconds=number)), f"old {number}")
    later = given.at(work, work.now + 2 * WEEK)

    done(later, "new")
    assert len(keys(work)) == 4
    done(later, "newer")
    done(later, "newest")
    assert keys(work) == {"new", "newer", "newest"}


def test_a_key_has_at_most_200_characters(work: Work) -> None:
    assert refused(done, work, "x" * 201) == [("INVALID", ("idempotency_key",))]
    assert done(work, "x" * 200)
