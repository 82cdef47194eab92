"""A company whose database is lost or becomes older leaves the others untouched, and is named."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session

from persistence.database import Database
from schema.server.companies import open_company, rights
from schema.server.companies import serving as companies
from tests.companies.serving import VIEWER, Serve, Served
from tests.conftest import CITUS_SCHEMAS, CITUS_URL
from tests.faults.proxy import proxy_of
from tests.refusing_databases import set_usable


def test_a_lost_company_leaves_the_others_untouched(
    urls: list[str],
    serve: Serve,
    loop: asyncio.AbstractEventLoop,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its users are told that it is not available, /ready names it for those who may know, and the log says why once."""
    monkeypatch.setattr(rights, "REFUSAL_SECONDS", 0.01)
    with serve(dict(zip("abcd", urls, strict=True))) as served:
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
        stranger, nobody = (
            served.request(
                "POST",
                f"/companies/{name}/graphql",
                headers={"authorization": "Bearer carnet_x", "x-request-id": "same"},
                json={"query": VIEWER},
            )
            for name in ("a", "no")
        )
        assert (stranger.status_code, stranger.text) == (nobody.status_code, nobody.text) == (401, nobody.text)
        assert served.request("GET", calendar).status_code == 503
        guessed, missing = (
            served.request("GET", f"/companies/{name}/calendar/{'x' * 43}.ics", headers={"x-request-id": "same"})
            for name in ("a", "no")
        )
        assert (guessed.status_code, guessed.text) == (missing.status_code, missing.text) == (404, missing.text)
        assert served.api["b"].execute(VIEWER)["viewer"] == {"userId": "ann"}
        assert served.api["c"].execute(VIEWER)["viewer"] == {"userId": "ann"}
        for _ in range(2):
            served.run(served.app.companies.check_all())
        (why,) = [line for line in capsys.readouterr().out.splitlines() if "company not ready" in line]
        assert [*map(why.count, ("company=a", "state=UNREACHABLE", "cause="))] == [1, 1, 1], why
        ready = served.request("GET", "/ready", outside=False)
        assert (ready.status_code, ready.json()) == (
            200,
            {"status": "ok", "companies": {"count": 4, "notReady": ["a"]}},
        )
        assert served.request("GET", "/ready").json() == {"status": "ok"}


def test_ready_names_a_company_soon_after_a_failed_request_and_until_its_database_is_back(
    urls: list[str],
    serve: Serve,
    loop: asyncio.AbstractEventLoop,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All companies together are only checked once a minute."""
    monkeypatch.setattr(companies, "RECHECK_SECONDS", 0.05)
    with serve(dict(zip("ab", urls[:2], strict=True))) as served:
        for name in "ab":
            served.api[name].execute(VIEWER)
        for usable, expected in ((False, ["a"]), (True, [])):
            change_usability(urls[0], request, loop, usable=usable)
            if not usable:
                first_failure(served, "a")
            wait_until_ready_names(served, expected)
            assert served.api["b"].execute(VIEWER)["viewer"] == {"userId": "ann"}
        assert served.api["a"].execute(VIEWER)["viewer"] == {"userId": "ann"}


def test_ready_names_a_company_whose_server_lets_a_request_wait(
    empty_copy: Callable[[str], str], serve: Serve, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a worker of Citus is frozen: no request fails before its time limit.

    Checks have half a second only while the server is silent: a slow one before that would close the company, and the
    request would have to open it.
    """
    monkeypatch.setattr(companies, "RECHECK_SECONDS", 0.3)
    stack = AsyncExitStack()
    proxy, proxied = loop.run_until_complete(stack.enter_async_context(proxy_of(empty_copy("postgresql"))))
    urls = {"a": proxied, "b": empty_copy("sqlite")}
    try:
        with serve(urls, read_timeout_seconds=60) as served:
            for name in "ab":
                served.api[name].execute(VIEWER)
            with proxy.silence(), monkeypatch.context() as silent:
                silent.setattr(open_company, "CHECK_SECONDS", 0.5)
                waiting = loop.create_task(served.api["a"].send(VIEWER))
                wait_until_ready_names(served, ["a"])
                assert not waiting.done()
                assert served.api["b"].execute(VIEWER)["viewer"] == {"userId": "ann"}
            proxy.cut_all()
            assert loop.run_until_complete(waiting).status_code == 200
            wait_until_ready_names(served, [])
    finally:
        loop.run_until_complete(stack.aclose())


def test_an_open_company_whose_tables_become_older_is_closed_and_named(urls: list[str], serve: Serve) -> None:
    """As when a backup of an earlier version is restored while the server runs."""
    with serve(dict(zip("ab", urls, strict=False)), metrics=True) as served:
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


def not_ready(served: Served) -> list[str]:
    """The companies that /ready names."""
    names: list[str] = served.request("GET", "/ready", outside=False).json()["companies"]["notReady"]
    return names


def wait_until_ready_names(served: Served, names: list[str]) -> None:
    give_up = time.monotonic() + 20
    while not_ready(served) != names:
        assert time.monotonic() < give_up
        served.run(asyncio.sleep(0.05))


def change_usability(
    url: str, request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, *, usable: bool
) -> None:
    """Let a database take connections, or none. A file is moved."""
    if url.startswith("sqlite"):
        file = Path(make_url(url).database or "")
        away = file.with_suffix(".away")
        (away if usable else file).rename(file if usable else away)
        return
    loop.run_until_complete(set_usable(request.getfixturevalue("postgresql_url"), url, usable=usable))


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
        change_usability(url, request, loop, usable=False)

    async def drop() -> None:
        server = make_url(request.getfixturevalue("postgresql_url")).render_as_string(hide_password=False)
        if CITUS_URL in os.environ:
            await CITUS_SCHEMAS.drop(server, make_url(url).username or "")
            return
        connection = await asyncpg.connect(server)
        await connection.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
        await connection.close()

    loop.run_until_complete(drop())


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
