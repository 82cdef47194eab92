"""The context of an operation, which all its fields share. It runs reads and rules."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

import strawberry
from sqlmodel import Session

from resolvers.errors import Refused
from resolvers.outcomes import Outcome
from resolvers.running_rules import IdempotentRequest, find_outcome, perform
from resolvers.webhooks.options import WebhookOptions
from resolvers.work import User, Work
from schema.compiler.inserted_rows import InsertedRow
from schema.execution import observing
from schema.execution.reads import Caller, Reads
from schema.execution.results import Result
from schema.inputs import given_values

P = ParamSpec("P")
T = TypeVar("T")

NO_OPTIONS = WebhookOptions()


@dataclass
class Context(Reads):
    """The context of one operation."""

    webhook_options: WebhookOptions = NO_OPTIONS
    outcomes: dict[str, Result[object] | Exception] = field(default_factory=dict)
    """By response key, the results of root fields of a mutation that the fast path has run, or their exceptions."""
    executed: set[str] = field(default_factory=set)
    """The response keys of root fields of a mutation whose rule has run and was not refused."""
    faults: dict[str, Exception] = field(default_factory=dict)
    """By response key, the exceptions of payloads that default execution then made again."""
    inserted_row: InsertedRow | None = None
    """The plan and result of reading the row that the current mutation inserts, if its INSERT can return the selected
    fields.
    """

    async def read(self, rule: Callable[Concatenate[Work, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a rule that only reads, and return its result."""
        return await self.database.querying(
            lambda session: rule(self._work(session), *args, **kwargs), large=self.large
        )

    async def write(
        self,
        info: "Info",
        input: "MutationInput",
        rule: Callable[Concatenate[Work, P], Outcome],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Result[Outcome]:
        """Run a rule that changes something, in one transaction: committed when it returns, rolled back when it
        refuses. `info` and `input` are those of the mutation; the rest are the arguments of the rule.

        If the same request was executed before with the same idempotency key, the stored outcome is returned and the
        rule does not run (K22).
        """
        return await self._write(info, input, rule, args, kwargs, bulk=False)

    async def write_bulk(
        self,
        info: "Info",
        input: "MutationInput",
        rule: Callable[Concatenate[Work, P], Outcome],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Result[Outcome]:
        """Like `write`, for a change of any number of rows: its time limit is longer."""
        return await self._write(info, input, rule, args, kwargs, bulk=True)

    async def write_with_saved_filters(
        self,
        info: "Info",
        input: "MutationInput",
        rule: Callable[Concatenate[Work, P], Outcome],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Result[Outcome]:
        """Like `write_bulk`, with filters that are stored in the database: they may be large although the request is
        small.
        """
        return await self._write(info, input, rule, args, kwargs, bulk=True, large=True)

    async def run_once(self, info: "Info", act: Callable[[], Awaitable[Outcome]]) -> Result[Outcome]:
        """The result of a root field of a mutation. If the fast path has run `act` already, its result is returned, or
        its exception is raised; `act` does not run again.
        """
        done = self.outcomes.pop(str(info.path.key), None) if info.path.prev is None else None
        if isinstance(done, Exception):
            raise done
        if done is not None:
            return cast(Result[Outcome], done)
        try:
            result = Result(await act())
            self.executed.add(str(info.path.key))
            return result
        except Refused as refused:
            observing.current().note_code(refused.refusals[0].code)
            return Result(None, refused.refusals, refused.detail)

    async def _write(
        self,
        info: "Info",
        input: "MutationInput",
        rule: Callable[..., Outcome],
        arguments: tuple[object, ...],
        choices: Mapping[str, object],
        *,
        bulk: bool,
        large: bool = False,
    ) -> Result[Outcome]:
        request = _idempotent_request(info, input) if input.idempotency_key else None
        change = partial(perform, self.caller, self.now, request, self.inserted_row, rule, arguments, choices)
        find = None if request is None else partial(find_outcome, self.caller, self.now, request, rule)
        large = large or self.large
        return await self.run_once(
            info, partial(self.database.writing, change, bulk=bulk, large=large, find_result=find)
        )

    def _work(self, session: Session) -> Work:
        caller = self.caller
        return Work(session, User(caller.user_id, caller.salesperson_code, caller.roles), self.now, caller.language)


Info = strawberry.Info[Context, None]
"""The argument `info` of resolvers: the context, and the position of the field in the document."""


class MutationInput(Protocol):
    """The `input` argument of a mutation."""

    @property
    def idempotency_key(self) -> str | None: ...


def _idempotent_request(info: Info, input: MutationInput) -> IdempotentRequest:
    values = given_values(input)
    return IdempotentRequest(values.pop("idempotency_key"), info.field_name, values)


__all__ = ["Caller", "Context", "Info", "MutationInput"]
