"""Calendar feeds: addresses under which calendar programs read the postponed interactions of a salesperson."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from persistence.columns import Instant, Table, free_text, key, surrogate_key, table_options


class CalendarFeed(Table, table=True):
    """A calendar feed. Its address has a secret, of which only the hash is stored: with a copy of the database one
    cannot read the calendar. A revoked feed is deleted.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index("ix_calendar_feed_salesperson_code_id", "salesperson_code", "id"),
        table_options(never_reuse_keys=True),
    )

    id: int | None = surrogate_key()
    secret_hash: str = Field(sa_type=free_text(64), unique=True)
    salesperson_code: str = Field(sa_type=key(20), foreign_key="salesperson.code")
    created_at: dt.datetime = Field(sa_type=Instant)
    user_id: str = Field(sa_type=free_text(50))
