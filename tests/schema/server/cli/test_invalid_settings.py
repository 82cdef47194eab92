"""Invalid settings, hosts and ports are reported in either language."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import assert_refused, carnet


@pytest.mark.parametrize(
    ("name", "value", "english", "french"),
    [
        (
            "CARNET_PORT",
            "x",
            "CARNET_PORT is “x”; it must be a whole number from 0 to 65535.",
            "un nombre entier de 0 à 65535",
        ),
        ("CARNET_PORT", "65536", "CARNET_PORT is “65536”", "CARNET_PORT vaut «\u00a065536\u00a0»"),
        ("CARNET_PORT", "", "CARNET_PORT is empty", "CARNET_PORT est vide;"),
        ("CARNET_MAX_CONNECTIONS", "-1", "a whole number from 9 to 1000", "de 9 à 1000"),
        ("CARNET_MAX_BODY_BYTES", "1", "a whole number, 1024 or more", "1024 ou plus"),
        (
            "CARNET_READ_TIMEOUT_SECONDS",
            "inf",
            "a number of seconds from 0.001 to 1,000,000",
            "de 0.001 à 1\u00a0000\u00a0000",
        ),
        ("CARNET_PATIENCE_SECONDS", "nan", "a number of seconds", "un nombre de secondes"),
        (
            "CARNET_READ_DATABASE_URL",
            "sqlite:///x.db",
            "CARNET_READ_DATABASE_URL: Give the address of a PostgreSQL server",
            "CARNET_READ_DATABASE_URL\u00a0: Indiquez l’adresse d’un serveur PostgreSQL",
        ),
        ("CARNET_READ_DATABASE_URL", "mysql://a/b", "CARNET_READ_DATABASE_URL: ", "CARNET_READ_DATABASE_URL\u00a0: "),
        ("CARNET_GRAPHIQL", "perhaps", "CARNET_GRAPHIQL is “perhaps”; it must be true or false.", "true ou false"),
        (
            "CARNET_CORS_ORIGINS",
            "https://a.example",
            'a list in JSON, such as ["https://app.example.com"]',
            "une liste en JSON",
        ),
        ("CARNET_CORS_ORIGINS", "[1, 2]", "a list in JSON", "une liste en JSON"),
        ("CARNET_CORS_ORIGINS", "{}", "a list in JSON", "une liste en JSON"),
        ("CARNET_JWT_ROLE_CLAIM", "", "CARNET_JWT_ROLE_CLAIM is empty; it must be a text", "il faut un texte"),
        (
            "CARNET_JWT_ROLES",
            '{"it": "owner"}',
            "READER, SALESPERSON, MARKETER, ADMIN",
            "dont les valeurs sont des rôles",
        ),
        ("CARNET_JWT_ROLES", "admin", 'such as {"sales-team": "SALESPERSON"}', "un objet JSON"),
        ("CARNET_JWT_ROLES", "[]", "a JSON object with roles", "un objet JSON"),
        (
            "CARNET_JWT_AUDIENCE",
            "carnet",
            "still missing: CARNET_JWT_ISSUER, CARNET_JWT_JWKS. Set all of them, or none.",
            "il manque encore CARNET_JWT_ISSUER, CARNET_JWT_JWKS.",
        ),
        (
            "CARNET_JWT_JWKS",
            "file:///jwks.json",
            "the name of a file, or a URL such as",
            "le nom d’un fichier, ou une adresse",
        ),
    ],
)
def test_an_invalid_setting_is_reported_with_its_name(
    name: str, value: str, english: str, french: str, folder: Path
) -> None:
    assert_refused(carnet(None, "token", "list", **{name: value}), "Invalid settings.", english)
    assert_refused(carnet(None, "migrate", LANG="fr_CA.UTF-8", **{name: value}), "Paramètres incorrects.", french)
    assert not (folder / "carnet.db").exists()


def test_an_unknown_setting_is_reported_with_the_nearest_one(folder: Path) -> None:
    result = carnet(None, "token", "list", CARNET_DATABSE_URL="sqlite:///x.db", CARNET_SOMETHING_ELSE="1")
    french = carnet(None, "token", "list", CARNET_DATABSE_URL="sqlite:///x.db", LANG="fr")

    assert (
        "CARNET_DATABSE_URL is not a setting of Carnet and is ignored. Did you mean CARNET_DATABASE_URL?"
        in result.stderr
    )
    assert "CARNET_SOMETHING_ELSE is not a setting of Carnet and is ignored.\n" in result.stderr
    assert "Vouliez-vous dire CARNET_DATABASE_URL?" in french.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that is in use."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("nowhere.invalid", "The host to listen on is “nowhere.invalid”, but no machine has that name"),
        ("", "no machine has that name"),
        ("127.0.0.1:8000", "no machine has that name"),
        ("http://127.0.0.1", "no machine has that name"),
        ("[::1]", "no machine has"),
        ("a" * 80, "no machine has that name"),
        ("192.0.2.1", "The host to listen on is 192.0.2.1, which is not an address of this machine"),
    ],
)
def test_an_invalid_host_is_not_reported_as_a_port(host: str, sentence: str, folder: Path) -> None:
    result = carnet("sqlite:///carnet.db", "serve", CARNET_HOST=host, CARNET_PORT="0")

    assert_refused(result, sentence, "127.0.0.1")
    assert "another port" not in result.stderr
    assert not (folder / "carnet.db").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_port_in_use_is_reported(host: str, taken: int, folder: Path) -> None:
    result = carnet("sqlite:///carnet.db", "serve", CARNET_HOST=host, CARNET_PORT=str(taken))

    assert_refused(result, f"Another program already listens on port {taken} of {host}.", "CARNET_PORT")
    assert not (folder / "carnet.db").exists()


def test_the_options_of_serve_override_the_settings_of_host_and_port(taken: int, folder: Path) -> None:
    environment = {"CARNET_HOST": "192.0.2.1", "CARNET_PORT": "0"}
    result = carnet("sqlite:///carnet.db", "serve", "--host", "localhost", "--port", str(taken), **environment)
    only_port = carnet("sqlite:///carnet.db", "serve", "--port", str(taken), **environment)

    assert_refused(result, f"Another program already listens on port {taken} of localhost.", "--port")
    assert_refused(only_port, "The host to listen on is 192.0.2.1", "--host")


@pytest.mark.parametrize(
    ("port", "english", "french"),
    [
        ("65536", "--port must be 65535 or less.", "--port doit être d’au plus 65535."),
        ("-1", "--port must be 0 or more.", "--port doit être d’au moins 0."),
    ],
)
def test_a_number_out_of_range_is_reported_with_the_bound(port: str, english: str, french: str) -> None:
    result, translated = (carnet(None, "serve", "--port", port, LANG=locale) for locale in ("en_CA", "fr_CA"))

    assert (result.exit_code, translated.exit_code) == (2, 2)
    assert english in result.stderr
    assert french in translated.stderr


def test_the_password_in_the_address_of_keys_is_not_shown(folder: Path) -> None:
    result = carnet(None, "migrate", CARNET_JWT_JWKS="https://ann:secret@login.example.com/jwks.json")

    assert_refused(result, "without user name and password")
    assert "secret" not in result.stderr


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        (None, "cannot be read from jwks.json: No such file or directory.", "Impossible de lire les clés publiques"),
        ("{", "jwks.json has no public key that can verify JSON Web Tokens", "n’a aucune clé publique"),
        ('{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "jwks.json has no public key", "n’a aucune clé publique"),
    ],
)
def test_a_server_does_not_start_with_an_unusable_file_of_keys(
    text: str | None, english: str, french: str, folder: Path
) -> None:
    if text is not None:
        (folder / "jwks.json").write_text(text)
    jwt = {
        "CARNET_JWT_ISSUER": "https://login.example.com/",
        "CARNET_JWT_AUDIENCE": "carnet",
        "CARNET_JWT_JWKS": "jwks.json",
    }

    assert_refused(carnet("sqlite:///carnet.db", "serve", CARNET_PORT="0", **jwt), english, "CARNET_JWT_JWKS")
    assert_refused(carnet("sqlite:///carnet.db", "serve", CARNET_PORT="0", LANG="fr_CA.UTF-8", **jwt), french)
    assert not (folder / "carnet.db").exists()
