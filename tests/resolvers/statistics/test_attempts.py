"""The number of the first attempt of a contact that did not fail, from sums of its attempts."""

import datetime as dt
import random
from collections.abc import Sequence

import pytest
from sqlalchemy import Integer, literal, select, union_all

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from resolvers.statistics.attempts import ATTEMPTS, is_unknown, reached_at
from resolvers.statistics.derived import DerivedColumns
from resolvers.statistics.groupings import EntryOf
from resolvers.work import Work

FAILED, REACHED = True, False
START = dt.datetime(2024, 2, 28, 9)
Attempts = Sequence[tuple[dt.datetime, bool]]
"""When each attempt was made, in the order in which they were logged, and whether it failed."""


def at_days(*attempts: tuple[float, bool]) -> Attempts:
    """Attempts, each so many days after START."""
    return [(START + dt.timedelta(days), failed) for days, failed in attempts]


def known_numbers(work: Work, contacts: Sequence[Attempts]) -> list[int | None]:
    """For each contact the number of the first attempt that did not fail, None where the sums do not tell it."""
    columns = table_of(InteractionLogEntry).c
    rows = union_all(
        *(
            select(
                literal(number, Integer()).label("contact"),
                literal(moment.date(), columns.date.type).label("date"),
                literal(moment.time(), columns.time_of_interaction.type).label("time_of_interaction"),
                literal(failed, columns.attempt_failed.type).label("attempt_failed"),
            )
            for number, attempts in enumerate(contacts)
            for moment, failed in attempts
        )
    ).subquery("entries")
    entry = EntryOf(rows.c, rows.c.date, rows.c.date)
    sums = select(rows.c.contact, *(add(entry).label(name) for name, add in ATTEMPTS.items()))
    by_contact = sums.group_by(rows.c.contact).cte("sums")
    c = DerivedColumns("sums", lambda _: Integer())
    found = select(by_contact.c.contact, reached_at(c.__getitem__), is_unknown(c.__getitem__))
    read = {contact: (number, unknown) for contact, number, unknown in work.session.execute(found)}
    for number, attempts in enumerate(contacts):
        is_reached = any(not failed for _, failed in attempts)
        assert bool(read[number][1]) == (is_reached and read[number][0] is None), attempts
    return [read[number][0] for number in range(len(contacts))]


def first_reached(attempts: Attempts) -> int | None:
    """The right number of the first attempt that did not fail; None if all failed."""
    ordered = sorted(attempts, key=lambda attempt: attempt[0])
    return next((number for number, (_, failed) in enumerate(ordered, 1) if not failed), None)


@pytest.mark.parametrize(
    ("attempts", "number"),
    [
        (at_days((0, FAILED), (0, REACHED)), None),
        (at_days((0, REACHED), (1, FAILED), (2, FAILED)), 1),
        (at_days((0, FAILED), (0.1, FAILED), (0.2, REACHED)), 3),
        (at_days((0, FAILED), (0.1, REACHED), (0.2, FAILED)), 2),
        (at_days((0, FAILED), (1, REACHED), (2, FAILED), (9, FAILED)), 2),
        (at_days((0, FAILED), (1, FAILED), (2, REACHED), (9, FAILED)), None),
        (at_days((0, FAILED), (1, REACHED), (1, FAILED), (9, FAILED)), None),
        (at_days((0, FAILED), (1, REACHED), (7, FAILED), (8, FAILED), (9, FAILED)), 2),
        (at_days((0, FAILED), (1, REACHED), (2, FAILED), (3, FAILED), (9, FAILED)), None),
        (at_days((0, FAILED), (1, FAILED)), None),
    ],
)
def test_the_number_is_known_if_the_sums_allow_no_other(attempts: Attempts, number: int | None, work: Work) -> None:
    assert known_numbers(work, [attempts]) == [number]


def test_known_numbers_of_random_attempts_are_right(work: Work) -> None:
    chosen = random.Random(4)
    for days in (1, 3, 40):
        contacts = [
            at_days(*((chosen.randrange(days * 4) / 4, chosen.random() < 0.6) for _ in range(chosen.randint(1, 8))))
            for _ in range(80)
        ]
        numbers = known_numbers(work, contacts)
        pairs = zip(contacts, numbers, strict=True)
        assert [(each, number) for each, number in pairs if number not in (None, first_reached(each))] == []
        assert sum(number is not None for number in numbers) > 20


def test_the_sums_of_the_first_and_of_the_last_days_of_the_calendar_are_exact(work: Work) -> None:
    for day in (dt.datetime.min, dt.datetime.max.replace(microsecond=0) - dt.timedelta(days=9)):
        attempts = [(day + dt.timedelta(after), after not in (1,)) for after in (0, 1, 2, 9)]
        assert known_numbers(work, [attempts]) == [2]
