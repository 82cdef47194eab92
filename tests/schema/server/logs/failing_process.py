"""A process in which libraries and Python itself report errors with marked values. `test_logs` runs it.

Its arguments are files: what the process writes to standard error as JSON, and as text.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import AsyncIterator

import structlog
import typer
import uvloop
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from schema.server.cli import serving
from schema.server.connections.client_connections import ClientConnections
from schema.server.errors import logged_failure
from schema.server.logs import log_output
from schema.server.requests.running_requests import RunningRequests
from schema.server.settings import Settings
from schema.server.websockets.registry import WebSockets
from tests.schema.server.marked_requests import MARK


def fail(*_: object) -> None:
    """Raise an exception with a cause, a context, members and a note, and with marked values in all of them."""
    local = MARK
    try:
        try:
            os.environ[local]
        except KeyError:
            raise OSError(2, local, local)  # noqa: B904 - its context is logged, too
    except OSError as error:
        wrong = ExceptionGroup(local, [ValueError(local), TypeError({local: local})])
        wrong.add_note(local)
        raise wrong from error


class Unraisable:
    def __del__(self) -> None:
        fail()


async def report_to_the_loop() -> None:
    loop = asyncio.get_running_loop()
    loop.call_soon(fail, MARK)
    loop.call_exception_handler({"message": MARK, MARK: MARK})
    task = loop.create_task(asyncio.to_thread(fail, MARK), name=MARK)
    await asyncio.wait([task])
    del task
    gc.collect()


class Failing(Starlette):
    """An application that fails at a stage of its life. It sends itself a request, then it stops."""

    def __init__(self, stage: str, port: int) -> None:
        super().__init__(lifespan=self.life)
        self.state.running = RunningRequests(10)
        self.state.client_connections = ClientConnections(10)
        self.state.websockets = WebSockets(Settings(), self.state.running)
        self.stage, self.port = stage, port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
            return
        if self.stage == "response":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x", f"\n{MARK}".encode())]})
        fail()

    @contextlib.asynccontextmanager
    async def life(self, app: Starlette) -> AsyncIterator[None]:
        async with logged_failure("the server cannot start or stop"):
            if self.stage == "start":
                fail()
            task = asyncio.ensure_future(self.send_request())
            yield
            await task
            if self.stage == "stop":
                fail()

    async def send_request(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
        more = upgrade if self.stage == "upgrade" else ""
        writer.write(f"GET /{MARK} HTTP/1.1\r\nHost: {MARK}\r\n{more}\r\n".encode())
        await reader.read(100)
        writer.close()
        os.kill(os.getpid(), signal.SIGINT)


def main(as_json: bool) -> None:
    """Report errors in every way, and end with an exception that nothing catches."""
    log_output.configure(as_json)
    library = logging.getLogger("library")
    library.setLevel(logging.DEBUG)
    library.error("Library: the row %s", MARK)
    library.error(f"Library: {MARK}")
    library.error(ValueError(MARK), extra={"row": MARK}, stack_info=True)
    library.error("Library: %d of %s", MARK)
    try:
        fail()
    except ExceptionGroup:
        library.exception("Library: an exception in %s", MARK)
        structlog.get_logger("carnet").error("own event", row=MARK, exc_info=True)
    warnings.warn(MARK, RuntimeWarning, stacklevel=1)
    thread = threading.Thread(target=fail, name=MARK)
    thread.start()
    thread.join()
    Unraisable()
    asyncio.run(report_to_the_loop())
    uvloop.run(report_to_the_loop())
    for stage in ("request", "response", "upgrade", "stop", "start"):
        with socket.socket() as listening, contextlib.suppress(KeyboardInterrupt, SystemExit, typer.Exit):
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            serving.run(Failing(stage, listening.getsockname()[1]), Settings(), [listening])
    fail()


if __name__ == "__main__":
    gc.freeze()
    for output, as_json in zip(sys.argv[1:], (True, False), strict=True):
        if not os.fork():
            signal.alarm(60)
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), 2)
            main(as_json)
    for _ in sys.argv[1:]:
        os.wait()
