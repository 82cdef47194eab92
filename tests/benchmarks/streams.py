"""Compares a stream of all interactions as CSV with COPY of the same columns, on PostgreSQL: bytes a second, and the
memory of the server.

    python -m tests.benchmarks.streams "postgresql://postgres@/bench" [rounds]

COPY reads the same rows in the same order over one connection of asyncpg. The stream comes from `carnet serve` in a
process of its own; the client only counts bytes. Rounds alternate, because other programs disturb both.
"""

import asyncio
import json
import socket
import statistics
import sys
import time
from pathlib import Path

import asyncpg

from tests.soak.serving import Server, serving

FIELDS = "entryNo date timeOfInteraction description contactNo companyNo templateCode salespersonCode campaignNo cost duration canceled"
QUERY = f"{{ interactionLogEntries {{ nodes {{ {FIELDS} }} }} }}"
COPIED = (
    "SELECT entry_no, date, time_of_interaction, description, contact_no, company_no, template_code, salesperson_code,"
    " campaign_no, cost, duration, canceled FROM interaction_log_entry"
    " ORDER BY date DESC, time_of_interaction DESC, entry_no DESC"
)


async def copied(url: str) -> int:
    """Copy all rows and return the number of bytes."""
    size = 0

    async def count(chunk: bytes) -> None:
        nonlocal size
        size += len(chunk)

    connection = await asyncpg.connect(url, server_settings={"jit": "off"})
    await connection.copy_from_query(COPIED, output=count, format="csv")
    await connection.close()
    return size


def streamed(port: int, accept: str = "text/csv") -> int:
    """Read a whole stream and return the number of bytes."""
    body = json.dumps({"query": QUERY})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nContent-Type: application/json\r\n"
        f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    size, buffer, end = 0, bytearray(1 << 20), b""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall((head + body).encode())
        while taken := connection.recv_into(buffer):
            size += taken
            end = bytes(buffer[max(0, taken - 5) : taken])
    assert end.endswith(b"0\r\n\r\n"), "the stream broke off"
    return size


def memory_of(server: Server) -> int:
    """The resident memory of the server, in KiB."""
    status = Path(f"/proc/{server._process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def main(url: str, rounds: int) -> None:
    """Print the rates of each round and their ratio."""
    ratios = []
    with serving(url) as server:
        port = int(server.base_url.rpartition(":")[2])
        server.execute("{ viewer { userId } }")
        before = memory_of(server)
        for _ in range(rounds):
            began = time.perf_counter()
            size = asyncio.run(copied(url))
            between = time.perf_counter()
            streamed(port)
            ended = time.perf_counter()
            ratios.append((between - began) / (ended - between))
            print(
                f"COPY {between - began:.2f} s, stream {ended - between:.2f} s, {size:,} bytes, memory {memory_of(server) - before:+,} KiB"
            )
        began = time.perf_counter()
        size = streamed(port, "application/x-ndjson")
        print(f"NDJSON {time.perf_counter() - began:.2f} s, {size:,} bytes, memory {memory_of(server) - before:+,} KiB")
    print(f"the stream has {statistics.median(ratios):.2f} of COPY's rate (median)")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)
