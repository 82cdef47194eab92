"""The requests that the server is answering: at most so many, and none any more after the server was told to stop."""

from persistence.concurrency.time_limits import Usage
from persistence.exceptions import Overloaded
from schema.server.errors import Rejected
from schema.server.requests.deadlines import Deadline

UNAVAILABLE = "UNAVAILABLE"
RETRY_SECONDS = 5
"""When clients are told to try again: another process may have taken over by then."""

CLOSE = [(b"connection", b"close")]


def stopping() -> Rejected:
    """The refusal of a request that came while the server stops."""
    message = "The server is stopping. Send the request again in some seconds."
    return Rejected(503, message, UNAVAILABLE, CLOSE, retry_after=RETRY_SECONDS)


def stopped() -> Rejected:
    """The response to a request that was under way when the server stopped."""
    message = (
        "The server stopped before the request was finished. Send it again in some seconds. A mutation that has an "
        "idempotencyKey is not made twice; without one, look first whether it was made."
    )
    return Rejected(503, message, UNAVAILABLE, CLOSE, retry_after=RETRY_SECONDS)


class RunningRequests:
    """Requests under way, each with the deadline that ends it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._deadlines: set[Deadline] = set()
        self.stopping = False
        """Whether new requests are refused."""
        self.stopped = False
        """Whether requests under way were ended, too."""

    def __len__(self) -> int:
        return len(self._deadlines)

    @property
    def usage(self) -> Usage:
        """How many requests there may be, and how many there are."""
        return Usage(self._most, len(self))

    def begin(self, deadline: Deadline) -> None:
        """Count a request until `end`. Raises `Rejected` while the server stops, and Overloaded if as many requests run
        as are allowed.
        """
        if self.stopping:
            raise stopping()
        if len(self._deadlines) >= self._most:
            raise Overloaded(1)
        self._deadlines.add(deadline)

    def end(self, deadline: Deadline) -> None:
        """A request was answered."""
        self._deadlines.discard(deadline)

    def refuse_new(self) -> None:
        """Refuse requests from now on. Those under way go on."""
        self.stopping = True

    def end_all(self) -> None:
        """End the requests under way: their transactions are rolled back, and their clients are told."""
        self.stopped = True
        for deadline in [*self._deadlines]:
            if not deadline.has_expired:
                deadline.move(0)
