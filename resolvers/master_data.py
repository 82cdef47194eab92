"""What creating any card has in common: a key that fits and is free, words that must be there, references that lead on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped
from sqlmodel import select

from persistence.columns import Table
from persistence.inserts import insert_new
from resolvers.errors import Duplicate, Invalid, Refusal, Refused
from resolvers.work import Work, key, too_long


def new_key(table: type[Table], given: str | None, field: str) -> tuple[str, list[Refusal]]:
    """The number or code as it is kept, and what speaks against it: blank or too long."""
    kept = key(given)
    if kept is None:
        return "", [Invalid(
            field, english="A blank cannot identify anything. Give at least one character.",
            french="Un blanc ne peut rien identifier. Donnez au moins un caractère.",
        )]
    return kept, too_long(table, {field: kept})


def text(given: str | None) -> str | None:
    """Words as they are kept: without blanks around them; blank is null (K1)."""
    return (given or "").strip() or None


def required(given: str | None, refusals: list[Refusal], *field: str) -> str:
    """Words that must be there; adds a refusal if they are not."""
    kept = text(given)
    if kept is None:
        refusals.append(Invalid(
            *field, english=f"This cannot stay empty. Give a {field[-1].replace('_', ' ')}.",
            french="Ce champ ne peut pas rester vide. Remplissez-le.",
        ))
    return kept or ""


def is_there(work: Work, column: Mapped[str], wanted: str) -> bool:
    """Whether a row has this key."""
    return work.session.scalar(select(column).where(column == wanted)) is not None


def insert(work: Work, table: type[Table], values: Mapping[str, Any], unique: str) -> int:
    """Insert a card and answer its id; refuse a key that is taken, also by somebody who takes it at this moment."""
    made = insert_new(work.session, table, dict(values), [unique])
    if made is None:
        raise Refused(Duplicate(unique, key=values[unique]))
    return made
