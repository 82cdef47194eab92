"""A COMMIT on Citus that waits for a standby of the worker, which does not exist: no answer is wrong about the change."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import URL, make_url

from tests.api import create_company, running_app
from tests.concurrency import server_with_rows, wait_until
from tests.conftest import CITUS_URL
from tests.faults.conftest import CREATE, LOG, add_segment, error_of

NO_WAIT = "SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
COUNT = "SELECT count(*) FROM interaction_log_entry"

pytestmark = pytest.mark.skipif(CITUS_URL not in os.environ, reason=f"needs {CITUS_URL}")


@pytest.mark.parametrize(("document", "entries"), [(CREATE, 1), (LOG, 4)], ids=["one entry", "segment"])
def test_a_change_that_was_made_is_never_denied(
    empty_copy: Any, loop: asyncio.AbstractEventLoop, postgresql_url: str, document: str, entries: int
) -> None:
    url = empty_copy("postgresql")
    worker = loop.run_until_complete(_worker(url, postgresql_url))
    with running_app(url, loop, write_timeout_seconds=1, bulk_timeout_seconds=1) as api:
        create_company(api)
        variables = {"no": loop.run_until_complete(add_segment(api))} if document == LOG else {}
        with _waiting(worker, loop):
            code = error_of(api.post(document, variables))["extensions"]["code"]
        loop.run_until_complete(wait_until(lambda: _fetch(worker, NO_WAIT)))
        made = loop.run_until_complete(_fetch(make_url(url), COUNT))

    assert made in (0, entries)
    assert code == "OUTCOME_UNKNOWN" or (code, made) == ("TIMEOUT", 0)


async def _worker(url: str, superuser_url: str) -> URL:
    superuser = make_url(superuser_url)
    return (await server_with_rows(url)).set(username=superuser.username, password=superuser.password)


@contextmanager
def _waiting(server: URL, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """The server waits for a standby."""
    for change in ("SET synchronous_standby_names = '*'", "RESET synchronous_standby_names"):
        loop.run_until_complete(_fetch(server, f"ALTER SYSTEM {change}", "SELECT pg_reload_conf()"))
        if change.startswith("SET"):
            yield


async def _fetch(url: URL, *statements: str) -> Any:
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        return [await connection.fetchval(each) for each in statements][-1]
    finally:
        await connection.close()
