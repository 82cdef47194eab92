"""Mutations without the ordinary road: the rule runs, then the payload is put together from finished JSON.

It serves payloads made of objects that are read back, of figures and texts that are told, and of `userErrors` that are
empty. Everything else is left to ordinary execution; what was done by then is handed over and not done again.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

from schema.compiler.declarations import Entity, entity_of
from schema.compiler.inserted_rows import InsertedRow, InsertedRowPlan
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.selection import SelectedField
from schema.compiler.values import CompanyCalendar, RequestValues
from schema.execution.context import Context
from schema.execution.documents import Document
from schema.execution.graphql_internals import declaration_of, resolve_root_field
from schema.execution.planning import Planning
from schema.execution.raw_json import to_json
from schema.payloads import ShownField, ToldField

SOME_REQUEST_VALUES = RequestValues(
    dt.datetime(2000, 1, 3, tzinfo=dt.UTC), calendar=CompanyCalendar(dt.date(2000, 1, 3), 1)
)

BYTES_OF_TREE = 25
"""Measured size of the expression tree behind a plan that shows an inserted row, per character of its SQL."""


@dataclass(frozen=True)
class PayloadObject:
    """Objects of the payload: their plan, and the names under which the outcome has their keys."""

    key: str
    plan: PlannedStatement
    entity: Entity
    by: Sequence[str]
    several: bool
    new: InsertedRowPlan | None = None
    """The same, shown by the statement that inserts the row."""

    def keys(self, outcome: Mapping[str, Any]) -> list[Any] | None:
        """The keys that the plan takes; nothing where the verb told of no object."""
        keys = [outcome.get(name) for name in self.by]
        if any(key is None for key in keys):
            return None
        return [*keys[:-1], *keys[-1]] if self.several else keys  # type: ignore[misc]  # the last of several is a list


@dataclass(frozen=True)
class PayloadValue:
    """A figure or text of the payload, made from the outcome."""

    key: str
    text: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class MutationField:
    """One root field of a mutation and what was asked of its payload. It is finished unless the ordinary road must
    answer.
    """

    asked: SelectedField
    parent: GraphQLObjectType
    field: GraphQLField | None
    members: Sequence[PayloadObject | PayloadValue | None]

    @property
    def finished(self) -> bool:
        return self.field is not None and all(
            isinstance(member, PayloadValue) or (member is not None and member.plan.runs) for member in self.members
        )


def size(fields: Sequence[MutationField]) -> int:
    """Estimated bytes of root fields while they are kept."""
    objects = [member for field in fields for member in field.members if isinstance(member, PayloadObject)]
    trees = sum(len(each.plan.sql) for each in objects if each.new is not None)
    return sum(each.plan.size for each in objects) + BYTES_OF_TREE * trees


def changes(planning: Planning, schema: GraphQLSchema) -> Sequence[MutationField]:
    """The root fields in their order."""
    parent = schema.mutation_type
    assert parent is not None
    return [
        MutationField(
            root, parent, parent.fields.get(root.name), [_member(planning, payload, asked) for asked in fields]
        )
        for root, payload, fields in planning.payloads()
    ]


def _member(
    planning: Planning, payload: GraphQLObjectType | None, asked: SelectedField
) -> PayloadObject | PayloadValue | None:
    assert payload is not None
    if asked.name == "__typename":
        return PayloadValue(asked.key, lambda _: f'"{payload.name}"')
    if asked.name == "userErrors":
        return PayloadValue(asked.key, lambda _: "[]")
    field = payload.fields[asked.name]
    declared = declaration_of(field)
    if isinstance(declared, ShownField):
        entity = entity_of(declared.target)
        several = declared.several
        plan = (
            planning.by_keys(entity, asked.nodes) if several else planning.by_key(entity, asked.nodes, declared.columns)
        )
        new = None if several or declared.columns else planning.of_inserted_row(entity, asked.nodes)
        return None if plan is None else PayloadObject(asked.key, plan, entity, declared.by, several, new)
    if isinstance(declared, ToldField) and is_leaf_type(get_nullable_type(field.type)):
        return PayloadValue(asked.key, _telling(declared, field.type))
    return None


def _telling(declared: ToldField, type_: GraphQLOutputType) -> Callable[[Mapping[str, Any]], str]:
    leaf: Any = get_named_type(type_)

    def text(outcome: Mapping[str, Any]) -> str:
        value = declared.of(outcome)
        return "null" if value is None else to_json(leaf.serialize(value)).decode()

    return text


def check(found: Sequence[MutationField], variables: VariableValues) -> None:
    """Refuse what the payloads cannot answer before anything is changed; raises BadUserInput."""
    known = {**variables.coerced, "keys": _SomeKeys()}
    for change in found:
        for member in change.members:
            if isinstance(member, PayloadObject):
                member.plan.parameters(known, SOME_REQUEST_VALUES)


class _SomeKeys(list[Any]):
    """Stands for the keys that a verb will tell."""

    def __getitem__(self, place: Any) -> Any:
        return [] if isinstance(place, slice) else None


async def run(
    found: Sequence[MutationField],
    document: Document,
    operation: OperationDefinitionNode,
    schema: GraphQLSchema,
    variables: VariableValues,
    context: Context,
) -> bytes | None:
    """The answer, root field after root field; nothing if the ordinary road has to tell what happened."""
    if not all(change.finished for change in found):
        return None
    pieces = []
    for change in found:
        try:
            outcome = await _outcome(change, document, operation, schema, variables, context)
        except Exception as error:
            context.outcomes[change.asked.key] = error
            return None
        context.outcomes[change.asked.key] = outcome
        if outcome["__refusals__"]:
            return None
        try:
            payload = await _payload(change, outcome, variables, context)
        except Exception as error:
            context.faults[change.asked.key] = error
            return None
        pieces.append(f'"{change.asked.key}":{payload}')
    return f'{{"data":{{{",".join(pieces)}}}}}'.encode()


async def _outcome(
    change: MutationField,
    document: Document,
    operation: OperationDefinitionNode,
    schema: GraphQLSchema,
    variables: VariableValues,
    context: Context,
) -> Mapping[str, Any]:
    new = next((member.new for member in change.members if isinstance(member, PayloadObject) and member.new), None)
    context.inserted_row = (
        None if new is None else InsertedRow(new, variables.coerced, context.values_without_calendar())
    )
    outcome: Mapping[str, Any] = await resolve_root_field(
        change.parent, change.asked.key, change.asked.nodes, schema, operation, document.fragments, variables, context
    )
    return outcome


async def _payload(
    change: MutationField, outcome: Mapping[str, Any], variables: VariableValues, context: Context
) -> str:
    texts: dict[str, str] = {}
    for member in change.members:
        assert member is not None
        if isinstance(member, PayloadValue):
            texts[member.key] = member.text(outcome)
            continue
        keys = member.keys(outcome)
        seen = context.inserted_row
        if seen is not None and seen.row is member.new and keys == [seen.key] and seen.text is not None:
            texts[member.key] = seen.text
        elif keys is None:
            texts[member.key] = "[]" if member.several else "null"
        elif member.several:
            places = keys[len(member.by) - 1 :]
            values = await context.read_several(member.plan, variables.coerced, keys)
            texts[member.key] = f"[{','.join(values[place] for place in places if place in values)}]"
        else:
            (text,) = await context.run([member.plan], {**variables.coerced, "keys": keys})
            texts[member.key] = "null" if text is None else text
    return "{" + ",".join(f'"{key}":{text}' for key, text in texts.items()) + "}"
