"""The caller who sends a request, with the languages that they prefer."""

from functools import lru_cache
from typing import TypedDict

from persistence.enums import Role
from resolvers.work import User
from schema.execution.reads import Caller
from schema.server.requests.header_weights import weights

MAX_LENGTH = 100
"""The maximum length of Accept-Language headers whose callers are kept, in bytes. Browsers send 40."""


class Languages(TypedDict, total=False):
    language: str
    language_tag: str | None


def languages_of(accept: bytes) -> Languages:
    """The language of Carnet's own texts: English or French, as preferred; English for all other languages.

    Texts of the data are translated only for clients that prefer one of the two to all other languages.
    """
    if not accept:
        return {}
    found = {name.decode("latin-1"): weight for name, weight in weights(accept).items() if weight > 0 and name != b"*"}
    preferred = sorted(found, key=lambda tag: -found[tag])
    ours = [tag for tag in preferred if tag.split("-")[0] in ("en", "fr")]
    if not ours:
        return {}
    return {"language": ours[0][:2].upper(), "language_tag": ours[0] if ours[0] == preferred[0] else None}


def caller_of(user: User, accept: bytes) -> Caller:
    """The caller who is this user, with the languages of an Accept-Language header."""
    make = _kept_caller if len(accept) <= MAX_LENGTH else _caller
    return make(user.id, user.salesperson_code, user.roles, accept)


def _caller(user_id: str, salesperson_code: str | None, roles: frozenset[Role], accept: bytes) -> Caller:
    return Caller(user_id=user_id, salesperson_code=salesperson_code, roles=roles, **languages_of(accept))


_kept_caller = lru_cache(maxsize=256)(_caller)
