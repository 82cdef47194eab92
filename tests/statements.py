"""Records the SQL statements of a transaction: each one is a round trip to the database server."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from resolvers.work import Work


@contextmanager
def recorded_statements(work: Work) -> Iterator[list[str]]:
    """The statements that are executed inside the block, in order."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = work.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


_RANGES = re.compile(r"[^(]*change_feed_(range|owner)|SELECT min\(change_feed_range|UPDATE change_feed_item")


def without_ranges(statements: Sequence[str]) -> list[str]:
    """The statements without those that store and count ranges of keys and store owners for the change feed: there are
    some for each change of objects whose keys do not follow each other, and for each deletion of interactions.
    """
    return [statement for statement in statements if not _RANGES.match(statement)]


def is_postgresql(work: Work) -> bool:
    return work.session.get_bind().dialect.name == "postgresql"
