"""Everything that Carnet uses of SQLAlchemy beyond its documented interface, in one place.

`tests/persistence/test_sqlalchemy_internals.py` fails with a plain message when a new version of SQLAlchemy changes one
of these parts. pyproject.toml limits the version.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.util import await_only as await_in_greenlet
from sqlalchemy.util import greenlet_spawn as run_in_greenlet

from persistence.sql_types import SqlQuery

__all__ = [
    "CompiledSql",
    "Parameter",
    "already_written",
    "await_in_greenlet",
    "compile_ahead",
    "compile_sql",
    "run_in_greenlet",
    "select_around",
    "translate_driver_error",
]
"""`run_in_greenlet` runs a plain function that uses a session over an asynchronous driver; `await_in_greenlet` awaits
inside such a function.
"""

Process = Callable[[Any], Any]
"""Converts a Python value into the value that the driver takes."""

_WRITTEN = "carnet_written"


class Parameter(NamedTuple):
    """A parameter of a compiled statement. `constant` is its value if none is given when the statement runs."""

    name: str
    process: Process | None
    constant: object


@dataclass(frozen=True)
class CompiledSql:
    """A statement with the driver's own placeholders, and its parameters in their order."""

    text: str
    parameters: list[Parameter]


def compile_sql(statement: ClauseElement, dialect: Dialect, column_keys: Sequence[str] | None = None) -> CompiledSql:
    """Compile a statement, so that the driver can run it without SQLAlchemy.

    An INSERT sets the columns of `column_keys`, and the columns that have a constant as their default.
    """
    compiled = cast(_Compiled, statement.compile(dialect=dialect, column_keys=column_keys))
    constants: dict[str, object] = {name: bind.value for name, bind in compiled.binds.items()}
    constants |= {column.key: column.default.arg for column in getattr(compiled, "insert_prefetch", None) or ()}
    processors = compiled._bind_processors
    names = compiled.positiontup or ()
    return CompiledSql(compiled.string, [Parameter(name, processors.get(name), constants[name]) for name in names])


def compile_ahead(connection: Connection, statement: ClauseElement, parameters: Sequence[str]) -> None:
    """Compile a statement, as its first execution over this connection with these parameters would. It stays in the
    cache of the engine.
    """
    compiled = connection.get_execution_options()["compiled_cache"]
    statement._compile_w_cache(connection.dialect, compiled_cache=compiled, column_keys=sorted(parameters))


class _Compiled(Protocol):
    """The parts of a compiled statement that `compile_sql` reads."""

    string: str
    binds: dict[str, Any]
    positiontup: Sequence[str] | None
    _bind_processors: dict[str, Process]


def select_around(compiler: SQLCompiler) -> SqlQuery:
    """The SELECT that is being compiled. Raises ValueError if it has a GROUP BY."""
    around = cast(SqlQuery, compiler.current_executable)
    if around._group_by_clauses:
        raise ValueError("A construct that reads the rows of its SELECT again cannot stand in a SELECT with GROUP BY.")
    return around


def already_written(compiler: SQLCompiler) -> dict[object, str]:
    """SQL text that was written during this compilation, by construct, to be repeated."""
    written: dict[object, str] = compiler.__dict__.setdefault(_WRITTEN, {})
    return written


def translate_driver_error(engine: Engine, error: type[Exception]) -> None:
    """Raise an error of asyncpg that SQLAlchemy does not know as its own InterfaceError, so that its pool sees it."""
    driver: Any = engine.dialect.loaded_dbapi
    driver._asyncpg_error_translate[error] = driver.InterfaceError
