"""Tests whose database has rows from the start."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.api import Api

Fill: TypeAlias = Callable[[Api], None]
"""Creates rows through the API."""

MARKER = "database_with"


def database_with(fill: Fill) -> pytest.MarkDecorator:
    """Marks a test with the fixture `api` or `database_url`: its database is a copy of one that `fill` has filled. It
    is filled once in each process, because that takes longer than most tests.
    """
    return getattr(pytest.mark, MARKER).with_args(fill)  # type: ignore[no-any-return]  # a mark is found by its name


def fill_of(test: pytest.Item) -> Fill | None:
    """What fills the database of a test; None if it is empty."""
    marker = test.get_closest_marker(MARKER)
    fill: Fill | None = None if marker is None else marker.args[0]
    return fill
