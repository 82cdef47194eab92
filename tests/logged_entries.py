"""Reads the entries of a logged segment: `entries_of(work, logged, "contact_no", "cost")`."""

from typing import Any

from sqlalchemy import func, select

from persistence.campaigns import CampaignEntry
from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.segments import LoggedSegment
from resolvers.segments import rules as segments
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work


def entries_of(work: Work, logged: segments.Logged, *names: str) -> list[Any]:
    """These columns of the entries of a logged segment, sorted by number: tuples, or single values for one name."""
    statement = select(*(ENTRIES.c[name] for name in names)).order_by(ENTRIES.c.entry_no)
    rows = work.session.execute(
        statement.where(ENTRIES.c.logged_segment_entry_no == logged.logged_segment_entry_no)
    ).all()
    return [row[0] if len(names) == 1 else tuple(row) for row in rows]


def nothing_is_logged(work: Work) -> bool:
    rows = [
        work.session.scalar(select(func.count()).select_from(table_of(model)))
        for model in (InteractionLogEntry, LoggedSegment, CampaignEntry)
    ]
    return rows == [0, 0, 0]
