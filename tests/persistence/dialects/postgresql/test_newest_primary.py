"""Requests that must not be older than a change, where no other server was promoted."""

import asyncio
from collections.abc import Callable, Iterator

import asyncpg
import pytest
from sqlalchemy import make_url

from persistence.dialects.postgresql import hosts, newest_primary
from tests.api import running_app
from tests.conftest import is_on_citus
from tests.faults.proxy import proxy_of

ROLE = "carnet_test_restricted"
RIGHTS = f"""REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC; CREATE ROLE {ROLE} LOGIN;
GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {ROLE}"""
CREATE = 'mutation { createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) { __typename } }'
STREAM = "/graphql?format=csv&query={contacts{nodes{no}}}"


@pytest.fixture
def restricted(empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """A database whose user may not read the cluster and the timeline, as on some managed servers."""
    url = empty_copy("postgresql")
    if is_on_citus(url):
        pytest.skip("only superusers of Citus change the rights of its functions")

    async def execute(*statements: str) -> None:
        connection = await asyncpg.connect(url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    loop.run_until_complete(execute(RIGHTS))
    yield make_url(url).set(username=ROLE).render_as_string(hide_password=False)
    loop.run_until_complete(execute(f"DROP OWNED BY {ROLE}", f"DROP ROLE {ROLE}"))


def test_a_server_that_does_not_tell_its_timeline_answers_requests_with_and_without_tokens(
    restricted: str, loop: asyncio.AbstractEventLoop
) -> None:
    with running_app(restricted, loop) as api:
        for headers in ({}, {"carnet-read-after": "1.p"}, {"carnet-read-after": "3.0.1.p"}):
            query = "{ postponedInteractions(filter: {state: [TODAY]}) { totalCount } }"
            answer = api.post(query, None, **headers)
            assert answer.json() == {"data": {"postponedInteractions": {"totalCount": 0}}}
            assert api.get(STREAM, **headers).status_code == 200


def test_an_error_about_a_newer_database_is_not_returned_while_no_server_answers(
    empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_primary, "SEARCH_SECONDS", 0.1)
    making = proxy_of(empty_copy("postgresql"))
    proxy, url = loop.run_until_complete(making.__aenter__())
    try:
        with running_app(url, loop) as api:
            token = api.post(CREATE).headers["carnet-read-after"]
            query = "{ salespeople { nodes { code } } }"
            with proxy.down(), monkeypatch.context() as patch:
                patch.setattr(hosts, "VERIFIED_SECONDS", 0)
                error = api.post(query, None, **{"carnet-read-after": token}).json()["errors"][0]
            assert error["extensions"]["code"] == "UNAVAILABLE"
            assert error["message"].startswith("The database is not available.")
            assert "errors" not in api.post(query, None, **{"carnet-read-after": token}).json()
    finally:
        loop.run_until_complete(making.__aexit__(None, None, None))
