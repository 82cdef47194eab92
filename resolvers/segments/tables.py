"""The SQL tables of segments and of what logging writes."""

from persistence.campaigns import CampaignEntry
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry
from persistence.segment_steps import SavedSegmentStep, SegmentStep, SegmentStepLine
from persistence.segments import LoggedSegment, RetiredSegment, Segment, SegmentLine

CAMPAIGN_ENTRIES = table_of(CampaignEntry)
CONTACTS = table_of(Contact)
ENTRIES = table_of(InteractionLogEntry)
LINES = table_of(SegmentLine)
LOGGED_SEGMENTS = table_of(LoggedSegment)
RETIRED_SEGMENTS = table_of(RetiredSegment)
SAVED_STEPS = table_of(SavedSegmentStep)
SEGMENTS = table_of(Segment)
STEP_LINES = table_of(SegmentStepLine)
STEPS = table_of(SegmentStep)
