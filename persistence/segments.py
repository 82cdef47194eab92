"""Segments: open ones with their lines, and the logged ones (A.6, A.7, A.10)."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import Index, Integer
from sqlalchemy import text as sql
from sqlmodel import Field

from persistence.columns import Instant, Money, Table, free_text, index, key, surrogate_key, table_options, time_of_day
from persistence.interaction_checks import default_value_checks, interaction_checks


class Segment(Table, table=True):
    """A list of contacts, and the interaction to log for each of them.

    Header and lines are kept after logging (K7): `logged_segment_entry_no` is null while the segment is open, and `no`
    is unique among open segments.
    """

    __tablename__ = "segment"
    __table_args__ = (
        *default_value_checks(),
        index("uq_segment_open_no", "no", unique=True, where=sql("logged_segment_entry_no IS NULL")),
        Index("ix_segment_no", "no"),
        Index("ix_segment_logged_segment_entry_no", "logged_segment_entry_no"),
        Index("ix_segment_follow_up_of", "follow_up_of"),
        table_options(never_reuse_keys=True),
    )

    id: int | None = surrogate_key()
    no: str = Field(sa_type=key(20))
    version: int = 1
    description: str | None = Field(default=None, sa_type=free_text(100))
    date: dt.date
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    campaign_no: str | None = Field(default=None, sa_type=key(20), foreign_key="campaign.no")
    template_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_template.code")
    group_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_group.code")
    unit_cost: Decimal = Field(default=Decimal(0), sa_type=Money)
    unit_duration: int = 0
    information_flow: str | None = Field(default=None, sa_type=key(10))
    initiated_by: str | None = Field(default=None, sa_type=key(10))
    campaign_target: bool = False
    campaign_response: bool = False
    correspondence_type_default: str | None = Field(default=None, sa_type=key(10))
    ignore_contact_correspondence_type: bool = False
    language_code_default: str | None = Field(default=None, sa_type=key(10))
    subject_default: str | None = Field(default=None, sa_type=free_text(100))
    follow_up_of: int | None = Field(default=None, foreign_key="logged_segment.entry_no")
    logged_segment_entry_no: int | None = Field(default=None, foreign_key="logged_segment.entry_no")
    last_line_no: int = 0


class SegmentLine(Table, table=True):
    """The interaction that the segment will log for one contact. `customized` is a set of bits, one for each field that
    was set on the line itself (K11).
    """

    __tablename__ = "segment_line"
    __table_args__ = (
        *interaction_checks(),
        Index("ix_segment_line_contact_no", "contact_no", "segment_id"),
        Index("ix_segment_line_company_no", "company_no"),
    )

    segment_id: int = Field(primary_key=True, foreign_key="segment.id", sa_column_kwargs={"autoincrement": False})
    line_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    customized: int = 0
    contact_no: str | None = Field(default=None, sa_type=key(20), foreign_key="contact.no")
    company_no: str | None = Field(default=None, sa_type=key(20), foreign_key="contact.no")
    template_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_template.code")
    group_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_group.code")
    description: str | None = Field(default=None, sa_type=free_text(100))
    subject: str | None = Field(default=None, sa_type=free_text(100))
    date: dt.date
    time_of_interaction: dt.time | None = Field(default=None, sa_type=time_of_day())
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    campaign_no: str | None = Field(default=None, sa_type=key(20), foreign_key="campaign.no")
    cost: Decimal = Field(default=Decimal(0), sa_type=Money)
    duration: int = 0
    information_flow: str | None = Field(default=None, sa_type=key(10))
    initiated_by: str | None = Field(default=None, sa_type=key(10))
    campaign_target: bool = False
    campaign_response: bool = False
    correspondence_type: str | None = Field(default=None, sa_type=key(10))
    language_code: str | None = Field(default=None, sa_type=key(10))
    evaluation: str | None = Field(default=None, sa_type=key(20))
    attempt_failed: bool = False


class LoggedSegment(Table, table=True):
    """A segment that was logged. Several may have the same segment number (K9)."""

    __tablename__ = "logged_segment"
    __table_args__ = (
        Index("ix_logged_segment_segment_no", "segment_no"),
        Index("ix_logged_segment_follow_up_of", "follow_up_of"),
        table_options(never_reuse_keys=True),
    )

    entry_no: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    segment_no: str = Field(sa_type=key(20))
    description: str = Field(sa_type=free_text(100))
    creation_date: dt.date
    logged_at: dt.datetime = Field(sa_type=Instant)
    user_id: str = Field(sa_type=free_text(50))
    canceled: bool = False
    follow_up_of: int | None = Field(default=None, foreign_key="logged_segment.entry_no")
    interactions: int | None = None
    """How many interactions it has in the log: those that were logged, without canceled ones that were deleted. Null if
    it was not logged by the rules. Only `carnet check` reads it.
    """


class RetiredSegment(Table, table=True):
    """A segment that was deleted: its number is never used again (K7)."""

    __tablename__ = "retired_segment"
    __table_args__ = (Index("ix_retired_segment_no", "no"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    no: str = Field(sa_type=key(20))
