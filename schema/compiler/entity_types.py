"""GraphQL types whose rows come from a table: `@entity(Contact, "con", …)`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import strawberry
from sqlalchemy import ColumnElement, Unicode, literal_column
from strawberry.utils.str_converters import to_camel_case

from persistence.columns import Table
from persistence.json_sql import text_of
from schema.compiler.declarations import ENTITIES, Entity, Expression, ExpressionField, FieldDeclaration, Order
from schema.compiler.declared_field import declared_field
from schema.compiler.statement import Row, Statement
from schema.docstrings import description_of

T = TypeVar("T", bound=type)


def entity(
    table: type[Table],
    prefix: str | None = None,
    *,
    key_columns: Sequence[str] = ("id",),
    default: Order = (),
    key_order: Order = (),
    orders: Mapping[Any, Order] | None = None,
    filter: type | None = None,  # GraphQL's word
    order_input: type | None = None,
    only: Callable[[Row], ColumnElement[bool]] | None = None,
) -> Callable[[T], T]:
    """Makes a class a GraphQL type whose rows come from a table; with a prefix it is a Node with ids of that prefix."""

    def decorate(cls: T) -> T:
        name = cls.__name__
        made = Entity(
            name,
            table,
            tuple(key_columns),
            prefix,
            filter=filter,
            orders=orders or {},
            default_order=default,
            key_order=key_order,
            only=only,
            order_input=order_input,
        )
        if prefix is not None:
            cls.id = declared_field(  # type: ignore[attr-defined]  # every Node has one
                ExpressionField(_id_of(prefix, made.key)),
                "Identifies the object everywhere in the API. Opaque.",
                strawberry.ID,
            )
        if prefix is not None:
            cls.is_type_of = classmethod(lambda _, row, info: isinstance(row, dict) and row.get("__entity__") == name)  # type: ignore[attr-defined]
        typed: Any = strawberry.type(cls, name=name, description=description_of(cls))
        for field in typed.__strawberry_definition__.fields:
            made.fields[field.graphql_name or to_camel_case(field.python_name)] = _bound(field)
        ENTITIES[name] = made
        return typed

    return decorate


def _bound(field: Any) -> FieldDeclaration:
    """The plan of a field; a column without a name is the one that the field is named after."""
    plan: FieldDeclaration | None = getattr(field, "plan", None)
    if plan is None:
        raise TypeError(
            f"{field.name} is not declared with column, computed, one, many, listing, aggregate_object or aggregate"
        )
    if isinstance(plan, ExpressionField) and plan.column == "":
        name = field.python_name
        plan = field.plan = ExpressionField(lambda row, _: row.c[name], column=name)
    return plan


def _id_of(prefix: str, key_columns: Sequence[str]) -> Expression:
    def expression(row: Row, _: Statement) -> ColumnElement[str]:
        text = text_of(row.c[key_columns[0]])
        for name in key_columns[1:]:
            text = text + literal_column("'_'", Unicode()) + text_of(row.c[name])
        return literal_column(f"'{prefix}_'", Unicode()) + text

    return expression
