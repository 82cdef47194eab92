"""Segments: lists of contacts, the interaction assigned to them, and logging it for all at once (B.9 to B.12)."""

from resolvers.segments.contacts import ContactsAdded, add_contacts
from resolvers.segments.criteria import CriteriaReused, CriteriaSaved, reuse, save
from resolvers.segments.deleting import SegmentDeleted, delete_segment
from resolvers.segments.fields import LineFields, SegmentFields
from resolvers.segments.going_back import StepUndone, undo_step
from resolvers.segments.header import SegmentCreated, SegmentUpdated, create, update
from resolvers.segments.lines import LineChange, LinesAdded, LinesRemoved, LinesUpdated, add_lines, remove_lines, update_lines
from resolvers.segments.logging import Logged, log
from resolvers.segments.marks import MARKS
from resolvers.segments.reducing import ContactsRemoved, remove_contacts
from resolvers.segments.verdict import BlockedLines

__all__ = [
    "MARKS", "BlockedLines", "ContactsAdded", "ContactsRemoved", "CriteriaReused", "CriteriaSaved", "LineChange", "LineFields",
    "LinesAdded", "LinesRemoved", "LinesUpdated", "Logged", "SegmentCreated", "SegmentDeleted", "SegmentFields",
    "SegmentUpdated", "StepUndone", "add_contacts", "add_lines", "create", "delete_segment", "log", "remove_contacts",
    "remove_lines", "reuse", "save", "undo_step", "update", "update_lines",
]
