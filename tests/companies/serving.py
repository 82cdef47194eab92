"""The application with several companies, and clients of each."""

import asyncio
import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import make_url

from persistence.database import Database
from persistence.enums import Role
from resolvers.users import rules as users
from resolvers.work import User, Work
from schema.server.app import create_app
from schema.server.logs.access_log import AccessLog
from schema.server.settings import Settings
from tests.api import CACHES, Api

VIEWER = "{ viewer { userId } contacts(first: 1) { totalCount } }"
CREATE = """mutation($no: String!) { createContact(input: {no: $no, contact: {type: COMPANY, name: "New"}})
{ contact { no } userErrors { code } } }"""

Serve = Callable[..., AbstractContextManager["Served"]]
"""`serve({"a": url}, **settings)` serves companies with these databases until the block ends."""

OUTSIDE = ("203.0.113.5", 4711)
"""The address of a client on another machine."""


class Served:
    """An application with companies. `api[name]` is a client with the role ADMIN of each."""

    def __init__(self, app: Any, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.app, self.folder, self._loop = app, folder, loop
        self.tokens: dict[str, str] = {}
        self.api: dict[str, Api] = {}
        self._clients: list[Any] = []

    @property
    def open_names(self) -> list[str]:
        """The companies that are open, the least recently used first."""
        return [*self.app.companies._open]

    def run(self, what: Any) -> Any:
        return self._loop.run_until_complete(what)

    def client(self, name: str | None = None, address: tuple[str, int] = ("127.0.0.1", 4711)) -> Any:
        """An HTTP client whose paths begin with that of a company."""
        base = "http://localhost" if name is None else f"http://localhost/companies/{name}"
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app, client=address), base_url=base)
        self._clients.append(client)
        return client

    def add(self, name: str, url: str) -> None:
        """Put a company on the list, with a token."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / f"{name}.url").write_text(f"{url}\n")
        self.tokens[name] = self.run(token_of(url))
        self.api[name] = Api(self.client(name), self._loop, authorization=f"Bearer {self.tokens[name]}")

    def request(self, method: str, path: str, *, outside: bool = True, **more: Any) -> Any:
        """The response to a request from another machine, or from this one."""
        client = self.client(None, OUTSIDE if outside else ("127.0.0.1", 4711))
        return self.run(client.request(method, path, **more))

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


async def token_of(url: str) -> str:
    """A new token of the role ADMIN in a database."""

    def create(session: Any) -> str:
        work = Work(session, User("tester"), dt.datetime.now(dt.UTC))
        return users.create_token(work, "ann", roles=[Role.ADMIN]).token

    async with Database.at(url, pool_size=1) as database:
        return await database.writing(create)


async def copied(root_url: str, url: str) -> None:
    """Create an empty database as a copy of another one: migrating it takes most of the time of a test."""
    shutil.copy(make_url(root_url).database or "", make_url(url).database or "")


@contextmanager
def serving(
    urls: Mapping[str, str],
    root_url: str,
    folder: Path,
    loop: asyncio.AbstractEventLoop,
    *,
    access_log: AccessLog | None = None,
    **settings: Any,
) -> Iterator[Served]:
    """Serve companies with these databases until the block ends."""
    kind = root_url.partition(":")[0]
    made = Settings(database_url=root_url, companies=folder, **settings)
    app: Any = create_app(made, access_log=access_log, cache=CACHES[kind])
    served = Served(app, folder, loop)
    folder.mkdir(exist_ok=True)
    if kind == "sqlite":
        app.companies.create_tables = partial(copied, root_url)
    lifespan = app.router.lifespan_context(app)
    loop.run_until_complete(lifespan.__aenter__())
    try:
        for name, url in urls.items():
            served.add(name, url)
        yield served
    finally:
        loop.run_until_complete(served.close())
        loop.run_until_complete(lifespan.__aexit__(None, None, None))


class WebSocket:
    """A WebSocket to the application: what it receives, and what it sends."""

    def __init__(self, app: Any, path: str) -> None:
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
            "client": OUTSIDE,
            "server": ("localhost", 80),
            "subprotocols": ["graphql-transport-ws"],
        }
        self._to_app: asyncio.Queue[Any] = asyncio.Queue()
        self._from_app: asyncio.Queue[Any] = asyncio.Queue()
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._running = asyncio.ensure_future(app(scope, self._to_app.get, self._from_app.put))

    def send(self, type_: str, **message: Any) -> None:
        text = json.dumps({"type": type_, **message})
        self._to_app.put_nowait({"type": "websocket.receive", "text": text})

    async def receive(self) -> Any:
        """The next message: that of GraphQL, or the one of ASGI that accepts or closes the WebSocket."""
        message = await asyncio.wait_for(self._from_app.get(), 5)
        return json.loads(message["text"]) if message["type"] == "websocket.send" else message

    async def close(self) -> None:
        """Close it, and wait until the application has noticed."""
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await self._running
