"""Words for types, languages, countries and kinds of telephones in files, in English and French."""

from persistence.enums import ContactType
from resolvers.imports.cells import folded_words, vocabulary

TYPES = vocabulary(
    **{
        ContactType.COMPANY: "COMPANY|Company|Société|Compagnie|Entreprise|Organisation|Organization|0",
        ContactType.PERSON: "PERSON|Person|Personne|Individu|1",
    }
)

MOBILE = folded_words("Mobile|Cell|Cellular|Portable|Cellulaire|Work Mobile|Mobile professionnel")
FAX = folded_words("Fax|Home Fax|Work Fax|Télécopie|Télécopieur|Fax professionnel|Pager")

LANGUAGES = vocabulary(
    ENU="English|English (United States)|Anglais|en|en-US|en-CA|en-GB",
    FRA="French|French (France)|Français|Français (France)|fr|fr-FR",
    FRC="French (Canada)|Français (Canada)|fr-CA",
)

COUNTRIES = vocabulary(
    AT="Austria|Autriche",
    AU="Australia|Australie",
    BE="Belgium|Belgique",
    BR="Brazil|Brésil",
    CA="Canada",
    CH="Switzerland|Suisse",
    CI="Ivory Coast|Côte d'Ivoire",
    CN="China|Chine",
    CZ="Czech Republic|Czechia|Tchéquie|République tchèque",
    DE="Germany|Allemagne",
    DK="Denmark|Danemark",
    DZ="Algeria|Algérie",
    ES="Spain|Espagne",
    FI="Finland|Finlande",
    FR="France",
    GB="United Kingdom|Royaume-Uni|Great Britain|Grande-Bretagne|England|Angleterre",
    GR="Greece|Grèce",
    HU="Hungary|Hongrie",
    IE="Ireland|Irlande",
    IN="India|Inde",
    IS="Iceland|Islande",
    IT="Italy|Italie",
    JP="Japan|Japon",
    LU="Luxembourg",
    MA="Morocco|Maroc",
    MC="Monaco",
    MX="Mexico|Mexique",
    NL="Netherlands|The Netherlands|Pays-Bas",
    NO="Norway|Norvège",
    NZ="New Zealand|Nouvelle-Zélande",
    PL="Poland|Pologne",
    PT="Portugal",
    RO="Romania|Roumanie",
    SE="Sweden|Suède",
    SN="Senegal|Sénégal",
    TN="Tunisia|Tunisie",
    TR="Turkey|Turquie",
    US="United States|United States of America|USA|États-Unis|États-Unis d'Amérique",
)
