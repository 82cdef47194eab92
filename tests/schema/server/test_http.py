"""GraphQL over HTTP: media types, statuses and malformed bodies."""

import asyncio
import json
from typing import Any

import pytest
from graphql import build_schema, is_scalar_type, is_specified_scalar_type

from schema.printing import printed_schema
from tests.schema.server.conftest import application

QUERY = "{ viewer { userId } }"
NEWER = "application/graphql-response+json"
JSON = {"content-type": "application/json"}


def test_a_query_returns_data(http: Any) -> None:
    answer = http("POST", json={"query": QUERY})

    assert (answer.status_code, answer.json()) == (200, {"data": {"viewer": {"userId": "local"}}})
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert "Accept" in answer.headers["vary"]


def test_get_accepts_queries_but_no_mutations(http: Any) -> None:
    assert http("GET", params={"query": QUERY}).json() == {"data": {"viewer": {"userId": "local"}}}
    refused = http(
        "GET", params={"query": "mutation { deletePostponedInteractions(input: {entryNos: [1]}) { deletedIds } }"}
    )

    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (NEWER, NEWER),
        (f"{NEWER}, application/json;q=0.9", NEWER),
        (f"application/json, {NEWER};q=0.5", "application/json"),
        (f"application/json, {NEWER}", NEWER),
        ("application/*", "application/json"),
    ],
)
def test_the_media_type_is_chosen_by_weight(http: Any, accept: str, expected: str) -> None:
    answer = http("POST", json={"query": QUERY}, headers={"accept": accept})

    assert answer.headers["content-type"] == f"{expected}; charset=utf-8"


def test_an_unacceptable_media_type_gets_406(http: Any) -> None:
    assert http("POST", json={"query": QUERY}, headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ nope }",
        "query($n: Int!) { interactionLogEntry(entryNo: $n) { entryNo } }",
        "query A { __typename } query B { __typename }",
    ],
)
def test_a_wrong_request_is_400_in_the_newer_media_type_and_has_no_data(http: Any, query: str) -> None:
    newer = http("POST", json={"query": query}, headers={"accept": NEWER})
    older = http("POST", json={"query": query})

    assert (newer.status_code, older.status_code) == (400, 200)
    assert set(newer.json()) == set(older.json()) == {"errors"}


@pytest.mark.parametrize(
    "body",
    [
        b'"abc"',
        b"3",
        b"[1]",
        b"null",
        b"",
        b"{",
        b'{"query": 3}',
        b'{"query": "{a}", "variables": []}',
        b'{"query": "{a}", "variables": "x"}',
        b'{"query": "{a}", "operationName": 3}',
        b'{"query": "{a}", "extensions": 3}',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"query": "\\ud800"}',
        b'{"query": "{a}", "variables": {"x": ' + b"9" * 5000 + b"}}",
        b"{}",
        b'{"query": "{a}", "variables": {"x": "\\u0000"}}',
        b'{"query": "{a}", "variables": {"x": NaN}}',
    ],
)
def test_a_malformed_body_is_a_bad_request(http: Any, body: bytes) -> None:
    answer = http("POST", content=body, headers=JSON)

    assert answer.status_code in (400, 200)
    assert answer.json()["errors"][0]["extensions"]["code"] in {
        "BAD_REQUEST",
        "BAD_USER_INPUT",
        "GRAPHQL_VALIDATION_FAILED",
    }


def test_a_large_body_is_not_read(http: Any) -> None:
    assert http("POST", content=b'{"query": "' + b" " * 300_000 + b'"}', headers=JSON).status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/jsonx", "application/x-www-form-urlencoded", ""])
def test_only_json_bodies_are_accepted(http: Any, kind: str) -> None:
    assert http("POST", content=b"{}", headers={"content-type": kind}).status_code == 415


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ('Application/JSON;charset="UTF-8"', 200),
        ("application/json; charset=utf8", 200),
        ("application/json; profile=x", 200),
        ("application/json; charset=latin-1", 415),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=", 415),
    ],
)
def test_only_json_in_utf_8_is_accepted(http: Any, kind: str, status: int) -> None:
    answer = http("POST", content=json.dumps({"query": QUERY}), headers={"content-type": kind})

    assert answer.status_code == status
    if status == 415:
        assert "`application/json; charset=utf-8`" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"query": "{ a }", "query": "{ b }"}', "query"),
        ('{"query": "{ a }", "variables": {"x": {"no": 1, "no": 1}}}', "no"),
        ('{"query": "{ a }", "variables": {"x": [{"a:b": ":", "a\\u003Ab": "\\u003a"}]}}', "a:b"),
        ('{"query": "{ a }", "variables": {"no": 1, "\\u006eo": 2, "x": "\\u003a"}}', "no"),
        ('{"query": "{ a }", "extensions": {"x": ' + '{"x": ' * 300 + '{"b": 1, "b": 2}' + "}" * 300 + "}}", "b"),
    ],
)
def test_a_name_that_an_object_in_the_body_has_more_than_once_is_refused(http: Any, body: str, name: str) -> None:
    answer = http("POST", content=body.encode(), headers=JSON)

    assert answer.status_code == 400
    assert f"`{name}` is more than once in an object in the body" in answer.json()["errors"][0]["message"]


def test_names_that_objects_have_once_each_are_accepted(http: Any) -> None:
    """Also where colons in texts are escaped."""
    body = '{"query": "{ viewer { userId } }", "extensions": {"a": {"a": ":"}, "b:": [{"a": "\\u003a\\u003A"}]}}'

    assert http("POST", content=body.encode(), headers=JSON).json() == {"data": {"viewer": {"userId": "local"}}}


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (f"query={QUERY}&query={QUERY}", "query"),
        (f"query={QUERY}&variables=&variables=", "variables"),
        (f'query={QUERY}&variables={{"a": 1, "a": 2}}', "a"),
        (f"query={QUERY}&format=csv&format=ndjson", "format"),
    ],
)
def test_a_name_that_the_query_string_has_more_than_once_is_refused(http: Any, parameters: str, name: str) -> None:
    answer = http("GET", f"/graphql?{parameters}")

    assert answer.status_code == 400
    assert f"`{name}` is more than once in the query string" in answer.json()["errors"][0]["message"]


def test_compressed_bodies_are_refused(http: Any) -> None:
    assert http("POST", content=b"{}", headers={**JSON, "content-encoding": "gzip"}).status_code == 415


def test_other_methods_get_405_with_the_allowed_ones(http: Any) -> None:
    answer = http("PUT", json={"query": QUERY})

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_clients_that_accept_any_media_type_get_json(http: Any) -> None:
    assert http("GET", headers={"accept": "*/*"}).status_code == 400


def test_messages_are_in_the_accepted_language(http: Any) -> None:
    asked = {
        "query": "mutation { resumeInteraction(input: {entryNo: 1}) { userErrors { message en: message(language: EN) } } }"
    }
    errors = http("POST", json=asked, headers={"accept-language": "fr-CA, en;q=0.5"}).json()["data"][
        "resumeInteraction"
    ]["userErrors"]

    assert "reportée" in errors[0]["message"]
    assert "postponed" in errors[0]["en"]


def test_cross_origin_requests_are_allowed_from_configured_origins(http: Any) -> None:
    headers = {
        "origin": "https://app.example.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }

    assert http("OPTIONS", headers=headers).headers["access-control-allow-origin"] == "https://app.example.com"
    assert (
        "access-control-allow-origin"
        not in http("OPTIONS", headers={**headers, "origin": "https://evil.example.com"}).headers
    )


def test_health_reports_whether_the_database_responds(http: Any) -> None:
    assert http("GET", "/health").json() == {"status": "ok"}


def test_the_schema_can_be_introspected(http: Any) -> None:
    from graphql import get_introspection_query

    answer = http("POST", json={"query": get_introspection_query()}).json()

    assert "errors" not in answer
    assert len(answer["data"]["__schema"]["types"]) > 100


def test_the_schema_is_a_file_that_is_sent_once(http: Any) -> None:
    first = http("GET", "/schema.graphql")
    again = http("GET", "/schema.graphql", headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    changed = http("GET", "/schema.graphql", headers={"if-none-match": '"other"'})

    assert first.text == printed_schema() + "\n"
    assert build_schema(first.text).description
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert changed.status_code == 200
    assert http("HEAD", "/schema.graphql").headers["etag"] == first.headers["etag"]
    assert http("POST", "/schema.graphql", json={}).text == first.text, "as graphql-inspector asks"
    refused = http("PUT", "/schema.graphql")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, POST")
    assert http("GET", "/schema.graphql", headers={"host": "foreign.example.com"}).status_code == 403


@pytest.mark.parametrize(
    ("settings", "status", "code"),
    [({"introspection": False}, 403, "FORBIDDEN"), ({"require_token": True}, 401, "UNAUTHENTICATED")],
)
def test_the_schema_is_only_for_those_who_may_query_it(
    settings: Any, status: int, code: str, empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    with application(empty_copy("sqlite"), loop, **settings) as send:
        refused = send("GET", "/schema.graphql")

    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (status, code)


def test_scalars_say_where_they_are_specified() -> None:
    scalars = [type_ for type_ in build_schema(printed_schema()).type_map.values() if is_scalar_type(type_)]

    assert [each.name for each in scalars if not is_specified_scalar_type(each) and not each.specified_by_url] == []


@pytest.mark.parametrize("extensions", [0, 1, False, True, "x", []])
def test_extensions_that_are_no_object_are_refused(http: Any, extensions: object) -> None:
    assert http("POST", json={"query": QUERY, "extensions": extensions}).status_code == 400


@pytest.mark.parametrize("accept", ["application/json", NEWER])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_automatic_persisted_queries_are_answered_so_that_clients_send_the_document(
    http: Any, method: str, accept: str
) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    sent = (
        {"json": {"extensions": extensions}} if method == "POST" else {"params": {"extensions": json.dumps(extensions)}}
    )
    answer = http(method, headers={"accept": accept}, **sent)
    (error,) = answer.json()["errors"]

    assert answer.status_code == 200
    assert (error["message"], error["extensions"]["code"]) == (
        "PersistedQueryNotSupported",
        "PERSISTED_QUERY_NOT_SUPPORTED",
    )
