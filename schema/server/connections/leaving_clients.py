"""Clients that close the connection before they have their response: nobody reads it any more."""

from graphql import OperationType
from starlette.types import Scope, Send

from schema.execution.observing import RequestRecord
from schema.server.connections.http_connections import LimitedConnection
from schema.server.connections.unread_responses import transport_of
from schema.server.requests.deadlines import Deadline


def end_when_client_leaves(scope: Scope, send: Send, record: RequestRecord, deadline: Deadline) -> None:
    """If the client closes the connection, end a query at once, so that others get its place. A mutation goes on: its
    client may only have lost the connection.
    """
    connection = getattr(transport_of(scope, send), "get_protocol", lambda: None)()
    if not isinstance(connection, LimitedConnection):
        return  # the application runs in another server, which does not report closed connections

    def end() -> None:
        if record.operation is None or record.operation.node.operation is not OperationType.MUTATION:
            deadline.end()

    connection.when_lost = end
