"""A mutation that was executed, but whose result cannot be read, is not reported as one that changed nothing."""

import asyncio
from typing import Any

from tests.faults.conftest import OpenProxied, Proxied, error_of

CREATE_CONTACT = """mutation { createContact(input: {contact: {type: COMPANY, name: "Nouvelle"}})
{ contact { no name } userErrors { code } } }"""


def test_the_error_says_that_the_mutation_was_executed(proxied: OpenProxied) -> None:
    """Here all connections for reads are in use."""

    async def scenario(opened: Proxied) -> Any:
        database = opened.api._client._transport.app.state.database
        reading = asyncio.ensure_future(database.reading([("SELECT pg_sleep(1)::text", ())]))
        await asyncio.sleep(0)
        before = await opened.count("contact")
        response = await opened.api.send(CREATE_CONTACT)
        assert await opened.count("contact") == before + 1
        await reading
        return response

    with proxied(max_connections=11, patience_seconds=0.3) as opened:
        response = opened.run(scenario(opened))

    error = error_of(response)
    assert response.json()["data"] == {"createContact": {"contact": None, "userErrors": []}}
    assert error["extensions"]["code"] == "OUTCOME_UNKNOWN"
    assert "was executed" in error["message"]
    assert "retryAfterSeconds" not in error["extensions"]
