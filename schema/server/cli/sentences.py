"""Every sentence of the command line, in English and French. The help of commands and options is in `help`."""

import socket

from schema.server.language import Counted, Sentence

# The server

SERVING = Sentence(
    "Carnet is at {address}/graphql – stop it with Ctrl-C.",
    "Carnet est à l’adresse {address}/graphql – arrêtez-le avec Ctrl-C.",
)
ITS_DATABASE = Sentence("The database is {place}.", "La base de données est {place}.")
NEEDS_TOKENS = Sentence(
    "Callers on other machines need a token: `carnet token create --user …`.",
    "Depuis d’autres ordinateurs, un jeton est exigé\u00a0: `carnet token create --user …`.",
)
SERVED = Sentence(
    "Carnet has stopped. All changes that were confirmed to clients are saved.",
    "Carnet est arrêté. Toutes les modifications confirmées sont enregistrées.",
)
NOT_SERVED = Sentence("Stopped before Carnet was ready. {kept}", "Arrêté avant que Carnet soit prêt. {kept}")
NO_SUCH_HOST = Sentence(
    "CARNET_HOST is “{host}”, but no machine has that name or address. Set it to 127.0.0.1 for this machine only, or "
    "to 0.0.0.0 for every address of this machine; the port is set with CARNET_PORT.",
    "CARNET_HOST vaut «\u00a0{host}\u00a0», mais aucun ordinateur ne porte ce nom ni cette adresse. Choisissez "
    "127.0.0.1 pour cet ordinateur seulement, ou 0.0.0.0 pour toutes ses adresses; le port se choisit avec "
    "CARNET_PORT.",
)
HOST_OF_OTHERS = Sentence(
    "CARNET_HOST is {host}, which is not an address of this machine. Set it to 127.0.0.1 for this machine only, or to "
    "0.0.0.0 for every address of this machine.",
    "CARNET_HOST vaut {host}, qui n’est pas une adresse de cet ordinateur. Choisissez 127.0.0.1 pour cet ordinateur "
    "seulement, ou 0.0.0.0 pour toutes ses adresses.",
)
NO_IPV6 = Sentence(
    "CARNET_HOST is {host}, but this machine cannot use this IPv6 address. Set it to 127.0.0.1 or 0.0.0.0.",
    "CARNET_HOST vaut {host}, mais cet ordinateur ne peut pas utiliser cette adresse IPv6. Choisissez 127.0.0.1 ou "
    "0.0.0.0.",
)
PORT_TAKEN = Sentence(
    "Another program already listens on port {port} of {host}. Stop it, or set CARNET_PORT to another port.",
    "Un autre programme écoute déjà sur le port {port} de {host}. Arrêtez-le, ou choisissez un autre port avec "
    "CARNET_PORT.",
)
PORT_RESERVED = Sentence(
    "Port {port} is reserved for administrators. Set CARNET_PORT to 1024 or more.",
    "Le port {port} est réservé aux administrateurs. Choisissez 1024 ou plus avec CARNET_PORT.",
)
CANNOT_LISTEN = Sentence(
    "Carnet cannot listen on port {port} of {host}: {reason}. Check CARNET_HOST and CARNET_PORT.",
    "Carnet ne peut pas écouter sur le port {port} de {host}\u00a0: {reason}. Vérifiez CARNET_HOST et CARNET_PORT.",
)

# Settings

SETTING_WRONG = Sentence("Invalid settings. {problems}", "Paramètres incorrects. {problems}")
DATABASE_URL_WRONG = Sentence("CARNET_DATABASE_URL: {reason}", "CARNET_DATABASE_URL\u00a0: {reason}")
SETTING_IS_EMPTY = Sentence("{name} is empty; it must be {wanted}.", "{name} est vide; il faut {wanted}.")
SETTING_IS = Sentence(
    "{name} is “{value}”; it must be {wanted}.", "{name} vaut «\u00a0{value}\u00a0»; il faut {wanted}."
)
WHOLE_NUMBER = Sentence("a whole number, {least} or more", "un nombre entier, {least} ou plus")
WHOLE_NUMBER_WITHIN = Sentence("a whole number from {least} to {most}", "un nombre entier de {least} à {most}")
SECONDS = Sentence("a number of seconds from {least} to {most}", "un nombre de secondes de {least} à {most}")
YES_OR_NO = Sentence("true or false", "true ou false")
JSON_LIST = Sentence("a list in JSON, such as {example}", "une liste en JSON, par exemple {example}")
SETTING_UNKNOWN = Sentence(
    "There is no setting {name}; it is ignored. Did you mean {nearest}?",
    "Le paramètre {name} n’existe pas; il est ignoré. Vouliez-vous dire {nearest}?",
)
SETTING_UNKNOWN_AT_ALL = Sentence(
    "There is no setting {name}; it is ignored.", "Le paramètre {name} n’existe pas; il est ignoré."
)

# The database

NO_FILE = Sentence(
    "There is no database at {place}. Create one with `carnet migrate`, change to the folder of yours, or set "
    "CARNET_DATABASE_URL.",
    "Aucune base de données n’existe à l’emplacement {place}. Créez-en une avec `carnet migrate`, allez dans le "
    "dossier de la vôtre, ou indiquez son emplacement dans CARNET_DATABASE_URL.",
)
NEW_FILE = Sentence(
    "There is no database at {place} yet; Carnet creates a new, empty one. If yours is elsewhere, stop and set "
    "CARNET_DATABASE_URL.",
    "Aucune base de données n’existe encore à l’emplacement {place}; Carnet en crée une nouvelle, vide. Si la vôtre "
    "est ailleurs, arrêtez et indiquez son emplacement dans CARNET_DATABASE_URL.",
)
NO_FOLDER = Sentence(
    "The database should be {place}, but there is no folder {folder}. Create the folder, or correct "
    "CARNET_DATABASE_URL.",
    "La base de données devrait être {place}, mais le dossier {folder} n’existe pas. Créez le dossier, ou corrigez "
    "CARNET_DATABASE_URL.",
)
IS_A_FOLDER = Sentence(
    "{place} is a folder, not a database. Name a file in CARNET_DATABASE_URL.",
    "{place} est un dossier, pas une base de données. Indiquez un fichier dans CARNET_DATABASE_URL.",
)
NOT_A_DATABASE = Sentence(
    "{place} is not a database, or it is damaged. Check CARNET_DATABASE_URL, or restore the file from a backup.",
    "{place} n’est pas une base de données, ou elle est endommagée. Vérifiez CARNET_DATABASE_URL, ou restaurez le "
    "fichier depuis une sauvegarde.",
)
NO_RIGHTS = Sentence(
    "{place} cannot be opened for reading and writing. Check the permissions of the file and its folder.",
    "Impossible d’ouvrir {place} en lecture et en écriture. Vérifiez les droits d’accès au fichier et à son dossier.",
)
NO_ROOM = Sentence(
    "The disk of {place} is full or cannot be written. Nothing was changed. Free some space and try again.",
    "Le disque de {place} est plein ou inaccessible en écriture. Rien n’a été modifié. Libérez de l’espace et "
    "recommencez.",
)
BUSY = Sentence(
    "{place} was locked by others for too long. Nothing was changed. Try again in a moment.",
    "D’autres ont verrouillé {place} trop longtemps. Rien n’a été modifié. Réessayez dans un moment.",
)
IN_MAKING = Sentence(
    "Another Carnet has been creating or changing the tables of {place} for too long. Wait until it has finished, "
    "then try again.",
    "Un autre Carnet crée ou modifie les tables de {place} depuis trop longtemps. Attendez qu’il ait fini, puis "
    "recommencez.",
)
NO_SERVER = Sentence(
    "The database {place} cannot be reached: {reason}. Check that the server runs, and its address in "
    "CARNET_DATABASE_URL.",
    "La base de données {place} est inaccessible\u00a0: {reason}. Vérifiez que le serveur fonctionne, et son adresse "
    "dans CARNET_DATABASE_URL.",
)
NO_ANSWER = {
    ConnectionRefusedError: Sentence("no server listens at this address", "aucun serveur n’écoute à cette adresse"),
    TimeoutError: Sentence("the server did not answer in time", "le serveur n’a pas répondu à temps"),
    socket.gaierror: Sentence("no machine has this name", "aucun ordinateur ne porte ce nom"),
}
"""Why a server cannot be reached, by exception."""

NO_DATABASE = Sentence(
    "The server has no database {place}. Create it, for example with `createdb`, or correct the name in "
    "CARNET_DATABASE_URL.",
    "Le serveur n’a pas de base de données {place}. Créez-la, par exemple avec `createdb`, ou corrigez son nom dans "
    "CARNET_DATABASE_URL.",
)
ACCESS_DENIED = Sentence(
    "The server denies access to {place}: {reason}. Check user and password in CARNET_DATABASE_URL.",
    "Le serveur refuse l’accès à {place}\u00a0: {reason}. Vérifiez l’utilisateur et le mot de passe dans "
    "CARNET_DATABASE_URL.",
)
NOT_READY = Sentence(
    "The server of {place} is starting or stopping. Try again in a moment.",
    "Le serveur de {place} démarre ou s’arrête. Réessayez dans un moment.",
)
CANNOT_USE = Sentence(
    "The database {place} cannot be used: {reason}. Nothing was changed. Check CARNET_DATABASE_URL.",
    "La base de données {place} est inutilisable\u00a0: {reason}. Rien n’a été modifié. Vérifiez CARNET_DATABASE_URL.",
)
DATABASE_TOO_OLD = Sentence(
    "The SQLite library of this Python is too old: {reason}",
    "La bibliothèque SQLite de ce Python est trop ancienne\u00a0: {reason}",
)
UNCERTAIN = Sentence(
    "The connection to {place} was lost during the commit. Check whether the change was made before you repeat it.",
    "La connexion à {place} s’est rompue pendant l’enregistrement. Vérifiez si la modification est faite avant de "
    "recommencer.",
)
TOOK_TOO_LONG = Sentence(
    "This took too long and was canceled. Nothing was changed.",
    "L’opération a pris trop de temps et a été annulée. Rien n’a été modifié.",
)
CANCELED_BY_OTHERS = Sentence(
    "Another user canceled this. Nothing was changed.",
    "Un autre utilisateur a annulé cette opération. Rien n’a été modifié.",
)
NO_TABLES = Sentence(
    "The database {place} has no Carnet tables yet. Run `carnet migrate` with the same settings, then try again.",
    "La base de données {place} n’a pas encore de tables de Carnet. Exécutez `carnet migrate` avec les mêmes "
    "paramètres, puis recommencez.",
)
OLDER = Sentence(
    "The database {place} has version {have} of Carnet’s tables, but this Carnet needs {need}. Run `carnet migrate` "
    "with the same settings, then try again.",
    "La base de données {place} a la version {have} des tables de Carnet, mais ce Carnet exige la version {need}. "
    "Exécutez `carnet migrate` avec les mêmes paramètres, puis recommencez.",
)
NEWER = Sentence(
    "The database {place} was created by a newer Carnet: its tables have version {have}, this Carnet supports versions "
    "up to {need}. Nothing was changed. Install the newer Carnet.",
    "La base de données {place} a été créée par un Carnet plus récent\u00a0: ses tables ont la version {have}, et ce "
    "Carnet ne prend en charge que les versions jusqu’à {need}. Rien n’a été modifié. Installez le Carnet plus récent.",
)
OF_OTHERS = Sentence(
    "The database {place} has tables of another program, and none of Carnet’s. Nothing was changed. Set "
    "CARNET_DATABASE_URL to a separate database.",
    "La base de données {place} contient les tables d’un autre programme, et aucune de Carnet. Rien n’a été modifié. "
    "Indiquez une base de données distincte dans CARNET_DATABASE_URL.",
)
MIGRATED = Sentence(
    "The database {place} has version {have} of Carnet’s tables.",
    "La base de données {place} a la version {have} des tables de Carnet.",
)

# Ctrl-C

NOTHING_CHANGED = Sentence("Stopped. Nothing was changed.", "Arrêté. Rien n’a été modifié.")
TOO_LATE = Sentence(
    "Ctrl-C came too late: the command is done and its changes are saved.",
    "Ctrl-C est arrivé trop tard\u00a0: la commande est terminée et ses modifications sont enregistrées.",
)
ENDED_AT_ONCE = Sentence(
    "Stopped at once. Unfinished changes are not saved.",
    "Arrêté sur-le-champ. Les modifications inachevées ne sont pas enregistrées.",
)
NOT_MIGRATED = Sentence("Stopped. {kept}", "Arrêté. {kept}")
KEPT_NOTHING = Sentence("No database was created.", "Aucune base de données n’a été créée.")
KEPT_EMPTY = Sentence("The database {place} is still empty.", "La base de données {place} est encore vide.")
KEPT_VERSION = Sentence(
    "The database {place} still has version {have} of Carnet’s tables and all its data. Run `carnet migrate` again to "
    "bring it up to date.",
    "La base de données {place} a encore la version {have} des tables de Carnet et toutes ses données. Exécutez de "
    "nouveau `carnet migrate` pour la mettre à jour.",
)
KEPT_WHOLE = Sentence("The database {place} is complete.", "La base de données {place} est complète.")
NOT_LOADED = Sentence(
    "Stopped. The demo company was not loaded. {kept}",
    "Arrêté. La compagnie de démonstration n’a pas été chargée. {kept}",
)
NOT_IMPORTED = Sentence(
    "Stopped. Nothing was imported from {file}. Nothing was changed.",
    "Arrêté. Rien n’a été importé de {file}. Rien n’a été modifié.",
)
NOT_LOGGED = Sentence(
    "Canceled. Segment {no} is unchanged; nothing was logged.",
    "Annulé. Le segment {no} est inchangé; rien n’a été journalisé.",
)

# What was done

CONTACTS = Counted(("{} contact", "{} contacts"), ("{} contact", "{} contacts"))
INTERACTIONS = Counted(("{} interaction", "{} interactions"), ("{} interaction", "{} interactions"))
OPEN_SEGMENTS = Counted(("{} open segment", "{} open segments"), ("{} segment actif", "{} segments actifs"))
LOGGED_SEGMENTS = Counted(
    ("{} logged segment", "{} logged segments"), ("{} segment journalisé", "{} segments journalisés")
)
POSTPONED = Counted(
    ("{} postponed interaction", "{} postponed interactions"), ("{} interaction reportée", "{} interactions reportées")
)
DEMO_LOADED = Sentence(
    "The demo company Atelier Boréal is loaded: {contacts}, {entries}, {postponed}, {segments} and {logged}.",
    "La compagnie de démonstration Atelier Boréal est chargée\u00a0: {contacts}, {entries}, {postponed}, "
    "{segments} et {logged}.",
)
ROWS = Counted(("{} row", "{} rows"), ("{} ligne", "{} lignes"))
CREATED = Counted(("{} created", "{} created"), ("{} créée", "{} créées"))
UPDATED = Counted(("{} updated", "{} updated"), ("{} modifiée", "{} modifiées"))
UNCHANGED = Counted(("{} unchanged", "{} unchanged"), ("{} inchangée", "{} inchangées"))
WOULD_BE_CREATED = Counted(("{} would be created", "{} would be created"), ("{} serait créée", "{} seraient créées"))
WOULD_BE_UPDATED = Counted(
    ("{} would be updated", "{} would be updated"), ("{} serait modifiée", "{} seraient modifiées")
)
IMPORTED = Sentence("{rows}: {created}, {updated}, {unchanged}.", "{rows}\u00a0: {created}, {updated}, {unchanged}.")
NOT_READ = Sentence("Columns that were not read: {columns}", "Colonnes qui n’ont pas été lues\u00a0: {columns}")
ERRORS = Counted(("{} error", "{} errors"), ("{} erreur", "{} erreurs"))
ERRORS_OF_MORE = Sentence("{errors}, the first {shown}", "{errors}, dont voici les {shown} premières")
ROW, COLUMN, PROBLEM = Sentence("Row", "Ligne"), Sentence("Column", "Colonne"), Sentence("Problem", "Problème")
SKIPPED = Counted(("{} line skipped", "{} lines skipped"), ("{} ligne omise", "{} lignes omises"))
BLOCKED = Counted(("{} blocked", "{} blocked"), ("{} bloquée", "{} bloquées"))
LOGGED = Sentence(
    "Segment {no} is logged: {logged}, {skipped}, {blocked}. It is logged segment {entry_no}.",
    "Le segment {no} est journalisé\u00a0: {logged}, {skipped}, {blocked}. C’est le segment journalisé {entry_no}.",
)
BLOCKED_LINE = Sentence("  Line {line_no}: {reasons}", "  Ligne {line_no}\u00a0: {reasons}")
MORE_LINES = Sentence("  … and {count} more.", "  … et {count} de plus.")
OTHER_WAYS = Sentence(
    "To log only the other lines, add --on-blocked skip. With --on-blocked leave_in_segment the blocked lines stay in "
    "the segment.",
    "Pour ne journaliser que les autres lignes, ajoutez --on-blocked skip. Avec --on-blocked leave_in_segment, les "
    "lignes bloquées restent dans le segment.",
)
ZONE_ASKED = Sentence(
    "The time zone of the company is {zone}. {how}", "Le fuseau horaire de la compagnie est {zone}. {how}"
)
ZONE_OF_MACHINE = Sentence(
    "The time zone of the company is {zone}, that of this machine. {how}",
    "Le fuseau horaire de la compagnie est {zone}, celui de cet ordinateur. {how}",
)
ZONE_UNKNOWN = Sentence(
    "The time zone of the company is UTC, because that of this machine is not known. {how}",
    "Le fuseau horaire de la compagnie est UTC, car celui de cet ordinateur est inconnu. {how}",
)
CHANGE_ZONE = Sentence(
    "To change it, send the mutation updateMarketingSetup with another timeZone.",
    "Pour le changer, envoyez la mutation updateMarketingSetup avec un autre timeZone.",
)
TOKEN_MADE = Sentence(
    "Token {id} of {user}{own}. Send it as `Authorization: Bearer …`; it is not shown again:",
    "Jeton {id} de l’utilisateur {user}{own}. Envoyez-le sous la forme `Authorization: Bearer …`; il ne sera plus "
    "affiché\u00a0:",
)
OWN_SALESPERSON = Sentence(", salesperson {code}", ", représentant {code}")
TOKEN_REVOKED = Sentence("Token {id} of {user} is revoked.", "Le jeton {id} de l’utilisateur {user} est révoqué.")
TOKEN, USER, SALESPERSON = (
    Sentence("Token", "Jeton"),
    Sentence("User", "Utilisateur"),
    Sentence("Salesperson", "Représentant"),
)
MADE_AT, REVOKED_AT = Sentence("Created", "Créé"), Sentence("Revoked", "Révoqué")
NO_METADATA = Sentence(
    "Carnet is not installed as a package, so its version is not known.",
    "Carnet n’est pas installé comme paquet; sa version est donc inconnue.",
)

# Bars

PHASES = {
    "rows read": Sentence("Rows read", "Lignes lues"),
    "contacts written": Sentence("Contacts written", "Contacts enregistrés"),
    "templates written": Sentence("Templates written", "Modèles enregistrés"),
    "interactions written": Sentence("Interactions written", "Interactions enregistrées"),
    "contact": Sentence("Contacts", "Contacts"),
    "interaction log entry": Sentence("Interactions", "Interactions"),
    "interaction comment": Sentence("Comments", "Commentaires"),
    "segments": Sentence("Segments", "Segments"),
    "CHECKING": Sentence("Checking", "Vérification"),
    "LOGGING": Sentence("Logging", "Journalisation"),
    "FOLLOW_UP": Sentence("Follow-up", "Suivi"),
    "FINDING": Sentence("Finding", "Recherche"),
    "ADDING": Sentence("Adding", "Ajout"),
}
"""Labels of progress bars, by phase."""
