"""Serve until Ctrl-C or SIGTERM, then finish the running requests."""

import signal
import socket
from types import FrameType

import typer
import uvicorn
from starlette.applications import Starlette

from schema.server.access_log import AccessLog
from schema.server.app import create_app
from schema.server.cli import messages
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.output import fail
from schema.server.key_set_address import is_url
from schema.server.settings import Settings
from schema.server.trusted_documents import InvalidManifest

GRACE = 10
"""Seconds that running requests have to finish when the server stops."""


class Server(uvicorn.Server):
    """A server that a second Ctrl-C does not stop at once: uvicorn itself would then leave the database open."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start or continue the shutdown."""
        if sig == signal.SIGINT:
            CTRL_C.record_press()
            self.should_exit = True
        else:
            super().handle_exit(sig, frame)


def check_key_file(settings: Settings) -> None:
    """End the command with a message if the keys of JSON Web Tokens come from a file that cannot be used."""
    file = settings.jwt_jwks
    if file is None or is_url(file):
        return
    from schema.server.key_sets import KeySetUnusable, parse, read  # loads the libraries that verify tokens

    try:
        text = read(file)
    except KeySetUnusable as error:
        fail(messages.JWT_KEYS_UNREADABLE(file=file, reason=error))
    try:
        keys = parse(text)
    except KeySetUnusable:
        keys = []
    if not keys:
        fail(messages.JWT_KEYS_UNUSABLE(file=file))


def application(settings: Settings) -> Starlette:
    """The application. Ends the command with a message if the trusted documents cannot be used."""
    try:
        return create_app(settings, access_log=AccessLog(settings.log_json) if settings.access_log else None)
    except InvalidManifest as error:
        fail(messages.INVALID_TRUSTED_DOCUMENTS(file=error.file, reason=error.reason))


def run(carnet: Starlette, settings: Settings, sockets: list[socket.socket]) -> None:
    """Serve on these sockets. Raises KeyboardInterrupt after Ctrl-C, once everything is closed."""
    config = uvicorn.Config(
        carnet,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,  # uvicorn's own would write around `schema.server.logs`
        log_level="warning",
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        proxy_headers=False,
    )
    server, loop = Server(config), config.get_loop_factory()
    CTRL_C.run(server.serve(sockets), loop)
    if CTRL_C.pressed:
        raise KeyboardInterrupt
    if not server.started:
        raise typer.Exit(1)
