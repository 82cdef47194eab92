"""The messages of the command line, in English and French, without those about databases (`database_messages`).

The help of commands and options is in `help`.
"""

from schema.server.language import CountedNoun, Message

# The server

SERVER_STARTED = Message(
    "Carnet runs at {address}/graphql. Press Ctrl-C to stop it.",
    "Carnet fonctionne à l’adresse {address}/graphql. Appuyez sur Ctrl-C pour l’arrêter.",
)
DATABASE_IN_USE = Message("The database is {place}.", "La base de données est {place}.")
WORKERS_NEED_SERVER = Message(
    "Several workers need PostgreSQL, because only one process at a time can write to an SQLite file. Leave out "
    "--workers, or set CARNET_DATABASE_URL to a PostgreSQL database.",
    "Plusieurs processus exigent PostgreSQL, car un seul à la fois peut écrire dans un fichier SQLite. Retirez "
    "--workers, ou indiquez une base PostgreSQL dans CARNET_DATABASE_URL.",
)
TOKENS_REQUIRED = Message(
    "Callers on other machines need a token: `carnet token create --user …`.",
    "Depuis d’autres ordinateurs, un jeton est exigé\u00a0: `carnet token create --user …`.",
)
NOBODY_HAS_A_TOKEN = Message(
    "The host is {host}, so other machines could reach Carnet, but there is no valid token. Create one with "
    "`carnet token create --user NAME`, or set CARNET_HOST (or --host) to 127.0.0.1 to serve this machine only.",
    "L’adresse d’écoute est {host}\u00a0: d’autres ordinateurs pourraient joindre Carnet, mais il n’existe aucun jeton "
    "valide. Créez-en un avec `carnet token create --user NOM`, ou choisissez 127.0.0.1 avec CARNET_HOST (ou --host) "
    "pour ne servir que cet ordinateur.",
)
SERVER_STOPPED = Message(
    "Carnet has stopped. All changes that were confirmed to clients are saved.",
    "Carnet est arrêté. Toutes les modifications confirmées sont enregistrées.",
)
STOPPED_BEFORE_READY = Message("Stopped before Carnet was ready. {state}", "Arrêté avant que Carnet soit prêt. {state}")
UNKNOWN_HOST = Message(
    "The host to listen on is “{host}”, but no machine has that name or address. Set CARNET_HOST (or --host) to "
    "127.0.0.1 for this machine only, or to 0.0.0.0 for every address of this machine; the port is set with "
    "CARNET_PORT (or --port).",
    "L’adresse d’écoute est «\u00a0{host}\u00a0», mais aucun ordinateur ne porte ce nom ni cette adresse. Avec "
    "CARNET_HOST (ou --host), choisissez 127.0.0.1 pour cet ordinateur seulement, ou 0.0.0.0 pour toutes ses "
    "adresses; le port se choisit avec CARNET_PORT (ou --port).",
)
HOST_NOT_LOCAL = Message(
    "The host to listen on is {host}, which is not an address of this machine. Set CARNET_HOST (or --host) to "
    "127.0.0.1 for this machine only, or to 0.0.0.0 for every address of this machine.",
    "L’adresse d’écoute est {host}, qui n’est pas une adresse de cet ordinateur. Avec CARNET_HOST (ou --host), "
    "choisissez 127.0.0.1 pour cet ordinateur seulement, ou 0.0.0.0 pour toutes ses adresses.",
)
IPV6_UNAVAILABLE = Message(
    "The host to listen on is {host}, but this machine cannot use this IPv6 address. Set CARNET_HOST (or --host) to "
    "127.0.0.1 or 0.0.0.0.",
    "L’adresse d’écoute est {host}, mais cet ordinateur ne peut pas utiliser cette adresse IPv6. Avec CARNET_HOST (ou "
    "--host), choisissez 127.0.0.1 ou 0.0.0.0.",
)
PORT_IN_USE = Message(
    "Another program already listens on port {port} of {host}. Stop it, or choose another port with CARNET_PORT (or "
    "--port).",
    "Un autre programme écoute déjà sur le port {port} de {host}. Arrêtez-le, ou choisissez un autre port avec "
    "CARNET_PORT (ou --port).",
)
PORT_RESERVED = Message(
    "Port {port} is reserved for administrators. Set CARNET_PORT (or --port) to 1024 or more.",
    "Le port {port} est réservé aux administrateurs. Choisissez 1024 ou plus avec CARNET_PORT (ou --port).",
)
CANNOT_LISTEN = Message(
    "Carnet cannot listen on port {port} of {host}: {reason}. Check CARNET_HOST and CARNET_PORT (or --host and "
    "--port).",
    "Carnet ne peut pas écouter sur le port {port} de {host}\u00a0: {reason}. Vérifiez CARNET_HOST et CARNET_PORT (ou "
    "--host et --port).",
)

# Settings

INVALID_SETTINGS = Message("Invalid settings. {problems}", "Paramètres incorrects. {problems}")
INVALID_DATABASE_URL = Message("{source}: {reason}", "{source}\u00a0: {reason}")
SETTING_EMPTY = Message("{name} is empty; it must be {wanted}.", "{name} est vide; il faut {wanted}.")
SETTING_INVALID = Message(
    "{name} is “{value}”; it must be {wanted}.", "{name} vaut «\u00a0{value}\u00a0»; il faut {wanted}."
)
WHOLE_NUMBER = Message("a whole number, {least} or more", "un nombre entier, {least} ou plus")
WHOLE_NUMBER_WITHIN = Message("a whole number from {least} to {most}", "un nombre entier de {least} à {most}")
SECONDS = Message("a number of seconds from {least} to {most}", "un nombre de secondes de {least} à {most}")
WEB_ADDRESS = Message("an address such as {example}", "une adresse comme {example}")
YES_OR_NO = Message("true or false", "true ou false")
JSON_LIST = Message("a list in JSON, such as {example}", "une liste en JSON, par exemple {example}")
JSON_ROLES = Message(
    'a JSON object with roles ({roles}) as values, such as {{"sales-team": "SALESPERSON"}}',
    'un objet JSON dont les valeurs sont des rôles ({roles}), par exemple {{"sales-team": "SALESPERSON"}}',
)
SOME_TEXT = Message("a text of at least one character", "un texte d’au moins un caractère")
JWT_SETTINGS_MISSING = Message(
    "JSON Web Tokens need CARNET_JWT_ISSUER, CARNET_JWT_AUDIENCE and CARNET_JWT_JWKS; still missing: {missing}. Set "
    "all of them, or none.",
    "Les jetons JWT exigent CARNET_JWT_ISSUER, CARNET_JWT_AUDIENCE et CARNET_JWT_JWKS; il manque encore {missing}. "
    "Définissez-les tous, ou aucun.",
)
JWT_JWKS_INVALID = Message(
    "CARNET_JWT_JWKS must be the name of a file, or a URL such as https://login.example.com/jwks.json without user "
    "name and password.",
    "CARNET_JWT_JWKS doit être le nom d’un fichier, ou une adresse comme https://login.example.com/jwks.json, sans nom "
    "d’utilisateur ni mot de passe.",
)
JWT_KEYS_UNREADABLE = Message(
    "The public keys for JSON Web Tokens cannot be read from {file}: {reason}. Save the issuer’s JSON Web Key Set "
    "there, or correct CARNET_JWT_JWKS.",
    "Impossible de lire les clés publiques des jetons JWT dans {file}\u00a0: {reason}. Enregistrez-y les clés de "
    "l’émetteur (JSON Web Key Set), ou corrigez CARNET_JWT_JWKS.",
)
JWT_KEYS_UNUSABLE = Message(
    "{file} has no public key that can verify JSON Web Tokens signed with RS256, ES256 or EdDSA. Save the issuer’s "
    "JSON Web Key Set there, a JSON object with the list `keys`, or correct CARNET_JWT_JWKS.",
    "{file} n’a aucune clé publique qui vérifie des jetons JWT signés avec RS256, ES256 ou EdDSA. Enregistrez-y les "
    "clés de l’émetteur (JSON Web Key Set), un objet JSON avec la liste `keys`, ou corrigez CARNET_JWT_JWKS.",
)
SETTING_MISSPELLED = Message(
    "{name} is not a setting of Carnet and is ignored. Did you mean {nearest}?",
    "{name} n’est pas un paramètre de Carnet et est ignoré. Vouliez-vous dire {nearest}?",
)
SETTING_UNKNOWN = Message(
    "{name} is not a setting of Carnet and is ignored.", "{name} n’est pas un paramètre de Carnet et est ignoré."
)
INVALID_TRUSTED_DOCUMENTS = Message(
    "CARNET_TRUSTED_DOCUMENTS is {file}. {reason}\nBuild the manifest of the clients again, or remove documents that "
    "no longer fit the schema.",
    "CARNET_TRUSTED_DOCUMENTS vaut {file}. {reason}\nGénérez de nouveau le manifeste des clients, ou retirez-en les "
    "documents qui ne correspondent plus au schéma.",
)
PRODUCTION_SETTINGS_MISSING = Message(
    "The environment does not have these settings for production: {names}.",
    "Il manque à l’environnement ces paramètres de production\u00a0: {names}.",
)
PRODUCTION_SETTINGS_COMPLETE = Message(
    "The environment has all settings for production.", "L’environnement a tous les paramètres de production."
)

# Ctrl-C

NOTHING_CHANGED = Message("Stopped. Nothing was changed.", "Arrêté. Rien n’a été modifié.")
INTERRUPTED_AFTER_COMMIT = Message(
    "Ctrl-C came too late: the command is done and its changes are saved.",
    "Ctrl-C est arrivé trop tard\u00a0: la commande est terminée et ses modifications sont enregistrées.",
)
STOPPED_AT_ONCE = Message(
    "Stopped at once. Unfinished changes are not saved.",
    "Arrêté sur-le-champ. Les modifications inachevées ne sont pas enregistrées.",
)
STOPPED_WHILE_COMMITTING = Message(
    "Stopped at once, while the changes were being saved. Look whether they are saved before you repeat the command.",
    "Arrêté sur-le-champ pendant l’enregistrement des modifications. Vérifiez si elles sont enregistrées avant de "
    "répéter la commande.",
)
NOT_MIGRATED = Message("Stopped. {state}", "Arrêté. {state}")
NOT_LOADED = Message(
    "Stopped. The demo company was not loaded. {state}",
    "Arrêté. La compagnie de démonstration n’a pas été chargée. {state}",
)
NOT_IMPORTED = Message(
    "Stopped. Nothing was imported from {file}. Nothing was changed.",
    "Arrêté. Rien n’a été importé de {file}. Rien n’a été modifié.",
)
NOT_EXPORTED = Message("Stopped. {file} was not written.", "Arrêté. {file} n’a pas été enregistré.")
NOT_LOGGED = Message(
    "Canceled. Segment {no} is unchanged; nothing was logged.",
    "Annulé. Le segment {no} est inchangé; rien n’a été journalisé.",
)

# Results

CONTACTS = CountedNoun(("{} contact", "{} contacts"), ("{} contact", "{} contacts"))
INTERACTIONS = CountedNoun(("{} interaction", "{} interactions"), ("{} interaction", "{} interactions"))
OPEN_SEGMENTS = CountedNoun(("{} open segment", "{} open segments"), ("{} segment actif", "{} segments actifs"))
LOGGED_SEGMENTS = CountedNoun(
    ("{} logged segment", "{} logged segments"), ("{} segment journalisé", "{} segments journalisés")
)
POSTPONED = CountedNoun(
    ("{} postponed interaction", "{} postponed interactions"), ("{} interaction reportée", "{} interactions reportées")
)
DEMO_LOADED = Message(
    "The demo company Atelier Boréal is loaded: {contacts}, {entries}, {postponed}, {segments} and {logged}.",
    "La compagnie de démonstration Atelier Boréal est chargée\u00a0: {contacts}, {entries}, {postponed}, "
    "{segments} et {logged}.",
)
ROWS = CountedNoun(("{} row", "{} rows"), ("{} ligne", "{} lignes"))
CREATED = CountedNoun(("{} created", "{} created"), ("{} créée", "{} créées"))
UPDATED = CountedNoun(("{} updated", "{} updated"), ("{} modifiée", "{} modifiées"))
UNCHANGED = CountedNoun(("{} unchanged", "{} unchanged"), ("{} inchangée", "{} inchangées"))
WOULD_BE_CREATED = CountedNoun(
    ("{} would be created", "{} would be created"), ("{} serait créée", "{} seraient créées")
)
WOULD_BE_UPDATED = CountedNoun(
    ("{} would be updated", "{} would be updated"), ("{} serait modifiée", "{} seraient modifiées")
)
REFRESHED = Message("The sums of {days} are refreshed.", "Les totaux de {days} sont à jour.")
REFRESH_STOPPED = Message(
    "Stopped before all sums were refreshed. Figures are right all the same. `carnet refresh` or `carnet serve` "
    "continues.",
    "Arrêté avant que tous les totaux soient à jour. Les chiffres sont justes malgré tout. `carnet refresh` ou "
    "`carnet serve` continue.",
)
CHECK_STOPPED = Message(
    "Stopped before everything was checked. Nothing was changed.",
    "Arrêté avant la fin de la vérification. Rien n’a été modifié.",
)
FAULTS = CountedNoun(("{} fault", "{} faults"), ("{} anomalie", "{} anomalies"))
DAYS = CountedNoun(("{} day", "{} days"), ("{} jour", "{} jours"))
IMPORTED = Message("{rows}: {counts}.", "{rows}\u00a0: {counts}.")
EXPORTED = Message("{rows} exported to {file}.", "Exporté dans {file}\u00a0: {rows}.")
EXPORT_FORMAT_UNKNOWN = Message(
    "The format is chosen by the name of the file. Give one that ends in .csv or .ndjson.",
    "Le format dépend du nom du fichier. Donnez un nom qui finit par .csv ou .ndjson.",
)
EXCEL_IS_CSV = Message(
    "--excel needs a file whose name ends in .csv.", "--excel exige un fichier dont le nom finit par .csv."
)
EXPORT_NOT_WRITABLE = Message(
    "{file} cannot be written: {reason}. Choose another folder.",
    "Impossible d’enregistrer {file}\u00a0: {reason}. Choisissez un autre dossier.",
)
COLUMNS_NOT_READ = Message("Columns that were not read: {columns}", "Colonnes non lues\u00a0: {columns}")
ERRORS = CountedNoun(("{} error", "{} errors"), ("{} erreur", "{} erreurs"))
ROW_NOTES = CountedNoun(("{} note about a row", "{} notes about rows"), ("{} remarque", "{} remarques"))
FIRST_ROWS = Message("{counted}, the first {shown}", "{counted}, dont voici les {shown} premières")
ROW, COLUMN, MESSAGE = Message("Row", "Ligne"), Message("Column", "Colonne"), Message("Message", "Message")
SKIPPED = CountedNoun(("{} line skipped", "{} lines skipped"), ("{} ligne omise", "{} lignes omises"))
BLOCKED = CountedNoun(("{} blocked", "{} blocked"), ("{} bloquée", "{} bloquées"))
LOGGED = Message(
    "Segment {no} is logged: {logged}, {skipped}, {blocked}. The number of the logged segment is {entry_no}.",
    "Le segment {no} est journalisé\u00a0: {logged}, {skipped}, {blocked}. Le numéro du segment journalisé est "
    "{entry_no}.",
)
BLOCKED_LINE = Message("  Line {line_no}: {reasons}", "  Ligne {line_no}\u00a0: {reasons}")
MORE_LINES = Message("  … and {count} more.", "  … et {count} de plus.")
LOG_OTHER_LINES = Message(
    "To log only the other lines, add --on-blocked skip. With --on-blocked leave_in_segment the blocked lines stay in "
    "the segment.",
    "Pour ne journaliser que les autres lignes, ajoutez --on-blocked skip. Avec --on-blocked leave_in_segment, les "
    "lignes bloquées restent dans le segment.",
)
ZONE_FROM_OPTION = Message(
    "The time zone of the company is {zone}. {how}", "Le fuseau horaire de la compagnie est {zone}. {how}"
)
ZONE_FROM_MACHINE = Message(
    "The time zone of the company is {zone}, the time zone of this machine. {how}",
    "Le fuseau horaire de la compagnie est {zone}, celui de cet ordinateur. {how}",
)
ZONE_UNKNOWN = Message(
    "The time zone of the company is UTC, because the time zone of this machine is unknown. {how}",
    "Le fuseau horaire de la compagnie est UTC, car celui de cet ordinateur est inconnu. {how}",
)
HOW_TO_CHANGE_ZONE = Message(
    "To change it, send the mutation updateMarketingSetup with another timeZone.",
    "Pour le changer, envoyez la mutation updateMarketingSetup avec un autre timeZone.",
)
TOKEN_CREATED = Message(
    "Token {id} of {user}{roles}{salesperson}{expiry}. Send it as `Authorization: Bearer …`; it is not shown again:",
    "Jeton {id} de l’utilisateur {user}{roles}{salesperson}{expiry}. Envoyez-le sous la forme "
    "`Authorization: Bearer …`; il ne sera plus affiché\u00a0:",
)
TOKEN_ROLE = Message(", role {roles}", ", rôle {roles}")
TOKEN_SALESPERSON = Message(", salesperson {code}", ", représentant {code}")
TOKEN_EXPIRES = Message(", valid until {time}", ", valide jusqu’au {time}")
TOKEN_READS_ONLY = Message(
    "This token can only read. For another role, create another token with --role salesperson, marketer or admin.",
    "Ce jeton ne permet que de lire. Pour un autre rôle, créez un autre jeton avec --role salesperson, marketer ou "
    "admin.",
)
TOKEN_REVOKED = Message("Token {id} of {user} is revoked.", "Le jeton {id} de l’utilisateur {user} est révoqué.")
TOKEN, USER, SALESPERSON = (
    Message("Token", "Jeton"),
    Message("User", "Utilisateur"),
    Message("Salesperson", "Représentant"),
)
ROLES, CREATED_AT = Message("Roles", "Rôles"), Message("Created", "Créé")
EXPIRES_AT, REVOKED_AT = Message("Expires", "Expire"), Message("Revoked", "Révoqué")
EXPIRED = Message("{time}, expired", "{time}, expiré")
VERSION_UNKNOWN = Message(
    "Carnet is not installed as a package, so its version is unknown. Install it with pip.",
    "Carnet n’est pas installé comme paquet; sa version est donc inconnue. Installez-le avec pip.",
)

# Progress bars

PHASES = {
    "rows read": Message("Rows read", "Lignes lues"),
    "rows written": Message("Rows written", "Lignes enregistrées"),
    "writing salespeople": Message("Writing salespeople", "Enregistrement des représentants"),
    "writing campaigns": Message("Writing campaigns", "Enregistrement des campagnes"),
    "writing contacts": Message("Writing contacts", "Enregistrement des contacts"),
    "writing templates": Message("Writing templates", "Enregistrement des modèles"),
    "writing interactions": Message("Writing interactions", "Enregistrement des interactions"),
    "contact": Message("Contacts", "Contacts"),
    "interaction log entry": Message("Interactions", "Interactions"),
    "interaction comment": Message("Comments", "Commentaires"),
    "segments": Message("Segments", "Segments"),
    "companies": Message("Companies", "Compagnies"),
    "pages copied": Message("Pages copied", "Pages copiées"),
    "day_sum": Message("Sums of days", "Totaux par jour"),
    "day_contact_difference": Message("Contacts of days", "Contacts par jour"),
    "contact_date": Message("Dates of contacts", "Dates des contacts"),
    "CHECKING": Message("Checking", "Vérification"),
    "LOGGING": Message("Logging", "Journalisation"),
    "FOLLOW_UP": Message("Follow-up", "Suivi"),
    "FINDING": Message("Finding", "Recherche"),
    "ADDING": Message("Adding", "Ajout"),
}
"""The labels of progress bars by phase."""
