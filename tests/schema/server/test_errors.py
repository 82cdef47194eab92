"""Internal and network errors are answered as GraphQL errors, in time and without internal details."""

import asyncio
import json
from typing import Any

import pytest
from graphql import GraphQLError

from persistence.exceptions import TooComplex
from resolvers.work import User
from schema.server.authentication.authenticator import Authenticator
from schema.server.connections.unread_responses import UnreadBytes
from schema.server.errors import report
from schema.server.http import Endpoint, Limits
from schema.server.requests.browser_requests import BrowserRequests
from schema.server.requests.rate_limits import RateLimits
from schema.server.requests.running_requests import RunningRequests
from tests.commands import carnet

JSON = (b"content-type", b"application/json")


class Broken:
    async def answer(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("SELECT secret")


class Anybody(Authenticator):
    def __init__(self) -> None:
        pass

    async def user(self, *_: Any) -> User:
        return User("local")


class Slow:
    async def answer(self, *_: Any, **__: Any) -> Any:
        await asyncio.sleep(60)


def ask(
    loop: asyncio.AbstractEventLoop, engine: Any, receive: Any = None, *, most: int = 9999, body_seconds: float = 10
) -> tuple[int, Any]:
    sent: list[Any] = []

    async def at_once() -> Any:
        return {"type": "http.request", "body": b'{"query": "{ viewer { userId } }"}'}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": [JSON]}
    endpoint = Endpoint(
        engine,
        Anybody(),
        BrowserRequests([], []),
        Limits(
            rates=RateLimits(0, 0, loopback=False),
            running=RunningRequests(1),
            unread=UnreadBytes(1, 1),
            max_body_bytes=most,
            body_seconds=body_seconds,
            timeout=0.05,
        ),
        page=None,
    )
    loop.run_until_complete(endpoint(scope, receive or at_once, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_an_internal_error_is_masked_and_has_a_reference(loop: asyncio.AbstractEventLoop, capsys: Any) -> None:
    status, body = ask(loop, Broken())
    (error,) = body["errors"]

    assert (status, error["extensions"]["code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert "secret" not in json.dumps(body)
    logged = capsys.readouterr()
    assert error["message"].rpartition(" ")[2] in logged.out + logged.err


def test_a_statement_that_is_too_large_for_the_database_is_bad_user_input() -> None:
    (error,) = report([GraphQLError("x", path=["contacts"], original_error=TooComplex("Ask for less."))], None)

    assert error == {"message": "Ask for less.", "path": ["contacts"], "extensions": {"code": "BAD_USER_INPUT"}}


@pytest.mark.parametrize(("pieces", "messages_read"), [(3, 3), (100, 17)])
def test_an_oversized_body_is_drained_up_to_a_limit_before_it_is_refused(
    loop: asyncio.AbstractEventLoop, pieces: int, messages_read: int
) -> None:
    received = []

    async def receive() -> Any:
        received.append(1)
        return {"type": "http.request", "body": b" " * 1024 * 1024, "more_body": len(received) < pieces}

    status, body = ask(loop, Slow(), receive)

    assert (status, body["errors"][0]["extensions"]["code"]) == (413, "BAD_REQUEST")
    assert len(received) == messages_read


def test_a_body_of_the_maximum_size_is_read(loop: asyncio.AbstractEventLoop) -> None:
    received = []

    async def receive() -> Any:
        received.append(1)
        return {"type": "http.request", "body": b" " * 1024 * 1024, "more_body": len(received) < 20}

    status, body = ask(loop, Slow(), receive, most=20 * 1024 * 1024)

    message = "The body is not JSON in UTF-8. It is wrong at line 1, column 1."
    assert (status, body["errors"][0]["message"]) == (400, message)
    assert len(received) == 20


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"", "The body is empty. Send JSON in UTF-8."),
        (b'{"query": "{a}",\n }', "The body is not JSON in UTF-8. It is wrong at line 1, column 16."),
        (b'{"query":\n NaN}', "The body is not JSON in UTF-8. It is wrong at line 2, column 2."),
        (b'{"query": "\xe9"}', "The body is not in UTF-8: byte 12 is wrong."),
        (
            rb'{"query": "\ud83d"}',
            r"The text at line 1, column 12 has half of a character, such as \ud83d without \ude00. "
            "Complete it or leave it out.",
        ),
    ],
)
def test_a_body_that_is_not_json_is_refused_with_the_place(
    loop: asyncio.AbstractEventLoop, sent: bytes, message: str
) -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": sent, "more_body": False}

    status, body = ask(loop, Slow(), receive)

    assert (status, body["errors"][0]["message"]) == (400, message)


def test_a_request_that_takes_too_long_is_canceled(loop: asyncio.AbstractEventLoop) -> None:
    status, body = ask(loop, Slow())

    assert (status, body["errors"][0]["extensions"]["code"]) == (504, "TIMEOUT")


def test_a_body_that_does_not_arrive_times_out(loop: asyncio.AbstractEventLoop) -> None:
    async def never() -> Any:
        await asyncio.sleep(60)

    assert ask(loop, Slow(), never, body_seconds=0.05)[0] == 408


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("application/json;q=0", None),
        ("application/graphql-response+json;q=0", None),
        ("*/*;q=0", None),
        ("application/json;q=0, */*", "application/graphql-response+json"),
        ("application/graphql-response+json;q=0, */*", "application/json"),
        ("application/graphql-response+json;q=0.1, */*", "application/json"),
    ],
)
def test_a_media_type_with_weight_zero_is_not_acceptable(http: Any, accept: str, answered: str | None) -> None:
    answer = http("POST", json={"query": "{ viewer { userId } }"}, headers={"accept": accept})

    assert answer.status_code == (200 if answered else 406)
    assert not answered or answer.headers["content-type"].startswith(f"{answered};")


def test_empty_variables_in_a_query_string_count_as_none(http: Any) -> None:
    assert http("GET", params={"query": "{ viewer { userId } }", "variables": ""}).status_code == 200


@pytest.mark.parametrize("url", ["mysql://user@host/name", "carnet.db", ""])
def test_an_unsupported_database_is_refused_with_the_supported_ones(url: str) -> None:
    refused = carnet(url, "migrate")

    assert refused.exit_code == 1
    assert "CARNET_DATABASE_URL: Carnet keeps" in refused.stderr
    assert "`sqlite:///file` or `postgresql://user@host/name`" in refused.stderr
