"""Carnet serves other machines only if somebody can authenticate."""

import datetime as dt
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from resolvers.users import rules as users
from resolvers.work import Work
from tests.commands import assert_refused, carnet, create_token
from tests.schema.server.cli.test_interrupting import serve


def test_serving_other_machines_without_a_valid_token_is_refused(database_url: str) -> None:
    host = "0.0.0.0"
    create_token(database_url, "ann")
    assert carnet(database_url, "token", "revoke", "1").exit_code == 0

    english = carnet(database_url, "serve", CARNET_HOST=host, CARNET_PORT="0")
    french = carnet(database_url, "serve", CARNET_HOST=host, CARNET_PORT="0", LANG="fr")

    assert_refused(english, f"The host is {host}", "no valid token", "`carnet token create --user NAME`", "127.0.0.1")
    assert_refused(french, f"L’adresse d’écoute est {host}", "`carnet token create --user NOM`", "127.0.0.1")


def test_revoked_and_expired_tokens_are_not_usable(work: Work) -> None:
    assert not users.usable_token_exists(work)
    users.create_token(work, "ann", expires="1d")
    assert users.usable_token_exists(work)
    assert not users.usable_token_exists(replace(work, now=work.now + dt.timedelta(days=2)))
    users.create_token(work, "ann")
    assert users.usable_token_exists(replace(work, now=work.now + dt.timedelta(days=2)))


@pytest.mark.slow
def test_the_command_of_the_message_works_for_a_new_database(folder: Path) -> None:
    """The server has created the tables, but not loaded the demo company."""
    url = "sqlite:///carnet.db"
    assert_refused(carnet(url, "serve", "--demo", CARNET_HOST="0.0.0.0", CARNET_PORT="0"), "carnet token create")

    create_token(url, "ann")
    running = serve(url, CARNET_HOST="0.0.0.0")
    shown = [running.stderr.readline() for _ in range(3)]
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)

    assert running.returncode == 130
    assert "Carnet runs at http://0.0.0.0:" in shown[1]
    assert "Callers on other machines need a token" in shown[2]
