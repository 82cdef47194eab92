"""The result of an import: counts, and the errors by row and column."""

from dataclasses import dataclass, field
from heapq import nsmallest

from resolvers import french_grammar
from resolvers.errors import Refusal, Translated, UserErrorCode

MAX_LISTED = 100
"""How many errors and how many notes about rows a report lists; all are counted."""


def counted(count: int) -> Translated:
    """A count with thousands separators."""
    return Translated(f"{count:,}", french_grammar.number(count))


@dataclass(frozen=True)
class RowMessage:
    """An error in a row, or a note about one that was imported. Rows are counted as in a spreadsheet: the captions are
    row 1. `column` is a caption, or None if the message is about the whole row.
    """

    row: int
    column: str | None
    message_en: str
    message_fr: str

    def message(self, language: str) -> str:
        """The message in French for `FR`, else in English."""
        return self.message_fr if language == "FR" else self.message_en


@dataclass
class ImportReport:
    """The counts, errors and notes of an import, or of its dry run.

    `ignored_columns` mean nothing outside the program that wrote the file; what `unknown_columns` have is not imported.
    More objects may be created than the file has rows: contacts name companies that do not exist yet. `row_notes` tell
    what became of a cell that was not taken as it stands; `notes` are about the file as a whole.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    errors: list[RowMessage] = field(default_factory=list)
    error_count: int = 0
    row_notes: list[RowMessage] = field(default_factory=list)
    row_note_count: int = 0
    notes: list[Translated] = field(default_factory=list)

    def add_note(self, count: int, one: Translated, several: Translated) -> None:
        """Add a note about `count` rows, unless it is 0. `{}` is replaced with the count."""
        if count:
            note = several if count > 1 else one
            self.notes.append(
                Translated(*(sentence.format(shown) for sentence, shown in zip(note, counted(count), strict=True)))
            )

    def add_error(self, error: RowMessage) -> None:
        """Add one error."""
        self.add_errors(1, [error])

    def add_errors(self, count: int, first: list[RowMessage]) -> None:
        """Add to the number of errors, and list those of the first rows."""
        self.error_count += count
        self.errors = nsmallest(MAX_LISTED, [*self.errors, *first], key=lambda error: error.row)

    def add_row_note(self, note: RowMessage) -> None:
        """Add a note about a row that is imported."""
        self.add_row_notes(1, [note])

    def add_row_notes(self, count: int, first: list[RowMessage]) -> None:
        """Add to the number of notes about rows, and list those of the first rows."""
        self.row_note_count += count
        self.row_notes = nsmallest(MAX_LISTED, [*self.row_notes, *first], key=lambda note: note.row)


class ImportFailed(Refusal):
    """The file has errors, so nothing was imported. The detail of the refusal is the report."""

    code = UserErrorCode.INVALID
    english = "Errors in {file}: {count}. Nothing was imported. Correct the listed rows and try again."
    french = "Erreurs dans {file}\u00a0: {count}. Rien n’a été importé. Corrigez les lignes indiquées et recommencez."


class BrokenLine(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} cannot be read: line {line} is not a JSON object. Each line of an NDJSON file must have one, without "
        "NUL characters."
    )
    french = (
        "Impossible de lire {file}\u00a0: la ligne {line} n’est pas un objet JSON. Chaque ligne d’un fichier NDJSON "
        "doit en contenir un, sans caractère NUL."
    )
