"""Users and their access tokens (K16)."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, select, update
from sqlmodel import col

from persistence.columns import table_of
from persistence.inserts import insert_new
from persistence.json_sql import JsonObject
from persistence.salespeople import Salesperson
from persistence.users import AccessToken, UserSetup
from resolvers.errors import Invalid, NotFound, Refusal, Refused, Translated, refuse_any
from resolvers.master_data import exists, required_text
from resolvers.refusals import SalespersonNotFound
from resolvers.work import Work, check_texts, key

LOCAL = "local"
"""The user of requests without a token, which are accepted from the same machine only."""

PREFIX = "carnet_"
"""The beginning of every token, by which people and secret scanners recognize it."""


@dataclass(frozen=True)
class TokenCreated:
    """A new token and its user. `token` is shown only now; only its hash is stored."""

    id: int
    user_id: str
    salesperson_code: str | None
    token: str


@dataclass(frozen=True)
class TokenRevoked:
    """The id and user of the revoked token."""

    id: int
    user_id: str


@dataclass(frozen=True)
class TokenInfo:
    """A token as it is listed, without the token itself. `revoked_at` is null while the token is valid."""

    id: int
    user_id: str
    salesperson_code: str | None
    created_at: dt.datetime
    revoked_at: dt.datetime | None


def create_token(work: Work, user_id: str, *, salesperson_code: str | None = None) -> TokenCreated:
    """Create a token for a user, and the user if it does not exist.

    A given salesperson becomes the user's own (K16), a blank one removes it, and None leaves it unchanged.
    """
    refusals: list[Refusal] = []
    user_code = required_text(user_id, refusals, "user")
    if user_code == LOCAL:
        refusals.append(
            Invalid(
                "user",
                english=(f"{LOCAL} is the user of requests from this machine without a token. Choose another user ID."),
                french=f"{LOCAL} désigne l’utilisateur des requêtes sans jeton envoyées depuis cet ordinateur. "
                "Choisissez un autre code d’utilisateur.",
            )
        )
    refusals += check_texts(UserSetup, {"user_id": user_code}, "user")
    code = key(salesperson_code)
    if code is not None and not exists(work, col(Salesperson.code), code):
        refusals.append(SalespersonNotFound("salesperson", key=code))
    refuse_any(refusals)
    insert_new(work.session, UserSetup, {"user_id": user_code}, ["user_id"])
    user = work.find(UserSetup, user_id=user_code, lock=True)
    assert user is not None
    if salesperson_code is not None:
        user.salesperson_code = code
    token = PREFIX + secrets.token_urlsafe(32)
    created = AccessToken(id=None, token_hash=hash_of(token), user_id=user_code, created_at=work.now)
    work.session.add(created)
    work.session.flush()
    assert created.id is not None
    return TokenCreated(created.id, user_code, user.salesperson_code, token)


def tokens(work: Work) -> Sequence[TokenInfo]:
    """All tokens in the order of their creation, revoked ones included."""
    columns = (
        col(AccessToken.id),
        col(AccessToken.user_id),
        col(UserSetup.salesperson_code),
        col(AccessToken.created_at),
        col(AccessToken.revoked_at),
    )
    of_users = select(*columns).join(UserSetup, col(UserSetup.user_id) == col(AccessToken.user_id))
    return [TokenInfo(*row) for row in work.session.execute(of_users.order_by(col(AccessToken.id)))]


def usable_token_exists(work: Work) -> bool:
    """Whether at least one token would be accepted."""
    return (
        work.session.scalar(select(col(AccessToken.id)).where(col(AccessToken.revoked_at).is_(None)).limit(1))
        is not None
    )


def revoke_token(work: Work, id: int) -> TokenRevoked:
    """Revoke a token: requests with it are refused from now on. Revoking it again changes nothing."""
    token = work.find(AccessToken, id=id)
    if token is None:
        raise Refused(NotFound(what=Translated("token", "jeton"), key=id))
    not_yet = (col(AccessToken.id) == id, col(AccessToken.revoked_at).is_(None))
    work.session.execute(update(AccessToken).where(*not_yet).values(revoked_at=work.now))
    return TokenRevoked(id, token.user_id)


def select_user_of_token() -> Select[str]:
    """Selects the user of the token with the hash in the parameter `hash`, as JSON: `userId`, `salespersonCode`.

    Selects no row if the token does not exist or was revoked.
    """
    user, token = (table_of(model).c for model in (UserSetup, AccessToken))
    shown = JsonObject([("userId", user.user_id), ("salespersonCode", user.salesperson_code)])
    known = (token.user_id == user.user_id, token.token_hash == bindparam("hash"), token.revoked_at.is_(None))
    return select(shown).where(*known)


def hash_of(token: str) -> str:
    """The hash that is stored of a token. A fast hash is enough, because tokens are random and long."""
    return hashlib.sha256(token.encode()).hexdigest()
