"""Authentication: the user of a bearer token, or `local` for requests from the machine itself (K16)."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.types import Scope

from persistence.database import Database
from resolvers.users import rules as users
from resolvers.work import User
from schema.server.authentication.access_tokens import NO_BEARER_TOKEN, UNKNOWN, AccessTokens
from schema.server.errors import Rejected, unauthenticated
from schema.server.host_names import is_loopback
from schema.server.public_address import PREFIX

SCHEME = b"bearer"
AUTHORIZATION = b"authorization"
MAX_ACCESS_TOKEN, MAX_JSON_WEB_TOKEN = 200, 8192
"""The maximum lengths of tokens."""

LOCAL_USER = User(users.LOCAL)
ACCESS_TOKEN = users.PREFIX.encode()
UserOfToken = Callable[[bytes], Awaitable[User]]
"""Finds the user of a token, or raises `Rejected`."""


class Authenticator:
    """Finds the user of a request.

    Only the address of the socket counts, never a header, because any client can write headers. Behind a proxy on the
    same machine all requests come from the machine itself: set `require_token` there. A request without a token costs
    no statement, and one with a token that was looked up a few seconds ago neither.
    """

    def __init__(
        self,
        database: Database,
        *,
        require_token: bool,
        user_of_jwt: UserOfToken | None = None,
        guard: Callable[[UserOfToken], UserOfToken] = lambda user_of: user_of,
    ) -> None:
        """`user_of_jwt` finds the user of a JSON Web Token, if they are accepted. `guard` changes how the users of
        access tokens are found.
        """
        self._user_of_access_token = guard(AccessTokens(database).user)
        self._user_of_jwt, self._require_token = user_of_jwt, require_token

    async def user(self, scope: Scope, headers: Mapping[bytes, bytes]) -> User:
        """The user. Raises `Rejected` with status 401; an invalid token is refused from the machine itself, too. The
        status is 403 if the token gives no rights.
        """
        authorization = headers.get(AUTHORIZATION)
        if authorization is not None:
            if sum(name == AUTHORIZATION for name, _ in scope.get("headers", ())) > 1:
                raise Rejected(400, "The request has several `Authorization` headers. Send one.")
            return await self._of(authorization)
        if not self.is_local(scope):
            command = f"carnet token create{' --company NAME' if scope.get(PREFIX) else ''}"
            raise unauthenticated(
                f"A token is required. Send it as `Authorization: Bearer …`; create one with `{command}`.", b"Bearer"
            )
        return LOCAL_USER

    def is_local(self, scope: Scope) -> bool:
        """Whether the caller needs no token."""
        return not self._require_token and is_loopback((scope.get("client") or ("",))[0])

    async def _of(self, authorization: bytes) -> User:
        scheme, _, given = authorization.partition(b" ")
        token = given.strip()
        if scheme.lower() != SCHEME:
            raise unauthenticated(NO_BEARER_TOKEN)
        if self._user_of_jwt is not None and not token.startswith(ACCESS_TOKEN):
            if len(token) > MAX_JSON_WEB_TOKEN:
                raise unauthenticated(
                    f"A JSON Web Token has at most {MAX_JSON_WEB_TOKEN:,} bytes. Put fewer claims into it."
                )
            return await self._user_of_jwt(token)
        if len(token) > MAX_ACCESS_TOKEN:
            raise unauthenticated(UNKNOWN)
        return await self._user_of_access_token(token)
