"""The sockets that a server listens on, and a message for each reason why it cannot."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from schema.server.cli.output import fail
from schema.server.cli.texts import messages
from schema.server.host_names import is_loopback
from schema.server.settings import Settings

QUEUE = 2048
"""The listen backlog."""

UNSUPPORTED_FAMILY = (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EINVAL)


def settings_with(settings: Settings, *, host: str | None, port: int | None) -> Settings:
    """The settings with the host and the port of the command line, where they are given."""
    given = {"host": host, "port": port}
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})


@contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Sockets on all addresses of the host. Ends the command with a message if that is not possible."""
    sockets = _listen(settings)
    try:
        yield sockets
    finally:
        for each in sockets:
            each.close()


def address_of(host: str, sockets: list[socket.socket]) -> str:
    """The URL of the server."""
    port = sockets[0].getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reaches_other_machines(sockets: list[socket.socket]) -> bool:
    """Whether other machines can connect to one of the sockets."""
    return not all(is_loopback(each.getsockname()[0]) for each in sockets)


def _listen(settings: Settings) -> list[socket.socket]:
    host, port = settings.host.strip(), settings.port
    try:
        if not host:
            raise OSError
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        fail(messages.UNKNOWN_HOST(host=settings.host))
    opened: list[socket.socket] = []
    problems: list[OSError] = []
    for family, kind, protocol, _, address in dict.fromkeys(found):
        try:
            opened.append(_listening(family, kind, protocol, address))
        except OSError as error:
            problems.append(error)
    taken = [error for error in problems if error.errno == errno.EADDRINUSE]
    if opened and not taken:
        return opened
    for each in opened:
        each.close()
    _stop(host, port, (taken or problems)[0])
    raise AssertionError("_stop ends the command")


def _listening(family: int, kind: int, protocol: int, address: object) -> socket.socket:
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            with suppress(OSError, AttributeError):
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)  # type: ignore[arg-type]  # as getaddrinfo answers it
        made.listen(QUEUE)
    except OSError:
        made.close()
        raise
    return made


def _stop(host: str, port: int, error: OSError) -> None:
    facts = {"host": host, "port": str(port)}
    if error.errno == errno.EADDRINUSE:
        fail(messages.PORT_IN_USE(**facts))
    if error.errno == errno.EADDRNOTAVAIL:
        fail(messages.HOST_NOT_LOCAL(**facts))
    if error.errno in (errno.EACCES, errno.EPERM):
        fail(messages.PORT_RESERVED(**facts))
    if error.errno in UNSUPPORTED_FAMILY:
        fail(messages.IPV6_UNAVAILABLE(**facts))
    fail(messages.CANNOT_LISTEN(**facts, reason=error.strerror or str(error)))
