"""The group of all commands: messages in the language of the environment, also for wrong arguments."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from schema.server.cli import help, sentences, wrong_settings
from schema.server.cli.interrupting import CTRL_C, STATUS
from schema.server.cli.output import say

Problem: Any = typer.BadParameter.__mro__[2]
"""The base class of typer's exceptions for wrong arguments and files, which typer does not export."""


class Commands(TyperGroup):
    """The command line as a whole."""

    def main(self, *arguments: Any, **more: Any) -> Any:
        """Run the command line and exit with a status."""
        with CTRL_C.handled(), help.translated(self):
            try:
                status = super().main(*arguments, **{**more, "standalone_mode": False})
            except Problem as problem:
                _report(problem)
                status = problem.exit_code
            except typer.Abort:
                say(sentences.NOTHING_CHANGED(), "bold red")
                status = 1
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run a command. After Ctrl-C, report what was changed, unless the command did so itself."""
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


def _report(problem: Any) -> None:
    """Print what is wrong with the arguments. Without arguments, the help was already shown."""
    context = getattr(problem, "ctx", None)
    if type(problem).__name__ == "NoArgsIsHelpError":
        return
    if context is not None:
        say(context.get_usage())
    say(help.problem(problem.format_message()), "bold red")
    if context is not None:
        say(help.MORE_HELP(command=context.command_path))
