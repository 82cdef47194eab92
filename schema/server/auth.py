"""Authentication: the user of a bearer token, or `local` for requests from the machine itself (K16)."""

import json
from collections.abc import Mapping

from starlette.types import Scope

from persistence.database import Database
from resolvers.users import rules as users
from resolvers.work import User
from schema.server.errors import Rejected
from schema.server.host_names import is_loopback

CODE = "UNAUTHENTICATED"
SCHEME = b"bearer"
MAX_TOKEN_LENGTH = 200
LOCAL_USER = User(users.LOCAL)


class Authenticator:
    """Finds the user of a request.

    Only the address of the socket counts, never a header, because any client can write headers. Behind a proxy on the
    same machine all requests come from the machine itself: set `require_token` there. A request without a token costs
    no statement. A token is looked up by its hash for each request, in an index, so that a revoked token is refused at
    once.
    """

    def __init__(self, database: Database, *, require_token: bool) -> None:
        self._database, self._require_token = database, require_token
        self._look_up = str(users.select_user_of_token().compile(dialect=database.dialect))

    async def user(self, scope: Scope, headers: Mapping[bytes, bytes]) -> User:
        """The user. Raises `Rejected` with status 401; an invalid token is refused from the machine itself, too."""
        authorization = headers.get(b"authorization")
        if authorization is not None:
            return await self._of(authorization)
        if not self.is_local(scope):
            raise _unauthenticated(
                "A token is required. Send it as `Authorization: Bearer …`; create one with `carnet token create`.",
                b"Bearer",
            )
        return LOCAL_USER

    def is_local(self, scope: Scope) -> bool:
        """Whether the caller needs no token."""
        return not self._require_token and is_loopback((scope.get("client") or ("",))[0])

    async def _of(self, authorization: bytes) -> User:
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() == SCHEME and len(token) <= MAX_TOKEN_LENGTH:
            hashed = users.hash_of(token.strip().decode("latin-1"))
            (found,) = await self._database.reading([(self._look_up, (hashed,))])
            if found is not None:
                user = json.loads(found)
                return User(user["userId"], user["salespersonCode"])
        raise _unauthenticated(
            "This token is unknown or revoked. Create a new one with `carnet token create` and send it as "
            "`Authorization: Bearer …`.",
            b'Bearer error="invalid_token"',
        )


def _unauthenticated(message: str, challenge: bytes) -> Rejected:
    return Rejected(401, message, CODE, [(b"www-authenticate", challenge)])
