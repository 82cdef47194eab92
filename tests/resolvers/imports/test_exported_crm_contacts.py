"""Contacts as HubSpot, Salesforce, Dynamics 365 and Business Central export them: what is stored, and what the report says of
everything else. All people are made up.
"""

from pathlib import Path

import pytest

from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.resolvers.imports.importing_contacts import ONE_PHONE, contacts_by_name, imported
from tests.resolvers.imports.reports import said

NO_SALESPERSON = (
    "The rows have no salesperson now. Import the salespeople first with `carnet import salespeople FILE`, or give their "
    "codes."
)


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

    found = contacts_by_name(work)
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

    assert contacts_by_name(work) == {
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

    assert contacts_by_name(work)["Ines Faux"] == {
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

    assert contacts_by_name(work)["Ada Modèle"] == {
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

    assert contacts_by_name(work) == {
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
