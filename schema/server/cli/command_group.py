"""The group of all commands. Its messages, also about wrong arguments, are in the language of the environment."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from schema.server.cli.interrupting import CTRL_C, STATUS
from schema.server.cli.output import print_message
from schema.server.cli.texts import help, invalid_settings, messages, usage_errors

UsageError: Any = typer.BadParameter.__mro__[2]
"""The base class of typer's exceptions for wrong arguments and files, which typer does not export."""


class CommandGroup(TyperGroup):
    """The command `carnet`, whose subcommands are all others."""

    def main(self, *arguments: Any, **more: Any) -> Any:
        """Run the command line and exit with a status."""
        with CTRL_C.handled(), help.translated(self):
            try:
                status = super().main(*arguments, **{**more, "standalone_mode": False})
            except UsageError as error:
                _report(error)
                status = error.exit_code
            except typer.Abort:
                print_message(messages.NOTHING_CHANGED(), "bold red")
                status = STATUS if CTRL_C.pressed else 1
        sys.exit(status if isinstance(status, int) else 0)

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Read the arguments. `--help` and `--version` run here."""
        with _interruption_reported():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:
        """Run a command. After Ctrl-C, report what was changed, unless the command did so itself."""
        with _interruption_reported():
            for message in invalid_settings.unknown():
                print_message(message, "yellow")
            result = super().invoke(ctx)
            CTRL_C.finish()
        if CTRL_C.pressed:
            print_message(messages.INTERRUPTED_AFTER_COMMIT(), "bold red")
            raise typer.Exit(STATUS)
        return result


@contextmanager
def _interruption_reported() -> Iterator[None]:
    """After Ctrl-C, print that nothing was changed and end the command with status 130."""
    try:
        yield
    except KeyboardInterrupt:
        print_message(messages.NOTHING_CHANGED(), "bold red")
        raise typer.Exit(STATUS) from None


def _report(error: Any) -> None:
    """Print what is wrong with the arguments. Without arguments, the help was already shown."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return
    if context is not None:
        print_message(context.get_usage())
    print_message(usage_errors.usage_message(error.format_message()), "bold red")
    if context is not None:
        print_message(usage_errors.MORE_HELP(command=context.command_path))
