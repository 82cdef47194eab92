"""Calendars of postponed interactions: what calendar programs read, and who may create and revoke their addresses."""

import datetime as dt
import json
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import text
from sqlmodel import Session

from persistence.calendar_feeds import CalendarFeed
from persistence.columns import table_of
from persistence.enums import Role
from resolvers.calendars import events
from tests.api import Api, create_company
from tests.schema.compiler.statement_log import counted

CREATED = "calendarFeed { id createdAt salesperson { code } } url"
FEEDS = "{ calendarFeeds { id salesperson { code } } }"
DAY = dt.date(2030, 3, 18)


@pytest.fixture
def company(api: Api) -> Api:
    create_company(api)
    return api


def subscribe(api: Api, salesperson: str | None = None) -> tuple[str, str]:
    """The id and the path of a new feed."""
    given = {} if salesperson is None else {"salespersonCode": salesperson}
    payload = api.mutate("createCalendarFeed", given, CREATED)
    return payload["calendarFeed"]["id"], payload["url"].removeprefix("http://localhost")


def postpone(api: Api, contact: str, day: dt.date, salesperson: str = "PS", **more: Any) -> int:
    reason = more.pop("reason", None)
    interaction = {"contactNo": contact, "salespersonCode": salesperson, **more}
    payload = api.mutate(
        "postponeInteraction",
        {"interaction": interaction, "resumeOn": str(day), "reason": reason},
        "postponedInteraction { entryNo }",
    )
    return int(payload["postponedInteraction"]["entryNo"])


def read(api: Api, path: str, **headers: str) -> Calendar:
    response = api.get(path, **headers)
    assert response.status_code == 200
    (found,) = Calendar.from_ical(response.content, multiple=True)
    assert found.errors == []
    return found


def days(calendar: Calendar) -> dict[str, dt.date]:
    """The day of each event by its summary."""
    return {str(event["summary"]): event.decoded("dtstart") for event in calendar.walk("VEVENT")}


def test_events_have_contact_reason_and_link_and_follow_the_interaction_r_cal_3(company: Api) -> None:
    _, path = subscribe(company, "PS")
    first = postpone(company, "P1", DAY, templateCode="VISIT", reason="Rappeler, après; la \\ foire")
    postpone(company, "C2", DAY, salesperson="JO")
    one = read(company, path)

    (event,) = one.walk("VEVENT")
    assert str(one["x-wr-calname"]) == "Postponed interactions – Paul Savoie"
    assert str(event["summary"]) == "Éric Roy (Boréal) – Visit"
    assert "Reason: Rappeler, après; la \\ foire\n" in str(event["description"])
    assert str(event["url"]) == f"http://localhost/#postponed={first}"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (DAY, DAY + dt.timedelta(days=1))
    assert event["sequence"] == 0

    later = DAY + dt.timedelta(days=7)
    company.mutate("snoozePostponedInteractions", {"postponed": {"entryNos": [first]}, "until": str(later)}, "changed")
    (moved,) = read(company, path).walk("VEVENT")
    assert (moved["uid"], moved["sequence"], moved.decoded("dtstart")) == (event["uid"], 1, later)
    assert moved.decoded("dtstamp") >= event.decoded("dtstamp")

    company.mutate("resumeInteraction", {"entryNo": first}, "interactionLogEntry { entryNo }")
    assert days(read(company, path)) == {}


def test_events_of_blocked_contacts_and_without_a_day_are_left_out_r_cal_3(company: Api) -> None:
    _, path = subscribe(company, "PS")
    for contact in ("P1", "P2"):
        postpone(company, contact, DAY)
    company.mutate(
        "postponeInteraction",
        {"interaction": {"salespersonCode": "PS", "description": "Trade fair"}, "resumeOn": str(DAY)},
        "postponedInteraction { entryNo }",
    )
    company.mutate(
        "postponeInteraction",
        {"interaction": {"contactNo": "C2", "salespersonCode": "PS"}},
        "postponedInteraction { entryNo }",
    )
    company.mutate("updateContact", {"no": "P1", "contact": {"privacyBlocked": True}}, "contact { no }")

    assert days(read(company, path)) == {"Zoé Roy (Boréal)": DAY, "Trade fair": DAY}


def test_the_language_is_that_of_the_address_else_of_the_program(company: Api) -> None:
    _, path = subscribe(company, "PS")
    postpone(company, "P1", DAY, reason="Vacances")

    names = [
        str(read(company, path + query, **headers)["x-wr-calname"])
        for query, headers in (
            ("?language=fr", {}),
            ("?language=fr-CA", {"accept-language": "en"}),
            ("", {"accept-language": "fr-CA, en;q=0.5"}),
            ("?language=de", {"accept-language": "fr"}),
            ("", {"accept-language": "de"}),
        )
    ]
    assert names == [*["Interactions reportées – Paul Savoie"] * 4, "Postponed interactions – Paul Savoie"]
    (event,) = read(company, f"{path}?language=fr").walk("VEVENT")
    assert "Motif\u00a0: Vacances" in str(event["description"])


def test_a_program_that_has_the_calendar_gets_304_until_it_changes(company: Api) -> None:
    _, path = subscribe(company, "PS")
    postpone(company, "P1", DAY)
    response = company.get(path)
    tag = response.headers["etag"]

    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert response.headers["cache-control"] == "private, no-cache"
    head = company.get(path, method="HEAD")
    assert (head.status_code, head.headers["etag"]) == (200, tag)
    same = company.get(path, **{"if-none-match": tag})
    assert (same.status_code, same.content) == (304, b"")
    assert company.get(f"{path}?language=fr", **{"if-none-match": tag}).status_code == 200
    postpone(company, "P2", DAY)
    assert company.get(path, **{"if-none-match": tag}).status_code == 200


def test_lines_are_folded_at_75_octets_and_texts_survive_r_cal_3(company: Api) -> None:
    _, path = subscribe(company, "PS")
    reason = ("é" * 61 + "\U0001f600, ;\\n:") * 3
    postpone(company, "P1", DAY, reason=reason, description="d" * 100)

    content = company.get(path).content
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert reason in str(event["description"])


def test_salespeople_have_feeds_of_their_own_and_administrators_of_everybody_r_cal_1(company: Api) -> None:
    paul = company.as_role(Role.SALESPERSON, salesperson="PS")
    jo = company.as_role(Role.SALESPERSON, salesperson="JO")
    own, _ = subscribe(paul)
    others, path = subscribe(company, "JO")

    def code(api: Api, field: str) -> str | None:
        errors = api.post(f"mutation {{ {field} {{ userErrors {{ code }} }} }}").json().get("errors")
        return errors[0]["extensions"]["code"] if errors else None

    assert code(paul, 'createCalendarFeed(input: {salespersonCode: "JO"})') == "FORBIDDEN"
    assert code(company.as_role(Role.MARKETER), "createCalendarFeed(input: {})") == "FORBIDDEN"
    assert code(company.as_role(Role.READER), f'revokeCalendarFeed(input: {{id: "{own}"}})') == "FORBIDDEN"
    both = company.as_role(Role.READER, Role.SALESPERSON, salesperson="PS")
    assert code(both, f'revokeCalendarFeed(input: {{id: "{others}"}})') == "FORBIDDEN"
    assert [feed["id"] for feed in paul.execute(FEEDS)["calendarFeeds"]] == [own]
    assert [feed["id"] for feed in company.execute(FEEDS)["calendarFeeds"]] == [others, own]
    assert paul.execute(f'{{ node(id: "{others}") {{ id }} }}')["node"] is None
    assert paul.refusal_codes("revokeCalendarFeed", {"id": others}) == ["NOT_FOUND"]
    revoked = jo.mutate("revokeCalendarFeed", {"id": others}, "revokedCalendarFeedId")
    assert revoked["revokedCalendarFeedId"] == others
    assert company.get(path).status_code == 404


@pytest.mark.parametrize(
    ("input", "code"),
    [
        ({}, "SALESPERSON_REQUIRED"),
        ({"salespersonCode": "NO"}, "SALESPERSON_NOT_FOUND"),
        ({"salespersonCode": "ps"}, "SALESPERSON_BLOCKED"),
    ],
)
def test_a_feed_needs_a_salesperson_who_is_not_blocked_r_cal_1(company: Api, input: dict[str, str], code: str) -> None:
    company.mutate("updateSalesperson", {"code": "PS", "salesperson": {"blocked": True}}, "salesperson { code }")

    assert company.refusal_codes("createCalendarFeed", input) == [code]


def test_unknown_and_revoked_addresses_have_the_same_answer_r_cal_2(company: Api) -> None:
    id, path = subscribe(company, "PS")
    company.mutate("revokeCalendarFeed", {"id": id}, "revokedCalendarFeedId")
    answers = [
        company.get(each)
        for each in (path, "/calendar/" + "a" * 43 + ".ics", "/calendar/x.ics", "/calendar/x", path[:-4])
    ]

    assert {answer.status_code for answer in answers} == {404}
    bodies = {json.dumps(answer.json()["errors"][0]["message"]) for answer in answers}
    assert len(bodies) == 1
    assert company.refusal_codes("revokeCalendarFeed", {"id": id}) == ["NOT_FOUND"]
    assert company.refusal_codes("revokeCalendarFeed", {"id": "con_1"}) == ["NOT_FOUND"]


def test_the_secret_is_returned_once_and_only_its_hash_is_stored_r_cal_2(company: Api, database_url: str) -> None:
    input = {"salespersonCode": "PS", "idempotencyKey": "k"}
    first, again = (company.mutate("createCalendarFeed", input, CREATED) for _ in range(2))

    assert again == {**first, "url": None}
    secret = first["url"].split("/")[-1].removesuffix(".ics")
    database = company._client._transport.app.state.database

    def stored(session: Session) -> str:
        tables = [table_of(CalendarFeed).name, "idempotency_key"]
        return str([session.execute(text(f"SELECT * FROM {name}")).all() for name in tables])

    rows = company._loop.run_until_complete(database.querying(stored))
    assert secret not in rows
    assert company.get(first["url"]).status_code == 200


def test_a_salesperson_has_a_limited_number_of_feeds_and_of_events_r_cal_1(
    company: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.calendars.rules.MAX_FEEDS", 2)
    monkeypatch.setattr(events, "MAX_EVENTS", 2)
    events._statement.cache_clear()
    subscribe(company, "PS")
    _, path = subscribe(company, "PS")
    for ahead in range(3):
        postpone(company, "P1", DAY + dt.timedelta(days=ahead), description=str(ahead))

    assert company.refusal_codes("createCalendarFeed", {"salespersonCode": "PS"}) == ["TOO_MANY"]
    assert list(days(read(company, path))) == ["Éric Roy (Boréal) – 1", "Éric Roy (Boréal) – 2"]
    assert company.refusal_codes("deleteSalesperson", {"code": "PS"}) == ["IN_USE"]
    events._statement.cache_clear()


def test_one_statement_reads_a_calendar(company: Api) -> None:
    _, path = subscribe(company, "PS")
    postpone(company, "P1", DAY)
    with counted(company._client._transport.app.state.database) as sent:
        read(company, path)

    assert (len(sent.unplanned), sent.planned) == (1, [])


def test_a_foreign_host_is_refused_and_another_method_too(company: Api) -> None:
    _, path = subscribe(company, "PS")

    assert company.get(path, host="evil.example").status_code == 403
    refused = company.get(path, method="POST")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
