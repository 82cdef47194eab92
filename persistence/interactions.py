"""Interactions: log entries, postponed interactions, and the comments of both (A.9)."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import Boolean, Index, Sequence, column, false, or_
from sqlalchemy import text as sql
from sqlmodel import Field

from persistence.columns import Instant, Money, Table, free_text, index, key, time_of_day
from persistence.interaction_checks import interaction_checks

ENTRY_NOS = Sequence("interaction_entry_no", metadata=Table.metadata)
"""One sequence of numbers for logged and postponed interactions: resuming keeps the number (K2). See
`persistence.entry_numbers`.
"""

NEWEST = ("date", "time_of_interaction", "entry_no")
IS_UNUSUAL = or_(column("canceled", Boolean()), column("attempt_failed", Boolean()))
"""Whether an interaction is canceled or failed, so that it may not count as the last one of its contact. An index finds
these among the many of a large day.
"""


def _sparse(*columns: str, where: str = "{} IS NOT NULL") -> Index:
    """An index of the rows whose first column is not null."""
    return index(f"ix_interaction_log_entry_{columns[0]}", *columns, where=sql(where.format(columns[0])))


def _newest_of(owner: str) -> Index:
    """An index of the entries of a contact or company. PostgreSQL finds the last interaction in it alone (R-CON-1).

    `include` saves time against further key columns: a page of contacts ordered by last interaction takes 220 instead
    of 570 ms.
    """
    include = ["canceled", "attempt_failed"]
    return index(f"ix_interaction_log_entry_{owner}", f"{owner}_no", *NEWEST, include=include)


class InteractionLogEntry(Table, table=True):
    """A finished interaction. Only its evaluation, its comments and the canceled mark can change (R-ENT).

    No index has the evaluation, so that PostgreSQL need not write to the indexes when it changes. Figures by template,
    group, salesperson or campaign read `day_sum`. The entries of logged segments with some number are found through
    `logged_segment`.

    On PostgreSQL 5 % of each page stay free for new versions of its rows (migration 0017): where there is no room, even
    evaluating an entry writes to all indexes.
    """

    __tablename__ = "interaction_log_entry"
    __table_args__ = (
        *interaction_checks(),
        Index("ix_interaction_log_entry_newest", *NEWEST),
        _newest_of("contact"),
        _newest_of("company"),
        index(
            "ix_interaction_log_entry_contact_salesperson",
            "contact_salesperson_code",
            *NEWEST,
            where=sql("contact_salesperson_code IS DISTINCT FROM salesperson_code"),
        ),
        Index("ix_interaction_log_entry_salesperson", "salesperson_code", *NEWEST),
        Index("ix_interaction_log_entry_template", "template_code", *NEWEST),
        _sparse("campaign_no", *NEWEST),
        _sparse("segment_no", *NEWEST, where="{} IS NOT NULL AND logged_segment_entry_no IS NULL"),
        _sparse("logged_segment_entry_no", *NEWEST),
        _sparse("campaign_entry_no"),
        index("ix_interaction_log_entry_unusual", "date", where=IS_UNUSUAL),
    )

    entry_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    contact_no: str | None = Field(default=None, sa_type=key(20), foreign_key="contact.no")
    company_no: str | None = Field(default=None, sa_type=key(20), foreign_key="contact.no")
    date: dt.date
    time_of_interaction: dt.time = Field(sa_type=time_of_day())
    description: str = Field(sa_type=free_text(100))
    subject: str | None = Field(default=None, sa_type=free_text(100))
    template_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_template.code")
    group_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_group.code")
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    contact_salesperson_code: str | None = Field(default=None, sa_type=key(20))
    """The salesperson that the contact has now, who may see the interaction too (K30). It changes with the contact."""
    campaign_no: str | None = Field(default=None, sa_type=key(20), foreign_key="campaign.no")
    campaign_entry_no: int | None = Field(default=None, foreign_key="campaign_entry.entry_no")
    campaign_target: bool = False
    campaign_response: bool = False
    information_flow: str | None = Field(default=None, sa_type=key(10))
    initiated_by: str | None = Field(default=None, sa_type=key(10))
    correspondence_type: str | None = Field(default=None, sa_type=key(10))
    language_code: str | None = Field(default=None, sa_type=key(10))
    evaluation: str | None = Field(default=None, sa_type=key(20))
    attempt_failed: bool = False
    cost: Decimal = Field(default=Decimal(0), sa_type=Money)
    duration: int = 0
    contact_via: str | None = Field(default=None, sa_type=free_text(80))
    segment_no: str | None = Field(default=None, sa_type=key(20))
    logged_segment_entry_no: int | None = Field(default=None, foreign_key="logged_segment.entry_no")
    canceled: bool = False
    canceled_with: int | None = None
    """The logged segment that it was canceled with; null if it was canceled by itself (K17)."""
    changed_at: dt.datetime | None = Field(default=None, sa_type=Instant)
    """When it was last evaluated, commented or un-canceled; null if it is unchanged since it was logged (K18)."""
    imported: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    user_id: str = Field(sa_type=free_text(50))
    logged_at: dt.datetime = Field(sa_type=Instant)


class PostponedInteraction(Table, table=True):
    """An interaction saved to be finished later (R-POST). It is not in the log, nor in its lists and statistics
    (R-POST-4).
    """

    __tablename__ = "postponed_interaction"
    __table_args__ = (
        *interaction_checks(),
        Index("ix_postponed_interaction_resume_on", "resume_on", "entry_no"),
        Index("ix_postponed_interaction_contact_no", "contact_no", "entry_no"),
        Index("ix_postponed_interaction_company_no", "company_no", "entry_no"),
        Index("ix_postponed_interaction_salesperson_code", "salesperson_code", "entry_no"),
    )

    entry_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = 1
    contact_no: str | None = Field(default=None, sa_type=key(20), foreign_key="contact.no")
    company_no: str | None = Field(default=None, sa_type=key(20), foreign_key="contact.no")
    date: dt.date | None = None
    time_of_interaction: dt.time | None = Field(default=None, sa_type=time_of_day())
    description: str | None = Field(default=None, sa_type=free_text(100))
    template_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_template.code")
    group_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_group.code")
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    campaign_no: str | None = Field(default=None, sa_type=key(20), foreign_key="campaign.no")
    campaign_target: bool = False
    campaign_response: bool = False
    information_flow: str | None = Field(default=None, sa_type=key(10))
    initiated_by: str | None = Field(default=None, sa_type=key(10))
    correspondence_type: str | None = Field(default=None, sa_type=key(10))
    language_code: str | None = Field(default=None, sa_type=key(10))
    evaluation: str | None = Field(default=None, sa_type=key(20))
    attempt_failed: bool = False
    cost: Decimal | None = Field(default=None, sa_type=Money)
    duration: int | None = None
    contact_via: str | None = Field(default=None, sa_type=free_text(80))
    resume_on: dt.date | None = None
    reason: str | None = Field(default=None, sa_type=free_text(250))
    user_id: str = Field(sa_type=free_text(50))
    postponed_at: dt.datetime = Field(sa_type=Instant)
    snoozed_at: dt.datetime | None = Field(default=None, sa_type=Instant)
    """When it was last moved to another day by `snooze`; null if it was not since it was postponed."""


class InteractionComment(Table, table=True):
    """A comment on an interaction, logged or postponed: both have the same number, so resuming keeps the comments."""

    __tablename__ = "interaction_comment"

    entry_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    line_no: int = Field(primary_key=True)
    date: dt.date
    comment: str = Field(sa_type=free_text(2000))
    user_id: str = Field(sa_type=free_text(50))


class EntryCounter(Table, table=True):
    """The last entry number given, in one row, where the database has no sequences."""

    __tablename__ = "interaction_entry_counter"

    id: int = Field(primary_key=True)
    last_no: int
