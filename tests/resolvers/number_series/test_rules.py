"""Updating and deleting number series with their lines (R-NUM-1, R-NUM-2, K6)."""

import asyncio
import datetime as dt
from typing import Any

from sqlmodel import Session, select

from persistence.database import Database
from persistence.setup import NumberSeries, NumberSeriesLine
from resolvers import number_series
from resolvers.number_series import rules as series_rules
from resolvers.number_series.rules import NumberSeriesLineFields
from resolvers.work import User, Work
from tests import records
from tests.change_log import recorded_changes
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of


def lines_of(work: Work, code: str) -> list[tuple[Any, ...]]:
    work.session.expire_all()
    rows = work.session.exec(select(NumberSeriesLine).filter_by(series_code=code).order_by("line_no"))
    return [(row.line_no, row.starting_date, row.starting_no, row.last_no_used, row.open) for row in rows]


def test_flags_and_description_change_without_the_lines_r_num_2(work: Work) -> None:
    records.insert_number_series(work, "S", starting_no="S1", last_no_used="S5")

    made = series_rules.update(work, " s ", {"manual_nos": True, "default_nos": None}, expected_version=1)

    series = records.stored(work, NumberSeries, code="S")
    assert (made.version, series.manual_nos, series.default_nos, series.date_order) == (2, True, False, False)
    assert lines_of(work, "S") == [(1, None, "S1", "S5", True)]
    assert recorded_changes(work) == [
        ("S", "UPDATED", {"manualNos": ("false", "true"), "defaultNos": ("true", "false")})
    ]


def test_a_line_that_starts_on_the_same_day_continues_after_its_last_number_r_num_1(work: Work) -> None:
    records.insert_number_series(
        work, "S", starting_no="S1", ending_no="S5", last_no_used="S5", last_date_used=records.TODAY, open=False
    )
    next_year = dt.date(2027, 1, 1)
    lines: list[NumberSeriesLineFields] = [
        {"starting_date": next_year, "starting_no": "N1", "increment_by": 1},
        {"starting_no": "S1", "ending_no": "S9", "increment_by": 1},
    ]

    series_rules.update(work, "S", {"lines": lines})

    assert lines_of(work, "S") == [(1, next_year, "N1", None, True), (2, None, "S1", "S5", True)]
    assert records.stored(work, NumberSeriesLine, series_code="S", line_no=2).last_date_used == records.TODAY
    records.change_setup(work, segment_nos="S")
    assert number_series.next_no(work, "segment_nos") == "S6"
    assert '"lastNoUsed": "S5"' in (recorded_changes(work)[0][2]["lines"][1] or "")


def test_a_given_last_number_is_used_and_null_starts_again_r_num_1(work: Work) -> None:
    records.insert_number_series(work, "S", starting_no="S1", last_no_used="S5")

    series_rules.update(work, "S", {"lines": [{"starting_no": "S1", "increment_by": 1, "last_no_used": "s7"}]})
    assert lines_of(work, "S")[0][3] == "S7"
    series_rules.update(work, "S", {"lines": [{"starting_no": "T1", "increment_by": 1, "last_no_used": None}]})
    assert lines_of(work, "S")[0][2:4] == ("T1", None)


def test_replacing_lines_by_equal_ones_is_no_change(work: Work) -> None:
    records.insert_number_series(work, "S", starting_no="S1", last_no_used="S5")

    assert series_rules.update(work, "S", {"lines": [{"starting_no": "s1", "increment_by": 1}]}).version == 1
    assert lines_of(work, "S") == [(1, None, "S1", "S5", True)]


def test_a_last_number_with_other_letters_than_the_line_is_refused(work: Work) -> None:
    records.insert_number_series(work, "S", starting_no="S1", last_no_used="S5")

    assert refusals_of(
        series_rules.update, work, "S", {"description": "", "lines": [{"starting_no": "T1", "increment_by": 1}]}
    ) == [("INVALID", ("number_series", "description")), ("INVALID", ("number_series", "lines", "0", "last_no_used"))]
    assert refusal_codes(series_rules.update, work, "S", {}, expected_version=2) == ["STALE_VERSION"]
    assert refusals_of(series_rules.update, work, "XX", {}) == [("NUMBER_SERIES_NOT_FOUND", ("code",))]


def test_a_series_that_the_setup_names_is_not_deleted_k6(work: Work) -> None:
    assert refusals_of(series_rules.delete, work, "SEGM") == [("IN_USE", ("code",))]
    records.change_setup(work, segment_nos=None)

    series_rules.delete(work, "segm")

    assert work.find(NumberSeries, code="SEGM") is None
    assert lines_of(work, "SEGM") == []
    assert refusal_codes(series_rules.delete, work, "SEGM") == ["NUMBER_SERIES_NOT_FOUND"]


def test_numbers_drawn_while_lines_are_replaced_are_different(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def draw(session: Session) -> str:
        return number_series.next_no(Work(session, User("tester"), NOW), "segment_nos")

    def replace(session: Session) -> int:
        lines: list[NumberSeriesLineFields] = [{"starting_no": "SM00001", "increment_by": 1, "ending_no": "SM99999"}]
        return series_rules.update(Work(session, User("tester"), NOW), "SEGM", {"lines": lines}).id

    async def at_once() -> list[Any]:
        return await asyncio.gather(*(database.writing(replace if turn % 4 == 0 else draw) for turn in range(24)))

    drawn = [no for no in loop.run_until_complete(at_once()) if isinstance(no, str)]

    assert len(set(drawn)) == len(drawn) == 18
