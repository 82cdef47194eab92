"""Changing the day on which postponed interactions are to be resumed, and locking several of them (R-PLIST)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Date, case, false, func, literal, select, update

from persistence.columns import table_of
from persistence.interactions import PostponedInteraction
from persistence.sql.conditions import DaysAfter, among
from resolvers import change_feed, own_changes
from resolvers.errors import Invalid, Refused, refuse_any
from resolvers.french_grammar import day, number
from resolvers.refusals import NotPostponed
from resolvers.selections import MAX_SHOWN, Matching, check_count
from resolvers.work import Work

ROWS = table_of(PostponedInteraction)
MAX_DAYS = 3660


@dataclass(frozen=True)
class Snoozed:
    """How many interactions got another day, and the numbers of the selected ones, the first 100."""

    changed: int
    entry_nos: list[int]


def snooze(
    work: Work,
    *,
    days: int | None = None,
    until: dt.date | None = None,
    entry_nos: Sequence[int] | None = None,
    matching: Matching | None = None,
) -> Snoozed:
    """Set the day to resume the selected interactions: `until`, which is not in the past, or `days` after the later of
    today and their current day.

    Selected by number, all are changed, or none if one is not postponed. The version of a changed interaction rises;
    the user who postponed it and the time of that stay.
    """
    new_day = _new_day(work, days, until)
    if entry_nos is not None:
        locked = lock_all(work, entry_nos, "postponed", "entry_nos")
    else:
        locked = _lock(work, matching(ROWS) if matching else false())
    different = (among(ROWS.c.entry_no, locked), ROWS.c.resume_on.is_distinct_from(new_day))
    change_feed.record(work, change_feed.UPDATED, ROWS, *different)
    changed = work.write(
        update(ROWS).where(*different).values(resume_on=new_day, version=ROWS.c.version + 1, snoozed_at=work.now)
    )
    return Snoozed(changed, locked[:MAX_SHOWN])


def lock_all(work: Work, entry_nos: Sequence[int], *field: str) -> list[int]:
    """Lock the postponed interactions with these numbers until the transaction ends, and return the numbers sorted.

    Refused if one of them is not postponed. `field` is the argument with the numbers.
    """
    check_count(entry_nos, *field)
    wanted = sorted(set(entry_nos))
    locked = set(_lock(work, among(ROWS.c.entry_no, wanted))) if wanted else set()
    refuse_any([NotPostponed(*field, entry_no=entry_no) for entry_no in wanted if entry_no not in locked])
    return wanted


def _lock(work: Work, where: ColumnElement[bool]) -> list[int]:
    """Lock those of the selected rows that the user sees. Forbidden if one is not their own."""
    visible = select(ROWS.c.entry_no).where(where, work.is_visible(PostponedInteraction))
    locked = list(work.session.scalars(visible.order_by(ROWS.c.entry_no).with_for_update()))
    own_changes.check_interactions(work, PostponedInteraction, among(ROWS.c.entry_no, locked))
    return locked


def _new_day(work: Work, days: int | None, until: dt.date | None) -> ColumnElement[dt.date]:
    """The new day: never in the past, and at most the last day of the calendar."""
    if (days is None) == (until is None):
        raise Refused(
            Invalid(
                "days",
                english="Give either days or until, and not both.",
                french="Donnez soit days, soit until, mais pas les deux.",
            )
        )
    if until is not None:
        if until < work.today:
            raise Refused(
                Invalid(
                    "until",
                    english=f"{until} is in the past. Give {work.today} or a later day.",
                    french=f"Le {day(until)} est passé. Donnez le {day(work.today)} ou un jour ultérieur.",
                )
            )
        return literal(until, Date())
    if days is None or not 1 <= days <= MAX_DAYS:
        raise Refused(
            Invalid("days", english=f"Give 1 to {MAX_DAYS:,} days.", french=f"Donnez de 1 à {number(MAX_DAYS)} jours.")
        )
    today, latest = literal(work.today, Date()), literal(dt.date.max - dt.timedelta(days=days), Date())
    current = func.coalesce(ROWS.c.resume_on, today, type_=Date())
    later = case((current > today, current), else_=today)
    return case((later > latest, literal(dt.date.max, Date())), else_=DaysAfter(later, days))
