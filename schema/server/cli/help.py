"""French help texts of commands and options, and messages about wrong arguments.

The English help texts are in the modules of the commands; `FRENCH` has their translations.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer import Context, rich_utils

from schema.server.language import Sentence, in_french

FRENCH = {
    "Carnet, the interaction log of a CRM. Settings come from CARNET_… in the environment.": (
        "Carnet, le journal des interactions d’un CRM. Les paramètres viennent de CARNET_… dans l’environnement."
    ),
    "Show the version of Carnet and exit.": "Afficher la version de Carnet et quitter.",
    "Show this message and exit.": "Afficher cette aide et quitter.",
    "Serve the API and GraphiQL. An empty database gets its tables, an old one is refused.": (
        "Lancer le serveur de "
        "l’API et GraphiQL. "
        "Les tables sont "
        "créées dans une base "
        "vide; une base "
        "ancienne est refusée."
    ),
    "Fill an empty database with the demo company first.": (
        "Remplir d’abord une base de données vide avec la compagnie de démonstration."
    ),
    "Create the tables, or bring old ones up to date.": "Créer les tables, ou mettre à jour les anciennes.",
    "Load the demo company, Atelier Boréal, into an empty database.": (
        "Charger la compagnie de démonstration, Atelier Boréal, dans une base de données vide."
    ),
    "Print the GraphQL schema.": "Afficher le schéma GraphQL.",
    "Take over data from CSV files: all of a file, or nothing.": (
        "Importer des données de fichiers CSV\u00a0: un fichier en entier, ou rien."
    ),
    "A CSV file, as the other program wrote it.": "Un fichier CSV, tel que l’autre programme l’a écrit.",
    "Only say what would happen.": "Montrer seulement ce qui serait fait.",
    "Whether 03/04/2026 has the day first or the month, where the file leaves it open.": (
        "Indiquer si 03/04/2026 commence par le jour ou par le mois, quand le fichier ne le montre pas."
    ),
    "Whether 1,234 has a decimal comma, where the file leaves it open.": (
        "Indiquer si la virgule de 1,234 est décimale, quand le fichier ne le montre pas."
    ),
    "Create and update contacts, from NAV, Business Central, Outlook or Google.": (
        "Créer et modifier des contacts, depuis NAV, Business Central, Outlook ou Google."
    ),
    "Take over history from NAV or Business Central (Interaction Log Entries), with its own numbers and days.": (
        "Importer "
        "l’historique "
        "de "
        "NAV "
        "ou "
        "Business "
        "Central "
        "(écritures "
        "journal "
        "interaction), "
        "avec "
        "ses "
        "numéros "
        "et "
        "ses "
        "dates."
    ),
    "Take over also what was with contacts that are not there, without them.": (
        "Importer aussi, sans contact, les interactions dont le contact n’existe pas."
    ),
    "Create and update interaction templates, with the groups they name, from NAV or Business Central.": (
        "Créer et modifier des modèles interaction, avec les groupes qu’ils nomment, depuis NAV ou Business Central."
    ),
    "Log a segment: one interaction for each line with a contact. Ctrl-C cancels it, with nothing changed.": (
        "Journaliser "
        "un "
        "segment\u00a0: "
        "une "
        "interaction "
        "pour "
        "chaque "
        "ligne "
        "qui "
        "a un "
        "contact. "
        "Ctrl-C "
        "annule "
        "tout, "
        "sans "
        "rien "
        "modifier."
    ),
    "The number of an open segment.": "Le numéro d’un segment actif.",
    "Also make a new segment of the same contacts.": "Créer aussi un nouveau segment avec les mêmes contacts.",
    "When lines cannot be logged: log nothing, skip them, or leave them in the segment.": "Quand des lignes ne peuvent "
    "être journalisées\u00a0: ne rien journaliser (fail), les omettre (skip) ou les laisser dans le segment "
    "(leave_in_segment).",
    "Skip the lines with this warning. May be given several times.": (
        "Omettre les lignes qui portent cet avertissement. L’option peut être répétée."
    ),
    "The time zone of a new company, an IANA name such as America/Toronto. Default: the time zone of this machine.": (
        "Le "
        "fuseau "
        "horaire "
        "d’une "
        "nouvelle "
        "compagnie, "
        "un "
        "nom "
        "IANA "
        "comme "
        "America/Toronto. "
        "À "
        "défaut, "
        "celui "
        "de "
        "cet "
        "ordinateur."
    ),
    "Tokens by which callers are known.": "Jetons qui identifient les utilisateurs de l’API.",
    "Make one more token for a user. It is printed this once; keep it like a password.": (
        "Créer un jeton de plus pour un utilisateur. Il n’est affiché que cette fois; gardez-le comme un mot de passe."
    ),
    "The user's id, written on everything they do.": "Le code de l’utilisateur, inscrit sur tout ce qu’il fait.",
    "Which salesperson they are, the default of their new drafts and segments; '' takes it away.": (
        'Le représentant de l’utilisateur, proposé dans ses nouveaux brouillons et segments. Une valeur vide ("") le '
        "retire."
    ),
    "Show every token, but for the secret itself.": "Afficher tous les jetons, sans le secret lui-même.",
    "Make a token useless, at once.": "Révoquer un jeton, avec effet immédiat.",
    "The number of the token, as `carnet token list` shows it.": (
        "Le numéro du jeton, tel que `carnet token list` l’affiche."
    ),
}
METAVARS = {"file": "fichier", "no": "numéro", "token": "jeton"}
"""French names of arguments in the usage line."""

USAGE = Sentence("Usage:", "Utilisation\u00a0:")
MORE_HELP = Sentence("`{command} --help` lists its arguments.", "`{command} --help` affiche les arguments.")

FRAMES = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commandes",
    "DEFAULT_STRING": "[par défaut\u00a0: {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
}
"""French for typer's own words in the help."""

PROBLEMS = [
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (
            r"No such option: (?P<option>\S+) \(Possible options: (?P<near>.+)\)",
            Sentence(
                "There is no option {option}. Did you mean {near}?",
                "L’option {option} n’existe pas. Vouliez-vous dire {near}?",
            ),
        ),
        (
            r"No such option: (?P<option>.+)",
            Sentence("There is no option {option}.", "L’option {option} n’existe pas."),
        ),
        (
            r"No such command '(?P<name>.+?)'\. Did you mean (?P<near>.+)\?",
            Sentence(
                "There is no command {name}. Did you mean {near}?",
                "La commande {name} n’existe pas. Vouliez-vous dire {near}?",
            ),
        ),
        (
            r"No such command '(?P<name>.*)'\.",
            Sentence("There is no command “{name}”.", "La commande «\u00a0{name}\u00a0» n’existe pas."),
        ),
        (r"Missing command\.", Sentence("A command is missing.", "Il manque une commande.")),
        (
            r"Missing argument '(?P<name>.+?)'\..*",
            Sentence("The argument {name} is missing.", "Il manque l’argument {name}."),
        ),
        (
            r"Missing option '(?P<name>.+?)'\..*",
            Sentence("The option {name} is missing.", "Il manque l’option {name}."),
        ),
        (
            r"Option '(?P<name>.+?)' requires an argument\.",
            Sentence("The option {name} needs a value.", "L’option {name} exige une valeur."),
        ),
        (
            r"Option '(?P<name>.+?)' does not take a value\.",
            Sentence("The option {name} takes no value.", "L’option {name} n’admet pas de valeur."),
        ),
        (
            r"Got unexpected extra argument\(s\) \((?P<more>.*)\)",
            Sentence(
                "The command does not take this argument: {more}.",
                "La commande n’admet pas cet argument\u00a0: {more}.",
            ),
        ),
        (
            r".*?: file '(?P<file>.*)' does not exist\.",
            Sentence(
                "There is no file {file}. Check the name and the folder.",
                "Le fichier {file} n’existe pas. Vérifiez le nom et le dossier.",
            ),
        ),
        (
            r".*?: file '(?P<file>.*)' is a directory\.",
            Sentence("{file} is a folder. Name a file.", "{file} est un dossier. Indiquez un fichier."),
        ),
        (
            r".*?: file '(?P<file>.*)' is not readable\.",
            Sentence(
                "{file} cannot be read. Check the rights.", "Impossible de lire {file}. Vérifiez les droits d’accès."
            ),
        ),
        (
            r"Invalid value for '(?P<name>.+?)': Value error, '(?P<value>.*)' is not one of (?P<all>.*)\.",
            Sentence(
                "{name} does not take “{value}”. It takes {all}.",
                "{name} n’admet pas «\u00a0{value}\u00a0». Valeurs admises\u00a0: {all}.",
            ),
        ),
        (
            r"Invalid value for '(?P<name>.+?)': Input should be a valid integer.*",
            Sentence("{name} has to be a whole number.", "{name} doit être un nombre entier."),
        ),
    )
]
"""Patterns of typer's messages, and Carnet's own. Other messages are shown unchanged."""


@contextmanager
def translated(command: Any) -> Iterator[None]:
    """Translate the help of a command and its subcommands while the block runs, if the language is French."""
    if not in_french():
        yield
        return
    _translate(command)
    kept = {name: getattr(rich_utils, name) for name in FRAMES}
    try:
        for name, french in FRAMES.items():
            setattr(rich_utils, name, french)
        yield
    finally:
        for name, english in kept.items():
            setattr(rich_utils, name, english)


def problem(message: str) -> str:
    """Carnet's message for a message of typer."""
    for pattern, sentence in PROBLEMS:
        found = pattern.fullmatch(message)
        if found:
            return sentence(**{name: fact.replace("'", "") for name, fact in found.groupdict().items()})
    return message


def all_help(command: Any) -> Iterator[str]:
    """All help texts of a command and its subcommands."""
    for each in _tree(command):
        yield each.help
        yield from (param.help for param in [*each.params, _help_option(each)] if param.help)


def _translate(command: Any) -> None:
    """Replaces the help texts in place: typer creates the commands anew for each call."""
    for each in _tree(command):
        each.help = FRENCH.get(each.help, each.help)
        for param in [*each.params, _help_option(each)]:
            param.help = FRENCH.get(param.help, param.help)
            if param.param_type_name == "argument":
                param.metavar = METAVARS.get(param.name, param.name)
        each.get_usage = _usage_of(each)


def _tree(command: Any) -> Iterator[Any]:
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from _tree(each)


def _help_option(command: Any) -> Any:
    return command.get_help_option(Context(command))


def _usage_of(command: Any) -> Any:
    english = command.get_usage
    return lambda context: (
        english(context).replace("Usage:", USAGE(), 1).replace("COMMAND [ARGS]", "COMMANDE [ARGUMENTS]")
    )
