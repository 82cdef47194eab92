"""How a segment came about: its steps, whom each put on or took off, and criteria kept for other segments (A.8)."""

import datetime as dt

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from persistence.columns import Instant, JsonText, Table, identity, key, one_of, words
from persistence.enums import SegmentStepAction


class StepCriteria(Table):
    """Whom a step means. `filter` is a filter of contacts in the shape of its input type, as the caller gave it.

    Contacts given by number stand in the order given; those of a logged segment are also named by
    `logged_segment_entry_no`, for there a contact stands once for each entry.
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
    """One criteria action. `no_of_contacts` counts those whom it put on or took off."""

    __tablename__ = "segment_step"
    __table_args__ = (one_of("action", SegmentStepAction), CheckConstraint("step_no > 0", name="step_no"))

    segment_id: int = Field(primary_key=True, foreign_key="segment.id", sa_column_kwargs={"autoincrement": False})
    step_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    no_of_contacts: int = 0
    at: dt.datetime = Field(sa_type=Instant)
    user_id: str = Field(sa_type=words(50))


class SegmentStepLine(Table, table=True):
    """A line that a step put on the segment or took off.

    Without foreign keys: there may be a million of a step, which a key each would make twice as dear, and a contact
    that stands on no segment any more may be deleted.
    """

    __tablename__ = "segment_step_line"

    segment_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    step_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    line_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    contact_no: str | None = Field(default=None, sa_type=key(20))


class SavedSegmentCriteria(Table, table=True):
    """The steps of a segment, kept under a code to be repeated on others (R-SAV)."""

    __tablename__ = "saved_segment_criteria"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = identity()
    code: str = Field(sa_type=key(10), unique=True)
    description: str = Field(sa_type=words(100))
    user_id: str = Field(sa_type=words(50))


class SavedSegmentStep(StepCriteria, table=True):
    """A step without its outcome: what it does is found out each time anew."""

    __tablename__ = "saved_segment_step"
    __table_args__ = (one_of("action", SegmentStepAction),)

    criteria_id: int = Field(
        primary_key=True, foreign_key="saved_segment_criteria.id", sa_column_kwargs={"autoincrement": False}
    )
    step_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
