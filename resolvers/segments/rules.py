"""The commands on segments, each from a module of its own."""

from resolvers.segments.adding_contacts import AddingOptions, ContactsAdded, add_contacts
from resolvers.segments.canceling import OperationCanceled, no_running_operation, open_segment_id
from resolvers.segments.changing_criteria import CriteriaDeleted, CriteriaRenamed, delete_criteria, rename_criteria
from resolvers.segments.creating import SegmentCreated, create
from resolvers.segments.deleting import SegmentDeleted, delete
from resolvers.segments.fields import LineFields, SegmentFields
from resolvers.segments.lines.adding_lines import LinesAdded, add_lines
from resolvers.segments.lines.removing_lines import LinesRemoved, remove_lines
from resolvers.segments.lines.updating_lines import LineChange, LinesUpdated, update_lines
from resolvers.segments.logging.follow_up import FollowUpCreated, create_follow_up
from resolvers.segments.logging.line_status import CheckedLine, LineStatus
from resolvers.segments.logging.log_segment import BlockedLines, Logged, log
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.segments.logging.previewing import LinesPage, Preview, existing_lines, lines_page, preview
from resolvers.segments.logging.undoing import SegmentUndone, TouchedEntries, undo
from resolvers.segments.logging.warnings import count_lines_with_warnings, warnings_of_lines
from resolvers.segments.removing_contacts import ContactsRemoved, RemovingOptions, remove_contacts
from resolvers.segments.saved_criteria import CriteriaReused, CriteriaSaved, reuse_criteria, save_criteria
from resolvers.segments.undoing_steps import StepUndone, undo_step
from resolvers.segments.updating import SegmentUpdated, update

__all__ = [
    "AddingOptions",
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
    "RemovingOptions",
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
