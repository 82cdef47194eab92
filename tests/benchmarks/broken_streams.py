"""Interrupts streams of a large log over HTTP, and checks that the parts together are one stream, that a client that
does not read holds no transaction, and that a client notices when the server stops.

    python -m tests.benchmarks.broken_streams "postgresql://postgres@/bench" [cuts]

The server is `carnet serve` in a process of its own. Nobody may write meanwhile.
"""

import asyncio
import hashlib
import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from unittest.mock import patch

import asyncpg

from tests.benchmarks.streams import memory_of
from tests.soak.serving import serving

FIELDS = "entryNo date timeOfInteraction description contactNo cost canceled"
QUERY = f"query($after: String) {{ interactionLogEntries(after: $after) {{ edges {{ cursor node {{ {FIELDS} }} }} }} }}"
BYTES_AT_ONCE = 1 << 18
PATIENCE = 75
"""Seconds after which the server must have dropped a client that takes nothing."""


def request(port: int, accept: str, after: str | None) -> http.client.HTTPConnection:
    """A connection on which a stream is requested."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    body = json.dumps({"query": QUERY, "variables": {"after": after}})
    connection.request("POST", "/graphql", body, {"Accept": accept, "Content-Type": "application/json"})
    return connection


def rows_of(port: int, accept: str, after: str | None, most: int | None) -> Iterator[bytes]:
    """The lines of a stream, without captions and without the last line of NDJSON; at most about `most` of them: then
    the connection is closed, and an incomplete line is dropped.
    """
    with closing(request(port, accept, after)) as connection:
        response, rest, taken, is_first = connection.getresponse(), b"", 0, accept == "text/csv"
        assert response.status == 200, response.read()
        while piece := response.read1(BYTES_AT_ONCE):
            *lines, rest = (rest + piece).split(b"\n")
            if is_first and lines:
                del lines[0]
                is_first = False
            complete = [line for line in lines if not line.startswith(b'{"cursor":') or b'"rows":' not in line]
            yield from complete
            taken += len(complete)
            if most is not None and taken >= most:
                return


def cursor_of(line: bytes, accept: str) -> str:
    """The cursor with which a row begins."""
    return line.partition(b",")[0].decode() if accept == "text/csv" else json.loads(line)["cursor"]


def compare(port: int, accept: str, cuts: int) -> None:
    """Compare a whole stream with one that is cut off and continued."""
    began = time.perf_counter()
    whole, rows = hashlib.sha256(), 0
    for line in rows_of(port, accept, None, None):
        whole.update(line + b"\n")
        rows += 1
    between = time.perf_counter()
    joined, found, after, parts = hashlib.sha256(), 0, None, 0
    while parts == 0 or (parts <= cuts and found < rows):
        last = b""
        for line in rows_of(port, accept, after, None if parts == cuts else max(1, rows // (cuts + 1))):
            joined.update(line + b"\n")
            found += 1
            last = line
        after, parts = cursor_of(last, accept) if last else after, parts + 1
    assert (found, joined.digest()) == (rows, whole.digest()), "the parts differ from the whole stream"
    print(
        f"{accept}: {rows:,} rows in {between - began:.1f} s; equal in {parts} parts, {time.perf_counter() - between:.1f} s"
    )


async def transactions(url: str) -> int:
    """How many connections of streams the database has; 0 on SQLite, whose readers hold nothing on a server."""
    if not url.startswith("postgresql"):
        return 0
    connection = await asyncpg.connect(url)
    found: int = await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'carnet streaming' AND datname = current_database()"
    )
    await connection.close()
    return found


def sleep_while_reading(url: str) -> None:
    """Take the begin of a stream and then nothing, until the server has a place for another one. It allows one."""
    with patch.dict(os.environ, CARNET_MAX_STREAMS="1"), serving(url) as server:
        port = int(server.base_url.rpartition(":")[2])
        with closing(request(port, "text/csv", None)) as sleeping:
            sleeping.getresponse().read(100)
            began, held = time.perf_counter(), asyncio.run(transactions(url))
            while not has_place(port):
                assert time.perf_counter() - began < PATIENCE, "the sleeping client was not dropped"
            seconds, left = time.perf_counter() - began, asyncio.run(transactions(url))
    assert left == 0, "a transaction is left"
    print(f"sleeping client dropped after {seconds:.0f} s; transactions {held} before, {left} after")


def has_place(port: int) -> bool:
    """Whether the server has a place for another stream."""
    with closing(request(port, "text/csv", "")) as connection:
        return connection.getresponse().status == 200


def stop_while_streaming(url: str, number: signal.Signals, *, reads: bool) -> None:
    """Stop the server in the middle of a stream. The client must see that rows are missing."""
    with serving(url) as server:
        port = int(server.base_url.rpartition(":")[2])
        connection = request(port, "text/csv", None)
        response = connection.getresponse()
        response.read(1000)
        server._process.send_signal(number)
        began, outcome = time.perf_counter(), "complete"
        try:
            while server._process.poll() is None:
                if reads:
                    response.read1(4096)
                time.sleep(0.001 if reads else 0.5)
            response.read()
        except (http.client.IncompleteRead, ConnectionError) as error:
            outcome = type(error).__name__
        code = server._process.wait(30)
        seconds = time.perf_counter() - began
    assert outcome != "complete", "the client takes a part for the whole stream"
    print(
        f"{number.name}, client {'reads slowly' if reads else 'sleeps'}: {outcome}; the server ended after {seconds:.1f} s with {code}"
    )


def main(url: str, cuts: int) -> None:
    """Print what was found; an assertion fails if something is wrong."""
    with serving(url) as server:
        port = int(server.base_url.rpartition(":")[2])
        server.execute("{ viewer { userId } }")
        before = memory_of(server)
        for accept in ("text/csv", "application/x-ndjson"):
            compare(port, accept, cuts)
            print(f"memory {memory_of(server) - before:+,} KiB")
    sleep_while_reading(url)
    for number in (signal.SIGTERM, signal.SIGINT):
        for reads in (True, False):
            stop_while_streaming(url, number, reads=reads)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 50)
