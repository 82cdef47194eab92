"""The messages of `carnet import` about rejected rows, files of messages, earlier imports, and undoing."""

from persistence.enums import ImportKind
from schema.server.language import CountedNoun, Message

REJECTED = CountedNoun(("{} rejected", "{} rejected"), ("{} rejetée", "{} rejetées"))
WOULD_BE_REJECTED = CountedNoun(
    ("{} would be rejected", "{} would be rejected"), ("{} serait rejetée", "{} seraient rejetées")
)
COMPANIES_OF_PEOPLE = CountedNoun(
    (
        "{} of the new contacts is a company that has no row of its own: the row of a person names it.",
        "{} of the new contacts are companies that have no row of their own: rows of people name them.",
    ),
    (
        "{} des nouveaux contacts est une compagnie sans ligne à elle : la ligne d’une personne la nomme.",
        "{} des nouveaux contacts sont des compagnies sans ligne à elles : des lignes de personnes les nomment.",
    ),
)
COLUMNS_WITHOUT_MEANING = Message(
    "Columns without meaning outside the other program: {columns}",
    "Colonnes sans signification hors de l’autre programme\u00a0: {columns}",
)
REJECTS_WRITTEN = Message(
    "The rejected rows are in {file}, with the reasons. Correct them there, then run:\n  {command}",
    "Les lignes rejetées sont dans {file}, avec les raisons. Corrigez-les dans ce fichier, puis lancez\u00a0:\n"
    "  {command}",
)
ALL_REJECTED = Message(
    "Every row of {file} has errors. Nothing was imported.",
    "Chaque ligne de {file} contient des erreurs. Rien n’a été importé.",
)
MESSAGES_WRITTEN = Message(
    "All errors and notes about rows are in {file}.", "Toutes les erreurs et remarques sur les lignes sont dans {file}."
)
SKIP_ERRORS = Message(
    "To import the other rows now, add --skip-errors REJECTS.csv.",
    "Pour importer dès maintenant les autres lignes, ajoutez --skip-errors REJETS.csv.",
)
OUTPUT_EXISTS = Message(
    "{file} already exists. Give another name, or add --overwrite to replace it.",
    "{file} existe déjà. Donnez un autre nom, ou ajoutez --overwrite pour le remplacer.",
)
OUTPUTS_EQUAL = Message(
    "The imported file and the files of --skip-errors and --report must be different ones. Give other names.",
    "Le fichier à importer et ceux de --skip-errors et de --report doivent être différents. Donnez d’autres noms.",
)
OUTPUT_NOT_WRITABLE = Message(
    "{file} cannot be written: {reason}. Nothing was imported. Choose another folder.",
    "Impossible d’enregistrer {file}\u00a0: {reason}. Rien n’a été importé. Choisissez un autre dossier.",
)
OUTPUT_NOT_RENAMED = Message(
    "The file could not be named {file}: {reason}. Its content is in {kept}.",
    "Impossible de nommer le fichier {file}\u00a0: {reason}. Son contenu est dans {kept}.",
)
OUTPUT_LEFT = Message(
    "{left} is the unfinished file of an import that ended before it could rename it to {file}, or that is still "
    "running. Wait until no import is running. If `carnet import list` then shows that import, rename the file, which "
    "has its rejected rows or messages. Otherwise delete it.",
    "{left} est le fichier inachevé d’une importation qui s’est arrêtée avant de le renommer {file}, ou qui est encore "
    "en cours. Attendez qu’aucune importation ne soit en cours. Si cette importation figure alors dans "
    "`carnet import list`, renommez le fichier, qui contient ses lignes rejetées ou ses messages. Sinon, supprimez-le.",
)

# Imports that were made

NO_IMPORTS = Message("There are no imports.", "Il n’y a aucune importation.")
IMPORT = Message("Import", "Importation")
KIND = Message("Kind", "Sorte")
FILE = Message("File", "Fichier")
IMPORTED_AT = Message("Imported at", "Importée le")
ROWS_CAPTION = Message("Rows", "Lignes")
CREATED_CAPTION = Message("Created", "Créées")
UPDATED_CAPTION = Message("Updated", "Modifiées")
REJECTED_CAPTION = Message("Rejected", "Rejetées")
UNDONE_AT = Message("Undone at", "Défaite le")
KINDS = {
    ImportKind.SALESPEOPLE: Message("salespeople", "représentants"),
    ImportKind.CAMPAIGNS: Message("campaigns", "campagnes"),
    ImportKind.CONTACTS: Message("contacts", "contacts"),
    ImportKind.TEMPLATES: Message("templates", "modèles"),
    ImportKind.INTERACTIONS: Message("interactions", "interactions"),
}

# Undoing

HOW_TO_UNDO = Message(
    "This is import {number}. To undo it: carnet import undo {number}",
    "C’est l’importation {number}. Pour la défaire\u00a0: carnet import undo {number}",
)
TEMPLATES = CountedNoun(
    ("{} interaction template", "{} interaction templates"), ("{} modèle interaction", "{} modèles interaction")
)
GROUPS = CountedNoun(
    ("{} interaction group", "{} interaction groups"), ("{} groupe interaction", "{} groupes interaction")
)
CAMPAIGNS = CountedNoun(("{} campaign", "{} campaigns"), ("{} campagne", "{} campagnes"))
SALESPEOPLE = CountedNoun(("{} salesperson", "{} salespeople"), ("{} représentant", "{} représentants"))
NOTHING = Message("nothing", "rien")
RECORDS = CountedNoun(("{} record", "{} records"), ("{} enregistrement", "{} enregistrements"))
UNDONE = Message(
    "Import {number} is undone. Deleted: {deleted}.", "L’importation {number} est défaite. Supprimé\u00a0: {deleted}."
)
WOULD_BE_UNDONE = Message(
    "Undoing import {number} would delete: {deleted}.", "Défaire l’importation {number} supprimerait\u00a0: {deleted}."
)
UPDATES_KEPT = Message(
    "The import had also changed {records}. They stay as they are; the change log has their old values.",
    "L’importation avait aussi modifié {records}. Ils restent tels quels; le journal des modifications contient "
    "leurs anciennes valeurs.",
)
NOT_UNDONE = Message(
    "Stopped. The import was not undone. Nothing was changed.",
    "Arrêté. L’importation n’a pas été défaite. Rien n’a été modifié.",
)
