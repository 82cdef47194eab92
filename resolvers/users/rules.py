"""Users and their access tokens (K16)."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, select, update
from sqlmodel import col

from persistence.columns import table_of
from persistence.enums import Role
from persistence.salespeople import Salesperson
from persistence.sql.inserts import insert_new
from persistence.sql.json import JsonObject
from persistence.users import AccessToken, UserSetup
from resolvers.errors import Invalid, NotFound, Refusal, Refused, Translated, refuse_any
from resolvers.master_data import exists, required_text
from resolvers.refusals import SalespersonNotFound
from resolvers.roles import needs_salesperson
from resolvers.users import token_changes
from resolvers.users.expiry import expiry_of
from resolvers.work import Work, check_texts, key

LOCAL = "local"
"""The user of requests without a token, which are accepted from the same machine only."""

PREFIX = "carnet_"
"""The beginning of every token, by which people and secret scanners recognize it."""

DEFAULT_ROLES = frozenset({Role.READER})
"""The roles of a new token for which none is given. It may do least, so that nobody gives rights away by mistake."""


@dataclass(frozen=True)
class TokenCreated:
    """A new token and its user. `token` is shown only now; only its hash is stored."""

    id: int
    user_id: str
    salesperson_code: str | None
    roles: Sequence[Role]
    expires_at: dt.datetime | None
    token: str


@dataclass(frozen=True)
class TokenRevoked:
    """The id and user of the revoked token."""

    id: int
    user_id: str


@dataclass(frozen=True)
class TokenInfo:
    """A token as it is listed, without the token itself. `revoked_at` is null if it was not revoked, `expires_at` if it
    does not expire.
    """

    id: int
    user_id: str
    salesperson_code: str | None
    roles: Sequence[Role]
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    expired: bool


def create_token(
    work: Work,
    user_id: str,
    *,
    salesperson_code: str | None = None,
    roles: Collection[Role] = DEFAULT_ROLES,
    expires: str | None = None,
) -> TokenCreated:
    """Create a token for a user, and the user if it does not exist.

    A given salesperson becomes the user's own (K16), a blank one removes it, and None leaves it unchanged. The roles
    belong to the token. `expires` is a date or a span of time, see `expiry_of`; without it the token does not expire.
    """
    user_code, refusals = checked_user_id(user_id)
    code = key(salesperson_code)
    if code is not None and not exists(work, col(Salesperson.code), code):
        refusals.append(SalespersonNotFound("salesperson", key=code))
    if (
        needs_salesperson(frozenset(roles))
        and (code if salesperson_code is not None else _salesperson_of(work, user_code)) is None
    ):
        refusals.append(
            Invalid(
                "salesperson",
                english=f"A token with the role {Role.SALESPERSON} needs a salesperson, whose interactions and "
                "contacts its user sees. Give the code of the user’s salesperson with --salesperson.",
                french=f"Un jeton qui a le rôle {Role.SALESPERSON} exige un représentant, dont l’utilisateur voit les "
                "interactions et les contacts. Indiquez le code du représentant avec --salesperson.",
            )
        )
    expires_at = None if expires is None else expiry_of(work, expires)
    if isinstance(expires_at, Refusal):
        refusals.append(expires_at)
    refuse_any(refusals)
    assert not isinstance(expires_at, Refusal)
    insert_new(work.session, UserSetup, {"user_id": user_code}, ["user_id"])
    user = work.find(UserSetup, user_id=user_code, lock=True)
    assert user is not None
    if salesperson_code is not None:
        user.salesperson_code = code
    token = PREFIX + secrets.token_urlsafe(32)
    ordered = [role for role in Role if role in roles]
    created = AccessToken(
        id=None,
        token_hash=hash_of(token),
        user_id=user_code,
        created_at=work.now,
        roles=",".join(ordered),
        expires_at=expires_at,
    )
    work.session.add(created)
    work.session.flush()
    token_changes.count_when_committed(work.session)
    assert created.id is not None
    return TokenCreated(created.id, user_code, user.salesperson_code, ordered, expires_at, token)


def checked_user_id(given: str) -> tuple[str, list[Refusal]]:
    """The id of a user as it is stored, and the refusals for one that no user can have."""
    refusals: list[Refusal] = []
    user_id = required_text(given, refusals, "user")
    if user_id == LOCAL:
        refusals.append(
            Invalid(
                "user",
                english=(f"{LOCAL} is the user of requests from this machine without a token. Choose another user ID."),
                french=f"{LOCAL} désigne l’utilisateur des requêtes sans jeton envoyées depuis cet ordinateur. "
                "Choisissez un autre code d’utilisateur.",
            )
        )
    return user_id, refusals + check_texts(UserSetup, {"user_id": user_id}, "user")


def _salesperson_of(work: Work, user_id: str) -> str | None:
    """The salesperson that the user already has."""
    user = work.find(UserSetup, user_id=user_id)
    return None if user is None else user.salesperson_code


def tokens(work: Work) -> Sequence[TokenInfo]:
    """All tokens in the order of their creation, revoked and expired ones included."""
    token, user = AccessToken, UserSetup
    columns = (token.id, token.user_id, user.salesperson_code, token.roles, token.created_at, token.expires_at)
    listed = select(*map(col, columns), col(token.revoked_at))
    of_users = listed.join(user, col(user.user_id) == col(token.user_id)).order_by(col(token.id))
    return [
        TokenInfo(
            id=row.id,
            user_id=row.user_id,
            salesperson_code=row.salesperson_code,
            roles=[role for role in Role if role in roles_of(row.roles)],
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            expired=row.expires_at is not None and row.expires_at <= work.now,
        )
        for row in work.session.execute(of_users)
    ]


def usable_token_exists(work: Work) -> bool:
    """Whether a token exists that was not revoked and has not expired."""
    return any(token.revoked_at is None and not token.expired for token in tokens(work))


def revoke_token(work: Work, id: int) -> TokenRevoked:
    """Revoke a token. This process refuses it from now on, others within a few seconds. Revoking it again changes
    nothing.
    """
    token = work.find(AccessToken, id=id)
    if token is None:
        raise Refused(NotFound(what=Translated("token", "jeton"), key=id))
    not_yet = (col(AccessToken.id) == id, col(AccessToken.revoked_at).is_(None))
    work.session.execute(update(AccessToken).where(*not_yet).values(revoked_at=work.now))
    token_changes.count_when_committed(work.session)
    return TokenRevoked(id, token.user_id)


def select_user_of_token() -> Select[str]:
    """Selects the user of the token with the hash in the parameter `hash`, as JSON: `userId`, `salespersonCode`,
    `roles` as they are stored, and `expiresAt`, which may be in the past.

    Selects no row if the token does not exist or was revoked.
    """
    user, token = (table_of(model).c for model in (UserSetup, AccessToken))
    shown = JsonObject(
        [
            ("userId", user.user_id),
            ("salespersonCode", user.salesperson_code),
            ("roles", token.roles),
            ("expiresAt", token.expires_at),
        ]
    )
    known = (token.user_id == user.user_id, token.token_hash == bindparam("hash"), token.revoked_at.is_(None))
    return select(shown).where(*known)


def select_salesperson() -> Select[str]:
    """Selects the code of the salesperson in the parameter `code`. Selects no row if there is none."""
    code = table_of(Salesperson).c.code
    return select(JsonObject([("code", code)])).where(code == bindparam("code"))


def roles_of(stored: str) -> frozenset[Role]:
    """The roles of a token as they are stored. Names that this version does not know give no rights."""
    return frozenset(Role[name] for name in stored.split(",") if name in Role.__members__)


def hash_of(token: str) -> str:
    """The hash that is stored of a token. A fast hash is enough, because tokens are random and long."""
    return hashlib.sha256(token.encode()).hexdigest()
