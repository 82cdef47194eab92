"""How many files and connections the system lets this process have open."""

from schema.server.connections.client_connections import ClientConnections
from schema.server.errors import log
from schema.server.websockets.registry import WebSockets

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]  # the name of a module

OTHER_FILES = 100
"""Open files for everything else: the database file, the log, libraries, files that are sent."""

MIN_CONNECTIONS = 16


def allow_open_files(connections: ClientConnections, sockets: WebSockets, of_database: int) -> None:
    """Raise the system's limit of open files, so that all connections of clients, WebSockets and `of_database`
    connections fit. Where it cannot be raised that far, allow fewer WebSockets, then fewer clients, and log it.
    """
    if resource is None:
        return
    others = of_database + OTHER_FILES
    wanted = connections.usage.most + sockets.most + others
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    except (OSError, ValueError):
        allowed = soft
    if allowed < wanted:
        sockets.most = max(0, allowed - others - connections.usage.most)
        log.warning("fewer WebSockets than set: the system allows too few open files", most=sockets.most)
    if allowed < connections.usage.most + others:
        most = max(MIN_CONNECTIONS, allowed - others)
        connections.limit(most)
        log.warning("fewer connections of clients than set: the system allows too few open files", most=most)
