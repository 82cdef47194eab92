"""The entry point of `carnet`. What takes time to load is loaded here, so that Ctrl-C is answered from the first moment on."""

import os
import signal
from typing import Any

from schema.server.language import Sentence

STOPPED = Sentence("Stopped. Nothing was begun.", "Arrêté. Rien n’a été commencé.")


def main() -> None:
    """Load the command line and run it."""
    signal.signal(signal.SIGINT, _stop)
    from schema.server.cli import main as run

    run()


def _stop(*_: Any) -> None:
    """Modules are still loading, and some of them would not let an exception through."""
    os.write(2, f"\n{STOPPED()}\n".encode())
    os._exit(130)
