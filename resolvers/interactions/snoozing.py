"""Putting postponed interactions off, and holding several of them at once (R-PLIST)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Date, case, false, func, literal, select, update

from persistence.conditions import DaysAfter, among
from persistence.interactions import PostponedInteraction
from resolvers.errors import Invalid, Refused, refuse_any
from resolvers.french import day, number
from resolvers.refusals import NotPostponed
from resolvers.segments.tables import table
from resolvers.selections import SHOWN, Matching, check_count
from resolvers.work import Work

ROWS = table(PostponedInteraction)
MOST_DAYS = 3660


@dataclass(frozen=True)
class Snoozed:
    """How many are to be resumed on another day now, and the first of those that were meant."""

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
    """Resume them later: on a day from today on, or `days` after the later of today and their present day.

    By numbers all of them, or none if one is not postponed. What changes gets a new version; who postponed it, and
    when, stays.
    """
    new_day = _new_day(work, days, until)
    if entry_nos is not None:
        held = claim_all(work, entry_nos, "postponed", "entry_nos")
    else:
        held = _claim(work, matching(ROWS) if matching else false())
    changes = (
        update(ROWS)
        .where(among(ROWS.c.entry_no, held), ROWS.c.resume_on.is_distinct_from(new_day))
        .values(resume_on=new_day, version=ROWS.c.version + 1)
    )
    return Snoozed(cast("CursorResult[Any]", work.session.execute(changes)).rowcount, held[:SHOWN])


def claim_all(work: Work, entry_nos: Sequence[int], *field: str) -> list[int]:
    """The postponed interactions with these numbers, nobody else's until the transaction ends; none if one is not
    postponed.
    """
    check_count(entry_nos, *field)
    wanted = sorted(set(entry_nos))
    there = set(_claim(work, among(ROWS.c.entry_no, wanted))) if wanted else set()
    refuse_any([NotPostponed(*field, entry_no=entry_no) for entry_no in wanted if entry_no not in there])
    return wanted


def _claim(work: Work, where: ColumnElement[bool]) -> list[int]:
    return list(work.session.scalars(select(ROWS.c.entry_no).where(where).order_by(ROWS.c.entry_no).with_for_update()))


def _new_day(work: Work, days: int | None, until: dt.date | None) -> ColumnElement[Any]:
    """The new day: never in the past, at most the last day of the calendar."""
    if (days is None) == (until is None):
        raise Refused(
            Invalid(
                "days",
                english="Say either for how many days or until which day to put them off.",
                french="Indiquez soit de combien de jours, soit jusqu’à quel jour les reporter.",
            )
        )
    if until is not None:
        if until < work.today:
            raise Refused(
                Invalid(
                    "until",
                    english=f"{until} has passed. Put them off until {work.today} or a later day.",
                    french=f"Le {day(until)} est passé. Reportez-les au {day(work.today)} ou à un jour ultérieur.",
                )
            )
        return literal(until, Date())
    if days is None or not 1 <= days <= MOST_DAYS:
        raise Refused(
            Invalid(
                "days",
                english=f"Put them off by 1 to {MOST_DAYS:,} days.",
                french=f"Reportez-les de 1 à {number(MOST_DAYS)} jours.",
            )
        )
    today, latest = literal(work.today, Date()), literal(dt.date.max - dt.timedelta(days=days), Date())
    wanted = func.coalesce(ROWS.c.resume_on, today, type_=Date())
    later = case((wanted > today, wanted), else_=today)
    return case((later > latest, literal(dt.date.max, Date())), else_=DaysAfter(later, days))
