"""The user of an access token, which `carnet token create` has made (K16)."""

import datetime as dt
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from persistence.database import Database
from resolvers.roles import needs_salesperson
from resolvers.users import rules as users
from resolvers.users import token_changes
from resolvers.work import User
from schema.server.authentication.token_cache import TokenCache
from schema.server.errors import forbidden, unauthenticated

UNKNOWN = (
    "This token is unknown or revoked. Create a new one with `carnet token create` and send it as "
    "`Authorization: Bearer …`."
)
NO_BEARER_TOKEN = (
    "The `Authorization` header has no bearer token. Create one with `carnet token create` and send it as "
    "`Authorization: Bearer …`."
)
REMEMBERED_SECONDS = 5
"""For how long a token that another process revokes is still accepted."""


@dataclass(frozen=True)
class _Token:
    user: User
    expires_at: dt.datetime | None


class AccessTokens:
    """Looks up access tokens by their hash, in an index.

    A valid token is remembered for a few seconds. Tokens that this process changes are forgotten at once. Unknown
    tokens are not remembered: guesses would displace the tokens that are used.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._clock = database, clock
        self._look_up = str(users.select_user_of_token().compile(dialect=database.dialect))
        self._cache: TokenCache[_Token] = TokenCache(REMEMBERED_SECONDS, stopwatch)
        self._changes = token_changes.count()

    async def user(self, token: bytes) -> User:
        """The user of a token. Raises `Rejected` with status 401 if it is unknown, revoked or expired."""
        changes = token_changes.count()
        if changes != self._changes:
            self.forget()
            self._changes = changes
        hashed = users.hash_of(token.decode("latin-1"))
        found = self._cache.get(hashed)
        if found is None:
            looked_up = self._cache.now()
            found = await self._find(hashed)
            if token_changes.count() == changes:
                self._cache.put(hashed, found, looked_up)
        if found.expires_at is not None and found.expires_at.timestamp() <= self._clock():
            raise unauthenticated(
                f"This token expired at {found.expires_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC. Create a new one "
                "with `carnet token create` and send it as `Authorization: Bearer …`.",
                b'Bearer error="invalid_token", error_description="expired"',
            )
        return _with_rights(found.user)

    def forget(self) -> None:
        """Look up all tokens again when they are next used."""
        self._cache.clear()

    async def _find(self, hashed: str) -> _Token:
        (found,) = await self._database.reading([(self._look_up, (hashed,))])
        if found is None:
            raise unauthenticated(UNKNOWN)
        user = json.loads(found)
        expires_at = None if user["expiresAt"] is None else dt.datetime.fromisoformat(user["expiresAt"])
        return _Token(User(user["userId"], user["salespersonCode"], users.roles_of(user["roles"])), expires_at)


def _with_rights(user: User) -> User:
    """The user, if the token gives them rights. Otherwise raises `Rejected` with status 403."""
    if not user.roles:
        raise forbidden("This token gives no role. Create another one with `carnet token create --role`.")
    if user.salesperson_code is None and needs_salesperson(user.roles):
        raise forbidden(
            "This token has the role SALESPERSON, but its user has no salesperson. Create another one with "
            "`carnet token create --role salesperson --salesperson CODE`."
        )
    return user
