"""After how many attempts contacts were reached, at the edges of a second and of a period."""

from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import create_fixtures, create_interaction

FAILED, REACHED = True, False
NEW_YEARS_EVE, NEW_YEAR, NEXT_DAY = "2025-12-31", "2026-01-01", "2026-01-02"


def attempt(api: Api, contact: str, date: str, time: str, failed: bool) -> None:
    create_interaction(api, "VISIT", contact, date=date, timeOfInteraction=time, attemptFailed=failed)


def figures(api: Api, arguments: str = "") -> dict[str, float | None]:
    """The attempts of each row by its key, and of all rows together by `total`."""
    shown = "measures { attemptsUntilReached }"
    selected = f"rows {{ key {shown} }} totals {{ attemptsUntilReached }}"
    found: dict[str, Any] = api.execute(f"{{ it: interactionStatistics({arguments} first: 100) {{ {selected} }} }}")[
        "it"
    ]
    of_rows = {row["key"]: row["measures"]["attemptsUntilReached"] for row in found["rows"]}
    return of_rows | {"total": found["totals"]["attemptsUntilReached"]}


def of_contact(api: Api, contact: str) -> float | None:
    """The figure on the card of a contact."""
    found: float | None = api.execute(
        f'{{ it: contact(no: "{contact}") {{ statistics {{ attemptsUntilReached }} }} }}'
    )["it"]["statistics"]["attemptsUntilReached"]
    return found


@database_with(create_fixtures)
def test_attempts_of_the_same_second_count_in_the_order_in_which_they_were_logged(api: Api) -> None:
    for contact, failures in (
        ("P1", [FAILED, REACHED]),
        ("P2", [REACHED, FAILED]),
        ("C1", [FAILED, FAILED, REACHED, FAILED]),
    ):
        for failed in failures:
            attempt(api, contact, NEW_YEAR, "09:00", failed)

    assert figures(api, "groupBy: [{by: CONTACT}],") == {"P1": 2, "P2": 1, "C1": 3, "total": 2}
    assert [of_contact(api, contact) for contact in ("P1", "P2")] == [2, 1]


@database_with(create_fixtures)
def test_a_failed_attempt_counts_only_in_its_own_period_and_in_the_total(api: Api) -> None:
    for day, failed in ((NEW_YEARS_EVE, FAILED), (NEW_YEAR, REACHED), (NEXT_DAY, FAILED)):
        attempt(api, "P1", day, "23:59" if day == NEW_YEARS_EVE else "00:00", failed)

    assert figures(api, "groupBy: [{date: YEAR}],") == {"2025-01-01": None, "2026-01-01": 1, "total": 2}
    for first, last, reached in ((NEW_YEARS_EVE, NEW_YEAR, 2), (NEW_YEAR, NEXT_DAY, 1), (NEXT_DAY, NEXT_DAY, None)):
        days = f'filter: {{date: {{gte: "{first}", lte: "{last}"}}}},'
        assert figures(api, days)["total"] == reached, days


@database_with(create_fixtures)
def test_failed_attempts_after_the_contact_was_reached_do_not_count(api: Api) -> None:
    order = [FAILED, FAILED, REACHED, FAILED, REACHED, FAILED]
    for minute, failed in enumerate(order):
        attempt(api, "P1", NEW_YEAR, f"09:0{minute}", failed)

    assert figures(api, "groupBy: [{by: TEMPLATE}],") == {"VISIT": 3, "total": 3}
