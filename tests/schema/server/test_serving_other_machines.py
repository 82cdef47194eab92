"""Carnet serves other machines only if somebody can authenticate."""

import signal
from pathlib import Path

import pytest

from tests.commands import assert_refused, carnet, create_token
from tests.schema.server.test_interrupting import process


def test_serving_other_machines_without_a_valid_token_is_refused(database_url: str) -> None:
    host = "0.0.0.0"
    create_token(database_url, "ann")
    assert carnet(database_url, "token", "revoke", "1").exit_code == 0

    english = carnet(database_url, "serve", CARNET_HOST=host, CARNET_PORT="0")
    french = carnet(database_url, "serve", CARNET_HOST=host, CARNET_PORT="0", LANG="fr")

    assert_refused(
        english, f"CARNET_HOST is {host}", "no valid token", "`carnet token create --user NAME`", "127.0.0.1"
    )
    assert_refused(french, f"CARNET_HOST vaut {host}", "`carnet token create --user NOM`", "127.0.0.1")


@pytest.mark.slow
def test_the_command_of_the_message_works_for_a_new_database(folder: Path) -> None:
    """The server has created the tables, but not loaded the demo company."""
    url = "sqlite:///carnet.db"
    assert_refused(carnet(url, "serve", "--demo", CARNET_HOST="0.0.0.0", CARNET_PORT="0"), "carnet token create")

    create_token(url, "ann")
    running = process(url, "serve", CARNET_HOST="0.0.0.0", CARNET_PORT="0")
    assert running.stderr is not None
    shown = [running.stderr.readline() for _ in range(3)]
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)

    assert running.returncode == 130
    assert "Carnet runs at http://0.0.0.0:" in shown[1]
    assert "Callers on other machines need a token" in shown[2]
