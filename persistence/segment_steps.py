"""The steps by which contacts were added to a segment or removed, and saved criteria for other segments (A.8)."""

import datetime as dt

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from persistence.columns import EnumCheck, Instant, JsonText, Table, free_text, key, surrogate_key, table_options
from persistence.enums import SegmentStepAction


class StepCriteria(Table):
    """Which contacts a step selects. `filter` is a filter of contacts in the shape of its GraphQL input type, as the
    client sent it.

    Contacts given by number (`by_number`) keep their order. Contacts of a logged segment are selected by
    `logged_segment_entry_no` as well, because a contact may occur there several times, once for each entry.
    """

    action: str = Field(sa_type=key(20))
    filter: dict[str, object] | None = Field(default=None, sa_type=JsonText)
    by_number: bool = False
    logged_segment_entry_no: int | None = None
    expand_companies: bool = False
    allow_related_companies: bool = False
    ignore_exclusion: bool = False
    allow_existing_contacts: bool = False
    entire_companies: bool = False


class SegmentStep(StepCriteria, table=True):
    """A step of a segment. `no_of_contacts` counts the contacts that it added or removed."""

    __tablename__ = "segment_step"
    __table_args__ = (EnumCheck("action", SegmentStepAction), CheckConstraint("step_no > 0", name="step_no"))

    segment_id: int = Field(primary_key=True, foreign_key="segment.id", sa_column_kwargs={"autoincrement": False})
    step_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    no_of_contacts: int = 0
    at: dt.datetime = Field(sa_type=Instant)
    user_id: str = Field(sa_type=free_text(50))


class SegmentStepLine(Table, table=True):
    """A line that a step added to the segment or removed from it.

    Without foreign keys: a step may have a million lines, whose insertion would take twice as long, and a contact
    without segment lines may be deleted.
    """

    __tablename__ = "segment_step_line"

    segment_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    step_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    line_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    contact_no: str | None = Field(default=None, sa_type=key(20))


class SavedSegmentCriteria(Table, table=True):
    """The steps of a segment, saved under a code to be applied to other segments (R-SAV)."""

    __tablename__ = "saved_segment_criteria"
    __table_args__ = (table_options(never_reuse_keys=True),)

    id: int | None = surrogate_key()
    code: str = Field(sa_type=key(10), unique=True)
    description: str = Field(sa_type=free_text(100))
    user_id: str = Field(sa_type=free_text(50))


class SavedSegmentStep(StepCriteria, table=True):
    """A saved step. Its contacts are selected again each time it is applied."""

    __tablename__ = "saved_segment_step"
    __table_args__ = (EnumCheck("action", SegmentStepAction),)

    criteria_id: int = Field(
        primary_key=True, foreign_key="saved_segment_criteria.id", sa_column_kwargs={"autoincrement": False}
    )
    step_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
