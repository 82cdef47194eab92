"""The bodies of requests to webhooks: a change, and its object as it is now with all fields that are stored."""

from collections.abc import Callable, Mapping, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
)
from graphql.execution.values import VariableValues

from persistence.database import Database
from persistence.enums import ChangedType
from persistence.sql_types import Statement
from resolvers import change_feed
from resolvers.change_feed import FeedItem
from resolvers.visibility import EVERYBODY
from resolvers.work import User, Work
from schema import global_ids
from schema.change_feed import ITEM_CURSOR, entity_of_type
from schema.compiler import cursors
from schema.compiler.connection import object_type
from schema.compiler.declarations import ExpressionField, FieldOfSums
from schema.compiler.declared_field import DeclaredField
from schema.compiler.filters.filter_limits import FilterBudget
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.planner import Planner
from schema.compiler.selection import Selection, selected_below
from schema.compiler.values import RequestValues
from schema.execution.graphql_internals import declaration_of
from schema.execution.raw_json import RawJson, to_json

P = ParamSpec("P")
T = TypeVar("T")

MAX_IDS = 1_000
"""How many ids of the objects of a change are sent, at most."""

COMPUTED: Mapping[ChangedType, frozenset[str]] = {
    ChangedType.INTERACTION_LOG_ENTRY: frozenset({"title"}),
    ChangedType.POSTPONED_INTERACTION: frozenset({"title", "state"}),
    ChangedType.CONTACT: frozenset({"dateOfLastInteraction", "lastDateAttempted"}),
    ChangedType.SEGMENT: frozenset({"noOfLines", "cost", "duration"}),
    ChangedType.LOGGED_SEGMENT: frozenset({"noOfInteractions", "noOfCampaignEntries", "cost", "duration"}),
    ChangedType.CAMPAIGN_ENTRY: frozenset({"noOfInteractions", "cost", "duration"}),
    ChangedType.MARKETING_SETUP: frozenset({"today"}),
}
"""Fields that are not sent, because they change without a change of the object: figures, and what depends on the day or
the language.
"""


class Messages:
    """Writes the bodies of requests. Each statement is compiled when it is first needed."""

    def __init__(self, schema: GraphQLSchema, database: Database) -> None:
        self._schema, self._database = schema, database
        self._plans: dict[ChangedType, PlannedStatement] = {}

    async def of(self, items: Sequence[FeedItem], marks: Mapping[int, int], now: RequestValues) -> Sequence[bytes]:
        """The body for each change. One read finds the objects of all of them. `marks` are those of the items before,
        by the number of the change (R-FEED-6).
        """
        single = [item for item in items if item.count == 1]
        statements: list[Statement] = []
        for item in single:
            plan = self._plan(item.type)
            statements.append((plan.sql, plan.parameters({"keys": _keys(item, item.keys.first)}, now)))
        texts = await self._database.reading(statements) if statements else []
        objects = dict(zip([item.no for item in single], texts, strict=True))
        return [_body(item, marks.get(item.no), await self._ids(item, now), objects.get(item.no)) for item in items]

    async def _ids(self, item: FeedItem, now: RequestValues) -> Sequence[str]:
        """The ids of the first objects of a change."""
        entity = entity_of_type(item.type)
        if item.count == 1:
            return [global_ids.encode(entity, *_keys(item, item.keys.first))]
        page = await self._read(now, change_feed.read_keys, item, None, MAX_IDS)
        return [global_ids.encode(entity, *_keys(item, key)) for key in page.keys]

    async def _read(
        self, now: RequestValues, rule: Callable[Concatenate[Work, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The result of a function of `resolvers` that reads the change feed."""
        return await self._database.querying(
            lambda session: rule(Work(session, User("webhooks"), now.now), *args, **kwargs)
        )

    def _plan(self, type_: ChangedType) -> PlannedStatement:
        """The statement that reads the stored fields of an object."""
        plan = self._plans.get(type_)
        if plan is None:
            plan = self._plans[type_] = self._planned(type_)
        return plan

    def _planned(self, type_: ChangedType) -> PlannedStatement:
        entity = entity_of_type(type_)
        graphql_type = object_type(self._schema.type_map[entity.name])
        (operation,) = parse("{ object { " + " ".join(stored_fields(type_, graphql_type)) + " } }").definitions
        assert isinstance(operation, OperationDefinitionNode)
        (node,) = operation.selection_set.selections
        assert isinstance(node, FieldNode)
        selection = Selection(self._schema, {}, VariableValues({}, {}))
        planner = Planner(selection, self._database.dialect, EVERYBODY, FilterBudget())
        plan = planner.by_key(entity, graphql_type, selected_below([node]))
        assert plan.runs
        assert not plan.needs_calendar
        return plan


def stored_fields(type_: ChangedType, graphql_type: GraphQLObjectType) -> Sequence[str]:
    """The fields of an object that are scalars, enum values or lists of them, and are stored."""
    return [
        name
        for name, field in graphql_type.fields.items()
        if is_leaf_type(get_named_type(field.type))
        and not any(map(is_required_argument, field.args.values()))
        and name not in COMPUTED.get(type_, ())
        and _is_expression(declaration_of(field))
    ]


def _is_expression(declared: object) -> bool:
    plan = declared.plan if isinstance(declared, DeclaredField) else None
    return isinstance(plan, ExpressionField) and not isinstance(plan, FieldOfSums)


def _keys(item: FeedItem, key: int) -> list[int]:
    return [key] if item.keys.parent is None else [item.keys.parent, key]


def _body(item: FeedItem, mark_before: int | None, ids: Sequence[str], found: object) -> bytes:
    """The body for a change. With their marks, its cursors expire if a restored backup undoes the change (R-FEED-6)."""
    at = item.at.isoformat()
    marks = [] if mark_before is None else [mark_before]
    data = {
        "cursor": cursors.encode(ITEM_CURSOR, item.no, item.mark),
        "previousCursor": cursors.encode(ITEM_CURSOR, item.no - 1, *marks),
        "type": item.type,
        "kind": item.kind,
        "at": at,
        "userId": item.user_id,
        "count": item.count,
        "ids": ids,
        "object": RawJson(found) if isinstance(found, str) else None,
    }
    return to_json({"type": f"{item.type}.{item.kind}".lower(), "timestamp": at, "data": data})
