"""What all records of master data have in common: contacts, salespeople, campaigns, templates, groups, number series.

NAV shows such a record in a window that it calls a card, so it is called a card here. `CardKind` describes the cards of
one subject. Everything that is stored here is recorded in the change log, see `resolvers.changes.rules`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, cast

from sqlalchemy import ColumnElement, Select, delete
from sqlalchemy.orm import Mapped
from sqlmodel import select

from persistence.columns import Table, table_of
from persistence.sql.folding import stored_text
from persistence.sql.inserts import insert_new
from resolvers import usages
from resolvers.changes import rules as changes
from resolvers.changes.rules import ChildRowsChange
from resolvers.errors import Duplicate, Invalid, Refusal, Refused, Translated
from resolvers.work import Row, Work, check_texts, check_version, key

Fields = TypeVar("Fields", bound=Mapping[str, object])
Normalizer = Callable[..., object]
ChildRows = Mapping[str, str | None]
"""The rows that belong to a card, such as translations, as text for the change log; by the name that clients know."""


@dataclass(frozen=True)
class CardCreated:
    """The id and the code of a new card."""

    id: int
    code: str


@dataclass(frozen=True)
class CardUpdated:
    """The id and the version of a card after an update, changed or not."""

    id: int
    version: int


@dataclass(frozen=True)
class CardDeleted:
    """The id that the deleted card had."""

    id: int


class Versioned(Protocol):
    """What every card has: an id and a version."""

    id: int
    version: int


@dataclass(frozen=True)
class CardKind(Generic[Row]):
    """The cards of one table: how they are found, locked and deleted.

    `key` is the key column, `no` or `code`, and also the argument that names a card. `advice` says what to do instead
    of deleting a card that is used; `advice_if_logged` replaces it where the log or a logged segment uses the card.
    """

    model: type[Row]
    key: str
    not_found: type[Refusal]
    advice: Translated
    advice_if_logged: Translated | None = None

    def lock(self, work: Work, given: str, expected_version: int | None = None) -> Row:
        """The card with this key, locked until the transaction ends. Refused if it does not exist or has another
        version.
        """
        wanted = key(given) or ""
        card = work.find(self.model, lock=True, **{self.key: wanted})
        if card is None:
            raise Refused(self.not_found(self.key, key=wanted))
        check_version(card, expected_version, "expected_version")
        return card

    def refuse_if_used(self, work: Work, card: Row, among: Select[str] | None = None) -> None:
        """Refuse to delete a card while other records use it, or one of the contacts with the keys `among` (K6)."""
        usages.refuse_if_used(
            work,
            self.model,
            getattr(card, self.key),
            self.key,
            self.advice,
            advice_if_logged=self.advice_if_logged,
            among=among,
        )

    def delete(
        self, work: Work, given: str, remove_child_rows: Callable[[Work, str], ChildRows] | None = None
    ) -> CardDeleted:
        """Delete a card that no other record uses (K6). Its number or code is not used again.

        `remove_child_rows` deletes the rows that belong to the card and returns them for the change log.
        """
        card = self.lock(work, given)
        self.refuse_if_used(work, card)
        child_rows = None if remove_child_rows is None else remove_child_rows(work, getattr(card, self.key))
        same_id = _has_id(self.model, _versioned(card).id)
        changes.record_deleted(work, self.model, same_id, child_rows=child_rows)
        work.session.execute(delete(table_of(self.model)).where(same_id))
        return CardDeleted(_versioned(card).id)


def normalized(fields: Fields, normalizers: Mapping[str, Normalizer]) -> Fields:
    """The fields as they are stored. A field without a normalizer is stored as given."""
    values = {name: normalizers[name](value) if name in normalizers else value for name, value in fields.items()}
    return cast(Fields, values)


def check_new_key(
    table: type[Table], given: str | None, field: str, *, at: str | None = None
) -> tuple[str, list[Refusal]]:
    """The number or code of a new card as it is stored, and the refusals for one that is blank or too long. `field` is
    its column, and the argument that has it unless `at` is.
    """
    stored = key(given)
    if stored is None:
        return "", [
            Invalid(
                at or field,
                english="A number or code cannot be blank. Give at least one character.",
                french="Un numéro ou un code ne peut pas être vide. Donnez au moins un caractère.",
            )
        ]
    return stored, check_texts(table, {field: stored}, at=at)


def text(given: str | None) -> str | None:
    """A text as it is stored: in Unicode normal form C and trimmed; null if it has no visible characters (K1)."""
    return stored_text(given)


def required_text(given: str | None, refusals: list[Refusal], *field: str) -> str:
    """A text that must not be blank, as it is stored. Adds a refusal if it is."""
    stored = text(given)
    if stored is None:
        refusals.append(
            Invalid(
                *field,
                english=f"This field cannot be blank. Give a {field[-1].replace('_', ' ')}.",
                french="Ce champ ne peut pas être vide. Remplissez-le.",
            )
        )
    return stored or ""


def exists(work: Work, column: Mapped[str], wanted: str) -> bool:
    """Whether a row has this key."""
    return work.session.scalar(select(column).where(column == wanted)) is not None


def insert(
    work: Work, model: type[Table], values: Mapping[str, object], unique: str, *, child_rows: ChildRows | None = None
) -> int:
    """Insert a card and return its id. A key that another card has is refused, also if that is created at the same
    time.
    """
    id = insert_new(work.session, model, dict(values), [unique])
    if id is None:
        raise Refused(Duplicate(unique, key=values[unique]))
    changes.record_created_card(work, model, id, child_rows=child_rows)
    return id


def update(
    work: Work, row: Table, values: Mapping[str, object], *, child_rows: Mapping[str, ChildRowsChange] | None = None
) -> CardUpdated:
    """Set these columns of a card. Its version rises by one if something changes."""
    card, model = _versioned(row), type(row)
    changed = changes.update_card(work, model, card.id, values, child_rows=child_rows)
    return CardUpdated(card.id, card.version + changed)


def _versioned(row: Table) -> Versioned:
    return cast(Versioned, row)


def _has_id(model: type[Table], id: int) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = table_of(model).c.id == id
    return condition
