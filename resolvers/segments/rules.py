"""The commands on segments, each from a module of its own."""

from resolvers.segments.adding_contacts import ContactsAdded, add_contacts
from resolvers.segments.adding_lines import LinesAdded, add_lines
from resolvers.segments.canceling import OperationCanceled, no_running_operation, open_segment_id
from resolvers.segments.changing_criteria import CriteriaDeleted, CriteriaRenamed, delete_criteria, rename_criteria
from resolvers.segments.creating import SegmentCreated, create
from resolvers.segments.deleting import SegmentDeleted, delete
from resolvers.segments.fields import LineFields, SegmentFields
from resolvers.segments.follow_up import FollowUpCreated, create_follow_up
from resolvers.segments.line_status import CheckedLine, LineStatus
from resolvers.segments.logging import BlockedLines, Logged, log
from resolvers.segments.logging_plan import OnBlocked
from resolvers.segments.previewing import LinesPage, Preview, existing_lines, lines_page, preview
from resolvers.segments.removing_contacts import ContactsRemoved, remove_contacts
from resolvers.segments.removing_lines import LinesRemoved, remove_lines
from resolvers.segments.saved_criteria import CriteriaReused, CriteriaSaved, reuse_criteria, save_criteria
from resolvers.segments.undoing import SegmentUndone, TouchedEntries, undo
from resolvers.segments.undoing_steps import StepUndone, undo_step
from resolvers.segments.updating import SegmentUpdated, update
from resolvers.segments.updating_lines import LineChange, LinesUpdated, update_lines
from resolvers.segments.warnings import count_lines_with_warnings, warnings_of_lines

__all__ = [
    "BlockedLines",
    "CheckedLine",
    "ContactsAdded",
    "ContactsRemoved",
    "CriteriaDeleted",
    "CriteriaRenamed",
    "CriteriaReused",
    "CriteriaSaved",
    "FollowUpCreated",
    "LineChange",
    "LineFields",
    "LineStatus",
    "LinesAdded",
    "LinesPage",
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
    "count_lines_with_warnings",
    "create",
    "create_follow_up",
    "delete",
    "delete_criteria",
    "existing_lines",
    "lines_page",
    "log",
    "no_running_operation",
    "open_segment_id",
    "preview",
    "remove_contacts",
    "remove_lines",
    "rename_criteria",
    "reuse_criteria",
    "save_criteria",
    "undo",
    "undo_step",
    "update",
    "update_lines",
    "warnings_of_lines",
]
