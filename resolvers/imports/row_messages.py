"""The errors and notes about the rows of a file, in a staging table while the import runs: there may be many."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Exists,
    Index,
    Integer,
    MetaData,
    Select,
    Unicode,
    case,
    cast,
    delete,
    distinct,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.columns import key
from persistence.sql.staging import create_indexes, create_staging_table, drop_staging_table, insert_rows
from resolvers import french_grammar
from resolvers.errors import Translated

MAX_LISTED = 100
"""How many errors and how many notes about rows a report lists; all are counted."""

AT_A_TIME = 2_000
"""How many messages are written or read with one round trip."""


class MessageKind(StrEnum):
    """An error, whose row is not imported; or a note about a row that is."""

    ERROR = "ERROR"
    NOTE = "NOTE"


@dataclass(frozen=True)
class RowMessage:
    """An error in a row, or a note about one that was imported. Rows are counted as in a spreadsheet: the captions are
    row 1. `column` is a caption, or None if the message is about the whole row. If several `rows` have the same
    message, `row` is the first of them.
    """

    row: int
    column: str | None
    message_en: str
    message_fr: str
    rows: int = 1

    def message(self, language: str) -> str:
        """The message in French for `FR`, else in English. That of several rows begins with their number."""
        text = self.message_fr if language == "FR" else self.message_en
        if self.rows == 1:
            return text
        counted = f"{french_grammar.number(self.rows)} lignes\u00a0:" if language == "FR" else f"{self.rows:,} rows:"
        return f"{counted} {text}"


class StoredMessage(NamedTuple):
    """A message of one row, as the table has it."""

    row_no: int
    position: int
    kind: str
    caption: str | None
    english: str
    french: str
    shared: bool


_TABLE = SqlTable(
    "import_message",
    MetaData(),
    Column("row_no", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", key(5), nullable=False),
    Column("caption", Unicode),
    Column("english", Unicode, nullable=False),
    Column("french", Unicode, nullable=False),
    Column("shared", Boolean, nullable=False),
    Index("ix_import_message_row_no", "row_no", "position"),
)
"""`position`: the order of the messages of a row. `shared`: rows with the same message are listed together."""

_ROW = _TABLE.c


class RowMessages:
    """All errors and notes about the rows of one file. A rollback of the transaction removes the table."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._unwritten: list[StoredMessage] = []
        self._position = 0
        create_staging_table(session, _TABLE)
        create_indexes(session, _TABLE)

    def drop(self) -> None:
        """Drop the table."""
        drop_staging_table(self._session, _TABLE)

    def add(self, kind: MessageKind, message: RowMessage) -> None:
        """Add a message about one row."""
        position = self._next_position()
        self._unwritten.append(
            StoredMessage(
                message.row, position, kind, message.column, message.message_en, message.message_fr, shared=False
            )
        )
        if len(self._unwritten) >= AT_A_TIME:
            self._write()

    def add_selected(
        self,
        kind: MessageKind,
        caption: str | None,
        value: ColumnElement[object],
        rows: Select[tuple[int]],
        message: Translated,
        *,
        shared: bool,
    ) -> None:
        """Add a message about each of the selected row numbers, with one statement. `{}` in the message is replaced
        with the value of the row. With `shared`, rows with the same value are listed as one message.
        """
        shown = func.coalesce(cast(value, Unicode), "")
        texts = [func.replace(literal(text, Unicode), literal("{}", Unicode), shown) for text in message]
        selected = rows.add_columns(
            literal(self._next_position(), Integer),
            literal(kind.value, Unicode),
            literal(caption, Unicode),
            *texts,
            literal(shared, Boolean),
        )
        self._session.execute(insert(_TABLE).from_select([*StoredMessage._fields], selected))

    def erroneous_rows(self) -> Select[tuple[int]]:
        """Selects the numbers of the rows that have an error."""
        self._write()
        return select(_ROW.row_no).where(_ROW.kind == MessageKind.ERROR)

    def has_error(self, row_no: ColumnElement[int]) -> Exists:
        """Whether the row with this number, a column of another table, has an error."""
        self._write()
        return (
            select(literal(1))
            .where(_ROW.row_no == row_no, _ROW.kind == MessageKind.ERROR)
            .correlate_except(_TABLE)
            .exists()
        )

    def count_erroneous_rows(self) -> int:
        """How many rows have an error."""
        self._write()
        counted = select(func.count(distinct(_ROW.row_no))).where(_ROW.kind == MessageKind.ERROR)
        return self._session.scalar(counted) or 0

    def count(self, kind: MessageKind) -> int:
        """How many messages of this kind a complete list would have."""
        return self._session.scalar(select(func.count()).select_from(self._listed(kind).subquery())) or 0

    def first(self, kind: MessageKind) -> list[RowMessage]:
        """The first messages of this kind, in the order of their rows."""
        found = self._session.execute(self._listed(kind).order_by("row_no", "position").limit(MAX_LISTED))
        return [
            RowMessage(row_no, caption, english, french, rows) for row_no, _, caption, english, french, rows in found
        ]

    def all(self) -> Iterator[StoredMessage]:
        """All messages of all rows, in the order of the rows."""
        yield from self._stored()

    def errors(self) -> Iterator[StoredMessage]:
        """All errors of all rows, in the order of the rows."""
        yield from self._stored(_ROW.kind == MessageKind.ERROR)

    def position(self) -> int:
        """The position of the last message that was added."""
        return self._position

    def added_after(self, position: int) -> list[StoredMessage]:
        """The messages that were added after this position."""
        return [*self._stored(_ROW.position > position)]

    def restore(self, messages: list[StoredMessage]) -> None:
        """Add messages again that a rollback has removed."""
        self._unwritten += messages
        self._write()

    def discard_notes(self) -> None:
        """Remove the notes about rows that have an error."""
        erroneous = self.erroneous_rows().scalar_subquery()
        self._session.execute(delete(_TABLE).where(_ROW.kind == MessageKind.NOTE, _ROW.row_no.in_(erroneous)))

    def _listed(self, kind: MessageKind) -> Select[tuple[int, int, str | None, str, str, int]]:
        self._write()
        together = case((_ROW.shared, 0), else_=_ROW.row_no)
        return (
            select(
                func.min(_ROW.row_no).label("row_no"),
                func.min(_ROW.position).label("position"),
                _ROW.caption,
                _ROW.english,
                _ROW.french,
                func.count(distinct(_ROW.row_no)).label("rows"),
            )
            .where(_ROW.kind == kind)
            .group_by(together, _ROW.caption, _ROW.english, _ROW.french)
        )

    def _stored(self, *where: ColumnElement[bool]) -> Iterator[StoredMessage]:
        """The messages in the order of the rows, page by page: a cursor would keep the table from being dropped."""
        self._write()
        place = tuple_(_ROW.row_no, _ROW.position)
        in_order = select(_TABLE).where(*where).order_by(_ROW.row_no, _ROW.position).limit(AT_A_TIME)
        page = self._session.execute(in_order).all()
        while page:
            yield from (StoredMessage(*row) for row in page)
            last = tuple_(literal(page[-1].row_no), literal(page[-1].position))
            page = self._session.execute(in_order.where(place > last)).all()

    def _write(self) -> None:
        if self._unwritten:
            insert_rows(self._session, _TABLE, [message._asdict() for message in self._unwritten])
            self._unwritten = []

    def _next_position(self) -> int:
        self._position += 1
        return self._position
