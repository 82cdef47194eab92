"""Exceptions in the log: where they were raised and which codes they have, never their messages."""

import sqlite3

import asyncpg
import pytest
from graphql import GraphQLError
from structlog.testing import capture_logs

from persistence.exceptions import Overloaded, TooComplex
from resolvers.roles import Forbidden
from schema.server.errors import ALIAS, MAX_OPERATION_NAME, report
from schema.server.logs.stack_traces import FIRST_FRAMES, LAST_FRAMES, MAX_EXCEPTIONS, describe


def without_end(depth: int = 0) -> None:
    without_end(depth + 1)


def test_a_stack_trace_of_an_endless_recursion_is_shortened() -> None:
    with pytest.raises(RecursionError) as caught:
        without_end()

    lines = describe(caught.value).splitlines()
    assert lines[0] == "RecursionError"
    assert len(lines) == FIRST_FRAMES + LAST_FRAMES + 2
    assert f"{__name__}:without_end:" in lines[-1]


def test_a_cycle_of_causes_and_a_large_group_end() -> None:
    first, second = ValueError("Zq"), KeyError("Zq")
    first.__cause__, second.__cause__ = second, first
    assert describe(first) == "ValueError\ncaused by KeyError"

    many = ExceptionGroup("Zq", [ValueError("Zq") for _ in range(100)])
    assert len(describe(many).splitlines()) == MAX_EXCEPTIONS


def test_a_context_that_was_hidden_by_raise_from_none_is_left_out() -> None:
    error = ValueError("Zq")
    error.__context__ = KeyError("Zq")
    assert describe(error) == "ValueError\nraised while handling KeyError"

    error.__suppress_context__ = True
    assert describe(error) == "ValueError"


@pytest.mark.parametrize(
    ("statements", "facts"),
    [
        ("INSERT INTO t VALUES ('Zq', 1); INSERT INTO t VALUES ('Zq', 1)", "SQLITE_CONSTRAINT_UNIQUE constraint=t.a, t.b"),
        ("INSERT INTO t VALUES (NULL, 1)", "SQLITE_CONSTRAINT_NOTNULL constraint=t.a"),
        ("INSERT INTO t VALUES ('Zq', 5)", "SQLITE_CONSTRAINT_CHECK constraint=small"),
        ("INSERT INTO t VALUES ('Zq', -1)", "SQLITE_CONSTRAINT_CHECK"),
        ("INSERT INTO t VALUES ('Zq', 2)", "SQLITE_CONSTRAINT_TRIGGER"),
        ("INSERT INTO t VALUES ('Zq', 3)", "SQLITE_CONSTRAINT_UNIQUE constraint=index 'lower_a'"),
        ("SELECT * FROM zq", "SQLITE_ERROR table=zq"),
        ("SELECT json_extract('{}', 'Zq')", "SQLITE_ERROR"),
        ("Zq", "SQLITE_ERROR"),
    ],
)  # fmt: skip
def test_errors_of_sqlite_have_their_code_and_the_names_of_constraints(statements: str, facts: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE t (a text NOT NULL, b int CHECK (b <> -1) CONSTRAINT small CHECK (b < 5), UNIQUE (a, b));"
        "CREATE UNIQUE INDEX lower_a ON t (lower(a)) WHERE b = 3; INSERT INTO t VALUES ('ZQ', 3);"
        "CREATE TRIGGER two BEFORE INSERT ON t WHEN NEW.b = 2 BEGIN"
        " SELECT RAISE(ABORT, 'UNIQUE constraint failed: Zq'); END"
    )
    with pytest.raises(sqlite3.Error) as caught:
        connection.executescript(statements)
    connection.close()

    assert (
        describe(caught.value).splitlines()[0]
        == f"{type(caught.value).__module__}.{type(caught.value).__name__} sqlite={facts}"
    )


def test_an_error_of_postgresql_without_a_connection_has_no_facts() -> None:
    assert describe(asyncpg.InterfaceError("Zq")) == "asyncpg.exceptions._base.InterfaceError"


@pytest.mark.parametrize(
    ("original", "code"),
    [
        (None, "BAD_USER_INPUT"),
        (Forbidden("Zq"), "FORBIDDEN"),
        (Overloaded(3), "OVERLOADED"),
        (TooComplex("Zq"), "BAD_USER_INPUT"),
        (TimeoutError("Zq"), "TIMEOUT"),
        (KeyError("Zq"), "INTERNAL_SERVER_ERROR"),
    ],
)
def test_an_error_is_logged_by_operation_code_and_path(original: Exception | None, code: str) -> None:
    error = GraphQLError("Zq", path=["contacts", "Zq", 3, "name"], original_error=original)
    with capture_logs() as logged:
        report([error], "Find")

    (line,) = logged
    assert (line["operation"], line["code"], line["path"]) == ("Find", code, f"contacts.{ALIAS}.3.name")
    assert "Zq" not in str(line)


@pytest.mark.parametrize(
    ("name", "logged_name"),
    [("Find", "Find"), ("F" * 500, "F" * MAX_OPERATION_NAME), ("ann@example.com", None), ("a\nb", None), ("Zoé", None), ("", None)],
)  # fmt: skip
def test_only_names_of_graphql_are_logged_as_operation(name: str, logged_name: str | None) -> None:
    with capture_logs() as logged:
        report([GraphQLError("Zq")], name)

    assert logged[0]["operation"] == logged_name
