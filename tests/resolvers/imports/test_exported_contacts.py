"""Contacts as Outlook, Google, HubSpot, Salesforce, Dynamics 365 and Business Central export them: what is stored, and what the
report says of everything else. All people are made up.
"""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from persistence.contacts import Contact
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.resolvers.imports.importing_contacts import imported
from tests.resolvers.imports.reports import said

SHOWN = (
    *("type", "name", "company_name", "job_title", "address", "city", "post_code", "country_code", "language_code"),
    *("phone_no", "mobile_phone_no", "email", "home_page", "notes", "salesperson_code"),
)
ONE_PHONE = "A contact has one phone number and one mobile phone number."
NO_SALESPERSON = (
    "The rows have no salesperson now. Import the salespeople first with `carnet import salespeople FILE`, or give their "
    "codes."
)


def contacts(work: Work) -> dict[str, dict[str, Any]]:
    """The values of each contact by name; of a company only those that were not derived from a person."""
    work.session.expire_all()
    rows = work.session.exec(select(Contact).order_by(Contact.no)).all()
    return {
        row.name: {name: value for name in SHOWN[2:] if (value := getattr(row, name)) is not None and value != row.name}
        for row in rows
    }


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

    assert contacts(work)["Nora B. Fenwick Jr."] == {
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

    assert contacts(work)["Gwénaëlle Pérennès"] == {
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

    assert contacts(work) == {
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


def test_contacts_of_hubspot(work: Work, tmp_path: Path) -> None:
    records.insert_salesperson(work, "SK", name="Solène Kerbrat")
    report = imported(
        work,
        write_file(
            tmp_path,
            "Record ID,First Name,Last Name,Email,Additional email addresses,Phone Number,Contact owner,"
            "Last Activity Date (EDT),Lead Status,Marketing contact status,Lifecycle Stage,Create Date (EDT),"
            "Associated Company,Associated Company IDs,Job Title,City,State/Region,Country/Region,Postal Code,"
            "Street Address,Mobile Phone Number,Website URL,Preferred language,Date of birth\n"
            "151,Noé,Factice,noe@factice.example,n@factice.example;info@factice.example,'+15145550103,Solène Kerbrat,"
            "2025-03-01 10:22,New,Marketing contact,Lead,2024-11-01 09:00,Factice SA;Autre SA,9001;9002,"
            "Vice-président aux ventes et au marketing,Laval,QC,Canada,H7N 1A1,2 rue B,,factice.example,fr-ca,1990-05-01\n"
            "152,Ida,Inconnue,ida@factice.example,,,Nobody Known,,,,,,,,,,,,,,,,,\n",
        ),
    )

    found = contacts(work)
    assert found["Noé Factice"] == {
        "company_name": "Factice SA",
        "job_title": "Vice-président aux ventes et…",
        "address": "2 rue B",
        "city": "Laval",
        "post_code": "H7N 1A1",
        "country_code": "CA",
        "language_code": "FRC",
        "phone_no": "+15145550103",
        "email": "noe@factice.example",
        "home_page": "factice.example",
        "notes": "Job Title: Vice-président aux ventes et au marketing",
        "salesperson_code": "SK",
    }
    assert said(report)["row_notes"] == [
        (2, "Additional email addresses", "Not imported: n@factice.example. A contact has one e-mail address."),
        (2, "Additional email addresses", "Not imported: info@factice.example. A contact has one e-mail address."),
        (2, "Associated Company", "Not imported: Autre SA. A contact belongs to one company."),
        (
            2,
            "Job Title",
            "The job title was shortened to “Vice-président aux ventes et…”. The notes of the contact have the whole text.",
        ),
    ]
    assert said(report)["notes"] == [
        f"There is no salesperson Nobody Known, or there are several (rows: 1). {NO_SALESPERSON}"
    ]
    assert report.unknown_columns == ["State/Region", "Date of birth"]
    assert len(report.ignored_columns) == 7


def test_companies_of_hubspot_in_french(work: Work, tmp_path: Path) -> None:
    report = imported(
        work,
        write_file(
            tmp_path,
            "ID de fiche d'informations,Nom de l'entreprise,Propriétaire de l'entreprise,Date de création,Numéro de téléphone,"
            "Date de la dernière activité,Ville,Pays/Région,Secteur d'activité,Adresse,Code postal,Nom de domaine de l'entreprise,"
            "Description\n"
            "1,Factice SA,,2025-01-01 10:00,+33 2 61 91 00 02,,Nantes,France,Restaurants,1 quai A,44000,factice.example,Crêpes\n",
        ),
    )

    assert contacts(work) == {
        "Factice SA": {
            "address": "1 quai A",
            "city": "Nantes",
            "post_code": "44000",
            "country_code": "FR",
            "phone_no": "+33 2 61 91 00 02",
            "home_page": "factice.example",
            "notes": "Crêpes",
        }
    }
    assert (report.row_notes, report.unknown_columns) == ([], ["Secteur d'activité"])


SALESFORCE = [
    (
        '"Salutation","First Name","Last Name","Title","Account Name","Mailing Street","Mailing City",'
        '"Mailing State/Province","Mailing Zip/Postal Code","Mailing Country","Phone","Mobile","Fax","Email","Account Owner",'
        '"Description","Other Street","Other City","Home Phone","Contact ID"\n'
        '"Ms.","Ines","Faux","CEO","Faux & Fils","1 rue A\nBât. B","Lyon","","69001","France","04 55 50 01 01",'
        '"06 55 50 01 01","","ines@faux.example","Solène Kerbrat","Met at a fair","2 rue B","Nice","04 55 50 01 02","0035g1"\n'
    ),
    (
        '"Id","AccountId","Account.Name","Salutation","FirstName","LastName","Title","MailingStreet","MailingCity",'
        '"MailingState","MailingPostalCode","MailingCountry","Phone","MobilePhone","Fax","Email","OwnerId","Owner.Name",'
        '"Description","OtherStreet","OtherCity","HomePhone","PhotoUrl","LastModifiedDate"\n'
        '"0035g1","0015g1","Faux & Fils","Ms.","Ines","Faux","CEO","1 rue A\nBât. B","Lyon","","69001","France",'
        '"04 55 50 01 01","06 55 50 01 01","","ines@faux.example","0055g1","Solène Kerbrat","Met at a fair","2 rue B","Nice",'
        '"04 55 50 01 02","/services/images/photo/0035g1","2025-03-01T10:22:33.000Z"\n'
    ),
    (
        '"Formule d’appel","Prénom","Nom","Titre","Nom du compte","Rue (adresse postale)","Ville (adresse postale)",'
        '"Région (adresse postale)","Code postal (adresse postale)","Pays (adresse postale)","Téléphone","Mobile","Télécopie",'
        '"E-mail","Propriétaire du compte","Description","Autre rue","Autre ville","Téléphone personnel","ID du contact"\n'
        '"Mme","Ines","Faux","CEO","Faux & Fils","1 rue A\nBât. B","Lyon","","69001","France","04 55 50 01 01",'
        '"06 55 50 01 01","","ines@faux.example","Solène Kerbrat","Met at a fair","2 rue B","Nice","04 55 50 01 02","0035g1"\n'
    ),
]


@pytest.mark.parametrize("text", SALESFORCE, ids=["report", "data loader", "French report"])
def test_contacts_of_salesforce(work: Work, tmp_path: Path, text: str) -> None:
    records.insert_salesperson(work, "SK", name="Solène Kerbrat")
    report = imported(work, write_file(tmp_path, text))

    assert contacts(work)["Ines Faux"] == {
        "company_name": "Faux & Fils",
        "job_title": "CEO",
        "address": "1 rue A Bât. B",
        "city": "Lyon",
        "post_code": "69001",
        "country_code": "FR",
        "phone_no": "04 55 50 01 01",
        "mobile_phone_no": "06 55 50 01 01",
        "email": "ines@faux.example",
        "notes": "Met at a fair",
        "salesperson_code": "SK",
    }
    assert [note.message("EN") for note in report.row_notes] == [
        f"Not imported: 04 55 50 01 02. {ONE_PHONE}",
        "Not imported: 2 rue B, Nice. A contact has one address.",
    ]
    assert report.unknown_columns[0] in ("Salutation", "Formule d’appel")
    assert not {*report.unknown_columns} & {"Contact ID", "Id", "AccountId", "OwnerId", "PhotoUrl", "LastModifiedDate"}


DYNAMICS = [
    (
        "(Do Not Modify) Contact,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Full Name,First Name,Last Name,"
        "Email,Email Address 2,Company Name,Business Phone,Mobile Phone,Address 1,Address 1: Street 1,Address 1: Street 2,"
        "Address 1: City,Address 1: ZIP/Postal Code,Address 1: Country/Region,Owner,Status,Description\n"
        "0f1a,rX8==,2025-03-01 10:22,Ada Modèle,Ada,Modèle,ada@modele.example,a@modele.example,Modèle inc.,450-555-0101,"
        '450-555-0102,"1 rue A\nBât. B\nLaval H7N 1A1\nCanada",1 rue A,Bât. B,Laval,H7N 1A1,Canada,Solène Kerbrat,Active,VIP\n'
    ),
    (
        "(Ne pas modifier) Contact,(Ne pas modifier) Somme de contrôle de la ligne,(Ne pas modifier) Date de modification,"
        "Nom complet,Prénom,Nom,Courriel,Adresse électronique 2,Nom de la société,Téléphone (bureau),Téléphone mobile,"
        "Adresse 1,Adresse 1 : Rue 1,Adresse 1 : Rue 2,Adresse 1 : Ville,Adresse 1 : Code postal,Adresse 1 : Pays/région,"
        "Propriétaire,Statut,Description\n"
        "0f1a,rX8==,2025-03-01 10:22,Ada Modèle,Ada,Modèle,ada@modele.example,a@modele.example,Modèle inc.,450-555-0101,"
        '450-555-0102,"1 rue A\nBât. B\nLaval H7N 1A1\nCanada",1 rue A,Bât. B,Laval,H7N 1A1,Canada,Solène Kerbrat,Actif,VIP\n'
    ),
]


@pytest.mark.parametrize("text", DYNAMICS, ids=["English", "French"])
def test_contacts_of_dynamics(work: Work, tmp_path: Path, text: str) -> None:
    records.insert_salesperson(work, "SK", name="Solène Kerbrat")
    report = imported(work, write_file(tmp_path, text))

    assert contacts(work)["Ada Modèle"] == {
        "company_name": "Modèle inc.",
        "address": "1 rue A, Bât. B",
        "city": "Laval",
        "post_code": "H7N 1A1",
        "country_code": "CA",
        "phone_no": "450-555-0101",
        "mobile_phone_no": "450-555-0102",
        "email": "ada@modele.example",
        "notes": "VIP",
        "salesperson_code": "SK",
    }
    assert [note.message("EN") for note in report.row_notes] == [
        "Not imported: a@modele.example. A contact has one e-mail address."
    ]
    assert (len(report.ignored_columns), report.unknown_columns) == (4, [])


BUSINESS_CENTRAL = [
    (
        "No.,Type,Name,Company No.,Company Name,Address,Address 2,City,Post Code,County,Country/Region Code,Phone No.,"
        "Extension No.,Mobile Phone No.,E-Mail,E-Mail 2,Fax No.,Salesperson Code,Search Name,Last Date Modified,Comment,"
        "No. of Interactions,Next Task Date\n"
        "C1,Company,Café Faux,C1,Café Faux,1 rue A,Étage 2,Laval,H7N 1A1,QC,CA,450-555-0101,12,,info@faux.example,"
        "ventes@faux.example,450-555-0199,SK,CAFÉ FAUX,2025-03-01,Yes,12,0001-01-01\n"
    ),
    (
        "N°,Type,Nom,N° société,Nom de la société,Adresse,Adresse 2,Ville,Code postal,Province,Code pays/région,N° téléphone,"
        "N° poste,N° téléphone mobile,E-mail,E-mail 2,N° télécopie,Code vendeur,Nom de recherche,Date dern. modification,"
        "Commentaire,Nbre d’interactions,Date prochaine tâche\n"
        "C1,Société,Café Faux,C1,Café Faux,1 rue A,Étage 2,Laval,H7N 1A1,QC,CA,450-555-0101,12,,info@faux.example,"
        "ventes@faux.example,450-555-0199,SK,CAFÉ FAUX,2025-03-01,,12,0001-01-01\n"
    ),
]


@pytest.mark.parametrize("text", BUSINESS_CENTRAL, ids=["English", "French"])
def test_contacts_of_business_central(work: Work, tmp_path: Path, text: str) -> None:
    records.insert_salesperson(work, "SK")
    report = imported(work, write_file(tmp_path, text))

    assert contacts(work) == {
        "Café Faux": {
            "address": "1 rue A, Étage 2",
            "city": "Laval",
            "post_code": "H7N 1A1",
            "country_code": "CA",
            "phone_no": "450-555-0101 ext. 12",
            "email": "info@faux.example",
            "salesperson_code": "SK",
        }
    }
    assert [note.message("EN") for note in report.row_notes] == [
        "Not imported: ventes@faux.example. A contact has one e-mail address."
    ]
    assert (len(report.ignored_columns), len(report.unknown_columns)) == (4, 2)
