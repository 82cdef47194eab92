"""The coordinator of Citus commits a change, but the worker fails before it commits its part: Citus warns, reports success,
and commits on the worker later. Until then the change cannot be read, so no answer confirms it.
"""

import asyncio
import os
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.api import create_company, running_app
from tests.concurrency import wait_until
from tests.conftest import CITUS_URL
from tests.faults.conftest import LOG, OpenProxied, Proxied, add_segment, error_of
from tests.soak.citus_cluster import fetch, place_of

COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
"""The message of a server that has executed COMMIT."""

FIELDS = (
    b"SWARNING",
    b"VWARNING",
    b"C01000",
    b"Mfailed to commit transaction on 127.0.0.1:7701",
    b"RFinishRemoteTransactionCommit",
    b"",
)
"""The fields of the warning that Citus 13.2 sends before COMMITTED if the worker fails."""

PREPARED = "SELECT gid FROM pg_prepared_xacts WHERE owner = $1"
END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = CAST($1 AS text)"
COUNT = "SELECT count(*) FROM interaction_log_entry"


def _warning() -> bytes:
    body = b"\x00".join(FIELDS) + b"\x00"
    return b"N" + (len(body) + 4).to_bytes(4) + body


@pytest.mark.parametrize("key", [None, "key"], ids=["without key", "with key"])
def test_a_change_that_a_worker_may_lack_is_not_confirmed(proxied: OpenProxied, key: str | None) -> None:
    """With an idempotency key, its outcome is looked up, and found."""

    async def scenario(opened: Proxied) -> Any:
        no = await add_segment(opened.api)
        opened.proxy.added = (COMMITTED, _warning())
        response = await opened.api.send(LOG, {"no": no, "key": key})
        assert opened.proxy.added is None, "the warning was sent"
        assert await opened.count() == 4
        return response

    with proxied() as opened:
        response = opened.run(scenario(opened))
    if key is None:
        assert error_of(response)["extensions"]["code"] == "OUTCOME_UNKNOWN"
    else:
        assert response.json()["data"] == {"logSegment": {"logged": 4, "userErrors": []}}


@pytest.mark.skipif(CITUS_URL not in os.environ, reason=f"needs {CITUS_URL}")
def test_a_change_is_not_confirmed_when_the_worker_fails_after_it_has_prepared_it(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    """The coordinator waits for a standby that does not exist, so the worker can fail between both commits."""
    url, coordinator = empty_copy("postgresql"), os.environ[CITUS_URL]
    role = make_url(url).username or ""

    async def scenario(api: Any) -> Any:
        port = await place_of(coordinator, role)
        worker = make_url(coordinator).set(port=port).render_as_string(hide_password=False)
        no = await add_segment(api)
        await _set(coordinator, "ALTER SYSTEM SET synchronous_standby_names = 'none'")
        try:
            logging = asyncio.ensure_future(api.send(LOG, {"no": no}))
            await wait_until(lambda: fetch(worker, PREPARED, role))
            await fetch(worker, END_CONNECTIONS, role)
        finally:
            await _set(coordinator, "ALTER SYSTEM RESET synchronous_standby_names")
        response = await logging
        assert await fetch(url, COUNT) == [(0,)]
        await fetch(coordinator, "SELECT recover_prepared_transactions()")
        assert await fetch(url, COUNT) == [(4,)]
        return response

    with running_app(url, loop) as api:
        create_company(api)
        response = loop.run_until_complete(scenario(api))
    assert error_of(response)["extensions"]["code"] == "OUTCOME_UNKNOWN"


async def _set(url: str, statement: str) -> None:
    connection = await asyncpg.connect(make_url(url).render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()
