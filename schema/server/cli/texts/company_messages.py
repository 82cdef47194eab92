"""The messages about companies, in English and French."""

from schema.server.companies.states import State
from schema.server.language import Message

NAME_INVALID = Message(
    "“{name}” cannot be the name of a company. A name has 1 to 40 small letters, digits, hyphens and underscores, and "
    "begins with a letter or a digit.",
    "«\u00a0{name}\u00a0» ne peut pas être le nom d’une compagnie. Un nom a de 1 à 40 lettres minuscules sans accent, "
    "chiffres, traits d’union et traits de soulignement, et commence par une lettre ou un chiffre.",
)
UNKNOWN = Message(
    "There is no company “{name}” in {folder}. `carnet company list` shows all companies; set CARNET_COMPANIES to "
    "their folder.",
    "Aucune compagnie «\u00a0{name}\u00a0» n’existe dans {folder}. `carnet company list` les affiche toutes; indiquez "
    "leur dossier dans CARNET_COMPANIES.",
)
FOLDER_UNUSABLE = Message(
    "The list of companies in {folder} cannot be used: {reason}. Nothing was changed. Check CARNET_COMPANIES and the "
    "permissions of the folder.",
    "La liste des compagnies dans {folder} est inutilisable\u00a0: {reason}. Rien n’a été modifié. Vérifiez "
    "CARNET_COMPANIES et les droits d’accès au dossier.",
)
URL_INVALID = Message(
    "The file {file} has no usable database URL. {reason}",
    "Le fichier {file} n’a pas d’adresse de base de données utilisable. {reason}",
)
EXISTS = Message(
    "There is a company “{name}” already. Nothing was changed. Choose another name, or continue a creation that was "
    "interrupted with `carnet company migrate {name}`.",
    "Une compagnie «\u00a0{name}\u00a0» existe déjà. Rien n’a été modifié. Choisissez un autre nom, ou poursuivez une "
    "création interrompue avec `carnet company migrate {name}`.",
)
PLACE_TAKEN = Message(
    "The database of the company cannot be created, because its name is taken: {reason}. Nothing was changed. Choose "
    "another name, or remove what has this one.",
    "La base de données de la compagnie ne peut pas être créée, car son nom est pris\u00a0: {reason}. Rien n’a été "
    "modifié. Choisissez un autre nom, ou supprimez ce qui porte celui-ci.",
)
NOT_ALLOWED = Message(
    "The user of {place} may not create or drop a schema with a role of its own: {reason}. Nothing was changed. Let an "
    "administrator of the server run `ALTER ROLE name CREATEROLE` and `GRANT CREATE ON DATABASE name TO name`, or name "
    "another user with --database-url.",
    "L’utilisateur de {place} ne peut ni créer ni supprimer un schéma ayant son propre rôle\u00a0: {reason}. Rien n’a "
    "été modifié. Demandez à un administrateur du serveur d’exécuter `ALTER ROLE nom CREATEROLE` et `GRANT CREATE ON "
    "DATABASE nom TO nom`, ou indiquez un autre utilisateur avec --database-url.",
)
NO_USER = Message(
    "The schema and the role of a company are dropped by the user who created them or by an administrator, and {place} "
    "names none. Nothing was changed. Name the user with --database-url.",
    "Le schéma et le rôle d’une compagnie sont supprimés par l’utilisateur qui les a créés ou par un administrateur, "
    "et {place} n’en indique aucun. Rien n’a été modifié. Indiquez l’utilisateur avec --database-url.",
)
IN_USE = Message(
    "The database of the company cannot be created or dropped: {reason}. Try again when nobody uses it.",
    "La base de données de la compagnie ne peut être ni créée ni supprimée\u00a0: {reason}. Recommencez quand personne "
    "ne l’utilise.",
)
FAILED = Message(
    "The database of the company cannot be created or dropped: {reason}. Correct the cause and try again. With Citus, "
    "all servers must be running.",
    "La base de données de la compagnie ne peut être ni créée ni supprimée\u00a0: {reason}. Corrigez-en la cause et "
    "recommencez. Avec Citus, tous les serveurs doivent fonctionner.",
)
CREATED = Message(
    "The company {name} is created. Its database is {place}. Create a token with `carnet token create --company {name} "
    "--user …`; clients send requests to /companies/{name}/graphql.",
    "La compagnie {name} est créée. Sa base de données est {place}. Créez un jeton avec `carnet token create --company "
    "{name} --user …`; les clients envoient leurs requêtes à /companies/{name}/graphql.",
)
NONE_YET = Message(
    "There are no companies in {folder}. Create one with `carnet company create NAME`.",
    "Aucune compagnie n’existe dans {folder}. Créez-en une avec `carnet company create NOM`.",
)
NAME_OR_ALL = Message(
    "Name a company, or give --all to migrate all of them.",
    "Indiquez une compagnie, ou --all pour les mettre toutes à jour.",
)
ALL_MIGRATED = Message(
    "All companies have tables of version {need}: {migrated} migrated, {current} unchanged.",
    "Toutes les compagnies ont les tables de la version {need}\u00a0: {migrated} mises à jour, {current} inchangées.",
)
SOME_FAILED = Message(
    "These companies could not be migrated: {names}. The others have tables of version {need}. Correct what the "
    "messages above say and run the command again: it continues with these.",
    "Ces compagnies n’ont pas pu être mises à jour\u00a0: {names}. Les autres ont les tables de la version {need}. "
    "Corrigez ce que disent les messages ci-dessus et relancez la commande\u00a0: elle continuera avec celles-ci.",
)
MIGRATION_STOPPED = Message(
    "Stopped after {done} of {total} companies. Run the command again: it continues with the others.",
    "Arrêté après {done} compagnies sur {total}. Relancez la commande\u00a0: elle continuera avec les autres.",
)
DROP = Message(
    "The company {name} will be dropped with all its data in {place}; a database that Carnet did not create stays. "
    "This cannot be undone. Type the name of the company to go on",
    "La compagnie {name} et toutes ses données dans {place} seront supprimées définitivement; une base de données "
    "que Carnet n’a pas créée est conservée. Tapez le nom de la compagnie pour continuer",
)
DROPPED = Message(
    "The company {name} and its data in {place} are dropped.",
    "La compagnie {name} et ses données dans {place} sont supprimées.",
)
ONLY_REMOVED = Message(
    "The company {name} is no longer served. Carnet did not create its database, {place}, and left it as it is.",
    "La compagnie {name} n’est plus servie. Carnet n’a pas créé sa base de données, {place}, et l’a laissée telle "
    "quelle.",
)
NAME, PLACE, VERSION, STATE = (
    Message("Name", "Nom"),
    Message("Database", "Base de données"),
    Message("Version", "Version"),
    Message("State", "État"),
)
STATES = {
    State.READY: Message("ready", "prête"),
    State.EMPTY: Message("no tables: migrate it", "sans tables\u00a0: à mettre à jour"),
    State.OLDER: Message("older tables: migrate it", "tables plus anciennes\u00a0: à mettre à jour"),
    State.NEWER: Message("tables of a newer Carnet", "tables d’un Carnet plus récent"),
    State.FOREIGN: Message("tables of another program", "tables d’un autre programme"),
    State.UNREACHABLE: Message("cannot be reached", "inaccessible"),
}

FRENCH_HELP = {
    "Create, list, migrate and drop companies, each with a database of its own.": (
        "Créer, afficher, mettre à jour et supprimer des compagnies, chacune dans sa propre base de données."
    ),
    "Create a company with its database and tables, and add it to the list. Running servers serve it at once.": (
        "Créer une compagnie, sa base de données et ses tables, et l’ajouter à la liste. Les serveurs en marche la "
        "servent aussitôt."
    ),
    "List all companies with the state of their databases.": (
        "Afficher toutes les compagnies et l’état de leurs bases de données."
    ),
    "Migrate the tables of a company, or of all, to the version of this Carnet.": (
        "Mettre à jour les tables d’une compagnie, ou de toutes, pour cette version de Carnet."
    ),
    "Drop a company: its data, its schema and role or its file, and its place in the list.": (
        "Supprimer une compagnie : ses données, son schéma et son rôle ou son fichier, et sa place dans la liste."
    ),
    "The name of the company, as in /companies/NAME/graphql.": (
        "Le nom de la compagnie, comme dans /companies/NOM/graphql."
    ),
    "The PostgreSQL database in which the company has a schema with a role of its own, for a user who may create both; "
    "or the SQLite file of the company. Default: CARNET_DATABASE_URL, and a new file for SQLite.": (
        "La base PostgreSQL où la compagnie aura un schéma et son propre rôle, pour un utilisateur qui peut créer les "
        "deux; ou le fichier SQLite de la compagnie. Par défaut : CARNET_DATABASE_URL, et un nouveau fichier pour "
        "SQLite."
    ),
    "The company to migrate.": "La compagnie à mettre à jour.",
    "Migrate all companies. What is migrated already is left as it is.": (
        "Mettre à jour toutes les compagnies. Celles qui le sont déjà restent telles quelles."
    ),
    "A URL with the user who may drop the schema and the role. Default: CARNET_DATABASE_URL.": (
        "Une adresse avec l’utilisateur qui peut supprimer le schéma et le rôle. Par défaut : CARNET_DATABASE_URL."
    ),
    "Do not ask for confirmation.": "Ne pas demander de confirmation.",
    "The company whose database to use. Default: that of CARNET_DATABASE_URL.": (
        "La compagnie dont il faut utiliser la base de données. Par défaut : celle de CARNET_DATABASE_URL."
    ),
}
"""The French of the help of these commands and of the option `--company`."""
