"""The events of a calendar: the postponed interactions of a salesperson that have a day to resume (R-CAL-3)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, and_, bindparam, case, func, or_, select
from sqlmodel import Session

from persistence.calendar_feeds import CalendarFeed
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.interactions import PostponedInteraction
from persistence.salespeople import Salesperson

MAX_EVENTS = 1_000
"""The maximum number of events. Of more, those with the latest days are shown, so that none to come is missing."""


@dataclass(frozen=True)
class Event:
    """A postponed interaction on the day to resume it. `version` rises with every change; `changed_at` is when it was
    last postponed or moved. Without a contact, what describes the contact is null.
    """

    entry_no: int
    version: int
    day: dt.date
    changed_at: dt.datetime
    description: str | None
    reason: str | None
    contact_no: str | None
    contact_name: str | None
    company_name: str | None
    phone_no: str | None


@dataclass(frozen=True)
class Calendar:
    """The events of a salesperson by day. `id` is the key of the feed."""

    id: int
    salesperson_code: str
    salesperson_name: str
    events: Sequence[Event]


def read(session: Session, secret_hash: str) -> Calendar | None:
    """The calendar of the feed with this hash; None if there is none. One statement reads all of it."""
    rows = session.execute(_statement(), {"hash": secret_hash}).all()
    if not rows:
        return None
    events = [Event(*row[3:]) for row in reversed(rows) if row.entry_no is not None]
    return Calendar(rows[0].feed_id, rows[0].salesperson_code, rows[0].salesperson_name, events)


@cache
def _statement() -> Select[tuple[object, ...]]:
    """Selects a row for each event of the feed, the latest first, or one without event. Interactions with contacts that
    are blocked for privacy are left out: they cannot be resumed, and the name does not leave Carnet.
    """
    feed, salesperson = table_of(CalendarFeed), table_of(Salesperson)
    postponed, contact = table_of(PostponedInteraction), table_of(Contact)
    blocked = (
        select(contact.c.no)
        .where(contact.c.no == postponed.c.contact_no, contact.c.privacy_blocked)
        .correlate(postponed)
    )
    is_shown = and_(
        postponed.c.salesperson_code == feed.c.salesperson_code, postponed.c.resume_on.is_not(None), ~blocked.exists()
    )
    source = (
        feed.join(salesperson, salesperson.c.code == feed.c.salesperson_code)
        .outerjoin(postponed, is_shown)
        .outerjoin(contact, contact.c.no == postponed.c.contact_no)
    )
    changed_at = case(
        (
            or_(postponed.c.snoozed_at.is_(None), postponed.c.snoozed_at < postponed.c.postponed_at),
            postponed.c.postponed_at,
        ),
        else_=postponed.c.snoozed_at,
    )
    company_name = case((contact.c.type == ContactType.PERSON.value, contact.c.company_name))
    return (
        select(
            feed.c.id.label("feed_id"),
            salesperson.c.code.label("salesperson_code"),
            salesperson.c.name.label("salesperson_name"),
            postponed.c.entry_no,
            postponed.c.version,
            postponed.c.resume_on,
            changed_at.label("changed_at"),
            postponed.c.description,
            postponed.c.reason,
            contact.c.no,
            contact.c.name,
            company_name.label("company_name"),
            func.coalesce(contact.c.mobile_phone_no, contact.c.phone_no).label("phone_no"),
        )
        .select_from(source)
        .where(feed.c.secret_hash == bindparam("hash"))
        .order_by(postponed.c.resume_on.desc(), postponed.c.entry_no.desc())
        .limit(MAX_EVENTS)
    )
