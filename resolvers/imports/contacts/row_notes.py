"""What the report says about values of a row that a contact does not keep. `{}` is the value."""

from resolvers.errors import Translated

ONE_PHONE = Translated(
    "Not imported: {}. A contact has one phone number and one mobile phone number.",
    "Valeur non importée\u00a0: {}. Un contact a un numéro de téléphone et un numéro de téléphone mobile.",
)
FAX = Translated(
    "Not imported: {}, a fax or pager number.",
    "Valeur non importée\u00a0: {}, un numéro de télécopieur ou de téléavertisseur.",
)
NO_EXTENSION = Translated(
    "Not imported: the extension {}. The row has no phone number that it fits.",
    "Valeur non importée\u00a0: le poste {}. La ligne n’a pas de numéro de téléphone auquel l’ajouter.",
)
ONE_EMAIL = Translated(
    "Not imported: {}. A contact has one e-mail address.",
    "Valeur non importée\u00a0: {}. Un contact a une seule adresse courriel.",
)
EXCHANGE = Translated(
    "Not imported: {}. This is an address inside an Exchange system, not an e-mail address.",
    "Valeur non importée\u00a0: {}. C’est une adresse interne d’un système Exchange, pas une adresse courriel.",
)
ONE_HOME_PAGE = Translated(
    "Not imported: {}. A contact has one home page.",
    "Valeur non importée\u00a0: {}. Un contact a une seule page d’accueil.",
)
ONE_COMPANY = Translated(
    "Not imported: {}. A contact belongs to one company.",
    "Valeur non importée\u00a0: {}. Un contact appartient à une seule compagnie.",
)
ONE_JOB_TITLE = Translated(
    "Not imported: {}. A contact has one job title.", "Valeur non importée\u00a0: {}. Un contact a une seule fonction."
)
SHORTENED = Translated(
    "The job title was shortened to “{}”. The notes of the contact have the whole text.",
    "La fonction a été abrégée en «\u00a0{}\u00a0». Les remarques du contact contiennent le texte entier.",
)
ONE_ADDRESS = Translated(
    "Not imported: {}. A contact has one address.", "Valeur non importée\u00a0: {}. Un contact a une seule adresse."
)
LONG_ADDRESS = Translated(
    "Not imported: {}. The address would be longer than 100 characters.",
    "Valeur non importée\u00a0: {}. L’adresse aurait plus de 100 caractères.",
)


def filled(message: Translated, text: str) -> tuple[str, str]:
    """The message about a value, in English and French."""
    return message.english.replace("{}", text), message.french.replace("{}", text)
