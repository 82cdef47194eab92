"""Changes of entries through the rules, in an order in which each has something to change."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Table as SqlTable
from sqlalchemy import select

from resolvers.campaigns import entries as campaign_entries
from resolvers.contacts import rules as contacts
from resolvers.imports import interactions as interaction_import
from resolvers.interactions import rules as interactions
from resolvers.interactions.entries import rules as entries
from resolvers.segments import rules as segments
from resolvers.segments.logging import logged_segments
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, LOGGED_SEGMENTS
from resolvers.work import Work
from tests.records import TODAY
from tests.resolvers.imports.importing_interactions import WHOLE
from tests.resolvers.interactions.test_entries import VISIT_CP1, of_contact
from tests.segment_lines import create_segment

LAST_YEAR = TODAY.replace(year=2025)


def newest(work: Work) -> int:
    entry_no: int = max(work.session.scalars(select(ENTRIES.c.entry_no)))
    return entry_no


def first(work: Work, table: SqlTable) -> int:
    """The lowest entry number."""
    entry_no: int = min(work.session.scalars(select(table.c.entry_no)))
    return entry_no


def log_segment(work: Work) -> int:
    segment = create_segment(work, "C1", "P1", template_code="VISIT", description="Spring", campaign_no="CP1")
    return segments.log(work, segment.no).logged_segment_entry_no


def import_file(work: Work, folder: Path) -> None:
    file = folder / "log.csv"
    file.write_text(WHOLE, "utf-8")
    interaction_import.run(work, file)


def resume(work: Work) -> None:
    postponed = interactions.postpone(work, VISIT_CP1, resume_on=TODAY)
    interactions.resume(work, postponed.entry_no, {"contact_no": "C1"})


Change = Callable[[Work, Path], object]
CHANGES: dict[str, tuple[Change, bool]] = {
    "create": (lambda work, _: interactions.create(work, {**VISIT_CP1, "date": LAST_YEAR}), True),
    "create with a comment": (lambda work, _: interactions.create(work, {**VISIT_CP1, "comments": ["Yes"]}), True),
    "postpone": (lambda work, _: interactions.postpone(work, VISIT_CP1), False),
    "resume": (lambda work, _: resume(work), True),
    "import": (import_file, True),
    "log": (lambda work, _: log_segment(work), True),
    "evaluate": (lambda work, _: entries.evaluate(work, matching=of_contact("C1"), evaluation="VERY_NEGATIVE"), True),
    "evaluate alike": (
        lambda work, _: entries.evaluate(work, matching=of_contact("C1"), evaluation="VERY_NEGATIVE"),
        False,
    ),
    "comment": (lambda work, _: entries.comment(work, newest(work), ["More"]), False),
    "anonymize": (lambda work, _: contacts.anonymize(work, "P1"), False),
    "cancel one": (lambda work, _: entries.set_canceled(work, entry_nos=[newest(work)], canceled=True), True),
    "un-cancel one": (lambda work, _: entries.set_canceled(work, entry_nos=[newest(work)], canceled=False), True),
    "cancel all of a campaign entry": (
        lambda work, _: campaign_entries.set_canceled(work, first(work, CAMPAIGN_ENTRIES), canceled=True),
        True,
    ),
    "delete canceled entries": (lambda work, _: entries.delete_canceled(work, of_contact("C1")), False),
    "cancel a logged segment": (
        lambda work, _: logged_segments.set_canceled(work, first(work, LOGGED_SEGMENTS), canceled=True),
        True,
    ),
    "un-cancel a logged segment": (
        lambda work, _: logged_segments.set_canceled(work, first(work, LOGGED_SEGMENTS), canceled=False),
        True,
    ),
    "undo": (lambda work, _: segments.undo(work, first(work, LOGGED_SEGMENTS), force=True), True),
    "delete a logged segment": (
        lambda work, _: logged_segments.delete_canceled(work, [first(work, LOGGED_SEGMENTS)]),
        False,
    ),
    "delete canceled campaign entries": (
        lambda work, _: campaign_entries.delete_canceled(work, lambda rows: rows.c.entry_no > 0),
        False,
    ),
}
"""The changes of entries, in this order, and whether they change sums."""
