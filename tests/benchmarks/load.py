"""One burst of load on one server, sent by wrk, and the CPU time that it used."""

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SCRIPT = """
math.randomseed({seed})
local template, most = [==[{template}]==], {most}
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["accept"] = "application/json"
request = function()
  local variables = template
  if most > 0 then variables = string.format(template, math.random(most)) end
  return wrk.format(nil, nil, nil, [==[{{"query":{query},"variables":]==] .. variables .. "}}")
end
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
    summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.connect))
end
"""


@dataclass(frozen=True)
class Burst:
    """Requests per second, median latency in milliseconds, and CPU milliseconds per request of the server and the
    database.
    """

    rate: float
    latency: float
    cpu: float
    database_cpu: float


def burst(
    url: str, query: str, variables: tuple[str, int], *, seconds: int, seed: int, server: int, database: int
) -> Burst:
    """Send requests to a server over 8 connections for this many seconds."""
    template, most = variables
    script = SCRIPT.format(seed=seed, template=template, most=most, query=json.dumps(query))
    before = cpu_of(server), cpu_of(database)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--timeout", "20s", "-s", file.name, url]
        output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", output)
    if found is None or int(found[4]):
        raise SystemExit(f"{url} answered with errors:\n{output}")
    requests, microseconds, median = int(found[1]), int(found[2]), int(found[3])
    spent = [
        (after - earlier) * 1000 / max(requests, 1)
        for after, earlier in zip((cpu_of(server), cpu_of(database)), before, strict=True)
    ]
    return Burst(requests / (microseconds / 1e6), median / 1000, *spent)


def cpu_of(root: int) -> float:
    """CPU seconds of a process and its children, including those that have ended."""
    return sum(_stat(pid)[1] for pid in tree(root)) / TICKS


def memory_of(root: int) -> float:
    """Resident MiB of a process and its children."""
    total = 0
    for pid in tree(root):
        status = _read(f"/proc/{pid}/status")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        total += int(found[1]) if found else 0
    return total / 1024


def tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            children.setdefault(_stat(int(path.name))[0], []).append(int(path.name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def _stat(pid: int) -> tuple[int, int]:
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return (int(fields[1]), sum(map(int, fields[11:15]))) if fields else (0, 0)


def _read(name: str) -> str:
    try:
        return Path(name).read_text()
    except OSError:
        return ""
