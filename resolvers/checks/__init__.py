"""Checks of the invariants of a database, for `carnet check`: queries that find what is wrong.

They repair nothing. Each check is one statement, so that the caller can run all of them over one snapshot; those of
what is stored beside the log are divided, so that they need little memory (`stored`).
"""

from collections.abc import Iterator

from persistence.dialects.interface import DatabaseDialect
from resolvers.checks import numbers, references, search, segments
from resolvers.checks.check import Check, Fault, compiled

__all__ = ["Check", "Fault", "compiled", "undivided"]


def undivided(dialect: DatabaseDialect) -> Iterator[Check]:
    """The checks that are one statement each."""
    yield from segments.checks()
    yield from numbers.checks(dialect)
    yield from references.checks()
    yield from search.checks()
