"""The captions of NAV and Business Central, of Outlook and of Google, in English and French, for each field.

Fields that no contact has, such as `first_name`, are put together by `rows`.
"""

from resolvers.imports.captions import SALESPERSON

CAPTIONS: dict[str, tuple[str, ...]] = {
    "no": ("No.", "N°", "Nº", "Contact No.", "N° contact", "Number", "Numéro"),
    "type": ("Type", "Contact Type", "Type contact", "Type de contact"),
    "name": ("Name", "Nom", "Full Name", "Nom complet", "Display Name", "Nom d'affichage"),
    "first_name": ("First Name", "Given Name", "Prénom"),
    "middle_name": ("Middle Name", "Additional Name", "Deuxième prénom", "Second prénom"),
    "last_name": ("Surname", "Last Name", "Family Name", "Nom de famille"),
    "company_no": ("Company No.", "N° société", "N° compagnie", "N° entreprise", "N° de société", "N° de compagnie"),
    "company_name": (
        "Company Name", "Company", "Organization Name", "Organization 1 - Name", "Organization", "Organisation",
        "Nom société", "Nom de la société", "Nom compagnie", "Nom de la compagnie", "Nom entreprise", "Société", "Compagnie",
        "Entreprise", "Nom de l'organisation",
    ),
    "job_title": (
        "Job Title", "Organization Title", "Organization 1 - Title", "Fonction", "Poste", "Titre du poste", "Titre de poste",
        "Intitulé du poste", "Profession",
    ),
    "address": (
        "Address", "Adresse", "Business Street", "Rue (bureau)", "Address 1 - Street", "Street", "Rue", "Work Street",
    ),
    "city": ("City", "Ville", "Business City", "Ville (bureau)", "Address 1 - City"),
    "post_code": (
        "Post Code", "Postal Code", "ZIP Code", "Code postal", "Business Postal Code", "Code postal (bureau)",
        "Address 1 - Postal Code",
    ),
    "country_code": (
        "Country/Region Code", "Country/Region", "Country Code", "Country", "Code pays/région", "Code pays", "Pays/Région",
        "Pays", "Business Country/Region", "Business Country", "Pays/Région (bureau)", "Pays (bureau)", "Address 1 - Country",
    ),
    "territory_code": ("Territory Code", "Territory", "Code territoire", "Territoire", "Code secteur"),
    "language_code": ("Language Code", "Language", "Code langue", "Langue"),
    "phone_no": (
        "Phone No.", "Phone", "N° téléphone", "N° de téléphone", "Téléphone", "Tél.", "Business Phone", "Téléphone (bureau)",
        "Company Main Phone", "Téléphone société", "Primary Phone", "Téléphone principal", "Home Phone",
        "Téléphone (domicile)",
    ),
    "mobile_phone_no": (
        "Mobile Phone No.", "Mobile Phone", "Mobile", "Cell Phone", "N° téléphone mobile", "N° de téléphone mobile", "N° mobile",
        "Tél. mobile", "Téléphone mobile", "Téléphone portable", "Cellulaire", "N° cellulaire",
    ),
    **{f"phone_{n}": (f"Phone {n} - Value",) for n in range(1, 5)},
    **{f"phone_{n}_label": (f"Phone {n} - Label", f"Phone {n} - Type") for n in range(1, 5)},
    "email": (
        "E-Mail", "Email", "E-mail Address", "Email Address", "E-mail 1 - Value", "Courriel", "Adresse e-mail", "Adr. e-mail",
        "Adresse de messagerie", "Adresse de courrier", "Adresse courriel", "E-Mail 2", "E-mail 2 Address",
        "E-mail 2 - Value", "Adresse de messagerie 2", "Adresse de courrier 2",
    ),
    "correspondence_type": ("Correspondence Type", "Type correspondance", "Type de correspondance"),
    "salesperson_code": SALESPERSON,
    "exclude_from_segment": ("Exclude from Segment", "Exclure du segment", "Exclu du segment"),
    "privacy_blocked": ("Privacy Blocked", "Confidentialité bloquée", "Bloqué pour confidentialité"),
}
