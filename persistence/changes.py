"""The change log of master data and setup: who changed which field when, and its old and new value."""

import datetime as dt

from sqlalchemy import Unicode
from sqlalchemy import text as sql
from sqlmodel import Field

from persistence.columns import EnumCheck, Instant, Table, free_text, index, key, table_options
from persistence.enums import ChangeAction


class Change(Table, table=True):
    """One change of one object, which had `version` afterwards. The changes of deleted objects are kept.

    `kind` is the table of the object, `object_id` its key there, `object_key` its number or code.
    """

    __tablename__ = "change"
    __table_args__ = (
        EnumCheck("action", ChangeAction),
        index("ix_change_deleted", "kind", "object_key", where=sql("action = 'DELETED'")),
        table_options(rows_in_key_order=True),
    )

    kind: str = Field(sa_type=key(40), primary_key=True)
    object_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    object_key: str | None = Field(default=None, sa_type=key(20))
    at: dt.datetime = Field(sa_type=Instant)
    user_id: str = Field(sa_type=free_text(50))
    action: str = Field(sa_type=key(20))


class ChangeField(Table, table=True):
    """A field that a change gave another value; both values as text. `field` is its name in the GraphQL schema."""

    __tablename__ = "change_field"
    __table_args__ = (table_options(rows_in_key_order=True),)

    kind: str = Field(sa_type=key(40), primary_key=True)
    object_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    field: str = Field(sa_type=key(50), primary_key=True)
    old_value: str | None = Field(default=None, sa_type=Unicode)
    new_value: str | None = Field(default=None, sa_type=Unicode)
