"""Running a rule that changes something: in one transaction, and only once for each idempotency key."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from persistence.autocommit import INSERTED_ROW, InsertedRow
from resolvers import idempotency
from resolvers.outcomes import Outcome, restored_outcome, stored_outcome
from resolvers.work import User, Work


class Client(Protocol):
    """Who sends a command: a user, the salesperson that the user is, if any, and their language, `EN` or `FR`."""

    @property
    def user_id(self) -> str: ...

    @property
    def salesperson_code(self) -> str | None: ...

    @property
    def language(self) -> str: ...


@dataclass(frozen=True)
class IdempotentRequest:
    """An idempotency key and what it was sent for: the name of a mutation and its input without the key."""

    key: str
    mutation: str
    input: Mapping[str, object]


def perform(
    client: Client,
    now: dt.datetime,
    once: IdempotentRequest | None,
    inserted_row: InsertedRow | None,
    rule: Callable[..., Outcome],
    arguments: tuple[object, ...],
    choices: Mapping[str, object],
    session: Session,
) -> Outcome:
    """What the rule returns for these positional and keyword arguments, in the transaction of the session.

    If the same was done under this idempotency key before, the stored outcome is returned and the rule does not run
    (K22).
    """
    session.info[INSERTED_ROW] = inserted_row
    work = Work(session, User(client.user_id, client.salesperson_code), now, client.language)
    if once is None:
        return rule(work, *arguments, **choices)
    done: list[Outcome] = []

    def act() -> dict[str, object]:
        done.append(rule(work, *arguments, **choices))
        return stored_outcome(done[0])

    stored = idempotency.once(work, act, key=once.key, mutation=once.mutation, input=once.input)
    return done[0] if done else restored_outcome(rule, stored)
