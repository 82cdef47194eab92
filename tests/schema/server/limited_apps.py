"""Applications in memory with other settings."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.api import Api, running_app


@pytest.fixture
def limited(empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., Api]]:
    """`limited(max_websockets=1)` is an application with these settings."""
    with ExitStack() as until_the_end:
        yield lambda **settings: until_the_end.enter_context(running_app(empty_copy("sqlite"), loop, **settings))
