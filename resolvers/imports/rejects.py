"""The files that an import writes beside its work: the rows that it rejects, and all messages about rows.

A file of rejected rows has the columns of the imported file, and before them the columns of `NAMES`, which an import
of the corrected rows ignores.
"""

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TextIO

from resolvers.errors import Translated
from resolvers.imports.row_messages import MessageKind, StoredMessage
from resolvers.imports.values.escapes import guarded

ENCODING = "utf-8-sig"
NAMES = (Translated("Row (Carnet{})", "Ligne (Carnet{})"), Translated("Error (Carnet)", "Erreur (Carnet)"))
"""The captions of the columns before those of the imported file. `{}` are the formats of that file: the rejected rows
alone may not show them.
"""

_CAPTION = re.compile(r"\s*(?:row|ligne|error|erreur)\s*\(carnet(?P<formats>(?:\s+[a-z]+)*)\)\s*", re.IGNORECASE)
_KIND = {MessageKind.ERROR: Translated("error", "erreur"), MessageKind.NOTE: Translated("note", "remarque")}
_MESSAGE_CAPTIONS = (
    Translated("Row", "Ligne"),
    Translated("Column", "Colonne"),
    Translated("Kind", "Genre"),
    Translated("Message", "Message"),
)


@dataclass(frozen=True)
class Outputs:
    """The files that an import writes. With `rejects` it imports the other rows of a file with errors. Without it, a
    file is imported completely or not at all.
    """

    rejects: Path | None = None
    messages: Path | None = None


NO_OUTPUTS = Outputs()


def is_of_rejects(caption: str) -> bool:
    """Whether a column of a file of rejected rows is not one of the imported file."""
    return _CAPTION.fullmatch(caption) is not None


def formats_of(captions: Iterable[str]) -> set[str]:
    """The formats that the captions of a file of rejected rows name, such as `dmy` and `comma`."""
    found = [_CAPTION.fullmatch(caption) for caption in captions]
    return {name for each in found if each for name in each["formats"].lower().split()}


def write_rejects(
    path: Path,
    captions: Sequence[str],
    rows: Iterable[tuple[int, list[str]]],
    errors: Iterator[StoredMessage],
    *,
    delimiter: str,
    formats: Iterable[str],
    exactly: bool,
    french: bool,
) -> None:
    """Write the rows that have errors, with their cells as they were read, but formulas with an apostrophe before them,
    unless the rows are to be read `exactly`. Both iterables are in the order of rows.
    """
    guard: Callable[[str], str] = (lambda cell: cell) if exactly else guarded
    kept = [index for index, caption in enumerate(captions) if not is_of_rejects(caption)]
    language = int(french)
    named = "".join(f" {name}" for name in formats)
    with _synced_file(path) as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(
            [*(name[language].format(named) for name in NAMES), *(guard(captions[index]) for index in kept)]
        )
        numbered = iter(rows)
        for row_no, messages in groupby(errors, lambda message: message.row_no):
            cells = next((cells for number, cells in numbered if number == row_no), [])
            beyond = cells[len(captions) :]
            own = [cells[index] if index < len(cells) else "" for index in kept]
            writer.writerow([row_no, guarded(_reasons(messages, french=french)), *map(guard, [*own, *beyond])])


def write_messages(path: Path, messages: Iterable[StoredMessage], *, french: bool) -> None:
    """Write all messages about rows."""
    language = int(french)
    with _synced_file(path) as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([caption[language] for caption in _MESSAGE_CAPTIONS])
        for message in messages:
            kind = _KIND[MessageKind(message.kind)]
            caption, text = guarded(message.caption or ""), guarded(_text(message, french=french))
            writer.writerow([message.row_no, caption, kind[language], text])


@contextmanager
def _synced_file(path: Path) -> Iterator[TextIO]:
    """Opens a file for writing. It is on the disk when the block ends, before the import is committed."""
    with path.open("w", encoding=ENCODING, newline="") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _reasons(messages: Iterable[StoredMessage], *, french: bool) -> str:
    """The errors of a row, each with its column."""
    before = "\u00a0: " if french else ": "
    reasons = ((f"{each.caption}{before}" if each.caption else "") + _text(each, french=french) for each in messages)
    return " ".join(dict.fromkeys(reasons))


def _text(message: StoredMessage, *, french: bool) -> str:
    return message.french if french else message.english
