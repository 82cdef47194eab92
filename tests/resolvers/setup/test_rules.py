"""Changing the marketing setup (A.5)."""

import pytest

from persistence.setup import MarketingSetup
from resolvers.setup import rules as setup
from resolvers.setup.rules import MarketingSetupFields
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of


def test_given_fields_change_and_the_others_stay(work: Work) -> None:
    records.insert_salesperson(work, "JO")

    recorded_changes = setup.update(
        work,
        {
            "time_zone": "Pacific/Auckland",
            "default_salesperson_code": "jo",
            "segment_nos": None,
            "inherit_address": None,
        },
    )

    row = records.stored(work, MarketingSetup, id=1)
    assert (recorded_changes.version, row.version, row.time_zone, row.default_salesperson_code) == (
        2,
        2,
        "Pacific/Auckland",
        "JO",
    )
    assert (row.segment_nos, row.contact_nos, row.inherit_address, row.inherit_language) == (None, "CONT", False, True)


def test_today_is_the_date_in_the_time_zone_of_the_setup_k15(work: Work) -> None:
    setup.update(work, {"time_zone": "Pacific/Auckland"})

    assert records.at_time(work, NOW.replace(hour=12)).today.isoformat() == "2026-03-19"


def test_a_stale_version_is_refused(work: Work) -> None:
    setup.update(work, {"currency_code": "chf"}, expected_version=1)

    assert refusals_of(setup.update, work, {"currency_code": "USD"}, expected_version=1) == [
        ("STALE_VERSION", ("expected_version",))
    ]


def test_referenced_records_must_exist(work: Work) -> None:
    assert refusals_of(
        setup.update, work, {"contact_nos": "SEGM", "campaign_nos": "XX", "default_salesperson_code": "YY"}
    ) == [
        ("NUMBER_SERIES_NOT_FOUND", ("marketing_setup", "campaign_nos")),
        ("SALESPERSON_NOT_FOUND", ("marketing_setup", "default_salesperson_code")),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"time_zone": "Europe/Nowhere"},
        {"time_zone": "Europe"},
        {"time_zone": "../etc/passwd"},
        {"time_zone": None},
        {"first_day_of_week": 0},
        {"first_day_of_week": 8},
        {"first_day_of_week": None},
        {"currency_code": ""},
    ],
)
def test_unknown_time_zones_and_weekdays_and_blank_currencies_are_refused(
    work: Work, fields: MarketingSetupFields
) -> None:
    assert refusal_codes(setup.update, work, fields) == ["INVALID"]


def test_the_version_of_the_setup_rises_only_when_something_changes(work: Work) -> None:
    assert setup.update(work, {"inherit_address": True, "currency_code": "eur"}).version == 1
    assert setup.update(work, {"first_day_of_week": 7, "inherit_address": None, "segment_nos": None}).version == 2
    assert recorded_changes(work) == [
        (
            None,
            "UPDATED",
            {"firstDayOfWeek": ("1", "7"), "inheritAddress": ("true", "false"), "segmentNos": ("SEGM", None)},
        )
    ]
