"""A month in which a salesperson reads every morning whom to contact next, does something for each contact, and has a
calendar with what is postponed.
"""

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from icalendar import Calendar

from persistence.enums import Role
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from tests.api import Api, create_company

DAYS = 30
LIST = """{ nextContacts(first: 100) { totalCount nodes { contact { no } dueOn reasons { code message }
    postponedInteraction { entryNo resumeOn version } draft { contact { no } missingFields } } } }"""
CONTACTS = ("C1", "P1", "P2", "C2")


class Month:
    """The salesperson PS at a time that the test moves, with a calendar. `events` are those of the last reading."""

    def __init__(self, api: Api) -> None:
        self.admin, self.api = api, api.as_role(Role.SALESPERSON, salesperson="PS")
        self._engine = api.app.state.graphql._engine
        self.now = dt.datetime(2026, 3, 2, 14, tzinfo=dt.UTC)
        self._engine._clock = lambda: self.now
        payload = api.mutate("createCalendarFeed", {"salespersonCode": "PS"}, "url")
        self._path = payload["url"].removeprefix("http://localhost")
        self.events: dict[str, Any] = {}

    def due(self) -> dict[str, Any]:
        """Who is to be contacted now, by number."""
        found = self.api.execute(LIST)["nextContacts"]
        assert found["totalCount"] == len(found["nodes"])
        return {each["contact"]["no"]: each for each in found["nodes"]}

    def read_calendar(self) -> dict[str, dt.date]:
        """The day of each event by its UID. A known event that has changed has a higher SEQUENCE, any other the same."""
        (calendar,) = Calendar.from_ical(self.admin.get(self._path).content, multiple=True)
        assert calendar.errors == []
        found = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
        for uid, event in found.items():
            before = self.events.get(uid)
            if before is not None and before.to_ical() != event.to_ical():
                assert event.decoded("sequence") > before.decoded("sequence")
            elif before is not None:
                assert event.decoded("sequence") == before.decoded("sequence")
        self.events = found
        return {uid: event.decoded("dtstart") for uid, event in found.items()}

    def postponed(self) -> list[Any]:
        """What is postponed, those with the earliest days first."""
        found = self.api.execute("{ postponedInteractions { nodes { entryNo resumeOn contact { no } } } }")
        return sorted(found["postponedInteractions"]["nodes"], key=lambda each: (each["resumeOn"], each["entryNo"]))

    def postponed_until_today(self) -> dict[str, list[int]]:
        """The numbers of what is to be resumed by now, by contact."""
        found: dict[str, list[int]] = {}
        for each in self.postponed():
            if each["resumeOn"] <= str(self.now.date()):
                found.setdefault(each["contact"]["no"], []).append(each["entryNo"])
        return found


@pytest.fixture
def month(api: Api) -> Month:
    create_company(api)
    month = Month(api)
    for no in CONTACTS:
        contact = {"salespersonCode": "PS", "contactEveryDays": 3}
        api.mutate("updateContact", {"no": no, "contact": contact}, "contact { no }")
    template = {"code": "VISIT", "interactionTemplate": {"followUpAfterDays": 4}}
    api.mutate("updateInteractionTemplate", template, "interactionTemplate { code }")
    for no in CONTACTS[:3]:
        log(month, no, "VISIT")
    return month


def log(month: Month, no: str, template: str = "CALLIN", **more: Any) -> None:
    interaction = {"contactNo": no, "templateCode": template, "salespersonCode": "PS", **more}
    month.api.mutate("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo }")


def visit(month: Month, due: Any, random: Random) -> None:
    log_or_resume(month, due, templateCode="VISIT")


def call(month: Month, due: Any, random: Random) -> None:
    log_or_resume(month, due, templateCode="CALLIN")


def log_failed_attempt(month: Month, due: Any, random: Random) -> None:
    log_or_resume(month, due, templateCode="CALLIN", attemptFailed=True)


def postpone(month: Month, due: Any, random: Random) -> None:
    """What was postponed is snoozed. Anything else is called about today, and postponed to be continued later."""
    until = (month.now + dt.timedelta(days=random.randint(1, 5))).date()
    if due["postponedInteraction"] is not None:
        chosen = {"postponed": {"entryNos": [due["postponedInteraction"]["entryNo"]]}, "until": str(until)}
        month.api.mutate("snoozePostponedInteractions", chosen, "changed")
    else:
        draft = {"contactNo": due["contact"]["no"], "salespersonCode": "PS", "templateCode": "VISIT"}
        month.api.mutate("postponeInteraction", {"interaction": draft, "resumeOn": str(until)}, "__typename")
    if {reason["code"] for reason in due["reasons"]} - {"POSTPONED_DUE", "POSTPONED_OVERDUE"}:
        log(month, due["contact"]["no"])


def log_or_resume(month: Month, due: Any, **fields: Any) -> None:
    if due["postponedInteraction"] is None:
        log(month, due["contact"]["no"], fields.pop("templateCode"), **fields)
        return
    changes = {"entryNo": due["postponedInteraction"]["entryNo"], "interaction": fields}
    month.api.mutate("resumeInteraction", changes, "interactionLogEntry { entryNo }")


ACTIONS: list[Callable[[Month, Any, Random], None]] = [visit, call, log_failed_attempt, postpone, postpone]


def test_the_list_and_the_calendar_show_what_a_salesperson_did_each_day_r_next_5_r_cal_3(month: Month) -> None:
    random, seen, moved, finished, done = Random(2026), set[str](), 0, 0, 0
    before = month.read_calendar()
    for day in range(DAYS):
        month.now += dt.timedelta(days=1)
        calendar = month.read_calendar()
        assert calendar == before  # a night changes nothing
        due = month.due()
        waiting = month.postponed_until_today()
        shown = {
            no: each["postponedInteraction"]["entryNo"] for no, each in due.items() if each["postponedInteraction"]
        }
        assert shown == {no: numbers[0] for no, numbers in waiting.items()}
        for no, each in due.items():
            assert all(reason["message"] for reason in each["reasons"])
            if each["postponedInteraction"] is None:
                assert each["draft"]["contact"]["no"] == no
            action = random.choice(ACTIONS)
            action(month, each, random)
            done += 1
            left = month.due().get(no)
            codes = set() if left is None else {reason["code"] for reason in left["reasons"]}
            may_stay = {"SILENT"} if action is log_failed_attempt else set()  # an attempt that failed is no interaction
            may_stay |= {"POSTPONED_DUE", "POSTPONED_OVERDUE"} if len(waiting.get(no, ())) > 1 else set()
            assert codes <= may_stay, (day, no, action.__name__, each, left)
        before = month.read_calendar()
        assert sorted(map(str, before.values())) == [each["resumeOn"] for each in month.postponed()]
        assert len({uid for uid in before if uid not in calendar} & seen) == 0  # no UID comes back
        moved += sum(uid in before and before[uid] != on for uid, on in calendar.items())
        finished += sum(uid not in before for uid in calendar)
        seen |= before.keys()
        if day % 3:
            refresh(month.admin)
    assert done >= DAYS
    assert min(len(seen), moved, finished) > 2, (len(seen), moved, finished)


def refresh(api: Api) -> None:
    database = api.app.state.database

    async def refresh_all() -> None:
        while await database.writing(lambda session: refresh_some(session) or refresh_some_contacts(session)):
            pass

    api._loop.run_until_complete(refresh_all())
