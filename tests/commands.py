"""The command line as people use it: `carnet(database_url, "token", "create", "--user", "ann")`."""

from typing import Any

from typer.testing import CliRunner

from schema.server.cli import app


def carnet(database_url: str, *arguments: str) -> Any:
    """What a command did: `exit_code`, `stdout`, `stderr`."""
    return CliRunner().invoke(app, arguments, env={"CARNET_DATABASE_URL": database_url, "COLUMNS": "200"})


def a_token(database_url: str, user: str, *, salesperson: str | None = None) -> str:
    """A new token for a user, as `carnet token create` prints it."""
    more = [] if salesperson is None else ["--salesperson", salesperson]
    made = carnet(database_url, "token", "create", "--user", user, *more)
    assert made.exit_code == 0, made.stderr
    return str(made.stdout.strip())
