"""The application in memory on a fresh SQLite file, and a folder for commands."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from schema.server.app import create_app
from schema.server.cli.serving import server_of
from schema.server.logs.access_log import AccessLog
from schema.server.settings import Settings


@pytest.fixture
def http(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    """`http("POST", "/graphql", json=…)` returns the response."""
    with application(empty_copy("sqlite"), loop, cors_origins=["https://app.example.com"]) as send:
        yield send


@contextmanager
def application(
    url: str, loop: asyncio.AbstractEventLoop, *, access_log: AccessLog | None = None, **settings: Any
) -> Iterator[Any]:
    """The application in memory: `send("POST", "/graphql", json=…)` returns the response."""
    app = create_app(Settings(database_url=url, **settings), access_log=access_log)
    lifespan = app.router.lifespan_context(app)
    loop.run_until_complete(lifespan.__aenter__())
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost")

    def send(method: str, path: str = "/graphql", **more: Any) -> Any:
        return loop.run_until_complete(client.request(method, path, **more))

    try:
        yield send
    finally:
        loop.run_until_complete(client.aclose())
        loop.run_until_complete(lifespan.__aexit__(None, None, None))


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """`serve(database_url, allowed_hosts=[…])` starts a real server on 127.0.0.1 and returns its port."""
    with ExitStack() as until_the_end:
        yield lambda url, **settings: until_the_end.enter_context(
            _served(Settings(database_url=url, port=0, **settings))
        )


@contextmanager
def _served(settings: Settings) -> Iterator[int]:
    server = server_of(create_app(settings), settings)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.05)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the commands, with a file to import."""
    (tmp_path / "contacts.csv").write_text("No.,Name\nC1,Ann\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=[("migrate",), ("demo",), ("serve",), ("token", "list")], ids="-".join)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """A command that opens a database."""
    return tuple(request.param)
