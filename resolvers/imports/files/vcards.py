"""Reads vCards (2.1, 3.0 and 4.0) as rows with the captions of a Google export, which say the kind of each number."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import vobject
from vobject.base import Component, ContentLine, VObjectError

from resolvers.errors import Refused, Translated
from resolvers.imports.files.encoding_names import read_as_note
from resolvers.imports.files.refusals import BrokenCard

BEGINNING = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN:VCARD", re.IGNORECASE)
PROPERTY = re.compile(r"(?:[\w-]+\.)?([\w-]+)[;:]")
TECHNICAL = {
    "BEGIN",
    "END",
    "VERSION",
    "PRODID",
    "REV",
    "KIND",
    "X-ABSHOWAS",
    "X-ABLABEL",
    "X-ABADR",
    "SOURCE",
    "X-ADDRESSBOOKSERVER-KIND",
}
SEVERAL = {"TEL", "EMAIL", "ADR", "URL", "ORG", "TITLE"}
PREFERRED_ONLY = {"FN", "LANG"}
"""The properties of which a contact gets only the preferred one. Further ones have columns of their own."""

ADDRESS = {
    "Street": "street",
    "Extended Address": "extended",
    "PO Box": "box",
    "City": "city",
    "Region": "region",
    "Postal Code": "code",
    "Country": "country",
}
NAMES = {"First Name": "given", "Middle Name": "additional", "Last Name": "family", "Name Suffix": "suffix"}
CAPTIONS = {
    "FN": "Full Name",
    "NOTE": "Notes",
    "LANG": "Language",
    "BDAY": "Birthday",
    "PHOTO": "Photo",
    "UID": "UID",
    "CATEGORIES": "Categories",
    "NICKNAME": "Nickname",
    "ROLE": "Role",
    "ANNIVERSARY": "Anniversary",
    "LABEL": "Address label",
    "IMPP": "Instant messaging",
    "GEO": "Location",
    "TZ": "Time zone",
    "LOGO": "Logo",
    "SOUND": "Sound",
    "GENDER": "Gender",
    "RELATED": "Related",
}
"""The captions of properties; any other one has its own name as caption."""

PHONE_KINDS = (("fax", "Fax"), ("pager", "Pager"), ("cell", "Mobile"), ("iphone", "Mobile"), ("main", "Main"))
PLACES = (("work", "Work"), ("home", "Home"))
DATA = re.compile(r"(?:[\w-]+\.)?(PHOTO|LOGO|SOUND|KEY)[;:]", re.IGNORECASE)
"""Properties with pictures, sounds and keys, which are not read: one of them may have thousands of lines."""

GROUP_KINDS = {"KIND", "X-ADDRESSBOOKSERVER-KIND"}
GROUPS = (
    Translated("{} group of contacts was not imported.", "{} groupe de contacts n’a pas été importé."),
    Translated("{} groups of contacts were not imported.", "{} groupes de contacts n’ont pas été importés."),
)
APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")
URI_SCHEME = re.compile(r"(?:tel|mailto):", re.IGNORECASE)


@dataclass(frozen=True)
class CardTable:
    """A file of vCards. `captions` are those of all cards, `lines` the numbers of the lines with which cards begin."""

    path: Path
    codec: str
    captions: list[str]
    lines: Sequence[int]
    groups: int = 0

    @property
    def line_count(self) -> int:
        """The number of cards, and one for the captions of other formats."""
        return len(self.lines) + 1

    @property
    def notes(self) -> Sequence[Translated]:
        """The encoding, if it is not UTF-8, and how many groups there are, which are not contacts."""
        text = GROUPS[self.groups > 1]
        groups = [Translated(*(sentence.format(self.groups) for sentence in text))] if self.groups else []
        return [*read_as_note(self.codec), *groups]

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Each card with the number of the line with which it begins."""
        lines = iter(self.lines)
        line_no = 1
        with self.path.open(encoding=self.codec) as file:
            try:
                for card in vobject.readComponents(_WithoutData(file), allowQP=True):
                    line_no = next(lines, line_no)
                    if any(_is_group(line.name, str(line.value)) for line in _lines(card)):
                        continue
                    values = _values(card)
                    yield line_no, [values.get(caption, "") for caption in self.captions]
            except (VObjectError, ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
                broken = getattr(error, "lineNumber", None) or next(lines, line_no)
                raise Refused(BrokenCard(file=self.path.name, line=broken)) from error

    def check_short_row(self, row_no: int, cells: Sequence[str], width: int) -> None:
        """Nothing: all rows have the same number of cells."""


class _WithoutData:
    """The lines of a file with a short text in place of each picture, sound and key. Line numbers do not change."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._in_data, self._is_encoded = file, False, False

    def readline(self) -> str:
        """The next line, blank in the place of further lines of data."""
        line = self._file.readline()
        found = DATA.match(line)
        if found is not None:
            self._in_data, self._is_encoded = True, "ENCODING" in line.upper() or "BASE64" in line.upper()
            return f"{found[1]}:(data)\n"
        self._in_data = self._in_data and (
            line[:1] in (" ", "\t") or (self._is_encoded and ":" not in line and bool(line.strip()))
        )
        return "\n" if self._in_data else line


def are_vcards(start: bytes) -> bool:
    """Whether a file that begins so has vCards."""
    return BEGINNING.match(start.replace(b"\0", b"")) is not None


def open_cards(path: Path, codec: str) -> CardTable:
    """The cards of a file, whose properties are looked up first."""
    most, lines = Counter[str](), list[int]()
    in_card, depth, groups = Counter[str](), 0, 0
    with path.open(encoding=codec) as file:
        for line_no, name, line in _properties(file):
            if name == "BEGIN":
                depth += 1
                if depth == 1:
                    lines.append(line_no)
                    in_card.clear()
            elif name == "END":
                depth = max(0, depth - 1)
                most |= in_card
            elif depth == 1:
                in_card[name] += 1
                groups += _is_group(name, line.partition(":")[2])
    most |= in_card
    return CardTable(path, codec, _captions(most), lines, groups)


def _is_group(name: str, value: str) -> bool:
    """Whether a card with this property is a group of contacts."""
    return name in GROUP_KINDS and value.strip().lower() == "group"


def _properties(file: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """The number of each line that begins a property, the name of the property in capitals, and the line."""
    is_continued = False
    for line_no, line in enumerate(file, 1):
        found = None if is_continued or line[:1] in " \t" else PROPERTY.match(line.lstrip("\ufeff"))
        if found:
            yield line_no, found[1].upper(), line
        is_continued = line.rstrip("\r\n").endswith("=") and (is_continued or "QUOTED-PRINTABLE" in line.upper())


def _captions(most: Mapping[str, int]) -> list[str]:
    """The captions for the properties of all cards, of which a card has at most so many."""
    captions = ["Type"]
    for name, count in most.items():
        if name == "N":
            captions += [*NAMES, "Full Name"]
        elif name in SEVERAL:
            captions += [caption for no in range(1, count + 1) for caption in _captions_of(name, no)]
        elif name in PREFERRED_ONLY:
            captions += [CAPTIONS[name], *(f"{CAPTIONS[name]} {no}" for no in range(2, count + 1))]
        elif name not in TECHNICAL:
            captions.append(CAPTIONS.get(name, name))
    return [*dict.fromkeys(captions)]


def _captions_of(name: str, no: int) -> list[str]:
    if name == "ADR":
        return [f"Address {no} - {part}" for part in ("Label", *ADDRESS)]
    if name == "ORG":
        return [f"Organization {no} - Name", f"Organization {no} - Department"]
    caption = {"TEL": "Phone", "EMAIL": "E-mail", "URL": "Website", "TITLE": "Organization"}[name]
    if name == "TITLE":
        return [f"{caption} {no} - Title"]
    return [f"{caption} {no} - {part}" for part in (("Value",) if name == "URL" else ("Label", "Value"))]


def _values(card: Component) -> dict[str, str]:
    """The values of a card by caption."""
    values: dict[str, str] = {}
    labels = {
        line.group: APPLE_LABEL.sub(r"\1", _text(line.value)) for line in _lines(card) if line.name == "X-ABLABEL"
    }
    counts = Counter[str]()
    for line in sorted(_lines(card), key=lambda line: not _is_preferred(line)):
        counts[line.name] += 1
        for caption, text in _cells(line, counts[line.name], labels):
            if line.name in PREFERRED_ONLY and counts[line.name] > 1:
                caption = f"{caption} {counts[line.name]}"
            known = values.get(caption)
            values[caption] = f"{known}\n{text}" if known else text
    parts = [values.get(name, "") for name in NAMES]
    if not values.get("Full Name") and any(parts):
        prefix = next((_part(line.value, "prefix") for line in _lines(card) if line.name == "N"), "")
        if prefix:
            values["Full Name"] = " ".join(filter(None, [prefix, *parts]))
    values["Type"] = "Company" if _is_company(card, values, parts) else "Person"
    return values


def _is_company(card: Component, values: Mapping[str, str], parts: Sequence[str]) -> bool:
    kinds = {line.name: _text(line.value).lower() for line in _lines(card) if line.name in ("KIND", "X-ABSHOWAS")}
    company = values.get("Organization 1 - Name")
    return (
        kinds.get("KIND") in ("org", "organization")
        or kinds.get("X-ABSHOWAS") == "company"
        or (company is not None and not any(parts) and values.get("Full Name") in (None, "", company))
    )


def _cells(line: ContentLine, no: int, labels: Mapping[str | None, str]) -> Iterator[tuple[str, str]]:
    """The captions and texts of a property, the one of this number in its card."""
    name, value, types = line.name, line.value, _types(line)
    match name:
        case "N":
            yield from ((caption, _part(value, part)) for caption, part in NAMES.items())
        case "ADR":
            yield f"Address {no} - Label", labels.get(line.group) or _first(types, PLACES)
            yield from ((f"Address {no} - {caption}", _part(value, part)) for caption, part in ADDRESS.items())
        case "ORG":
            company, *units = value if isinstance(value, list) else [value]
            yield f"Organization {no} - Name", _text(company)
            yield f"Organization {no} - Department", ", ".join(filter(None, map(_text, units)))
        case "TITLE":
            yield f"Organization {no} - Title", _text(value)
        case "TEL":
            place, kind = _first(types, PLACES), _first(types, PHONE_KINDS)
            label = f"{place} {kind}".strip() if kind == "Fax" else kind or place
            yield f"Phone {no} - Label", label or labels.get(line.group, "")
            yield f"Phone {no} - Value", URI_SCHEME.sub("", _text(value)).replace(";ext=", " ext. ")
        case "EMAIL":
            yield f"E-mail {no} - Label", labels.get(line.group) or _first(types, PLACES)
            yield f"E-mail {no} - Value", URI_SCHEME.sub("", _text(value))
        case "URL":
            yield f"Website {no} - Value", _text(value)
        case _ if name not in TECHNICAL:
            yield CAPTIONS.get(name, name), _text(value)


def _lines(card: Component) -> list[ContentLine]:
    return [line for line in card.getChildren() if isinstance(line, ContentLine)]


def _types(line: ContentLine) -> set[str]:
    """The kinds of a property in small letters: `TYPE=WORK,VOICE`, or `WORK` alone as in version 2.1."""
    named = [kind for kinds in line.params.get("TYPE", []) for kind in kinds.split(",")]
    return {kind.strip().lower() for kind in (*named, *line.singletonparams)}


def _is_preferred(line: ContentLine) -> bool:
    return "pref" in _types(line) or line.params.get("PREF") == ["1"]


def _first(types: set[str], words: Sequence[tuple[str, str]]) -> str:
    return next((word for kind, word in words if kind in types), "")


def _part(value: object, part: str) -> str:
    """A part of a name or an address."""
    return _text(getattr(value, part, ""))


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    return str(value).strip()
