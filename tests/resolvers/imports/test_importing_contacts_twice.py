"""Imports of contacts that are stored already: which row is which contact, and what becomes of it (R-IMP-1 to R-IMP-4)."""

from pathlib import Path

import pytest
from sqlmodel import select

from persistence.contacts import Contact
from resolvers.contacts import rules as contacts
from resolvers.imports import ImportReport
from resolvers.imports.existing import Existing
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.resolvers.imports.importing_contacts import errors, imported, stored

BOOK = (
    "First Name,Last Name,Company,E-mail Address,Business Phone,Mobile Phone,Business City\n"
    "Ann,Smith,Inn,ann@inn.example,,,\n"
    "Bob,Smith,Inn,info@inn.example,,,\n"
    "Eve,Smith,Inn,info@inn.example,,,\n"
    "Jean,Roy,Quai,,(514) 555-0101,,\n"
    "Jean,Roy,Quai,,514 555-0102,,\n"
    "Jean,Roy,Quai,,,,\n"
    "Only,Named,,,,,\n"
    "Only,Named,,,,,\n"
    "Only,Named,,,,,Laval\n"
    "Mobile,Only,,,,+1 438 555 0199,\n"
)


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def notes(report: ImportReport) -> list[tuple[int, str | None]]:
    assert report.row_note_count == len(report.row_notes)
    assert all(note.message("EN") != note.message("FR") for note in report.row_notes)
    return [(note.row, note.column) for note in report.row_notes]


def everything(work: Work) -> list[object]:
    work.session.expire_all()
    return [contact.model_dump() for contact in work.session.exec(select(Contact).order_by(Contact.no))]


@pytest.mark.parametrize("existing", [Existing.SKIP, Existing.UPDATE])
def test_the_same_book_imported_twice_changes_nothing_r_imp_1(work: Work, tmp_path: Path, existing: Existing) -> None:
    path = write_file(tmp_path, BOOK)
    first = imported(work, path, existing=existing)
    before = everything(work)

    second = imported(work, path, existing=existing)

    assert counts(first) == (12, 0, 0)  # with two companies
    assert notes(first) == [(9, None)]  # equal to the row above
    assert (counts(second), notes(second)) == ((0, 0, 10), [])
    assert everything(work) == before


def test_a_book_is_found_again_by_what_did_not_change_r_imp_2(work: Work, tmp_path: Path) -> None:
    imported(work, write_file(tmp_path, BOOK))
    other = contacts.create(work, {"name": "Other Inn"})
    for name, values in {
        "Ann Smith": {"company_no": other.no},
        "Mobile Only": {"email": "m@example.org", "mobile_phone_no": "(438) 555-0199", "country_code": "CA"},
    }.items():
        contacts.update(work, stored(work, "no", name=name)[0], values)  # type: ignore[arg-type]  # of a loop

    report = imported(work, write_file(tmp_path, BOOK))

    assert counts(report) == (0, 0, 10)
    assert [(note.row, note.message_en.split(": ")[1].split(".")[0]) for note in report.row_notes] == [
        (2, f"{stored(work, 'no', name='Ann Smith')[0]} (Company)"),
        (11, f"{stored(work, 'no', name='Mobile Only')[0]} (Mobile Phone)"),
    ]


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("Ann,ann@x.example,,,", True),
        ("ANN,Ann@X.example,,,", True),
        ("Anna,ann@x.example,,,", False),  # the address of another name
        ("Ann,other@x.example,,,", False),
        ("Ann,,514-555-0101,,", True),
        ("Ann,,+1 (514) 555-0101,,", True),
        ("Ann,,,514 555 0101,", True),  # as mobile phone
        ("Ann,,418 555-0101,,", False),  # another area code
        ("Ann,,+44 514 555 0101,,", False),
        ("Ann,,,,Inn", True),
        ("Ann,,,,Inn of Laval", False),
        ("Ann,other@x.example,,,Inn", True),
        ("Ann,,,,", False),  # only the name
    ],
)
def test_a_person_is_known_by_name_and_email_telephone_or_company_r_imp_2(
    work: Work, tmp_path: Path, row: str, known: bool
) -> None:
    head = "Type,Name,E-Mail,Phone No.,Mobile Phone No.,Company Name\n"
    imported(work, write_file(tmp_path, f"{head}Person,Ann,ann@x.example,+1 514 555 0101,,Inn\n"))

    report = imported(work, write_file(tmp_path, f"{head}Person,{row}\n"))

    assert (report.unchanged == 1) is known
    if not known:
        assert len(notes(report)) == 1


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("Inn,Laval,,,", True),
        ("Inn,,,,", True),
        ("INN,laval,,,", True),
        ("Inn,Paris,,,", False),
        ("Inn,Paris,info@inn.example,,", True),
        ("Inn,,,FR,", False),
        ("Inn,,,,www.other.example", False),
        ("Inn,Laval,,,www.other.example", True),
        ("The Inn,Laval,info@inn.example,,", False),
    ],
)
def test_a_company_is_known_by_its_name_unless_it_is_somewhere_else_r_imp_2(
    work: Work, tmp_path: Path, row: str, known: bool
) -> None:
    head = "Type,Name,City,E-Mail,Country,Home Page\n"
    imported(work, write_file(tmp_path, f"{head}Company,Inn,Laval,info@inn.example,CA,www.inn.example\n"))

    report = imported(work, write_file(tmp_path, f"{head}Company,{row}\n"))

    assert (report.unchanged == 1) is known


def test_two_companies_of_one_name_stay_two_r_imp_2(work: Work, tmp_path: Path) -> None:
    path = write_file(tmp_path, "Type,Name,City\nCompany,Inn,Laval\nCompany,Inn,Paris\nCompany,Inn,\n")
    imported(work, path)

    assert counts(imported(work, path)) == (0, 0, 3)
    assert counts(imported(work, write_file(tmp_path, "Type,Name,City\nCompany,Inn,Oslo\n"))) == (1, 0, 0)


def test_of_equal_rows_only_those_without_a_stored_contact_are_new_r_imp_3(work: Work, tmp_path: Path) -> None:
    head, row = "First Name,Last Name,E-mail Address\n", "Ann,Smith,ann@inn.example\n"
    imported(work, write_file(tmp_path, head + row))

    report = imported(work, write_file(tmp_path, head + row * 3))
    again = imported(work, write_file(tmp_path, head + row * 3))

    assert counts(report) == (2, 0, 1)
    assert counts(again) == (0, 0, 3)
    assert counts(imported(work, write_file(tmp_path, head + row))) == (0, 0, 1)


def test_a_row_that_could_be_several_contacts_updates_none_r_imp_3(work: Work, tmp_path: Path) -> None:
    head = "First Name,Last Name,Company,E-mail Address,Business Phone,Job Title\n"
    imported(work, write_file(tmp_path, f"{head}Jean,Roy,Inn,sr@inn.example,,\nJean,Roy,Inn,jr@inn.example,,\n"))
    before = everything(work)

    path = write_file(tmp_path, f"{head}Jean,Roy,Inn,,,Cook\nJean,Roy,Inn,jr@inn.example,,\n")
    report = imported(work, write_file(tmp_path, f"{head}Jean,Roy,Inn,,,Cook\n"), existing=Existing.UPDATE)
    sorted_out = imported(work, path.with_name("import.csv"), existing=Existing.UPDATE)

    assert (counts(report), notes(report)) == ((0, 0, 1), [(2, None)])
    assert counts(sorted_out) == (0, 0, 1)
    assert everything(work) == before


def test_only_updates_change_contacts_and_blank_cells_never_do_r_imp_1(work: Work, tmp_path: Path) -> None:
    head = "First Name,Last Name,E-mail Address,Business Phone,Business City\n"
    imported(work, write_file(tmp_path, f"{head}Ann,Smith,ann@inn.example,555-0101,Paris\n"))
    path = write_file(tmp_path, f"{head}ANN,SMITH,ann@inn.example,,Laval\n")

    skipped = imported(work, path)
    assert stored(work, "name", "city", "phone_no", email="ann@inn.example") == ("Ann Smith", "Paris", "555-0101")
    updated = imported(work, path, existing=Existing.UPDATE)
    assert stored(work, "name", "city", "phone_no", email="ann@inn.example") == ("ANN SMITH", "Laval", "555-0101")
    new = imported(work, path, existing=Existing.NEW)

    assert (counts(skipped), notes(skipped)) == ((0, 0, 1), [(2, None)])
    assert "(Business City)" in skipped.row_notes[0].message_en
    assert [note.english for note in skipped.notes] == [
        "1 row was skipped, because its record exists already (--existing skip). To update it, add --existing update."
    ]
    assert [counts(updated), counts(new)] == [(0, 1, 0), (1, 0, 0)]


def test_a_row_with_a_number_is_only_compared_by_it_r_imp_2(work: Work, tmp_path: Path) -> None:
    head = "No.,Name,E-Mail\n"
    imported(work, write_file(tmp_path, f"{head}C1,Inn,info@inn.example\n"))

    other_name = imported(work, write_file(tmp_path, f"{head}C1,Café,\n"))
    other_number = imported(work, write_file(tmp_path, f"{head}C2,Inn,info@inn.example\n"))

    assert (counts(other_name), notes(other_name)) == ((0, 0, 1), [(2, None)])
    assert "another name: C1 (Name)" in other_name.row_notes[0].message_en
    assert (counts(other_number), notes(other_number)) == ((1, 0, 0), [(2, "E-Mail")])
    assert errors(work, write_file(tmp_path, f"{head}C1,Inn,\n"), existing=Existing.NEW) == [(2, "No.")]


def test_a_skipped_row_creates_no_company_and_people_find_the_one_that_is_stored_r_imp_1(
    work: Work, tmp_path: Path
) -> None:
    head = "Type,Name,E-Mail,Company Name\n"
    imported(work, write_file(tmp_path, f"{head}Company,Inn,info@inn.example,\nPerson,Ann,ann@inn.example,Inn\n"))
    inn, ann = stored(work, "no", name="Inn")[0], stored(work, "no", name="Ann")[0]
    contacts.update(work, inn, {"name": "Grand Inn"})
    contacts.update(work, ann, {"company_no": None})

    people = imported(work, write_file(tmp_path, f"{head}Person,Ann,ann@inn.example,Inn\n"))
    by_number = imported(work, write_file(tmp_path, f"No.,{head}{inn},Company,Inn,,\n,Person,Bob,,Inn\n"))

    assert counts(people) == (0, 0, 1)
    assert counts(by_number) == (1, 0, 1)
    assert stored(work, "company_no", "company_name", name="Bob") == (inn, "Grand Inn")


def test_people_belong_to_the_company_of_their_file_r_imp_2(work: Work, tmp_path: Path) -> None:
    imported(work, write_file(tmp_path, "Type,Name,City\nCompany,Inn,Laval\n"))

    imported(work, write_file(tmp_path, "Type,Name,City,Company Name\nCompany,Inn,Paris,\nPerson,Ann,,Inn\n"))

    assert stored(work, "company_no", name="Ann") == stored(work, "no", name="Inn", city="Paris")


def test_a_row_that_adds_an_opt_out_is_named_if_it_is_skipped_r_imp_4(work: Work, tmp_path: Path) -> None:
    records.insert_contact(work, "C1", name="Inn")

    report = imported(work, write_file(tmp_path, "No.,Privacy Blocked,Home Page,Name\nC1,Yes,inn.example,inn\n"))

    assert "C1 (Home Page, Privacy Blocked)" in report.row_notes[0].message_en
