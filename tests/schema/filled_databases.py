"""Databases of both kinds with the same rows."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlmodel import Session

from persistence.database import Database


@contextmanager
def filled_databases(
    empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop, *fills: Callable[[Session], object]
) -> Iterator[dict[str, Database]]:
    """An open database of each kind, by its kind, after each of `fills` was executed in a transaction of its own."""
    opened = {kind: Database.at(empty_copy(kind)) for kind in ("sqlite", "postgresql")}
    made = {}
    for kind, opening in opened.items():
        made[kind] = loop.run_until_complete(opening.__aenter__())
        for fill in fills:
            loop.run_until_complete(made[kind].writing(fill))
    yield made
    for opening in opened.values():
        loop.run_until_complete(opening.__aexit__(None, None, None))
