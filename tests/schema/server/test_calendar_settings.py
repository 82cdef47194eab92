"""Calendars over HTTP: addresses of the settings, tokens, limits, logs, and the recipes of the guide."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from resolvers.calendars import events
from schema.server.logs.access_log import AccessLog
from tests.commands import assert_refused, carnet
from tests.schema.server.conftest import application

FEEDS = "{ calendarFeeds { id salesperson { code } } }"
CREATE = """mutation { createSalesperson(input: {code: "PS", salesperson: {name: "Paul"}}) { userErrors { code } }
createCalendarFeed(input: {salespersonCode: "PS"}) { url }
postponeInteraction(input: {interaction: {salespersonCode: "PS"}, resumeOn: "2030-03-18"}) { userErrors { code } } }"""


def created(http: Any, **headers: str) -> str:
    """The address of a new feed with an event."""
    answer = http("POST", json={"query": CREATE}, headers=headers).json()
    url = answer["data"]["createCalendarFeed"]["url"]
    assert isinstance(url, str)
    return url


def test_the_address_and_the_links_are_those_of_the_settings(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    settings: dict[str, Any] = {
        "public_url": "https://crm.example.com/",
        "calendar_link": "https://app.example.com/{entryNo}/{contactNo}",
    }
    with application(empty_copy("sqlite"), loop, **settings) as http:
        url = created(http)
        assert url.startswith("https://crm.example.com/calendar/")
        (event,) = Calendar.from_ical(http("GET", url.removeprefix("https://crm.example.com")).content).walk("VEVENT")
    assert (event["url"], event["summary"]) == ("https://app.example.com/1/", "Postponed interaction 1")


def test_calendars_need_no_token_and_do_not_link_to_a_missing_page(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    url = empty_copy("sqlite")
    with application(url, loop) as http:
        path = created(http).removeprefix("http://localhost")
    with application(url, loop, require_token=True, graphiql=False) as http:
        answer = http("GET", path, headers={"host": "crm.example.com"})
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert "url" not in event
        assert http("POST", json={"query": FEEDS}).status_code == 401


def test_calendars_cost_what_they_show_within_the_limit_of_their_feed(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    url = empty_copy("sqlite")
    with application(url, loop) as http:
        path = created(http).removeprefix("http://localhost")
    with application(url, loop, rate_limit_token=40, rate_limit_loopback=True) as http:
        statuses = [http("GET", path).status_code for _ in range(5)]
        assert http("GET", "/calendar/" + "a" * 43 + ".ics").status_code == 404
    assert statuses == [200, 200, 200, 429, 429]


def test_no_log_has_the_secret_r_cal_2(
    empty_copy: Any,
    loop: asyncio.AbstractEventLoop,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, log = empty_copy("sqlite"), AccessLog(True)
    with application(url, loop, access_log=log) as http:
        path = created(http).removeprefix("http://localhost")
        secret = path.split("/")[-1].removesuffix(".ics")
        http("GET", path)
        http("GET", f"{path}/x")
        monkeypatch.setattr(events, "read", broken)
        failed = http("GET", path)
        metrics = http("GET", "/metrics").text
        log.write()
    shown = "".join(capsys.readouterr()) + metrics + failed.text

    assert failed.status_code == 500
    assert '"route":"/calendar","status":200' in shown
    assert secret not in shown


def broken(*_: object, secret_hash: str) -> None:
    raise RuntimeError(secret_hash)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CARNET_PUBLIC_URL", "crm.example.com"),
        ("CARNET_PUBLIC_URL", "https://crm.example.com/carnet"),
        ("CARNET_PUBLIC_URL", "https://ann:secret@crm.example.com"),
        ("CARNET_CALENDAR_LINK", "javascript:alert(1)"),
        ("CARNET_CALENDAR_LINK", "https://app.example.com/{no}"),
    ],
)
def test_invalid_addresses_in_settings_are_refused(name: str, value: str) -> None:
    assert_refused(carnet(None, "migrate", **{name: value}), f"{name} is", "an address such as https://")


GUIDE = Path(__file__).parents[3] / ".github" / "guides" / "live.md"


def test_the_recipes_of_the_guide_create_and_revoke_an_address(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    section = GUIDE.read_text().split("\n## Postponed interactions in a calendar\n")[1].split("\n## ")[0]
    create, revoke = re.findall(r"(?:^ {4,}.+\n)+", section, re.MULTILINE)
    with application(empty_copy("sqlite"), loop) as http:
        http("POST", json={"query": CREATE.split("\n")[0] + "}"})
        made = http("POST", json={"query": create.replace('"SK"', '"PS"')}).json()["data"]["createCalendarFeed"]
        path = made["url"].removeprefix("http://localhost")
        assert http("GET", path).status_code == 200
        revoked = http("POST", json={"query": revoke}).json()["data"]["revokeCalendarFeed"]
        assert revoked == {"revokedCalendarFeedId": made["calendarFeed"]["id"], "userErrors": []}
        assert http("GET", path).status_code == 404
