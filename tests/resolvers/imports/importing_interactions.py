"""Imports lists of interactions."""

from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import select

from persistence.interactions import InteractionLogEntry
from resolvers.imports import ImportReport
from resolvers.imports import interactions as interaction_import
from resolvers.work import Work
from tests import records
from tests.import_files import import_errors

HEAD = "Entry No.,Contact No.,Contact Company No.,Date,Description,Interaction Template Code,Salesperson Code"
WHOLE = """Entry No.,Contact No.,Contact Company No.,Date,Description,Information Flow,Initiated By,Attachment No.,Cost (LCY),Duration (Min.),User ID,Interaction Group Code,Interaction Template Code,Interaction Language Code,Subject,Campaign No.,Campaign Entry No.,Campaign Response,Campaign Target,Segment No.,Evaluation,Time of Interaction,Attempt Failed,To-do No.,Salesperson Code,Delivery Status,Canceled,Correspondence Type,Contact Alt. Address Code,Logged Segment Entry No.,Document No.,Postponed,Contact Via
101,P1,C1,01/31/17,Visit,Outbound,Us,0,"1,045.50",180,DOM\\SUSAN,MEET,VISIT,ENU,Chairs,CP1,3,Yes,No,,Very Positive,2:30:00 PM,No,,JO, ,Yes,E-Mail,,0,,No,+1 514 555-0101
102,C1,C1,02/01/17,Call,Inbound,Them,0,0.00,15,,,CALLIN,,,,0,No,No,SM00007,,9:05:00 AM,Yes,,PS, ,No, ,,5,,No,
"""

errors = partial(import_errors, interaction_import.run, InteractionLogEntry)


def imported(work: Work, path: Path, **choices: Any) -> ImportReport:
    report = interaction_import.run(work, path, **choices)
    work.session.expire_all()
    return report


def stored(work: Work, entry_no: int, *names: str) -> Any:
    entry = records.stored(work, InteractionLogEntry, entry_no=entry_no)
    return tuple(getattr(entry, name) for name in names)


def logged(work: Work) -> list[int]:
    return sorted(work.session.exec(select(InteractionLogEntry.entry_no)))
