"""GraphQL over HTTP as an ASGI endpoint: media types, statuses and bodies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from persistence.dialects.read_positions import PRIMARY
from persistence.exceptions import OutcomeUnknown, Overloaded, TooManyStreams, Unavailable
from resolvers.work import User
from schema.execution import observing
from schema.execution.engine import Engine, GraphQLRequest, GraphQLResponse
from schema.server.authentication.authenticator import LOCAL_USER, Authenticator
from schema.server.connections.leaving_clients import end_when_client_leaves
from schema.server.connections.unread_responses import ClientStalled, UnreadBytes, close_at_once
from schema.server.documents.trusted_documents import TrustedDocuments, document_of
from schema.server.errors import INTERNAL, OUTCOME_UNKNOWN, Rejected, log, masked_message, retry_extensions
from schema.server.logs.outages import UNAVAILABLE, outages
from schema.server.requests.browser_requests import BrowserRequests
from schema.server.requests.deadlines import Deadline, Deadlines
from schema.server.requests.header_weights import weights
from schema.server.requests.preferred_language import caller_of
from schema.server.requests.rate_limits import REQUEST_COST, Bucket, RateLimits
from schema.server.requests.read_after import NO_STANDBY, ReadAfter
from schema.server.requests.request_parsing import check_encoding, from_json, from_query_string, unstorable_text
from schema.server.requests.running_requests import RunningRequests, stopped
from schema.server.responses.bodies import JSON, RESPONSE, error_body, retry_after, send_body, send_refusal
from schema.server.responses.compression import NO_TRANSFORM
from schema.server.responses.sending import PRIVATE
from schema.server.responses.streams import RequestedStream, requested_stream

UNCOMPRESSED = (b"cache-control", PRIVATE + b", " + NO_TRANSFORM)
"""The header of responses to mutations. They may have a secret beside values that another person chose, whose guesses
the size of a compressed response would confirm (the BREACH attack). Proxies do not compress them either.
"""

DRAIN_LIMIT = 16 * 1024 * 1024
"""The maximum number of bytes that are received and dropped of a request that is too large. A client whose connection
is closed while it still sends does not read the response.
"""


@dataclass(frozen=True)
class Limits:
    """What limits the requests of an endpoint. Some limits are shared with other endpoints."""

    rates: RateLimits
    running: RunningRequests
    unread: UnreadBytes
    max_body_bytes: int
    body_seconds: float
    """Seconds within which a client must send a request."""
    timeout: float
    """Seconds within which a request that was received is answered."""


@dataclass(slots=True)
class Exchange:
    """A request, and what is known so far about its response."""

    scope: Scope
    receive: Receive
    send: Send
    headers: Mapping[bytes, bytes]
    deadline: Deadline
    stream: RequestedStream | None = None
    media: bytes = JSON
    too_late: int = 408
    """The status if the deadline passes: 408 while the request is received, 504 while it is answered."""
    buckets: list[Bucket] = field(default_factory=list)
    """Those from which the cost is taken."""
    rate_headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    cost: int = REQUEST_COST


class Endpoint:
    """The ASGI endpoint `/graphql`."""

    def __init__(
        self,
        engine: Engine,
        authenticator: Authenticator,
        browser_requests: BrowserRequests,
        limits: Limits,
        *,
        page: ASGIApp | None,
        trusted: TrustedDocuments | None = None,
        show_cost: bool = False,
        read_after: ReadAfter = NO_STANDBY,
    ) -> None:
        self._engine, self._authenticator, self._page = engine, authenticator, page
        self._browser_requests, self._trusted, self._show_cost = browser_requests, trusted, show_cost
        self._limits, self._read_after, self._deadlines = limits, read_after, Deadlines()
        self._most_read = max(DRAIN_LIMIT, limits.max_body_bytes)
        """The bytes that are read of a body at most, also of one that is too large."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        accept = headers.get(b"accept", b"")
        exchange = Exchange(scope, receive, send, headers, self._deadlines.after(self._limits.body_seconds))
        try:
            exchange.stream = requested_stream(scope, accept)
            is_read = exchange.stream is None and scope["method"] in ("GET", "HEAD")
            if is_read and self._page is not None and wants_page(accept):
                self._check_page(scope, headers)
                await self._page(scope, receive, send)
                return
            exchange.media = _media_type(accept) if exchange.stream is None else RESPONSE
            await self._respond(exchange, await self._authenticate(exchange))
        except Exception as error:
            await self._send_failure(error, exchange)
        finally:
            self._limits.running.end(exchange.deadline)
            for bucket in exchange.buckets:
                bucket.take(exchange.cost)

    async def _authenticate(self, exchange: Exchange) -> User:
        """Who sends the request. Notes the buckets from which its cost is taken. Raises `Rejected`, also if one of
        them is empty.
        """
        scope, headers, rates = exchange.scope, exchange.headers, self._limits.rates
        exchange.buckets += rates.of_address(scope)
        rates.check(exchange.buckets)
        user = await self._authenticator.user(scope, headers)
        exchange.buckets += rates.of_token(scope, headers)
        exchange.rate_headers = rates.check(exchange.buckets)
        observing.current().user_id = user.id
        if user is LOCAL_USER:
            self._browser_requests.check(scope, headers)
        return user

    async def _respond(self, exchange: Exchange, user: User) -> None:
        """Send the response to a request of a user."""
        with exchange.deadline:
            answer = await self._answer(exchange, user)
        if answer is None:
            return
        status, more = _status(answer, exchange.media)
        if answer.position is not None:
            more = [*more, UNCOMPRESSED, self._read_after.of_answer(user.id, answer.position)]
        else:
            self._limits.unread.check(len(answer.body))
        await send_body(exchange.send, status, answer.body, exchange.media, [*more, *exchange.rate_headers])

    async def _answer(self, exchange: Exchange, user: User) -> GraphQLResponse | None:
        """Receive the request and execute it. None for a stream, which has been sent."""
        scope, receive, send, headers = exchange.scope, exchange.receive, exchange.send, exchange.headers
        deadline, stream = exchange.deadline, exchange.stream
        request = await self._request(scope, receive, headers, self._read_after.of_request(user.id, headers))
        self._limits.running.begin(deadline)
        exchange.too_late = 504
        deadline.move(self._limits.timeout)
        caller = caller_of(user, headers.get(b"accept-language", b""))
        answer: GraphQLResponse | None
        if stream is None:
            end_when_client_leaves(scope, send, observing.current(), deadline)
            answer = await self._engine.answer(request, caller, only_queries=scope["method"] != "POST")
        else:
            deadline.move(None)
            answer = await stream.respond(self._engine, request, caller, scope, receive, send)
        self._limits.running.end(deadline)
        if exchange.buckets:
            exchange.cost += (self._engine.costs.of(request, only_known=True) or {}).get("requested", 0)
        return answer

    async def _send_failure(self, error: Exception, exchange: Exchange) -> None:
        """Send the response to a request that was not answered."""
        send, deadline, too_late = exchange.send, exchange.deadline, exchange.too_late
        match error:
            case Rejected():
                await send_refusal(send, error, exchange.media)
            case Overloaded():
                body = error_body(str(error), "OVERLOADED", **retry_extensions(error))
                status = 429 if isinstance(error, TooManyStreams) else 503
                await send_body(send, status, body, JSON, retry_after(error.retry_after))
            case Unavailable():
                outages.note(error)
                body = error_body(str(error), UNAVAILABLE, **retry_extensions(error))
                await send_body(send, 503, body, JSON, retry_after(error.retry_after))
            case OutcomeUnknown():
                self._read_after.of_answer(observing.current().user_id or "", PRIMARY)
                outages.note(error, code=OUTCOME_UNKNOWN)
                await send_body(send, 504, error_body(str(error), OUTCOME_UNKNOWN), JSON, [])
            case TimeoutError() if deadline.ended_early:
                pass  # nobody reads the response
            case TimeoutError() if self._limits.running.stopped and too_late == 504:
                await send_refusal(send, stopped())
            case TimeoutError():
                body = error_body("The request took too long. Select less at once.", "TIMEOUT")
                await send_body(send, too_late, body, JSON, [])
            case ClientStalled():
                await self._drop(exchange.scope, send)
            case _:
                await send_body(send, 500, error_body(masked_message(error), INTERNAL), JSON, [])

    async def _drop(self, scope: Scope, send: Send) -> None:
        """Close the connection of a client that does not read its response."""
        log.warning("connection dropped: the client took nothing", path="/graphql", seconds=self._limits.unread.seconds)
        await close_at_once(scope, send)

    async def refuses_page(self, scope: Scope, send: Send) -> bool:
        """Whether the page and its files are refused to this request; then it is answered."""
        try:
            self._check_page(scope, dict(scope["headers"]))
        except Rejected as rejected:
            await send_refusal(send, rejected, JSON)
            return True
        return False

    def _check_page(self, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        """Raises `Rejected`. Other machines get the page without a token: it has no data."""
        if self._authenticator.is_local(scope):
            self._browser_requests.check(scope, headers, page=True)

    async def _request(
        self, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], read_after: int
    ) -> GraphQLRequest:
        method = scope["method"]
        if method in ("GET", "HEAD"):
            return self.checked(from_query_string(scope["query_string"]), headers, read_after)
        if method != "POST":
            raise Rejected(405, "Use POST, or GET for queries.", headers=[(b"allow", b"GET, HEAD, POST")])
        check_encoding(headers)
        return self.checked(from_json(await self._body(receive, headers)), headers, read_after)

    def checked(
        self, sent: Mapping[str, Any], headers: Mapping[bytes, bytes], read_after: int = PRIMARY
    ) -> GraphQLRequest:
        """The request with these members. Raises `Rejected`."""
        query, variables, name = document_of(sent, self._trusted), sent.get("variables"), sent.get("operationName")
        if variables is not None and not isinstance(variables, dict):
            raise Rejected(400, "`variables` must be an object.")
        if name is not None and not isinstance(name, str):
            raise Rejected(400, "`operationName` must be text.")
        if not isinstance(sent.get("extensions", {}), dict | None):
            raise Rejected(400, "`extensions` must be an object.")
        if "\0" in query:
            raise Rejected(400, "`query` must not contain the NUL character. Leave it out.", "BAD_USER_INPUT")
        unstorable = unstorable_text(variables, 0) if variables else None
        shows_cost = self._show_cost or headers.get(b"x-show-cost") == b"1"
        return GraphQLRequest(query, variables, name or None, shows_cost, unstorable, read_after)

    async def _body(self, receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
        """The whole body. Raises Rejected for one that is too large, after having received it up to a limit."""
        length = headers.get(b"content-length", b"0")
        size = int(length) if length.isdigit() else 0
        pieces, read, more, complete = [], 0, size <= self._most_read, False
        while more:
            received = await receive()
            piece = received.get("body", b"")
            read += len(piece)
            size = max(size, read)
            if size <= self._limits.max_body_bytes:
                pieces.append(piece)
            complete = not received.get("more_body", False)
            more = not complete and read <= self._most_read
        if size > self._limits.max_body_bytes:
            message = (
                f"A request has at most {self._limits.max_body_bytes:,} bytes. Send less at once, in several requests."
            )
            raise Rejected(413, message, headers=[(b"connection", b"close")] if complete else [])
        return b"".join(pieces)


def wants_page(accept: bytes) -> bool:
    """Whether to answer with a page: browsers accept HTML by name; a program that accepts everything gets
    JSON.
    """
    return b"text/html" in accept.lower() and weights(accept).get(b"text/html", 0) > 0


def _media_type(accept: bytes) -> bytes:
    if not accept or accept in (b"*/*", JSON):
        return JSON
    found = weights(accept)
    others = found.get(b"application/*", found.get(b"*/*", 0.0))
    older, newer = found.get(JSON, others), found.get(RESPONSE, others)
    if RESPONSE in found and newer > 0 and newer >= older:
        return RESPONSE
    if older > 0:
        return JSON
    if newer > 0:
        return RESPONSE
    raise Rejected(
        406,
        "Responses are application/json or application/graphql-response+json, streams of lists text/csv or "
        "application/x-ndjson. Accept one of them.",
    )


def _status(answer: GraphQLResponse, media: bytes) -> tuple[int, list[tuple[bytes, bytes]]]:
    """The HTTP status of an answer. In the newer media type a request that is itself wrong has status 400, and 403 if
    the roles of the caller do not allow it. In the older one every well-formed request has 200, unless the database is
    not available.
    """
    if answer.refused_status is not None:
        return answer.refused_status, [(b"allow", b"POST")]
    if answer.retry_after is not None:
        refused = answer.unavailable or media == RESPONSE
        return (503 if refused else 200), retry_after(answer.retry_after)
    if answer.executed or media != RESPONSE:
        return 200, []
    return (403 if answer.forbidden else 400), []
