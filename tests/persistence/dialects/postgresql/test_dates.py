"""Both databases store every date of the calendar, from 0001-01-01 to 9999-12-31."""

import datetime as dt

from sqlalchemy import Date, literal, select, text

from persistence.sql.conditions import DayOfWeek, among
from resolvers.work import Work
from tests.statements import is_postgresql

DAYS = [dt.date.min, dt.date(1999, 12, 31), dt.date(2000, 1, 1), dt.date.max]


def test_every_date_is_read_as_it_was_written_and_has_a_day_of_the_week(work: Work) -> None:
    each = [literal(day, Date()) for day in DAYS]

    found = work.session.execute(select(*each, *(DayOfWeek(day) for day in each))).one()

    assert list(found) == [*DAYS, *(day.isoweekday() for day in DAYS)]


def test_every_date_is_found_in_a_list_of_dates(work: Work) -> None:
    for day in DAYS:
        assert work.session.scalar(select(among(literal(day, Date()), DAYS)))
        assert not work.session.scalar(select(among(literal(day, Date()), [other for other in DAYS if other != day])))


def test_infinite_dates_of_earlier_versions_are_read_as_the_ends_of_the_calendar(work: Work) -> None:
    if is_postgresql(work):
        found = work.session.execute(text("SELECT 'infinity'::date, '-infinity'::date, NULL::date")).one()
        assert tuple(found) == (dt.date.max, dt.date.min, None)
