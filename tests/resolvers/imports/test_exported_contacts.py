"""Contacts as Outlook and Google export them: what is stored, and what the report says of everything else. All people are made
up.
"""

from pathlib import Path

import pytest

from resolvers.work import Work
from tests.import_files import write_file
from tests.resolvers.imports.importing_contacts import ONE_PHONE, contacts_by_name, imported
from tests.resolvers.imports.reports import said


def test_an_export_of_classic_outlook(work: Work, tmp_path: Path) -> None:
    report = imported(
        work,
        write_file(
            tmp_path,
            '"Title","First Name","Middle Name","Last Name","Suffix","Company","Department","Job Title",'
            '"Business Street","Business Street 2","Business City","Business State","Business Postal Code",'
            '"Business Country/Region","Home Street","Home City","Home Postal Code","Home Country/Region",'
            '"Business Fax","Business Phone","Business Phone 2","Home Phone","Mobile Phone","Other Phone","Anniversary",'
            '"Birthday","Categories","E-mail Address","E-mail Type","E-mail Display Name","E-mail 2 Address",'
            '"E-mail 2 Type","E-mail 2 Display Name","Gender","Language","Notes","Priority","Private","Sensitivity",'
            '"Web Page"\n'
            '"Ms.","Nora","B.","Fenwick","Jr.","Harbour Light Inn","Kitchen","Owner","5 Water Street","Suite 2","Halifax",'
            '"NS","B3H 1A1","Canada","9 Home Lane","Truro","B2N 1A1","Canada","902 555-0199","902 555-0110 x12",'
            '"902 555-0113","902 555-0114","902 555-0111","","0/0/00","0/0/00","VIP",'
            '"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=nora","EX","Nora Fenwick",'
            '"nora@inn.example.com","SMTP","Nora (nora@inn.example.com)","Unspecified","English","likes oak\nand ash",'
            '"Normal","False","Normal","http://inn.example.com"\n',
        ),
    )

    assert contacts_by_name(work)["Nora B. Fenwick Jr."] == {
        "company_name": "Harbour Light Inn",
        "job_title": "Owner",
        "address": "5 Water Street, Suite 2",
        "city": "Halifax",
        "post_code": "B3H 1A1",
        "country_code": "CA",
        "language_code": "ENU",
        "phone_no": "902 555-0110 x12",
        "mobile_phone_no": "902 555-0111",
        "email": "nora@inn.example.com",
        "home_page": "http://inn.example.com",
        "notes": "likes oak\nand ash",
    }
    assert said(report)["row_notes"] == [
        (2, "Business Phone 2", f"Not imported: 902 555-0113. {ONE_PHONE}"),
        (2, "Home Phone", f"Not imported: 902 555-0114. {ONE_PHONE}"),
        (
            2,
            "E-mail Address",
            "Not imported: /o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=nora. This is an address inside an "
            "Exchange system, not an e-mail address.",
        ),
        (2, "Home Street", "Not imported: 9 Home Lane, B2N 1A1, Truro, Canada. A contact has one address."),
    ]
    assert {"Title", "Department", "Business State", "Business Fax"} == {*report.unknown_columns}
    assert report.ignored_columns == [
        *("Categories", "E-mail Display Name", "E-mail 2 Display Name", "Priority", "Private", "Sensitivity")
    ]


def test_an_export_of_french_outlook(work: Work, tmp_path: Path) -> None:
    report = imported(
        work,
        write_file(
            tmp_path,
            "Titre,Prénom,Nom,Suffixe,Société,Service,Titre,Rue (bureau),Rue (bureau) 2,Ville (bureau),Code postal (bureau),"
            "Pays/Région (bureau),Rue (domicile),Ville (domicile),Télécopie (bureau),Téléphone (bureau),"
            "Téléphone 2 (bureau),Téléphone (domicile),Tél. mobile,Adresse de messagerie,Type de messagerie,"
            "Nom complet de l'adresse de messagerie,Adresse de messagerie 2,Boîte postale du bureau,Catégories,Langue,Notes,"
            "Page Web,Profession\n"
            "Mme,Gwénaëlle,Pérennès,,Crêperie de l’Écluse,,Gérante,1 quai des Antilles,Bât. B,Nantes,44000,France,"
            "2 rue Basse,Rezé,,02 61 91 00 02 poste 12,,02 61 91 00 03,06 39 98 00 01,"
            "gwen@ecluse.example.org,SMTP,Gwen,gwen@maison.example.org,BP 12,,Français,Aime la mer,ecluse.example.org,Cuisine\n",
            "cp1252",
        ),
    )

    assert contacts_by_name(work)["Gwénaëlle Pérennès"] == {
        "company_name": "Crêperie de l’Écluse",
        "job_title": "Gérante",
        "address": "1 quai des Antilles, Bât. B, BP 12",
        "city": "Nantes",
        "post_code": "44000",
        "country_code": "FR",
        "language_code": "FRA",
        "phone_no": "02 61 91 00 02 poste 12",
        "mobile_phone_no": "06 39 98 00 01",
        "email": "gwen@ecluse.example.org",
        "home_page": "ecluse.example.org",
        "notes": "Aime la mer",
    }
    assert [(note.column, note.message("FR")) for note in report.row_notes] == [
        ("Profession", "Valeur non importée\u00a0: Cuisine. Celle de la colonne Titre a été retenue."),
        (
            "Téléphone (domicile)",
            "Valeur non importée\u00a0: 02 61 91 00 03. Un contact a un numéro de téléphone et un numéro de téléphone "
            "mobile.",
        ),
        (
            "Adresse de messagerie 2",
            "Valeur non importée\u00a0: gwen@maison.example.org. Un contact a une seule adresse courriel.",
        ),
        ("Rue (domicile)", "Valeur non importée\u00a0: 2 rue Basse, Rezé. Un contact a une seule adresse."),
    ]
    assert report.unknown_columns[:1] == ["Titre"]


GOOGLE = [
    (
        "First Name,Middle Name,Last Name,Name Prefix,Name Suffix,Nickname,Organization Name,Organization Title,Birthday,"
        "Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,"
        "Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Phone 3 - Label,Phone 3 - Value,Address 1 - Label,"
        "Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,"
        "Address 1 - Postal Code,Address 1 - Country,Address 2 - Label,Address 2 - Street,Address 2 - City,"
        "Address 2 - Country,Website 1 - Label,Website 1 - Value\n"
        "Zoé,,Côté,,,,Atelier Zoé,Ébéniste,,Rappeler,https://photos.example/1,* myContacts,Home,zoe@maison.example,* Work,"
        "zoe@atelier.example ::: info@atelier.example,Home,418-555-0120,Work,418-555-0121,Mobile,418-555-0122,Home,"
        '"1, rue A\nQuébec",1 rue A,Québec,,,G1A 1A1,Canada,Work,2 rue B,Lévis,CA,Work,https://atelier.example\n'
        ",,,,,,,,,,,* myContacts,,seule@atelier.example,,,,,,,,,,,,,,,,,,,,,,\n"
        ",,,,,,,,,,,* myContacts,,,,,Work Fax,418-555-0124,Mobile,418-555-0123,,,,,,,,,,,,,,,,\n"
    ),
    (
        "Name,Given Name,Additional Name,Family Name,Organization 1 - Name,Organization 1 - Title,Birthday,Notes,Photo,"
        "Group Membership,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,"
        "Phone 2 - Type,Phone 2 - Value,Phone 3 - Type,Phone 3 - Value,Address 1 - Type,Address 1 - Formatted,"
        "Address 1 - Street,Address 1 - City,Address 1 - Postal Code,Address 1 - Country,Address 2 - Type,"
        "Address 2 - Street,Address 2 - City,Address 2 - Country,Website 1 - Type,Website 1 - Value\n"
        "Zoé Côté,Zoé,,Côté,Atelier Zoé,Ébéniste,,Rappeler,https://photos.example/1,* myContacts,Home,zoe@maison.example,"
        "* Work,zoe@atelier.example ::: info@atelier.example,Home,418-555-0120,Work,418-555-0121,Mobile,418-555-0122,Home,"
        '"1, rue A\nQuébec",1 rue A,Québec,G1A 1A1,Canada,Work,2 rue B,Lévis,CA,Work,https://atelier.example\n'
        ",,,,,,,,,* myContacts,,seule@atelier.example,,,,,,,,,,,,,,,,,,,,\n"
        ",,,,,,,,,* myContacts,,,,,Work Fax,418-555-0124,Mobile,418-555-0123,,,,,,,,,,,,,,\n"
    ),
]


@pytest.mark.parametrize("text", GOOGLE, ids=["new", "old"])
def test_exports_of_google(work: Work, tmp_path: Path, text: str) -> None:
    report = imported(work, write_file(tmp_path, text))

    assert contacts_by_name(work) == {
        "Zoé Côté": {
            "company_name": "Atelier Zoé",
            "job_title": "Ébéniste",
            "address": "2 rue B",
            "city": "Lévis",
            "country_code": "CA",
            "phone_no": "418-555-0121",
            "mobile_phone_no": "418-555-0122",
            "email": "zoe@atelier.example",
            "home_page": "https://atelier.example",
            "notes": "Rappeler",
        },
        "seule@atelier.example": {},
        "418-555-0123": {},
        "Atelier Zoé": {},
    }
    assert said(report)["row_notes"] == [
        (2, "Phone 1 - Value", f"Not imported: 418-555-0120. {ONE_PHONE}"),
        (2, "E-mail 2 - Value", "Not imported: info@atelier.example. A contact has one e-mail address."),
        (2, "E-mail 1 - Value", "Not imported: zoe@maison.example. A contact has one e-mail address."),
        (2, "Address 1 - Street", "Not imported: 1 rue A, G1A 1A1, Québec, Canada. A contact has one address."),
        (3, *named("seule@atelier.example", report.row_notes[4].column)),
        (4, "Phone 1 - Value", "Not imported: 418-555-0124, a fax or pager number."),
        (4, *named("418-555-0123", report.row_notes[4].column)),
    ]
    assert {"Photo", "Website 1 - Label", "Website 1 - Type"} >= {*report.ignored_columns} - {
        "Labels",
        "Group Membership",
    }


def named(name: str, column: str | None) -> tuple[str | None, str]:
    return column, f"The row has no name. The name of the contact is now {name}."
