"""Running a rule that changes something: in one transaction, and only once for each idempotency key."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from persistence.enums import Role
from persistence.transactions.autocommit import INSERTED_ROW, InsertedRow
from resolvers import idempotency
from resolvers.outcomes import Outcome, restored_outcome, stored_outcome
from resolvers.work import User, Work


class Client(Protocol):
    """The client that sends a command: its user, the code of the user's own salesperson, if any, the user's roles, and
    its language, `EN` or `FR`.
    """

    @property
    def user_id(self) -> str: ...

    @property
    def salesperson_code(self) -> str | None: ...

    @property
    def roles(self) -> frozenset[Role]: ...

    @property
    def language(self) -> str: ...


@dataclass(frozen=True)
class IdempotentRequest:
    """An idempotency key, with the name and the input of the mutation that it was sent with. The input is without the
    key.
    """

    key: str
    mutation: str
    input: Mapping[str, object]


def perform(
    client: Client,
    now: dt.datetime,
    request: IdempotentRequest | None,
    inserted_row: InsertedRow | None,
    rule: Callable[..., Outcome],
    arguments: tuple[object, ...],
    choices: Mapping[str, object],
    session: Session,
) -> Outcome:
    """Run the rule with these positional and keyword arguments, in the transaction of the session, and return its
    outcome.

    If the request was executed before, its stored outcome is returned and the rule does not run (K22).
    """
    session.info[INSERTED_ROW] = inserted_row
    work = Work(session, User(client.user_id, client.salesperson_code, client.roles), now, client.language)
    if request is None:
        return rule(work, *arguments, **choices)
    done: list[Outcome] = []

    def act() -> dict[str, object]:
        done.append(rule(work, *arguments, **choices))
        return stored_outcome(done[0])

    stored = idempotency.once(work, act, key=request.key, mutation=request.mutation, input=request.input)
    return done[0] if done else restored_outcome(rule, stored)


def find_outcome(
    client: Client, now: dt.datetime, request: IdempotentRequest, rule: Callable[..., Outcome], session: Session
) -> Outcome | None:
    """The outcome of the rule if the request was executed before; else None. It changes nothing."""
    work = Work(session, User(client.user_id, client.salesperson_code, client.roles), now, client.language)
    stored = idempotency.stored_result(work, key=request.key, mutation=request.mutation, input=request.input)
    return None if stored is None else restored_outcome(rule, stored)
