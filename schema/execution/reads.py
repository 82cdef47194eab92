"""The reads of one operation: planned statements, objects by their keys, and rows in default execution."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from graphql import FieldNode, GraphQLError
from strawberry.dataloader import DataLoader

from persistence.concurrency.threads import Threads
from persistence.database import Database
from persistence.dialects.read_positions import PRIMARY
from persistence.enums import Role
from persistence.sql_types import SqlQuery
from persistence.transactions.running_operations import Progress
from resolvers import company_calendar
from resolvers.roles import ADMIN_ONLY
from resolvers.users.rules import LOCAL
from resolvers.visibility import Viewer, viewer_of
from schema.compiler import message_fields
from schema.compiler.declarations import Entity
from schema.compiler.default_execution import default_resolvers
from schema.compiler.default_execution.read_context import Key
from schema.compiler.errors import BadUserInput
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.values import CompanyCalendar, RequestValues
from schema.execution.graphql_internals import ResolveInfo, variables_of
from schema.execution.planning import Planning, key_of_one, key_of_several
from schema.execution.raw_json import RawJson

T = TypeVar("T")

FoundObject: TypeAlias = Any
"""An object as RawJson that a planned statement built, or as a StoredRow whose fields default execution reads. For mypy
it fits every GraphQL type that a resolver declares.
"""


@dataclass(frozen=True)
class Caller:
    """The user who sent the request, the language of the response (`EN` or `FR`), the user's salesperson, if any
    (K16), and their roles.

    `language_tag` is the language that the client prefers to all others, such as `fr-ca`, if it is English or French.
    """

    user_id: str = LOCAL
    language: str = "EN"
    language_tag: str | None = None
    salesperson_code: str | None = None
    roles: frozenset[Role] = ADMIN_ONLY

    @cached_property
    def viewer(self) -> Viewer:
        """What decides which rows the caller sees."""
        return viewer_of(self.roles)


@dataclass
class Reads:
    """The part of the context of an operation that reads."""

    database: Database
    caller: Caller
    now: dt.datetime
    planning: Planning | None
    threads: Threads
    """The threads that plan, and that process large requests."""
    large: bool
    """Whether compiling its filters to SQL may take long."""
    prepared: dict[str, RawJson | GraphQLError] = field(default_factory=dict)
    """By response key, root fields of a query that were planned, or why they are null, while default execution answers
    the others.
    """
    after: int = PRIMARY
    """The position that planned reads must have, see `persistence.dialects.read_positions`."""
    _calendar: CompanyCalendar | None = None
    _loaders: dict[Hashable, DataLoader[Key, FoundObject | None]] = field(default_factory=dict)
    _progress: DataLoader[int, Progress | None] | None = None
    _plans_being_made: dict[Hashable, asyncio.Future[PlannedStatement | None]] = field(default_factory=dict)

    async def calendar(self) -> CompanyCalendar:
        """The company's today (K15), read at most once."""
        if self._calendar is None:
            await self.database.newest_primary.reach(self.after)
            (row,) = await self.database.select(company_calendar.statement())
            today = company_calendar.today(self.now, row["time_zone"])
            self._calendar = CompanyCalendar(today, row["first_day_of_week"])
        return self._calendar

    def values_without_calendar(self) -> RequestValues:
        """The values of the request that need no statement."""
        caller = self.caller
        return RequestValues(self.now, caller.language, caller.language_tag, salesperson_code=caller.salesperson_code)

    @property
    def viewer(self) -> Viewer:
        """What decides which rows the caller sees."""
        return self.caller.viewer

    async def request_values(self) -> RequestValues:
        """All values of the request that a plan can need beside its variables."""
        return self.values_without_calendar()._replace(calendar=await self.calendar())

    async def run(self, plans: Sequence[PlannedStatement], variables: Mapping[str, Any]) -> list[str | None]:
        """The JSON of each plan that runs; None for the others, and for objects that do not exist. Raises BadUserInput
        if a value is invalid.
        """
        found: list[str | None] = []
        for each in await self.run_each(plans, variables):
            if isinstance(each, BadUserInput):
                raise each
            found.append(each)
        return found

    async def run_each(
        self, plans: Sequence[PlannedStatement], variables: Mapping[str, Any]
    ) -> list[str | BadUserInput | None]:
        """Like `run`, but a plan with an invalid value has its error in the list; it is not executed."""
        bound = await self._parameters_or_errors(plans, variables)
        statements = [
            (plan.sql, given)
            for plan, given in zip(plans, bound, strict=True)
            if plan.runs and not isinstance(given, BadUserInput)
        ]
        texts = iter(await self.database.reading(statements, after=self.after) if statements else ())
        return [
            given if isinstance(given, BadUserInput) else self._checked(plan, next(texts)) if plan.runs else None
            for plan, given in zip(plans, bound, strict=True)
        ]

    async def parameters(
        self, plans: Sequence[PlannedStatement], variables: Mapping[str, Any]
    ) -> list[tuple[object, ...]]:
        """The parameters of each plan. Raises BadUserInput for an invalid value."""
        found: list[tuple[object, ...]] = []
        for each in await self._parameters_or_errors(plans, variables):
            if isinstance(each, BadUserInput):
                raise each
            found.append(each)
        return found

    async def _parameters_or_errors(
        self, plans: Sequence[PlannedStatement], variables: Mapping[str, Any]
    ) -> list[tuple[object, ...] | BadUserInput]:
        """The parameters of each plan, or its error if a value is invalid."""
        values = self.values_without_calendar()
        for plan in plans:
            if plan.needs_calendar:
                values = await self.request_values()
                break
        if self.large:
            return await self.compute(_parameters_of_each, plans, variables, values)
        return _parameters_of_each(plans, variables, values)

    async def read_object(
        self, info: ResolveInfo, entity: Entity, keys: Sequence[Key], columns: Sequence[str] | None = None
    ) -> FoundObject:
        """The current state of one object, with the selected fields; None if it does not exist. `keys` are values of
        `columns`, by default of the key of the entity.
        """
        planned = await self._by_key(entity, info.field_nodes, columns)
        if planned is None:
            return await default_resolvers.row_by_key(self, entity, keys, columns)
        (text,) = await self.run([planned], {**variables_of(info), "keys": keys})
        if not planned.runs:
            return await default_resolvers.row_by_key(self, entity, keys, columns)
        return None if text is None else RawJson(text)

    async def read_objects(
        self, info: ResolveInfo, entity: Entity, shared: Sequence[Key], keys: Sequence[Key]
    ) -> list[FoundObject]:
        """Several objects in the order of their keys, without those that do not exist. `shared` are the parts of the
        key that are equal for all.
        """
        found = await self.read_by_keys(info, entity, shared, keys)
        return [found[key] for key in keys if key in found]

    async def read_object_batched(
        self, info: ResolveInfo, entity: Entity, shared: Sequence[Key], key: Key, columns: Sequence[str] | None = None
    ) -> FoundObject:
        """One object. If sibling fields read objects of the same type, one statement reads all of them."""
        loader_key = (entity.name, columns, tuple(shared), tuple(map(id, info.field_nodes)))
        loader = self._loaders.get(loader_key)
        if loader is None:

            async def load(keys: list[Key]) -> list[FoundObject | None]:
                found = await self.read_by_keys(info, entity, shared, keys, columns)
                return [found.get(each) for each in keys]

            loader = self._loaders[loader_key] = DataLoader(load, cache=False)
        return await loader.load(key)

    async def read_if_planned(
        self, info: ResolveInfo, entity: Entity, keys: Sequence[Key], columns: Sequence[str] | None = None
    ) -> FoundObject:
        """An object inside default execution, read by a planned statement; None if its selection cannot be planned."""
        planned = await self._by_keys(entity, info.field_nodes, columns)
        if planned is None or not planned.runs:
            return None
        *shared, key = keys
        return await self.read_object_batched(info, entity, shared, key, columns)

    async def read_by_keys(
        self,
        info: ResolveInfo,
        entity: Entity,
        shared: Sequence[Key],
        keys: Sequence[Key],
        columns: Sequence[str] | None = None,
    ) -> Mapping[Key, FoundObject]:
        """The objects that exist, by the last part of their keys."""
        planned = await self._by_keys(entity, info.field_nodes, columns)
        texts = await self.json_by_keys(planned, variables_of(info), [*shared, *keys]) if planned else {}
        if planned is not None and planned.runs:
            return {key: RawJson(text) for key, text in texts.items()}
        rows = await asyncio.gather(
            *(default_resolvers.row_by_key(self, entity, [*shared, key], columns) for key in keys)
        )
        return {key: row for key, row in zip(keys, rows, strict=True) if row is not None}

    async def json_by_keys(
        self, plan: PlannedStatement, variables: Mapping[str, Any], keys: Sequence[object]
    ) -> dict[Key, str]:
        """The JSON of the objects that exist, by the last part of their keys."""
        (text,) = await self.run([plan], {**variables, "keys": keys})
        return {item["key"]: _json(item["value"]) for item in json.loads(text or "[]")}

    async def select(self, make: Callable[[], SqlQuery]) -> list[dict[str, Any]]:
        """The rows of the statement that `make` returns, in default execution."""
        return await self.database.select(await self.compute(make), large=self.large)

    async def compute(self, make: Callable[..., T], *arguments: object) -> T:
        """The result of `make`, which does not use the database. If the request is large, it runs in a thread, because
        it may take long.
        """
        if not self.large:
            return make(*arguments)
        return await self.threads.run(self.database.limits.patience, make, *arguments)

    async def progress_of(self, segment_id: int) -> Progress | None:
        """The estimated progress of the operation that is running on a segment, if any. One read serves all segments
        that sibling fields select.
        """
        if self._progress is None:

            async def load(segment_ids: list[int]) -> list[Progress | None]:
                found = await self.database.monitor.progress()
                return [found.get(each) for each in segment_ids]

            self._progress = DataLoader(load, cache=False)
        return await self._progress.load(segment_id)

    async def _by_key(
        self, entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None
    ) -> PlannedStatement | None:
        if self.planning is None:
            return None
        return await self._plan(key_of_one(entity, nodes, columns), self.planning.by_key, entity, nodes, columns)

    async def _by_keys(
        self, entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None
    ) -> PlannedStatement | None:
        if self.planning is None:
            return None
        return await self._plan(key_of_several(entity, nodes, columns), self.planning.by_keys, entity, nodes, columns)

    async def _plan(
        self, key: Hashable, plan: Callable[..., PlannedStatement | None], *arguments: object
    ) -> PlannedStatement | None:
        """The cached plan with this key, or a new one, which is made in a thread.

        Sibling fields wait for the same plan and then continue together, so that one statement reads all their objects.
        """
        if self.planning is not None and self.planning.cached(key) is not None:
            return plan(*arguments)
        making = self._plans_being_made.get(key)
        if making is None:
            made = self.threads.run(self.database.limits.patience, plan, *arguments)
            making = self._plans_being_made[key] = asyncio.ensure_future(made)
        return await asyncio.shield(making)

    def _checked(self, plan: PlannedStatement, text: str | None) -> str | BadUserInput | None:
        """The JSON of a plan, or why it is refused."""
        try:
            plan.check(text)
        except BadUserInput as error:
            return error
        return self._with_messages(plan, text)

    def _with_messages(self, plan: PlannedStatement, text: str | None) -> str | None:
        return (
            message_fields.with_messages(text, self.caller.language) if plan.has_messages and text is not None else text
        )


def _parameters_of_each(
    plans: Sequence[PlannedStatement], variables: Mapping[str, Any], values: RequestValues
) -> list[tuple[object, ...] | BadUserInput]:
    return [_parameters(plan, variables, values) for plan in plans]


def _parameters(
    plan: PlannedStatement, variables: Mapping[str, Any], values: RequestValues
) -> tuple[object, ...] | BadUserInput:
    try:
        return plan.parameters(variables, values)
    except BadUserInput as error:
        return error


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
