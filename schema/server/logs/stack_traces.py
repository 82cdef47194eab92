"""Exceptions as the log shows them: what happened and where, without the values that were sent or stored.

The message of an exception may quote a value, whoever raised it: `KeyError` has the key, an error of PostgreSQL has the
row. So no message is logged.
"""

import asyncio
import errno
from collections.abc import Iterator
from traceback import walk_tb

from persistence.dialects import error_facts

MAX_EXCEPTIONS = 10
FIRST_FRAMES, LAST_FRAMES = 10, 30
"""Of a longer stack trace, as of a recursion without end, the frames between are left out."""


def describe(error: BaseException) -> str:
    """The type of an exception, its codes and names of the database, and the function and line of each frame. Then the
    same for the exceptions that caused it.
    """
    return "\n".join(line for relation, each in _chain(error) for line in (relation + _headline(each), *_frames(each)))


def cause(error: BaseException) -> str:
    """The type of the exception that caused this one first, with its codes. That a task was canceled, because of a
    time limit, is no cause.
    """
    return _headline([each for _, each in _chain(error) if not isinstance(each, asyncio.CancelledError)][-1])


def _chain(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """The exception, its causes and the members of groups, each once, with words that say how they are related."""
    waiting, seen = [("", error)], set[int]()
    while waiting and len(seen) < MAX_EXCEPTIONS:
        relation, each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield relation, each
        if isinstance(each, BaseExceptionGroup):
            waiting += [("member of the group: ", member) for member in each.exceptions]
        if each.__cause__ is not None:
            waiting.append(("caused by ", each.__cause__))
        elif each.__context__ is not None and not each.__suppress_context__:
            waiting.append(("raised while handling ", each.__context__))


def _headline(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    facts = dict(error_facts(error))
    if isinstance(error, OSError) and error.errno is not None and error.errno in errno.errorcode:
        facts["errno"] = errno.errorcode[error.errno]
    return " ".join([name, *(f"{key}={value}" for key, value in facts.items())])


def _frames(error: BaseException) -> list[str]:
    lines = [
        f"  {frame.f_globals.get('__name__')}:{frame.f_code.co_qualname}:{line}"
        for frame, line in walk_tb(error.__traceback__)
    ]
    left_out = len(lines) - FIRST_FRAMES - LAST_FRAMES
    return lines if left_out <= 0 else [*lines[:FIRST_FRAMES], f"  … {left_out} more", *lines[-LAST_FRAMES:]]
