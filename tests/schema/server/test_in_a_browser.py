"""GraphiQL works in a real browser, and pages of other origins read and change nothing. Skipped without Chromium."""

import asyncio
import json
import subprocess
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import pytest

from tests.api import running_app
from tests.schema.server.chromium import BROWSER, OPTIONS, WITHOUT_BROWSER

T = TypeVar("T")
EVIL = "evil.example"
DUMP = (
    *OPTIONS,
    f"--host-resolver-rules=MAP {EVIL} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE 0.0.0.0",
    "--enable-logging=stderr",
    "--virtual-time-budget=20000",
    "--dump-dom",
)
ATTACK = """<!doctype html><title>Attack</title><pre id="results"></pre><script>
const targets = %s;
const query = "{ salespeople { nodes { code name } } }";
const mutation = (code) =>
  `mutation { createSalesperson(input: {code: "${code}", salesperson: {name: "x"}}) { salesperson { code } } }`;
const results = document.getElementById("results");
async function attempt(name, action) {
  try { results.append(`${name}: ${await action()}\\n`); }
  catch (error) { results.append(`${name}: ${error}\\n`); }
}
const send = (url, type, text, more) =>
  fetch(url, {method: "POST", headers: {"content-type": type}, body: JSON.stringify({query: text}), ...more})
    .then((answer) => answer.text());
const element = (name, properties) => new Promise((resolve) => {
  const made = Object.assign(document.createElement(name), properties);
  made.onload = () => resolve(`loaded ${name} ${made.contentDocument ? made.contentDocument.body.textContent : ""}`);
  made.onerror = () => resolve(`failed ${name}`);
  document.body.append(made);
});
async function attack() {
  for (const target of targets) {
    const url = target + "/graphql";
    const get = url + "?query=" + encodeURIComponent(query);
    await attempt("read " + url, () => send(url, "application/json", query));
    await attempt("change " + url, () => send(url, "application/json", mutation("JSON")));
    await attempt("change without preflight " + url, () => send(url, "text/plain", mutation("PLAIN"), {mode: "no-cors"}));
    await attempt("get " + url, () => fetch(get).then((answer) => answer.text()));
    await attempt("get without preflight " + url, () => fetch(get, {mode: "no-cors"}).then((answer) => answer.text()));
    await attempt("script " + url, () => element("script", {src: get}));
    await attempt("file " + url, () => element("script", {src: url + "/assets/start.js"}));
    if (!target) await attempt("frame " + url, () => element("iframe", {src: get}));
  }
  results.append("finished");
}
attack();
</script>"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason=WITHOUT_BROWSER)


def test_graphiql_starts_with_its_examples(
    serve: Callable[..., int], empty_copy: Callable[[str], str], tmp_path: Path
) -> None:
    page, console = opened(f"http://127.0.0.1:{serve(empty_copy('sqlite'))}/graphql", tmp_path)

    assert console == []
    for tab in ("FirstLook", "Silence", "LogSegment"):
        assert tab in page.partition("graphiql-container")[2]


@pytest.mark.parametrize(("host", "succeeds"), [(EVIL, False), ("localhost", True)])
def test_pages_of_other_origins_read_and_change_nothing(
    host: str,
    succeeds: bool,
    serve: Callable[..., int],
    empty_copy: Callable[[str], str],
    loop: asyncio.AbstractEventLoop,
    tmp_path: Path,
) -> None:
    """The address of the page then leads to Carnet itself, as with DNS rebinding; it also tries Carnet's own address.

    Under the name `localhost` the page has an origin of the server, as GraphiQL has: there its attempts succeed.
    """
    company = empty_copy("sqlite")
    with running_app(company, loop) as api:
        api.mutate("createSalesperson", {"code": "S", "salesperson": {"name": "Secret Name"}}, "salesperson { code }")
    port = serve(company)
    targets = ["", f"http://127.0.0.1:{port}", f"http://localhost:{port}", f"http://0.0.0.0:{port}"]
    with Attacker(ATTACK % json.dumps(targets), port) as attacker:
        page, _ = opened(f"http://{host}:{attacker.port}/attack", tmp_path)

    results = page.partition('id="results">')[2].partition("</pre>")[0]
    with running_app(company, loop) as api:
        salespeople = {
            each["code"] for each in api.execute("{ salespeople { nodes { code } } }")["salespeople"]["nodes"]
        }
    assert results.endswith("finished")
    assert ("Secret Name" in results) == succeeds
    assert salespeople == ({"S", "JSON"} if succeeds else {"S"})


def opened(url: str, folder: Path) -> tuple[str, list[str]]:
    """The page as Chromium shows it, and the lines of its console."""
    shown = subprocess.run(
        [str(BROWSER), *DUMP, f"--user-data-dir={folder}", url], capture_output=True, text=True, timeout=120, check=True
    )
    return shown.stdout, [line for line in shown.stderr.splitlines() if ":CONSOLE:" in line]


class Attacker:
    """A server that answers `/attack` with a page, and passes every other request on to Carnet, byte by byte."""

    def __init__(self, page: str, carnet_port: int) -> None:
        self._page, self._carnet_port, self.port = page.encode(), carnet_port, 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> "Attacker":
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._answer, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._run(_cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Coroutine[object, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readline()
        if first.startswith(b"GET /attack"):
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            writer.write(head % len(self._page) + self._page)
            await writer.drain()
            writer.close()
        else:
            from_carnet, to_carnet = await asyncio.open_connection("127.0.0.1", self._carnet_port)
            to_carnet.write(first)
            try:
                await asyncio.gather(_copy(reader, to_carnet), _copy(from_carnet, writer))
            finally:
                to_carnet.close()
                writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(65536):
        target.write(piece)
        await target.drain()
    target.close()


async def _cancel_all() -> None:
    """Cancel what still runs, and wait for it."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.05)  # closed connections are released by the next turns of the loop
