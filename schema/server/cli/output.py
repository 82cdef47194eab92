"""Messages of the command line, on standard error, and the lists that it prints on standard output."""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

console = Console(stderr=True, highlight=False)

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""The characters that change the direction of the text after them, also of what the message itself says."""


def print_message(message: str, style: str = "") -> None:
    """Print a message. Brackets are not markup; lines are wrapped only on a terminal."""
    console.print(Text(printable(message), style), soft_wrap=not console.is_terminal)


def fail(message: str, status: int = 1) -> NoReturn:
    """Print a message and end the command."""
    print_message(message, "bold red")
    raise typer.Exit(status)


def print_table(captions: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a list on standard output."""
    table = Table(*captions)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Console().print(table)


def minute_in_utc(time: dt.datetime | None) -> str:
    """A time to the minute, in UTC. Empty for none."""
    return "" if time is None else f"{time.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def printable(text: str) -> str:
    """The text without control characters, so that the content of a file cannot control the terminal, and without those
    that turn the direction of the text around them. Bytes of file names that are no text are replaced, too.
    """
    return "".join("�" if sign in TURNING or (_is_control(sign) and sign != "\n") else sign for sign in text)


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
