"""Why an operation over a WebSocket failed, as its client gets it."""

import orjson
from graphql import GraphQLError

from schema.execution.errors import GraphQLErrors
from schema.server.errors import Rejected, report
from schema.server.requests.running_requests import RunningRequests, stopped
from schema.server.responses.bodies import error_body


def errors_of(error: Exception, running: RunningRequests) -> bytes:
    """A list of errors as JSON, with the codes and messages that responses over HTTP have. It is logged."""
    if isinstance(error, TimeoutError) and running.stopped:
        error = stopped()
    if isinstance(error, Rejected):
        wait = {} if error.retry_after is None else {"retryAfterSeconds": error.retry_after}
        return orjson.dumps(orjson.loads(error_body(str(error), error.code, **wait))["errors"])
    if isinstance(error, GraphQLErrors):
        return orjson.dumps(report(error.errors, None))
    shown = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    return orjson.dumps(report([shown], None))
