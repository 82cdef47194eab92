"""Users, and the tokens by which they are known (K16)."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, bindparam, inspect, select, update
from sqlalchemy import Table as SqlTable
from sqlmodel import col

from persistence.inserts import insert_new
from persistence.json_sql import JsonObject
from persistence.salespeople import Salesperson
from persistence.users import AccessToken, UserSetup
from resolvers.errors import Invalid, NotFound, Refusal, Refused, Translated, refuse_any
from resolvers.master_data import is_there, required
from resolvers.refusals import SalespersonNotFound
from resolvers.work import Work, key, unfit_texts

LOCAL = "local"
"""Who calls from the machine itself without a token."""

PREFIX = "carnet_"
"""Tells people, and programs that look for lost secrets, what the rest is."""


@dataclass(frozen=True)
class TokenCreated:
    """`token` is shown this once; nobody can read it again."""

    id: int
    user_id: str
    salesperson_code: str | None
    token: str


@dataclass(frozen=True)
class TokenRevoked:
    id: int
    user_id: str


@dataclass(frozen=True)
class TokenShown:
    """What there is to see of a token."""

    id: int
    user_id: str
    salesperson_code: str | None
    created_at: dt.datetime
    revoked_at: dt.datetime | None


def create_token(work: Work, user_id: str, *, salesperson_code: str | None = None) -> TokenCreated:
    """One more token for a user, who is new or known.

    A salesperson that is given becomes the user's own (K16), a blank one takes it away, none leaves it.
    """
    refusals: list[Refusal] = []
    kept = required(user_id, refusals, "user")
    if kept == LOCAL:
        refusals.append(
            Invalid(
                "user",
                english=(
                    f"{LOCAL} is whoever calls from this machine without a token. Choose another name for the user."
                ),
                french=f"{LOCAL} désigne l’utilisateur qui appelle sans jeton depuis cet ordinateur. "
                "Choisissez un autre code d’utilisateur.",
            )
        )
    refusals += unfit_texts(UserSetup, {"user_id": kept}, "user")
    code = key(salesperson_code)
    if code is not None and not is_there(work, col(Salesperson.code), code):
        refusals.append(SalespersonNotFound("salesperson", key=code))
    refuse_any(refusals)
    insert_new(work.session, UserSetup, {"user_id": kept}, ["user_id"])
    user = work.find(UserSetup, user_id=kept, lock=True)
    assert user is not None
    if salesperson_code is not None:
        user.salesperson_code = code
    token = PREFIX + secrets.token_urlsafe(32)
    made = AccessToken(id=None, token_hash=hash_of(token), user_id=kept, created_at=work.now)
    work.session.add(made)
    work.session.flush()
    assert made.id is not None
    return TokenCreated(made.id, kept, user.salesperson_code, token)


def tokens(work: Work) -> Sequence[TokenShown]:
    """Every token in the order in which they were made, without the token itself."""
    shown = (
        col(AccessToken.id),
        col(AccessToken.user_id),
        col(UserSetup.salesperson_code),
        col(AccessToken.created_at),
        col(AccessToken.revoked_at),
    )
    of_users = select(*shown).join(UserSetup, col(UserSetup.user_id) == col(AccessToken.user_id))
    return [TokenShown(*row) for row in work.session.execute(of_users.order_by(col(AccessToken.id)))]


def revoke_token(work: Work, id: int) -> TokenRevoked:
    """From the next request on nobody is known by this token. Revoking it again changes nothing."""
    token = work.find(AccessToken, id=id)
    if token is None:
        raise Refused(NotFound(what=Translated("token", "jeton"), key=id))
    not_yet = (col(AccessToken.id) == id, col(AccessToken.revoked_at).is_(None))
    work.session.execute(update(AccessToken).where(*not_yet).values(revoked_at=work.now))
    return TokenRevoked(id, token.user_id)


def of_token() -> Select[Any]:
    """The user whose token has the hash that is the one parameter, as JSON: `userId`, `salespersonCode`. None if
    revoked.
    """
    user, token = (cast(SqlTable, inspect(model).local_table).c for model in (UserSetup, AccessToken))
    shown = JsonObject([("userId", user.user_id), ("salespersonCode", user.salesperson_code)])
    known = (token.user_id == user.user_id, token.token_hash == bindparam("hash"), token.revoked_at.is_(None))
    return select(shown).where(*known)


def hash_of(token: str) -> str:
    """What is kept of a token. It is as random as the hash is long, so a fast hash is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()
