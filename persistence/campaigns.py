"""Campaigns and their entries (A.10)."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy import text as sql
from sqlmodel import Field

from persistence.columns import Table, identity, key, words


class Campaign(Table, table=True):
    """A marketing effort that interactions belong to."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("starting_date <= ending_date", name="dates"), {"sqlite_autoincrement": True})

    id: int | None = identity()
    no: str = Field(sa_type=key(20), unique=True)
    version: int = 1
    description: str = Field(sa_type=words(100))
    starting_date: dt.date | None = None
    ending_date: dt.date | None = None
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    blocked: bool = False


class CampaignEntry(Table, table=True):
    """What was done at once for a campaign: one logged segment, or all its hand-made interactions together (R-CAM-1,
    K9).
    """

    __tablename__ = "campaign_entry"
    __table_args__ = (
        Index(
            "uq_campaign_entry_by_hand",
            "campaign_no",
            unique=True,
            sqlite_where=sql("segment_no IS NULL"),
            postgresql_where=sql("segment_no IS NULL"),
        ),
        Index("uq_campaign_entry_logged_segment", "campaign_no", "logged_segment_entry_no", unique=True),
        Index("ix_campaign_entry_logged_segment_entry_no", "logged_segment_entry_no"),
        {"sqlite_autoincrement": True},
    )

    entry_no: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    campaign_no: str = Field(sa_type=key(20), foreign_key="campaign.no")
    description: str = Field(sa_type=words(100))
    date: dt.date
    segment_no: str | None = Field(default=None, sa_type=key(20))
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    user_id: str = Field(sa_type=words(50))
    canceled: bool = False
    canceled_with: int | None = None
    """The logged segment whose canceling struck it out; null where it was canceled apart from that (K17)."""
    logged_segment_entry_no: int | None = Field(default=None, foreign_key="logged_segment.entry_no")
