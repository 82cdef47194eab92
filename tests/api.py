"""A client of the whole application, and a small company for the scenarios."""

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias

import httpx2

from persistence.cache import Cache
from persistence.enums import Role
from resolvers.work import User
from schema.server.app import create_app
from schema.server.authentication.authenticator import Authenticator
from schema.server.settings import Settings
from tests.in_process import post_json

CACHES: defaultdict[str, Cache] = defaultdict(Cache)
"""What applications keep between requests, for each kind of database."""

Json: TypeAlias = Any
"""A value of a JSON response. Its type depends on the query."""


@contextmanager
def running_app(url: str, loop: asyncio.AbstractEventLoop, **settings: Any) -> Iterator["Api"]:
    """The whole application with this database, until the block ends.

    Without other settings, it finds the documents, plans and statements of earlier applications in its cache, as a
    server finds those of earlier requests. Their compilation takes longer than most tests.
    """
    kind = url.partition(":")[0]
    app = create_app(_settings(url, **settings), cache=None if settings else CACHES[kind])
    lifespan = app.router.lifespan_context(app)
    loop.run_until_complete(lifespan.__aenter__())
    app.state.graphql._authenticator = WithRolesOfHeaders(app.state.graphql._authenticator)
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost")
    try:
        api = Api(client, loop)
        api.app = app
        yield api
    finally:
        loop.run_until_complete(client.aclose())
        loop.run_until_complete(lifespan.__aexit__(None, None, None))


def _settings(url: str, **settings: Any) -> Settings:
    if settings:
        return Settings(database_url=url, **settings)
    environment = (variable for variable in os.environ.items() if variable[0].startswith("CARNET_"))
    return _settings_of(*environment).model_copy(update={"database_url": url})


@cache
def _settings_of(*environment: tuple[str, str]) -> Settings:
    """The settings with only these environment variables. Reading them takes longer than opening an application."""
    return Settings()


class WithRolesOfHeaders:
    """Authenticates as the application does, but a request with the headers of `Api.as_role` has the user that they
    describe, without a token.
    """

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    async def user(self, scope: Any, headers: Any) -> User:
        roles = headers.get(b"x-test-roles")
        if roles is None:
            return await self._authenticator.user(scope, headers)
        code = headers.get(b"x-test-salesperson", b"").decode() or None
        return User("TESTER", code, frozenset(Role[name] for name in roles.decode().split(",") if name))

    def is_local(self, scope: Any) -> bool:
        return self._authenticator.is_local(scope)


class Api:
    """A client of the whole application. It counts the mutations that it sends and the codes of refusals."""

    def __init__(self, client: Any, loop: asyncio.AbstractEventLoop, **headers: str) -> None:
        self._client, self._loop, self._headers = client, loop, headers
        self.tally: Counter[str] = Counter()
        self.app: Any = None
        """The application; None for clients that were made of another one."""

    def with_token(self, token: str) -> "Api":
        """A client of the same application that sends a bearer token."""
        return Api(self._client, self._loop, authorization=f"Bearer {token}")

    def as_role(self, *roles: Role, salesperson: str | None = None) -> "Api":
        """A client of the same application whose user has these roles and this salesperson."""
        headers = {"x-test-roles": ",".join(role.name for role in roles), "x-test-salesperson": salesperson or ""}
        return Api(self._client, self._loop, **headers)

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Any:
        """The response to a request for a page or a file."""
        return self._loop.run_until_complete(self._client.request(method, path, headers=self._headers | headers))

    def post(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> Any:
        return self._loop.run_until_complete(self.send(query, variables, **headers))

    async def send(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> Any:
        """The response to a request, for requests that run concurrently."""
        input = {"query": query, "variables": variables or {}}
        return await post_json(self._client, "/graphql", input, self._headers | headers)

    def run_concurrently(self, *requests: Any) -> list[Any]:
        """The results of coroutines that run concurrently."""

        async def together() -> list[Any]:
            return await asyncio.gather(*requests)

        return self._loop.run_until_complete(together())

    def execute(self, query: str, **variables: Any) -> Any:
        """Execute a GraphQL document and return its data. The response must have no errors."""
        answer = self.post(query, variables).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def send_mutation(self, mutation: str, input: dict[str, Any], selection: str) -> Any:
        """Send one mutation and return its payload, refused or not."""
        type_ = mutation[0].upper() + mutation[1:]
        text = f"mutation($input: {type_}Input!) {{ it: {mutation}(input: $input) {{ {selection} userErrors {{ code message field }} }} }}"
        payload = self.execute(text, input=input)["it"]
        self.tally.update([mutation, *(error["code"] for error in payload["userErrors"])])
        return payload

    def mutate(self, mutation: str, input: dict[str, Any], selection: str) -> Any:
        """Send one mutation, which must not be refused, and return its payload."""
        payload = self.send_mutation(mutation, input, selection)
        assert payload["userErrors"] == [], payload
        return payload

    def refusal_codes(self, mutation: str, input: dict[str, Any], selection: str = "__typename") -> list[str]:
        """The codes of the refusals of a mutation. It must be refused, and each refusal must have a message."""
        errors = self.send_mutation(mutation, input, selection)["userErrors"]
        assert errors
        assert all(len(error["message"]) > 20 for error in errors)
        return [error["code"] for error in errors]


def create_company(api: Api) -> None:
    for code, name in (("JO", "Jo Roy"), ("PS", "Paul Savoie")):
        api.mutate("createSalesperson", {"code": code, "salesperson": {"name": name}}, "salesperson { code }")
    for code in ("MEET", "PHONE"):
        api.mutate(
            "createInteractionGroup",
            {"code": code, "interactionGroup": {"description": code}},
            "interactionGroup { code }",
        )
    templates = {
        "VISIT": {
            "description": "Visit",
            "groupCode": "MEET",
            "unitCost": "45",
            "unitDuration": 180,
            "informationFlow": "OUTBOUND",
            "initiatedBy": "US",
        },
        "CALLIN": {
            "description": "Call",
            "groupCode": "PHONE",
            "unitDuration": 15,
            "informationFlow": "INBOUND",
            "initiatedBy": "THEM",
        },
    }
    for code, template in templates.items():
        api.mutate(
            "createInteractionTemplate",
            {"code": code, "interactionTemplate": template},
            "interactionTemplate { code unitCost }",
        )
    contacts = [
        ("C1", {"type": "COMPANY", "name": "Boréal", "salespersonCode": "JO", "email": "c1@example.com"}),
        ("P1", {"type": "PERSON", "name": "Éric Roy", "companyNo": "C1"}),
        ("P2", {"type": "PERSON", "name": "Zoé Roy", "companyNo": "C1", "salespersonCode": "PS"}),
        ("C2", {"type": "COMPANY", "name": "Autre", "salespersonCode": "PS", "correspondenceType": "HARD_COPY"}),
    ]
    for no, contact in contacts:
        api.mutate("createContact", {"no": no, "contact": contact}, "contact { no }")


ENTRY = """interactionLogEntry { entryNo contact { no } company { no } template { code } group { code } salesperson { code } cost
duration informationFlow initiatedBy description canceled }"""
