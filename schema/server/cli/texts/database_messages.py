"""The messages of the command line about databases, in English and French."""

import socket

from schema.server.cli.company_option import source_of_url
from schema.server.language import Message


class DatabaseMessage(Message):
    """A message in which `{source}` is what has given the URL of the database: a setting, a file or an option."""

    def __call__(self, **values: object) -> str:
        return super().__call__(source=source_of_url(), **values)


FILE_MISSING = DatabaseMessage(
    "There is no database at {place}. Create one with `carnet migrate`, change to the folder of yours, or set "
    "{source}.",
    "Aucune base de données n’existe à l’emplacement {place}. Créez-en une avec `carnet migrate`, allez dans le "
    "dossier de la vôtre, ou indiquez son emplacement dans {source}.",
)
FILE_CREATED = DatabaseMessage(
    "There is no database at {place} yet; Carnet creates a new, empty one. If yours is elsewhere, stop and set "
    "{source}.",
    "Aucune base de données n’existe encore à l’emplacement {place}; Carnet en crée une nouvelle, vide. Si la vôtre "
    "est ailleurs, arrêtez et indiquez son emplacement dans {source}.",
)
FOLDER_MISSING = DatabaseMessage(
    "The database should be {place}, but there is no folder {folder}. Create the folder, or correct {source}.",
    "La base de données devrait être {place}, mais le dossier {folder} n’existe pas. Créez le dossier, ou corrigez "
    "{source}.",
)
IS_A_FOLDER = DatabaseMessage(
    "{place} is a folder, not a database. Name a file in {source}.",
    "{place} est un dossier, pas une base de données. Indiquez un fichier dans {source}.",
)
NOT_A_DATABASE = DatabaseMessage(
    "{place} is not a database, or it is damaged. Check {source}, or restore the file from a backup.",
    "{place} n’est pas une base de données, ou le fichier est endommagé. Vérifiez {source}, ou restaurez-le depuis "
    "une sauvegarde.",
)
DAMAGED = Message(
    "{place} is not a database, or it is damaged: {reason}. Nothing was changed. Restore the file from a backup. "
    "Without a backup, `sqlite3 {place} .recover | sqlite3 recovered.db` saves what can still be read.",
    "{place} n’est pas une base de données, ou le fichier est endommagé\u00a0: {reason}. Rien n’a été modifié. "
    "Restaurez-le depuis une sauvegarde. Sans sauvegarde, `sqlite3 {place} .recover | sqlite3 recovered.db` récupère "
    "ce qui est encore lisible.",
)
PERMISSION_DENIED = Message(
    "{place} cannot be opened for reading and writing. Check the permissions of the file and its folder.",
    "Impossible d’ouvrir {place} en lecture et en écriture. Vérifiez les droits d’accès au fichier et à son dossier.",
)
NO_RIGHTS = Message(
    "The user of {place} may not create or change tables there. Let an administrator of the server run `CREATE SCHEMA "
    "AUTHORIZATION user` or `GRANT CREATE ON SCHEMA public TO user` in this database.",
    "L’utilisateur de {place} ne peut y créer ni modifier de tables. Demandez à un administrateur du serveur "
    "d’exécuter `CREATE SCHEMA AUTHORIZATION utilisateur` ou `GRANT CREATE ON SCHEMA public TO utilisateur` dans cette "
    "base.",
)
DISK_FULL = Message(
    "The disk of {place} is full or cannot be written. Nothing was changed. Free some space and try again.",
    "Le disque de {place} est plein ou inaccessible en écriture. Rien n’a été modifié. Libérez de l’espace et "
    "recommencez.",
)
DATABASE_LOCKED = Message(
    "{place} was locked by another process for too long. Nothing was changed. Try again in a moment.",
    "Un autre processus a verrouillé {place} trop longtemps. Rien n’a été modifié. Réessayez dans un moment.",
)
MIGRATION_RUNNING = Message(
    "Another Carnet has been creating or changing the tables of {place} for too long. Wait until it has finished, "
    "then try again.",
    "Un autre Carnet crée ou modifie les tables de {place} depuis trop longtemps. Attendez qu’il ait fini, puis "
    "recommencez.",
)
SERVER_UNREACHABLE = DatabaseMessage(
    "The database {place} cannot be reached: {reason}. Check that the server runs, and its address in {source}.",
    "La base de données {place} est inaccessible\u00a0: {reason}. Vérifiez que le serveur fonctionne, et son adresse "
    "dans {source}.",
)
UNREACHABLE_CAUSES = {
    ConnectionRefusedError: Message("no server listens at this address", "aucun serveur n’écoute à cette adresse"),
    TimeoutError: Message("the server did not answer in time", "le serveur n’a pas répondu à temps"),
    socket.gaierror: Message("no machine has this name", "aucun ordinateur ne porte ce nom"),
}
"""The cause for which a server cannot be reached, by exception."""

DATABASE_MISSING = DatabaseMessage(
    "The server has no database {place}. Create it, for example with `createdb`, or correct the name in {source}.",
    "Le serveur n’a pas de base de données {place}. Créez-la, par exemple avec `createdb`, ou corrigez son nom dans "
    "{source}.",
)
ACCESS_DENIED = DatabaseMessage(
    "The server denies access to {place}: {reason}. Check user and password in {source}.",
    "Le serveur refuse l’accès à {place}\u00a0: {reason}. Vérifiez l’utilisateur et le mot de passe dans {source}.",
)
NOT_READY = Message(
    "The server of {place} is starting or stopping. Try again in a moment.",
    "Le serveur de {place} démarre ou s’arrête. Réessayez dans un moment.",
)
CANNOT_USE = DatabaseMessage(
    "The database {place} cannot be used: {reason}. Nothing was changed. Check {source}.",
    "La base de données {place} est inutilisable\u00a0: {reason}. Rien n’a été modifié. Vérifiez {source}.",
)
DATABASE_TOO_OLD = Message(
    "The SQLite library of this Python is too old: {reason}",
    "La bibliothèque SQLite de ce Python est trop ancienne\u00a0: {reason}",
)
OUTCOME_UNKNOWN = Message(
    "It is not known whether the change was made: the database {place} has not confirmed it. Look whether it was made "
    "before you repeat it.",
    "On ne sait pas si la modification est faite\u00a0: la base de données {place} ne l’a pas confirmée. Vérifiez si "
    "elle est faite avant de recommencer.",
)
UNAVAILABLE = Message(
    "The database {place} is not available: it is stopped, restarting or full, or does not answer. Nothing was "
    "changed. Check its server and disk, then try again.",
    "La base de données {place} n’est pas disponible\u00a0: elle est arrêtée, redémarre, est pleine ou ne répond pas. "
    "Rien n’a été modifié. Vérifiez son serveur et son disque, puis recommencez.",
)
TOOK_TOO_LONG = Message(
    "This took too long and was canceled. Nothing was changed.",
    "L’opération a pris trop de temps et a été annulée. Rien n’a été modifié.",
)
CANCELED_BY_OTHER_USER = Message(
    "Another user canceled this. Nothing was changed.",
    "Un autre utilisateur a annulé cette opération. Rien n’a été modifié.",
)
NO_TABLES = Message(
    "The database {place} has no Carnet tables yet. Run `carnet migrate` with the same settings, then try again.",
    "La base de données {place} n’a pas encore de tables de Carnet. Exécutez `carnet migrate` avec les mêmes "
    "paramètres, puis recommencez.",
)
TABLES_OLDER = Message(
    "The database {place} has version {have} of Carnet’s tables, but this Carnet needs {need}. Run `carnet migrate` "
    "with the same settings, then try again.",
    "La base de données {place} a la version {have} des tables de Carnet, mais ce Carnet exige la version {need}. "
    "Exécutez `carnet migrate` avec les mêmes paramètres, puis recommencez.",
)
TABLES_NEWER = Message(
    "The database {place} was created by a newer Carnet: its tables have version {have}, this Carnet supports versions "
    "up to {need}. Nothing was changed. Install the newer Carnet.",
    "La base de données {place} a été créée par un Carnet plus récent\u00a0: ses tables ont la version {have}, et ce "
    "Carnet ne prend en charge que les versions jusqu’à {need}. Rien n’a été modifié. Installez le Carnet plus récent.",
)
FOREIGN_TABLES = DatabaseMessage(
    "The database {place} has tables of another program, and none of Carnet’s. Nothing was changed. Set "
    "{source} to a separate database.",
    "La base de données {place} contient les tables d’un autre programme, et aucune de Carnet. Rien n’a été modifié. "
    "Indiquez une base de données distincte dans {source}.",
)
MIGRATED = Message(
    "The database {place} has version {have} of Carnet’s tables.",
    "La base de données {place} a la version {have} des tables de Carnet.",
)
NOTHING_WRONG = Message("The database {place} is in order.", "La base de données {place} est en ordre.")
FAULTS_FOUND = Message(
    "The database {place} has {faults}. Make a backup before you repair anything; see the operator’s guide.",
    "La base de données {place} présente {faults}. Faites une sauvegarde avant toute réparation; consultez le guide "
    "d’exploitation.",
)
FILE_DAMAGED = Message(
    "The file {place} is damaged: {reason}. Stop Carnet, keep a copy of the file, and restore the last backup with "
    "`carnet restore`.",
    "Le fichier {place} est endommagé\u00a0: {reason}. Arrêtez Carnet, gardez une copie du fichier, et restaurez la "
    "dernière sauvegarde avec `carnet restore`.",
)

# The state after Ctrl-C

STATE_NO_DATABASE = Message("No database was created.", "Aucune base de données n’a été créée.")
STATE_EMPTY = Message("The database {place} is still empty.", "La base de données {place} est encore vide.")
STATE_OLD_VERSION = Message(
    "The database {place} still has version {have} of Carnet’s tables and all its data. Run `carnet migrate` again to "
    "bring it up to date.",
    "La base de données {place} a encore la version {have} des tables de Carnet et toutes ses données. Exécutez de "
    "nouveau `carnet migrate` pour la mettre à jour.",
)
STATE_COMPLETE = Message("The database {place} is complete.", "La base de données {place} est complète.")
