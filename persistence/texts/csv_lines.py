"""CSV as PostgreSQL writes it: values are quoted only if they need it, and lines end with a line feed."""

import csv
from collections.abc import Iterable, Sequence
from typing import Protocol


class CsvLines:
    """Turns rows into lines of CSV. None is an empty field."""

    def __init__(self, delimiter: str) -> None:
        self._lines: list[str] = []
        # The writer quotes carriage returns and line feeds only if they are in its own line ends.
        self._writer: _Writer = csv.writer(_Output(self._lines), delimiter=delimiter, lineterminator="\r\n")

    def encode(self, rows: Iterable[Sequence[object]]) -> bytes:
        """The lines of these rows, in UTF-8."""
        self._writer.writerows(rows)
        text = "".join([line[:-2] + "\n" for line in self._lines])
        self._lines.clear()
        return text.encode()


class _Writer(Protocol):
    def writerows(self, rows: Iterable[Sequence[object]], /) -> None: ...


class _Output:
    """The file of a `csv.writer`, which writes each line by itself."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append
