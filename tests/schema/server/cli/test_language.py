"""Commands print messages in the language of the environment, with the typography of Québec in French."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from schema.server import start
from schema.server.cli.commands import app
from schema.server.cli.texts import (
    backup_messages,
    company_messages,
    database_messages,
    help,
    import_messages,
    invalid_settings,
    messages,
    usage_errors,
)
from schema.server.language import CountedNoun, Message
from schema.server.locales import language
from tests.commands import NO_LOCALE, carnet

FRENCH = "fr_CA.UTF-8"
TYPEWRITTEN = re.compile(
    r"\w'\w|[^\S\u00a0](?=[:;!?»])|\u00a0(?=[;!?])|«(?!\u00a0)|(?<!\u00a0)»|(?<=[\w’`}])(?<!URL):(?![\w/])|\.\.\."
)
"""Typewriter typography: straight apostrophes, breakable spaces before a colon and inside «», spaces before ; ! ?."""

ONLY_NAMES = {
    "Version",
    "contacts",
    "interactions",
    "Contacts",
    "Interactions",
    "Segments",
    "Arguments",
    "Options",
    "Message",
}


def both(of: object) -> Iterator[tuple[str, str]]:
    if isinstance(of, Message):
        yield of.english, of.french
    elif isinstance(of, CountedNoun):
        yield from zip(of.english, of.french, strict=True)
    elif isinstance(of, dict):
        for each in of.values():
            yield from both(each)


ALL = [
    pair
    for of in [
        *vars(messages).values(),
        *vars(database_messages).values(),
        *vars(backup_messages).values(),
        *vars(company_messages).values(),
        *vars(import_messages).values(),
        help.USAGE,
        usage_errors.MORE_HELP,
        *(message for _, message in usage_errors.USAGE_ERRORS),
        *invalid_settings.FRENCH_URL_MESSAGES,
    ]
    for pair in both(of)
] + [*help.FRENCH.items(), (start.STOPPED["EN"], start.STOPPED["FR"])]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "fr_CA.UTF-8"}, "FR"),
        ({"LANG": "fr"}, "FR"),
        ({"LANG": "fr_FR@euro"}, "FR"),
        ({"LANG": "french"}, "FR"),
        ({}, "EN"),
        ({"LANG": "fr_CA.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "EN"),
        ({"LANG": "en_US", "LC_MESSAGES": "fr_CA"}, "FR"),
        ({"LC_MESSAGES": "fr_CA", "LC_ALL": "en_US.UTF-8"}, "EN"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "fr_CA.UTF-8"}, "FR"),
        ({"LANG": "fr_CA.UTF-8", "LC_ALL": "C"}, "EN"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "fr"}, "EN"),
        ({"LANG": "POSIX"}, "EN"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr_CA:en"}, "FR"),
        ({"LANG": "fr_CA.UTF-8", "LANGUAGE": "en"}, "EN"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:fr:en"}, "FR"),
        ({"LANG": "de_DE.UTF-8"}, "EN"),
        ({"LANGUAGE": "fr"}, "FR"),
        ({"LANG": "fr_CA.UTF-8", "LC_ALL": ""}, "FR"),
    ],
)
def test_the_locale_is_chosen_as_by_gettext(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NO_LOCALE:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert language() == expected


@pytest.mark.parametrize(("english", "french"), ALL)
def test_every_message_has_both_languages_with_the_same_placeholders(english: str, french: str) -> None:
    assert english != french or french in ONLY_NAMES or re.fullmatch(r"\{\} \w+", french), english
    assert sorted(set(re.findall(r"\{\w*\}", english))) == sorted(set(re.findall(r"\{\w*\}", french)))
    assert TYPEWRITTEN.search(re.sub(r"`[^`]*`|''", "x", french)) is None, french
    assert not re.search(r"\w'\w", english) or english in help.FRENCH, "English has ’ here"


def test_every_help_text_has_a_french_translation() -> None:
    missing = [text for text in help.all_help(get_command(app)) if text not in help.FRENCH]

    assert missing == []


def test_every_help_text_names_a_default_in_the_same_form() -> None:
    """typer adds `[default: 20]` and `[par défaut : 20]` to options whose default is a value."""
    english = list(help.all_help(get_command(app)))
    other = [text for text in english if re.search(r"(?i)default(?!: )|(?<!\. )Default", text)]
    other += [
        help.FRENCH[text] for text in english if ("Default: " in text) != ("Par défaut\u00a0: " in help.FRENCH[text])
    ]
    other += [text for text in help.FRENCH.values() if re.search(r"(?i)à défaut|par défaut(?!\u00a0: )", text)]

    assert other == []


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("serve",),
        ("migrate",),
        ("demo",),
        ("schema",),
        ("log-segment",),
        ("import",),
        ("import", "contacts"),
        ("import", "interactions"),
        ("import", "templates"),
        ("token",),
        ("token", "create"),
        ("token", "list"),
        ("token", "revoke"),
    ],
)
def test_help_is_in_the_language_of_the_environment(arguments: tuple[str, ...]) -> None:
    english, french = (carnet(None, *arguments, "--help", LANG=locale) for locale in ("en_CA.UTF-8", FRENCH))

    assert (english.exit_code, french.exit_code) == (0, 0)
    assert "Usage: carnet" in english.stdout
    assert "Show this message and exit." in english.stdout
    assert "Utilisation\u00a0: carnet" in french.stdout
    assert "Afficher cette aide et quitter." in french.stdout
    assert not [text for text in help.FRENCH if text in french.stdout]


def test_the_help_shows_defaults_as_they_are_typed() -> None:
    shown = carnet(None, "log-segment", "--help").stdout

    assert ("(fail)" in shown, "Default: fail." in shown) == (True, True)
    assert "FAIL" not in shown


def test_without_arguments_the_help_is_shown() -> None:
    assert "Import data from CSV, Excel, vCard or NDJSON files" in carnet(None).stdout
    assert "Importer des données" in carnet(None, LANG=FRENCH).stdout


def test_the_version_is_the_version_of_the_package() -> None:
    result = carnet(None, "--version")

    assert result.exit_code == 0
    assert re.fullmatch(r"carnet \d+\.\d+\.\d+\n", result.stdout)


@pytest.mark.parametrize(
    ("arguments", "english", "french"),
    [
        (("frob",), "There is no command “frob”.", "La commande «\u00a0frob\u00a0» n’existe pas."),
        (("serv",), "Did you mean serve?", "Vouliez-vous dire serve?"),
        (("--frob",), "There is no option --frob.", "L’option --frob n’existe pas."),
        (("import", "contacts"), "The argument file is missing.", "Il manque l’argument fichier."),
        (("import", "contacts", "nix.csv"), "There is no file nix.csv.", "Le fichier nix.csv n’existe pas."),
        (("import", "contacts", "/"), "/ is a folder.", "/ est un dossier."),
        (
            ("import", "contacts", __file__, "more"),
            "does not take this argument: more.",
            "n’admet pas cet argument\u00a0: more.",
        ),
        (("import", "contacts", __file__, "--dry"), "Did you mean --dry-run?", "Vouliez-vous dire --dry-run?"),
        (
            ("import", "interactions", __file__, "--dates", "x"),
            "does not take “x”. It takes dmy, mdy.",
            "n’admet pas «\u00a0x\u00a0»",
        ),
        (
            ("import", "interactions", __file__, "--dates"),
            "The option --dates needs a value.",
            "L’option --dates exige une valeur.",
        ),
        (("token", "create"), "The option --user is missing.", "Il manque l’option --user."),
        (("token", "revoke", "x"), "token must be a whole number.", "jeton doit être un nombre entier."),
        (("serve", "--demo=1"), "The option --demo does not take a value.", "L’option --demo n’admet pas de valeur."),
        (("log-segment",), "The argument no is missing.", "Il manque l’argument numéro."),
        (("log-segment", "S", "--on-blocked", "x"), "does not take “x”.", "n’admet pas «\u00a0x\u00a0»"),
    ],
)
def test_wrong_arguments_are_reported_in_the_language_of_the_environment(
    arguments: tuple[str, ...], english: str, french: str
) -> None:
    for locale, sentence in (("en_US.UTF-8", english), (FRENCH, french)):
        result = carnet("sqlite:////nowhere/carnet.db", *arguments, LANG=locale)

        assert result.exit_code == 2
        assert sentence in result.stderr, result.stderr
        assert "Traceback" not in result.stderr


def test_counts_have_thousands_separators_and_zero_is_singular_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US")
    assert [messages.CONTACTS(count) for count in (0, 1, 1234567)] == ["0 contacts", "1 contact", "1,234,567 contacts"]
    monkeypatch.setenv("LC_ALL", "fr_CA")
    assert [messages.CREATED(count) for count in (0, 1, 1234567)] == [
        "0 créée",
        "1 créée",
        "1\u00a0234\u00a0567 créées",
    ]


def test_token_commands_are_in_french(api: Any, database_url: str) -> None:
    created = carnet(database_url, "token", "create", "--user", "ann", LANG=FRENCH)
    listed = carnet(database_url, "token", "list", LANG=FRENCH)
    revoked = carnet(database_url, "token", "revoke", "1", LANG=FRENCH)
    unknown = carnet(database_url, "token", "revoke", "77", LANG=FRENCH)

    assert "Jeton 1 de l’utilisateur ann, rôle READER." in created.stderr
    assert "Utilisateur" in listed.stdout
    assert "Le jeton 1 de l’utilisateur ann est révoqué." in revoked.stderr
    assert (unknown.exit_code, "introuvable" in unknown.stderr) == (1, True)
