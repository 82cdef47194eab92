"""Clients that close the connection before they have their response: queries end at once, mutations are made."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from tests.schema.server.connections.test_http_connections import ask, body_of, query
from tests.schema.server.responses.test_interrupted_streams import eventually

SLOW = (
    "INSERT INTO campaign (no, description, version, blocked) VALUES ('C1', 'Spring', 1, false)",
    "ALTER TABLE campaign RENAME TO fast_campaign",
    """CREATE VIEW campaign AS SELECT fast_campaign.* FROM fast_campaign CROSS JOIN (SELECT count(*) AS n FROM
    (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r) AS x) AS y""",
)
"""After these statements no read of campaigns ends."""

CAMPAIGNS = "{ campaigns { nodes { no description } } }"
OTHERS = "{ salespeople { nodes { code } } }"
CREATE = 'mutation { createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) { userErrors { code } } }'
READS = 12
"""More than run at the same time."""


@pytest.fixture
def port(serve: Callable[..., int], database_url: str) -> int:
    return serve(database_url, max_connections=16, patience_seconds=60, read_timeout_seconds=60)


def leave_after(port: int, document: str, seconds: float = 0) -> None:
    """Send an operation and close the connection before its response."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        connection.sendall(query(document))
        time.sleep(seconds)


def data_of(port: int, document: str) -> Any:
    answer = json.loads(body_of(ask(port, document)))
    assert "errors" not in answer, answer
    return answer["data"]


def test_a_query_ends_when_its_client_leaves(port: int, database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Otherwise those queries would hold all places until their time limit of a minute."""
    data_of(port, OTHERS)
    data_of(port, CAMPAIGNS)
    loop.run_until_complete(database.writing(lambda session: [session.execute(text(each)) for each in SLOW]))
    for _ in range(READS):
        leave_after(port, CAMPAIGNS, 0.1)

    began = time.monotonic()
    assert data_of(port, OTHERS) == {"salespeople": {"nodes": []}}
    assert time.monotonic() - began < 20


def test_a_mutation_is_made_although_its_client_leaves(
    port: int, database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """It waits for another transaction when its client leaves."""
    data_of(port, OTHERS)

    async def leave_during_a_change() -> None:
        def hold(session: Session) -> None:
            session.execute(text("UPDATE marketing_setup SET version = version"))
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("LOCK TABLE salesperson IN ACCESS EXCLUSIVE MODE"))
            leave_after(port, CREATE, 0.3)

        await database.writing(hold)

    loop.run_until_complete(leave_during_a_change())
    assert eventually(lambda: data_of(port, OTHERS) == {"salespeople": {"nodes": [{"code": "JO"}]}})
