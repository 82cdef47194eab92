"""Observing the commit of a transaction."""

from collections.abc import Callable

from sqlalchemy import event
from sqlmodel import Session


def observe_commit(session: Session, *, begun: Callable[[], None], done: Callable[[], None]) -> None:
    """Call `begun` when the database starts to commit the transaction of the session, and `done` after it has."""
    event.listen(session.connection(), "commit", lambda _: begun())
    event.listen(session, "after_commit", lambda _: done())
