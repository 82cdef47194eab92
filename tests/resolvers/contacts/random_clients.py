"""Clients that execute random commands at the same time."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable

from sqlmodel import Session

from persistence.database import Database
from resolvers.errors import Refused
from resolvers.work import User, Work
from tests.conftest import NOW


def work_of(session: Session) -> Work:
    return Work(session, User("tester"), NOW)


async def run_clients(
    database: Database, command: Callable[[random.Random, Work], None], *, clients: int, turns: int
) -> Counter[str]:
    """Let each client execute this many commands. Returns how many were `done`, and how many refusals had which code."""
    met: Counter[str] = Counter()

    async def client(number: int) -> None:
        chance = random.Random(number)
        for _ in range(turns):
            seed = chance.random()
            try:
                await database.writing(lambda session, seed=seed: command(random.Random(seed), work_of(session)))  # type: ignore[misc]  # a lambda with a default
                met["done"] += 1
            except Refused as refused:
                met.update(str(refusal.code) for refusal in refused.refusals)

    await asyncio.gather(*(client(number) for number in range(clients)))
    return met
