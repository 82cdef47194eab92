"""GraphiQL starts in a real browser, with its content security policy and without the internet. Skipped without Chromium."""

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from schema.server.app import create_app
from schema.server.settings import Settings

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
ALONE = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--enable-logging=stderr",
    "--virtual-time-budget=20000",
    "--dump-dom",
)


@pytest.fixture
def address(empty_copy: Any) -> Iterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(Settings(database_url=empty_copy("sqlite"))),
            host="127.0.0.1",
            port=0,
            log_level="error",
            lifespan="on",
        )
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/graphql"
    server.should_exit = True
    thread.join()


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: GraphiQL was not looked at")
def test_graphiql_starts_with_its_examples(address: str, tmp_path: Path) -> None:
    shown = subprocess.run(
        [str(BROWSER), *ALONE, f"--user-data-dir={tmp_path}", address],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert [line for line in shown.stderr.splitlines() if ":CONSOLE:" in line] == []
    for tab in ("FirstLook", "Silence", "LogSegment"):
        assert tab in shown.stdout.partition("graphiql-container")[2]
