"""Segments: lists of contacts, the interaction assigned to them, and logging it for all at once (B.9 to B.12)."""

from resolvers.segments.contacts import ContactsAdded, add_contacts
from resolvers.segments.fields import LineFields, SegmentFields
from resolvers.segments.header import SegmentCreated, SegmentUpdated, create, update
from resolvers.segments.lines import LineChange, LinesAdded, LinesRemoved, LinesUpdated, add_lines, remove_lines, update_lines
from resolvers.segments.logging import Logged, log
from resolvers.segments.marks import MARKS
from resolvers.segments.verdict import BlockedLines

__all__ = [
    "MARKS", "BlockedLines", "ContactsAdded", "LineChange", "LineFields", "LinesAdded", "LinesRemoved", "LinesUpdated",
    "Logged", "SegmentCreated", "SegmentFields", "SegmentUpdated", "add_contacts", "add_lines", "create", "log",
    "remove_lines", "update", "update_lines",
]
