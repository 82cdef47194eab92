"""Reads NDJSON, a JSON object on each line, as rows of cells. `{"group": {"code": "X"}}` is a cell of `group.code`."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import orjson

from resolvers.errors import Refused, Translated
from resolvers.imports.files.refusals import BrokenLine, DeepLine, RepeatedName
from resolvers.unique_names import NameRepeated, unique

SUFFIXES = (".ndjson", ".jsonl")
END = {"cursor", "rows"}
"""The members of the last line of a stream, which is no row."""

MAX_LEVELS = 100
"""How many objects and lists of a line may be nested in one another. Python has another limit in each version."""

TEXT_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{}]')
LEVELS = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}


def is_ndjson(path: Path) -> bool:
    """Whether a file is NDJSON, by its name or its first character."""
    with path.open("rb") as file:
        return path.suffix.lower() in SUFFIXES or file.read(100).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


class JsonLines:
    """A file with a JSON object on each line. `captions` are the columns of all lines."""

    def __init__(self, path: Path, own: Collection[str]) -> None:
        """`own` are the columns that Carnet exports: those of an object that is null in every line, and those of a
        file without lines.
        """
        self.path = path
        self.captions, self._last_line = _columns(path, own)

    @property
    def line_count(self) -> int:
        """The number of lines, and one for the captions of other formats."""
        return self._last_line + 1

    @property
    def notes(self) -> Sequence[Translated]:
        """None: NDJSON is always UTF-8."""
        return ()

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """The number and the cells of each line."""
        for line_no, cells in _cells(self.path, _object):
            yield line_no, [cells.get(name) or "" for name in self.captions]

    def check_short_row(self, row_no: int, cells: Sequence[str], width: int) -> None:
        """Nothing: all rows have the same number of cells."""


def _columns(path: Path, own: Collection[str]) -> tuple[list[str], int]:
    found: dict[str, bool] = {}
    last_line = 0
    for line_no, cells in _cells(path, _object_with_unique_names):
        last_line = line_no
        for name, value in cells.items():
            found[name] = found.get(name, False) or value is not None
    for name in [name for name, has_value in found.items() if not has_value]:
        parts = [each for each in (*found, *own) if each.startswith(f"{name}.")]
        if parts:
            del found[name]
            found.update(dict.fromkeys(parts, True))
    return list(found or own), last_line


def _cells(path: Path, parse: Callable[[bytes], dict[str, object]]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The number of each line and its values by column. Raises `Refused` for a line that is not a JSON object, is
    nested too deeply, or has a name more than once.
    """
    with path.open("rb") as file:
        for line_no, line in enumerate(file, 1):
            text = line.removeprefix(b"\xef\xbb\xbf").strip() if line_no == 1 else line.strip()
            if not text:
                continue
            if _is_deep(text):
                raise Refused(DeepLine(file=path.name, line=line_no, most=MAX_LEVELS))
            try:
                found = parse(text)
                if found.keys() != END:
                    yield line_no, unique([*_flat(found, "")])
            except NameRepeated as repeated:
                raise Refused(RepeatedName(file=path.name, line=line_no, key=str(repeated))) from None
            except ValueError:
                raise Refused(BrokenLine(file=path.name, line=line_no)) from None


def _is_deep(text: bytes) -> bool:
    """Whether a line has more than `MAX_LEVELS` levels. Nearly all lines have fewer brackets than that."""
    if text.count(b"{") + text.count(b"[") <= MAX_LEVELS:
        return False
    levels = accumulate(LEVELS.get(found, 0) for found in TEXT_OR_BRACKET.findall(text))
    return any(level > MAX_LEVELS for level in levels)


def _object(text: bytes) -> dict[str, object]:
    found = orjson.loads(text)
    if not isinstance(found, dict) or b"\\u0000" in text:
        raise ValueError(text)
    return found


def _object_with_unique_names(text: bytes) -> dict[str, object]:
    """The same, more slowly: of members with the same name, orjson only keeps the last one."""
    found = _object(text)
    json.loads(text, object_pairs_hook=unique)
    return found


def _flat(value: dict[str, object], prefix: str) -> Iterator[tuple[str, str | None]]:
    for name, inside in value.items():
        if isinstance(inside, dict):
            yield from _flat(inside, f"{prefix}{name}.")
        elif inside is None or isinstance(inside, str):
            yield prefix + name, inside
        else:
            yield prefix + name, json.dumps(inside, ensure_ascii=False)
