"""The change log of master data and settings: who changed which field, when, from which value to which."""

import datetime as dt
from collections.abc import Mapping, Sequence

import strawberry

from persistence import changes as tables
from resolvers.changes import queries
from resolvers.queries import SqlBuilder, SqlCondition, TableRow
from resolvers.roles import ADMINISTRATION
from schema import global_ids
from schema.compiler.declarations import by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import column, to_many, unpaged_list
from schema.connections import connection_of
from schema.enums import ChangeAction
from schema.execution.graphql_internals import argument

NEWEST = [by_column("version", descending=True)]


@entity(tables.ChangeField, key_columns=(*queries.KEY, "field"))
class ChangeField:
    """A field that a change gave a new value."""

    field: str = column("The name of the field in the input of the mutation, such as salespersonCode.")
    old_value: str | None = column(
        "The value before the change, as text. Null if there was none, or if the contact has been anonymized."
    )
    new_value: str | None = column(
        "The value after the change, as text. Null if there is none, or if the contact has been anonymized."
    )


@entity(tables.Change, key_columns=queries.KEY, default=NEWEST, key_order=NEWEST)
class Change:
    """One change of an object of the master data or of the settings."""

    at: dt.datetime = column("The time of the change.")
    user_id: str = column("The user who made the change.")
    action: ChangeAction = column("What the change did to the object.")
    version: int = column("The version of the object after the change.")
    fields = unpaged_list(
        "changes.ChangeField",
        "The changed fields, by name. For an object that was created or deleted: all fields that have a value.",
        belongs=queries.fields_of,
        order="field",
    )


ChangeConnection, ChangeEdge = connection_of("changes.Change")


def _changes_of(change: TableRow, arguments: Mapping[str, object], sql: SqlBuilder) -> Sequence[SqlCondition]:
    return queries.changes_of(change, arguments["of"], _table_and_id, sql)


def _table_and_id(global_id: str) -> tuple[str, int]:
    found = global_ids.decode(global_id)
    if found is None:
        return "", 0
    entity, keys = found
    return str(entity.table.__tablename__), keys[0]


@strawberry.type
class ChangeQueries:
    """The field of Query about the change log."""

    changes = to_many(
        "changes.Change",
        "The changes of an object, newest first. Also of an object that was deleted. Empty for an unknown id.",
        filtered=False,
        ordered=False,
        extra_conditions=_changes_of,
        extra_arguments=[
            argument(
                "of",
                strawberry.ID,
                "The id of a contact, salesperson, template, group, campaign, number series or marketing setup.",
            )
        ],
        access=ADMINISTRATION,
    )
