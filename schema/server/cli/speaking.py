"""What the command line says: on the standard error, in whole lines, as it is."""

import unicodedata
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text

console = Console(stderr=True, highlight=False)


def say(sentence: str, style: str = "") -> None:
    """Say a sentence. Brackets in it are no markup, and only a terminal has its lines broken."""
    console.print(Text(visible(sentence), style), soft_wrap=not console.is_terminal)


def stop(sentence: str, status: int = 1) -> NoReturn:
    """End with a sentence."""
    say(sentence, "bold red")
    raise typer.Exit(status)


def visible(text: str) -> str:
    """A text without control characters: what stands in a file is not to move the cursor."""
    return "".join(sign if sign == "\n" or unicodedata.category(sign) != "Cc" else "�" for sign in text)
