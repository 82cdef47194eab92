"""The change log of master data and set-up: who changed what, when, from what to what."""

import datetime as dt

from sqlalchemy import Index, Unicode
from sqlalchemy import text as sql
from sqlmodel import Field

from persistence.columns import Instant, Table, key, one_of, words
from persistence.enums import ChangeAction

_GONE = sql("action = 'DELETED'")


class Change(Table, table=True):
    """One change of one object: it had `version` afterwards. What was deleted keeps its changes.

    `kind` is the table of the object, `object_id` its key there, `object_key` the number or code that people know it
    by.
    """

    __tablename__ = "change"
    __table_args__ = (
        one_of("action", ChangeAction),
        Index("ix_change_deleted", "kind", "object_key", sqlite_where=_GONE, postgresql_where=_GONE),
        {"sqlite_with_rowid": False},
    )

    kind: str = Field(sa_type=key(40), primary_key=True)
    object_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    object_key: str | None = Field(default=None, sa_type=key(20))
    at: dt.datetime = Field(sa_type=Instant)
    user_id: str = Field(sa_type=words(50))
    action: str = Field(sa_type=key(20))


class ChangeField(Table, table=True):
    """A field that a change gave another value, both as text. `field` is its name as clients know it."""

    __tablename__ = "change_field"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: str = Field(sa_type=key(40), primary_key=True)
    object_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    field: str = Field(sa_type=key(50), primary_key=True)
    old_value: str | None = Field(default=None, sa_type=Unicode)
    new_value: str | None = Field(default=None, sa_type=Unicode)
