"""When a token expires, from a date or a span of time that a person wrote."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from resolvers.errors import Invalid, as_given
from resolvers.work import Work

SPAN = re.compile(r"([0-9]{1,7})([dh])", re.IGNORECASE)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST = dt.timedelta(days=36_500)
"""No token is valid for longer: a hundred years."""


def expiry_of(work: Work, given: str) -> dt.datetime | Invalid:
    """The moment from which a token is no longer valid, or the reason why there is none.

    `given` is the last day on which the token is valid, such as `2027-01-31`, in the company's time zone (K15); or how
    many days or hours it is valid from now, such as `90d` or `12h`.
    """
    try:
        expires_at = _moment(work, given.strip())
    except (ValueError, OverflowError):
        expires_at = None
    if expires_at is None or expires_at > work.now + LONGEST:
        return Invalid(
            "expires",
            english=f"A token cannot expire at {as_given(given)}. Give the last day on which it is valid, such as "
            "2027-01-31, or how many days or hours it is valid, such as 90d or 12h: at most 100 years.",
            french=f"Un jeton ne peut pas expirer à {as_given(given)}. Donnez le dernier jour de sa validité, par "
            "exemple 2027-01-31, ou le nombre de jours ou d’heures, par exemple 90d ou 12h\u00a0: au plus 100 ans.",
        )
    if expires_at <= work.now:
        return Invalid(
            "expires",
            english="A token that expires in the past would never be valid. Give today’s date or a later one.",
            french="Un jeton qui expire dans le passé ne serait jamais valide. Donnez la date d’aujourd’hui ou une "
            "date ultérieure.",
        )
    return expires_at


def _moment(work: Work, given: str) -> dt.datetime | None:
    """Raises ValueError or OverflowError for days that no calendar has."""
    span = SPAN.fullmatch(given)
    if span is not None:
        count, unit = int(span[1]), span[2].lower()
        return work.now + (dt.timedelta(days=count) if unit == "d" else dt.timedelta(hours=count))
    if DATE.fullmatch(given) is None:
        return None
    next_day = dt.date.fromisoformat(given) + dt.timedelta(days=1)
    return dt.datetime.combine(next_day, dt.time(), ZoneInfo(work.time_zone)).astimezone(dt.UTC)
