"""Messages about wrong arguments of commands, instead of those of typer."""

import re

from schema.server.language import Message

MORE_HELP = Message("`{command} --help` lists its arguments.", "`{command} --help` affiche les arguments.")

USAGE_ERRORS = [
    (re.compile(pattern, re.DOTALL), message)
    for pattern, message in (
        (
            r"No such option: (?P<option>\S+) \(Possible options: (?P<near>.+)\)",
            Message(
                "There is no option {option}. Did you mean {near}?",
                "L’option {option} n’existe pas. Vouliez-vous dire {near}?",
            ),
        ),
        (r"No such option: (?P<option>.+)", Message("There is no option {option}.", "L’option {option} n’existe pas.")),
        (
            r"No such command '(?P<name>.+?)'\. Did you mean (?P<near>.+)\?",
            Message(
                "There is no command {name}. Did you mean {near}?",
                "La commande {name} n’existe pas. Vouliez-vous dire {near}?",
            ),
        ),
        (
            r"No such command '(?P<name>.*)'\.",
            Message("There is no command “{name}”.", "La commande «\u00a0{name}\u00a0» n’existe pas."),
        ),
        (r"Missing command\.", Message("A command is missing.", "Il manque une commande.")),
        (
            r"Missing argument '(?P<name>.+?)'\..*",
            Message("The argument {name} is missing.", "Il manque l’argument {name}."),
        ),
        (r"Missing option '(?P<name>.+?)'\..*", Message("The option {name} is missing.", "Il manque l’option {name}.")),
        (
            r"Option '(?P<name>.+?)' requires an argument\.",
            Message("The option {name} needs a value.", "L’option {name} exige une valeur."),
        ),
        (
            r"Option '(?P<name>.+?)' does not take a value\.",
            Message("The option {name} does not take a value.", "L’option {name} n’admet pas de valeur."),
        ),
        (
            r"Got unexpected extra argument\(s\) \((?P<more>.*)\)",
            Message(
                "The command does not take this argument: {more}.",
                "La commande n’admet pas cet argument\u00a0: {more}.",
            ),
        ),
        (
            r".*?: file '(?P<file>.*)' does not exist\.",
            Message(
                "There is no file {file}. Check the name and the folder.",
                "Le fichier {file} n’existe pas. Vérifiez le nom et le dossier.",
            ),
        ),
        (
            r".*?: file '(?P<file>.*)' is a directory\.",
            Message("{file} is a folder. Name a file.", "{file} est un dossier. Indiquez un fichier."),
        ),
        (
            r".*?: file '(?P<file>.*)' is not readable\.",
            Message(
                "{file} cannot be read. Check the permissions.",
                "Impossible de lire {file}. Vérifiez les droits d’accès.",
            ),
        ),
        (
            r"Invalid value for '(?P<name>.+?)': Value error, '(?P<value>.*)' is not one of (?P<all>.*)\.",
            Message(
                "{name} does not take “{value}”. It takes {all}.",
                "{name} n’admet pas «\u00a0{value}\u00a0». Valeurs admises\u00a0: {all}.",
            ),
        ),
        (
            r"Invalid value for '(?P<name>.+?)': Input should be a valid integer.*",
            Message("{name} must be a whole number.", "{name} doit être un nombre entier."),
        ),
        (
            r"Invalid value for '(?P<name>.+?)': Input should be greater than or equal to (?P<least>\d+)",
            Message("{name} must be {least} or more.", "{name} doit être d’au moins {least}."),
        ),
        (
            r"Invalid value for '(?P<name>.+?)': Input should be less than or equal to (?P<most>\d+)",
            Message("{name} must be {most} or less.", "{name} doit être d’au plus {most}."),
        ),
    )
]
"""Patterns of typer's messages, and the messages shown instead. Other messages are shown unchanged."""


def usage_message(message: str) -> str:
    """Carnet's message for a message of typer about wrong arguments."""
    for pattern, shown in USAGE_ERRORS:
        found = pattern.fullmatch(message)
        if found:
            return shown(**{name: value.replace("'", "") for name, value in found.groupdict().items()})
    return message
