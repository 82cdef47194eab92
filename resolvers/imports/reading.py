"""Opens files: NDJSON, or CSV whose encoding, delimiter and columns are detected."""

import codecs
import csv
import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from resolvers.errors import Refusal, Refused, Translated
from resolvers.imports import json_lines
from resolvers.imports.columns import Column
from resolvers.imports.ignored_columns import is_ignored
from resolvers.imports.report import BrokenRow, NotReadable, NotText

BLOCK = 1 << 20
DELIMITERS = ",;\t"
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
UNMARKED = ("utf-8", "cp1252")
NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")

IN_FRENCH = {
    errno.ENOENT: "ce fichier n’existe pas",
    errno.EACCES: "l’accès est refusé",
    errno.EISDIR: "c’est un dossier",
}
"""French for the reasons why a file cannot be read; the system's own messages are English."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file: how its captions become columns, which fields it needs at least, and the refusal if they are
    missing. `own_captions` are those of files that Carnet itself exported; only these have the fields `own_fields`.
    """

    recognize: Callable[[Sequence[str]], list[Column]]
    is_complete: Callable[[set[str]], bool]
    not_recognized: type[Refusal]
    own_captions: frozenset[str] = frozenset()
    own_fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ImportFile:
    """A file with known columns. `line_count` estimates its lines, captions included, for progress."""

    kind: FileKind
    path: Path
    captions: list[str]
    line_count: int

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """The rows with their numbers, as users count them."""
        raise NotImplementedError

    @cached_property
    def recognized(self) -> list[Column]:
        """The columns that will be read."""
        found = self.kind.recognize(self.captions)
        return [column for column in found if self.is_own or column.field not in self.kind.own_fields]

    @property
    def is_own(self) -> bool:
        """Whether Carnet exported it, to be taken back exactly."""
        return {*self.captions} == self.kind.own_captions

    @property
    def columns(self) -> dict[str, str]:
        """The field of each caption."""
        return {column.caption: column.field for column in self.recognized}

    @property
    def unknown(self) -> list[str]:
        """The captions of columns that will not be read, without those that mean nothing outside the other program."""
        return [caption for caption in self._not_read if not is_ignored(caption)]

    @property
    def ignored(self) -> list[str]:
        """The captions of columns that mean nothing outside the program that wrote them, such as keys of records."""
        return [caption for caption in self._not_read if is_ignored(caption)]

    @property
    def _not_read(self) -> list[str]:
        read = {column.index for column in self.recognized}
        return [caption for index, caption in enumerate(self.captions) if caption and index not in read]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not blank, with their numbers: in a spreadsheet, where the captions usually are row 1, or
        the lines of NDJSON.
        """
        return ((row_no, cells) for row_no, cells in self.records() if not _blank(cells))


@dataclass(frozen=True)
class CsvFile(ImportFile):
    """A CSV file."""

    encoding: str
    delimiter: str

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the captions."""
        return islice(_records(self.path, self.encoding, self.delimiter), 1, None)


class NdjsonFile(ImportFile):
    """A file with a JSON object on each line."""

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """The lines."""
        return json_lines.records(self.path, self.captions)


def open_file(path: Path, kind: FileKind) -> ImportFile:
    """Detect the format and the columns of a file. Raises `Refused` if it cannot be read or is of another kind."""
    try:
        files: Sequence[ImportFile] = [_ndjson(kind, path)] if json_lines.is_ndjson(path) else _csv(kind, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(
            NotReadable(file=path.name, reason=Translated(reason, IN_FRENCH.get(error.errno or 0, reason)))
        ) from error
    file = max(files, key=lambda file: (len(file.recognized), len(file.captions)))
    if not kind.is_complete({column.field for column in file.recognized}):
        raise Refused(kind.not_recognized(file=path.name))
    return file


def _ndjson(kind: FileKind, path: Path) -> NdjsonFile:
    captions, line_count = json_lines.captions(path, kind.own_captions)
    return NdjsonFile(kind, path, captions, line_count + 1)


def _csv(kind: FileKind, path: Path) -> list[CsvFile]:
    """The file, read with each delimiter."""
    encoding, line_count = _encoding(path)
    return [_with_delimiter(kind, path, encoding, delimiter, line_count) for delimiter in DELIMITERS]


def _encoding(path: Path) -> tuple[str, int]:
    """The encoding by the byte order mark, else UTF-8 if valid, else Windows-1252. Also the number of lines."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(NOT_TEXT):
        raise Refused(NotText(file=path.name))
    marked = [encoding for mark, encoding in BYTE_ORDER_MARKS.items() if start.startswith(mark)]
    for encoding in marked or UNMARKED:
        line_count = _lines_in(path, encoding)
        if line_count is not None:
            return encoding, line_count
    raise Refused(NotText(file=path.name))


def _lines_in(path: Path, encoding: str) -> int | None:
    """The number of lines, None if the file is not in this encoding."""
    lines = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            while block := file.read(BLOCK):
                if "\0" in block:
                    return None
                lines += block.count("\n") or block.count("\r")
    except UnicodeError:
        return None
    return lines


def _with_delimiter(kind: FileKind, path: Path, encoding: str, delimiter: str, line_count: int) -> CsvFile:
    _, captions = next(_records(path, encoding, delimiter), (0, []))
    return CsvFile(kind, path, [caption.strip() for caption in captions], line_count, encoding, delimiter)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The captions, then the rows, read one at a time. The first line `sep=;` that Excel writes is not a row."""
    row_no, captions_seen = 0, False
    with path.open(encoding=encoding, newline="") as file:
        records = csv.reader(file, delimiter=delimiter)
        try:
            for cells in records:
                if row_no == 0 and cells and cells[0].lower().startswith("sep="):
                    continue
                row_no += 1
                captions_seen = captions_seen or not _blank(cells)
                if captions_seen:
                    yield row_no, cells
        except csv.Error as error:
            raise Refused(BrokenRow(file=path.name, row=row_no, reason=error)) from error


def _blank(cells: list[str]) -> bool:
    return not any(cell and not cell.isspace() for cell in cells)
