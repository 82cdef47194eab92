"""The fast path of mutations: the rule runs, then the payload is assembled as JSON, without default execution.

It handles payloads whose selected fields are objects that the compiler can read, values of the outcome, and empty
`userErrors`. Default execution handles all others; it gets the results of the rules that have already run, so that no
rule runs twice.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues

from schema.compiler.declarations import entity_of
from schema.compiler.errors import BadUserInput
from schema.compiler.inserted_rows import InsertedRow, InsertedRowPlan
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.selection import SelectedField
from schema.compiler.values import CompanyCalendar, RequestValues
from schema.execution.context import Context
from schema.execution.documents import Document
from schema.execution.graphql_internals import declaration_of, resolve_root_field, root_info
from schema.execution.planning import Planning
from schema.execution.raw_json import to_json
from schema.execution.root_resolvers import DirectCall
from schema.payload_fields import ObjectField, OutcomeField
from schema.payloads import Payload

SAMPLE_REQUEST_VALUES = RequestValues(
    dt.datetime(2000, 1, 3, tzinfo=dt.UTC), calendar=CompanyCalendar(dt.date(2000, 1, 3), 1)
)

BYTES_OF_TREE = 25
"""Measured size of the expression tree of a plan that reads an inserted row, per character of its SQL."""

BYTES_OF_ARGUMENTS = 5_000
"""Estimated size of the arguments of a root field that are kept: at most 100 values."""


@dataclass(frozen=True)
class PayloadObject:
    """An object or list of objects of the payload: its response key, its declaration, the statement that reads it."""

    key: str
    field: ObjectField
    plan: PlannedStatement
    new: InsertedRowPlan | None = None
    """The plan that reads the object in the statement that inserts it, if there is one."""


@dataclass(frozen=True)
class PayloadValue:
    """A scalar field of the payload: its response key, and a function that returns its JSON, given the outcome."""

    key: str
    text: Callable[[object], str]


@dataclass(frozen=True)
class MutationField:
    """One root field of a mutation and the fields selected from its payload."""

    selected: SelectedField
    parent: GraphQLObjectType
    field: GraphQLField | None
    members: Sequence[PayloadObject | PayloadValue | None]
    call: DirectCall | None
    """The call of its resolver; None if Strawberry has to call it."""

    @cached_property
    def is_fast(self) -> bool:
        """Whether the fast path can answer all of it."""
        return self.field is not None and all(
            isinstance(member, PayloadValue) or (member is not None and member.plan.runs) for member in self.members
        )

    @cached_property
    def new(self) -> InsertedRowPlan | None:
        """The plan that reads the row that it inserts, if there is one."""
        objects = (member for member in self.members if isinstance(member, PayloadObject))
        return next((member.new for member in objects if member.new is not None), None)


def size(fields: Sequence[MutationField]) -> int:
    """Estimated bytes of root fields in the cache."""
    objects = [member for field in fields for member in field.members if isinstance(member, PayloadObject)]
    trees = sum(len(each.plan.sql) for each in objects if each.new is not None)
    return sum(each.plan.size for each in objects) + BYTES_OF_TREE * trees + BYTES_OF_ARGUMENTS * len(fields)


def mutation_fields(planning: Planning, schema: GraphQLSchema) -> Sequence[MutationField]:
    """The root fields in their order."""
    parent = schema.mutation_type
    assert parent is not None
    made = []
    for root, payload, fields in planning.payloads():
        field = parent.fields.get(root.name)
        members = _members(planning, root, payload, fields)
        call = None if field is None else planning.direct_call(field, root.nodes[0])
        made.append(MutationField(root, parent, field, members, call))
    return made


def _members(
    planning: Planning, root: SelectedField, payload: GraphQLObjectType | None, fields: Sequence[SelectedField]
) -> Sequence[PayloadObject | PayloadValue | None]:
    try:
        return [_member(planning, payload, selected) for selected in fields]
    except BadUserInput as error:
        raise error.of_root_field(root.key, root.nodes) from None


def _member(
    planning: Planning, payload: GraphQLObjectType | None, selected: SelectedField
) -> PayloadObject | PayloadValue | None:
    assert payload is not None
    if selected.name == "__typename":
        return PayloadValue(selected.key, lambda _: f'"{payload.name}"')
    if selected.name == "userErrors":
        return PayloadValue(selected.key, lambda _: "[]")
    field = payload.fields[selected.name]
    declared = declaration_of(field)
    if isinstance(declared, ObjectField):
        entity, is_list = entity_of(declared.target), declared.is_list
        plan = (
            planning.by_keys(entity, selected.nodes)
            if is_list
            else planning.by_key(entity, selected.nodes, declared.columns)
        )
        new = None if is_list or declared.columns else planning.of_inserted_row(entity, selected.nodes)
        return None if plan is None else PayloadObject(selected.key, declared, plan, new)
    if isinstance(declared, OutcomeField) and is_leaf_type(get_nullable_type(field.type)):
        return PayloadValue(selected.key, _json_of(declared, field.type))
    return None


def _json_of(declared: OutcomeField, type_: GraphQLOutputType) -> Callable[[object], str]:
    leaf = get_named_type(type_)
    assert is_leaf_type(leaf)
    serialize = leaf.serialize

    def text(values: object) -> str:
        value = declared.value_from(values)
        return "null" if value is None else to_json(serialize(value)).decode()

    return text


def check(mutations: Sequence[MutationField], variables: VariableValues) -> None:
    """Raise BadUserInput if these variables have a value that is invalid in a payload, before anything is changed."""
    known = {**variables.coerced, "keys": _SampleKeys()}
    for mutation in mutations:
        for member in mutation.members:
            if isinstance(member, PayloadObject):
                try:
                    member.plan.parameters(known, SAMPLE_REQUEST_VALUES)
                except BadUserInput as error:
                    raise error.of_root_field(mutation.selected.key, mutation.selected.nodes) from None


class _SampleKeys(list[object]):
    """Stands for the keys, which are only known after the rule has run."""

    def __getitem__(self, place: Any) -> Any:
        return [] if isinstance(place, slice) else None


async def run(
    mutations: Sequence[MutationField],
    document: Document,
    operation: OperationDefinitionNode,
    schema: GraphQLSchema,
    variables: VariableValues,
    context: Context,
) -> bytes | None:
    """The response, one root field after the other; None if default execution must make it."""
    if not all(mutation.is_fast for mutation in mutations):
        return None
    pieces = []
    for mutation in mutations:
        try:
            payload = await _resolve_payload(mutation, document, operation, schema, variables, context)
        except Exception as error:
            context.outcomes[mutation.selected.key] = error
            return None
        context.outcomes[mutation.selected.key] = payload.result
        if payload.result.refusals:
            return None
        try:
            text = await _payload_json(mutation, payload.values, variables, context)
        except Exception as error:
            context.faults[mutation.selected.key] = error
            return None
        pieces.append(f'"{mutation.selected.key}":{text}')
    return f'{{"data":{{{",".join(pieces)}}}}}'.encode()


async def _resolve_payload(
    mutation: MutationField,
    document: Document,
    operation: OperationDefinitionNode,
    schema: GraphQLSchema,
    variables: VariableValues,
    context: Context,
) -> Payload[object]:
    """The payload object that the resolver of the mutation returns."""
    new = mutation.new
    context.inserted_row = (
        None if new is None else InsertedRow(new, variables.coerced, context.values_without_calendar())
    )
    info = root_info(
        mutation.parent,
        mutation.selected.key,
        mutation.selected.nodes,
        schema,
        operation,
        document.fragments,
        variables,
        context,
    )
    call = mutation.call
    payload = await (resolve_root_field(info, variables) if call is None else call(info, variables.coerced))
    return cast("Payload[object]", payload)


async def _payload_json(mutation: MutationField, values: object, variables: VariableValues, context: Context) -> str:
    """The JSON of a payload whose fields are read from `values`."""
    texts: dict[str, str] = {}
    for member in mutation.members:
        assert member is not None
        if isinstance(member, PayloadValue):
            texts[member.key] = member.text(values)
            continue
        keys = member.field.keys(values)
        inserted = context.inserted_row
        if (
            inserted is not None
            and inserted.plan is member.new
            and keys == [inserted.key]
            and inserted.text is not None
        ):
            texts[member.key] = inserted.text
        elif keys is None:
            texts[member.key] = "[]" if member.field.is_list else "null"
        elif member.field.is_list:
            *shared, last = keys
            found = await context.json_by_keys(member.plan, variables.coerced, [*shared, *last])
            texts[member.key] = f"[{','.join(found[key] for key in last if key in found)}]"
        else:
            (text,) = await context.run([member.plan], {**variables.coerced, "keys": keys})
            texts[member.key] = "null" if text is None else text
    return "{" + ",".join(f'"{key}":{text}' for key, text in texts.items()) + "}"
