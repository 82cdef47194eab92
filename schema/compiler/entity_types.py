"""GraphQL types whose rows come from a table: `@entity(Contact, "con", …)`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import strawberry
from sqlalchemy import ColumnElement, Unicode, literal_column

from persistence.columns import Table
from persistence.sql.json import text_of
from resolvers.queries import SqlCondition
from schema.compiler.declarations import ENTITIES, Entity, Expression, ExpressionField, FieldDeclaration, Order
from schema.compiler.declared_field import DeclaredField, declared_field
from schema.compiler.statement import Row, Statement
from schema.docstrings import description_of
from schema.execution.graphql_internals import fields_of
from schema.nodes import ID

T = TypeVar("T", bound=type)


def entity(
    table: type[Table],
    prefix: str | None = None,
    *,
    key_columns: Sequence[str] = ("id",),
    default: Order = (),
    key_order: Order = (),
    orders: Mapping[Any, Order] | None = None,
    filter: type | None = None,
    order_input: type | None = None,
    only: Callable[[Row], SqlCondition] | None = None,
) -> Callable[[T], T]:
    """Makes a class a GraphQL type whose objects are rows of a table. With a prefix it implements Node, and its ids
    begin with the prefix.

    `default` is the order of lists where a client gives none. `key_order` ends every order and is unique. `only`
    restricts the rows of the table to those of the type.
    """

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
                ExpressionField(_id_of(prefix, made.key)), ID, strawberry.ID
            )
        if prefix is not None:
            cls.is_type_of = classmethod(lambda _, row, info: isinstance(row, dict) and row.get("__entity__") == name)  # type: ignore[attr-defined]  # Strawberry reads it
        typed: Any = strawberry.type(cls, name=name, description=description_of(cls))
        made.fields = {field_name: _bound(field) for field_name, field in fields_of(typed).items()}
        ENTITIES[name] = made
        return typed

    return decorate


def computed_entity(name: str, table: type[Table], fields: Mapping[str, FieldDeclaration]) -> None:
    """Declares a type whose objects are not rows of a table, but are computed from rows of `table` and other tables.
    `fields` says how its fields are compiled, by their GraphQL names; its other fields take default execution.
    """
    ENTITIES[name] = Entity(name, table, (), None, fields=dict(fields))


def _bound(field: object) -> FieldDeclaration:
    """The declaration of a field. A column without a name is the one that has the name of the field."""
    if not isinstance(field, DeclaredField) or field.plan is None:
        raise TypeError(f"{field!r} is not declared with a function of schema.compiler.fields")
    if isinstance(field.plan, ExpressionField) and field.plan.column == "":
        name = field.python_name
        field.plan = ExpressionField(lambda row, _: row.c[name], column=name)
    return field.plan


def _id_of(prefix: str, key_columns: Sequence[str]) -> Expression:
    def expression(row: Row, _: Statement) -> ColumnElement[str]:
        text = text_of(row.c[key_columns[0]])
        for name in key_columns[1:]:
            text = text + literal_column("'_'", Unicode()) + text_of(row.c[name])
        return literal_column(f"'{prefix}_'", Unicode()) + text

    return expression
