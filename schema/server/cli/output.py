"""Messages of the command line, on standard error."""

import unicodedata
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text

console = Console(stderr=True, highlight=False)


def print_message(message: str, style: str = "") -> None:
    """Print a message. Brackets are not markup; lines are wrapped only on a terminal."""
    console.print(Text(printable(message), style), soft_wrap=not console.is_terminal)


def fail(message: str, status: int = 1) -> NoReturn:
    """Print a message and end the command."""
    print_message(message, "bold red")
    raise typer.Exit(status)


def printable(text: str) -> str:
    """The text without control characters, so that the content of a file cannot control the terminal."""
    return "".join(sign if sign == "\n" or unicodedata.category(sign) != "Cc" else "�" for sign in text)
