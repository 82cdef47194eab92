"""The commands together: in the language of the environment, and with a sentence for whatever is wrong with how they are used."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from schema.server.cli import help, sentences, wrong_settings
from schema.server.cli.interrupting import CTRL_C, STATUS
from schema.server.cli.speaking import say

Problem: Any = typer.BadParameter.__mro__[2]
"""What typer raises when arguments are wrong, or a file; it does not say so by a name of its own."""


class Commands(TyperGroup):
    """The command line as a whole."""

    def main(self, *arguments: Any, **more: Any) -> Any:
        """Do what the arguments say, and end with a status."""
        with CTRL_C.heard(), help.translated(self):
            try:
                status = super().main(*arguments, **{**more, "standalone_mode": False})
            except Problem as problem:
                _tell(problem)
                status = problem.exit_code
            except typer.Abort:
                say(sentences.NOTHING_CHANGED(), "bold red")
                status = 1
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run a command. After Ctrl-C it says what was kept, if the command itself did not."""
        for each in wrong_settings.unknown():
            say(each, "yellow")
        try:
            done = super().invoke(ctx)
        except KeyboardInterrupt:
            say(sentences.NOTHING_CHANGED(), "bold red")
            raise typer.Exit(STATUS) from None
        if CTRL_C.pressed:
            say(sentences.TOO_LATE(), "bold red")
            raise typer.Exit(STATUS)
        return done


def _tell(problem: Any) -> None:
    """Without arguments the help was shown already."""
    context = getattr(problem, "ctx", None)
    if type(problem).__name__ == "NoArgsIsHelpError":
        return
    if context is not None:
        say(context.get_usage())
    say(help.problem(problem.format_message()), "bold red")
    if context is not None:
        say(help.MORE_HELP(command=context.command_path))
