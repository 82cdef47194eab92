"""Whom to contact next, through the API; and a month in which a salesperson works off the list day by day."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, update

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import Role
from persistence.interactions import PostponedInteraction
from persistence.templates import InteractionTemplate
from resolvers.calendars import events
from resolvers.calendars import rules as calendars
from resolvers.contacts import next_contacts
from resolvers.contacts.next_contacts import NextReasonCode
from resolvers.english_grammar import day as english_day
from resolvers.french_grammar import day as french_day
from resolvers.interactions import rules as interactions
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from resolvers.work import User, Work
from tests import records
from tests.api import Api, create_company
from tests.prepared import database_with
from tests.schema.compiler.statement_log import counted

LIST = """query($of: String, $on: Date, $first: Int, $after: String) {
  nextContacts(salespersonCode: $of, on: $on, first: $first, after: $after) {
    totalCount
    edges { cursor node { contact { no name contactEveryDays } dueOn reasons { code en: message(language: EN) fr: message(language: FR) }
      postponedInteraction { entryNo } draft { contact { no } template { code } userErrors { code } } } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
PAGE = LIST.replace(" draft { contact { no } template { code } userErrors { code } }", "")
"""What one statement reads: a draft needs the rules."""


pytestmark = database_with(create_company)


def listed(api: Api, **variables: Any) -> dict[str, list[str]]:
    """The reasons of each contact that is due, by number, in the order of the list."""
    edges = api.execute(LIST, **variables)["nextContacts"]["edges"]
    return {edge["node"]["contact"]["no"]: [reason["code"] for reason in edge["node"]["reasons"]] for edge in edges}


def today(api: Api) -> dt.date:
    return dt.date.fromisoformat(api.execute("{ marketingSetup { today } }")["marketingSetup"]["today"])


def log(api: Api, contact: str, template: str = "VISIT", **more: Any) -> None:
    interaction = {"contactNo": contact, "templateCode": template, "salespersonCode": "PS", **more}
    api.mutate("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo }")


def test_contacts_are_listed_with_reasons_in_both_languages_until_they_are_contacted_r_next_5(api: Api) -> None:
    day = today(api)
    ago = [str(day - dt.timedelta(days=count)) for count in range(10)]
    changes = {"VISIT": {"followUpAfterDays": 5}, "CALLIN": {"followUpAfterDays": 9}}
    for code, template in changes.items():
        api.mutate(
            "updateInteractionTemplate",
            {"code": code, "interactionTemplate": template},
            "interactionTemplate { followUpAfterDays }",
        )
    api.mutate("updateContact", {"no": "P2", "contact": {"contactEveryDays": 4}}, "contact { contactEveryDays }")
    log(api, "P1", date=ago[7])
    log(api, "P2", date=ago[6], attemptFailed=True)
    log(api, "C2", "CALLIN", date=ago[3])
    postponed = api.mutate(
        "postponeInteraction",
        {"interaction": {"contactNo": "C2", "templateCode": "CALLIN", "salespersonCode": "PS"}, "resumeOn": ago[0]},
        "postponedInteraction { entryNo }",
    )["postponedInteraction"]["entryNo"]

    found = api.execute(LIST)["nextContacts"]
    nodes = {edge["node"]["contact"]["no"]: edge["node"] for edge in found["edges"]}
    assert list(nodes) == ["P2", "P1", "C2"]
    assert [node["dueOn"] for node in nodes.values()] == [ago[5], ago[2], ago[0]]
    assert [[reason["code"] for reason in node["reasons"]] for node in nodes.values()] == [
        ["FOLLOW_UP", "RETRY"],
        ["FOLLOW_UP"],
        ["POSTPONED_DUE"],
    ]
    english, french = english_day(day - dt.timedelta(days=7)), french_day(day - dt.timedelta(days=7))
    reason = nodes["P1"]["reasons"][0]
    assert reason["en"] == f"The newest interaction, on {english}, is to be followed up after 5 days."
    assert f"du {french}, demande un suivi après 5" in reason["fr"]
    assert nodes["C2"]["postponedInteraction"] == {"entryNo": postponed}
    assert nodes["C2"]["draft"] == {"contact": {"no": "C2"}, "template": {"code": "CALLIN"}, "userErrors": []}
    assert nodes["P1"]["draft"]["contact"] == {"no": "P1"}
    assert nodes["P1"]["draft"]["userErrors"] == [{"code": "TEMPLATE_REQUIRED"}, {"code": "DESCRIPTION_REQUIRED"}]
    assert found["totalCount"] == 3
    for node in nodes.values():
        del node["draft"]
    assert api.execute(PAGE)["nextContacts"] == found  # read by one statement
    later = str(day + dt.timedelta(days=4))
    assert listed(api, on=later)["P2"] == ["FOLLOW_UP", "SILENT", "RETRY"]

    for contact in ("P1", "P2"):
        log(api, contact, "CALLIN")
    api.mutate("resumeInteraction", {"entryNo": postponed}, "interactionLogEntry { entryNo }")
    assert listed(api) == {}


def test_pages_continue_after_a_cursor_and_bad_arguments_are_refused_r_next_5(api: Api) -> None:
    day = today(api)
    for contact in ("P1", "P2", "C2"):
        log(api, contact, date=str(day - dt.timedelta(days=2)), attemptFailed=True)

    first = api.execute(LIST, first=2)["nextContacts"]
    rest = api.execute(LIST, first=2, after=first["pageInfo"]["endCursor"])["nextContacts"]
    assert [edge["node"]["contact"]["no"] for edge in [*first["edges"], *rest["edges"]]] == ["C2", "P1", "P2"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert api.execute(LIST, first=0)["nextContacts"]["totalCount"] == 3
    for variables in ({"first": 101}, {"first": -1}, {"after": "x"}):
        answer = api.post(LIST, variables).json()
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_one_statement_reads_a_page_however_many_contacts_are_due(api: Api) -> None:
    database = api._client._transport.app.state.database
    numbers: list[tuple[int, int]] = []
    for contact in ("P1", "P2", "C2"):
        log(api, contact, date="2026-01-05", attemptFailed=True)
        with counted(database) as sent:
            found = api.execute(PAGE, first=2)["nextContacts"]
        assert (len(found["edges"]), found["totalCount"]) == (min(2, len(numbers) + 1), len(numbers) + 1)
        numbers.append((len(sent.unplanned), sum(sent.planned)))

    assert numbers == [(0, 1)] * 3


def test_salespeople_see_only_their_own_r_next_6(api: Api) -> None:
    for contact in ("P1", "P2", "C1"):
        log(api, contact, date="2026-01-05", attemptFailed=True)
    api.mutate(
        "postponeInteraction",
        {"interaction": {"contactNo": "P2", "salespersonCode": "JO"}, "resumeOn": "2026-01-05"},
        "postponedInteraction { entryNo }",
    )
    paul = api.as_role(Role.SALESPERSON, salesperson="PS")
    jo = api.as_role(Role.SALESPERSON, salesperson="JO")

    assert listed(paul) == {"P2": ["RETRY"]}
    assert listed(paul, of="JO") == {}
    assert listed(jo) == {"P2": ["POSTPONED_OVERDUE"], "C1": ["RETRY"], "P1": ["RETRY"]}
    assert listed(api.as_role(Role.MARKETER, salesperson="PS"), of="jo") == listed(jo)
    assert listed(api.as_role(Role.READER)) == listed(api, of=None)
    assert sorted(listed(api)) == ["C1", "P1", "P2"]


@pytest.mark.parametrize("days", [0, -1, 3661])
def test_a_number_of_days_is_at_least_one_and_at_most_ten_years(api: Api, days: int) -> None:
    contact, template = {"no": "P1", "contact": {"contactEveryDays": days}}, {"followUpAfterDays": days}

    assert api.refusal_codes("updateContact", contact) == ["INVALID"]
    assert api.refusal_codes("updateInteractionTemplate", {"code": "VISIT", "interactionTemplate": template}) == [
        "INVALID"
    ]


MONTH = 30


def test_a_month_in_which_a_salesperson_works_off_the_list_agrees_with_the_calendar_r_next_5(work: Work) -> None:
    records.insert_fixtures(work)
    contacts, templates = table_of(Contact), table_of(InteractionTemplate)
    work.session.execute(update(contacts).values(salesperson_code="JO", created_on=records.TODAY))
    work.session.execute(update(contacts).where(contacts.c.no.in_(["C2", "P3"])).values(contact_every_days=6))
    work.session.execute(update(templates).where(templates.c.code == "VISIT").values(follow_up_after_days=4))
    feed = calendars.create(work, "JO")
    assert feed.secret is not None
    random, done = Random(17), 0
    for contact in ("C1", "P1", "P2"):
        interactions.create(work, {"contact_no": contact, "template_code": "VISIT", "salesperson_code": "JO"})
    for day in range(1, MONTH + 1):
        now = work.now + dt.timedelta(days=day)
        today = replace(work, user=User("jo", "JO", frozenset({Role.SALESPERSON})), now=now)
        due = next_contacts.read(today, None, None, None, 100).contacts
        calendar = events.read(work.session, calendars.hash_of(feed.secret))
        assert calendar is not None
        in_calendar = {event.contact_no for event in calendar.events if event.day <= today.today}
        assert in_calendar == {each.contact_no for each in due if each.postponed_entry_no is not None}
        for each in due:
            done += 1
            _work_off(today, each, random)
        left_over = next_contacts.read(today, None, None, None, 100).contacts
        failed = {NextReasonCode.SILENT}  # an attempt that failed is no interaction
        assert all({reason.code for reason in each.reasons} == failed for each in left_over)
        if day % 3:
            while refresh_some(work.session) or refresh_some_contacts(work.session):
                pass
    left = work.session.scalars(select(table_of(PostponedInteraction).c.resume_on)).all()
    assert all(resume_on > today.today for resume_on in left)
    assert done > 20


def _work_off(work: Work, due: next_contacts.NextContact, random: Random) -> None:
    """Reach the contact or not, or postpone to a later day."""
    what = random.choice(["visit", "call", "fail", "postpone"])
    if what == "postpone" and due.postponed_entry_no is not None:
        resume_on = work.today + dt.timedelta(days=random.randint(1, 5))
        interactions.postpone(work, {}, entry_no=due.postponed_entry_no, resume_on=resume_on)
        what = "call"
    elif due.postponed_entry_no is not None:
        interactions.resume(work, due.postponed_entry_no, {"template_code": "CALLIN", "attempt_failed": what == "fail"})
    fields = {"contact_no": due.contact_no, "template_code": "VISIT" if what == "visit" else "CALLIN"}
    interactions.create(work, {**fields, "salesperson_code": "JO", "attempt_failed": what == "fail"})  # type: ignore[typeddict-item]  # built above
    if what == "postpone":
        resume_on = work.today + dt.timedelta(days=random.randint(1, 5))
        interactions.postpone(work, {"contact_no": due.contact_no, "salesperson_code": "JO"}, resume_on=resume_on)
    work.session.flush()


GUIDE = Path(__file__).parents[2] / ".github" / "guides" / "live.md"


def test_the_recipes_of_the_guide_give_numbers_of_days_and_list_who_is_due(api: Api) -> None:
    section = GUIDE.read_text().split("\n## Whom to contact next\n")[1].split("\n## ")[0]
    whom, numbers = re.findall(r"(?:^ {4}.+\n)+", section, re.MULTILINE)
    changed = api.execute(numbers.replace("CT000001", "P1"))
    assert all(payload["userErrors"] == [] for payload in changed.values())
    log(api, "P1", date="2026-01-05")

    (node,) = api.execute(whom)["nextContacts"]["nodes"]
    assert (node["contact"]["no"], [reason["code"] for reason in node["reasons"]]) == ("P1", ["FOLLOW_UP", "SILENT"])
    assert node["draft"]["missingFields"]
