"""Users and their access tokens (K16)."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from persistence.columns import Instant, Table, free_text, key, surrogate_key, table_options
from persistence.enums import Role


class UserSetup(Table, table=True):
    """A user of Carnet, and their own salesperson, if they have one."""

    __tablename__ = "user_setup"

    user_id: str = Field(sa_type=free_text(50), primary_key=True)
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")


class AccessToken(Table, table=True):
    """An access token of a user. Only its hash is stored, so that a copy of the database contains no usable token.

    `roles` has the names of the roles with commas between them. A token without `expires_at` does not expire.
    """

    __tablename__ = "access_token"
    __table_args__ = (Index("ix_access_token_user_id", "user_id"), table_options(never_reuse_keys=True))

    id: int | None = surrogate_key()
    token_hash: str = Field(sa_type=free_text(64), unique=True)
    user_id: str = Field(sa_type=free_text(50), foreign_key="user_setup.user_id")
    created_at: dt.datetime = Field(sa_type=Instant)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=Instant)
    roles: str = Field(sa_type=free_text(40), sa_column_kwargs={"server_default": Role.ADMIN.value})
    expires_at: dt.datetime | None = Field(default=None, sa_type=Instant)
