"""Serving: until Ctrl-C or SIGTERM, and then until what was asked is answered."""

import signal
import socket
from types import FrameType

import typer
import uvicorn
from starlette.applications import Starlette

from schema.server.cli.interrupting import CTRL_C
from schema.server.settings import Settings

GRACE = 10
"""Seconds for requests that are under way when the server ends."""


class Server(uvicorn.Server):
    """Ends in good order also when Ctrl-C is pressed again soon: uvicorn itself would leave the database open."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, or go on ending."""
        if sig == signal.SIGINT:
            CTRL_C.note()
            self.should_exit = True
        else:
            super().handle_exit(sig, frame)


def run(carnet: Starlette, settings: Settings, sockets: list[socket.socket]) -> None:
    """Serve over these sockets. Raises KeyboardInterrupt after Ctrl-C, when all is ended."""
    config = uvicorn.Config(
        carnet, host=settings.host, port=settings.port, access_log=False, log_level="warning",
        timeout_graceful_shutdown=GRACE, server_header=False, proxy_headers=False,
    )
    server, loop = Server(config), config.get_loop_factory()
    CTRL_C.run(server.serve(sockets), loop)
    if CTRL_C.pressed:
        raise KeyboardInterrupt
    if not server.started:
        raise typer.Exit(1)
