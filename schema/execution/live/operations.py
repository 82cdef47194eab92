"""A subscription that is ready to run: its source, and how its events become responses."""

import asyncio
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence, Set
from typing import NamedTuple, TypeVar, TypeVarTuple

from graphql import FragmentDefinitionNode, GraphQLField, OperationDefinitionNode, VariableNode, Visitor, visit

from persistence.database import Database
from persistence.enums import ChangedType
from resolvers.change_feed import FeedItem
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.planner import LIVE_KEYS
from schema.compiler.values import GraphQLValues
from schema.execution.context import Context
from schema.execution.graphql_internals import declaration_of
from schema.execution.prepared import Prepared
from schema.execution.reads import Caller

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

MakeContext = Callable[[], Context]
Respond = Callable[[Context, object], Awaitable[bytes]]

AFTER = "after"

CONCURRENT_RESPONSES = 50
"""How many responses one operation makes at the same time: each may need a connection to the database."""

SOURCE = "source"
"""The key of the source in the metadata of a field of Subscription."""


class Place(NamedTuple):
    """Where an event is in the change feed: the number of its item and, of several events of one item, the key of its
    object. Events come in the order of their places.
    """

    no: int
    key: int = sys.maxsize

    @property
    def is_whole(self) -> bool:
        """Whether it is after all objects of the item."""
        return self.key == sys.maxsize


OLDEST = Place(-1)
"""Before the oldest item that is kept."""


class Start(NamedTuple):
    """The place of the cursor after which a subscriber continues, and the mark in the cursor, if it has one."""

    place: Place
    mark: int | None


class Event(NamedTuple):
    """An event: its place, and the value of the root field."""

    place: Place
    root: object


class LiveSource(ABC):
    """Makes the events of one operation. All subscribers who get the same events share it."""

    types: Set[ChangedType] = frozenset(ChangedType)
    """The types of the items that may make an event."""

    def __init__(self, operation: "LiveOperation") -> None:
        self.operation = operation

    async def prepare(self, context: Context) -> None:
        """Make plans and check values. Raises BadUserInput."""
        return

    async def present(self, context: Context) -> object | None:
        """The event with which each subscriber begins; None if there is none."""
        return None

    @abstractmethod
    async def events(self, context: Context, items: Sequence[FeedItem]) -> list[Event]:
        """The events that items of these types make, in the order of their places."""

    def start(self, after: str) -> Start:
        """Where a subscriber with this cursor continues. Raises BadUserInput."""
        raise NotImplementedError


class LiveOperation:
    """One operation of one caller. Operations with equal keys get the same events and the same responses."""

    def __init__(self, prepared: Prepared, caller: Caller, context: MakeContext, respond: Respond) -> None:
        """`context` makes the context of an execution; `respond` executes the operation with a value of its root field.
        Raises BadUserInput.
        """
        assert prepared.planning is not None
        self.prepared, self.caller, self.planning = prepared, caller, prepared.planning
        self.context, self._respond = context, respond
        self.root = self.planning.subscribed()
        self.arguments: GraphQLValues = self.planning.arguments_of(self.root)
        self.source: LiveSource = source_of(self.planning.subscription_field(self.root))(self)

    @property
    def database(self) -> Database:
        """The database that it reads."""
        return self.context().database

    async def prepare(self) -> Start | None:
        """Make plans and check the values of the arguments. Returns where to continue; None for what happens from now
        on. Raises BadUserInput.
        """
        await self.source.prepare(self.context())
        after = self.arguments.get(AFTER)
        return None if after is None else self.source.start(after)

    async def plan(self, make: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Make a plan in a thread."""
        context = self.context()
        return await context.threads.run(context.database.limits.patience, make, *arguments)

    async def run(self, context: Context, plan: PlannedStatement, keys: Sequence[object]) -> str:
        """The JSON that a plan reads for some keys of the change feed."""
        (text,) = await context.run([plan], self._variables(keys))
        return text or "null"

    async def check(self, context: Context, plan: PlannedStatement, keys: Sequence[object]) -> None:
        """Raises BadUserInput if a value of the request is invalid for a plan."""
        await context.parameters([plan], self._variables(keys))

    def _variables(self, keys: Sequence[object]) -> GraphQLValues:
        return {**self.prepared.variables.coerced, str(LIVE_KEYS.path[0]): keys}

    async def responses(self, items: Sequence[FeedItem]) -> list[tuple[Place, bytes]]:
        """The responses that items make, as JSON, in the order of their places."""
        wanted = [item for item in items if item.type in self.source.types]
        if not wanted:
            return []
        context = self.context()
        events = await self.source.events(context, wanted)
        bodies: list[bytes] = []
        for start in range(0, len(events), CONCURRENT_RESPONSES):
            some = events[start : start + CONCURRENT_RESPONSES]
            bodies += await asyncio.gather(*(self._respond(context, event.root) for event in some))
        return [(event.place, body) for event, body in zip(events, bodies, strict=True)]

    async def present(self) -> bytes | None:
        """The response with which each subscriber begins; None if there is none."""
        context = self.context()
        event = await self.source.present(context)
        return None if event is None else await self._respond(context, event)

    @property
    def key(self) -> Hashable:
        """Equal for operations that get the same responses. A variable that is nothing but the cursor to continue after
        is not part of it.
        """
        prepared, caller = self.prepared, self.caller
        variables = dict(prepared.variables.coerced)
        cursor = next((each.value for each in self.root.nodes[0].arguments or () if each.name.value == AFTER), None)
        if isinstance(cursor, VariableNode):
            name = cursor.name.value
            if _uses(name, prepared.operation.node, prepared.document.fragments.values()) == 1:
                variables.pop(name, None)
        own = caller.salesperson_code if caller.viewer.own_only else None
        values = json.dumps(variables, default=repr, sort_keys=True)
        language = caller.language, caller.language_tag
        return prepared.document.number, prepared.operation.name, values, caller.viewer, own, language


def source_of(field: GraphQLField) -> type[LiveSource]:
    """The source that a field of Subscription declares."""
    declaration = declaration_of(field)
    assert declaration is not None
    source: type[LiveSource] = declaration.metadata[SOURCE]
    return source


class _Uses(Visitor):
    """Counts the uses of a variable."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self.count = name, 0

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.count += node.name.value == self._name


def _uses(name: str, operation: OperationDefinitionNode, fragments: Iterable[FragmentDefinitionNode]) -> int:
    """How often a variable is used. Its definition is not counted."""
    uses = _Uses(name)
    for node in (operation, *fragments):
        visit(node, uses)
    return uses.count - 1
