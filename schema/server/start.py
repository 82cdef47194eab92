"""The entry point of `carnet`. Handles Ctrl-C while the other modules are being imported."""

import os
import signal

from schema.server.locales import language

STOPPED = {"EN": "Stopped. Nothing was changed.", "FR": "Arrêté. Rien n’a été modifié."}


def main() -> None:
    """Import the command line and run it."""
    signal.signal(signal.SIGINT, _stop)
    from schema.server.cli.commands import main as run

    run()


def _stop(*_: object) -> None:
    """Exit without an exception: some modules would catch it during their import."""
    os.write(2, f"\n{STOPPED[language()]}\n".encode())
    os._exit(130)
