"""Companies on the Citus cluster that CARNET_TEST_CITUS_URL names, and a server for all of them."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from tests.benchmarks import data
from tests.commands import carnet
from tests.conftest import CITUS_URL
from tests.soak.citus_cluster import move, workers
from tests.soak.citus_companies import LINES, NAMES, Companies
from tests.soak.serving import Server


@pytest.fixture(scope="module")
def companies(loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    url = os.environ[CITUS_URL]
    folder = tmp_path_factory.mktemp("citus") / "companies"
    made = Companies(loop, url, folder, loop.run_until_complete(workers(url)))
    try:
        for name in NAMES:
            made.create(name)
            segments = [LINES] if name == NAMES[0] else []
            made.run(
                data.fill(made.url_of(name), contacts=LINES + 1 if segments else 100, entries=1, segments=segments)
            )
        for place, name in enumerate(NAMES):
            if made.worker_of(name) is not made.workers[place % 2]:
                made.run(move(url, f"carnet_{name}", made.workers[place % 2]))
        yield made
    finally:
        for name in [path.stem for path in folder.glob("*.url")]:
            carnet(made.root_url, "company", "drop", name, "--yes", "--database-url", url, CARNET_COMPANIES=str(folder))


@pytest.fixture(scope="module")
def server(companies: Companies) -> Iterator[Server]:
    running = Server(companies.root_url, CARNET_COMPANIES=str(companies.folder), CARNET_RATE_LIMIT_LOOPBACK="false")
    yield running
    running.stop()
