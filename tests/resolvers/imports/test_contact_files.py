"""Files with contacts: encodings, delimiters, and the captions of NAV, Outlook and Google."""

from pathlib import Path
from typing import Any

import pytest

from persistence.sql.folding import fold
from resolvers.imports import contacts as contact_import
from resolvers.imports.columns import normalized
from resolvers.imports.contacts.captions import CAPTIONS
from resolvers.imports.contacts.columns import CONTACT_LIST, known_captions
from resolvers.imports.existing import Existing
from resolvers.imports.files.csv_files import CsvTable
from resolvers.imports.reading import open_file
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.import_files import write_file
from tests.refusals import refusals_of
from tests.resolvers.imports.importing_contacts import NAV, errors, imported, stored


@pytest.mark.parametrize(
    ("delimiter", "encoding", "found"),
    [
        (",", "utf-8", "utf-8"),
        (";", "utf-8-sig", "utf-8-sig"),
        (";", "cp1252", "cp1252"),
        ("\t", "utf-16", "utf-16"),
        ("\t", "cp1252", "cp1252"),
    ],
)
def test_nav_exports_are_read_in_every_encoding_and_with_every_delimiter(
    work: Work, tmp_path: Path, delimiter: str, encoding: str, found: str
) -> None:
    records.insert_salesperson(work, "JO")
    path = write_file(tmp_path, NAV.replace(",", delimiter), encoding)

    file = open_file(path, CONTACT_LIST)
    report = imported(work, path)

    assert isinstance(file.table, CsvTable)
    assert (file.table.codec, file.table.delimiter, file.unknown) == (found, delimiter, [])
    assert (report.rows, report.created, report.updated, report.unchanged) == (2, 2, 0, 0)
    assert stored(work, "type", "name", "company_no", "company_name", "search_city", "search_phone", no="C1") == (
        "COMPANY",
        "Café de l’Île",
        "C1",
        "Café de l’Île",
        "montreal",
        " ＋15145550101 15145550101 5145550101 ",
    )
    assert stored(
        work, "type", "name", "search_name", "company_no", "search_company_name", "exclude_from_segment", no="P1"
    ) == ("PERSON", "Élise Bérubé", "elise berube", "C1", "cafe de l'ile", True)


def test_captions_may_be_french(work: Work, tmp_path: Path) -> None:
    records.insert_salesperson(work, "JO")
    report = imported(
        work,
        write_file(
            tmp_path,
            (
                "N°;Type;Nom;N° société;Code postal;Code pays/région;N° téléphone;Courriel;Code représentant;Type correspondance;"
                "Confidentialité bloquée\n"
                "C1;Société;Hôtel du Fjord;;44000;France;+33 2 61 91 00 01;info@fjord.example.org;jo;Papier;Non\n"
                "P1;Personne;Loïc Le Floc’h;C1;;FR;;loic@fjord.example.org;;Courriel;Oui\n"
            ),
        ),
    )

    assert report.created == 2
    assert stored(work, "type", "post_code", "country_code", "correspondence_type", "salesperson_code", no="C1") == (
        "COMPANY",
        "44000",
        "FR",
        "HARD_COPY",
        "JO",
    )
    assert stored(work, "company_no", "correspondence_type", "privacy_blocked", no="P1") == ("C1", "EMAIL", True)


def test_an_english_outlook_export_has_names_in_parts_and_companies_by_name(work: Work, tmp_path: Path) -> None:
    path = write_file(
        tmp_path,
        (
            "Title,First Name,Middle Name,Last Name,Company,Job Title,Business Street,Business City,Business Country/Region,"
            "Business Phone,Home Phone,Mobile Phone,E-mail Address,Notes\n"
            'Ms.,Nora,B.,Fenwick,Harbour Light Inn,Owner,"5, Water Street\nUpper floor",Halifax,Canada,+1 902 555-0110,,'
            '+1 902 555-0111,nora@inn.example.com,"likes ""oak"""\n'
            ",Ian,,Greer,harbour light INN,Chef,,,,,+1 902 555-0112,,ian@inn.example.com,\n"
            ",,,,Foxglove Gallery,,,,,,,,,\n"
        ),
    )

    report = imported(work, path)

    assert report.unknown_columns == ["Title"]
    assert (report.rows, report.created) == (3, 4)
    (company_no,) = stored(work, "no", name="Harbour Light Inn")
    assert stored(work, "type", "company_no", name="Foxglove Gallery")[0] == "COMPANY"
    assert stored(work, "company_no", "job_title", "address", "country_code", "phone_no", name="Nora B. Fenwick") == (
        company_no,
        "Owner",
        "5, Water Street Upper floor",
        "CA",
        "+1 902 555-0110",
    )
    assert stored(work, "company_no", "company_name", "phone_no", name="Ian Greer") == (
        company_no,
        "Harbour Light Inn",
        "+1 902 555-0112",
    )


def test_a_french_outlook_export_uses_nom_for_the_last_name_and_titre_twice(work: Work, tmp_path: Path) -> None:
    path = write_file(
        tmp_path,
        (
            "Titre,Prénom,Deuxième prénom,Nom,Société,Titre,Rue (bureau),Ville (bureau),Téléphone (bureau),Tél. mobile,"
            "Adresse de messagerie\n"
            "Mme,Gwénaëlle,,Pérennès,Crêperie de l’Écluse,Gérante,quai des Antilles,Nantes,02 61 91 00 02,06 39 98 00 01,"
            "gwen@ecluse.example.org\n"
        ),
        "cp1252",
    )

    report = imported(work, path)

    assert report.unknown_columns == ["Titre"]
    assert stored(work, "job_title", "company_name", "city", name="Gwénaëlle Pérennès") == (
        "Gérante",
        "Crêperie de l’Écluse",
        "Nantes",
    )


def test_a_google_export_has_the_kind_beside_each_telephone_number(work: Work, tmp_path: Path) -> None:
    report = imported(
        work,
        write_file(
            tmp_path,
            (
                "First Name,Middle Name,Last Name,Organization Name,Organization Title,Labels,E-mail 1 - Label,E-mail 1 - Value,"
                "Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Address 1 - City,Address 1 - Country\n"
                "Zoé,,Côté,,,* myContacts,* Work,zoe@example.org ::: zoe@example.com,Mobile,+1 514 555-0120,Work,"
                "+1 514 555-0121 ::: +1 514 555-0122,Québec,Canada\n"
                "Owen,,Yeats,,,,,,Work Fax,+1 514 555-0123,,+1 514 555-0124,,\n"
            ),
        ),
    )

    assert report.created == 2
    assert stored(work, "type", "company_no", "email", "phone_no", "mobile_phone_no", "city", name="Zoé Côté") == (
        "PERSON",
        None,
        "zoe@example.org",
        "+1 514 555-0121",
        "+1 514 555-0120",
        "Québec",
    )
    assert stored(work, "phone_no", name="Owen Yeats") == ("+1 514 555-0124",)


@pytest.mark.parametrize(
    ("captions", "cell", "page"),
    [
        ("No.,Name,Home Page", "https://Café.example", "https://Café.example"),
        ("N°,Nom,Page d’accueil", "café.example", "café.example"),
        ("N°,Nom,Page d'accueil", "café.example", "café.example"),
        ("No.,Full Name,Web Page", " café.example ", "café.example"),
        ("N°,Nom complet,Page Web", "café.example", "café.example"),
        ("No.,Name,Website 1 - Value", "https://one.example ::: https://two.example", "https://one.example"),
    ],
)
def test_home_pages_are_imported_from_nav_outlook_and_google(
    work: Work, tmp_path: Path, captions: str, cell: str, page: str
) -> None:
    report = imported(work, write_file(tmp_path, f"{captions}\nC1,Café,{cell}\n"))

    assert (report.created, report.unknown_columns) == (1, [])
    assert stored(work, "home_page", "search_home_page", no="C1") == (page, fold(page))


def test_an_import_changes_a_home_page_and_refuses_one_that_is_too_long(work: Work, tmp_path: Path) -> None:
    records.insert_contact(work, "C1", home_page="old.example", search_home_page="old.example")
    records.insert_contact(work, "P1", company="C1", home_page="old.example", search_home_page="old.example")

    assert errors(work, write_file(tmp_path, f"No.,Home Page\nC1,{'x' * 81}\nP1,a\x07b\n")) == [
        (2, "Home Page"),
        (3, "Home Page"),
    ]
    imported(work, write_file(tmp_path, "No.,Home Page\nC1,New.example\n"), existing=Existing.UPDATE)
    assert stored(work, "home_page", "search_home_page", no="C1") == ("New.example", "new.example")
    assert stored(work, "home_page", "search_home_page", no="P1") == ("old.example", "old.example")
    assert recorded_changes(work, "C1")[-1] == ("C1", "UPDATED", {"homePage": ("old.example", "New.example")})


def test_a_file_that_is_not_a_list_of_contacts_is_refused(work: Work, tmp_path: Path) -> None:
    def tried(content: bytes) -> Any:
        path = tmp_path / "file.csv"
        path.write_bytes(content)
        return refusals_of(contact_import.run, work, path)

    invalid = [("INVALID", ())]
    assert tried(b"PK\x03\x04 a workbook") == invalid
    assert tried(b"Colour,Size\nred,5\n") == invalid
    assert tried(b"") == invalid
    assert tried(b"Name\nnul\x00byte\n") == invalid
    assert tried(b'Name\n"' + b"never closed " * 20_000) == invalid
    assert refusals_of(contact_import.run, work, tmp_path / "none.csv") == invalid


def test_rows_are_numbered_as_a_spreadsheet_shows_them(work: Work, tmp_path: Path) -> None:
    assert errors(work, write_file(tmp_path, 'sep=;\nName;City\n"two\nlines";Lyon\n\n;Nice\n')) == [(4, "Name")]


def test_each_caption_stands_for_one_field() -> None:
    for field, captions in CAPTIONS.items():
        assert {known_captions()[normalized(caption)][0] for caption in captions} == {field}


def test_a_file_may_have_thousands_of_equal_captions(work: Work, tmp_path: Path) -> None:
    """The time does not grow with the square of their number."""
    captions, cells = ",".join(["E-Mail"] * 3_000), ",".join(["ann@example.org"] * 3_000)

    report = imported(work, write_file(tmp_path, f"Name,{captions}\nAnn,{cells}\n"))

    assert report.created == 1
    assert "The caption E-Mail is in the columns B, C, D" in report.notes[0].english


def test_rows_with_full_names_are_people(work: Work, tmp_path: Path) -> None:
    imported(work, write_file(tmp_path, "Full Name,Company Name\nAnn Nord,\nFirm,Firm\n"))

    assert stored(work, "type", name="Ann Nord") == ("PERSON",)
    assert stored(work, "type", name="Firm") == ("COMPANY",)


def test_addresses_of_thunderbird_keep_their_first_line(work: Work, tmp_path: Path) -> None:
    report = imported(
        work,
        write_file(
            tmp_path,
            "Display Name,Home Address,Home Address 2,Home City,Work Address,Work Address 2,Work City,Mobile Number\n"
            "Ann,1 Nest,,Tree,2 Branch,Unit 3,Twig,+1 514 555-0101\nBob,1 Nest,Flat 4,Tree,,,,\n",
        ),
    )

    assert stored(work, "address", "city", "mobile_phone_no", name="Ann") == (
        "2 Branch, Unit 3",
        "Twig",
        "+1 514 555-0101",
    )
    assert stored(work, "address", "city", name="Bob") == ("1 Nest, Flat 4", "Tree")
    assert [note.message_en for note in report.row_notes] == ["Not imported: 1 Nest, Tree. A contact has one address."]


def test_a_name_that_is_too_long_is_one_error(work: Work, tmp_path: Path) -> None:
    text = f"First Name,Last Name\n{'N' * 90},{'M' * 90}\n-,-\n"

    assert errors(work, write_file(tmp_path, text)) == [(2, "Last Name"), (3, None)]


def test_yes_and_no_in_the_column_for_comments_are_not_notes(work: Work, tmp_path: Path) -> None:
    imported(work, write_file(tmp_path, "No.,Name,Commentaire\nA,Ann,Oui\nB,Bob,Bon client\n"))

    assert (stored(work, "notes", no="A"), stored(work, "notes", no="B")) == ((None,), ("Bon client",))
