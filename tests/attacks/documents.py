"""Bodies that are not JSON or not a GraphQL request, and documents that are malformed, deep, wide or cyclic."""

import json
from collections.abc import Iterator, Sequence

DEEP = 50_000


def documents() -> Sequence[str]:
    """Malformed and extreme GraphQL documents."""
    contacts = "contacts(first: 100) { nodes { no } }"
    return (
        "",
        " ",
        "\ufeff",
        "{",
        "}",
        "{}",
        "{ }",
        "query",
        "query {}",
        "{ contacts }",
        "{ contacts { } }",
        "{ viewer }",
        "{ viewer { nothing } }",
        "{ nothing }",
        "mutation { nothing }",
        "{ __typename @x }",
        "subscription { changes { cursor } }",
        "subscription { __typename }",
        "fragment F on Query { viewer { userId } }",
        "query A { __typename } query A { __typename }",
        "query A { __typename } query B { __typename }",
        "{ __typename } { __typename }",
        "type A { a: Int }",
        "extend type Query { a: Int }",
        "schema { query: Query }",
        "{ ...F } fragment F on Query { ...F }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...Missing }",
        "{ ... on Missing { a } }",
        "{ ... on Contact { no } }",
        "fragment F on Int { a } { ...F }",
        "{ ...F0 } "
        + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(25))
        + " fragment F25 on Query { __typename }",
        "{ " + " ".join(f"a{n}: __typename" for n in range(1000)) + " }",
        "{ " + " ".join(f"a{n}: {contacts}" for n in range(1000)) + " }",
        "{ " + "__typename " * 5000 + "}",
        "{ " + "{ ".join(["viewer"] * 3000) + "}" * 3000,
        "{ contacts(filter: " + "{not: " * 2000 + "{}" + "}" * 2000 + ") { totalCount } }",
        "{ contacts(filter: {no: {in: " + "[" * DEEP + "]" * DEEP + "}}) { totalCount } }",
        "{ contacts(filter: {and: [" + '{no: {eq: "x"}} ' * 600 + "]}) { totalCount } }",
        "{ contacts { nodes { interactionLogEntries { nodes { contact { interactionLogEntries { nodes { contact { interactionLogEntries { nodes { contact { no } } } } } } } } } } } }",
        "{ contacts(first: 100) { nodes { interactionLogEntries(first: 100) { nodes { contact { interactionLogEntries(first: 100) { nodes { entryNo } } } } } } } }",
        "{ __typename " + "@include(if: true) " * 5000 + "}",
        "{ __typename " + "@nothing " * 100 + "}",
        "query @include(if: true) { __typename }",
        "{ __typename @deprecated }",
        "{ __typename @include }",
        '{ __typename @include(if: "x") }',
        "{ __typename @skip(if: null) }",
        "{ a @oneOf }",
        "{ viewer @specifiedBy(url: 1) { userId } }",
        "query(" + " ".join(f"$v{n}: Int" for n in range(1000)) + ") { __typename }",
        "query($a: Int, $a: Int) { __typename }",
        "query($a: Nothing) { __typename }",
        "query($a: Contact) { __typename }",
        "query($a: Int!) { __typename }",
        'query($a: Int = "x") { __typename }',
        "query($a: [[[[Int]]]]) { __typename }",
        "query($a: String) { contacts(filter: $a) { totalCount } }",
        "{ contacts(filter: $a) { totalCount } }",
        "query($a: String = " + '"x"' * 1000 + ") { __typename }",
        "{ contacts(first: 1, first: 2) { totalCount } }",
        "{ contacts(nothing: 1) { totalCount } }",
        "{ contact(no: 1) { no } }",
        "{ contact { no } }",
        '{ contact(no: "a" no: "b") { no } }',
        "{ contact(no: NULL) { no } }",
        '{ contact(no: "\\u0000") { no } }',
        '{ contact(no: "\\uD800") { no } }',
        '{ contact(no: "\\u{110000}") { no } }',
        '{ contact(no: "\x07") { no } }',
        '{ contact(no: "unterminated) { no } }',
        '{ contact(no: """block""") { no } }',
        '{ contact(no: """' + "x" * 200_000 + '""") { no } }',
        "#" * 100_000 + "\n{ __typename }",
        "," * 100_000 + "{ __typename }",
        "{ __typename } \x00",
        "{ __typename } \ud800",
        "{ é }",
        "{ a: __typename a: viewer { userId } }",
        "{ contacts(first: 1) { totalCount } contacts(first: 2) { totalCount } }",
        "{ contacts(first: 99999999999999999999) { totalCount } }",
        "{ contacts(first: -1) { totalCount } }",
        "{ contacts(first: 1.0) { totalCount } }",
        "{ contacts(first: 01) { totalCount } }",
        "{ contacts(first: 1e400) { totalCount } }",
        "{ contacts(first: 1, last: 1) { totalCount } }",
        "{ __schema { types { fields { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } }",
        "{ " + " ".join(f"s{n}: __schema {{ types {{ fields {{ name }} }} }}" for n in range(30)) + " }",
        '{ __type(name: "Contact") { name } }',
        "{ __type(name: 1) { name } }",
        "{ __type { name } }",
        "mutation { __schema { types { name } } }",
        "mutation { "
        + " ".join(f'a{n}: deleteContact(input: {{no: "x"}}) {{ userErrors {{ code }} }}' for n in range(200))
        + " }",
    )


def bodies() -> Iterator[bytes]:
    """Bodies of POST requests with the media type of JSON."""
    yield from (
        b"",
        b" ",
        b"null",
        b"true",
        b"3",
        b'"abc"',
        b"[]",
        b"[1]",
        b"[{}]",
        b"{}",
        b"{",
        b'{"query":',
        b"\x00",
        b"\xff\xfe{}",
    )
    yield from (
        b'{"query": "{ __typename }"',
        b"\xef\xbb\xbf{}",
        b'{"query": "\xff"}',
        b'{"query": "\xc3"}',
        b'{"query": "\xed\xa0\x80"}',
    )
    yield from (
        b"[" * DEEP,
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b"1" * 10_000,
        b'"' + b"x" * 100_000 + b'"',
    )
    yield from (
        b'{"query": "{ __typename }", "query": "{ nothing }"}',
        b'{"query": "{ __typename }", "variables": {"a": 1, "a": 2}}',
    )
    yield from (
        b'[{"query": "{ __typename }"}, {"query": "{ __typename }"}]',
        b'[{"query": "{ __typename }"}]' * 2,
        b'{"query": "{ __typename }"} x',
    )
    for value in (None, True, 1, 1.5, [], {}, ["{ __typename }"], {"a": 1}, "\0", "\ud800"):
        yield json.dumps({"query": value}).encode()
        for name in ("variables", "operationName", "extensions", "id", "documentId", "nothing"):
            yield json.dumps({"query": "query A { __typename }", name: value}).encode()
    for number in (
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1" * 5000,
        b"1e99999",
        b"-0",
        b"01",
        b"+1",
        b"0x1",
        b"'a'",
        b"undefined",
    ):
        yield b'{"query": "query($a: Float) { __typename }", "variables": {"a": ' + number + b"}}"
    yield json.dumps({"query": "{ __typename }", "variables": {f"v{n}": n for n in range(10_000)}}).encode()
    yield json.dumps(
        {"query": "{ __typename }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}
    ).encode()
    yield json.dumps({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x" * 64}}}).encode()
    yield json.dumps({"query": "{ __typename }", "operationName": "x" * 100_000}).encode()
    yield b'{"query": "{ __typename }' + b" " * 300_000 + b'"}'
