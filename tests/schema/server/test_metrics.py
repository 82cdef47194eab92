"""`/metrics`: what is counted, with few label values, and who may read it. `/live` and `/ready`."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from persistence.database import Database
from schema.execution import observing
from schema.execution.documents import parsed
from schema.server import metrics as counting
from schema.server.connections.client_connections import ClientConnections
from schema.server.metrics import SHARED_FOLDER, Metrics
from schema.server.metrics_endpoint import text_of
from schema.server.requests.running_requests import RunningRequests
from tests.api import Api, create_company
from tests.commands import create_token
from tests.prepared import database_with
from tests.schema.server.authentication.test_authenticator import served
from tests.schema.server.conftest import application
from tests.segment_api import create_segment

Values = dict[str, float]


def values_of(text: str) -> Values:
    """The values by metric and labels."""
    return {
        f"{sample.name}{''.join(f' {value}' for _, value in sorted(sample.labels.items()))}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def url(empty_copy: Callable[[str], str]) -> str:
    return empty_copy("sqlite")


def test_requests_root_fields_lines_pools_and_caches_are_counted(url: str, loop: asyncio.AbstractEventLoop) -> None:
    documents = [
        *["query Find { contacts(first: 1) { nodes { no } } ...Who } fragment Who on Query { viewer { userId } }"] * 3,
        "{ nothing }",
        "{",
        'mutation Log { logSegment(input: {segmentNo: "X"}) { logged userErrors { code } } }',
    ]
    with application(url, loop) as send:
        for document in documents:
            send("POST", json={"query": document})
        found = values_of(send("GET", "/metrics").text)
    assert found["carnet_requests_total OK Find"] == 3
    assert found["carnet_requests_total GRAPHQL_VALIDATION_FAILED "] == 1
    assert found["carnet_requests_total GRAPHQL_PARSE_FAILED "] == 1
    assert found["carnet_requests_total SEGMENT_NOT_FOUND Log"] == 1
    assert found["carnet_root_fields_total OK contacts"] == found["carnet_root_fields_total OK viewer"] == 3
    assert found["carnet_root_fields_total SEGMENT_NOT_FOUND logSegment"] == 1
    assert found["carnet_request_duration_seconds_count Find"] == 3
    assert found["carnet_request_duration_seconds_bucket +Inf Find"] == 3
    assert 0 < found["carnet_request_duration_seconds_sum Find"] < 60
    assert (found["carnet_lines_logged_total"], found["carnet_pool_in_use compiled_reads"]) == (0, 0)
    assert found["carnet_pool_size streams"] == 4
    assert found["carnet_cache_entries"] > 0
    assert found["carnet_cache_hits_total"] > 0
    assert found["process_resident_memory_bytes"] > 0


def test_each_pool_of_both_databases_is_shown(shared_database: Database) -> None:
    found = shown(Metrics(shared_database, RunningRequests(9), ClientConnections(9)))
    pools = {"compiled_reads", "other_reads", "transactions", "streams", "requests", "client_connections"}
    if shared_database.dialect.name == "postgresql":
        pools |= {"autocommit_statements", "large_other_reads", "large_transactions", "large_autocommit_statements"}
    for metric in ("carnet_pool_size", "carnet_pool_in_use"):
        assert {name.split()[1] for name in found if name.startswith(metric)} == pools
    assert [value for name, value in found.items() if name.startswith("carnet_pool_in_use")] == [0] * len(pools)


def test_labels_have_a_limited_number_of_values(shared_database: Database) -> None:
    metrics = Metrics(shared_database, RunningRequests(9), ClientConnections(9))
    for number in range(300):
        count(metrics, f"query Find{number} {{ viewer {{ userId }} }}")
    count(metrics, f"query {'x' * 81} {{ setup {{ timeZone }} }}")
    found = shown(metrics)
    named = [name for name in found if name.startswith("carnet_requests_total")]
    assert len(named) == counting.MAX_OPERATIONS + 1
    assert found["carnet_requests_total OK other"] == 101
    assert found["carnet_root_fields_total OK viewer"] == 300
    assert found["carnet_root_fields_total OK setup"] == 1


@database_with(create_company)
def test_the_lines_that_a_mutation_logs_are_counted(api: Api) -> None:
    no = create_segment(api, "P1", "P2", description="Visits", templateCode="VISIT", salespersonCode="JO")
    assert api.mutate("logSegment", {"segmentNo": no}, "logged")["logged"] == 2

    assert values_of(api.get("/metrics").text)["carnet_lines_logged_total"] == 2


def test_combinations_of_root_fields_are_limited_but_all_counted(
    shared_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_KINDS", 2)
    metrics = Metrics(shared_database, RunningRequests(9), ClientConnections(9))
    for fields in ("a", "b", "a b", "a b c", "a b c"):
        count(metrics, f"query Find {{ {fields} }}", lines=2)
    found = shown(metrics)
    assert [found[f"carnet_root_fields_total OK {name}"] for name in "abc"] == [4, 4, 2]
    assert (found["carnet_requests_total OK Find"], found["carnet_requests_total OK other"]) == (2, 3)
    assert found["carnet_lines_logged_total"] == 10


def test_processes_that_share_the_port_show_the_sum(
    shared_database: Database, loop: asyncio.AbstractEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process has ended: what it counted remains, but nothing of it is in use."""
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))

    async def write(metrics: Metrics) -> None:
        async with metrics.shared():
            pass

    other = Metrics(shared_database, RunningRequests(9), ClientConnections(9))
    count(other, "query Find { viewer { userId } }", seconds=3, lines=5)
    loop.run_until_complete(write(other))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / f"{os.getpid()}.json").rename(tmp_path / f"{ended.pid}.json")
    (tmp_path / "99.json").write_text("broken")
    one = Metrics(shared_database, RunningRequests(9), ClientConnections(9))
    count(one, "query Find { viewer { userId } }", lines=2)
    found = shown(one)
    assert (found["carnet_requests_total OK Find"], found["carnet_lines_logged_total"]) == (2, 7)
    assert found["carnet_request_duration_seconds_sum Find"] == pytest.approx(3.002)
    assert found["carnet_pool_size streams"] == 4
    assert "process_cpu_seconds_total" not in found


def test_metrics_are_read_on_this_machine_or_with_a_token_for_them(
    empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    url, secret = empty_copy("sqlite"), "a secret of 9 words"
    admin, reader = create_token(url, "ann"), create_token(url, "bob", role="reader")

    def status(ask: Any, token: str | None = None, **headers: str) -> int:
        sent = headers | ({} if token is None else {"authorization": f"Bearer {token}"})
        return int(ask.get("/metrics", **sent).status_code)

    with served(loop, url, peer="127.0.0.1") as local:
        assert (status(local), status(local, admin), status(local, reader), status(local, secret)) == (
            200,
            200,
            403,
            401,
        )
        assert status(local, origin="https://evil.example") == 403
        assert status(local, host="evil.example") == 403
        assert status(local, **{"sec-fetch-site": "cross-site"}) == 403
    with served(loop, url, peer="192.0.2.7", metrics_token=secret) as remote:
        assert (status(remote), status(remote, admin), status(remote, reader)) == (401, 200, 403)
        assert (status(remote, secret), status(remote, secret + "x"), status(remote, "")) == (200, 401, 401)
        assert remote(f"Bearer {secret}").status_code == 401
    with served(loop, url, peer="127.0.0.1", require_token=True, metrics_token=secret) as behind_proxy:
        assert (status(behind_proxy), status(behind_proxy, secret)) == (401, 200)
    with served(loop, url, peer="127.0.0.1", metrics=False) as without:
        assert status(without, admin) == 404
        assert without().status_code == 200


def test_live_and_ready_answer_everybody(url: str, loop: asyncio.AbstractEventLoop) -> None:
    with served(loop, url, peer="192.0.2.7") as ask:
        for path in ("/live", "/ready", "/health"):
            answer = ask.get(path, host="balancer.internal")  # type: ignore[attr-defined]
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def count(metrics: Metrics, document: str, *, seconds: float = 0.002, lines: int = 0) -> None:
    """Count a request as if it had been answered."""
    record = observing.RequestRecord()
    record.document = parsed(document)
    record.operation, record.status, record.lines_logged = record.document.operation(None), 200, lines
    metrics.observe({"path": "/graphql"}, record, seconds)


def shown(metrics: Metrics) -> Values:
    """The values that `/metrics` shows."""
    return values_of(text_of(metrics.counts()).decode())
