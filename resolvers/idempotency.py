"""Idempotency keys: a mutation that is sent again with the same key is not executed again (K22). Keys belong to a user
and are kept for seven days.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal

from sqlalchemy import Integer, bindparam, delete, select, tuple_, update

from persistence.columns import table_of
from persistence.setup import IdempotencyKey
from persistence.sql.folding import composed
from persistence.sql.inserts import insert_or_update
from resolvers.errors import Invalid, Refusal, Refused, UserErrorCode
from resolvers.texts import control_characters
from resolvers.work import Work

_KEYS = table_of(IdempotencyKey)
_OWNER = (_KEYS.c.user_id, _KEYS.c.key)
_IS_THIS_KEY = (_KEYS.c.user_id == bindparam("of_user"), _KEYS.c.key == bindparam("with_key"))
_IS_EXPIRED = _KEYS.c.at < bindparam("expired_before")
_STORED = select(_KEYS.c.mutation, _KEYS.c.input_hash, _KEYS.c.outcome).where(*_IS_THIS_KEY)
_STORE_OUTCOME = update(_KEYS).where(*_IS_THIS_KEY).values(outcome=bindparam("new_outcome"))
_EXPIRED = (
    select(*_OWNER).where(_IS_EXPIRED).limit(bindparam("most", type_=Integer())).with_for_update(skip_locked=True)
)
_DELETE_EXPIRED = delete(_KEYS).where(tuple_(*_OWNER).in_(_EXPIRED))

KEPT_FOR = dt.timedelta(days=7)
MAX_KEY_LENGTH = 200
MAX_DELETED_KEYS = 100


class IdempotencyConflict(Refusal):
    """A key is sent again with another mutation or with other input (K24)."""

    code = UserErrorCode.IDEMPOTENCY_CONFLICT
    english = (
        "The idempotency key {key} was used for another mutation or other input. Use a new key for each new request."
    )
    french = (
        "La clé d’idempotence {key} a déjà servi à une autre mutation ou avec d’autres valeurs. "
        "Utilisez une nouvelle clé pour chaque nouvelle demande."
    )


def once(
    work: Work, command: Callable[[], Mapping[str, object]], *, key: str, mutation: str, input: Mapping[str, object]
) -> Mapping[str, object]:
    """Execute the command, or return the stored outcome if it was executed under this key before.

    The key is claimed first, so that a request with the same key waits for one that is running. A refusal releases the
    key, and an expired key can be used again. `input` is the coerced input of the mutation: dates, times and amounts
    are equal in every notation, texts only if all characters are equal, and null differs from a missing field.
    """
    key = composed(key)
    if len(key) > MAX_KEY_LENGTH:
        raise Refused(
            Invalid(
                "idempotency_key",
                english=f"An idempotency key has at most {MAX_KEY_LENGTH} characters. Give a shorter one.",
                french=f"Une clé d’idempotence a au plus {MAX_KEY_LENGTH} caractères. Donnez-en une plus courte.",
            )
        )
    problem = control_characters(key)
    if problem is not None:
        raise Refused(Invalid("idempotency_key", english=problem.english, french=problem.french))
    input_hash = _hash(mutation, input, _canonical)
    connection, this_key = work.session.connection(), {"of_user": work.user.id, "with_key": key}
    _delete_expired(work)
    if not _claim(work, key, mutation, input_hash):
        stored = connection.execute(_STORED, this_key).one()
        if stored.mutation != mutation or stored.input_hash not in (input_hash, _hash(mutation, input, str)):
            raise Refused(IdempotencyConflict("idempotency_key", key=key))
        outcome: Mapping[str, object] = json.loads(stored.outcome)
        return outcome
    outcome = command()
    connection.execute(_STORE_OUTCOME, {**this_key, "new_outcome": json.dumps(outcome)})
    return outcome


def stored_result(work: Work, *, key: str, mutation: str, input: Mapping[str, object]) -> Mapping[str, object] | None:
    """The stored outcome of the command that was executed under this key with this input; None if there is none. The
    row is locked, so that the COMMIT of this transaction waits for the standby, if there is one.
    """
    this_key = {"of_user": work.user.id, "with_key": composed(key), **_expiry(work)}
    stored = work.session.connection().execute(_STORED.where(~_IS_EXPIRED).with_for_update(), this_key).first()
    if stored is None or stored.outcome is None or stored.mutation != mutation:
        return None
    if stored.input_hash != _hash(mutation, input, _canonical):
        return None
    outcome: Mapping[str, object] = json.loads(stored.outcome)
    return outcome


def _hash(mutation: str, input: Mapping[str, object], as_text: Callable[[object], str]) -> str:
    return hashlib.sha256(json.dumps([mutation, input], sort_keys=True, default=as_text).encode()).hexdigest()


def _canonical(value: object) -> str:
    """The canonical text of a value for which JSON has no type. An amount has two decimals, or more if they are not
    zero.

    Earlier versions hashed an amount as it was written in the request.
    """
    if not isinstance(value, Decimal):
        return str(value)
    whole, _, decimals = f"{value.normalize() + 0:f}".partition(".")
    return f"{whole}.{decimals:0<2}"


def _claim(work: Work, key: str, mutation: str, input_hash: str) -> bool:
    """Whether the key was free or expired. A running request with the same key is waited for."""
    values = {"mutation": mutation, "input_hash": input_hash, "at": work.now, "outcome": None}
    owner = {"user_id": work.user.id, "key": key}
    return insert_or_update(work.session, IdempotencyKey, owner, values, where=(_IS_EXPIRED, _expiry(work)))


def _delete_expired(work: Work) -> None:
    """Delete some expired keys. Keys that another transaction is deleting are skipped, so that no request waits."""
    work.session.connection().execute(_DELETE_EXPIRED, {**_expiry(work), "most": MAX_DELETED_KEYS})


def _expiry(work: Work) -> dict[str, object]:
    """The parameter of the condition that a key is expired."""
    return {"expired_before": work.now - KEPT_FOR}
