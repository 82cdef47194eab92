"""Delimiters, quotation marks and captions of CSV files."""

from pathlib import Path

import pytest

from resolvers.errors import Refused
from resolvers.imports.contacts.columns import CONTACT_LIST
from resolvers.imports.files.tables import column_letter
from resolvers.imports.reading import ImportFile, open_file
from resolvers.work import Work
from tests.import_files import write_file
from tests.resolvers.imports.importing_contacts import errors, imported, stored


def opened(folder: Path, text: str) -> ImportFile:
    return open_file(write_file(folder, text), CONTACT_LIST)


def rows(file: ImportFile) -> list[tuple[int, list[str]]]:
    return [*file.rows()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
def test_every_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    first = f"sep={delimiter}\n" if delimiter == "^" else ""

    file = opened(tmp_path, first + "Name;City\nA, B|C;Lyon\n".replace(";", delimiter).replace("A, B|C", '"A, B|C"'))

    assert (file.captions, rows(file)) == (["Name", "City"], [(2, ["A, B|C", "Lyon"])])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('"Open quote,Lyon\nB,Paris\n', "quotation mark at the start of row 2, column Name is not closed"),
        ('A,Lyon\nB,"Paris\nC,Nice\n', "quotation mark at the start of row 3, column City is not closed"),
        ('A,Lyon\n"B,Paris\n' + "C,Nice\n" * 30_000, "quotation mark at the start of row 3, column Name is not closed"),
        ('"two\nlines",Lyon\n\nA,"""Nice\n', "quotation mark at the start of row 4, column City is not closed"),
        ('A,"Lyon"s\n', "row 2, column City has text after its closing quotation mark"),
        ('"Open,Lyon\nB,Paris\nC,"Nice"\n', "row 2, column Name has text after its closing quotation mark"),
        ('A,Lyon\n"say \\"hi\\"",Nice\n', "row 3, column Name has text after its closing quotation mark"),
        (f"A,{'x' * 140_000}\n", "row 2, column City has more than 131,072 characters"),
        ('"A,Lyon\nB,Paris\nC,Nice\n"\n', "quotation mark at the start of row 2, column Name encloses whole rows"),
    ],
)
def test_a_wrong_quotation_mark_is_refused_where_it_begins(tmp_path: Path, body: str, message: str) -> None:
    file = opened(tmp_path, "Name,City\n" + body)

    with pytest.raises(Refused, match=message):
        rows(file)


def test_quotation_marks_and_line_breaks_inside_cells_are_kept(tmp_path: Path) -> None:
    file = opened(tmp_path, 'Name,City,Notes\n"A ""b""","two\nlines",5" pipe\n,"",\nC\n')

    assert rows(file) == [(2, ['A "b"', "two\r\nlines", '5" pipe']), (4, ["C"])]


def test_a_cell_in_the_captions_that_is_not_closed_is_named_by_its_letter(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no column with the numbers or names"):
        opened(tmp_path, 'Colour,"City\nA,Lyon\n')


def test_captions_may_be_in_a_later_row_and_rows_keep_their_numbers(work: Work, tmp_path: Path) -> None:
    path = write_file(tmp_path, "CRM;Contact;5050\n\nNo.;Name;Type\nK1;Package firm;Company\nK2;;Company\n")

    assert errors(work, path) == [(5, "Name")]
    report = imported(work, write_file(tmp_path, "Contacts of today\n\nName,City\nA,Lyon\n"))
    assert [note.english for note in report.notes] == ["The captions are in row 3. The rows above were not read."]
    assert stored(work, "city", name="A") == ("Lyon",)


def test_captions_are_not_looked_for_after_the_first_rows(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no column with the numbers or names"):
        opened(tmp_path, "x,y\n" * 20 + "Name,City\nA,Lyon\n")


def test_a_row_of_values_that_look_like_captions_is_a_row(tmp_path: Path) -> None:
    file = opened(tmp_path, "Name,City\nPhone,Email\n")

    assert (file.captions, rows(file)) == (["Name", "City"], [(2, ["Phone", "Email"])])


def test_a_repeated_caption_is_noted_and_different_values_are_errors(work: Work, tmp_path: Path) -> None:
    path = write_file(tmp_path, "Name,City,name\nA,Lyon,A\nB,,C\nD,,\n,,E\n")

    assert errors(work, path) == [(3, "Name")]
    report = imported(work, write_file(tmp_path, "Name,City,name\nA,Lyon, A \nD,,\n,,E\n"))
    assert report.created == 3
    assert [note.english for note in report.notes] == [
        "The caption Name is in the columns A, C. Each row may have a value in one of them."
    ]


def test_columns_without_caption_are_named_by_their_letters(tmp_path: Path) -> None:
    assert opened(tmp_path, ",Name,,City,,\n0,A,x,Lyon,,\n").unknown == []
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_file_with_captions_only_has_no_rows(work: Work, tmp_path: Path) -> None:
    report = imported(work, write_file(tmp_path, "Name,City"))

    assert (report.rows, report.created) == (0, 0)


def test_ten_thousand_columns_are_read(tmp_path: Path) -> None:
    file = opened(tmp_path, "Name," + ",".join(f"c{n}" for n in range(10_000)) + "\nA" + "," * 10_000 + "\n")

    assert len(file.unknown) == 10_000
    assert len(rows(file)) == 1
