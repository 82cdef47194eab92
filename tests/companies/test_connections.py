"""All companies together have a limited number of connections to PostgreSQL."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from sqlalchemy import make_url

from schema.server.companies.states import State
from tests.companies.serving import CREATE, VIEWER, Serve
from tests.conftest import is_on_citus

NAMES = [f"company-{number}" for number in range(6)]


@pytest.mark.slow
def test_all_companies_together_stay_within_the_bound_of_connections(
    request: pytest.FixtureRequest, empty_copy: Callable[[str], str], root_url: str, serve: Serve
) -> None:
    """Three clients read and change in turns, and closed companies are checked, while another connection counts."""
    urls = {name: empty_copy("postgresql") for name in NAMES}
    server = make_url(request.getfixturevalue("postgresql_url")).render_as_string(hide_password=False)
    most = 12
    with serve(urls, max_connections=most, company_connections=9) as served:

        async def client(number: int) -> None:
            for turn in range(5):
                name = NAMES[(number * 3 + turn) % len(NAMES)]
                assert (await served.api[name].send(VIEWER)).status_code == 200
                created = (await served.api[name].send(CREATE, {"no": f"C{number}-{turn}"})).json()
                assert created["data"]["createContact"]["userErrors"] == [], created

        async def highest(ended: asyncio.Event) -> int:
            connection, found = await asyncpg.connect(server), 0
            column, attribute = ("usename", "username") if is_on_citus(server) else ("datname", "database")
            of_test = [getattr(make_url(url), attribute) for url in (root_url, *urls.values())]  # others may be ending
            count = (
                f"SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'carnet%' AND {column} = ANY ($1)"
            )
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


def test_a_company_that_is_closed_during_its_check_is_ready_and_leaves_no_connection(
    request: pytest.FixtureRequest, empty_copy: Callable[[str], str], serve: Serve
) -> None:
    """The connection of the check would stay open until the garbage collector finds it."""
    url = empty_copy("postgresql")
    of_company = (
        "FROM pg_stat_activity WHERE application_name LIKE 'carnet%' AND "
        f"{'usename = current_user' if is_on_citus(url) else 'datname = current_database()'}"
    )
    with serve({"north": url}) as served:
        companies = served.app.companies

        async def scenario() -> None:
            other = await asyncpg.connect(make_url(url).render_as_string(hide_password=False))
            try:
                assert (await served.api["north"].send(VIEWER)).status_code == 200
                async with other.transaction():
                    await other.execute("LOCK TABLE webhook")
                    checking = asyncio.ensure_future(companies.check_all())
                    while not await other.fetchval(f"SELECT count(*) {of_company} AND wait_event_type = 'Lock'"):
                        await asyncio.sleep(0.01)
                    companies.make_room()
                    await asyncio.wait(companies._closing)
                await checking
                while await other.fetchval(f"SELECT count(*) {of_company}"):  # it ends them a moment later
                    await asyncio.sleep(0.01)
            finally:
                await other.close()

        served.run(asyncio.wait_for(scenario(), 20))
        assert companies._states["north"].state is State.READY
        assert served.open_names == []
