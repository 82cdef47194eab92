"""vCards of versions 2.1, 3.0 and 4.0."""

from pathlib import Path

import pytest

from persistence.contacts import Contact
from resolvers.errors import Refused
from resolvers.imports.contacts.columns import CONTACT_LIST
from resolvers.imports.interactions.columns import INTERACTION_LIST
from resolvers.imports.reading import ImportFile, ReadAs, open_file
from resolvers.work import Work
from tests import records
from tests.resolvers.imports.importing_contacts import imported, stored

PHONE = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=42=C3=A9rub=C3=A9;=C3=89lise;;Dr.;
TEL;CELL;VOICE:+1 514 555 0101
TEL;WORK;FAX:+1 514 555 0102
TEL;WORK;PREF:+1 514 555 0104
EMAIL;HOME:home@x.example
EMAIL;WORK;PREF:work@x.example
ADR;WORK;ENCODING=QUOTED-PRINTABLE:;;2 rue B=0D=0ASuite 3;Laval;QC;H7N 1A1;Canada
ORG;ENCODING=QUOTED-PRINTABLE:Caf=C3=A9;Ventes
TITLE:Directrice
NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0A=
two
BDAY:1980-02-03
PHOTO;JPEG;ENCODING=BASE64:
 /9j/4AAQ
 AAAA

END:VCARD
"""
APPLE = """BEGIN:VCARD
VERSION:3.0
FN:Firm Only
N:;;;;
ORG:Firm Only;
item1.TEL:+33 1 23 45 67 89
item1.X-ABLabel:_$!<Main>!$_
NOTE:a\\, b\\nc fol
 ded
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Nord;Ann;;;
END:VCARD
"""
NEW = """BEGIN:VCARD
VERSION:4.0
FN:Ann Nord
TEL;VALUE=uri;TYPE="voice,work":tel:+1-514-555-5555;ext=102
ADR;LABEL="x":;;1 St,Suite 2;City;;123;CA
URL:https://x.example
LANG:fr
END:VCARD
"""


def opened(folder: Path, content: bytes, encoding: str | None = None) -> ImportFile:
    path = folder / "people.vcf"
    path.write_bytes(content)
    return open_file(path, CONTACT_LIST, ReadAs(encoding))


def cards(file: ImportFile) -> list[tuple[int, dict[str, str]]]:
    return [
        (line, {caption: cell for caption, cell in zip(file.captions, cells, strict=True) if cell})
        for line, cells in file.rows()
    ]


def test_cards_become_contacts_and_values_without_a_field_are_named(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(PHONE.replace("\n", "\r\n") + APPLE)

    report = imported(work, path)

    assert (report.rows, report.created) == (3, 4)
    assert report.unknown_columns == ["Address 1 - Region", "Organization 1 - Department", "Birthday"]
    assert stored(
        work, "type", "company_name", "job_title", "city", "post_code", "country_code", name="Dr. Élise Bérubé"
    ) == ("PERSON", "Café", "Directrice", "Laval", "H7N 1A1", "CA")
    assert stored(work, "phone_no", "mobile_phone_no", "email", name="Dr. Élise Bérubé") == (
        "+1 514 555 0104",
        "+1 514 555 0101",
        "work@x.example",
    )
    assert stored(work, "type", "phone_no", "notes", name="Firm Only") == (
        "COMPANY",
        "+33 1 23 45 67 89",
        "a, b\nc folded",
    )
    assert records.stored(work, Contact, name="Ann Nord").type == "PERSON"
    assert [(note.row, note.column) for note in report.row_notes] == [(1, "Phone 3 - Value"), (1, "E-mail 2 - Value")]


def test_version_4_has_addresses_and_numbers_as_uris(tmp_path: Path) -> None:
    assert cards(opened(tmp_path, NEW.encode())) == [
        (
            1,
            {
                "Type": "Person",
                "Full Name": "Ann Nord",
                "Phone 1 - Label": "Work",
                "Phone 1 - Value": "+1-514-555-5555 ext. 102",
                "Address 1 - Street": "1 St, Suite 2",
                "Address 1 - City": "City",
                "Address 1 - Postal Code": "123",
                "Address 1 - Country": "CA",
                "Website 1 - Value": "https://x.example",
                "Language": "fr",
            },
        )
    ]


def test_cards_are_numbered_by_the_lines_with_which_they_begin(tmp_path: Path) -> None:
    file = opened(tmp_path, (PHONE + "\n" + APPLE).encode())

    assert [line for line, _ in cards(file)] == [1, 21, 31]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "mac_roman"])
def test_cards_are_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = "begin:vcard\nversion:3.0\nn:Bérubé;Zoé;;;\nadr;type=work:;;;Montréal;;;\nend:vcard\n"

    (card,) = cards(opened(tmp_path, text.encode(encoding)))

    assert (card[1]["Last Name"], card[1]["Address 1 - City"]) == ("Bérubé", "Montréal")


def test_parts_in_another_encoding_are_read_by_their_charset(tmp_path: Path) -> None:
    text = "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:B=E9rub=E9;=C9lise\nEND:VCARD\n"

    assert cards(opened(tmp_path, text.encode()))[0][1]["Last Name"] == "Bérubé"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("BEGIN:VCARD\nVERSION:3.0\nthis is no line\nN:a;b\nEND:VCARD\n", 3),
        ("BEGIN:VCARD\nN:a;b\nEND:VCARD\nBEGIN:VCARD\nN:c\n", 5),
        ("BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=klingon;ENCODING=QUOTED-PRINTABLE:=C3\nEND:VCARD\n", 1),
    ],
)
def test_a_broken_card_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(Refused, match=f"line {line} is not valid in a vCard"):
        cards(opened(tmp_path, text.encode()))


def test_cards_in_two_encodings_are_refused_with_the_line(tmp_path: Path) -> None:
    text = "BEGIN:VCARD\nN:Bérubé\nEND:VCARD\n".encode() + "BEGIN:VCARD\nN:Zoé\nEND:VCARD\n".encode("cp1252")

    with pytest.raises(Refused, match=r"UTF-8, except for some bytes\. The first ones are in row 5"):
        opened(tmp_path, text)
    with pytest.raises(Refused, match="not in UTF-8: row 5"):
        opened(tmp_path, text, "utf-8")


def test_further_names_and_languages_and_groups_are_reported(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "people.vcf"
    group = "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Friends\nMEMBER:urn:uuid:1\nEND:VCARD\n"
    path.write_text(NEW.replace("LANG:fr", "LANG:fr\nLANG:en\nFN:Anne Nord") + group)

    report = imported(work, path)

    assert (report.rows, report.created, report.unknown_columns) == (1, 1, ["Full Name 2", "Language 2"])
    assert stored(work, "language_code", name="Ann Nord") == ("FRA",)
    assert [note.english for note in report.notes] == ["1 group of contacts was not imported."]


def test_a_card_with_a_damaged_or_unfolded_picture_is_read(tmp_path: Path) -> None:
    picture = "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQA\nAAAA\n AA\n\nLOGO;VALUE=uri:https://x.example/a.png\n"

    (card,) = cards(opened(tmp_path, NEW.replace("LANG:fr\n", picture + "LANG:fr\n").encode()))

    assert (card[1]["Photo"], card[1]["Logo"], card[1]["Language"]) == ("(data)", "(data)", "fr")


def test_cards_are_only_contacts(tmp_path: Path) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(NEW)

    with pytest.raises(Refused, match="Import it with `carnet import contacts FILE`"):
        open_file(path, INTERACTION_LIST)
