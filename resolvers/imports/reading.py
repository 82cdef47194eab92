"""Opens files to import: detects the format, the encoding, the delimiter, the row of the captions and the columns."""

import errno
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from resolvers.errors import Refusal, Refused, Translated
from resolvers.imports import other_kinds
from resolvers.imports.columns import Column, normalized
from resolvers.imports.files import csv_opening, json_lines, vcards, workbooks
from resolvers.imports.files.footers import Footer
from resolvers.imports.files.refusals import Compressed, FileChanged, NoSheets, NotReadable, NotText
from resolvers.imports.files.states import FileState, file_state
from resolvers.imports.files.tables import BrokenCell, Table, column_letter, is_blank
from resolvers.imports.ignored_columns import is_ignored
from resolvers.imports.rejects import is_of_rejects
from resolvers.imports.report import ImportReport

CAPTION_ROWS = 20
"""In how many of the first rows captions are looked for."""

NOT_TEXT = {b"%PDF": NotText, b"\x1f\x8b": Compressed}
NO_DELIMITER = "\x1f"
"""A delimiter that no file has: each line is a cell."""

IN_FRENCH = {
    errno.ENOENT: "ce fichier n’existe pas",
    errno.EACCES: "l’accès est refusé",
    errno.EISDIR: "c’est un dossier",
}
"""French for the reasons why a file cannot be read; the system's own messages are English."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file, named as in its command: how its captions become columns, which fields it needs at least, and the
    refusal if they are missing. `own_captions` are those of files that Carnet itself exported; only these have the
    fields `own_fields`.
    """

    name: str
    recognize: Callable[[Sequence[str]], list[Column]]
    is_complete: Callable[[set[str]], bool]
    not_recognized: type[Refusal]
    own_captions: frozenset[str] = frozenset()
    own_fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ReadAs:
    """How users want a file to be read: its encoding and its sheet, None to detect them."""

    encoding: str | None = None
    sheet: str | None = None


AS_DETECTED = ReadAs()


@dataclass(frozen=True)
class ImportFile:
    """A file with known columns. `caption_row` is the number of the row with the captions, 0 if none has them."""

    kind: FileKind
    path: Path
    table: Table
    captions: list[str]
    caption_row: int = 0
    notes: list[Translated] = field(default_factory=list)
    footer: Footer = field(default_factory=Footer)
    unnamed: set[int] = field(default_factory=set)
    """The columns without caption in which rows have values, once the rows are read."""
    state: FileState | None = None
    """The state of the file before it was read."""

    @cached_property
    def recognized(self) -> list[Column]:
        """The columns that will be read."""
        found = self.kind.recognize(self.captions)
        return [column for column in found if self.is_own or column.field not in self.kind.own_fields]

    @cached_property
    def is_own(self) -> bool:
        """Whether Carnet exported it, so that its values are imported exactly."""
        return {*self.captions} - {*filter(is_of_rejects, self.captions)} == self.kind.own_captions

    @property
    def is_of_rejects(self) -> bool:
        """Whether an import wrote it: its rows were rejected before."""
        return any(map(is_of_rejects, self.captions))

    @property
    def is_complete(self) -> bool:
        """Whether it has the fields that files of its kind need."""
        return self.kind.is_complete({column.field for column in self.recognized})

    @property
    def columns(self) -> dict[str, str]:
        """The field of each caption."""
        return {column.caption: column.field for column in self.recognized}

    @property
    def unknown(self) -> list[str]:
        """The captions of columns that will not be read, without those that mean nothing outside the other program."""
        return [caption for _, caption in self.unknown_columns]

    @property
    def unknown_columns(self) -> list[tuple[int, str]]:
        """The position and the caption of each column of `unknown`."""
        return [(index, caption) for index, caption in self._not_read if not is_ignored(caption)]

    @property
    def ignored(self) -> list[str]:
        """The captions of columns that mean nothing outside the program that wrote them, such as keys of records."""
        return [caption for _, caption in self._not_read if is_ignored(caption)]

    @property
    def _not_read(self) -> list[tuple[int, str]]:
        read = {column.index for column in self.recognized}
        return [
            (index, caption)
            for index, caption in enumerate(self.captions)
            if caption and index not in read and not is_of_rejects(caption)
        ]

    @cached_property
    def repeated(self) -> list[list[Column]]:
        """The columns that have the same caption and field as others, together."""
        found = defaultdict[tuple[str, str], list[Column]](list)
        for column in self.recognized:
            found[column.field, normalized(column.caption)].append(column)
        return [columns for columns in found.values() if len(columns) > 1]

    @property
    def line_count(self) -> int:
        """An estimate of the number of rows, captions included, for progress."""
        return self.table.line_count

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not blank, with their numbers: in a spreadsheet, where the captions usually are row 1, or
        the lines of NDJSON. Raises `Refused` for a cell that cannot be read.
        """
        width = len(self.captions)
        unnamed = [index for index, caption in enumerate(self.captions) if not caption]
        below = (row for row in self.table.records() if row[0] > self.caption_row)
        try:
            for row_no, cells in _not_blank(below) if self.is_own else self.footer.without(below):
                if len(cells) < width:
                    self.table.check_short_row(row_no, cells, width)
                if unnamed:
                    self.unnamed.update(index for index in unnamed if "".join(cells[index : index + 1]).strip())
                yield row_no, cells
        except BrokenCell as broken:
            raise self.refused(broken) from broken
        except (OSError, UnicodeError) as error:  # it could be read when it was opened, so it changed
            raise Refused(FileChanged(file=self.path.name)) from error

    def check_unchanged(self) -> None:
        """Raise `Refused` if the file was changed since it was opened: rows are read several times."""
        try:
            is_changed = file_state(self.path) != self.state
        except OSError:
            is_changed = True
        if is_changed:
            raise Refused(FileChanged(file=self.path.name))

    def add_to_report(self, report: ImportReport) -> None:
        """Add to a report what was seen when the rows were read: values without caption, and a footer."""
        report.unknown_columns += map(column_letter, sorted(self.unnamed))
        report.notes += self.footer.notes()

    def refused(self, broken: BrokenCell) -> Refused:
        """The refusal for a cell that cannot be read."""
        named = dict(enumerate(self.captions)).get(broken.index) or column_letter(broken.index)
        return Refused(broken.refusal(file=self.path.name, row=broken.row_no, column=named, **broken.facts))


def open_file(path: Path, kind: FileKind, read_as: ReadAs = AS_DETECTED) -> ImportFile:
    """Detect the format and the columns of a file. Raises `Refused` if it cannot be read or is of another kind, with
    the command for the kind that it seems to be.
    """
    try:
        state = file_state(path)
        file = replace(_opened(path, kind, read_as), state=state)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(
            NotReadable(file=path.name, reason=Translated(reason, IN_FRENCH.get(error.errno or 0, reason)))
        ) from error
    found = None if file.is_own else other_kinds.other_kind(file.captions, kind.name)
    if found is not None:
        raise Refused(other_kinds.refusal(path.name, found=found, wanted=kind.name))
    if not file.is_complete:
        raise Refused(kind.not_recognized(file=path.name))
    return file


def _opened(path: Path, kind: FileKind, read_as: ReadAs) -> ImportFile:
    if json_lines.is_ndjson(path):
        lines = json_lines.JsonLines(path, kind.own_captions)
        return ImportFile(kind, path, lines, lines.captions)
    with path.open("rb") as opened:
        start = opened.read(100)
    for mark, refusal in NOT_TEXT.items():
        if start.startswith(mark):
            raise Refused(refusal(file=path.name))
    if workbooks.is_workbook(start):
        return _workbook(path, kind, read_as)
    if read_as.sheet is not None:
        raise Refused(NoSheets(file=path.name))
    return (_vcards if vcards.are_vcards(start) else _csv)(path, kind, read_as)


def _vcards(path: Path, kind: FileKind, read_as: ReadAs) -> ImportFile:
    """The cards of a file. Its encoding is checked line by line."""
    found = csv_opening.open_csv(path, read_as.encoding)
    lines = replace(found.tables[0], delimiter=NO_DELIMITER)
    try:
        found.check_encoding(lines)
    except BrokenCell as broken:
        raise ImportFile(kind, path, lines, []).refused(broken) from broken
    cards = vcards.open_cards(path, lines.codec)
    return ImportFile(kind, path, cards, cards.captions, notes=[*cards.notes])


def _workbook(path: Path, kind: FileKind, read_as: ReadAs) -> ImportFile:
    """The sheet of a workbook that has most known columns."""
    sheets = workbooks.sheets(path, read_as.sheet)
    files = [(_with_captions(kind, path, sheet), sheet) for sheet in sheets]
    file, read = max(files, key=lambda each: _fitness(each[0]))
    others = [sheet.name for sheet in sheets if sheet is not read]
    return replace(file, notes=[*workbooks.sheet_notes(read, others), *file.notes])


def _csv(path: Path, kind: FileKind, read_as: ReadAs) -> ImportFile:
    """The file, read with the delimiter that gives most columns."""
    found = csv_opening.open_csv(path, read_as.encoding)
    files = [(_with_captions(kind, path, table), table) for table in found.tables]
    file, table = max(files, key=lambda each: _fitness(each[0]))
    try:
        found.check_encoding(table)
    except BrokenCell as broken:
        raise file.refused(broken) from broken
    return file


def _not_blank(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    return (row for row in rows if not is_blank(row[1]))


def _fitness(file: ImportFile) -> tuple[bool, int, int]:
    """How well a way to read a file fits its kind."""
    return file.is_complete, len(file.recognized), len(file.captions)


def _with_captions(kind: FileKind, path: Path, table: Table) -> ImportFile:
    """The table with the row of captions that has most known ones. The first complete row counts, unless a later one
    has twice as many: a title may have the words of a caption, and so may a row of values.
    """
    rows: list[tuple[int, list[str]]] = []
    with suppress(BrokenCell):  # it is reported once the captions are known
        rows.extend(row for row in islice(table.records(), CAPTION_ROWS) if not is_blank(row[1]))
    candidates = [ImportFile(kind, path, table, _captions(cells), row_no) for row_no, cells in rows]
    best = candidates[0] if candidates else ImportFile(kind, path, table, [])
    for file in candidates[1:]:
        better = file.is_complete and not best.is_complete
        count, most = len({column.field for column in file.recognized}), len(best.recognized)
        if better or (file.is_complete == best.is_complete and count > most * (2 if best.is_complete else 1)):
            best = file
    above = [row_no for row_no, _ in rows if row_no < best.caption_row]
    return replace(best, notes=[*table.notes, *_caption_notes(best, above)])


def _captions(cells: Sequence[str]) -> list[str]:
    """The captions of a row, without blank ones at its end."""
    captions = [cell.strip() for cell in cells]
    while captions and not captions[-1]:
        captions.pop()
    return captions


def _caption_notes(file: ImportFile, above: Sequence[int]) -> Iterator[Translated]:
    if above:
        yield Translated(
            f"The captions are in row {file.caption_row}. The rows above were not read.",
            f"Les titres de colonne sont à la ligne {file.caption_row}. Les lignes au-dessus n’ont pas été lues.",
        )
    for columns in file.repeated:
        caption, letters = columns[0].caption, [column_letter(column.index) for column in columns]
        yield Translated(
            f"The caption {caption} is in the columns {', '.join(letters)}. Each row may have a value in one of them.",
            f"Le titre {caption} est celui des colonnes {', '.join(letters)}. Chaque ligne peut avoir une valeur dans "
            "l’une d’elles.",
        )
