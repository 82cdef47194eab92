"""`carnet settings` prints the settings, and with --production those for production."""

import subprocess
from typing import Any

import pytest

from schema.server.settings import PRODUCTION, Settings
from tests.commands import carnet

FULL = {
    "CARNET_REQUIRE_TOKEN": "1",
    "CARNET_GRAPHIQL": "no",
    "CARNET_INTROSPECTION": "false",
    "CARNET_TRUSTED_DOCUMENTS": "/srv/my app/documents.json",
}


def test_all_settings_are_printed_as_a_shell_reads_them() -> None:
    origins = '["https://é.example", "http://localhost:5173"]'
    shown = carnet("sqlite:///it's.db", "settings", CARNET_CORS_ORIGINS=origins, CARNET_PORT="9000").stdout

    lines = shown.splitlines()
    assert [line.strip("# ").partition("=")[0] for line in lines] == [
        f"CARNET_{name.upper()}" for name in Settings.model_fields
    ]
    assert "CARNET_REQUIRE_TOKEN=false" in lines
    assert "# CARNET_LOG_JSON=" in lines
    assert read_by_a_shell(shown, "CARNET_DATABASE_URL") == "sqlite:///it's.db"
    assert read_by_a_shell(shown, "CARNET_CORS_ORIGINS") == origins
    assert read_by_a_shell(shown, "CARNET_PORT") == "9000"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:s3cret@db/carnet",
        "postgresql://ann:s3cr@s3cret@db:5432/carnet",
        "postgresql://:s3cret@db/carnet",
        "postgresql://ann@db/carnet?password=s3cret",
        "postgresql://ann@/carnet?host=db&sslpassword=s3cret&sslmode=require",
    ],
)
def test_passwords_are_not_printed(url: str) -> None:
    shown = carnet(url, "settings").stdout

    assert "***" in shown
    assert "s3cr" not in shown
    assert "carnet" in shown


def test_the_settings_for_production_are_printed_and_the_missing_ones_named() -> None:
    nothing = carnet(None, "settings", "--production")
    some = carnet(None, "settings", "--production", CARNET_REQUIRE_TOKEN="true", CARNET_GRAPHIQL="false", LANG="fr")
    everything = carnet(None, "settings", "--production", **FULL)

    assert nothing.stdout.splitlines() == [
        "CARNET_REQUIRE_TOKEN=true",
        "CARNET_GRAPHIQL=false",
        "CARNET_INTROSPECTION=false",
        "CARNET_TRUSTED_DOCUMENTS=FILE",
    ]
    assert all(f"CARNET_{name.upper()}" in nothing.stderr for name in PRODUCTION)
    assert some.stdout == nothing.stdout
    assert "paramètres de production\u00a0: CARNET_INTROSPECTION, CARNET_TRUSTED_DOCUMENTS." in some.stderr
    assert everything.stdout.splitlines()[3] == "CARNET_TRUSTED_DOCUMENTS='/srv/my app/documents.json'"
    assert everything.stderr == "The environment has all settings for production.\n"
    assert [result.exit_code for result in (nothing, some, everything)] == [0, 0, 0]


def read_by_a_shell(lines: str, name: str) -> Any:
    """The value of a variable after a shell has read these lines."""
    script = f'{lines}\nprintf %s "${name}"'
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
