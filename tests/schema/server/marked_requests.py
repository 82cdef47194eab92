"""Requests with marked values in every place where a client can put one."""

import base64
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

MARK = "Zqmarker"
DIGITS = "7391846"
MARKS = (MARK.lower(), DIGITS, base64.b64encode(MARK.encode()).decode().lower())
"""What must not be in the log, compared without case."""

EMAIL = f"{MARK}@example.com"
PHONE = f"+1 418 {DIGITS}"
JWT = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg":"HS256"}', json.dumps({"sub": EMAIL}).encode(), MARK.encode())
)
NODES = "{ nodes { no } }"
DOCUMENTS = [
    f'{{ contacts(search: "{MARK}) {NODES} }}',
    f"{{ viewer {{ userId }} }} {MARK}",
    f"# {MARK}\n{{",
    f"{{ {MARK} }}",
    f"{{ viewer {{ {MARK} }} }}",
    f"{{ contacts({MARK}: 1) {NODES} }}",
    f"query($x: {MARK}) {{ viewer {{ userId }} }}",
    f"{{ viewer {{ ...{MARK} }} }}",
    f"{{ viewer @{MARK} {{ userId }} }}",
    f"{{ contacts(first: ${MARK}) {NODES} }}",
    f'{{ contacts(first: "{MARK}") {NODES} }}',
    f"{{ contacts(order: [{MARK}]) {NODES} }}",
    f'{{ contacts(after: "{MARK}") {NODES} }}',
    f'{{ contacts(filter: {{name: {{{MARK}: "{MARK}"}}}}) {NODES} }}',
    f'{{ node(id: "{MARK}") {{ id }} }}',
    f"{{ {MARK}: contacts(first: -1) {NODES} }}",
    f'{{ {MARK}: contacts(first: 5, search: "{MARK}") {NODES} }}',
    "{ " + " ".join(f"{MARK}{n}: viewer {{ userId }}" for n in range(200)) + " }",
    f'subscription {{ {MARK}(no: "{PHONE}") }}',
    f'{{ node(id: "{base64.b64encode(MARK.encode()).decode()}") {{ id }} }}',
]
TYPED = f"query Find($first: Int, $filter: ContactFilter, $order: [ContactOrder!], $id: ID!) {{ contacts(first: $first, filter: $filter, order: $order) {NODES} node(id: $id) {{ id }} }}"
VARIABLES: list[Any] = [
    {"id": MARK},
    {"id": {MARK: PHONE}},
    {"id": "x", "first": MARK},
    {"id": "x", "first": int(DIGITS)},
    {"id": "x", "filter": {MARK: EMAIL}},
    {"id": "x", "filter": {"name": {"eq": [MARK]}}},
    {"id": "x", "filter": {"name": MARK}},
    {"id": "x", "filter": {"not": {"email": {"in": [EMAIL, {MARK: 1}]}}}},
    {"id": "x", "filter": {"dateOfLastInteraction": {"gt": MARK}}},
    {"id": "x", "order": [MARK]},
    {"id": f"\0{MARK}"},
    {MARK: MARK},
]
CARD = {"type": "PERSON", "name": MARK, "email": EMAIL, "phoneNo": PHONE, "address": MARK, "city": MARK}
MUTATIONS: list[tuple[str, Any]] = [
    ("createContact", {"no": f"{MARK}1", "contact": CARD, "idempotencyKey": MARK}),
    ("createContact", {"no": f"{MARK}2", "contact": CARD, "idempotencyKey": MARK}),
    ("createContact", {"no": f"{MARK}1", "contact": CARD}),
    ("createContact", {"no": MARK, "contact": {**CARD, "email": MARK, "companyNo": MARK, "phoneNo": MARK}}),
    ("createContact", {"no": MARK, "contact": {**CARD, MARK: MARK}}),
    ("createContact", {"no": MARK, "contact": {**CARD, "type": MARK}}),
    ("createContact", {"no": MARK * 10, "contact": {**CARD, "name": MARK * 100, "city": f"{MARK}\n"}}),
    ("createSalesperson", {"code": MARK, "salesperson": {"name": None, "email": EMAIL}}),
    ("createInteraction", {"interaction": {"contactNo": MARK, "templateCode": MARK, "description": MARK}}),
    ("commentInteraction", {"entryNo": 1, "comment": MARK}),
    ("updateMarketingSetup", {"marketingSetup": {"timeZone": MARK}}),
]


def in_every_place() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and more: `json`, `content`, `params` or `headers`."""
    viewer = {"query": "{ viewer { userId } }"}
    for document in DOCUMENTS:
        yield graphql(document)
    for document in DOCUMENTS[:4]:
        yield "GET", "/graphql", {"params": {"query": document, "variables": json.dumps({MARK: MARK})}}
    for variables in VARIABLES:
        yield graphql(TYPED, variables)
    for name, input in MUTATIONS:
        yield mutation(name, input)
    for given in (f"Bearer {MARK}", f"Bearer {JWT}", f"Basic {MARK}", MARK, f"Bearer {MARK * 50}"):
        yield "POST", "/graphql", {"json": viewer, "headers": {"authorization": given}}
    for header in ("cookie", "host", "user-agent", "referer", "origin", "x-forwarded-for", "accept-language", "accept"):
        yield "POST", "/graphql", {"json": viewer, "headers": {header: f"{MARK};q={MARK}"}}
    yield "POST", "/graphql", {"json": {**viewer, "operationName": MARK}}
    yield "POST", "/graphql", {"json": {**viewer, "operationName": [MARK], "extensions": MARK}}
    yield "GET", "/graphql", {"params": {"query": f'mutation {{ createContact(input: "{MARK}") }}'}}
    yield "GET", "/graphql", {"params": {"query": "{ viewer { userId } }", "variables": MARK}}
    for body in (f'{{"query": "{MARK}', f'"{MARK}"', json.dumps({"query": MARK, "x": MARK * 40_000})):
        yield "POST", "/graphql", {"content": body, "headers": {"content-type": "application/json"}}
    yield "POST", "/graphql", {"content": MARK, "headers": {"content-type": f"text/{MARK}"}}
    yield "POST", "/graphql", {"json": viewer, "headers": {"content-encoding": MARK}}
    yield MARK.upper(), "/graphql", {"json": viewer}
    for path in (
        f"/{MARK}",
        f"/graphql/{MARK}",
        f"/graphql/assets/{MARK}",
        f"/graphql/assets/..%2F{MARK}",
        f"/?{MARK}",
    ):
        yield "GET", path, {}
    yield "POST", f"/health?{MARK}", {}


def graphql(document: str, variables: Any = None) -> tuple[str, str, dict[str, Any]]:
    return "POST", "/graphql", {"json": {"query": document, "variables": variables}}


def mutation(name: str, input: Any) -> tuple[str, str, dict[str, Any]]:
    type_ = name[0].upper() + name[1:]
    return graphql(
        f"mutation Change($input: {type_}Input!) {{ {MARK}: {name}(input: $input) {{ userErrors {{ code message }} }} }}",
        {"input": input},
    )


UPGRADE = f"GET /graphql?{MARK} HTTP/1.1\r\nHost: {MARK}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {MARK}\r\n"
MALFORMED = [
    f"{MARK}\r\n\r\n",
    f"GET /{MARK} HTTP/{MARK}\r\n\r\n",
    f"POST /graphql HTTP/1.1\r\n{MARK}\r\n: {MARK}\r\n\r\n",
    f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: {MARK}\r\n\r\n",
    f"POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{MARK}\r\n",
    f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{MARK}",
    f"{UPGRADE}\r\n",
    f"{UPGRADE}Sec-WebSocket-Key: {MARK}\r\n\r\n",
    f"{UPGRADE}Sec-WebSocket-Key: {base64.b64encode(b'0123456789abcdef').decode()}\r\n\r\n{MARK}",
]


def send_malformed(port: int) -> None:
    """Send what is no HTTP, and break off requests before they are complete or answered."""
    whole = json.dumps({"query": f'{{ contacts(first: 5, search: "{MARK}") {NODES} }}'})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(whole)}\r\n\r\n"
    )
    for text in (*MALFORMED, head + whole):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(text.encode())
            connection.settimeout(0.05)
            if text in MALFORMED:
                try:
                    connection.recv(1000)
                except OSError:
                    continue


def answers(port: int, requests: Iterator[tuple[str, str, dict[str, Any]]]) -> Iterator[tuple[int, str]]:
    """The status and the body of each response."""
    for method, path, more in requests:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body, headers = more.get("content"), more.get("headers", {})
        if "json" in more:
            body, headers = json.dumps(more["json"]), {"content-type": "application/json", **headers}
        query = f"?{urlencode(more['params'])}" if "params" in more else ""
        connection.request(method, path + query, body, headers)
        answer = connection.getresponse()
        yield answer.status, answer.read().decode()
        connection.close()
