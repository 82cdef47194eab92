"""Who is calling: the user of a token or, from the machine itself, `local` (K16)."""

import ipaddress
import json
from collections.abc import Mapping
from functools import lru_cache

from starlette.types import Scope

from persistence.database import Database
from resolvers.users import rules as users
from resolvers.work import User
from schema.server.errors import Rejected

CODE = "UNAUTHENTICATED"
SCHEME = b"bearer"
LONGEST_TOKEN = 200
LOCAL_USER = User(users.LOCAL)


class Authenticator:
    """Tells who sent a request.

    Only the other end of the socket counts, never what a header says about it: headers can be written by anybody.
    Behind a proxy on the same machine everybody comes from the machine itself; then let `require_token` be true. Who
    has no token costs no statement, a token is looked up by its hash at every request: one indexed read, and a revoked
    token is refused at once.
    """

    def __init__(self, database: Database, *, require_token: bool) -> None:
        self._database, self._require_token = database, require_token
        self._look_up = str(users.of_token().compile(dialect=database.dialect))

    async def user(self, scope: Scope, headers: Mapping[bytes, bytes]) -> User:
        """The user. Raises `Rejected`, status 401: a token that is not good is refused from wherever it comes."""
        authorization = headers.get(b"authorization")
        if authorization is not None:
            return await self._of(authorization)
        if self._require_token or not is_loopback((scope.get("client") or ("",))[0]):
            raise _unauthenticated(
                "Who is calling? Send a token as `Authorization: Bearer …`; `carnet token create` makes one.", b"Bearer"
            )
        return LOCAL_USER

    async def _of(self, authorization: bytes) -> User:
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() == SCHEME and len(token) <= LONGEST_TOKEN:
            hashed = users.hash_of(token.strip().decode("latin-1"))
            (found,) = await self._database.reading([(self._look_up, (hashed,))])
            if found is not None:
                user = json.loads(found)
                return User(user["userId"], user["salespersonCode"])
        raise _unauthenticated(
            "This token is not known, or was revoked. Make a new one with `carnet token create` and send it as "
            "`Authorization: Bearer …`.",
            b'Bearer error="invalid_token"',
        )


@lru_cache(maxsize=256)
def is_loopback(address: str) -> bool:
    """Whether an address is that of the machine itself, also where IPv4 comes dressed as IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _unauthenticated(message: str, challenge: bytes) -> Rejected:
    return Rejected(401, message, CODE, [(b"www-authenticate", challenge)])
