"""Campaigns and their entries (A.10)."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy import text as sql
from sqlmodel import Field

from persistence.columns import Table, free_text, index, key, surrogate_key, table_options


class Campaign(Table, table=True):
    """A marketing effort that interactions belong to."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("starting_date <= ending_date", name="dates"),
        table_options(never_reuse_keys=True),
    )

    id: int | None = surrogate_key()
    no: str = Field(sa_type=key(20), unique=True)
    version: int = 1
    description: str = Field(sa_type=free_text(100))
    starting_date: dt.date | None = None
    ending_date: dt.date | None = None
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    blocked: bool = False


class CampaignEntry(Table, table=True):
    """The interactions of one logged segment with a campaign, or all interactions with it that were entered by hand
    (R-CAM-1, K9).
    """

    __tablename__ = "campaign_entry"
    __table_args__ = (
        index("uq_campaign_entry_by_hand", "campaign_no", unique=True, where=sql("segment_no IS NULL")),
        Index("uq_campaign_entry_logged_segment", "campaign_no", "logged_segment_entry_no", unique=True),
        Index("ix_campaign_entry_logged_segment_entry_no", "logged_segment_entry_no"),
        table_options(never_reuse_keys=True),
    )

    entry_no: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    campaign_no: str = Field(sa_type=key(20), foreign_key="campaign.no")
    description: str = Field(sa_type=free_text(100))
    date: dt.date
    segment_no: str | None = Field(default=None, sa_type=key(20))
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    user_id: str = Field(sa_type=free_text(50))
    canceled: bool = False
    canceled_with: int | None = None
    """The logged segment that it was canceled with; null if it was canceled by itself (K17)."""
    logged_segment_entry_no: int | None = Field(default=None, foreign_key="logged_segment.entry_no")
