"""What all cards have in common: a key that fits and is free, words that must be there, references that lead on.

What is stored is noted in the change log, see `resolvers.changes.rules`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import Mapped
from sqlmodel import select

from persistence.columns import Table
from persistence.folding import stored_text
from persistence.inserts import insert_new
from resolvers.changes import rules as changes
from resolvers.changes.rules import Beside
from resolvers.errors import Duplicate, Invalid, Refusal, Refused
from resolvers.work import Row, Work, check_version, key, unfit_texts


@dataclass(frozen=True)
class CardUpdated:
    """A card that is there, changed or not."""

    id: int
    version: int


@dataclass(frozen=True)
class CardDeleted:
    """The id that a card had."""

    id: int


def new_key(table: type[Table], given: str | None, field: str) -> tuple[str, list[Refusal]]:
    """The number or code as it is kept, and what speaks against it: blank or too long."""
    kept = key(given)
    if kept is None:
        return "", [
            Invalid(
                field,
                english="A number or code cannot be blank. Give at least one character.",
                french="Un numéro ou un code ne peut pas être vide. Donnez au moins un caractère.",
            )
        ]
    return kept, unfit_texts(table, {field: kept})


def text(given: str | None) -> str | None:
    """A text normalized for storage: in normal form C, trimmed; blank or invisible is null (K1)."""
    return stored_text(given)


def required(given: str | None, refusals: list[Refusal], *field: str) -> str:
    """Words that must be there; adds a refusal if they are not."""
    kept = text(given)
    if kept is None:
        refusals.append(
            Invalid(
                *field,
                english=f"This cannot stay empty. Give a {field[-1].replace('_', ' ')}.",
                french="Ce champ ne peut pas rester vide. Remplissez-le.",
            )
        )
    return kept or ""


def is_there(work: Work, column: Mapped[str], wanted: str) -> bool:
    """Whether a row has this key."""
    return work.session.scalar(select(column).where(column == wanted)) is not None


def held(work: Work, model: type[Row], lost: Refusal, *, expected_version: int | None = None, **key: Any) -> Row:
    """The card with this key, nobody else's until the transaction ends; refused if it is not there or was changed
    since.
    """
    row = work.find(model, lock=True, **key)
    if row is None:
        raise Refused(lost)
    check_version(row, expected_version, "expected_version")
    return row


def insert(
    work: Work,
    model: type[Table],
    values: Mapping[str, Any],
    unique: str,
    *,
    beside: Mapping[str, str | None] | None = None,
) -> int:
    """Insert a card and answer its id; refuse a key that is taken, also by somebody who takes it at this moment.

    `beside` is what is kept of it in tables of its own, as the change log shows it.
    """
    made = insert_new(work.session, model, dict(values), [unique])
    if made is None:
        raise Refused(Duplicate(unique, key=values[unique]))
    changes.created(work, model, _is(model, made), beside=beside)
    return made


def change(
    work: Work, row: Table, values: Mapping[str, Any], *, beside: Mapping[str, Beside] | None = None
) -> CardUpdated:
    """Set these columns of a card; its version rises unless nothing changes."""
    card = cast(Any, row)
    changed = changes.change(work, type(row), values, _is(type(row), card.id), beside=beside)
    return CardUpdated(card.id, card.version + changed)


def remove(work: Work, row: Table, *, beside: Mapping[str, str | None] | None = None) -> CardDeleted:
    """Delete a card that nothing uses."""
    card, model = cast(Any, row), type(row)
    changes.deleted(work, model, _is(model, card.id), beside=beside)
    work.session.execute(delete(changes.table(model)).where(_is(model, card.id)))
    return CardDeleted(card.id)


def _is(model: type[Table], id: int) -> ColumnElement[bool]:
    found: ColumnElement[bool] = changes.table(model).c.id == id
    return found
