"""Scenarios of figures, titles and last dates: the interactions of contacts, templates, groups and campaigns."""

import asyncio
from functools import partial
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from persistence import tables
from persistence.database import Database
from tests.api import Api, create_company
from tests.prepared import database_with

STATISTICS = "statistics { interactions cost duration }"
BOARD = f"""{{ contact(no: "C1") {{ dateOfLastInteraction lastDateAttempted {STATISTICS} interactionLogEntries {{ totalCount }}
postponedInteractions {{ totalCount }} }} salesperson(code: "JO") {{ {STATISTICS} postponedInteractions {{ totalCount }} }}
interactionTemplate(code: "VISIT") {{ {STATISTICS} }} interactionGroup(code: "MEET") {{ {STATISTICS} }}
campaign(no: "CP1") {{ contactsTargeted {STATISTICS} entries {{ totalCount }} }} interactionLogEntries {{ totalCount }}
postponedInteractions {{ totalCount }} }}"""


def logged(api: Api, contact: str, template: str, **more: Any) -> Any:
    """A finished interaction of JO, unless another salesperson is given."""
    interaction = {"contactNo": contact, "templateCode": template, "salespersonCode": "JO", **more}
    return api.mutate("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo title }")[
        "interactionLogEntry"
    ]


def last_dates(api: Api, no: str) -> tuple[str | None, str | None]:
    contact = api.execute(
        "query($no: String!) { contact(no: $no) { dateOfLastInteraction lastDateAttempted } }", no=no
    )["contact"]
    return contact["dateOfLastInteraction"], contact["lastDateAttempted"]


def figures(api: Api, root: str) -> tuple[int, str, int]:
    """Interactions, cost and minutes of a root field."""
    shown = api.execute(f"{{ it: {root} {{ {STATISTICS} }} }}")["it"]["statistics"]
    return shown["interactions"], shown["cost"], shown["duration"]


@database_with(create_company)
def test_d1_037_a_failed_attempt_is_no_interaction_and_an_incoming_call_no_attempt_r_con_1_r_con_2(api: Api) -> None:
    logged(api, "P1", "VISIT", attemptFailed=True, date="2026-03-16")
    assert last_dates(api, "P1") == (None, "2026-03-16")

    logged(api, "P1", "CALLIN", date="2026-03-18")
    assert last_dates(api, "P1") == ("2026-03-18", "2026-03-16")
    assert last_dates(api, "C1") == ("2026-03-18", "2026-03-16")


@database_with(create_company)
def test_d1_040_a_title_names_the_salesperson_the_contact_or_neither_a_9(api: Api) -> None:
    template = {"code": "NOTE", "interactionTemplate": {"description": "Note", "groupCode": "MEET"}}
    api.mutate("createInteractionTemplate", template, "interactionTemplate { code }")

    titles = [logged(api, "P2", code)["title"] for code in ("CALLIN", "VISIT", "NOTE")]

    assert titles == ["Call from Zoé Roy", "Visit by Jo Roy", "Note"]


@database_with(create_company)
def test_d1_051_a_postponed_interaction_counts_in_no_figure_and_on_no_campaign_r_post_3_r_post_4(api: Api) -> None:
    api.mutate("createCampaign", {"no": "CP1", "campaign": {"description": "Spring"}}, "campaign { no }")
    logged(api, "C1", "VISIT")
    before = api.execute(BOARD)

    draft = {
        "contactNo": "C1",
        "templateCode": "VISIT",
        "salespersonCode": "JO",
        "campaignNo": "CP1",
        "campaignTarget": True,
    }
    api.mutate("postponeInteraction", {"interaction": draft}, "postponedInteraction { entryNo }")

    after = api.execute(BOARD)
    waiting = [
        after["contact"].pop("postponedInteractions"),
        after["salesperson"].pop("postponedInteractions"),
        after.pop("postponedInteractions"),
    ]
    assert waiting == [{"totalCount": 1}] * 3
    for shown in (before["contact"], before["salesperson"], before):
        assert shown.pop("postponedInteractions") == {"totalCount": 0}
    assert after == before
    assert after["campaign"] == {
        "contactsTargeted": 0,
        "statistics": {"interactions": 0, "cost": "0.00", "duration": 0},
        "entries": {"totalCount": 0},
    }


@database_with(create_company)
def test_d1_061_a_canceled_interaction_counts_in_no_figure_until_it_is_un_canceled_r_con_3(
    api: Api, database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Only the figures; canceling has scenarios of its own."""
    entry_no = logged(api, "C1", "VISIT")["entryNo"]
    shown = [figures(api, 'contact(no: "C1")')]
    for canceled in (True, False):
        change = (
            update(tables.InteractionLogEntry)
            .where(tables.InteractionLogEntry.entry_no == entry_no)
            .values(canceled=canceled)
        )
        loop.run_until_complete(database.writing(partial(Session.execute, statement=change)))
        shown.append(figures(api, 'contact(no: "C1")'))

    assert shown == [(1, "45.00", 180), (0, "0.00", 0), (1, "45.00", 180)]


@database_with(create_company)
def test_d1_062_a_template_and_its_group_have_the_totals_of_their_interactions(api: Api) -> None:
    logged(api, "C1", "VISIT")
    logged(api, "P1", "VISIT", cost="50")
    logged(api, "P1", "CALLIN", cost="7")

    assert figures(api, 'interactionTemplate(code: "VISIT")') == (2, "95.00", 360)
    assert figures(api, 'interactionGroup(code: "MEET")') == (2, "95.00", 360)


@database_with(create_company)
def test_a_failed_attempt_counts_and_lowers_the_success_rate_r_con_3(api: Api) -> None:
    for failed in (False, False, True):
        logged(api, "C1", "VISIT", attemptFailed=failed)

    shown = api.execute('{ contact(no: "C1") { statistics { interactions cost successRate } } }')["contact"][
        "statistics"
    ]

    assert shown == {"interactions": 3, "cost": "135.00", "successRate": 0.6667}


@database_with(create_company)
def test_the_figures_of_a_company_cover_its_people_and_those_of_a_person_only_the_person_r_con_4(api: Api) -> None:
    for contact in ("C1", "P1", "P1", "P2", "C2"):
        logged(api, contact, "VISIT")
    variables = "{ contacts { nodes { no statistics { interactions contacts } } } }"

    shown = {contact["no"]: contact["statistics"] for contact in api.execute(variables)["contacts"]["nodes"]}

    assert shown == {
        "C1": {"interactions": 4, "contacts": 3},
        "P1": {"interactions": 2, "contacts": 1},
        "P2": {"interactions": 1, "contacts": 1},
        "C2": {"interactions": 1, "contacts": 1},
    }


@database_with(create_company)
def test_figures_cover_the_requested_dates_r_con_3(api: Api) -> None:
    for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"):
        logged(api, "C1", "VISIT", date=day)
    variables = 'query($days: DateFilter) { contact(no: "C1") { statistics(date: $days) { interactions } } }'

    def number(days: Any) -> Any:
        return api.execute(variables, days=days)["contact"]["statistics"]["interactions"]

    assert number({"gte": "2026-02-01", "lt": "2026-03-01"}) == 2
    assert [number(days) for days in (None, {}, {"gt": "2026-03-01"})] == [4, 4, 0]


@database_with(create_company)
def test_a_campaign_has_the_number_of_contacts_reached_and_of_responses_a_10(api: Api) -> None:
    for no in ("CP1", "CP2"):
        api.mutate("createCampaign", {"no": no, "campaign": {"description": no}}, "campaign { no }")
    for contact in ("C1", "P1", "C2"):
        logged(api, contact, "VISIT", campaignNo="CP1", campaignTarget=True)
    for contact in ("C1", "P2"):
        logged(api, contact, "CALLIN", campaignNo="CP1", campaignResponse=True)
    variables = "{ campaigns { nodes { contactsTargeted contactsResponded responseRate } } }"

    assert api.execute(variables)["campaigns"]["nodes"] == [
        {"contactsTargeted": 3, "contactsResponded": 2, "responseRate": 66.7},
        {"contactsTargeted": 0, "contactsResponded": 0, "responseRate": 0},
    ]


@database_with(create_company)
def test_figures_and_counts_of_one_document_are_equal_while_others_write(api: Api) -> None:
    document = """{ figures: interactionStatistics { totals { interactions } } list: interactionLogEntries { totalCount }
    salesperson(code: "JO") { statistics { interactions } } }"""
    interaction = {"contactNo": "C1", "templateCode": "VISIT", "salespersonCode": "JO"}
    create = "mutation($input: CreateInteractionInput!) { createInteraction(input: $input) { userErrors { code } } }"

    requests = []
    for _ in range(15):
        requests += [api.send(create, {"input": {"interaction": interaction}}), api.send(document)]
    answers = [answer.json()["data"] for answer in api.run_concurrently(*requests)]

    for data in answers[1::2]:
        counts = (data["figures"]["totals"]["interactions"], data["list"]["totalCount"])
        assert counts == (data["salesperson"]["statistics"]["interactions"],) * 2
    assert api.execute(document)["list"]["totalCount"] == 15
