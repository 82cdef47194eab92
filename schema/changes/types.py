"""The change log of master data and set-up: who changed what, when, from what to what."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from sqlalchemy import ColumnElement

from persistence import changes as tables
from schema import global_ids as identifiers
from schema.compiler.declarations import by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import column, to_many, unpaged_list
from schema.compiler.statement import Row, Statement
from schema.connections import connection_of
from schema.enums import ChangeAction
from schema.execution.graphql_internals import argument

OBJECT = ("kind", "object_id")
KEY = (*OBJECT, "version")
NEWEST = [by_column("version", descending=True)]


def _its_fields(change: Row, field: Row, _: Statement) -> Sequence[ColumnElement[bool]]:
    return [field.c[name] == change.c[name] for name in KEY]


@entity(tables.ChangeField, key_columns=(*KEY, "field"))
class ChangeField:
    """A field that a change gave another value."""

    field: str = column("Its name, as in the input that changes it, for instance salespersonCode.")
    old_value: str | None = column(
        "What it was, as text; null where it was blank, or where the contact was anonymized."
    )
    new_value: str | None = column(
        "What it became, as text; null where it became blank, or where the contact was anonymized."
    )


@entity(tables.Change, key_columns=KEY, default=NEWEST, key_order=NEWEST)
class Change:
    """One change of a card or of a setting."""

    at: dt.datetime = column("When it was changed.")
    user_id: str = column("Who changed it.")
    action: ChangeAction = column("What was done.")
    version: int = column("The version that the object had afterwards.")
    fields = unpaged_list(
        "changes.ChangeField",
        "What changed, by the names of the fields; all that was said of what is created or deleted.",
        belongs=_its_fields,
        order=lambda field: field.c.field,
    )


ChangeConnection, ChangeEdge = connection_of("changes.Change")


def _of(change: Row, statement: Statement, arguments: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The changes of the object with the id; an id of nothing has none."""
    parts = zip(OBJECT, (_kind, _object_id), strict=True)
    return [
        change.c[name] == statement.bind(convert, arguments["of"], type_=change.c[name].type) for name, convert in parts
    ]


def _kind(global_id: str) -> str:
    found = identifiers.read(global_id)
    return "" if found is None else str(found[0].table.__tablename__)


def _object_id(global_id: str) -> int:
    found = identifiers.read(global_id)
    return 0 if found is None else found[1][0]


@strawberry.type
class ChangeQueries:
    """The field of Query about the change log."""

    changes = to_many(
        "changes.Change",
        "What happened to a card or a setting, newest first; also to one that was deleted.",
        filtered=False,
        ordered=False,
        extra_conditions=_of,
        extra_arguments=[
            argument(
                "of", strawberry.ID, "The id of a contact, salesperson, template, group, campaign, series or setup."
            )
        ],
    )
