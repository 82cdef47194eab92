"""Words for types, languages, countries and kinds of telephones in files, in English and French."""

from persistence.enums import ContactType
from resolvers.imports.values.cells import folded_words, vocabulary

TYPES = vocabulary(
    **{
        ContactType.COMPANY: "COMPANY|Company|Société|Compagnie|Entreprise|Organisation|Organization|0",
        ContactType.PERSON: "PERSON|Person|Personne|Individu|1",
    }
)

PHONE_KINDS = {
    word: kind
    for kind, words in {
        "mobile": "Mobile|Cell|Cellular|Portable|Cellulaire|Work Mobile|Mobile professionnel|iPhone|Mobile (work)",
        "work": "Work|Travail|Bureau|Professionnel|Business|Office",
        "main": "Main|Principal|Principale|Primary",
        "home": "Home|Domicile|Maison|Personnel",
        "fax": (
            "Fax|Home Fax|Work Fax|Other Fax|Télécopie|Télécopieur|Fax professionnel|Fax personnel|Fax domicile|"
            "Fax travail|Pager|Téléavertisseur|Bipeur"
        ),
    }.items()
    for word in folded_words(words)
}
"""The kinds of numbered telephones by their labels."""

LANGUAGES = vocabulary(
    ENU=(
        "English|English (United States)|English (Canada)|English (United Kingdom)|Anglais|Anglais (Canada)|"
        "Anglais (États-Unis)|en|en-US|en-CA|en-GB"
    ),
    FRA="French|French (France)|Français|Français (France)|fr|fr-FR",
    FRC="French (Canada)|Français (Canada)|French - Canada|Canadian French|Français canadien|fr-CA",
    FRB="French (Belgium)|Français (Belgique)|fr-BE",
    FRS="French (Switzerland)|Français (Suisse)|fr-CH",
    DEU="German|German (Germany)|Allemand|Allemand (Allemagne)|Deutsch|de|de-DE",
    DEA="German (Austria)|Allemand (Autriche)|de-AT",
    DES="German (Switzerland)|Allemand (Suisse)|de-CH",
    ESP="Spanish|Spanish (Spain)|Espagnol|Espagnol (Espagne)|Español|es|es-ES",
    ESM="Spanish (Mexico)|Espagnol (Mexique)|es-MX",
    ITA="Italian|Italian (Italy)|Italien|Italien (Italie)|it|it-IT",
    NLD="Dutch|Dutch (Netherlands)|Néerlandais|Néerlandais (Pays-Bas)|nl|nl-NL",
    NLB="Dutch (Belgium)|Néerlandais (Belgique)|nl-BE",
    PTG="Portuguese|Portuguese (Portugal)|Portugais|Portugais (Portugal)|pt|pt-PT",
    PTB="Portuguese (Brazil)|Portugais (Brésil)|pt-BR",
    DAN="Danish|Danish (Denmark)|Danois|Danois (Danemark)|da|da-DK",
    SVE="Swedish|Swedish (Sweden)|Suédois|Suédois (Suède)|sv|sv-SE",
    FIN="Finnish|Finnish (Finland)|Finnois|Finnois (Finlande)|fi|fi-FI",
    PLK="Polish|Polish (Poland)|Polonais|Polonais (Pologne)|pl|pl-PL",
    JPN="Japanese|Japanese (Japan)|Japonais|Japonais (Japon)|ja|ja-JP",
)

COUNTRIES = vocabulary(
    CZ="Czech Republic|République tchèque",
    GB="Great Britain|Grande-Bretagne|England|Angleterre|Scotland|Écosse|Wales|Pays de Galles|Northern Ireland",
    HK="Hong Kong|Hong-Kong",
    KR="Korea|Korea, Republic of|Republic of Korea|Corée|République de Corée",
    MO="Macau|Macao",
    NL="The Netherlands|Holland|Hollande",
    PS="Palestine",
    RU="Russian Federation|Fédération de Russie",
    TR="Turkey|Turquie",
    US="USA|U.S.A.|U.S.|United States of America|États-Unis d'Amérique|É.-U.",
)
"""Further names of countries, beside those in `iso_codes`."""
