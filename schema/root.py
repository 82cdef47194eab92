"""The GraphQL schema: the queries and mutations of all subjects together."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import strawberry
from graphql import get_named_type
from strawberry.tools import merge_types

from resolvers.roles import READS_OWN
from schema import global_ids
from schema.access import describe_access, query
from schema.calendars.mutations import CalendarMutations
from schema.calendars.types import CalendarQueries
from schema.campaigns.entries import CampaignEntryMutations
from schema.campaigns.mutations import CampaignMutations
from schema.campaigns.types import CampaignQueries
from schema.change_feed import ChangeFeedQueries
from schema.changes.types import ChangeQueries
from schema.compiler.errors import BadUserInput
from schema.contacts.mutations import ContactMutations
from schema.contacts.next_contacts import NextContactQueries
from schema.contacts.types import ContactQueries
from schema.execution.context import Info
from schema.execution.graphql_internals import (
    describe_type,
    graphql_schema,
    leave_out_directive_definitions,
    resolve_info,
    use_input_factory,
)
from schema.imports.mutations import ImportMutations
from schema.imports.types import ImportQueries
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
from schema.segments.logged_segments import LoggedSegmentMutations
from schema.segments.logging import SegmentLoggingMutations
from schema.segments.mutations import SegmentMutations
from schema.segments.previews import SegmentPreviewQueries
from schema.segments.steps import SavedCriteriaQueries
from schema.segments.types import SegmentQueries
from schema.setup.mutations import SetupMutations
from schema.setup.types import SetupQueries
from schema.statistics.groups import StatisticsQueries
from schema.subscriptions.fields import Subscription
from schema.templates.mutations import TemplateMutations
from schema.templates.types import TemplateQueries
from schema.webhooks.mutations import WebhookMutations
from schema.webhooks.types import WebhookQueries

MAX_NODES = 100

IdArgument = Annotated[strawberry.ID, strawberry.argument(description="The `id` of an object of any type.")]
IdsArgument = Annotated[
    list[strawberry.ID], strawberry.argument(description="The `id`s of objects of any types, at most 100.")
]


@strawberry.type
class NodeQueries:
    """The fields of Query that find objects of any type by their ids."""

    @query("The object with this id. Null if there is none.", access=READS_OWN)
    async def node(self, info: Info, id: IdArgument) -> Node | None:
        found = global_ids.decode(id)
        return None if found is None else await info.context.read_object(resolve_info(info), *found)

    @query("The objects with these ids, in the same order; null for an id without an object.", access=READS_OWN)
    async def nodes(self, info: Info, ids: IdsArgument) -> list[Node | None] | None:
        if len(ids) > MAX_NODES:
            raise BadUserInput(
                f"`ids` has at most {MAX_NODES} ids; {len(ids):,} were given. Request the others separately."
            )
        return await _nodes(info, ids)


async def _nodes(info: Info, ids: Sequence[str]) -> list[Node | None]:
    """The objects with these ids, in their order; null for those that do not exist. Reads each type by one statement,
    and lines by one for each of their segments.
    """
    wanted = [global_ids.decode(global_id) for global_id in ids]
    groups: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for entity, (*shared, last) in filter(None, wanted):
        groups.setdefault((entity.name, tuple(shared)), []).append(last)
    found: dict[tuple[str, tuple[int, ...]], Mapping[int | str, Node]] = {}
    for entity, (*shared, _) in filter(None, wanted):
        group = (entity.name, tuple(shared))
        if group not in found:
            found[group] = await info.context.read_by_keys(resolve_info(info), entity, shared, groups[group])
    return [None if each is None else found[each[0].name, tuple(each[1][:-1])].get(each[1][-1]) for each in wanted]


Query = merge_types(
    "Query",
    (
        NodeQueries,
        SetupQueries,
        ContactQueries,
        NextContactQueries,
        SegmentQueries,
        InteractionQueries,
        StatisticsQueries,
        TemplateQueries,
        SalespersonQueries,
        CampaignQueries,
        ChangeQueries,
        ChangeFeedQueries,
        WebhookQueries,
        CalendarQueries,
        ImportQueries,
        DraftQueries,
        SegmentPreviewQueries,
        SavedCriteriaQueries,
    ),
)
describe_type(Query, "All queries. They change nothing.")

Mutation = merge_types(
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
        ImportMutations,
        WebhookMutations,
        CalendarMutations,
    ),
)
describe_type(
    Mutation,
    "All mutations. Each one is a transaction: it is executed as a whole, or refused with `userErrors` and nothing is "
    "changed.",
)

DESCRIPTION = (
    "The interaction log of a CRM: contacts, their interactions, postponed interactions, segments, campaigns and "
    "figures. A guide for clients is in `.github/guides/clients.md` of the source code."
)

schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription, config=CONFIG)
_graphql = graphql_schema(schema)


def _describe_inputs() -> None:
    """Give the `input` argument of each mutation the description of its input type."""
    mutations = _graphql.mutation_type
    assert mutations is not None
    for field in mutations.fields.values():
        for argument in field.args.values():
            argument.description = get_named_type(argument.type).description


_describe_inputs()
describe_access(_graphql)
_graphql.description = DESCRIPTION
use_input_factory(_graphql, input_from)
leave_out_directive_definitions(_graphql)
