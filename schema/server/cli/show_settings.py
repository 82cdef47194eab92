"""`carnet settings`: prints the settings as lines for a shell or an environment file."""

import json
import re
import shlex
from typing import Annotated

import typer

from schema.server.cli.output import print_message, printable
from schema.server.cli.running import settings
from schema.server.cli.texts import messages
from schema.server.cli.texts.invalid_settings import PREFIX
from schema.server.settings import PRODUCTION, Settings

PASSWORD = re.compile(r"(?<=://)([^:/@]*):(.*)@")
SECRET_PARAMETER = re.compile(r"([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*", re.IGNORECASE)


def show_settings(
    production: Annotated[
        bool,
        typer.Option(
            "--production", help="Print the settings for production, and which of them the environment does not have."
        ),
    ] = False,
) -> None:
    """Print all settings with their values. Passwords in URLs are not shown."""
    current = settings()
    if not production:
        for name in Settings.model_fields:
            typer.echo(_line(name, getattr(current, name)))
        return
    missing = []
    for name, wanted in PRODUCTION.items():
        value = getattr(current, name)
        is_set = value == wanted if isinstance(wanted, bool) else value is not None
        typer.echo(_line(name, value if is_set else wanted))
        if not is_set:
            missing.append(_variable(name))
    message = messages.PRODUCTION_SETTINGS_MISSING if missing else messages.PRODUCTION_SETTINGS_COMPLETE
    print_message(message(names=", ".join(missing)))


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


def _line(name: str, value: object) -> str:
    """The line that sets this value; a comment if nothing is set."""
    if value is None:
        return f"# {_variable(name)}="
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, bool | int | float | list | dict) else str(value)
    return f"{_variable(name)}={shlex.quote(printable(_without_secrets(text)))}"


def _without_secrets(text: str) -> str:
    return SECRET_PARAMETER.sub(r"\1***", PASSWORD.sub(r"\1:***@", text))
