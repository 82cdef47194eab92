"""Trusted documents: manifests of relay-compiler, graphql-codegen and Apollo, and both forms of requests."""

import asyncio
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from schema.server.documents.trusted_documents import InvalidManifest, read
from tests.commands import assert_refused, carnet, create_token
from tests.schema.server.conftest import application

VIEWER = "query Viewer {\n  viewer {\n    userId\n  }\n}"
CREATE = "mutation Create($input: CreateSalespersonInput!) {\n  createSalesperson(input: $input) {\n    salesperson {\n      code\n    }\n  }\n}\n"
TWO = "query A { viewer { userId } } query B { __typename }"
NEWER = {"accept": "application/graphql-response+json"}

RELAY = {"41597a23818fcc83b6110dc57a43cad7": VIEWER, "7fffda9e31f1057f8358045d26aa4dd5": CREATE, "two": TWO}
CODEGEN = {f"sha256:{sha256(text.encode()).hexdigest()}": text for text in (VIEWER, CREATE)}
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {"id": "1", "name": "Viewer", "type": "query", "body": VIEWER},
        {"id": "2", "name": "Create", "type": "mutation", "body": CREATE},
    ],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "documents.json"


@pytest.mark.parametrize(
    ("manifest", "ids"),
    [(RELAY, list(RELAY)[:2]), (CODEGEN, list(CODEGEN)), (APOLLO, ["1", "2"])],
    ids=["relay", "codegen", "apollo"],
)
def test_manifests_of_three_tools_are_read(manifest: Any, ids: list[str], file: Path) -> None:
    file.write_text(json.dumps(manifest), encoding="utf-8")

    trusted = read(file, lambda _: None)

    assert [trusted.text_of(id) for id in ids] == [VIEWER, CREATE]
    assert trusted.text_of(sha256(CREATE.encode()).hexdigest()) == CREATE
    assert trusted.text_of(f"sha256:{sha256(VIEWER.encode()).hexdigest()}") == VIEWER
    assert VIEWER in trusted
    assert VIEWER + " " not in trusted
    assert trusted.text_of("") is trusted.text_of("unknown") is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "must be an object"),
        (b"null", "must be an object"),
        (b"{}", "no documents"),
        (b'{"a": "{__typename}", "a": "{__typename}"}', "“a” is given twice"),
        (b'{"a": 1, "b": "{__typename}"}', "1 document cannot be used.\na: id and document must be texts."),
        (b'{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}', "must be an object"),
        (b'{"version": 1, "operations": []}', "must be an object"),
        (b'{"format": "apollo-persisted-query-manifest", "version": 1, "operations": []}', "no documents"),
        (json.dumps(APOLLO | {"operations": [{"id": "x"}, 3]}).encode(), "2 documents cannot be used.\nx: id and"),
        (json.dumps(APOLLO | {"operations": [{"id": "x", "body": b} for b in "ab"]}).encode(), "x: two documents have"),
    ],
)
def test_an_invalid_manifest_is_refused_with_the_entry(content: bytes, reason: str, file: Path) -> None:
    file.write_bytes(content)

    with pytest.raises(InvalidManifest) as refused:
        read(file, lambda _: None)

    assert reason in refused.value.reason


def test_the_server_does_not_start_with_documents_that_do_not_fit_the_schema(file: Path, folder: Path) -> None:
    manifest = RELAY | {
        "old": "{ contacts { nodes { nickname } } }",
        "broken": "{",
        "surrogate": "{ viewer { userId } } # \ud800",
        "fragment": "fragment A on Contact { no }",
        "schema": "{ __schema { types { name } } }",
        "large": "{ viewer { " + "userId " * 3000 + "} }",
    }
    file.write_text(json.dumps(manifest), encoding="utf-8")
    settings = {"CARNET_TRUSTED_DOCUMENTS": str(file), "CARNET_INTROSPECTION": "false", "CARNET_PORT": "0"}

    assert_refused(
        carnet("sqlite:///carnet.db", "serve", **settings),
        f"CARNET_TRUSTED_DOCUMENTS is {file}. 6 documents cannot be used.",
        "\nold: Cannot query field 'nickname' on type 'Contact'.",
        "\nbroken: Syntax Error: Expected Name, found <EOF>.",
        "\nsurrogate: Syntax Error: ",
        "\nfragment: ",
        "\nschema: GraphQL introspection has been disabled",
        "\nlarge: ",
        "\nBuild the manifest of the clients again",
    )
    file.write_text("{}")
    assert_refused(
        carnet("sqlite:///carnet.db", "serve", **settings, LANG="fr"), "Le fichier ne contient aucun document."
    )
    file.unlink()
    assert_refused(
        carnet("sqlite:///carnet.db", "serve", **settings), "The file cannot be read: No such file or directory."
    )
    assert not (folder / "carnet.db").exists()


@pytest.fixture
def send(file: Path, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    """`send("POST", json=…)` sends a request to a server with trusted documents."""
    file.write_text(json.dumps(RELAY), encoding="utf-8")
    with application(empty_copy("sqlite"), loop, trusted_documents=file, graphiql=False) as send:
        yield send


def test_trusted_documents_are_executed_by_id_by_hash_and_as_text(send: Any) -> None:
    viewer = {"data": {"viewer": {"userId": "local"}}}
    hashed = sha256(VIEWER.encode()).hexdigest()
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": hashed}}

    for body in (
        {"documentId": "41597a23818fcc83b6110dc57a43cad7"},
        {"documentId": f"sha256:{hashed}", "query": None, "operationName": "Viewer"},
        {"documentId": "two", "operationName": "A"},
        {"extensions": apollo},
        {"extensions": apollo, "query": ""},
        {"query": VIEWER, "extensions": apollo},
        {"query": VIEWER, "documentId": "any"},
    ):
        assert send("POST", json=body).json() == viewer, body
        parameters = {
            name: json.dumps(value) if isinstance(value, dict) else value or "" for name, value in body.items()
        }
        assert send("GET", params=parameters).json() == viewer, body

    created = {
        "documentId": "7fffda9e31f1057f8358045d26aa4dd5",
        "variables": {"input": {"code": "A", "salesperson": {"name": "Ann"}}},
    }
    assert send("POST", json=created).json()["data"] == {"createSalesperson": {"salesperson": {"code": "A"}}}
    answer = send("GET", params=created | {"variables": json.dumps(created["variables"])})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ viewer { userId } }"},
        {"query": VIEWER + "\n"},
        {"query": "{"},
        {"query": "{ nonsense }", "documentId": "two"},
        {"documentId": "unknown"},
        {"documentId": ""},
        {"documentId": "41597A23818FCC83B6110DC57A43CAD7"},
        {"extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}},
        {
            "documentId": "unknown",
            "extensions": {"persistedQuery": {"sha256Hash": sha256(VIEWER.encode()).hexdigest()}},
        },
    ],
)
def test_all_other_documents_are_refused(body: dict[str, Any], send: Any) -> None:
    older, newer = send("POST", json=body), send("POST", json=body, headers=NEWER)

    assert [answer.json()["errors"][0]["extensions"]["code"] for answer in (older, newer)] == ["NOT_TRUSTED"] * 2
    assert "CARNET_TRUSTED_DOCUMENTS" in newer.json()["errors"][0]["message"]
    assert (older.status_code, newer.status_code) == (200, 400)
    assert newer.headers["content-type"].startswith(NEWER["accept"])
    assert "data" not in older.json()


def test_tokens_of_administrators_are_no_exception(
    file: Path, database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    file.write_text(json.dumps(RELAY), encoding="utf-8")
    headers = {"authorization": f"Bearer {create_token(database_url, 'ann', role='admin')}"}
    with application(database_url, loop, trusted_documents=file, require_token=True) as send:
        refused = send("POST", json={"query": "{ viewer { userId } }"}, headers=headers)
        answered = send("POST", json={"documentId": "two", "operationName": "A"}, headers=headers)

    assert refused.json()["errors"][0]["extensions"]["code"] == "NOT_TRUSTED"
    assert answered.json() == {"data": {"viewer": {"userId": "ann"}}}


def test_without_the_setting_ids_are_not_supported_but_documents_with_hashes_are_executed(http: Any) -> None:
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}

    for body, statuses in (({"documentId": "1"}, (200, 400)), ({"extensions": apollo}, (200, 200))):
        older, newer = http("POST", json=body), http("POST", json=body, headers=NEWER)
        assert older.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"
        assert (older.status_code, newer.status_code) == statuses
    assert http("POST", json={"query": VIEWER, "extensions": apollo}).json() == {
        "data": {"viewer": {"userId": "local"}}
    }


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": 3},
        {"documentId": ["1"]},
        {"extensions": {"persistedQuery": {}}},
        {"extensions": {"persistedQuery": "1"}},
        {"extensions": {"persistedQuery": {"sha256Hash": {}}}},
        {"documentId": "two", "query": 3},
        {"documentId": "two", "variables": 3},
        {"extensions": {}},
    ],
)
def test_a_malformed_id_is_a_bad_request(body: dict[str, Any], send: Any) -> None:
    answer = send("POST", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
