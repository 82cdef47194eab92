"""The application behind a proxy, which breaks its connections to PostgreSQL."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.api import Api, create_company, running_app
from tests.faults.proxy import Proxy, proxy_of

CREATE = """mutation($key: String) { createInteraction(input: {idempotencyKey: $key,
interaction: {contactNo: "P1", templateCode: "VISIT"}}) { interactionLogEntry { entryNo } userErrors { code } } }"""
LOG = """mutation($no: String!, $key: String) { logSegment(input: {segmentNo: $no, idempotencyKey: $key})
{ logged userErrors { code } } }"""
READ = "{ contacts(first: 2) { nodes { no name } } }"


@dataclass
class Proxied:
    """The application, the proxy between it and the database, and a connection around the proxy."""

    api: Api
    proxy: Proxy
    direct: "asyncpg.Connection[asyncpg.Record]"
    loop: asyncio.AbstractEventLoop

    async def count(self, table: str = "interaction_log_entry") -> int:
        """The number of rows of a table."""
        found: int = await self.direct.fetchval(f"SELECT count(*) FROM {table}")
        return found

    def run(self, what: Any) -> Any:
        return self.loop.run_until_complete(what)


OpenProxied = Callable[..., AbstractContextManager[Proxied]]


@pytest.fixture
def proxied(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> OpenProxied:
    """Opens the application with these settings over a proxy: `with proxied(write_timeout_seconds=1) as opened`."""

    @contextmanager
    def opened(**settings: Any) -> Iterator[Proxied]:
        url = empty_copy("postgresql")
        making = proxy_of(url)
        proxy, proxied_url = loop.run_until_complete(making.__aenter__())
        direct = loop.run_until_complete(asyncpg.connect(make_url(url).render_as_string(hide_password=False)))
        try:
            with running_app(proxied_url, loop, **settings) as api:
                create_company(api)
                yield Proxied(api, proxy, direct, loop)
        finally:
            loop.run_until_complete(direct.close())
            loop.run_until_complete(making.__aexit__(None, None, None))

    return opened


def error_of(response: Any) -> Any:
    """The only error of a response."""
    (error,) = response.json()["errors"]
    return error


async def add_segment(api: Api) -> str:
    """Create a segment with the four contacts of the company, and return its number."""
    create = """mutation { createSegment(input: {segment: {description: "S", templateCode: "VISIT",
    salespersonCode: "JO"}}) { segment { no } } }"""
    no = (await api.send(create)).json()["data"]["createSegment"]["segment"]["no"]
    add = """mutation($no: String!) { addSegmentContacts(input: {segmentNo: $no, from: {all: true}}) { added } }"""
    assert (await api.send(add, {"no": no})).json()["data"]["addSegmentContacts"]["added"] == 4
    return str(no)
