"""The result of an import: counts, and the errors by row and column."""

from dataclasses import dataclass, field

from resolvers import french_grammar
from resolvers.errors import Refusal, Translated, UserErrorCode
from resolvers.imports.row_messages import MessageKind, RowMessage, RowMessages


def counted(count: int) -> Translated:
    """A count with thousands separators."""
    return Translated(f"{count:,}", french_grammar.number(count))


@dataclass
class ImportReport:
    """The counts, errors and notes of an import, or of its dry run.

    `ignored_columns` mean nothing outside the program that wrote the file; what `unknown_columns` have is not imported.
    More objects may be created than the file has rows: `companies_of_people` are companies that only the rows of people
    name. `rejected` rows have errors and were left out. `errors` and `row_notes` have the first messages about rows,
    `error_count` and `row_note_count` the numbers of all; `notes` are about the file as a whole. `entry_no` is the
    number of the import, null if it changed nothing.
    """

    rows: int = 0
    created: int = 0
    companies_of_people: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    errors: list[RowMessage] = field(default_factory=list)
    error_count: int = 0
    row_notes: list[RowMessage] = field(default_factory=list)
    row_note_count: int = 0
    notes: list[Translated] = field(default_factory=list)
    entry_no: int | None = None
    messages: RowMessages | None = None
    """All errors and notes about rows, while the import runs. A parser can also be used without an import."""

    @property
    def accepted(self) -> int:
        """The rows that were not rejected."""
        return self.rows - self.rejected

    def add_note(self, count: int, one: Translated, several: Translated) -> None:
        """Add a note about `count` rows, unless it is 0. `{}` is replaced with the count."""
        if count:
            note = several if count > 1 else one
            self.notes.append(
                Translated(*(sentence.format(shown) for sentence, shown in zip(note, counted(count), strict=True)))
            )

    def add_error(self, error: RowMessage) -> None:
        """Add an error, whose row cannot be imported."""
        if self.messages is None:
            self.errors.append(error)
        else:
            self.messages.add(MessageKind.ERROR, error)

    def add_row_note(self, note: RowMessage) -> None:
        """Add a note about a row that is imported."""
        if self.messages is None:
            self.row_notes.append(note)
        else:
            self.messages.add(MessageKind.NOTE, note)

    def list_messages(self) -> None:
        """Count the errors and the notes about rows, and list the first of them."""
        assert self.messages is not None, "only while the import runs"
        self.errors, self.error_count = self.messages.first(MessageKind.ERROR), self.messages.count(MessageKind.ERROR)
        self.row_notes, self.row_note_count = (
            self.messages.first(MessageKind.NOTE),
            self.messages.count(MessageKind.NOTE),
        )


class ImportFailed(Refusal):
    """The file has errors, so nothing was imported. The detail of the refusal is the report."""

    code = UserErrorCode.INVALID
    english = "Errors in {file}: {count}. Nothing was imported. Correct the listed rows and try again."
    french = "Erreurs dans {file}\u00a0: {count}. Rien n’a été importé. Corrigez les lignes indiquées et recommencez."


class NotWritable(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "The files of --skip-errors and --report cannot be written: {reason}. Nothing was imported. Free some space, "
        "or choose another folder."
    )
    french = (
        "Impossible d’enregistrer les fichiers de --skip-errors et de --report\u00a0: {reason}. Rien n’a été importé. "
        "Libérez de l’espace, ou choisissez un autre dossier."
    )
