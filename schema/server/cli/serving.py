"""Serve until Ctrl-C or SIGTERM, then finish the running requests."""

import signal
import socket
import threading
import time
from functools import partial
from types import FrameType

import typer
import uvicorn
from starlette.applications import Starlette

from schema.server.app import create_app
from schema.server.authentication.key_set_address import is_url
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.output import fail
from schema.server.cli.texts import messages
from schema.server.connections.http_connections import ConnectionLimits, LimitedConnection
from schema.server.documents.trusted_documents import InvalidManifest
from schema.server.logs.access_log import AccessLog
from schema.server.open_files import allow_open_files
from schema.server.requests.running_requests import RunningRequests
from schema.server.settings import Settings
from schema.server.websockets.connections import ClientWebSocket

FILES_OF_COMPANY = 20
"""Open files of a company whose database is an SQLite file, at most."""

GRACE = 5
"""Seconds that connections have to close after their requests were answered or ended."""


class Server(uvicorn.Server):
    """A server that is stopped by SIGTERM or Ctrl-C: it refuses new requests, waits `shutdown_seconds` for those under
    way, ends the others, and closes the database. A second Ctrl-C does not stop it at once: uvicorn itself would then
    leave the database open.
    """

    def __init__(
        self, config: uvicorn.Config, running: RunningRequests, shutdown_seconds: float, orphaned: threading.Event
    ) -> None:
        super().__init__(config)
        self._running, self._shutdown_seconds, self._orphaned = running, shutdown_seconds, orphaned
        self._ends_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop, or go on."""
        if sig == signal.SIGINT:
            CTRL_C.record_press()
        if self._ends_at is None:
            self._ends_at = time.monotonic() + self._shutdown_seconds
            self._running.refuse_new()

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop now. uvicorn calls it ten times a second."""
        if self._ends_at is not None:
            if self._orphaned.is_set():
                for each in self.servers:
                    each.close()  # the next parent needs the port
            late = time.monotonic() >= self._ends_at
            if late:
                self._running.end_all()
            self.should_exit = late or not len(self._running)
        return await super().on_tick(counter)


def check_key_file(settings: Settings) -> None:
    """End the command with a message if the keys of JSON Web Tokens come from a file that cannot be used."""
    file = settings.jwt_jwks
    if file is None or is_url(file):
        return
    from schema.server.authentication.key_sets import (  # loads the libraries that verify tokens
        KeySetUnusable,
        parse,
        read,
    )

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


def server_of(carnet: Starlette, settings: Settings, orphaned: threading.Event | None = None) -> Server:
    """The server of an application. If `orphaned` is set when it is stopped, it frees its port at once."""
    limits = ConnectionLimits(settings.head_seconds, settings.max_head_bytes, settings.unread_seconds)
    config = uvicorn.Config(
        carnet,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,  # uvicorn's own would write around `schema.server.logs.log_output`
        log_level="warning",
        timeout_keep_alive=settings.idle_seconds,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        proxy_headers=False,
        ws=ClientWebSocket,
        ws_max_size=settings.max_body_bytes,
        ws_ping_interval=settings.websocket_ping_seconds,
        ws_ping_timeout=settings.websocket_ping_seconds,
        ws_per_message_deflate=False,  # it takes memory for each, and shows what is guessed (the BREACH attack)
        http=partial(LimitedConnection, limits=limits, all_connections=carnet.state.client_connections),  # type: ignore[arg-type]  # makes protocols, as the class does
    )
    return Server(config, carnet.state.running, settings.shutdown_seconds, orphaned or threading.Event())


def run(
    carnet: Starlette, settings: Settings, sockets: list[socket.socket], orphaned: threading.Event | None = None
) -> None:
    """Serve on these sockets. Raises KeyboardInterrupt after Ctrl-C, once everything is closed. See `server_of`."""
    of_companies = FILES_OF_COMPANY * settings.max_open_companies if settings.companies.is_dir() else 0
    of_databases = settings.max_connections + of_companies
    allow_open_files(carnet.state.client_connections, carnet.state.websockets, of_databases)
    server = server_of(carnet, settings, orphaned)
    CTRL_C.run(server.serve(sockets), server.config.get_loop_factory())
    if CTRL_C.pressed:
        raise KeyboardInterrupt
    if not server.started:
        raise typer.Exit(1)
