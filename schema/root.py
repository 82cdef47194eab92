"""The whole graph: what the rooms offer, summed."""

from typing import Annotated, Any

import strawberry
from graphql import get_named_type
from strawberry.tools import merge_types

from schema import global_ids as identifiers
from schema.campaigns.entries import CampaignEntryMutations
from schema.campaigns.mutations import CampaignMutations
from schema.campaigns.types import CampaignQueries
from schema.changes.types import ChangeQueries
from schema.compiler.errors import BadUserInput
from schema.contacts.mutations import ContactMutations
from schema.contacts.types import ContactQueries
from schema.execution.graphql_internals import (
    describe_type,
    graphql_schema,
    leave_out_directive_definitions,
    resolve_info,
    use_input_factory,
)
from schema.inputs import input_from
from schema.interactions.drafts import DraftQueries
from schema.interactions.entries import EntryMutations
from schema.interactions.mutations import InteractionMutations
from schema.interactions.snoozing import SnoozingMutations
from schema.interactions.types import InteractionQueries
from schema.nodes import Node
from schema.salespeople.mutations import SalespersonMutations
from schema.salespeople.types import SalespersonQueries
from schema.scalars import CONFIG
from schema.segments.building import SegmentBuildingMutations
from schema.segments.canceling import SegmentCancelingMutations
from schema.segments.logging import SegmentLoggingMutations
from schema.segments.mutations import SegmentMutations
from schema.segments.previews import SegmentPreviewQueries
from schema.segments.register import LoggedSegmentMutations
from schema.segments.steps import SavedCriteriaQueries
from schema.segments.types import SegmentQueries
from schema.setup.mutations import SetupMutations
from schema.setup.types import SetupQueries
from schema.templates.mutations import TemplateMutations
from schema.templates.types import TemplateQueries

NODES_AT_MOST = 100

OneId = Annotated[strawberry.ID, strawberry.argument(description="The id of any object.")]
SeveralIds = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of any objects, at most 100.")]


@strawberry.type
class NodeQueries:
    """The fields of Query that find anything by its id."""

    @strawberry.field(description="The object with this id, or null.")
    async def node(self, info: strawberry.Info, id: OneId) -> Node | None:  # GraphQL's name
        return await _node(info, id)

    @strawberry.field(
        description="The objects with these ids, at most 100, in the same order; null where there is none."
    )
    async def nodes(self, info: strawberry.Info, ids: SeveralIds) -> list[Node | None] | None:
        if len(ids) > NODES_AT_MOST:
            raise BadUserInput(f"Ask for at most {NODES_AT_MOST} ids at once, {len(ids)} were given.")
        return await _nodes(info, ids)


async def _node(info: strawberry.Info, global_id: str) -> Any:
    found = identifiers.read(global_id)
    return None if found is None else await info.context.read_object(resolve_info(info), *found)


async def _nodes(info: strawberry.Info, ids: SeveralIds) -> list[Any]:
    """One statement for each type, and for each segment whose lines are asked for."""
    wanted = [identifiers.read(global_id) for global_id in ids]
    groups: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for entity, (*shared, last) in filter(None, wanted):
        groups.setdefault((entity.name, tuple(shared)), []).append(last)
    found: dict[tuple[str, tuple[int, ...]], dict[int, Any]] = {}
    for entity, (*shared, _) in filter(None, wanted):
        group = (entity.name, tuple(shared))
        if group not in found:
            found[group] = await info.context.read_by_keys(resolve_info(info), entity, shared, groups[group])
    return [None if each is None else found[each[0].name, tuple(each[1][:-1])].get(each[1][-1]) for each in wanted]


Query: Any = merge_types(
    "Query",
    (
        NodeQueries,
        SetupQueries,
        ContactQueries,
        SegmentQueries,
        InteractionQueries,
        TemplateQueries,
        SalespersonQueries,
        CampaignQueries,
        ChangeQueries,
        DraftQueries,
        SegmentPreviewQueries,
        SavedCriteriaQueries,
    ),
)
describe_type(Query, "What can be asked.")

Mutation: Any = merge_types(
    "Mutation",
    (
        InteractionMutations,
        SnoozingMutations,
        EntryMutations,
        CampaignEntryMutations,
        SegmentMutations,
        SegmentBuildingMutations,
        SegmentLoggingMutations,
        SegmentCancelingMutations,
        LoggedSegmentMutations,
        ContactMutations,
        SalespersonMutations,
        TemplateMutations,
        CampaignMutations,
        SetupMutations,
    ),
)
describe_type(
    Mutation,
    "What can be changed. Each mutation is one transaction: done whole, or refused with userErrors and nothing "
    "changed.",
)

schema = strawberry.Schema(query=Query, mutation=Mutation, config=CONFIG)
_graphql = graphql_schema(schema)


def _describe_inputs() -> None:
    """The argument of a mutation is what its input type is."""
    mutations = _graphql.mutation_type
    assert mutations is not None
    for field in mutations.fields.values():
        for argument in field.args.values():
            argument.description = get_named_type(argument.type).description


_describe_inputs()
use_input_factory(_graphql, input_from)
leave_out_directive_definitions(_graphql)
