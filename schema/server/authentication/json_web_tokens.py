"""The user of a JSON Web Token (JWT) that an issuer such as Keycloak, Auth0 or Microsoft Entra ID has signed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from persistence.database import Database
from persistence.enums import Role
from resolvers.roles import needs_salesperson
from resolvers.users import rules as users
from resolvers.work import User, key
from schema.server.authentication.issuer_keys import IssuerKeys, KeysUnavailable
from schema.server.authentication.key_sets import ALGORITHMS
from schema.server.authentication.token_cache import TokenCache
from schema.server.companies.rights import CheckClaim
from schema.server.errors import Rejected, forbidden, unauthenticated
from schema.server.settings import Settings

LEEWAY_SECONDS = 60
"""How far the clocks of the issuer and of this server may differ."""

REMEMBERED_SECONDS = 5
"""For how long a verified token is not verified again. Never longer than until it expires."""

REASONS: list[tuple[type[jwt.PyJWTError], str]] = [
    (jwt.ExpiredSignatureError, "it has expired. Get a new one from the issuer."),
    (jwt.ImmatureSignatureError, "it is not valid yet. Check the clocks of the issuer and of this server."),
    (
        jwt.InvalidAudienceError,
        "it is for another audience. Its claim `aud` must have the text in CARNET_JWT_AUDIENCE.",
    ),
    (jwt.InvalidIssuerError, "it has another issuer. Its claim `iss` must be the text in CARNET_JWT_ISSUER."),
    (jwt.MissingRequiredClaimError, "it needs the claims `exp`, `iss`, `aud` and `sub`. Let the issuer add them."),
    (jwt.InvalidSignatureError, "its signature is wrong. Get a new one from the issuer."),
    (jwt.PyJWTError, "it is malformed. Send the token as the issuer has made it."),
]
"""Why a token is refused, by the exception of the library; the first that matches."""

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class _Verified:
    user: User
    expires_at: float
    key: jwt.PyJWK


class JsonWebTokens:
    """Verifies tokens, and finds roles and salesperson in their claims.

    What a token says about its own key (`jwk`, `jku`, `x5u`, `x5c`) is ignored.
    """

    def __init__(
        self,
        keys: IssuerKeys,
        database: Database,
        settings: Settings,
        *,
        check_companies: CheckClaim = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`check_companies` checks the claim with the companies of a token."""
        self._keys, self._database, self._settings, self._clock = keys, database, settings, clock
        self._check_companies = check_companies
        self._find_salesperson = str(users.select_salesperson().compile(dialect=database.dialect))
        self._cache: TokenCache[_Verified] = TokenCache(REMEMBERED_SECONDS)

    async def user(self, token: bytes) -> User:
        """The user of a token. Raises `Rejected`: with status 401 for an invalid token, with 403 for one without the
        claims that are needed, with 503 while there are no keys to verify it with.
        """
        hashed = users.hash_of(token.decode("latin-1"))
        known = self._cache.get(hashed)
        if known is not None and self._clock() < known.expires_at and self._keys.are_current(known.key):
            return known.user
        verified_at = self._cache.now()
        key_of_token, claims = await self._verify(token)
        self._check_companies(claim_at(claims, self._settings.jwt_companies_claim))
        user = await self._user(claims)
        expires_at = int(claims["exp"]) + LEEWAY_SECONDS
        self._cache.put(hashed, _Verified(user, expires_at, key_of_token), verified_at)
        return user

    async def _verify(self, token: bytes) -> tuple[jwt.PyJWK, Claims]:
        """The claims of a valid token, and the key that it is signed with."""
        try:
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            if algorithm not in ALGORITHMS:
                raise _refused(f"its algorithm is not accepted. Sign it with {', '.join(ALGORITHMS)}.")
            issuer_key = await self._keys.key(header.get("kid"), algorithm)
            if issuer_key is None:
                raise _refused(
                    "the issuer publishes no key with the ID and the algorithm in its header. Get a new one from the "
                    "issuer."
                )
            claims = jwt.decode(
                token,
                issuer_key,
                algorithms=ALGORITHMS,
                issuer=self._settings.jwt_issuer,
                audience=self._settings.jwt_audience,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise _refused(next(reason for kind, reason in REASONS if isinstance(error, kind))) from None
        except KeysUnavailable:
            raise Rejected(
                503,
                "The keys of the issuer are not available, so this token cannot be verified. Try again in a minute.",
                "UNAVAILABLE",
                [(b"retry-after", b"60")],
            ) from None
        return issuer_key, claims

    async def _user(self, claims: Claims) -> User:
        """The user whom the claims describe."""
        user_id, refusals = users.checked_user_id(claims["sub"])
        if refusals or user_id != claims["sub"] or not user_id.isprintable():
            raise _refused(
                "its claim `sub` cannot be the ID of a user. It must be a text of 1 to 50 characters, without spaces "
                "at its ends, and not `local`."
            )
        roles = self._roles(claims)
        if not roles:
            raise forbidden(
                f"This token gives no role. Its claim `{self._settings.jwt_role_claim}` must have {self._wanted}."
            )
        claim = self._settings.jwt_salesperson_claim
        given = claim_at(claims, claim)
        code = key(given) if isinstance(given, str) and given.isprintable() else None
        salesperson = None if code is None else await self._salesperson(code)
        if salesperson is None and needs_salesperson(roles):
            raise forbidden(
                f"This token has the role SALESPERSON. Its claim `{claim}` must have the code of an existing "
                "salesperson."
            )
        return User(user_id, salesperson, roles)

    def _roles(self, claims: Claims) -> frozenset[Role]:
        """The roles in the claim: one text or a list. Other values give no role."""
        given = claim_at(claims, self._settings.jwt_role_claim)
        values = [value for value in (given if isinstance(given, list) else [given]) if isinstance(value, str)]
        mapping = self._settings.jwt_roles
        if mapping is not None:
            return frozenset(mapping[value] for value in values if value in mapping)
        # Some other letters, such as the dotless ı, become ASCII letters in upper case.
        names = {value.upper() for value in values if value.isascii()}
        return frozenset(Role[name] for name in names if name in Role.__members__)

    @property
    def _wanted(self) -> str:
        return ", ".join(Role) if self._settings.jwt_roles is None else "one of the values in CARNET_JWT_ROLES"

    async def _salesperson(self, code: str) -> str | None:
        (found,) = await self._database.reading([(self._find_salesperson, (code,))])
        return None if found is None else code


def claim_at(claims: Claims, name: str) -> object:
    """The value of the claim with this name, or at this path, such as `realm_access.roles`. None if there is none.

    Names may have dots, as those that are URLs: the longest name that is there counts.
    """
    if name in claims:
        return claims[name]
    for end in (at for at in range(len(name) - 1, 0, -1) if name[at] == "."):
        inside = claims.get(name[:end])
        if isinstance(inside, dict):
            return claim_at(inside, name[end + 1 :])
    return None


def _refused(reason: str) -> Rejected:
    return unauthenticated(f"This JSON Web Token is not accepted: {reason}")
