"""Users and the tokens by which they are known (K16)."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from persistence.columns import Instant, Table, identity, key, words


class UserSetup(Table, table=True):
    """Somebody who uses Carnet, and the salesperson they are, if they are one."""

    __tablename__ = "user_setup"

    user_id: str = Field(sa_type=words(50), primary_key=True)
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")


class AccessToken(Table, table=True):
    """A token that was given to a user. Only its hash is kept: who reads the database cannot use it."""

    __tablename__ = "access_token"
    __table_args__ = (Index("ix_access_token_user_id", "user_id"), {"sqlite_autoincrement": True})

    id: int | None = identity()
    token_hash: str = Field(sa_type=words(64), unique=True)
    user_id: str = Field(sa_type=words(50), foreign_key="user_setup.user_id")
    created_at: dt.datetime = Field(sa_type=Instant)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=Instant)
