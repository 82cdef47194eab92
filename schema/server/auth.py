"""Authentication: the user of a bearer token, or `local` for requests from the machine itself (K16)."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

from starlette.types import Scope

from persistence.database import Database
from resolvers.roles import needs_salesperson
from resolvers.users import rules as users
from resolvers.work import User
from schema.server.access_tokens import UNKNOWN, AccessTokens
from schema.server.errors import Rejected, unauthenticated

SCHEME = b"bearer"
AUTHORIZATION = b"authorization"
FORBIDDEN = "FORBIDDEN"
MAX_TOKEN_LENGTH = 200
LOCAL_USER = User(users.LOCAL)


class Authenticator:
    """Finds the user of a request.

    Only the address of the socket counts, never a header, because any client can write headers. Behind a proxy on the
    same machine all requests come from the machine itself: set `require_token` there. A request without a token costs
    no statement, and one with a token that was looked up a few seconds ago neither.
    """

    def __init__(self, database: Database, *, require_token: bool) -> None:
        self._access_tokens, self._require_token = AccessTokens(database), require_token

    async def user(self, scope: Scope, headers: Mapping[bytes, bytes]) -> User:
        """The user. Raises `Rejected` with status 401; an invalid token is refused from the machine itself, too. The
        status is 403 if the token gives no rights.
        """
        authorization = headers.get(AUTHORIZATION)
        if authorization is not None:
            if sum(name == AUTHORIZATION for name, _ in scope.get("headers", ())) > 1:
                raise Rejected(400, "The request has several `Authorization` headers. Send one.")
            return _usable(await self._of(authorization))
        if self._require_token or not is_loopback((scope.get("client") or ("",))[0]):
            raise unauthenticated(
                "A token is required. Send it as `Authorization: Bearer …`; create one with `carnet token create`.",
                b"Bearer",
            )
        return LOCAL_USER

    async def _of(self, authorization: bytes) -> User:
        scheme, _, given = authorization.partition(b" ")
        token = given.strip()
        if scheme.lower() != SCHEME or len(token) > MAX_TOKEN_LENGTH:
            raise unauthenticated(UNKNOWN)
        return await self._access_tokens.user(token)


def _usable(user: User) -> User:
    """The user, if their roles allow them anything. Otherwise raises `Rejected` with status 403."""
    if not user.roles:
        raise Rejected(
            403, "This token gives no role. Create another one with `carnet token create --role`.", FORBIDDEN
        )
    if user.salesperson_code is None and needs_salesperson(user.roles):
        raise Rejected(
            403,
            "This token has the role SALESPERSON, but its user has no salesperson. Create another one with "
            "`carnet token create --role salesperson --salesperson CODE`.",
            FORBIDDEN,
        )
    return user


@lru_cache(maxsize=256)
def is_loopback(address: str) -> bool:
    """Whether an address is a loopback address, also an IPv4 address mapped to IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
