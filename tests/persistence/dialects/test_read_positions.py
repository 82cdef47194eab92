"""Positions in the log of a server, and the tokens that clients get."""

import pytest

from persistence.dialects.read_positions import (
    ANY,
    PRIMARY,
    at_primary,
    is_reached,
    later,
    only_primary,
    position_of,
    token_of,
)


@pytest.mark.parametrize("token", ["1.p", "3.a.1.1f", "3.ffffffffffffffff.ffffffff.p", "3.a.ffffffff.fffffffffffffffe"])
def test_a_token_stands_for_one_position(token: str) -> None:
    assert token_of(position_of(token)) == token


@pytest.mark.parametrize("token", ["1.1f", "2.1.1f"])
def test_the_primary_answers_the_tokens_of_earlier_versions(token: str) -> None:
    """They have no cluster."""
    assert position_of(token) == PRIMARY


@pytest.mark.parametrize(
    ("wanted", "replayed", "reached"),
    [
        ("3.a.1.1f", "3.a.1.1f", True),
        ("3.a.1.1f", "3.a.1.20", True),
        ("3.a.1.1f", "3.a.1.1e", False),
        ("3.a.2.1f", "3.a.1.20", False),  # a standby that has more of the old primary's log than the promoted one had
        ("3.a.1.1f", "3.a.2.1e", False),  # a standby that was promoted by mistake
        ("3.a.1.1f", "3.a.2.20", False),
    ],
)
def test_a_position_is_reached_on_its_own_timeline_only(wanted: str, replayed: str, reached: bool) -> None:
    assert is_reached(position_of(wanted), position_of(replayed)) == reached
    assert is_reached(ANY, position_of(replayed))


@pytest.mark.parametrize(
    ("own", "given", "both"),
    [
        ("3.a.1.1f", "3.a.2.1e", "3.a.2.1e"),
        ("3.a.1.1f", "3.a.1.p", "3.a.1.p"),
        ("3.a.1.1f", "1.p", "3.a.1.p"),
        ("1.p", "3.a.1.1f", "3.a.1.p"),
        ("1.p", "1.p", "1.p"),
        ("3.a.1.1f", "3.b.2.1f", "3.a.1.p"),  # what another cluster has cannot be compared
    ],
)
def test_the_later_of_two_positions_is_after_both(own: str, given: str, both: str) -> None:
    assert token_of(later(position_of(own), position_of(given))) == both
    assert later(ANY, position_of(given)) == position_of(given)
    assert later(position_of(own), ANY) == position_of(own)


def test_a_position_of_the_primary_is_reached_by_no_standby() -> None:
    assert only_primary(PRIMARY)
    assert only_primary(at_primary(ANY))
    assert only_primary(at_primary(position_of("3.a.1.1f")))
    assert not only_primary(position_of("3.a.1.1f"))
