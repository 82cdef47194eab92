"""The entry point of `carnet`. What takes time to load is loaded here, so that Ctrl-C is answered from the first moment on."""

import os
import signal

from schema.server.locales import language

STOPPED = {"EN": "Stopped. Nothing was begun.", "FR": "Arrêté. Rien n’a été commencé."}


def main() -> None:
    """Load the command line and run it."""
    signal.signal(signal.SIGINT, _stop)
    from schema.server.cli import main as run

    run()


def _stop(*_: object) -> None:
    """Modules are still loading, and some of them would not let an exception through."""
    os.write(2, f"\n{STOPPED[language()]}\n".encode())
    os._exit(130)
