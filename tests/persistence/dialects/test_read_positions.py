"""Positions in the log of a server, and the tokens that clients get."""

import pytest

from persistence.dialects.read_positions import ANY, PRIMARY, is_reached, later, position_of, token_of


@pytest.mark.parametrize("token", ["1.p", "2.1.1f", "2.ffffffff.ffffffffffffffff"])
def test_a_token_stands_for_one_position(token: str) -> None:
    assert token_of(position_of(token)) == token


def test_the_primary_answers_the_tokens_of_earlier_versions() -> None:
    """They have no timeline."""
    assert position_of("1.1f") == PRIMARY


@pytest.mark.parametrize(
    ("wanted", "replayed", "reached"),
    [
        ("2.1.1f", "2.1.1f", True),
        ("2.1.1f", "2.1.20", True),
        ("2.1.1f", "2.1.1e", False),
        ("2.2.1f", "2.1.20", False),  # a standby that has more of the old primary's log than the promoted one had
        ("2.1.1f", "2.2.1e", False),  # a standby that was promoted by mistake
        ("2.1.1f", "2.2.20", False),
    ],
)
def test_a_position_is_reached_on_its_own_timeline_only(wanted: str, replayed: str, reached: bool) -> None:
    assert is_reached(position_of(wanted), position_of(replayed)) == reached
    assert is_reached(ANY, position_of(replayed))


def test_later_positions_satisfy_earlier_ones() -> None:
    assert later(position_of("2.1.1f"), position_of("2.2.1e")) == position_of("2.2.1e")
    assert later(position_of("2.1.1f"), PRIMARY) == PRIMARY
