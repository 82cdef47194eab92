"""What every field of one operation can use: who asks, the database, the planner; and the only door to the rules."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session
from strawberry.dataloader import DataLoader

from persistence.autocommit import INSERTED_ROW
from persistence.database import Database
from persistence.running_operations import Progress
from persistence.threads import Threads
from resolvers import company_calendar, idempotency
from resolvers.errors import Refused
from resolvers.users.rules import LOCAL
from resolvers.visibility import EVERYBODY, Viewer
from resolvers.work import User, Work
from schema.compiler import default_resolvers, message_fields
from schema.compiler.declarations import Entity
from schema.compiler.inserted_rows import InsertedRow
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.values import CompanyCalendar, RequestValues
from schema.execution.planning import Planning, key_of_one, key_of_several
from schema.execution.raw_json import RawJson
from schema.inputs import given


@dataclass(frozen=True)
class Caller:
    """Who asks, in which language they are answered – `EN` or `FR` –, and which salesperson they are, if one (K16).

    The tag is that of the language they prefer to all others, such as `fr-ca`, where it is one of the two.
    """

    user_id: str = LOCAL
    language: str = "EN"
    language_tag: str | None = None
    salesperson_code: str | None = None


@dataclass
class Context:
    """Made anew for every operation."""

    database: Database
    caller: Caller
    now: dt.datetime
    planning: Planning | None
    threads: Threads
    """Threads for planning and for the work on large requests."""
    large: bool
    """Whether its filters may take long to be put into SQL."""
    viewer: Viewer = EVERYBODY
    prepared: dict[str, RawJson] = field(default_factory=dict)
    outcomes: dict[str, Any] = field(default_factory=dict)
    """By response key, what root fields of a mutation have done already, or the error that they met."""
    faults: dict[str, Exception] = field(default_factory=dict)
    """By response key, the exceptions of payloads that were then made again by the default execution."""
    inserted_row: InsertedRow | None = None
    """What the payload of the mutation under way asks of a new row, if its own insertion can show it."""
    _calendar: CompanyCalendar | None = None
    _loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)
    _plans_being_made: dict[Hashable, asyncio.Future[PlannedStatement | None]] = field(default_factory=dict)

    async def calendar(self) -> CompanyCalendar:
        """The company's today (K15), asked for at most once."""
        if self._calendar is None:
            statement = company_calendar.statement()
            (row,) = await self.database.select(statement)
            self._calendar = CompanyCalendar(
                company_calendar.today(self.now, row["time_zone"]), row["first_day_of_week"]
            )
        return self._calendar

    def values_without_calendar(self) -> RequestValues:
        """The values of the request that need no statement."""
        return RequestValues(self.now, self.caller.language, self.caller.language_tag)

    async def request_values(self) -> RequestValues:
        """All values of the request that a plan can need beside its variables."""
        return replace(self.values_without_calendar(), calendar=await self.calendar())

    async def run(self, plans: Sequence[PlannedStatement], variables: Mapping[str, Any]) -> list[str | None]:
        """The JSON that each plan answers, if it runs. All parameters are filled before anything is asked of the
        database.
        """
        request_values = self.values_without_calendar()
        if any(plan.needs_calendar for plan in plans):
            request_values = await self.request_values()
        filled = await self._filled(plans, variables, request_values)
        statements = [(plan.sql, parameters) for plan, parameters in zip(plans, filled, strict=True) if plan.runs]
        texts = iter(await self.database.reading(statements) if statements else ())
        return [self._worded(plan, next(texts)) if plan.runs else None for plan in plans]

    async def _filled(
        self, plans: Sequence[PlannedStatement], variables: Mapping[str, Any], request_values: RequestValues
    ) -> list[tuple[Any, ...]]:
        def fill() -> list[tuple[Any, ...]]:
            return [plan.parameters(variables, request_values) for plan in plans]

        filled: list[tuple[Any, ...]] = await self.made(fill)
        return filled

    async def _by_key(self, entity: Entity, nodes: Any, columns: Sequence[str] | None) -> PlannedStatement | None:
        if self.planning is None:
            return None
        return await self._plan(key_of_one(entity, nodes, columns), self.planning.by_key, entity, nodes, columns)

    async def _by_keys(self, entity: Entity, nodes: Any, columns: Sequence[str] | None) -> PlannedStatement | None:
        if self.planning is None:
            return None
        return await self._plan(key_of_several(entity, nodes, columns), self.planning.by_keys, entity, nodes, columns)

    async def _plan(
        self, key: Hashable, plan: Callable[..., PlannedStatement | None], *arguments: Any
    ) -> PlannedStatement | None:
        """The cached plan of this key, or a new one, made in a thread.

        Fields beside each other wait for one plan and go on together, so that what they load is loaded together.
        """
        if self.planning is not None and self.planning.known(key) is not None:
            return plan(*arguments)
        making = self._plans_being_made.get(key)
        if making is None:
            made = self.threads.run(self.database.limits.patience, plan, *arguments)
            making = self._plans_being_made[key] = asyncio.ensure_future(made)
        return await asyncio.shield(making)

    def _worded(self, plan: PlannedStatement, text: str | None) -> str | None:
        return message_fields.filled(text, self.caller.language) if plan.has_messages and text is not None else text

    async def show(self, info: Any, entity: Entity, keys: Sequence[Any], columns: Sequence[str] | None = None) -> Any:
        """One object as it is now and as it was selected; null if there is none."""
        planned = await self._by_key(entity, info.field_nodes, columns)
        (text,) = await self.run([planned], {**info.variable_values, "keys": keys}) if planned else (None,)
        if planned is None or not planned.runs:
            return await default_resolvers.by_key(self, entity, keys, columns)
        return None if text is None else RawJson(text)

    async def show_all(self, info: Any, entity: Entity, shared: Sequence[Any], keys: Sequence[Any]) -> list[Any]:
        """Several objects in the order of their keys, without those that do not exist."""
        found = await self.found(info, entity, shared, keys)
        return [found[key] for key in keys if key in found]

    async def show_soon(
        self, info: Any, entity: Entity, shared: Sequence[Any], key: Any, columns: Sequence[str] | None = None
    ) -> Any:
        """One of several objects that fields beside this one ask for: they are read together."""
        loader_key = (entity.name, columns, tuple(shared), tuple(map(id, info.field_nodes)))
        loader = self._loaders.get(loader_key)
        if loader is None:

            async def load(keys: list[Any]) -> list[Any]:
                found = await self.found(info, entity, shared, keys, columns)
                return [found.get(each) for each in keys]

            loader = self._loaders[loader_key] = DataLoader(load, cache=False)
        return await loader.load(key)

    async def finished(
        self, info: Any, entity: Entity, keys: Sequence[Any], columns: Sequence[str] | None = None
    ) -> Any:
        """An object where a list or edge above it went the ordinary way, if all that was selected of it can be
        planned.
        """
        planned = await self._by_keys(entity, info.field_nodes, columns)
        if planned is None or not planned.runs:
            return None
        *shared, key = keys
        return await self.show_soon(info, entity, shared, key, columns)

    async def found(
        self,
        info: Any,
        entity: Entity,
        shared: Sequence[Any],
        keys: Sequence[Any],
        columns: Sequence[str] | None = None,
    ) -> dict[Any, Any]:
        planned = await self._by_keys(entity, info.field_nodes, columns)
        texts = await self.read_several(planned, info.variable_values, [*shared, *keys]) if planned else {}
        if planned is None or not planned.runs:
            rows = await asyncio.gather(
                *(default_resolvers.by_key(self, entity, [*shared, key], columns) for key in keys)
            )
            return {key: row for key, row in zip(keys, rows, strict=True) if row is not None}
        return {key: RawJson(text) for key, text in texts.items()}

    async def read_several(
        self, plan: PlannedStatement, variables: Mapping[str, Any], keys: Sequence[Any]
    ) -> dict[Any, str]:
        """The JSON of each object by the last part of its key, of those that exist."""
        (text,) = await self.run([plan], {**variables, "keys": keys})
        return {item["key"]: _json(item["value"]) for item in json.loads(text or "[]")}

    async def select(self, make: Callable[[], Select[Any]]) -> list[dict[str, Any]]:
        """The rows of the statement that is made, for what is not planned."""
        return await self.database.select(await self.made(make), large=self.large)

    async def made(self, make: Callable[..., Any], *arguments: Any) -> Any:
        """What `make` answers. It asks nothing of the database, but may take long where the request is large."""
        return (
            await self.threads.run(self.database.limits.patience, make, *arguments) if self.large else make(*arguments)
        )

    async def ask(self, question: Callable[..., Any], *arguments: Any, **choices: Any) -> Any:
        """Run a rule that only looks."""
        return await self.database.asking(
            lambda session: question(self._work(session), *arguments, **choices), large=self.large
        )

    async def write(
        self, info: Any, asked: Any, verb: Callable[..., Any], *arguments: Any, **choices: Any
    ) -> dict[str, Any]:
        """The only way from a mutation to a rule: one transaction, committed when the verb returns, gone when it
        refuses.

        With an idempotency key, what a verb did before under this key is told again and not done again (K22).
        """
        return await self._write(info, asked, lambda work: verb(work, *arguments, **choices), bulk=False)

    async def write_bulk(
        self, info: Any, asked: Any, verb: Callable[..., Any], *arguments: Any, **choices: Any
    ) -> dict[str, Any]:
        """Like `write`, for a change of any number of rows: it may take longer."""
        return await self._write(info, asked, lambda work: verb(work, *arguments, **choices), bulk=True)

    async def write_from_kept(
        self, info: Any, asked: Any, verb: Callable[..., Any], *arguments: Any, **choices: Any
    ) -> dict[str, Any]:
        """Like `write_bulk`, by filters that are kept in the database: they may be large, however small the request
        is.
        """
        return await self._write(info, asked, lambda work: verb(work, *arguments, **choices), bulk=True, large=True)

    async def once(self, info: Any, act: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """The outcome of a root field of a mutation, or its refusals. If it was done already it is told and not done
        again.
        """
        done = self.outcomes.pop(info.path.key, None) if info.path.prev is None else None
        if done is not None:
            return _told_again(done)
        try:
            return {"__refusals__": [], **await act()}
        except Refused as refused:
            return {"__refusals__": refused.refusals, **_told(refused.detail)}

    async def long_work(self, segment_id: int) -> Progress | None:
        """How far what is being done to a segment is. Segments that are asked for beside each other are looked up
        together.
        """
        loader = self._loaders.get(Progress)
        if loader is None:

            async def load(segment_ids: list[int]) -> list[Progress | None]:
                found = await self.database.monitor.progress()
                return [found.get(each) for each in segment_ids]

            loader = self._loaders[Progress] = DataLoader(load, cache=False)
        progress: Progress | None = await loader.load(segment_id)
        return progress

    async def _write(
        self, info: Any, asked: Any, verb: Callable[[Work], Any], *, bulk: bool, large: bool = False
    ) -> dict[str, Any]:
        key, mutation = getattr(asked, "idempotency_key", None) or None, info.field_name
        once = partial(idempotency.once, key=key, mutation=mutation, asked=_without_key(asked)) if key else None

        def change(session: Session) -> dict[str, Any]:
            session.info[INSERTED_ROW] = self.inserted_row
            work = self._work(session)

            def done() -> dict[str, Any]:
                return asdict(verb(work))

            return once(work, done) if once else done()

        return await self.once(info, partial(self.database.writing, change, bulk=bulk, large=large or self.large))

    def _work(self, session: Session) -> Work:
        return Work(session, User(self.caller.user_id, self.caller.salesperson_code), self.now, self.caller.language)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _told(detail: object) -> dict[str, Any]:
    """What a refusal tells beside its sentences, under the names that an outcome has."""
    return asdict(detail) if is_dataclass(detail) and not isinstance(detail, type) else {}


def _told_again(done: Any) -> dict[str, Any]:
    """An outcome, or the error that was met instead."""
    if isinstance(done, Exception):
        raise done
    outcome: dict[str, Any] = done
    return outcome


def _without_key(asked: Any) -> dict[str, Any]:
    return {name: value for name, value in given(asked).items() if name != "idempotency_key"}
