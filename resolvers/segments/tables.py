"""The tables that segments are made of, as SQL sees them."""

from typing import cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import inspect

from persistence.campaigns import CampaignEntry
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry
from persistence.segment_steps import SavedSegmentStep, SegmentStep, SegmentStepLine
from persistence.segments import LoggedSegment, RetiredSegment, Segment, SegmentLine


def table(model: type[Table]) -> SqlTable:
    """The table of a model."""
    return cast(SqlTable, inspect(model).local_table)


CAMPAIGN_ENTRIES = table(CampaignEntry)
CONTACTS = table(Contact)
ENTRIES = table(InteractionLogEntry)
LINES = table(SegmentLine)
LOGGED_SEGMENTS = table(LoggedSegment)
RETIRED_SEGMENTS = table(RetiredSegment)
SAVED_STEPS = table(SavedSegmentStep)
SEGMENTS = table(Segment)
STEP_LINES = table(SegmentStepLine)
STEPS = table(SegmentStep)
