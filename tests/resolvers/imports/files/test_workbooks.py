"""Excel workbooks: their values, sheets and what is wrong with them."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from resolvers.errors import Refused
from resolvers.imports.contacts.columns import CONTACT_LIST
from resolvers.imports.interactions.columns import INTERACTION_LIST
from resolvers.imports.reading import ImportFile, ReadAs, open_file
from resolvers.work import Work
from tests import records
from tests.resolvers.imports import importing_contacts, importing_interactions
from tests.workbook_files import FIVE_DIGITS, Cell, Xml, merge_cells, number, replace_part, write_workbook

LIST: list[list[Cell]] = [["Name", "City"], ["Ann", "Lyon"]]
PEOPLE: list[list[Cell]] = [["Name", "City", "Phone", "Email", "Company"], ["Ann", "Lyon"]]


def opened(path: Path, sheet: str | None = None) -> ImportFile:
    return open_file(path, CONTACT_LIST, ReadAs(sheet=sheet))


def notes(file: ImportFile) -> list[str]:
    return [note.english for note in file.notes]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Zoé Łódź", "Zoé Łódź"),
        ("two\nlines", "two\nlines"),
        ("_x0041_b", "Ab"),
        ("'+1", "'+1"),
        (15145550103, "15145550103"),
        (123456789012345, "123456789012345"),
        (-5, "-5"),
        (1045.5, "1045.5"),
        (0.1 + 0.2, "0.3"),
        (1.234, "1.2340"),
        (0.0000001, "0.0000001"),
        (Xml("><v>1e999</v>"), "inf"),
        (Xml("><v>nan</v>"), "nan"),
        (number(1234, FIVE_DIGITS), "01234"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2026, 3, 4), "2026-03-04"),
        (dt.datetime(2026, 3, 4, 14, 30, 5), "2026-03-04 14:30:05"),
        (dt.time(14, 30), "14:30:00"),
        (dt.timedelta(hours=30, minutes=5), "30:05:00"),
        (Xml('t="e"><v>#N/A</v>'), "#N/A"),
        (Xml('t="str"><f>A1</f><v>Ann</v>'), "Ann"),
        (Xml('t="str"><f>""</f><v></v>'), ""),
    ],
)
def test_each_value_becomes_the_text_that_means_the_same(tmp_path: Path, value: Cell, text: str) -> None:
    path = write_workbook(tmp_path / "list.xlsx", {"A": [["Name", "City"], ["Ann", value]]})

    assert [*opened(path).rows()] == [(2, ["Ann", text])]


def test_contacts_of_a_workbook_are_imported(work: Work, tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "list.xlsx",
        {
            "Contacts": [
                ["CRM", "Contact", 5050],
                [],
                ["No.", "Name", "Post Code", "Phone No.", "Exclude from Segment"],
                ["C1", "Café", number(1234, FIVE_DIGITS), 15145550103, True],
            ]
        },
    )

    report = importing_contacts.imported(work, path)

    assert report.created == 1
    assert importing_contacts.stored(work, "name", "post_code", "phone_no", "exclude_from_segment", no="C1") == (
        "Café",
        "01234",
        "15145550103",
        True,
    )


def test_dates_and_numbers_of_a_workbook_are_never_ambiguous(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    path = write_workbook(
        tmp_path / "history.xlsx",
        {
            "Interactions": [
                [
                    "Entry No.",
                    "Contact No.",
                    "Date",
                    "Time of Interaction",
                    "Description",
                    "Cost (LCY)",
                    "Duration (Min.)",
                ],
                [1, "C1", dt.date(2017, 4, 3), dt.time(14, 30), "Call", 1045.5, 15],
            ]
        },
    )

    report = importing_interactions.imported(work, path)

    assert report.created == 1
    day, time, cost, duration = importing_interactions.stored(
        work, 1, "date", "time_of_interaction", "cost", "duration"
    )
    assert (day, time, str(cost), duration) == (dt.date(2017, 4, 3), dt.time(14, 30), "1045.50", 15)


def test_the_sheet_that_fits_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    history: list[list[Cell]] = [["Entry No.", "Contact No.", "Date", "Description"], [1, "C1", "2026-01-02", "Call"]]
    path = write_workbook(
        tmp_path / "list.xlsx",
        {"Notes": [["Hello"]], "People": PEOPLE, "History": history, "Blank": [], "Old": LIST},
        hidden=["Old"],
    )

    assert notes(opened(path)) == ["Read the sheet People. Not read: Notes, History, Old."]
    assert notes(open_file(path, INTERACTION_LIST)) == ["Read the sheet History. Not read: Notes, People, Old."]
    assert notes(opened(path, "old")) == []
    with pytest.raises(Refused, match=r"no sheet Peple\. Give one of: Notes, People, History, Blank, Old"):
        opened(path, "Peple")
    with pytest.raises(Refused, match="no column with the numbers or names"):
        opened(path, "Blank")


def test_a_sheet_may_begin_in_any_cell(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "list.xlsx", {"A": [[], [], [None, "Name", "City"], [None, "Ann", "Lyon"]]})

    file = opened(path)

    assert (file.captions, [*file.rows()]) == (["", "Name", "City"], [(4, ["", "Ann", "Lyon"])])


def test_a_formula_that_was_never_computed_is_refused_with_its_place(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "list.xlsx", {"A": [["Name", "City"], ["Ann", Xml("><f>B1</f>")]]})

    with pytest.raises(Refused, match="formula without a result in row 2, column City"):
        [*opened(path).rows()]


def test_sheets_are_only_for_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name\nAnn\n")

    with pytest.raises(Refused, match="Leave out --sheet"):
        opened(path, "People")


def test_a_sheet_with_one_cell_far_away_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "list.xlsx", {"A": LIST})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'r="B2"', b'r="XFD2"').replace(
        b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    with pytest.raises(Refused, match="too large for a workbook"):
        opened(path)


@pytest.mark.parametrize("reference", ['r="XFD1048576"', "r='XFD1048576'", 'r = "xfd99999"', 'r="A4000000000"'])
def test_a_cell_far_outside_the_row_that_has_it_is_refused_before_it_fills_the_memory(
    tmp_path: Path, reference: str
) -> None:
    far = Xml(f'>x</c><c {reference} t="inlineStr"><is><t>x</t></is>')

    with pytest.raises(Refused, match="too large for a workbook"):
        opened(write_workbook(tmp_path / "list.xlsx", {"A": [*LIST, ["Bob", far]]}))


def test_the_sheets_of_a_workbook_are_not_too_large_together(tmp_path: Path) -> None:
    large: list[list[Cell]] = [*LIST, ["Bob", Xml('>x</c><c r="A1048576"><v>1</v>')]]
    path = write_workbook(tmp_path / "list.xlsx", {"A": large, "B": large})

    with pytest.raises(Refused, match="too large for a workbook"):
        opened(path)


def test_a_workbook_that_claims_billions_of_texts_is_refused(tmp_path: Path) -> None:
    texts = '<sst count="4000000000" uniqueCount="4000000000"><si><t>x</t></si></sst>'

    with pytest.raises(Refused, match="is not a complete workbook"):
        opened(write_workbook(tmp_path / "list.xlsx", {"A": LIST}, sharedStrings=texts))


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.imports.files.workbooks.MAX_BYTES", 1 << 20)
    path = write_workbook(tmp_path / "list.xlsx", {"A": LIST}, sharedStrings=" " * (1 << 20))

    with pytest.raises(Refused, match="too large for a workbook"):
        opened(path)


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    content = write_workbook(tmp_path / "list.xlsx", {"A": LIST}).read_bytes()
    broken = tmp_path / "broken.xlsx"
    variants = [content[:length] for length in range(4, len(content), 61)]
    variants += [content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :] for at in range(4, len(content), 61)]
    refusals = set()
    for variant in variants:
        broken.write_bytes(variant)
        try:
            [*opened(broken).rows()]
        except Refused as refused:
            refusals.add(type(refused.refusals[0]).__name__)

    assert {"BrokenWorkbook"} <= refusals <= {"BrokenWorkbook", "Compressed", "NotAContactList", "NotText"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "spreadsheet of another format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (b"\x1f\x8b\x08\x00" + bytes(100), "is compressed. Unpack it"),
    ],
)
def test_other_formats_are_refused_with_what_to_do(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)

    with pytest.raises(Refused, match=message):
        opened(path)


@pytest.mark.parametrize(("member", "message"), [("list.csv", "is compressed"), ("content.xml", "another format")])
def test_archives_that_are_no_workbooks_are_refused(tmp_path: Path, member: str, message: str) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "Name\nAnn\n")

    with pytest.raises(Refused, match=message):
        opened(path)


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        opened(tmp_path)
    with pytest.raises(Refused, match="cannot be read"):
        opened(tmp_path / "none.csv")


def test_a_cell_that_is_merged_over_rows_has_its_value_in_each(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["Book", None, None],
        ["Name", "Company", "City"],
        [None, None, None],
        ["Ann", "Inn", "Laval"],
        ["Bob", None, "Lyon"],
        ["Cy", None, None],
        ["Di", None, None],
    ]
    path = write_workbook(tmp_path / "list.xlsx", {"A": rows})
    areas = ("A1:C1", "A2:A3", "B2:B3", "B4:B6", "C5:C6")
    merge_cells(path, *areas)

    file = opened(path)

    assert [*file.rows()] == [
        (4, ["Ann", "Inn", "Laval"]),
        (5, ["Bob", "Inn", "Lyon"]),
        (6, ["Cy", "Inn", "Lyon"]),
        (7, ["Di", "", ""]),
    ]
    assert "A cell that is merged over several rows has its value in each of these rows." in notes(file)


def test_dates_are_right_in_the_1904_date_system(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["Name", "City"], ["Ann", dt.date(2026, 3, 4)]]
    path = write_workbook(tmp_path / "list.xlsx", {"A": rows})
    replace_part(path, "xl/workbook.xml", "<sheets>", '<workbookPr date1904="1"/><sheets>')

    assert [*opened(path).rows()] == [(2, ["Ann", "2030-03-05"])]
