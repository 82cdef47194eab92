"""The access log: one line for each request. It has names and codes, never values that were sent or are stored.

The lines do not pass through structlog, and are written some at a time: otherwise they would take a tenth of the CPU
time of a small request.
"""

import asyncio
import sys
import time
from contextlib import suppress

import orjson
from starlette.types import Scope

from schema.execution.observing import RequestRecord
from schema.server.errors import MAX_OPERATION_NAME, OPERATION_NAME
from schema.server.observing import code_of, route_of

METHODS = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "WEBSOCKET"))

WRITE_SECONDS, MAX_LINES = 0.2, 200
"""Lines are written after this time, or when there are so many."""

MAX_FACTS = 1_000
"""The combinations of facts whose text is kept."""

NO_FIELDS: tuple[str, ...] = ()

Facts = tuple[str, str | None, int | None, str, str | None, str | None, str | None, tuple[str, ...]]
"""Method, route, status, code, company, user, operation name and root fields of a request."""


class AccessLog:
    """Writes lines to standard error: as JSON, or readable on a terminal, as the other logs are."""

    def __init__(self, as_json: bool | None) -> None:
        shown_as_json = not sys.stderr.isatty() if as_json is None else as_json
        self._text_of = _json if shown_as_json else _readable
        self._start, self._id, self._seconds, self._end = (
            ('{"event":"request","level":"info","timestamp":"', '","request_id":"', '","seconds":', "}\n")
            if shown_as_json
            else ("", " request ", " ", "\n")
        )
        self._texts: dict[Facts, str] = {}
        self._lines: list[str] = []
        self._second = self._second_text = ""
        self._writing: asyncio.TimerHandle | None = None

    def observe(self, scope: Scope, record: RequestRecord, seconds: float) -> None:
        """Write the line of a request soon."""
        operation, document = record.operation, record.document
        if operation is None or document is None:
            name, fields = None, NO_FIELDS
        else:
            name, fields = operation.name, operation.root_fields or document.root_fields(operation)
        company, user = record.company, record.user_id
        facts = (scope["method"], route_of(scope), record.status, code_of(record), company, user, name, fields)
        text = self._texts.get(facts)
        if text is None:
            text = self._first(facts)
        self._lines.append(
            f"{self._start}{self._now()}{self._id}{record.request_id}{self._seconds}{seconds:.6f}{text}{self._end}"
        )
        if len(self._lines) >= MAX_LINES:
            self.write()
        elif self._writing is None:
            self._writing = asyncio.get_running_loop().call_later(WRITE_SECONDS, self.write)

    def write(self) -> None:
        """Write the lines that wait."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        lines, self._lines = self._lines, []
        with suppress(OSError, ValueError):  # nobody reads the log any more
            sys.stderr.write("".join(lines))
            sys.stderr.flush()

    def _now(self) -> str:
        """The current time in UTC as the other logs have it."""
        nanoseconds = str(time.time_ns())
        second = nanoseconds[:-9]
        if second != self._second:
            self._second, self._second_text = second, time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(int(second)))
        return f"{self._second_text}{nanoseconds[-9:-3]}Z"

    def _first(self, facts: Facts) -> str:
        if len(self._texts) >= MAX_FACTS:
            self._texts.clear()
        method, route, status, code, company, user, name, fields = facts
        if name is not None:
            name = name[:MAX_OPERATION_NAME] if OPERATION_NAME.fullmatch(name) else None
        shown = method if method in METHODS else "other"
        text = self._texts[facts] = self._text_of((shown, route, status, code, company, user, name, fields))
        return text


def _json(facts: Facts) -> str:
    names = ("method", "route", "status", "code", "company", "user", "operation", "fields")
    shown = dict(zip(names, facts, strict=True))
    if shown["company"] is None:
        del shown["company"]
    return "," + orjson.dumps(shown).decode()[1:-1]


def _readable(facts: Facts) -> str:
    *words, fields = facts
    return " s " + " ".join(str(word) for word in (*words, ",".join(fields)) if word not in (None, ""))
