"""SQLAlchemy's dialects, shared by the databases of one kind that are open."""

from sqlalchemy import Engine
from sqlalchemy.engine import Dialect


class KnownDialects:
    """Lets the engines of several databases of one kind use one dialect. It is part of the keys by which SQLAlchemy
    finds statements that it has compiled.
    """

    def __init__(self) -> None:
        self._known: dict[type[Dialect], Dialect] = {}

    def share(self, engine: Engine) -> None:
        """Give the engine the dialect of an earlier one, if that has connected to its database already."""
        dialect = engine.dialect
        before = self._known.setdefault(type(dialect), dialect)
        if getattr(before, "server_version_info", None) is None:
            self._known[type(dialect)] = dialect
        elif before is not dialect:
            engine.dialect = before
