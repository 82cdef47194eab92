"""The change feed has exactly what each mutation of a scenario changed in the rows."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import make_url

from tests.api import Api
from tests.change_feed import FeedCheck, Rows


@pytest.fixture(autouse=True)
def check_change_feed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compare the rows before and after each mutation that the test sends, on SQLite (R-FEED-1, R-FEED-2)."""
    if not {"api", "database_url"} <= {*request.fixturenames} or "sqlite" not in request.node.name:
        yield
        return
    connection = sqlite3.connect(make_url(request.getfixturevalue("database_url")).database or "")
    connection.row_factory = sqlite3.Row

    def select(statement: str) -> Rows:
        return connection.execute(statement).fetchall()

    check, send = FeedCheck(select), Api.send_mutation

    def sent(api: Api, mutation: str, *more: Any) -> Any:
        payload = send(api, mutation, *more)
        check.check()
        return payload

    monkeypatch.setattr(Api, "send_mutation", sent)
    yield
    connection.close()
