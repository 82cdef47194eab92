"""Chooses from the telephone numbers, e-mail addresses, postal addresses and so on of a row those that a contact keeps.

A row may have more of them than a contact: the preferred one is stored, and the report names the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from persistence.sql.folding import fold
from resolvers.errors import Translated
from resolvers.imports.columns import Column, normalized
from resolvers.imports.contacts.address_captions import KINDS, LABELS
from resolvers.imports.contacts.captions import CAPTIONS
from resolvers.imports.contacts.cells import MAX_LENGTHS, parse
from resolvers.imports.contacts.enum_words import PHONE_KINDS
from resolvers.imports.contacts.row_notes import (
    EXCHANGE,
    FAX,
    LONG_ADDRESS,
    NO_EXTENSION,
    ONE_ADDRESS,
    ONE_COMPANY,
    ONE_EMAIL,
    ONE_HOME_PAGE,
    ONE_JOB_TITLE,
    ONE_PHONE,
    SHORTENED,
    filled,
)
from resolvers.imports.contacts.several_values import (
    SEVERAL,
    company_names,
    emails,
    home_pages,
    is_exchange_address,
    phone_nos,
)
from resolvers.imports.rows import RowReader, Values
from resolvers.imports.values.cells import InvalidCell, is_comment_flag
from resolvers.imports.values.shortening import shortened

ASSOCIATED = {"associatedcompany", "entrepriseassociee", "societeassociee"}
"""Captions of columns in which HubSpot writes several companies, separated by semicolons."""

LABEL_RANKS = {kind: rank for rank, kind in enumerate(("work", "main", "", "home"))}
ADDRESS_LINES = ("address", "address_2", "address_3", "po_box")
ADDRESS_PARTS = (*ADDRESS_LINES, "whole", "post_code", "city", "country_code")


@dataclass(frozen=True)
class Source:
    """A column from which a value may be taken. `order` is its place in the order of preference."""

    field: str
    caption: str
    order: int
    label: str | None = None
    """The field that says what the value is, such as `2.phone_label`."""


class Choosing:
    """Chooses the values of rows. Removes the further fields, such as `home.phone_no`, from the values of a row."""

    def __init__(self, columns: Sequence[Column], reader: RowReader) -> None:
        self._reader = reader
        captions = {column.field: column.caption for column in reversed(columns)}
        self._captions = captions
        self._phones = _sources(captions, "phone_no", "phone_label")
        self._mobiles = _sources(captions, "mobile_phone_no")
        self._emails = _sources(captions, "email", "email_label")
        self._pages = _sources(captions, "home_page")
        self._companies = _sources(captions, "company_name")
        self._titles = _sources(captions, "job_title")
        self._notes = _sources(captions, "notes")
        self._addresses = _address_sources(captions)

    def choose(self, row_no: int, given: Values) -> None:
        """Put the values that are stored into the fields of the table."""
        if self._phones or self._mobiles:
            self._choose_phones(row_no, given)
        if self._emails:
            self._choose_email(row_no, given)
        if self._addresses:
            self._choose_address(row_no, given)
        if self._pages:
            pages = [(source, page) for source, cell in _taken(given, self._pages) for page in home_pages(cell)]
            self._take_first(row_no, given, "home_page", pages, ONE_HOME_PAGE)
        if self._companies:
            self._choose_company(row_no, given)
        if self._titles or self._notes:
            self._choose_texts(row_no, given)

    def _choose_phones(self, row_no: int, given: Values) -> None:
        extension = given.pop("extension", None)
        phones: list[tuple[int, Source, str]] = []
        mobiles: list[tuple[int, Source, str]] = []
        for source in self._phones:
            kind = _phone_kind(given, source)
            for source_, cell in _taken(given, (source,)):
                if kind == "fax":
                    self._leave_out(row_no, source_, cell, FAX)
                    continue
                rank = source.order if source.label is None else 100 * LABEL_RANKS.get(kind, 4) + source.order
                (mobiles if kind == "mobile" else phones).extend((rank, source_, no) for no in phone_nos(cell))
        for source, cell in _taken(given, self._mobiles):
            mobiles.extend((-1, source, no) for no in phone_nos(cell))
        for field, found in (("phone_no", phones), ("mobile_phone_no", mobiles)):
            ranked = sorted(found, key=lambda each: each[0])
            self._take_first(row_no, given, field, [(source, no) for _, source, no in ranked], ONE_PHONE)
        if extension is not None:
            self._add_extension(row_no, given, str(extension).strip())

    def _add_extension(self, row_no: int, given: Values, extension: str) -> None:
        """Put an extension that has its own column behind the telephone number."""
        try:
            given["phone_no"] = parse("phone_no", f"{given['phone_no']} ext. {extension}")
        except (KeyError, InvalidCell):
            self._reader.add_note(row_no, self._captions["extension"], *filled(NO_EXTENSION, extension))

    def _choose_email(self, row_no: int, given: Values) -> None:
        found: list[tuple[bool, Source, str]] = []
        for source in self._emails:
            label = fold(str(given.pop(source.label, ""))) if source.label else ""
            for source_, cell in _taken(given, (source,)):
                if is_exchange_address(cell) or (label == "ex" and "@" not in cell):
                    self._leave_out(row_no, source_, cell, EXCHANGE)
                else:
                    found.extend((not label.startswith("*"), source_, address) for address in emails(cell))
        ranked = sorted(found, key=lambda each: each[0])
        self._take_first(row_no, given, "email", [(source, address) for _, source, address in ranked], ONE_EMAIL)

    def _choose_company(self, row_no: int, given: Values) -> None:
        names = [
            (source, name)
            for source, cell in _taken(given, self._companies)
            for name in (company_names(cell) if normalized(source.caption) in ASSOCIATED or SEVERAL in cell else [cell])
        ]
        self._take_first(row_no, given, "company_name", names, ONE_COMPANY)

    def _choose_texts(self, row_no: int, given: Values) -> None:
        """Take the job title and the notes. The notes keep the whole of a job title that is too long."""
        notes = [cell for source, cell in _taken(given, self._notes) if not is_comment_flag(source.caption, cell)]
        titles = [
            (source, title.strip()) for source, cell in _taken(given, self._titles) for title in cell.split(SEVERAL)
        ]
        if titles and len(titles[0][1]) > MAX_LENGTHS["job_title"]:
            source, title = titles[0]
            titles[0] = source, shortened(title, MAX_LENGTHS["job_title"])
            notes.append(f"{source.caption}: {title}")
            self._leave_out(row_no, source, titles[0][1], SHORTENED)
        self._take_first(row_no, given, "job_title", titles, ONE_JOB_TITLE)
        if notes:
            caption = self._notes[0].caption if self._notes else titles[0][0].caption
            self._put(row_no, given, "notes", "\n\n".join(note.strip() for note in notes), caption)

    def _choose_address(self, row_no: int, given: Values) -> None:
        """Take the preferred address that is complete, else the preferred one: never parts of two addresses."""
        found: list[tuple[int, dict[str, tuple[Source, str]]]] = []
        for kind, sources in self._addresses:
            label = fold(str(given.pop(f"{kind}.label", ""))).strip("* ")
            parts = {source.field.rpartition(".")[2]: (source, cell) for source, cell in _taken(given, sources)}
            if parts:
                rank = 1 if label in LABELS["home"] else 2 if label and label not in LABELS["business"] else 0
                found.append((rank, parts))
        found.sort(key=lambda each: each[0])
        complete = [parts for _, parts in found if _is_complete(parts)]
        chosen = next(iter(complete), found[0][1] if found else {})
        for _, parts in found:
            if parts is not chosen:
                source, _ = next(iter(parts.values()))
                self._leave_out(row_no, source, _in_one_line(parts), ONE_ADDRESS)
        if chosen:
            self._put_address(row_no, given, chosen)

    def _put_address(self, row_no: int, given: Values, parts: dict[str, tuple[Source, str]]) -> None:
        if "whole" in parts:
            source, whole = parts.pop("whole")
            if "address" not in parts:
                parts = {name: part for name, part in parts.items() if not _repeats(name, part[1], whole)}
                parts["address"] = source, whole
            elif not _words(whole) <= _words(" ".join(cell for _, cell in parts.values())):
                self._leave_out(row_no, source, _one_line(whole), ONE_ADDRESS)
        lines = [parts[name] for name in ADDRESS_LINES if name in parts]
        while len(lines) > 1 and len(", ".join(_one_line(cell) for _, cell in lines)) > MAX_LENGTHS["address"]:
            source, cell = lines.pop()
            self._leave_out(row_no, source, _one_line(cell), LONG_ADDRESS)
        if lines:
            text = ", ".join(_one_line(cell) for _, cell in lines)
            self._put(row_no, given, "address", text, lines[0][0].caption)
        for name in ("city", "post_code", "country_code"):
            if name in parts:
                source, cell = parts[name]
                self._put(row_no, given, name, cell, source.caption)

    def _take_first(
        self, row_no: int, given: Values, field: str, found: Sequence[tuple[Source, str]], others: Translated
    ) -> None:
        """Store the first value, and report the others that differ from it."""
        if len(found) == 1:
            source, text = found[0]
            if text:
                self._put(row_no, given, field, text, source.caption)
            return
        seen: set[str] = set()
        for source, text in found:
            key = normalized(text) or text
            if not text or key in seen:
                continue
            if seen:
                self._leave_out(row_no, source, text, others)
            else:
                self._put(row_no, given, field, text, source.caption)
            seen.add(key)

    def _put(self, row_no: int, given: Values, field: str, text: str, caption: str) -> None:
        try:
            value = parse(field, text)
        except InvalidCell as invalid:
            self._reader.add_error(row_no, caption, invalid)
        else:
            if value is not None:
                given[field] = value

    def _leave_out(self, row_no: int, source: Source, text: str, why: Translated) -> None:
        self._reader.add_note(row_no, source.caption, *filled(why, text))


def _taken(given: Values, sources: Sequence[Source]) -> list[tuple[Source, str]]:
    """Remove the values of these columns from the row, and return them."""
    return [(source, str(given.pop(source.field))) for source in sources if source.field in given]


def _sources(captions: dict[str, str], field: str, label: str | None = None) -> list[Source]:
    """The columns for a field: that of the table, those named in CAPTIONS, in this order, then the numbered ones."""
    named = [name for name in CAPTIONS if name.rpartition(".")[2] == field]
    named.sort(key=lambda name: name != field)
    numbered = sorted(
        (name for name in captions if name.rpartition(".")[2] == field and name.partition(".")[0].isdigit()),
        key=lambda name: int(name.partition(".")[0]),
    )
    found = [name for name in (*named, *numbered) if name in captions]
    labels = {name: f"{name.partition('.')[0] if '.' in name else 1}.{label}" for name in found}
    return [
        Source(name, captions[name], order, labels[name] if labels[name] in captions else None)
        for order, name in enumerate(found)
    ]


def _address_sources(captions: dict[str, str]) -> list[tuple[str, list[Source]]]:
    """The columns of each kind of address, the preferred kinds first."""
    found = []
    for kind in ("", *KINDS):
        fields = [f"{kind}.{part}" if kind else part for part in ADDRESS_PARTS]
        sources = [Source(field, captions[field], order) for order, field in enumerate(fields) if field in captions]
        if sources:
            found.append((kind, sources))
    return found


def _phone_kind(given: Values, source: Source) -> str:
    label = fold(str(given.pop(source.label, ""))) if source.label else ""
    return PHONE_KINDS.get(label.strip("* "), "" if not label.strip("* ") else "other")


def _is_complete(parts: dict[str, tuple[Source, str]]) -> bool:
    """Whether an address has a street and a place."""
    return "whole" in parts or (bool(parts.keys() & {*ADDRESS_LINES}) and bool(parts.keys() & {"city", "post_code"}))


def _in_one_line(parts: dict[str, tuple[Source, str]]) -> str:
    """All parts of an address. The whole address comes before them, unless the parts have all its words."""
    cells = [parts[name][1] for name in ADDRESS_PARTS if name in parts and name != "whole"]
    whole = parts["whole"][1] if "whole" in parts else ""
    return ", ".join(map(_one_line, cells if _words(whole) <= _words(" ".join(cells)) else [whole, *cells]))


def _repeats(name: str, cell: str, whole: str) -> bool:
    """Whether a part is a line of the address that the whole address contains already."""
    return name in ADDRESS_LINES and _words(cell) <= _words(whole)


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _words(text: str) -> set[str]:
    return {*fold(text).replace(",", " ").split()}
