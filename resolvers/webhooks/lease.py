"""Which process delivers to webhooks. Only one does at a time, so that the order of changes is kept."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlmodel import Session

from persistence.columns import table_of
from persistence.webhooks import WebhookLease
from resolvers.work import Work

LEASE = table_of(WebhookLease)


class LeaseLost(Exception):
    """Another process has begun to deliver, so this one must not."""


@dataclass(frozen=True)
class Lease:
    """Which process holds the lease, if any, and how often it was renewed."""

    holder: str | None
    renewals: int


def read(work: Work) -> Lease:
    """The lease as it is now."""
    row = work.session.execute(select(LEASE.c.holder, LEASE.c.renewals)).one()
    return Lease(row.holder, row.renewals)


def take(session: Session, seen: Lease, holder: str) -> bool:
    """Take the lease if it is still as it was seen, or renew the own one. Returns whether the process has it now."""
    unchanged = (LEASE.c.renewals == seen.renewals, LEASE.c.holder.is_not_distinct_from(seen.holder))
    taken = update(LEASE).where(*unchanged).values(holder=holder, renewals=LEASE.c.renewals + 1)
    return session.execute(taken.returning(LEASE.c.id)).first() is not None


def release(session: Session, holder: str) -> None:
    """Give the lease back, so that another process need not wait until it has run out."""
    session.execute(update(LEASE).where(LEASE.c.holder == holder).values(holder=None))


def check(session: Session, holder: str) -> None:
    """Raises LeaseLost if the process no longer has the lease."""
    if session.scalar(select(LEASE.c.holder)) != holder:
        raise LeaseLost
