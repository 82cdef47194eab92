"""Drawing numbers from number series (R-NUM)."""

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlmodel import Session

from persistence.database import Database
from persistence.setup import NumberSeries, NumberSeriesLine
from resolvers import number_series
from resolvers.campaigns import rules as campaigns
from resolvers.contacts import rules as contacts
from resolvers.errors import Refused
from resolvers.number_series import rules as series_rules
from resolvers.number_series.rules import NumberSeriesFields
from resolvers.work import User, Work
from tests import records
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of


def insert_series(work: Work, **line: Any) -> None:
    """Series S for segments, with one line."""
    records.insert_number_series(work, "S", **line)
    records.change_setup(work, segment_nos="S")


def draw(work: Work) -> str:
    return number_series.next_no(work, "segment_nos")


def test_a_new_company_has_number_series_for_its_first_numbers_k23(work: Work) -> None:
    drawn = [number_series.next_no(work, field) for field in ("contact_nos", "segment_nos", "campaign_nos")]

    assert drawn == ["CT000001", "SM00001", "CP0001"]


def test_the_next_number_is_the_last_used_plus_the_increment_r_num_1(work: Work) -> None:
    insert_series(work, starting_no="SM00001", last_no_used="SM00010", increment_by=5)

    assert [draw(work), draw(work)] == ["SM00015", "SM00020"]


def test_d1_004_the_number_after_sm00010_is_sm00011_and_its_date_is_stored(work: Work) -> None:
    insert_series(work, starting_no="SM00001", last_no_used="SM00010")

    assert draw(work) == "SM00011"

    line = records.stored(work, NumberSeriesLine, series_code="S")
    assert (line.last_no_used, line.last_date_used) == ("SM00011", records.TODAY)


def test_a_number_gets_one_more_digit_when_its_digits_are_used_up_r_num_1(work: Work) -> None:
    insert_series(work, starting_no="A1", last_no_used="A99")

    assert draw(work) == "A100"


def test_the_line_with_the_latest_starting_date_is_used_r_num_1(work: Work) -> None:
    insert_series(work, starting_no="OLD1")
    for line_no, day, no in ((2, dt.date(2026, 1, 1), "NOW1"), (3, dt.date(2026, 3, 19), "NEW1")):
        records.insert(work, NumberSeriesLine(series_code="S", line_no=line_no, starting_date=day, starting_no=no))

    assert draw(work) == "NOW1"
    assert draw(records.at_time(work, NOW + dt.timedelta(days=1))) == "NEW1"


def test_a_line_assigns_its_ending_number_and_is_then_exhausted_r_num_1(work: Work) -> None:
    insert_series(work, starting_no="S8", ending_no="S10", last_no_used="S9")

    assert draw(work) == "S10"
    assert not records.stored(work, NumberSeriesLine, series_code="S").open
    assert refusal_codes(draw, work) == ["NUMBER_SERIES_EXHAUSTED"]


def test_an_increment_beyond_the_ending_number_exhausts_the_series_r_num_1(work: Work) -> None:
    insert_series(work, starting_no="S1", ending_no="S10", last_no_used="S9", increment_by=5)

    assert refusal_codes(draw, work) == ["NUMBER_SERIES_EXHAUSTED"]


def test_a_number_has_at_most_twenty_characters(work: Work) -> None:
    insert_series(work, starting_no="1", last_no_used="9" * 20)

    assert refusal_codes(draw, work) == ["NUMBER_SERIES_EXHAUSTED"]


def test_a_series_without_a_started_line_assigns_no_number_r_num_1(work: Work) -> None:
    insert_series(work, starting_no="S1", starting_date=dt.date(2026, 3, 19))

    assert refusals_of(draw, work) == [("NUMBER_SERIES_EXHAUSTED", ("no",))]


def test_a_series_in_date_order_assigns_no_number_for_an_earlier_date_r_num_1(work: Work) -> None:
    insert_series(work, starting_no="S1", date_order=True, last_no_used="S1", last_date_used=dt.date(2026, 3, 19))

    assert refusal_codes(draw, work) == ["NUMBER_SERIES_EXHAUSTED"]


def test_d1_013_a_series_without_default_numbers_assigns_none_r_num_1(work: Work) -> None:
    insert_series(work, starting_no="S1", default_nos=False)

    assert refusal_codes(draw, work) == ["NUMBER_SERIES_NOT_AUTOMATIC"]


@pytest.mark.parametrize(("field", "spoken"), number_series.NUMBERED.items())
def test_d1_005_d1_006_a_setup_without_series_is_refused_naming_the_field(work: Work, field: str, spoken: Any) -> None:
    records.change_setup(work, **{field: None})

    with pytest.raises(Refused, match=spoken[1]):
        number_series.next_no(work, field)

    assert refusal_codes(number_series.next_no, work, field) == ["NUMBER_SERIES_MISSING"]


def test_manual_numbers_are_skipped(work: Work) -> None:
    for n in (1, 2, 4, *range(5, 20)):
        records.insert_contact(work, f"CT{n:06}")

    assert number_series.next_no(work, "contact_nos") == "CT000003"
    assert number_series.next_no(work, "contact_nos") == "CT000020"


def test_d1_007_a_manual_number_needs_a_series_that_allows_it_r_num_2(work: Work) -> None:
    records.change_number_series(work, "SEGM", manual_nos=False)
    assert refusals_of(number_series.manual_no, work, "segment_nos", "X1") == [("MANUAL_NO_NOT_ALLOWED", ("no",))]

    records.change_number_series(work, "SEGM", manual_nos=True)
    assert number_series.manual_no(work, "segment_nos", " x1 ") == "X1"


def test_without_a_series_any_manual_number_is_accepted_r_num_2(work: Work) -> None:
    records.change_setup(work, contact_nos=None)

    assert contacts.create(work, {"name": "Anybody"}, no="X1").no == "X1"


def test_a_manual_number_must_be_unused_and_not_too_long(work: Work) -> None:
    records.insert_campaign(work, "CP1")

    assert refusal_codes(campaigns.create, work, {"description": "Again"}, no="cp1") == ["DUPLICATE"]
    assert refusal_codes(campaigns.create, work, {"description": "Long"}, no="C" * 21) == ["TOO_LONG"]
    assert refusal_codes(campaigns.create, work, {"description": "Blank"}, no=" ") == ["INVALID"]


def test_a_series_is_created_with_its_lines(work: Work) -> None:
    fields: NumberSeriesFields = {
        "description": "Autumn",
        "manual_nos": True,
        "lines": [
            {"starting_no": "a001", "ending_no": "A999", "warning_no": "A900"},
            {"starting_no": "B001", "starting_date": dt.date(2027, 1, 1), "increment_by": 10},
        ],
    }

    made = series_rules.create(work, "aut", fields)

    series = records.stored(work, NumberSeries, code="AUT")
    assert (made.id, made.code) == (series.id, "AUT")
    assert (series.default_nos, series.manual_nos, series.date_order) == (True, True, False)
    assert records.stored(work, NumberSeriesLine, series_code="AUT", line_no=1).ending_no == "A999"
    assert records.stored(work, NumberSeriesLine, series_code="AUT", line_no=2).increment_by == 10


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"starting_no": "SMX"}, "starting_no"),
        ({"starting_no": " "}, "starting_no"),
        ({"starting_no": "S10", "ending_no": "S9"}, "ending_no"),
        ({"starting_no": "S10", "ending_no": "T99"}, "ending_no"),
        ({"starting_no": "S10", "last_no_used": "S1"}, "last_no_used"),
        ({"starting_no": "S10", "increment_by": 0}, "increment_by"),
    ],
)
def test_a_line_without_a_next_number_is_refused(work: Work, line: Any, field: str) -> None:
    assert refusals_of(series_rules.create, work, "S", {"description": "S", "lines": [line]}) == [
        ("INVALID", ("number_series", "lines", "0", field))
    ]


def test_an_invalid_series_is_refused(work: Work) -> None:
    day = {"starting_no": "S1"}

    assert refusal_codes(series_rules.create, work, "", {"description": None}) == ["INVALID", "INVALID"]
    assert refusal_codes(series_rules.create, work, "SEGM", {"description": "Again"}) == ["DUPLICATE"]
    assert refusal_codes(series_rules.create, work, "S", {"description": "S", "lines": [day, day]}) == ["INVALID"]
    assert refusal_codes(series_rules.create, work, "S", {"description": "S", "lines": [day] * 101}) == ["TOO_MANY"]
    assert refusal_codes(
        series_rules.create, work, "S", {"description": "S", "lines": [{"starting_no": "1" * 21}]}
    ) == ["TOO_LONG"]


def test_numbers_drawn_concurrently_are_different(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    def draw_three(session: Session) -> list[str]:
        work = Work(session, User("tester"), NOW)
        return [number_series.next_no(work, "segment_nos") for _ in range(3)]

    async def at_once() -> list[list[str]]:
        return await asyncio.gather(*(database.writing(draw_three) for _ in range(8)))

    drawn = [no for numbers in loop.run_until_complete(at_once()) for no in numbers]
    assert sorted(drawn) == [f"SM{n:05}" for n in range(1, 25)]
