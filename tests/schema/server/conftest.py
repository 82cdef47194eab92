"""The application in memory on a fresh SQLite file, and a folder for commands."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from schema.server.app import create_app
from schema.server.settings import Settings


@pytest.fixture
def http(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    """`http("POST", "/graphql", json=…)` returns the response."""
    app = create_app(Settings(database_url=empty_copy("sqlite"), cors_origins=["https://app.example.com"]))
    lifespan = app.router.lifespan_context(app)
    loop.run_until_complete(lifespan.__aenter__())
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://carnet")

    def send(method: str, path: str = "/graphql", **more: Any) -> Any:
        return loop.run_until_complete(client.request(method, path, **more))

    yield send
    loop.run_until_complete(client.aclose())
    loop.run_until_complete(lifespan.__aexit__(None, None, None))


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
