"""Segments: lists of contacts, the interaction assigned to them, and logging it for all at once (B.9 to B.12)."""

from resolvers.segments.canceling import OperationCanceled, nothing_under_way, still_open
from resolvers.segments.contacts import ContactsAdded, add_contacts
from resolvers.segments.criteria import CriteriaReused, CriteriaSaved, reuse, save
from resolvers.segments.deleting import SegmentDeleted, delete_segment
from resolvers.segments.fields import LineFields, SegmentFields
from resolvers.segments.follow_up import FollowUpCreated, create_follow_up
from resolvers.segments.header import SegmentCreated, SegmentUpdated, create, update
from resolvers.segments.lines import (
    LineChange,
    LinesAdded,
    LinesRemoved,
    LinesUpdated,
    add_lines,
    remove_lines,
    update_lines,
)
from resolvers.segments.logging import BlockedLines, Logged, log
from resolvers.segments.marks import MARKS
from resolvers.segments.plan import OnBlocked
from resolvers.segments.previewing import JudgedPage, Preview, judged_page, lines_there, preview
from resolvers.segments.reducing import ContactsRemoved, remove_contacts
from resolvers.segments.undoing import SegmentUndone, TouchedEntries, undo
from resolvers.segments.undoing_steps import StepUndone, undo_step
from resolvers.segments.verdict import JudgedLine, LineStatus
from resolvers.segments.warnings import warned, warnings_of

__all__ = [
    "MARKS",
    "BlockedLines",
    "ContactsAdded",
    "ContactsRemoved",
    "CriteriaReused",
    "CriteriaSaved",
    "FollowUpCreated",
    "JudgedLine",
    "JudgedPage",
    "LineChange",
    "LineFields",
    "LineStatus",
    "LinesAdded",
    "LinesRemoved",
    "LinesUpdated",
    "Logged",
    "OnBlocked",
    "OperationCanceled",
    "Preview",
    "SegmentCreated",
    "SegmentDeleted",
    "SegmentFields",
    "SegmentUndone",
    "SegmentUpdated",
    "StepUndone",
    "TouchedEntries",
    "add_contacts",
    "add_lines",
    "create",
    "create_follow_up",
    "delete_segment",
    "judged_page",
    "lines_there",
    "log",
    "nothing_under_way",
    "preview",
    "remove_contacts",
    "remove_lines",
    "reuse",
    "save",
    "still_open",
    "undo",
    "undo_step",
    "update",
    "update_lines",
    "warned",
    "warnings_of",
]
