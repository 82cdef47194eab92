"""`/schema.graphql`: the schema as text, for the callers that may query the schema."""

from functools import cached_property

from starlette.types import Receive, Scope, Send

from schema.printing import printed_schema
from schema.server.authentication.authenticator import Authenticator
from schema.server.errors import Rejected
from schema.server.responses import entity_tags
from schema.server.responses.bodies import send_refusal

COMMAND = "`carnet schema` prints it."
METHODS = ("GET", "HEAD", "POST")
"""POST is one of them because graphql-tools, and so graphql-inspector, sends it to any URL of a schema."""


class SchemaFile:
    """The ASGI endpoint `/schema.graphql`. It needs a token as a query does."""

    def __init__(self, authenticator: Authenticator, *, introspection: bool, only_trusted_documents: bool) -> None:
        self._authenticator, self._introspection = authenticator, introspection
        self._only_trusted_documents = only_trusted_documents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        try:
            if scope["method"] not in METHODS:
                raise Rejected(405, "Use GET.", headers=[(b"allow", ", ".join(METHODS).encode())])
            await self._authenticator.user(scope, headers)
            self._check_settings()
        except Rejected as rejected:
            await send_refusal(send, rejected)
            return
        known = headers.get(b"if-none-match", b"").decode("latin-1") or None
        found = entity_tags.response(self._content, known, "text/plain", self._tag)
        await found(scope, receive, send)

    def _check_settings(self) -> None:
        if not self._introspection:
            raise Rejected(
                403,
                f"This server does not describe its schema, because CARNET_INTROSPECTION is false. {COMMAND}",
                "FORBIDDEN",
            )
        if self._only_trusted_documents:
            raise Rejected(
                403,
                f"This server answers trusted documents only, not questions about its schema. {COMMAND}",
                "NOT_TRUSTED",
            )

    @cached_property
    def _content(self) -> bytes:
        return (printed_schema() + "\n").encode()

    @cached_property
    def _tag(self) -> str:
        return entity_tags.entity_tag(self._content)
