"""What an import says about a file: how many rows, and what is wrong in which row and column."""

from dataclasses import dataclass, field
from heapq import nsmallest

from resolvers import french
from resolvers.errors import Refusal, Translated, UserErrorCode

SHOWN = 100


def counted(count: int) -> Translated:
    """A count with thousands separators."""
    return Translated(f"{count:,}", french.number(count))


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row, as a spreadsheet counts them, the captions being row 1. `column` is the caption."""

    row: int
    column: str | None
    message_en: str
    message_fr: str

    def message(self, language: str) -> str:
        """The sentence in `FR` or, for anything else, `EN`."""
        return self.message_fr if language == "FR" else self.message_en


@dataclass
class ImportReport:
    """What was done, or would be. More may be created than there are `rows`; `notes` say what else is worth knowing."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0
    notes: list[Translated] = field(default_factory=list)

    def note(self, count: int, one: Translated, several: Translated) -> None:
        """Note something about `count` rows, unless it is 0. `{}` is replaced with the count."""
        if count:
            called = several if count > 1 else one
            self.notes.append(
                Translated(*(sentence.format(shown) for sentence, shown in zip(called, counted(count), strict=True)))
            )

    def add(self, error: RowError) -> None:
        """Count an error, and keep it if it is one of the first."""
        self.count(1, [error])

    def count(self, count: int, first: list[RowError]) -> None:
        """Note that there are so many errors more, of which these come first."""
        self.error_count += count
        self.errors = nsmallest(SHOWN, [*self.errors, *first], key=lambda error: error.row)


class ImportFailed(Refusal):
    """All or nothing: with one error nothing is written. The refusal's detail is the report."""

    code = UserErrorCode.INVALID
    english = "Errors in {file}: {count}. Nothing was imported. Correct the listed rows and try again."
    french = "Erreurs dans {file}\u00a0: {count}. Rien n’a été importé. Corrigez les lignes indiquées et recommencez."


class NotReadable(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} cannot be read: {reason}. Check the name and the rights."
    french = "Impossible de lire {file}\u00a0: {reason}. Vérifiez le nom et les droits."


class NotText(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is not a text file. In a spreadsheet, save it as CSV first."
    french = "{file} n’est pas un fichier texte. Dans le tableur, enregistrez-le d’abord au format CSV."


class BrokenRow(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} cannot be read after row {row}: {reason}. Look for a quotation mark that is not closed."
    french = "Impossible de lire {file} après la ligne {row}. Cherchez un guillemet qui n’est pas fermé."
