"""Companies are opened when they are used, within bounds, and a lost one leaves the others untouched."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session

from persistence.connection_budget import ConnectionBudget
from persistence.database import Database
from schema.server.companies import rights
from schema.server.companies import serving as companies
from tests.companies.serving import Served, serving
from tests.conftest import CITUS_SCHEMAS, CITUS_URL

NAMES = [f"company-{number}" for number in range(6)]
VIEWER = "{ viewer { userId } contacts(first: 1) { totalCount } }"
CREATE = """mutation($no: String!) { createContact(input: {no: $no, contact: {type: COMPANY, name: "New"}})
{ contact { no } userErrors { code } } }"""


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, empty_copy: Callable[[str], str]) -> list[str]:
    """The URLs of several databases."""
    return [empty_copy(request.param) for _ in range(4)]


@pytest.fixture
def root_url(empty_copy: Callable[[str], str]) -> str:
    return empty_copy("sqlite")


def open_names(served: Served) -> list[str]:
    return [*served.app.companies._open]


def test_the_least_recently_used_company_is_closed(
    urls: list[str], root_url: str, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    named = dict(zip("abcd", urls, strict=True))
    with serving(named, root_url, tmp_path / "list", loop, max_open_companies=2) as served:
        for name in "abacd":
            assert served.api[name].execute(VIEWER)["viewer"] == {"userId": "ann"}
            assert len(open_names(served)) <= 2
            if name == "c":
                assert open_names(served) == ["a", "c"]

        assert open_names(served) == ["c", "d"]
        assert (
            served.request("GET", "/metrics", outside=False).text.count('carnet_pool_in_use{pool="companies"} 2.0') == 1
        )


def test_a_company_with_a_running_request_is_not_closed(
    urls: list[str], root_url: str, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    with serving(
        dict(zip("abcd", urls, strict=True)), root_url, tmp_path / "list", loop, max_open_companies=1
    ) as served:

        async def scenario() -> None:
            held, release = asyncio.Event(), asyncio.Event()
            assert (await served.api["a"].send(VIEWER)).status_code == 200
            company = served.app.companies._open["a"]
            engine = company.app.state.graphql._engine
            answer = engine.answer

            async def slow(*arguments: Any, **more: Any) -> Any:
                held.set()
                await release.wait()
                return await answer(*arguments, **more)

            engine.answer = slow
            running = asyncio.ensure_future(served.api["a"].send(VIEWER))
            await held.wait()
            refused = await served.api["b"].send(VIEWER)
            assert refused.status_code == 401  # nobody knows yet whether this token is valid
            release.set()
            assert (await running).status_code == 200
            assert (await served.api["b"].send(VIEWER)).status_code == 200

        served.run(scenario())


@pytest.mark.slow
def test_all_companies_together_stay_within_the_bound_of_connections(
    request: pytest.FixtureRequest,
    empty_copy: Callable[[str], str],
    root_url: str,
    tmp_path: Path,
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Three clients read and change in turns, and closed companies are checked, while another connection counts."""
    urls = {name: empty_copy("postgresql") for name in NAMES}
    server = make_url(request.getfixturevalue("postgresql_url")).render_as_string(hide_password=False)
    most = 12
    with serving(urls, root_url, tmp_path / "list", loop, max_connections=most, company_connections=9) as served:

        async def client(number: int) -> None:
            for turn in range(5):
                name = NAMES[(number * 3 + turn) % len(NAMES)]
                assert (await served.api[name].send(VIEWER)).status_code == 200
                created = (await served.api[name].send(CREATE, {"no": f"C{number}-{turn}"})).json()
                assert created["data"]["createContact"]["userErrors"] == [], created

        async def highest(ended: asyncio.Event) -> int:
            connection, found = await asyncpg.connect(server), 0
            of_test = [make_url(url).database for url in (root_url, *urls.values())]  # others may still be ending
            count = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'carnet%' AND datname = ANY ($1)"
            while not ended.is_set():
                found = max(found, await connection.fetchval(count, of_test))
                await asyncio.sleep(0.01)
            await connection.close()
            return found

        async def check(ended: asyncio.Event) -> None:
            while not ended.is_set():
                await served.app.companies.check_all()

        async def scenario() -> int:
            ended = asyncio.Event()
            counting, checking = asyncio.ensure_future(highest(ended)), asyncio.ensure_future(check(ended))
            await asyncio.gather(*map(client, range(3)))
            ended.set()
            await checking
            return await counting

        assert 2 < served.run(scenario()) <= most


def test_a_budget_counts_connections_until_they_are_closed() -> None:
    class Connection:
        closed, is_closing, is_cut_off = False, False, False

        def is_closed(self) -> bool:
            return self.closed

    async def scenario() -> None:
        budget, connection = ConnectionBudget(1), Connection()
        await budget.take()
        budget.give_back(refused=True)
        await budget.take()
        budget.opened(connection)
        calls: list[int] = []
        budget.make_room = lambda: calls.append(1)
        waiting = asyncio.ensure_future(budget.take())
        await asyncio.sleep(0.05)
        assert (budget.usage.in_use, waiting.done(), bool(calls)) == (1, False, True)
        connection.closed = connection.is_closing = True
        await asyncio.sleep(0.2)
        assert not waiting.done()
        connection.is_closing = False
        await asyncio.wait_for(waiting, 1)
        assert budget.usage.in_use == 1
        budget.give_back(refused=False)
        assert budget.usage.in_use == 1, "the server may have accepted it"
        await asyncio.wait_for(budget.take(), 1)
        budget.opened(connection)
        connection.is_cut_off = True
        assert budget.usage.in_use == 1, "the server may not have noticed yet"
        await asyncio.wait_for(budget.take(), 1)

    asyncio.run(scenario())


def test_a_lost_company_leaves_the_others_untouched(
    urls: list[str],
    root_url: str,
    tmp_path: Path,
    loop: asyncio.AbstractEventLoop,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its users are told that it is not available, and /ready names it for those who may know."""
    monkeypatch.setattr(rights, "REFUSAL_SECONDS", 0.01)
    with serving(dict(zip("abcd", urls, strict=True)), root_url, tmp_path / "list", loop) as served:
        for name in "ab":
            served.api[name].execute(VIEWER)
        served.api["a"].mutate("createSalesperson", {"code": "JO", "salesperson": {"name": "Jo"}}, "__typename")
        made = served.api["a"].send_mutation("createCalendarFeed", {"salespersonCode": "JO"}, "url")
        calendar = made["url"].removeprefix("http://localhost")
        assert served.request("GET", calendar).status_code == 200
        lose(urls[0], request, loop)

        assert served.request("GET", "/ready").json() == {"status": "ok"}
        known = first_failure(served, "a")
        assert (known.status_code, known.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
        stranger = served.request(
            "POST", "/companies/a/graphql", headers={"authorization": "Bearer carnet_x"}, json={"query": VIEWER}
        )
        nobody = served.request(
            "POST", "/companies/no/graphql", headers={"authorization": "Bearer carnet_x"}, json={"query": VIEWER}
        )
        assert (
            (stranger.status_code, len(stranger.text))
            == (nobody.status_code, len(nobody.text))
            == (401, len(nobody.text))
        )
        assert served.request("GET", calendar).status_code == 503
        guessed, missing = (
            served.request("GET", f"/companies/{name}/calendar/{'x' * 43}.ics", headers={"x-request-id": "same"})
            for name in ("a", "no")
        )
        assert (guessed.status_code, guessed.text) == (missing.status_code, missing.text) == (404, missing.text)
        assert served.api["b"].execute(VIEWER)["viewer"] == {"userId": "ann"}
        assert served.api["c"].execute(VIEWER)["viewer"] == {"userId": "ann"}
        served.run(served.app.companies.check_all())
        ready = served.request("GET", "/ready", outside=False)
        assert (ready.status_code, ready.json()) == (
            200,
            {"status": "ok", "companies": {"count": 4, "notReady": ["a"]}},
        )
        assert served.request("GET", "/ready").json() == {"status": "ok"}


def test_ready_names_a_company_soon_after_a_failed_request_and_until_its_database_is_back(
    urls: list[str],
    root_url: str,
    tmp_path: Path,
    loop: asyncio.AbstractEventLoop,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All companies together are only checked once a minute."""
    monkeypatch.setattr(companies, "RECHECK_SECONDS", 0.05)
    with serving(dict(zip("ab", urls[:2], strict=True)), root_url, tmp_path / "list", loop) as served:
        for name in "ab":
            served.api[name].execute(VIEWER)
        for usable, expected in ((False, ["a"]), (True, [])):
            set_usable(urls[0], request, loop, usable=usable)
            if not usable:
                first_failure(served, "a")
            wait_until_ready_names(served, expected)
            assert served.api["b"].execute(VIEWER)["viewer"] == {"userId": "ann"}
        assert served.api["a"].execute(VIEWER)["viewer"] == {"userId": "ann"}


def not_ready(served: Served) -> list[str]:
    """The companies that /ready names."""
    names: list[str] = served.request("GET", "/ready", outside=False).json()["companies"]["notReady"]
    return names


def wait_until_ready_names(served: Served, names: list[str]) -> None:
    give_up = time.monotonic() + 20
    while not_ready(served) != names:
        assert time.monotonic() < give_up
        served.run(asyncio.sleep(0.05))


def set_usable(url: str, request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, *, usable: bool) -> None:
    """Let a database take connections, or none. A file is moved."""
    parts = make_url(url)
    if url.startswith("sqlite"):
        file = Path(parts.database or "")
        away = file.with_suffix(".away")
        (away if usable else file).rename(file if usable else away)
        return

    async def change() -> None:
        server = make_url(request.getfixturevalue("postgresql_url")).render_as_string(hide_password=False)
        connection = await asyncpg.connect(server)
        if CITUS_URL in os.environ:
            await connection.execute(f"ALTER ROLE {parts.username} {'LOGIN' if usable else 'NOLOGIN'}")
            ended = f"usename = '{parts.username}'"
        else:
            await connection.execute(f"ALTER DATABASE {parts.database} ALLOW_CONNECTIONS {usable}")
            ended = f"datname = '{parts.database}'"
        await connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ended}")
        await connection.close()

    loop.run_until_complete(change())


def first_failure(served: Served, name: str) -> Any:
    """The first response that is not successful. A lost SQLite file is only noticed after a while: Carnet checks the file
    from time to time.
    """
    give_up = time.monotonic() + 5
    while (response := served.api[name].post(VIEWER)).status_code == 200:
        assert time.monotonic() < give_up
        time.sleep(0.1)
    return response


def lose(url: str, request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop) -> None:
    """Delete a database while it is open."""
    if url.startswith("sqlite"):
        Path(make_url(url).database or "").unlink()
        return

    if CITUS_URL in os.environ:  # nobody connects again between the statements
        set_usable(url, request, loop, usable=False)

    async def drop() -> None:
        server = make_url(request.getfixturevalue("postgresql_url")).render_as_string(hide_password=False)
        if CITUS_URL in os.environ:
            await CITUS_SCHEMAS.drop(server, make_url(url).username or "")
            return
        connection = await asyncpg.connect(server)
        await connection.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
        await connection.close()

    loop.run_until_complete(drop())


def test_companies_are_added_moved_and_removed_while_the_server_runs(
    urls: list[str], root_url: str, tmp_path: Path, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "REFUSAL_SECONDS", 0.01)
    with serving({}, root_url, tmp_path / "list", loop) as served:
        served.add("a", urls[0])
        served.api["a"].execute(CREATE, no="OLD")
        old = served.api["a"]
        served.add("a", urls[1])  # its database has moved
        assert served.api["a"].execute(VIEWER)["contacts"] == {"totalCount": 0}
        assert old.post(VIEWER).status_code == 401
        assert open_names(served) == ["a"]
        (served.folder / "a.url").unlink()
        served.run(served.app.companies.check_all())
        assert open_names(served) == []
        assert served.api["a"].post(VIEWER).status_code == 401


def test_the_addresses_of_a_company_begin_with_its_path(
    root_url: str, empty_copy: Callable[[str], str], tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    with serving({"a": empty_copy("sqlite")}, root_url, tmp_path / "list", loop) as served:
        page = served.request("GET", "/companies/a", headers={"accept": "text/html"})
        assert page.headers["location"] == "/companies/a/"
        assert served.request("GET", "/companies/a/").headers["location"] == "/companies/a/graphql"
        for method, path in (("POST", "/companies/a/graphql"), ("GET", "/companies/a/schema.graphql")):
            redirected = served.request(method, f"{path}/?x=a%2Fb")
            assert (redirected.status_code, redirected.headers["location"]) == (307, f"{path}?x=a%2Fb")
        api = served.api["a"]
        api.mutate("createSalesperson", {"code": "JO", "salesperson": {"name": "Jo"}}, "__typename")
        made = api.send_mutation("createCalendarFeed", {"salespersonCode": "JO"}, "url")
        assert made["url"].startswith("http://localhost/companies/a/calendar/")
        calendar = served.request("GET", made["url"].removeprefix("http://localhost"))
        assert calendar.text.startswith("BEGIN:VCALENDAR")
        assert served.request("GET", made["url"].removeprefix("http://localhost/companies/a")).status_code == 404


def test_without_a_list_of_companies_nothing_is_below_their_path(
    root_url: str, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    with serving({}, root_url, tmp_path / "list", loop) as served:
        shutil.rmtree(served.folder)
        assert served.request("GET", "/companies/a/graphql").status_code == 404
        assert served.request("GET", "/ready", outside=False).json() == {"status": "ok"}


def test_a_company_with_webhooks_is_opened_from_time_to_time(
    urls: list[str], root_url: str, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    """Changes may wait for another attempt."""
    named = dict(zip("ab", urls[:2], strict=True))
    with serving(named, root_url, tmp_path / "list", loop, max_open_companies=1, webhook_allow_private=True) as served:
        webhook = {"url": "http://127.0.0.1:9/"}
        served.api["a"].mutate("createWebhook", webhook, "webhook { id }")
        served.api["b"].execute(VIEWER)
        assert open_names(served) == ["b"]

        served.run(served.app.companies.check_all())

        assert open_names(served) == ["a"]


def test_an_open_company_whose_tables_become_older_is_closed_and_named(
    urls: list[str], root_url: str, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    """As when a backup of an earlier version is restored while the server runs."""
    with serving(dict(zip("ab", urls, strict=False)), root_url, tmp_path / "list", loop, metrics=True) as served:
        for name in "ab":
            served.api[name].execute(VIEWER)
        version = set_version(served, "a", "0001")

        served.run(served.app.companies.check_all())

        assert served.request("GET", "/ready", outside=False).json()["companies"]["notReady"] == ["a"]
        assert served.api["a"].post(VIEWER).status_code == 503
        assert served.api["b"].execute(VIEWER)["viewer"] == {"userId": "ann"}
        set_version(served, "a", version)
        served.run(served.app.companies.check_all())
        assert served.request("GET", "/ready", outside=False).json()["companies"]["notReady"] == []
        assert served.api["a"].execute(VIEWER)["viewer"] == {"userId": "ann"}


def set_version(served: Served, name: str, version: str) -> str:
    """Write another version of the tables, and return the one before."""

    async def written() -> str:
        async with Database.at((served.folder / f"{name}.url").read_text().strip(), pool_size=1) as database:
            return await database.writing(write)

    def write(session: Session) -> str:
        before: str = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.connection().execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        return before

    earlier: str = served.run(written())
    return earlier
