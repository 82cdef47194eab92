"""The front page and GraphiQL in a real browser, by keyboard, in French. Skipped without Chromium."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from resolvers import english_grammar, french_grammar
from tests.api import create_company, running_app
from tests.commands import carnet
from tests.schema.server.chromium import BROWSER, WITHOUT_BROWSER, Tab, chromium

pytestmark = [pytest.mark.skipif(BROWSER is None, reason=WITHOUT_BROWSER), pytest.mark.slow]
DATES_OF_NEWEST = 'document.querySelector(".newest tbody td:last-child").textContent'
BARS = """[...document.querySelectorAll("%s .bar-button")].map((bar) => bar.getAttribute("aria-label")).join("\\n")"""


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    with chromium(tmp_path) as tab:
        yield tab


@pytest.fixture
def company(empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> str:
    """Two visits today, a call to resume in 30 days, and two people, one of whom nobody has talked to."""
    url = empty_copy("sqlite")
    with running_app(url, loop) as api:
        create_company(api)
        for _ in range(2):
            interaction = {
                "contactNo": "P1",
                "templateCode": "VISIT",
                "salespersonCode": "JO",
                "timeOfInteraction": "09:30",
            }
            api.mutate("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo }")
        later = (dt.date.today() + dt.timedelta(30)).isoformat()
        postponed = {"interaction": {"contactNo": "P2"}, "resumeOn": later, "reason": "Occupée"}
        api.mutate("postponeInteraction", postponed, "postponedInteraction { entryNo }")
    return url


def test_the_front_page_is_used_by_keyboard_and_opens_its_lists(
    serve: Callable[..., int], company: str, tab: Tab
) -> None:
    port = serve(company)
    tab.open(f"http://127.0.0.1:{port}/")
    for tile in (".weeks", ".postponed", ".hours", ".silent"):
        tab.wait_for(f"{tile} .bar-button")

    assert tab.value("document.documentElement.lang") == "fr"
    assert tab.value(BARS % ".weeks").startswith("MEET, semaine du ")
    assert tab.value(BARS % ".postponed") == "Plus tard\u00a0: 1 interaction reportée"
    assert tab.value(BARS % ".hours") == "9\u00a0h\u00a0: 100\u00a0% des 2 tentatives"
    assert tab.value(BARS % ".silent") == "Paul Savoie\u00a0: 1 contact silencieux"

    tab.press_until("Tab", 'focused.matches(".weeks .bar-button")')
    bar = tab.focused()
    assert bar.endswith("\u00a0: 2 interactions")
    tab.press("Enter")
    tab.wait('document.querySelectorAll("#list tbody tr").length === 2')
    assert tab.focused() == "Fermer"
    today = dt.date.today()
    date = tab.value('document.querySelector("#list tbody td").firstChild.textContent')
    assert date == french_grammar.day(today)
    tab.press("Escape")
    assert tab.focused() == bar
    assert tab.value(DATES_OF_NEWEST) == french_grammar.day(today) + " 09:30"

    tab.press_until("Tab", 'focused.matches(".postponed .bar-button")')
    tab.press("Enter")
    assert "Occupée" in tab.wait('document.querySelector("#list tbody tr")?.textContent')
    tab.press("Escape")

    for width in (400, 800, 1280, 1600):
        tab.set_width(width)
        tab.wait(f"innerWidth === {width} && document.documentElement.scrollWidth <= {width}")
    tab.open(f"http://127.0.0.1:{port}/", "en-CA")
    tab.wait_for(".newest tbody td")
    assert tab.value(DATES_OF_NEWEST) == english_grammar.day(today) + " 09:30"
    assert tab.console == []


def test_a_tile_opens_its_operation_in_graphiql(serve: Callable[..., int], company: str, tab: Tab) -> None:
    port = serve(company)
    tab.open(f"http://127.0.0.1:{port}/graphql")
    shown = """[...document.querySelectorAll(".graphiql-tab")].map((tab) => tab.textContent).join(" ")"""
    examples = tab.wait(shown).split()
    tab.open(f"http://127.0.0.1:{port}/")
    tab.wait_for(".silent .bar-button")
    tab.press_until("Tab", 'focused.matches(".silent .operation summary")')
    tab.press("Enter")
    tab.press_until("Tab", 'focused.matches(".silent .operation a")')
    assert tab.focused() == "Ouvrir dans GraphiQL\u00a0: Contacts silencieux par représentant"
    tab.press("Enter")

    tab.wait('location.pathname === "/graphql"')
    assert tab.wait(shown).split()[: len(examples)] == examples
    assert tab.wait('document.querySelector(".graphiql-tab-active")?.textContent').startswith("SilentContacts")
    tab.wait('document.querySelector(".graphiql-editor-tools")?.textContent.includes("En-têtes")')
    tab.wait('document.querySelector(".graphiql-execute-button")?.getAttribute("aria-label").startsWith("Exécuter")')
    assert tab.value("location.hash") == ""
    tab.press_until("Tab", 'focused.textContent === "Passer au contenu"')
    tab.press("Enter")
    tab.wait('document.activeElement.closest(".graphiql-query-editor") !== null')
    tab.set_width(400)
    tab.wait('document.querySelector(".graphiql-response").offsetWidth > 250')
    assert tab.console == []


def test_the_pages_of_a_company_name_it_and_link_to_its_pages_only(
    serve: Callable[..., int], company: str, empty_copy: Callable[[str], str], tmp_path: Path, tab: Tab
) -> None:
    folder = tmp_path / "companies"
    folder.mkdir()
    (folder / "north.url").write_text(company)
    address = f"http://127.0.0.1:{serve(empty_copy('sqlite'), companies=folder)}/companies/north/"
    for page in ("", "graphql"):
        tab.open(address + page)
        assert tab.wait('document.querySelector("#company").textContent') == "north"
        assert tab.value("document.title").startswith("north – ")
        links = tab.value('[...document.querySelectorAll(".bar a")].map((link) => link.href).join(" ")').split()
        assert all(link.startswith(address) for link in links)
    tab.open(address.replace("/companies/north/", "/"))
    assert tab.wait('document.querySelector("#company")?.hidden') is True


def test_one_token_is_for_the_front_page_and_graphiql(serve: Callable[..., int], company: str, tab: Tab) -> None:
    token = carnet(company, "token", "create", "--user", "jo", "--role", "salesperson", "--salesperson", "JO").stdout
    port = serve(company, require_token=True)
    tab.open(f"http://127.0.0.1:{port}/")
    for entered, reason in (("wrong", "Ce serveur"), (token.strip(), "Le serveur a refusé")):
        tab.wait('document.querySelector("#token").open')
        assert tab.value('document.querySelector("#token-why").textContent').startswith(reason)
        tab.type(entered)
        tab.press("Enter")
    tab.wait_for(".weeks .bar-button")

    assert tab.value('document.querySelector("#user").textContent') == "Jo Roy Représentant"
    assert tab.value('document.querySelector("#own").hidden') is False
    assert tab.wait('document.querySelector(".silent .nothing")?.textContent') == "Aucun contact silencieux."
    tab.open(f"http://127.0.0.1:{port}/graphql")
    tab.wait('document.querySelector("#user").textContent === "Jo Roy Représentant"')
    assert tab.value('document.querySelector("#token").open') is False


def test_new_interactions_appear_and_links_of_calendars_open_what_is_postponed(
    serve: Callable[..., int], company: str, tab: Tab
) -> None:
    address = f"http://127.0.0.1:{serve(company)}"
    tab.open(f"{address}/#postponed=3")
    assert "Occupée" in tab.wait('document.querySelector("#list tbody tr")?.textContent')
    tab.press("Escape")
    tab.wait('document.querySelectorAll(".newest tbody tr").length === 2')
    tab.wait('document.querySelector(".next .nothing") !== null')
    time.sleep(1)  # until it has subscribed

    failed = """mutation { createInteraction(input: {interaction: {contactNo: "P2", templateCode: "CALLIN", salespersonCode: "PS",
        attemptFailed: true, date: "2026-01-05"}}) { userErrors { code } } }"""
    assert (
        httpx2.post(f"{address}/graphql", json={"query": failed}).json()["data"]["createInteraction"]["userErrors"]
        == []
    )
    tab.wait('document.querySelectorAll(".newest tbody tr").length === 3')
    tab.wait('document.querySelector(".next tbody")?.textContent.includes("a échoué")')
    tab.set_width(400)
    lines = "cell.offsetHeight / parseFloat(getComputedStyle(cell).lineHeight)"
    reason = tab.value(f'((cell) => {lines})(document.querySelector(".next tbody tr").lastElementChild)')
    assert reason < 3  # lines of text
    assert tab.console == []


def test_a_subscription_in_graphiql_shows_events_after_another_one_was_stopped(
    serve: Callable[..., int], company: str, tab: Tab
) -> None:
    address = f"http://127.0.0.1:{serve(company)}/graphql"
    tab.open(address)
    button, answer = (
        "document.querySelector('.graphiql-execute-button')",
        "document.querySelector('.graphiql-response')",
    )
    tabs = '[...document.querySelectorAll(".graphiql-tab-button")]'
    logged = """mutation { createInteraction(input: {interaction: {contactNo: "P2", templateCode: "VISIT",
        salespersonCode: "JO"}}) { userErrors { code } } }"""
    for name, response in (("Live", "interactionLogged"), ("Watch", "segmentChanged")):
        chosen = f"{tabs}.find((each) => each.textContent === '{name}')?.click()"
        shown = f"document.querySelector('.graphiql-query-editor .view-lines')?.textContent.includes('{name}')"
        tab.wait(f"({chosen}, {shown})")  # clicks again until GraphiQL has started
        tab.wait(f"{button}.getAttribute('aria-label').startsWith('Exécuter')")
        tab.value(f"{button}.click()")
        tab.wait(f"{button}.getAttribute('aria-label').startsWith('Arrêter')")
        for _ in range(30):  # until it has subscribed
            time.sleep(1)
            assert httpx2.post(address, json={"query": logged}).json()["data"]["createInteraction"]["userErrors"] == []
            if tab.value(f"{answer}.textContent.includes('{response}')"):
                break
        else:
            raise AssertionError(f"{name} got no response")
        time.sleep(1)  # until the event would have come

    assert tab.value(f"{button}.getAttribute('aria-label')").startswith("Arrêter")
    assert tab.console == []


def test_graphiql_runs_the_operation_of_a_tab_that_was_just_chosen(
    serve: Callable[..., int], company: str, tab: Tab
) -> None:
    tab.open(f"http://127.0.0.1:{serve(company)}/graphql")
    tab.wait("document.querySelector('.graphiql-query-editor .view-lines')?.textContent.trim()")
    tab.wait("document.querySelector('.graphiql-execute-button')?.getAttribute('aria-label').startsWith('Exécuter')")
    time.sleep(1)  # GraphiQL reads the name of the first operation a moment after it shows the text
    tabs = '[...document.querySelectorAll(".graphiql-tab-button")]'
    first, other = tab.value(f"{tabs}.slice(0, 2).map((each) => each.textContent).join(' ')").split()
    tab.value(
        """window.sent = []; const before = window.fetch; window.fetch = (address, options) => {
            if (options?.body) sent.push(JSON.parse(options.body)); return before(address, options); }"""
    )
    tab.value(f"{tabs}[1].click(); document.querySelector('.graphiql-execute-button').click()")
    tab.wait("sent.length > 0")

    assert first != other
    assert tab.value(f"sent[0].query.includes('{other}')")
    assert tab.value("sent[0].operationName") == other
    tab.wait("document.querySelector('.graphiql-response').textContent.includes('data')")
    assert tab.console == []
