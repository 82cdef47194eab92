"""Keys that make a mutation safe to send again (K22): per user, for seven days."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_, update
from sqlmodel import col

from persistence.folding import composed
from persistence.inserts import insert_or_update
from persistence.setup import IdempotencyKey
from resolvers.errors import Invalid, Refusal, Refused, UserErrorCode
from resolvers.texts import control_characters
from resolvers.work import Work

KEPT_FOR = dt.timedelta(days=7)
LONGEST_KEY = 200
SWEPT_AT_ONCE = 100


class IdempotencyConflict(Refusal):
    code = UserErrorCode.IDEMPOTENCY_CONFLICT
    english = (
        "The idempotency key {key} was used for another mutation or other input. Use a new key for each new intention."
    )
    french = (
        "La clé d’idempotence {key} a déjà servi à une autre mutation ou avec d’autres valeurs. "
        "Utilisez une nouvelle clé pour chaque nouvelle demande."
    )


def once(
    work: Work, verb: Callable[[], dict[str, Any]], *, key: str, mutation: str, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Do it, or tell what it did when it was done under this key before. A refusal leaves the key free.

    The key is claimed first: a request with the same key that is running is waited for. An expired key can be used
    again. `asked` is the coerced input: dates, times and amounts are equal in every spelling, texts only if all
    characters are equal, and null differs from a missing field.
    """
    key = composed(key)
    if len(key) > LONGEST_KEY:
        raise Refused(
            Invalid(
                "idempotency_key",
                english=f"An idempotency key has at most {LONGEST_KEY} characters. Give a shorter one.",
                french=f"Une clé d’idempotence a au plus {LONGEST_KEY} caractères. Donnez-en une plus courte.",
            )
        )
    problem = control_characters(key)
    if problem is not None:
        raise Refused(Invalid("idempotency_key", english=problem.english, french=problem.french))
    input_hash = _hash(mutation, asked, _canonical)
    mine = (col(IdempotencyKey.user_id) == work.user.id, col(IdempotencyKey.key) == key)
    _sweep(work)
    claimed = _claim(work, key, mutation, input_hash)
    if not claimed:
        known = work.session.execute(
            select(col(IdempotencyKey.mutation), col(IdempotencyKey.input_hash), col(IdempotencyKey.outcome)).where(
                *mine
            )
        ).one()
        if known.mutation != mutation or known.input_hash not in (input_hash, _hash(mutation, asked, str)):
            raise Refused(IdempotencyConflict("idempotency_key", key=key))
        told: dict[str, Any] = json.loads(known.outcome)
        return told
    outcome = verb()
    work.session.execute(update(IdempotencyKey).where(*mine).values(outcome=json.dumps(outcome)))
    return outcome


def _hash(mutation: str, asked: Mapping[str, Any], written: Callable[[Any], str]) -> str:
    return hashlib.sha256(json.dumps([mutation, asked], sort_keys=True, default=written).encode()).hexdigest()


def _canonical(value: Any) -> str:
    """The canonical text of a value that JSON has no type for; an amount has two decimals, more only if they are not
    zero.

    Earlier versions hashed an amount in the spelling of the request.
    """
    if not isinstance(value, Decimal):
        return str(value)
    whole, _, decimals = f"{value.normalize() + 0:f}".partition(".")
    return f"{whole}.{decimals:0<2}"


def _claim(work: Work, key: str, mutation: str, input_hash: str) -> bool:
    """Whether the key was free or expired. A running request with the same key is waited for."""
    values = {"mutation": mutation, "input_hash": input_hash, "at": work.now, "outcome": None}
    owner = {"user_id": work.user.id, "key": key}
    return insert_or_update(work.session, IdempotencyKey, owner, values, where=_too_old(work))


def _sweep(work: Work) -> None:
    """Delete some keys that are too old. Those that somebody else is just sweeping are left to them: nobody waits."""
    owner, key = col(IdempotencyKey.user_id), col(IdempotencyKey.key)
    swept = select(owner, key).where(_too_old(work)).limit(SWEPT_AT_ONCE).with_for_update(skip_locked=True)
    work.session.execute(delete(IdempotencyKey).where(tuple_(owner, key).in_(swept)))


def _too_old(work: Work) -> ColumnElement[bool]:
    return col(IdempotencyKey.at) < work.now - KEPT_FOR
