"""What is noted of a request while it is answered, for metrics and the log: names and codes, never values."""

from collections.abc import Callable
from contextvars import ContextVar

from schema.execution.documents import Document, Operation

company: ContextVar[str | None] = ContextVar("company", default=None)
"""The company that the request is for; None if it is for none, or if there is no such company."""


class RequestRecord:
    """The facts of one request. Threads that work for it share the record."""

    request_id: str | None = None
    """The id of the request; None outside of requests."""
    operation: Operation | None = None
    """The operation; None if the request has no valid document."""
    document: Document | None = None
    code: str | None = None
    """The code of the first error; None without errors."""
    user_id: str | None = None
    """The authenticated user."""
    status: int | None = None
    """The status of the response; None if none was sent."""
    base_url: Callable[[], str] = str
    """Makes the address under which the client reaches the server, without a path; empty outside of requests."""
    lines_logged = 0
    """The lines of segments that it logged."""

    def __init__(self) -> None:
        self.company = company.get()
        """The company whose database is used, if it exists; None for the database of the process itself."""

    def note_code(self, code: str) -> None:
        """Note the code of an error. Only the first counts."""
        if self.code is None:
            self.code = code


_current: ContextVar[RequestRecord] = ContextVar("request_record")


def begin(request_id: str) -> RequestRecord:
    """The record of a request that begins."""
    record = RequestRecord()
    record.request_id = request_id
    _current.set(record)
    return record


def current() -> RequestRecord:
    """The record of the request that is being answered; outside of requests one that nobody reads."""
    return _current.get(None) or RequestRecord()


def noted(document: Document, operation: Operation) -> Operation:
    """The operation, which is noted together with its document."""
    record = current()
    record.document, record.operation = document, operation
    return operation
