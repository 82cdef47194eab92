"""Headers of responses: request ids, caching, what browser apps of other origins may send and read."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from schema.server.logs.log_output import add_request_id
from tests.schema.server.conftest import application

VIEWER = "{ viewer { userId } }"
ORIGIN = {"origin": "https://app.example.com"}
SENT_BY_CLIENTS = [
    "content-type, authorization, apollographql-client-name, apollographql-client-version",
    "apollo-require-preflight, x-apollo-operation-name, x-apollo-operation-id",
    "sentry-trace, baggage",
    "traceparent, tracestate",
    "X-Request-Id, X-Show-Cost",
]


@pytest.mark.parametrize("request_id", ["a", "7f3c-22", "Root=1-67891233-abcdef012345678912345678", "x" * 128])
def test_the_request_id_of_the_client_is_in_the_response_and_in_each_error(http: Any, request_id: str) -> None:
    answer = http("POST", json={"query": "{ a b }"}, headers={"x-request-id": request_id})

    assert answer.headers["x-request-id"] == request_id
    assert [error["extensions"]["requestId"] for error in answer.json()["errors"]] == [request_id] * 2


@pytest.mark.parametrize("request_id", [None, "", " ", "a b", "x" * 129, "<script>", "é", '"', "a\tb"])
def test_a_request_without_a_valid_id_gets_a_new_one(http: Any, request_id: str | None) -> None:
    headers = {} if request_id is None else {"x-request-id": request_id.encode()}
    first, second = (http("POST", json={"query": "{"}, headers=headers) for _ in range(2))

    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["x-request-id"] not in ("", request_id)
    assert first.json()["errors"][0]["extensions"]["requestId"] == first.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("GET", "/health", {}),
        ("GET", "/schema.graphql", {}),
        ("GET", "/nowhere", {}),
        ("PUT", "/graphql", {}),
        ("POST", "/graphql", {"content": b"{"}),
        ("GET", "/graphql", {"headers": {"accept": "text/html"}}),
    ],
)
def test_every_response_has_a_request_id(http: Any, method: str, path: str, more: Any) -> None:
    assert http(method, path, **more).headers["x-request-id"]


def test_data_is_not_cached_and_the_page_is_only_kept_for_comparison(http: Any) -> None:
    assert http("POST", json={"query": VIEWER}).headers["cache-control"] == "private, no-store"
    assert http("POST", json={"query": "{"}).headers["cache-control"] == "private, no-store"
    assert http("GET", "/health").headers["cache-control"] == "private, no-store"
    assert "no-store" not in http("GET", headers={"accept": "text/html"}).headers["cache-control"]


@pytest.mark.parametrize("names", SENT_BY_CLIENTS)
def test_browser_apps_may_send_the_headers_of_usual_clients(http: Any, names: str) -> None:
    wanted = {"access-control-request-method": "POST", "access-control-request-headers": names}
    answer = http("OPTIONS", headers={**ORIGIN, **wanted})

    assert answer.status_code == 200, answer.text
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert [name for name in names.lower().split(", ") if name not in allowed] == []


def test_browser_apps_may_read_the_request_id_and_when_to_try_again(http: Any) -> None:
    exposed = http("POST", json={"query": VIEWER}, headers=ORIGIN).headers["access-control-expose-headers"]

    assert {"Retry-After", "X-Request-Id"} <= set(exposed.split(", "))


def test_further_headers_are_a_setting(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    wanted = {"access-control-request-method": "POST", "access-control-request-headers": "x-my-header, sentry-trace"}
    origins = ["https://app.example.com"]
    with application(empty_copy("sqlite"), loop, cors_origins=origins, cors_headers=["x-my-header"]) as send:
        assert send("OPTIONS", headers={**ORIGIN, **wanted}).status_code == 200


def test_the_cost_is_shown_to_clients_that_ask(http: Any) -> None:
    query = "{ contacts(first: 10) { nodes { no interactionLogEntries(first: 5) { nodes { entryNo } } } } }"
    shown = http("POST", json={"query": query}, headers={"x-show-cost": "1"}).json()
    below = "interactionLogEntries(first: 100) { nodes { contact { "
    too_costly = "{ contacts(first: 100) { nodes { " + below * 2 + "no" + " } } }" * 2 + " } } }"
    refused = http("POST", json={"query": too_costly}, headers={"x-show-cost": "1"}).json()

    assert shown["data"] == {"contacts": {"nodes": []}}
    assert shown["extensions"] == {"cost": {"requested": 71, "limit": 200000}}
    assert "extensions" not in http("POST", json={"query": query}).json()
    assert refused["errors"]
    assert refused["extensions"]["cost"]["requested"] > 200000


def test_the_cost_is_always_shown_with_the_setting(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    with application(empty_copy("sqlite"), loop, show_cost=True) as send:
        assert send("POST", json={"query": VIEWER}).json()["extensions"]["cost"]["requested"] == 1
        assert "extensions" not in send("POST", json={"query": "{"}).json()


def test_log_lines_have_the_request_id(http: Any) -> None:
    with capture_logs(processors=[add_request_id]) as lines:
        http("POST", json={"query": "{ nope }"}, headers={"x-request-id": "r-1"})

    assert [(line["event"], line["request_id"]) for line in lines] == [("refused", "r-1")]


@pytest.mark.parametrize("path", ["/", "/graphql", "/front-page/carnet.css"])
def test_pages_and_their_files_are_sent_once(http: Any, path: str) -> None:
    headers = {"accept": "text/html", "accept-encoding": "gzip"}
    first = http("GET", path, headers=headers)
    again = http("GET", path, headers={**headers, "if-none-match": first.headers["etag"]})

    assert first.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in first.headers["vary"]
    assert (again.status_code, again.content) == (304, b"")
