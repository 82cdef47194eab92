"""The demo company that `carnet demo` loads: the output of the command, and GraphiQL's examples. It is smaller here: see
`tests/forks.py`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from schema.server.cli.texts import messages
from schema.server.graphiql import page as graphiql
from tests.api import Json, running_app
from tests.commands import FEWER_DEMO_ENTRIES, assert_refused, carnet, time_zone_of
from tests.conftest import _create
from tests.forks import forked
from tests.sockets import subscribed

FRENCH = {"LANG": "fr_CA.UTF-8"}

pytestmark = [pytest.mark.slow, pytest.mark.costly_setup]


@dataclass(frozen=True)
class Loaded:
    """A database with the demo company, and what the two commands printed that were started together to load it."""

    url: str
    by: str
    refused: str


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(
    request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Loaded:
    """Loaded once into a new database of each kind, in French, on a machine in Toronto."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'new.db'}"
    else:
        url = loop.run_until_complete(_create(request.getfixturevalue("postgresql_url"), "carnet_test_demo"))
    ended = forked([["demo"]] * 2, together=True, CARNET_DATABASE_URL=url, TZ="America/Toronto", **FRENCH)
    (first, by), (second, refused) = sorted(ended)
    assert (first, second) == (0, 1), ended
    return Loaded(url, by, refused)


def test_only_one_of_two_processes_loads_the_demo_into_a_database_without_tables(loaded: Loaded) -> None:
    assert "Atelier Boréal est chargée\u00a0: 2\u00a0" in loaded.by
    assert "Traceback" not in loaded.refused


def test_every_phase_of_the_demo_and_of_imports_has_a_label(loaded: Loaded, tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("No.,Name\nC1,Ann\n")

    imported = carnet(loaded.url, "import", "contacts", str(tmp_path / "contacts.csv"), **FRENCH)

    names = {sentence.french for sentence in messages.PHASES.values()}
    for printed in (loaded.by, imported.stderr):
        lines = [line for line in printed.splitlines() if "%" in line]
        assert lines
        assert all("100\u00a0%" in line and any(line.startswith(name) for name in names) for line in lines), lines
    assert "1 ligne\u00a0: 1 créée, 0 modifiée, 0 inchangée." in imported.stderr


def test_the_demo_company_is_not_loaded_into_a_database_with_data(loaded: Loaded) -> None:
    again = carnet(loaded.url, "demo", **FRENCH)

    assert_refused(again, "Cette compagnie a déjà des données")


def test_the_demo_company_gets_the_time_zone_of_the_machine(loaded: Loaded, loop: asyncio.AbstractEventLoop) -> None:
    """The process that creates the company says so; the other one may be the one that loads the data."""
    zone = "Le fuseau horaire de la compagnie est America/Toronto, celui de cet ordinateur."
    assert (loaded.by + loaded.refused).count(zone) == 1
    assert time_zone_of(loaded.url, loop) == "America/Toronto"


def test_every_example_runs_on_the_demo_company_without_user_errors(
    loaded: Loaded, loop: asyncio.AbstractEventLoop
) -> None:
    """One of them resumes the first postponed interaction of the whole demo company, see `test_demo.py`."""
    first_postponed = f"Int! = {FEWER_DEMO_ENTRIES + 1}"
    with running_app(loaded.url, loop) as api:
        examples = [tab["query"].replace("Int! = 60001", first_postponed) for tab in graphiql.examples()]
        subscriptions = [text for text in examples if "\nsubscription " in text]
        sockets = [subscribed(api, text) for text in subscriptions]
        states = [
            socket.next() for socket, text in zip(sockets, subscriptions, strict=True) if "segmentChanged" in text
        ]
        answers = [api.execute(text) for text in examples if text not in subscriptions]
        live = [socket.next() for socket, text in zip(sockets, subscriptions, strict=True) if "Logged" in text]

    payloads = [payload for answer in answers for payload in answer.values()]
    assert [payload["userErrors"] for payload in payloads if payload.get("userErrors")] == []
    assert all(None not in answer.values() for answer in answers)
    assert states[0]["segment"]["no"]
    assert live[0]["count"] >= 1
    payload = _payload_in(answers)
    assert payload("addSegmentContacts")["added"] > payload("removeSegmentContacts")["removed"] > 0
    assert payload("undoSegmentStep")["undone"]["action"] == "KEEP_MATCHING"
    assert payload("logSegment")["logged"] == payload("addSegmentContacts")["added"]
    assert payload("changes")["nodes"][0]["fields"][0]["newValue"] == "514 555-0142"


def _payload_in(answers: list[Json]) -> Callable[[str], Json]:
    return lambda field: next(answer[field] for answer in answers if field in answer)
