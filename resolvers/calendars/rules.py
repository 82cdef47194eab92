"""Creating, listing and revoking calendar feeds (R-CAL-1, R-CAL-2)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select

from persistence.calendar_feeds import CalendarFeed
from persistence.columns import table_of
from persistence.enums import Role
from persistence.salespeople import Salesperson
from resolvers.errors import ID, NotFound, Refused, TooMany, as_given
from resolvers.outcomes import NOT_STORED
from resolvers.refusals import SalespersonBlocked, SalespersonNotFound, SalespersonRequired
from resolvers.roles import Forbidden
from resolvers.work import Work, key, record_name

MAX_FEEDS = 20
"""How many feeds a salesperson has, at most. A salesperson needs one for each device and program."""

FEEDS = table_of(CalendarFeed)


@dataclass(frozen=True)
class CalendarFeedCreated:
    """The new feed. `secret` is the last part of its address; None if the request was executed before: it is not
    stored, also not under an idempotency key.
    """

    id: int
    secret: str | None = field(default=None, metadata=NOT_STORED)


@dataclass(frozen=True)
class CalendarFeedRevoked:
    """The key of the revoked feed."""

    id: int


class TooManyFeeds(TooMany):
    """The salesperson has as many feeds as there may be."""

    english = (
        "Salesperson {key} has {maximum} calendar feeds already. Revoke one that is no longer used: calendarFeeds "
        "lists them."
    )
    french = (
        "Le représentant {key} a déjà {maximum} flux de calendrier. Révoquez-en un qui ne sert plus\u00a0: "
        "calendarFeeds en donne la liste."
    )


def create(work: Work, salesperson_code: str | None = None) -> CalendarFeedCreated:
    """Create a feed for a salesperson, by default the user's own. Only administrators create those of others."""
    code = key(salesperson_code) or work.user.salesperson_code
    if code is None:
        raise Refused(SalespersonRequired("salesperson_code"))
    _check_own(work, code)
    salesperson = work.find(Salesperson, code=code, lock=True)
    if salesperson is None:
        raise Refused(SalespersonNotFound("salesperson_code", key=code))
    if salesperson.blocked:
        raise Refused(SalespersonBlocked("salesperson_code", key=code))
    count = select(func.count()).select_from(FEEDS).where(FEEDS.c.salesperson_code == code)
    if work.session.scalars(count).one() >= MAX_FEEDS:
        raise Refused(TooManyFeeds("salesperson_code", key=code, maximum=MAX_FEEDS))
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(secret_hash=hash_of(secret), salesperson_code=code, created_at=work.now, user_id=work.user.id)
    work.session.add(feed)
    work.session.flush()
    assert feed.id is not None
    return CalendarFeedCreated(feed.id, secret)


def revoke(work: Work, id: int | None, given: str) -> CalendarFeedRevoked:
    """Revoke a feed: its address answers as if it had never existed. `id` is the key of the feed; None if `given`, the
    id that the client gave, is not that of a feed.
    """
    feed = None if id is None else work.find(CalendarFeed, id=id)
    if feed is not None:
        _check_own(work, feed.salesperson_code)
        if work.write(delete(FEEDS).where(FEEDS.c.id == id)):
            assert id is not None
            return CalendarFeedRevoked(id)
    raise Refused(NotFound("id", what=record_name(CalendarFeed), key=given, named_by=ID))


def visible_feeds(work: Work) -> Sequence[int]:
    """The keys of all feeds that the user sees, by salesperson, oldest first."""
    feeds = select(FEEDS.c.id).where(work.is_visible(CalendarFeed))
    return list(work.session.scalars(feeds.order_by(FEEDS.c.salesperson_code, FEEDS.c.id)))


def hash_of(secret: str) -> str:
    """The hash that is stored of a secret. A fast hash is enough, because secrets are random and long."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_own(work: Work, code: str) -> None:
    user = work.user
    if Role.ADMIN in user.roles or code == user.salesperson_code:
        return
    own = "your own salesperson" if user.salesperson_code is None else as_given(user.salesperson_code)
    raise Forbidden(
        f"You may create and revoke calendar feeds of {own}. Those of salesperson {as_given(code)} need the role ADMIN."
    )
