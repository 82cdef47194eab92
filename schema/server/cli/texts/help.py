"""French help texts of commands and options.

The English help texts are in the modules of the commands; `FRENCH` has their translations.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from typer import Context, rich_utils
from typer.core import TyperCommand, TyperGroup

from schema.server.cli.texts.company_messages import FRENCH_HELP
from schema.server.language import Message, in_french

Command = TyperCommand | TyperGroup

FRENCH = {
    "Carnet, the interaction log of a CRM. Settings come from CARNET_… in the environment.": (
        "Carnet, le journal des interactions d’un CRM. Les paramètres viennent des variables d’environnement CARNET_…."
    ),
    "Show the version of Carnet and exit.": "Afficher la version de Carnet et quitter.",
    "Show this message and exit.": "Afficher cette aide et quitter.",
    "Serve the API and GraphiQL. Creates the tables in an empty database, and refuses one with old tables.": (
        "Lancer le serveur de l’API et GraphiQL. Les tables sont créées dans une base de données vide; une base aux "
        "tables anciennes est refusée."
    ),
    "Load the demo company first, if the database is empty.": (
        "Charger d’abord la compagnie de démonstration, si la base de données est vide."
    ),
    "Create the tables, or migrate them to the version of this Carnet.": (
        "Créer les tables, ou les mettre à jour pour cette version de Carnet."
    ),
    "Load the demo company, Atelier Boréal, into an empty database.": (
        "Charger la compagnie de démonstration, Atelier Boréal, dans une base de données vide."
    ),
    "Refresh the stored sums and dates now. `carnet serve` refreshes them by itself a few seconds after a change.": (
        "Mettre à jour maintenant les totaux et les dates enregistrés. `carnet serve` le fait lui-même quelques "
        "secondes après une modification."
    ),
    "Check that the database is complete and consistent. Changes nothing; ends with status 1 if something is wrong.": (
        "Vérifier que la base de données est complète et cohérente. Rien n’est modifié; l’état de sortie est 1 en cas "
        "d’anomalie."
    ),
    "Compute all stored sums and dates anew, not only those that may be out of date.": (
        "Recalculer tous les totaux et toutes les dates enregistrés, pas seulement ceux qui peuvent être périmés."
    ),
    "Copy an SQLite database to a file, also while `carnet serve` runs. For PostgreSQL, print the commands to use.": (
        "Copier une base de données SQLite dans un fichier, aussi pendant que `carnet serve` tourne. Pour PostgreSQL, "
        "afficher les commandes à utiliser."
    ),
    "Restore an SQLite database from a backup. No Carnet may be running. For PostgreSQL, print the commands to use.": (
        "Restaurer une base de données SQLite depuis une sauvegarde. Aucun Carnet ne doit tourner. Pour PostgreSQL, "
        "afficher les commandes à utiliser."
    ),
    "The file to write. It must not exist.": "Le fichier à enregistrer. Il ne doit pas exister.",
    "A file that `carnet backup` has written.": "Un fichier que `carnet backup` a enregistré.",
    "Replace the database that is there. Its file is kept under another name.": (
        "Remplacer la base de données qui s’y trouve. Son fichier est gardé sous un autre nom."
    ),
    "Whether to back up an SQLite database with older tables first.": (
        "Sauvegarder d’abord une base de données SQLite aux tables plus anciennes, ou non."
    ),
    "The host name or address to listen on, instead of CARNET_HOST.": (
        "Le nom d’hôte ou l’adresse d’écoute, au lieu de CARNET_HOST."
    ),
    "The port to listen on, instead of CARNET_PORT; 0 chooses a free one.": (
        "Le port d’écoute, au lieu de CARNET_PORT; 0 en choisit un qui est libre."
    ),
    "The number of processes. Several need PostgreSQL.": "Le nombre de processus. Plusieurs exigent PostgreSQL.",
    "Print the GraphQL schema.": "Afficher le schéma GraphQL.",
    "Print all settings with their values. Passwords in URLs are not shown.": (
        "Afficher tous les paramètres avec leurs valeurs. Les mots de passe des adresses sont masqués."
    ),
    "Print the settings for production, and which of them the environment does not have.": (
        "Afficher les paramètres de production, et ceux qui manquent à l’environnement."
    ),
    (
        "Import data from CSV, Excel, vCard or NDJSON files. A file is imported completely or not at all, or with "
        "--skip-errors without the rows that have errors. Exit status: 0 all rows imported, 4 some rejected, "
        "3 columns with values not read, 1 nothing imported, 2 wrong usage; if 3 and 4 apply, 4."
    ): (
        "Importer des données de fichiers CSV, Excel, vCard ou NDJSON. Un fichier est importé en entier ou pas du "
        "tout, ou, avec --skip-errors, sans les lignes qui contiennent des erreurs. État de sortie\u00a0: 0 toutes les "
        "lignes sont importées, 4 certaines sont rejetées, 3 des colonnes ayant des valeurs n’ont pas été lues, 1 rien "
        "n’est importé, 2 commande incorrecte; si 3 et 4 s’appliquent, 4."
    ),
    "Import the rows without errors, and write the others to this CSV file, to be corrected and imported.": (
        "Importer les lignes sans erreur et enregistrer les autres dans ce fichier CSV, pour les corriger et les "
        "importer ensuite."
    ),
    "Write all errors and notes about rows to this CSV file. Without it the first 100 are shown.": (
        "Enregistrer toutes les erreurs et remarques sur les lignes dans ce fichier CSV. Sans lui, les 100 "
        "premières sont affichées."
    ),
    "List the imports, newest first.": "Afficher les importations, la plus récente en premier.",
    "How many imports to show.": "Combien d’importations afficher.",
    "Undo an import: delete what it created, as long as nothing of it was used or changed since.": (
        "Défaire une importation\u00a0: supprimer ce qu’elle a créé, tant que rien n’en a été utilisé ni modifié "
        "depuis."
    ),
    "The number of the import, as `carnet import` printed it.": (
        "Le numéro de l’importation, que `carnet import` a affiché."
    ),
    "Show what would be deleted, without deleting it.": "Montrer ce qui serait supprimé, sans rien supprimer.",
    "Replace the files of --skip-errors and --report if they exist.": (
        "Remplacer les fichiers de --skip-errors et de --report s’ils existent."
    ),
    "End with status 0 although columns were not read.": (
        "Terminer avec l’état 0 même si des colonnes n’ont pas été lues."
    ),
    "Write all rows of a list to a file. All but segment lines and logged segments can be imported again.": (
        "Enregistrer toutes les lignes d’une liste dans un fichier. Sauf les lignes de segment et les segments "
        "journalisés, tout peut être importé de nouveau."
    ),
    "What to export.": "Ce qu’il faut exporter.",
    "The file to write, as CSV or NDJSON: its name ends in .csv or .ndjson.": (
        "Le fichier à enregistrer, en CSV ou en NDJSON\u00a0: son nom finit par .csv ou .ndjson."
    ),
    "Write CSV for spreadsheets: with semicolons, and an apostrophe before texts that look like formulas.": (
        "Écrire le CSV pour un tableur\u00a0: avec des points-virgules, et une apostrophe devant les textes qui "
        "ressemblent à des formules."
    ),
    "Create salespeople from a file of Carnet, NAV or Business Central, or update them (--existing update).": (
        "Créer des représentants à partir d’un fichier de Carnet, de NAV ou de Business Central, ou les modifier "
        "(--existing update)."
    ),
    "Create campaigns from a file of Carnet, NAV or Business Central, or update them (--existing update).": (
        "Créer des campagnes à partir d’un fichier de Carnet, de NAV ou de Business Central, ou les modifier "
        "(--existing update)."
    ),
    "A CSV, Excel, vCard or NDJSON file that the other program exported.": (
        "Un fichier CSV, Excel, vCard ou NDJSON que l’autre programme a exporté."
    ),
    "Show what would be imported, without importing it.": "Montrer ce qui serait importé, sans rien importer.",
    "What to do with rows whose record is there already: skip them, update the record, or create a new one.": (
        "Que faire des lignes dont l’enregistrement existe déjà\u00a0: les ignorer (skip), modifier l’enregistrement "
        "(update) ou en créer un autre (new)."
    ),
    "What to do with rows whose interaction is there already: skip them, or create a new one. An import never changes "
    "interactions.": (
        "Que faire des lignes dont l’interaction existe déjà\u00a0: les ignorer (skip) ou en créer une autre (new). "
        "Une importation ne modifie jamais d’interactions."
    ),
    "Whether the day (dmy) or the month (mdy) comes first in 03/04/2026. Needed only if the file has no clear date.": (
        "Indiquer si le jour (dmy) ou le mois (mdy) vient d’abord dans 03/04/2026. Nécessaire seulement si aucune "
        "date du fichier ne le montre."
    ),
    "Whether the comma in 1,234 is a decimal sign. Needed only if the file has no clear amount.": (
        "Indiquer si la virgule de 1,234 est décimale. Nécessaire seulement si aucun montant du fichier ne le montre."
    ),
    "Create contacts from a file of NAV, Outlook, Google, HubSpot, vCards, …, or update them (--existing update).": (
        "Créer des contacts à partir d’un fichier de NAV, d’Outlook, de Google, de HubSpot, de vCards ou d’autres, ou "
        "les modifier (--existing update)."
    ),
    "The encoding of the file, such as windows-1252. Default: it is detected.": (
        "L’encodage du fichier, par exemple windows-1252. Par défaut\u00a0: il est détecté."
    ),
    "The sheet of a workbook. Default: the one whose captions fit best.": (
        "La feuille d’un classeur. Par défaut\u00a0: celle dont les titres conviennent le mieux."
    ),
    "Import interaction log entries of NAV or Business Central, or activities of HubSpot, Salesforce or Dynamics.": (
        "Importer les écritures journal interaction de NAV ou de Business Central, ou les activités de HubSpot, de "
        "Salesforce ou de Dynamics."
    ),
    "Also import interactions whose contact does not exist, without the contact.": (
        "Importer aussi, sans contact, les interactions dont le contact n’existe pas."
    ),
    "Create templates and groups from a file of Carnet, NAV, Business Central, or update them (--existing update).": (
        "Créer des modèles interaction et les groupes manquants à partir d’un fichier de Carnet, de NAV ou de Business "
        "Central, ou les modifier (--existing update)."
    ),
    "Log a segment: one interaction for each line with a contact. Ctrl-C cancels it, with nothing changed.": (
        "Journaliser un segment\u00a0: une interaction pour chaque ligne qui a un contact. Ctrl-C annule tout, sans "
        "rien modifier."
    ),
    "The number of an open segment.": "Le numéro d’un segment actif.",
    "Also create a follow-up segment with the same contacts.": (
        "Créer aussi un segment de suivi avec les mêmes contacts."
    ),
    "When lines cannot be logged: log nothing (fail), skip them, or leave them in the segment. Default: fail.": (
        "Quand des lignes ne peuvent être journalisées\u00a0: ne rien journaliser (fail), les omettre (skip) ou les "
        "laisser dans le segment (leave_in_segment). Par défaut\u00a0: fail."
    ),
    "Skip the lines with this warning. May be given several times.": (
        "Omettre les lignes qui portent cet avertissement. L’option peut être répétée."
    ),
    "The time zone of a new company, an IANA name such as America/Toronto. Default: the time zone of this machine.": (
        "Le fuseau horaire d’une nouvelle compagnie, un nom IANA comme America/Toronto. Par défaut\u00a0: celui "
        "de cet ordinateur."
    ),
    "Create, list and revoke the tokens that identify users of the API.": (
        "Créer, afficher et révoquer les jetons qui identifient les utilisateurs de l’API."
    ),
    "Create another token for a user. It is printed only once; keep it secret.": (
        "Créer un jeton de plus pour un utilisateur. Il n’est affiché qu’une fois; gardez-le secret."
    ),
    "The id of the user. Carnet records it with everything that the user changes.": (
        "Le code de l’utilisateur. Carnet l’inscrit sur tout ce que cet utilisateur modifie."
    ),
    "What the token may do. May be given several times. Default: reader, which changes nothing.": (
        "Ce que le jeton permet. L’option peut être répétée. Par défaut\u00a0: reader, qui ne modifie rien."
    ),
    "The code of the user's salesperson, proposed in new drafts and segments. '' removes it. The role salesperson "
    "needs one.": (
        "Le code du représentant de l’utilisateur, proposé dans ses nouveaux brouillons et segments. Une valeur vide "
        '("") le retire. Le rôle salesperson en exige un.'
    ),
    "The last day on which the token is valid, such as 2027-01-31 in the company's time zone, or how many days or "
    "hours it is valid, such as 90d or 12h. Default: it does not expire.": (
        "Le dernier jour de validité du jeton, par exemple 2027-01-31 dans le fuseau horaire de la compagnie, ou le "
        "nombre de jours ou d’heures de sa validité, par exemple 90d ou 12h. Par défaut\u00a0: il n’expire pas."
    ),
    "List all tokens, without their secrets.": "Afficher tous les jetons, sans leurs secrets.",
    "Revoke a token. Running servers refuse it within 5 seconds.": (
        "Révoquer un jeton. Les serveurs en marche le refusent en moins de 5 secondes."
    ),
    "The number of the token, as `carnet token list` shows it.": (
        "Le numéro du jeton, tel que `carnet token list` l’affiche."
    ),
} | FRENCH_HELP
"""The French help text for each English one."""

ARGUMENT_NAMES = {
    "file": "fichier",
    "kind": "liste",
    "name": "nom",
    "no": "numéro",
    "number": "numéro",
    "token": "jeton",
}
"""The French names of arguments."""

OPTION_VALUES = {
    "FILE.csv": "FICHIER.csv",
    "NAME": "NOM",
    "REJECTS.csv": "REJETS.csv",
    "WHEN": "DATE|DURÉE",
    "ZONE": "FUSEAU",
}
"""The French names of the values of options."""

USAGE = Message("Usage:", "Utilisation\u00a0:")

FRENCH_TYPER_WORDS = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commandes",
    "DEFAULT_STRING": "[par défaut\u00a0: {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
}
"""French translations of the words that typer itself adds to the help."""


@contextmanager
def translated(command: Command) -> Iterator[None]:
    """Translate the help of a command and its subcommands while the block runs, if the language is French."""
    if not in_french():
        yield
        return
    _translate(command)
    originals = {name: getattr(rich_utils, name) for name in FRENCH_TYPER_WORDS}
    try:
        for name, french in FRENCH_TYPER_WORDS.items():
            setattr(rich_utils, name, french)
        yield
    finally:
        for name, english in originals.items():
            setattr(rich_utils, name, english)


def all_help(command: Any) -> Iterator[str]:
    """All help texts of a command and its subcommands."""
    for each in _tree(command):
        yield each.help or ""
        yield from (param.help for param in [*each.params, _help_option(each)] if param.help)


def _translate(command: Command) -> None:
    """Replace the help texts in place. typer creates the commands anew for each call."""
    for each in _tree(command):
        each.help = FRENCH.get(each.help or "", each.help)
        for param in [*each.params, _help_option(each)]:
            param.help = FRENCH.get(param.help, param.help)
            if param.param_type_name == "argument":
                param.metavar = ARGUMENT_NAMES.get(param.name, param.name)
            elif param.metavar:
                param.metavar = OPTION_VALUES.get(param.metavar, param.metavar)
        each.get_usage = _usage_of(each)  # type: ignore[method-assign, assignment]  # typer has no other way to translate it


def _tree(command: Command) -> Iterator[Command]:
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from _tree(each)


def _help_option(command: Command) -> Any:
    return command.get_help_option(Context(command))


def _usage_of(command: Command) -> Callable[[Any], str]:
    english = command.get_usage
    return lambda context: (
        english(context).replace("Usage:", USAGE(), 1).replace("COMMAND [ARGS]", "COMMANDE [ARGUMENTS]")
    )
