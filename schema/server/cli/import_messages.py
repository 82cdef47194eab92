"""The messages of `carnet import` about rejected rows, files of messages, and undoing."""

from schema.server.language import CountedNoun, Message

REJECTED = CountedNoun(("{} rejected", "{} rejected"), ("{} rejetée", "{} rejetées"))
WOULD_BE_REJECTED = CountedNoun(
    ("{} would be rejected", "{} would be rejected"), ("{} serait rejetée", "{} seraient rejetées")
)
REJECTS_WRITTEN = Message(
    "The rejected rows are in {file}, with the reasons. Correct them there, then run:\n  {command}",
    "Les lignes rejetées sont dans {file}, avec les raisons. Corrigez-les dans ce fichier, puis lancez\u00a0:\n"
    "  {command}",
)
NOTHING_TAKEN_OVER = Message(
    "Every row of {file} has errors. Nothing was imported.",
    "Chaque ligne de {file} contient des erreurs. Rien n’a été importé.",
)
MESSAGES_WRITTEN = Message(
    "All errors and notes about rows are in {file}.", "Toutes les erreurs et remarques sont dans {file}."
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
