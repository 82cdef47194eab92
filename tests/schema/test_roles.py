"""What users with each role may do: for every field of Query and Mutation what the table of the guide says."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from persistence.database import Database
from persistence.enums import Role
from resolvers.roles import Scope
from schema.access import declared_access, root_types
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.server.errors import report
from tests.api import Api
from tests.schema.compiler.statement_log import counted
from tests.schema.minimal_operations import minimal_operation
from tests.schema.queries import GRAPH
from tests.schema.roles_table import GUIDE, scopes, table, written

LOG = 'logSegment(input: {segmentNo: "SM1"}) { __typename }'
CREATE = 'createInteraction(input: {interaction: {contactNo: "C1"}}) { userErrors { code } }'
CHANGES = 'changes(of: "con_1") { nodes { userId } }'


class Server:
    """An engine over an empty database. With `plain` it uses default execution only."""

    def __init__(self, loop: asyncio.AbstractEventLoop, database: Database, *, plain: bool) -> None:
        self.loop, self.database = loop, database
        self._engine = Engine(GRAPH, database, report=report, default_execution=plain)

    def answer(self, text: str, *roles: Role, operation: str | None = None, **variables: Any) -> Any:
        """The whole response for a user with these roles."""
        request = GraphQLRequest(text, variables, operation)
        answer = self.loop.run_until_complete(self._engine.answer(request, Caller(roles=frozenset(roles))))
        return json.loads(answer.body)


@pytest.fixture(scope="module", params=["sqlite", "sqlite plain", "postgresql"])
def server(request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Server]:
    kind, _, plain = request.param.partition(" ")
    opening = Database.at(empty_copy(kind))
    yield Server(loop, loop.run_until_complete(opening.__aenter__()), plain=bool(plain))
    loop.run_until_complete(opening.__aexit__(None, None, None))


def refused_fields(answer: Any) -> list[str]:
    """The fields that a request was refused for because of the roles; nothing of it was executed then."""
    errors = [error for error in answer.get("errors", ()) if "requiredRoles" in error["extensions"]]
    assert all(error["extensions"]["code"] == "FORBIDDEN" for error in errors)
    assert not errors or "data" not in answer
    return [error["message"].partition(" ")[0] for error in errors]


def test_each_field_of_query_and_mutation_declares_its_access() -> None:
    missing = [
        f"{type_.name}.{name}"
        for type_ in root_types(GRAPH)
        for name, field in type_.fields.items()
        if declared_access(field) is None
    ]

    assert missing == []


def test_the_table_of_the_guide_is_what_the_fields_declare() -> None:
    assert written() == table(), "Write the table with `python -m tests.schema.roles_table`."


@pytest.mark.parametrize("role", Role)
def test_a_role_may_use_just_the_fields_of_its_column(server: Server, role: Role) -> None:
    for name, columns in scopes().items():
        text, variables = minimal_operation(name)
        answer = server.answer(text, role, **variables)

        if columns[role] is Scope.NOTHING:
            assert refused_fields(answer) == [name], answer
        else:
            assert refused_fields(answer) == [], answer
            assert "data" in answer or name.startswith("Subscription."), answer  # these need a WebSocket


@pytest.mark.parametrize("role", Role)
def test_may_agrees_with_the_table(server: Server, role: Role) -> None:
    expected = {name: columns[role] is not Scope.NOTHING for name, columns in scopes().items()}
    query = "query($field: String!) { viewer { may(field: $field) } }"

    found = {name: server.answer(query, role, field=name)["data"]["viewer"]["may"] for name in expected}

    assert found == expected


def test_a_user_with_several_roles_may_do_what_any_of_them_may(server: Server) -> None:
    query = f'mutation {{ {LOG} createSalesperson(input: {{code: "JO", salesperson: {{}}}}) {{ __typename }} }}'

    assert refused_fields(server.answer(query, Role.READER, Role.MARKETER)) == ["Mutation.createSalesperson"]
    assert "data" in server.answer(f"mutation {{ {LOG} {CREATE} }}", Role.READER, Role.MARKETER)


def test_a_user_without_a_role_may_read_the_schema_only(server: Server) -> None:
    assert refused_fields(server.answer("{ viewer { userId } contacts { totalCount } }")) == [
        "Query.viewer",
        "Query.contacts",
    ]
    assert server.answer("{ __schema { queryType { name } } }") == {
        "data": {"__schema": {"queryType": {"name": "Query"}}}
    }


def test_a_forbidden_field_says_which_role_it_needs(server: Server) -> None:
    text = f"mutation {{ mine: {CREATE} all: {LOG} }}"
    message = (
        "Mutation.logSegment needs the role MARKETER or ADMIN. You have the role SALESPERSON. Ask an administrator of "
        "this server for a token with a role that may use it."
    )

    assert message in GUIDE.read_text()
    assert server.answer(text, Role.SALESPERSON)["errors"] == [
        {
            "message": message,
            "locations": [{"line": 1, "column": text.index("all:") + 1}],
            "path": ["all"],
            "extensions": {"code": "FORBIDDEN", "requiredRoles": ["MARKETER", "ADMIN"]},
        }
    ]


FORBIDDEN = {
    "an alias": f"{{ contacts: {CHANGES} }}",
    "an inline fragment": f"{{ ... on Query {{ {CHANGES} }} }}",
    "an inline fragment without a type": f"{{ ... @include(if: true) {{ {CHANGES} }} }}",
    "a fragment": f"{{ ...Log }} fragment Log on Query {{ {CHANGES} }}",
    "a fragment in a fragment": f"{{ ...A }} fragment A on Query {{ ... {{ ...B }} }} fragment B on Query {{ {CHANGES} }}",
    "a field after others": f"{{ viewer {{ userId }} contacts {{ totalCount }} {CHANGES} }}",
    "a field that @skip leaves out": f"{{ viewer {{ userId }} ...L @skip(if: true) }} fragment L on Query {{ {CHANGES} }}",
    "a field that a variable leaves out": f"query($with: Boolean = false) {{ x: __typename y: {CHANGES.replace(')', ') @include(if: $with)')} }}",
}


@pytest.mark.parametrize("text", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_forbidden_field_is_found_wherever_it_is_selected(server: Server, text: str) -> None:
    assert refused_fields(server.answer(text, Role.READER, Role.MARKETER)) == ["Query.changes"]
    assert refused_fields(server.answer(text, Role.ADMIN)) == []


def test_each_forbidden_field_has_its_error(server: Server) -> None:
    text = f"{{ b: {CHANGES} viewer {{ userId }} ...A }} fragment A on Query {{ a: {CHANGES} }}"
    places = [("b", text.index("b:") + 1), ("a", text.index("a:") + 1)]

    errors = server.answer(text, Role.READER)["errors"]

    assert [(*error["path"], error["locations"][0]["column"]) for error in errors] == places


def test_only_the_operation_that_is_executed_counts(server: Server) -> None:
    text = f"query Read {{ viewer {{ roles }} }} query Log {{ {CHANGES} }} mutation Write {{ {LOG} }}"

    assert server.answer(text, Role.READER, operation="Read") == {"data": {"viewer": {"roles": ["READER"]}}}
    assert refused_fields(server.answer(text, Role.READER, operation="Log")) == ["Query.changes"]
    assert refused_fields(server.answer(text, Role.READER, operation="Write")) == ["Mutation.logSegment"]
    assert server.answer(text, Role.READER, operation="Read") == {"data": {"viewer": {"roles": ["READER"]}}}


def test_a_cached_document_is_refused_for_one_role_and_answered_for_another(server: Server) -> None:
    for text in (f"{{ {CHANGES} }}", f"mutation {{ {LOG} }}"):
        allowed = server.answer(text, Role.ADMIN)
        assert "data" in allowed
        for role in (Role.READER, Role.SALESPERSON):
            assert len(refused_fields(server.answer(text, role))) == 1
        assert server.answer(text, Role.ADMIN) == allowed


def test_a_refused_operation_sends_no_statement(server: Server) -> None:
    with counted(server.database) as sent:
        answer = server.answer(f"mutation {{ {CREATE} {LOG} }}", Role.SALESPERSON)

    assert refused_fields(answer) == ["Mutation.logSegment"]
    assert (sent.planned, sent.unplanned) == ([], [])


def test_may_knows_nested_fields_and_says_what_is_wrong_with_others(server: Server) -> None:
    query = "query($field: String!) { viewer { may(field: $field) } }"

    def may(field: str, role: Role) -> Any:
        return server.answer(query, role, field=field)["data"]["viewer"]["may"]

    assert may("Contact.city", Role.READER)
    assert may("Node.id", Role.READER)
    assert (may("Change.userId", Role.READER), may("Change.userId", Role.ADMIN)) == (False, True)
    assert not may("LogSegmentPayload.userErrors", Role.SALESPERSON)
    for wrong in (
        "",
        "logSegment",
        "Mutation.log_segment",
        "Mutation.",
        "Nothing.no",
        "ContactInput.name",
        "Query.a.b",
    ):
        (error,) = server.answer(query, Role.READER, field=wrong)["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["path"] == ["viewer", "may"]
        assert '"Mutation.logSegment"' in error["message"]


def test_requests_over_http_are_answered_for_the_roles_of_the_user(api: Api) -> None:
    query = "{ viewer { roles } }"

    assert api.execute(query)["viewer"]["roles"] == ["ADMIN"]
    assert api.as_role(Role.READER).execute(query)["viewer"]["roles"] == ["READER"]
    assert api.as_role(Role.MARKETER, Role.SALESPERSON).execute(query)["viewer"]["roles"] == ["SALESPERSON", "MARKETER"]


def test_a_refused_request_has_status_403_in_the_newer_media_type(api: Api) -> None:
    reader, query = api.as_role(Role.READER), f"{{ {CHANGES} }}"

    for accept, status in (("application/json", 200), ("application/graphql-response+json", 403)):
        refused = reader.post(query, accept=accept)
        assert (refused.status_code, refused_fields(refused.json())) == (status, ["Query.changes"])
        assert api.post(query, accept=accept).status_code == 200
