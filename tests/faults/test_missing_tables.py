"""A table that is missing, as while a backup is loaded or after a mistake of an administrator, is reported as an outage."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.api import create_company, running_app
from tests.commands import assert_refused, carnet
from tests.faults.conftest import CREATE, READ, error_of
from tests.faults.test_outages import DEFAULT_EXECUTION

LIST = "{ contacts { nodes { no } } }"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_missing_table_is_an_outage_until_it_is_back(
    empty_copy: Any, kind: str, loop: asyncio.AbstractEventLoop
) -> None:
    url = empty_copy(kind)
    with running_app(url, loop) as api:
        create_company(api)
        database = api.app.state.database

        def get(path: str) -> Any:
            return loop.run_until_complete(api._client.get(path))

        def rename(name: str, new_name: str) -> None:
            legacy = "PRAGMA legacy_alter_table = ON" if kind == "sqlite" else "SELECT 1"
            for sql in (legacy, f"ALTER TABLE {name} RENAME TO {new_name}"):
                loop.run_until_complete(database.writing(lambda session, sql=sql: session.execute(text(sql))))

        assert get("/ready").status_code == 200
        rename("contact", "moved")
        assert get("/ready").status_code == 503
        with capture_logs() as lines:
            for response in (
                *(api.post(each) for each in (READ, CREATE, DEFAULT_EXECUTION)),
                api.post(LIST, accept="text/csv"),
            ):
                error = error_of(response)
                assert (error["extensions"]["code"], response.status_code) == ("UNAVAILABLE", 503)
                assert response.headers["retry-after"] == "5"
        outages = [line for line in lines if line["event"] == "database unavailable"]
        assert len(outages) <= 2
        assert not any("exception" in line for line in lines)

        for command in (["check"], ["refresh", "--all"]):
            assert_refused(carnet(url, *command), "cannot be used", "contact")

        rename("moved", "contact")
        assert get("/ready").status_code == 200
        for document in (READ, CREATE, DEFAULT_EXECUTION):
            assert "errors" not in api.post(document).json()
