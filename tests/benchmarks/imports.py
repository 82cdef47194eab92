"""Measures imports of a large address book and history, twice: seconds, CPU, and memory at its peak.

    python -m tests.benchmarks.imports sqlite:////tmp/copy.db
    python -m tests.benchmarks.imports postgresql://postgres@/copy?host=/run/postgresql --contacts 10000 --interactions 30000
    python -m tests.benchmarks.imports postgresql://postgres@/copy?host=/run/postgresql --server $(head -1 postmaster.pid)

The database must have current tables; the import changes it, so give a copy. Run it on an empty and on a full database:
100,000 contacts should take well under a minute, 300,000 interactions a minute, and the second import, which skips all
rows, no longer. The memory should not grow with the file: compare with a file of a tenth. `--server` takes the number of
the main process of PostgreSQL, which must serve nothing else, and also shows the CPU time that it took.
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

CARNET = [sys.executable, "-c", "from schema.server.start import main; main()"]
FIRST_NAMES = ("Élise", "Jean", "Ann", "Bob", "Zoé", "François", "Marie", "Noah", "Léa", "William")
CITIES = ("Montréal", "Laval", "Québec", "Lyon", "Paris", "Toronto")
TEXTS = ("Visit", "Call about the offer", "Letter", "Complaint about the delivery", "Coffee at the fair")
ROWS_OF_COMPANY = 5

Row = tuple[object, ...]


def contacts(count: int) -> Iterator[Row]:
    """People of companies. One in ten has no e-mail address, one in twenty no company."""
    yield "First Name", "Last Name", "Company", "E-mail Address", "Business Phone", "Business City", "Job Title"
    for n in range(count):
        email = f"person{n}@import.example" if n % 10 else ""
        company = f"Imported company {n // ROWS_OF_COMPANY}" if n % 20 else ""
        phone = f"+1 514 {200 + n // 10_000:03} {n % 10_000:04}"
        first, city = FIRST_NAMES[n % len(FIRST_NAMES)], CITIES[n // ROWS_OF_COMPANY % len(CITIES)]
        yield first, f"Tremblay-{n // 7}", company, email, phone, city, "Buyer" if n % 3 else ""


def interactions(count: int, people: int) -> Iterator[Row]:
    """Interactions of three years, without numbers; one in a hundred has an equal one."""
    yield (
        "Contact E-Mail",
        "Date",
        "Time of Interaction",
        "Description",
        "Interaction Template Code",
        "Cost",
        "Evaluation",
    )
    for each in range(count):
        n = each - (each % 100 == 99)
        person, day = n * 7919 % people, n % 1_000
        email = f"person{person if person % 10 else person + 1}@import.example"
        date = f"{2021 + day // 336}-{day % 336 // 28 + 1:02}-{day % 28 + 1:02}"
        yield email, date, f"{8 + n % 10}:{n % 60:02}", TEXTS[n % len(TEXTS)], "IMPORTED", f"{n % 50}.50", "Positive"


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def server_seconds(process: int | None) -> float:
    """The seconds of CPU of a process and of its children, those that ended included."""
    if process is None:
        return 0.0
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    ticks = 0
    for each in (str(process), *children):
        with suppress(FileNotFoundError, ProcessLookupError):
            ticks += sum(map(int, Path(f"/proc/{each}/stat").read_text().rpartition(") ")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(url: str, *arguments: str) -> tuple[float, float, float, str]:
    """Run an import: seconds, seconds of CPU of this process, the largest memory in MB, and what it counted."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)]
        environment = os.environ | {"CARNET_DATABASE_URL": url, "COLUMNS": "300"}
        command = [*CARNET, "import", *arguments]
        _, status, usage = os.wait4(os.posix_spawn(command[0], command, environment, file_actions=actions), 0)
        seconds = time.perf_counter() - began
        output.seek(0)
        said = output.read().decode()
    if status:
        sys.exit(said)
    used = usage.ru_utime + usage.ru_stime
    return seconds, used, usage.ru_maxrss / 1024, next(line for line in said.splitlines() if " rows: " in line)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--interactions", type=int, default=300_000)
    parser.add_argument("--server", type=int)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        templates, book, log = (Path(folder, name) for name in ("templates.csv", "contacts.csv", "history.csv"))
        write(templates, [("Code", "Description"), ("IMPORTED", "Imported"), ("OTHER", "Other")])
        write(book, contacts(given.contacts))
        write(log, interactions(given.interactions, given.contacts))
        measure(given.url, "templates", str(templates))
        for kind, path in (("contacts", book), ("interactions", log)):
            for which in ("first", "second"):
                before = server_seconds(given.server)
                seconds, used, megabytes, said = measure(given.url, kind, str(path))
                server = f"{server_seconds(given.server) - before:6.1f} s server" if given.server else ""
                print(
                    f"{kind:12} {which:6} {seconds:6.1f} s {used:6.1f} s CPU {server} {megabytes:5.0f} MB   {said}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
