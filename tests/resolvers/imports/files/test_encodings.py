"""The encoding of files with few and with many words."""

import re
from pathlib import Path

import pytest

from resolvers.errors import Refused
from resolvers.imports.contacts.columns import CONTACT_LIST
from resolvers.imports.files import encodings
from resolvers.imports.reading import ImportFile, ReadAs, open_file

FRENCH = "Name;City\nÉlise Bérubé;Montréal\nHôtel de l’Île;Québec\nNoël Lefèvre;Saint-Benoît\n"
SPANISH = "Name;City\nPeña Núñez;Ávila\nMuñoz García;Cádiz\nIñaki;Málaga\n"
POLISH = "Name;City\nŁukasz Żółć;Łódź\nŻaneta;Gdańsk\nStanisław;Kraków\n"
CZECH = "Name;City\nJiří Novák;Plzeň\nŘehoř Dvořák;České Budějovice\nBožena;Žižkov\n"
HUNGARIAN = "Name;City\nErdős Győző;Győr\nSzűcs Ágnes;Kőszeg\nTóth Éva;Debrecen\n"
RUSSIAN = "Name;City\nИван Петров;Москва\nМария Ёлкина;Санкт-Петербург\n"
GREEK = "Name;City\nΓιώργος Παπαδόπουλος;Αθήνα\nΜαρία;Θεσσαλονίκη\n"


def opened(folder: Path, content: bytes, encoding: str | None = None) -> ImportFile:
    path = folder / "list.csv"
    path.write_bytes(content)
    return open_file(path, CONTACT_LIST, ReadAs(encoding))


def text_of(file: ImportFile) -> str:
    return "".join(f"{';'.join(cells)}\n" for cells in (file.captions, *(cells for _, cells in file.rows())))


@pytest.mark.parametrize(
    ("text", "encoding", "note"),
    [
        (FRENCH, "utf-8", None),
        (FRENCH, "utf-8-sig", None),
        (FRENCH, "cp1252", "Windows-1252"),
        (FRENCH.replace("’", "'"), "latin-1", "Windows-1252"),
        (FRENCH, "mac_roman", "Mac Roman"),
        (FRENCH.replace("’", "'"), "cp850", "CP850"),
        (FRENCH.replace("’", "'").upper() + "Zoé;Sète\n", "cp863", "CP863"),
        (FRENCH.replace("’", "'") + "Cœur;Ham\n", "iso8859_15", "ISO-8859-15"),
        (FRENCH, "utf-16", "UTF-16"),
        (FRENCH, "utf-16-le", "UTF-16-LE"),
        (FRENCH, "utf-16-be", "UTF-16-BE"),
        (FRENCH, "utf-32", "UTF-32"),
        (FRENCH, "utf-32-le", "UTF-32-LE"),
        (SPANISH, "cp1252", "Windows-1252"),
        (SPANISH, "mac_roman", "Mac Roman"),
        (SPANISH, "cp850", "CP850"),
        (POLISH, "cp1250", "Windows-1250"),
        (POLISH, "iso8859_2", "ISO-8859-2"),
        (CZECH, "cp1250", "Windows-1250"),
        (HUNGARIAN, "cp1250", "Windows-1250"),
        (RUSSIAN, "cp1251", "Windows-1251"),
        (RUSSIAN, "koi8_u", "KOI8-U"),
        (RUSSIAN, "cp866", "CP866"),
        (GREEK, "cp1253", "Windows-1253"),
        (GREEK, "utf-16-le", "UTF-16-LE"),
    ],
)
def test_the_encoding_of_a_list_is_detected_and_noted(
    tmp_path: Path, text: str, encoding: str, note: str | None
) -> None:
    file = opened(tmp_path, text.encode(encoding))

    assert text_of(file) == text
    assert [each.english for each in file.notes] == ([f"Read as {note}."] if note else [])


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
def test_line_ends_of_every_system_are_read_in_every_encoding(tmp_path: Path, line_end: str) -> None:
    for encoding in ("utf-8", "mac_roman", "utf-16", "cp1252"):
        file = opened(tmp_path, FRENCH.replace("\n", line_end).encode(encoding))

        assert text_of(file) == FRENCH


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("Café", "cp1252"),
        ("Café", "mac_roman"),
        ("Café", "cp850"),
        ("CAFÉ", "cp1252"),
        ("CAFÉ", "mac_roman"),
        ("CAFÉ", "cp850"),
        ("été", "cp1252"),
        ("été", "mac_roman"),
        ("Noël", "cp1252"),
        ("Müller", "cp1252"),
        ("Müller", "cp850"),
        ("Ålesund", "cp1252"),
        ("l’eau", "cp1252"),
        ("It’s", "cp1252"),
        ("O’Brien", "cp1252"),
        ("10 €", "cp1252"),
        ("Œuvre", "cp1252"),
        ("« Chez Zoé »", "cp1252"),
    ],
)
def test_one_word_is_enough_to_detect_the_encoding(tmp_path: Path, word: str, encoding: str) -> None:
    text = f"Name;City\n{word};Lyon\n"

    assert text_of(opened(tmp_path, text.encode(encoding))) == text


@pytest.mark.parametrize(
    ("word", "encoding", "other"),
    [
        ("García", "mac_roman", "Garc’a (--encoding windows-1252)"),
        ("Peña", "mac_roman", "Pe–a (--encoding windows-1252)"),
        ("Köln", "mac_roman", "Kšln (--encoding windows-1252)"),
        ("être", "mac_roman", "Étre (--encoding cp850)"),
    ],
)
def test_a_word_that_may_be_read_in_two_ways_is_refused_with_both(
    tmp_path: Path, word: str, encoding: str, other: str
) -> None:
    with pytest.raises(Refused, match="Row 2, column Name") as refused:
        opened(tmp_path, f"Name;City\n{word};Lyon\n".encode(encoding))

    message = str(refused.value)
    assert other in message
    assert f"{word} (--encoding mac-roman)" in message
    file = opened(tmp_path, f"Name;City\n{word};Lyon\n".encode(encoding), "mac-roman")
    assert text_of(file) == f"Name;City\n{word};Lyon\n"


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("Société;Lyon\n".encode() + "Café;Lyon\n".encode("cp1252"), "row 3, column Name"),
        ("Café;Lyon\n".encode("cp1252") * 30 + "Lyon;Société\n".encode(), "row 2, column Name"),
        ("Société;Lyon\n".encode()[:-7], "row 2, column Name"),
        (("Иван;Москва\n" * 3).encode() + b"Iv\xe1n;Lyon\n", "row 5, column Name"),
        ("l’été;Lyon\n".encode() + b"x;Qu\xe9bec\n", "row 3, column City"),
    ],
)
def test_a_file_in_two_encodings_is_refused_where_the_first_bad_bytes_are(
    tmp_path: Path, rows: bytes, place: str
) -> None:
    with pytest.raises(Refused, match=f"UTF-8, except for some bytes. The first ones are in {place}") as refused:
        opened(tmp_path, b"Name;City\n" + rows)

    offered = re.search("--encoding ([a-z0-9-]+), which reads this cell as", str(refused.value))
    assert offered
    assert opened(tmp_path, b"Name;City\n" + rows, offered[1]).notes[0].english.startswith("Read as ")


def test_a_given_encoding_that_misreads_utf_8_is_reported_with_an_example(tmp_path: Path) -> None:
    notes = opened(tmp_path, "Name;City\nSociété;Lyon\n".encode() + b"Caf\xe9;Lyon\n", "windows-1252").notes
    assert [note.english for note in notes] == [
        "Read as Windows-1252.",
        "Part of the file is in UTF-8: Société was read as SociÃ©tÃ©. Save the file in one encoding and import that "
        "instead.",
    ]
    for text in (FRENCH, SPANISH):
        assert [note.english for note in opened(tmp_path, text.encode("cp1252"), "windows-1252").notes] == [
            "Read as Windows-1252."
        ]


def test_a_byte_that_the_given_encoding_does_not_have_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not in UTF-8: row 3, column City"):
        opened(tmp_path, "Name;City\nA;Lyon\nB;Orléans\n".encode("mac_roman"), "utf8")
    with pytest.raises(Refused, match="not in Windows-1252: row 2, column Name"):
        opened(tmp_path, b"Name;City\nA\x81;Lyon\n", "cp1252")
    with pytest.raises(Refused, match="not a text file"):
        opened(tmp_path, "Name;City\nA;Lyon\n".encode("utf-16"), "windows-1252")


@pytest.mark.parametrize(("mark", "name"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16", "utf-16")])
def test_a_byte_order_mark_is_no_part_of_the_first_caption(tmp_path: Path, mark: str, name: str) -> None:
    assert opened(tmp_path, FRENCH.encode(mark), name).captions == ["Name", "City"]


def test_a_word_that_no_encoding_explains_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"was not recognized\. Run the command again with --encoding"):
        opened(tmp_path, b"Name;City\n\xaf\xf3\xb3\xe6\xa4\xa4\xa4;Lyon\n")


@pytest.mark.parametrize("name", ["Windows-1252", "mac roman", "MAC-ROMAN", "utf_8", "ISO-8859-15", "cp437", "latin1"])
def test_encodings_have_the_names_that_people_write(name: str) -> None:
    assert "é".encode(encodings.codec_named(name))


@pytest.mark.parametrize("name", ["", "klingon", "rot13", "hex", "zlib", "windows", "a\0b", "é"])
def test_other_names_of_encodings_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="There is no encoding"):
        encodings.codec_named(name)


def test_accents_anywhere_in_a_large_file_decide_the_encoding(tmp_path: Path) -> None:
    ascii_rows = "Ann;Lyon\n" * 150_000
    text = f"Name;City\n{ascii_rows}Zoé;Orléans\n"

    file = opened(tmp_path, text.encode("mac_roman"))

    assert [cells for _, cells in file.rows()][-1] == ["Zoé", "Orléans"]


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02\x03", b"Name\nnul\x00byte\n", b"%PDF-1.4", bytes(range(256)) * 20, b"\xff\xfeN"]
)
def test_what_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused, match="not a text file"):
        opened(tmp_path, content)


def test_a_file_with_one_endless_line_is_refused_before_it_is_in_memory(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"has a line of more than 16,777,216 bytes"):
        opened(tmp_path, b"Name" + b"x" * (17 << 20))
