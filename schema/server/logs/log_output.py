"""Logs: readable on a terminal, JSON elsewhere. No line has a value that a client sent or the database stores.

All that the process writes on its own passes here: Carnet's log, the logs of libraries, warnings, and exceptions that
nothing has caught.
"""

import linecache
import logging
import sys
import threading
import warnings
from types import TracebackType
from typing import TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from schema.execution import observing
from schema.server.errors import log
from schema.server.logs.stack_traces import describe

LOGGED = (
    "event",
    "level",
    "timestamp",
    "logger",
    "source",
    "operation",
    "code",
    "path",
    "reference",
    "request_id",
    "company",
    "cause",
    "left_out",
    "webhook",
    "exception",
)
"""Everything else is removed from a line. Of what a client sends, a line has only the id of its request."""

UNKNOWN_MESSAGE = "message of a library"


def configure(as_json: bool | None) -> None:
    """Set up the logs of this process. Errors of clients are logged as INFO, internal errors as ERROR. Libraries log
    only warnings and errors.
    """
    shown_as_json = not sys.stderr.isatty() if as_json is None else as_json
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not shown_as_json:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    before: list[Processor] = [
        add_request_id,
        structlog.processors.ExceptionRenderer(_describe_exception),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*before, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[_describe_record, *before], processors=[_only_logged, renderer], use_get_message=False
        )
    )
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger("carnet").setLevel(logging.INFO)
    logging.raiseExceptions = False  # it would print a record that cannot be written, with its arguments
    sys.excepthook = _log_uncaught
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_uncaught_in_thread
    warnings.showwarning = _log_warning


def add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add the id of the request that is being answered to a line, and its company."""
    record = observing.current()
    if record.request_id is not None:
        event["request_id"] = record.request_id
    if record.company is not None:
        event["company"] = record.company
    return event


def _describe_record(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What is logged of the record of a library."""
    record: logging.LogRecord = event["_record"]
    event["event"] = _constant_message(record)
    event["logger"] = record.name
    event["source"] = f"{record.module}:{record.funcName}:{record.lineno}"
    return event


def _describe_exception(exc_info: ExcInfo) -> str:
    return describe(exc_info[1])


def _constant_message(record: logging.LogRecord) -> str:
    """The message without its arguments, if it is written like this in the source of the library. Others are put
    together from values, such as that of an exception in a task of asyncio.
    """
    source = "".join(linecache.getlines(record.pathname))
    text = str(record.msg).strip()
    return text if text and (f'"{text}' in source or f"'{text}" in source) else UNKNOWN_MESSAGE


def _only_logged(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {name: event[name] for name in LOGGED if name in event}


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("uncaught exception", exception=describe(error.with_traceback(trace)))


def _log_uncaught_in_thread(caught: threading.ExceptHookArgs) -> None:
    if caught.exc_value is not None:
        log.error("uncaught exception in a thread", exception=describe(caught.exc_value))


def _log_unraisable(caught: "sys.UnraisableHookArgs") -> None:
    if caught.exc_value is not None:
        log.error("exception that could not be raised", exception=describe(caught.exc_value))


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    log.warning("warning of Python or a library", exception=category.__qualname__, source=f"{filename}:{lineno}")
