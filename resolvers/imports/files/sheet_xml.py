"""What the library for workbooks does not tell of a sheet: errors, zeros before numbers, formulas without a value, and
how many cells it would hold in memory.
"""

import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree import ElementTree

BLOCK = 1 << 20
MAX_ROW_BYTES = 1 << 26
MAX_STYLES_BYTES = 1 << 24

MAX_CELLS = 30_000_000
"""The largest area of a sheet. The library holds all cells between the first and the last one in memory."""

REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
BEYOND_Z = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{2,9})[0-9]""")
ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,9})"')
ROW_OF_CELL = rb"""\br\s*=\s*["'][A-Za-z]{1,9}([0-9]{%d,})"""
"""Matches the row in the reference of a cell, if it has at least so many digits. Cells need not be in the row that
encloses them.
"""

COUNT = re.compile(rb"""\b(?:uniqueC|c)ount\s*=\s*["']([0-9]{1,18})""")
COLUMNS_TO_Z = 26
MAX_DIGITS = 18
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>(?=(.{0,64}))", re.DOTALL)
STYLE = re.compile(rb'\bs="([0-9]+)"')
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})<")
FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
PADDED = re.compile(r'"?(0{2,20})"?(?:;@)?')


@dataclass
class SheetFacts:
    """`area` is the number of cells between the first one and the last. `shown` has for cells, by row and column, the
    error that they have instead of a value, or how many digits their number is shown with. `formula` is the first cell
    with a formula that no program has computed.
    """

    area: int = 0
    shown: dict[int, dict[int, str | int]] = field(default_factory=lambda: defaultdict(dict))
    formula: tuple[int, int] | None = None


class Parts:
    """The XML parts of a workbook."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        for member in archive.infolist():
            if member.filename.startswith("xl/") and not member.filename.startswith("xl/media/"):
                with archive.open(member) as part:  # a wrong size is an error here, before the library relies on it
                    start = part.read(BLOCK)
                    while part.read(BLOCK):
                        pass
                if any(int(count) > member.file_size for count in COUNT.findall(start)):
                    raise zipfile.BadZipFile(member.filename)  # the library reserves memory for so many texts

    @cached_property
    def paths(self) -> dict[str, str]:
        """The path of each sheet by its name."""
        targets = {each.get("Id", ""): each.get("Target", "") for each in self._elements("xl/_rels/workbook.xml.rels")}
        found = {}
        for element in self._elements("xl/workbook.xml"):
            if element.tag.endswith("}sheet"):
                key = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
                target = targets.get(key, "")
                if "worksheet" in target:
                    found[element.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return found

    def facts(self, sheet: str) -> SheetFacts:
        """What a sheet has."""
        facts, rows, columns = SheetFacts(), 0, COLUMNS_TO_Z
        far = _far_rows(columns)
        for rows_xml in self._rows(self.paths[sheet]):
            rows = max(rows, rows_xml.count(b"<row"), *map(int, ROW.findall(rows_xml[-200_000:])), *far(rows_xml), 0)
            columns = max(columns, *(_index(letters) + 1 for letters in {*BEYOND_Z.findall(rows_xml)}), 0)
            self._look(rows_xml, facts)
        if columns > COLUMNS_TO_Z:
            far = _far_rows(columns)
            rows = max(rows, *(row for rows_xml in self._rows(self.paths[sheet]) for row in far(rows_xml)), 0)
        facts.area = rows * columns
        return facts

    def _look(self, rows_xml: bytes, facts: SheetFacts) -> None:
        if b't="e"' in rows_xml or any(b's="%d"' % style in rows_xml for style in self._padded):
            for attributes, content in CELL.findall(rows_xml):
                place, style, value = REFERENCE.search(attributes), STYLE.search(attributes), VALUE.search(content)
                if place is None:
                    continue
                if b't="e"' in attributes:
                    shown: str | int | None = value[1].decode() if value else "#N/A"
                else:
                    shown = self._padded.get(int(style[1])) if style else None
                if shown is not None:
                    facts.shown[int(place[2])][_index(place[1])] = shown
        if facts.formula is None and b"<f" in rows_xml:
            for attributes in FORMULA.findall(rows_xml):
                place = REFERENCE.search(attributes)
                if place and b't="str"' not in attributes:
                    facts.formula = int(place[2]), _index(place[1])
                    return

    @cached_property
    def _padded(self) -> dict[int, int]:
        """The styles that show numbers with zeros before them, and with how many digits."""
        codes, styles = dict[str, str](), dict[int, int]()
        for element in self._elements("xl/styles.xml"):
            name = element.tag.rpartition("}")[2]
            if name == "numFmt":
                codes[element.get("numFmtId", "")] = element.get("formatCode", "")
            if name == "cellXfs":
                for index, style in enumerate(element):
                    found = PADDED.fullmatch(codes.get(style.get("numFmtId", ""), ""))
                    if found:
                        styles[index] = len(found[1])
        return styles

    def _elements(self, part: str) -> Iterator[ElementTree.Element]:
        try:
            member = self._archive.getinfo(part)
        except KeyError:
            return
        if member.file_size > MAX_STYLES_BYTES:
            raise zipfile.BadZipFile(part)
        yield from ElementTree.fromstring(self._archive.read(member)).iter()

    def _rows(self, part: str) -> Iterator[bytes]:
        """The XML of a sheet in pieces that end with a row."""
        rest = b""
        with self._archive.open(part) as file:
            while block := file.read(BLOCK):
                rest += block
                end = rest.rfind(b"row>")
                if end >= 0:
                    yield rest[: end + 4]
                    rest = rest[end + 4 :]
                elif len(rest) > MAX_ROW_BYTES:
                    raise zipfile.BadZipFile(part)
        yield rest


def _far_rows(columns: int) -> Callable[[bytes], set[int]]:
    """Finds the rows of cells that alone may make the area of a sheet with so many columns too large. All others are
    not looked at, because a sheet has millions of cells.
    """
    pattern = re.compile(ROW_OF_CELL % len(str(MAX_CELLS // columns)))
    return lambda rows_xml: {int(row[:MAX_DIGITS]) for row in {*pattern.findall(rows_xml)}}


def _index(letters: bytes) -> int:
    """The index of a column by its letters."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1
