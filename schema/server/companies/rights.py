"""Who may send requests to a company. Callers without rights get the same answer whether or not the company exists."""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar

from persistence.exceptions import Unavailable
from resolvers.calendars.events import Calendar
from resolvers.users.rules import hash_of
from resolvers.work import User
from schema.server.authentication.authenticator import UserOfToken
from schema.server.calendars import FindCalendar
from schema.server.errors import Rejected, forbidden, unauthenticated

CheckClaim = Callable[[object], None]
"""Raises `Rejected` if the companies in the claim of a JSON Web Token do not allow a request."""

REFUSAL_SECONDS = 0.25
"""Access tokens are refused after this time or a multiple of it, so that the time does not tell whether the database of
a company was opened or asked.
"""

MAX_KNOWN = 10_000
"""Maximum number of tokens that a process remembers as valid."""

UNKNOWN = (
    "This token gives no access to this company: it is unknown, revoked or expired, or there is no such company, or "
    "its database is not available at the moment. Create a token with `carnet token create --company NAME` and send it "
    "as `Authorization: Bearer …`."
)

NO_CALENDAR = (
    "There is no calendar at this address: it was revoked, or there is no such company, or its database is not "
    "available at the moment. Try again later, or create a new calendar with the mutation createCalendarFeed."
)

asked: ContextVar[str] = ContextVar("company", default="")
"""The name in the path of the request that is being answered. There need be no such company."""

arrived: ContextVar[float | None] = ContextVar("arrived", default=None)
"""When this request arrived, as a time of the event loop, before its company was opened. None outside of requests, for
example when the tokens of WebSockets are looked up again.
"""


class KnownTokens:
    """Access tokens that were valid when they were last looked up. Only their users learn of outages."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note(self, company: str, token: bytes) -> None:
        """The token is valid for the company."""
        key = (company, hash_of(token.decode("latin-1")))
        self._known[key] = None
        self._known.move_to_end(key)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)

    def has(self, company: str, token: bytes) -> bool:
        """Whether the token was valid for the company."""
        return (company, hash_of(token.decode("latin-1"))) in self._known

    def forget(self, company: str) -> None:
        """The company does not exist any more."""
        for key in [key for key in self._known if key[0] == company]:
            del self._known[key]


def guarded(user_of: UserOfToken, company: str, known: KnownTokens) -> UserOfToken:
    """Finds the users of a company's access tokens by `user_of`. All other tokens get the same refusal, also
    while the database of the company is not available.
    """

    async def user(token: bytes) -> User:
        try:
            found = await user_of(token)
        except Rejected as rejected:
            if rejected.status != 401:
                raise
        except Exception:
            if known.has(company, token):
                raise
        else:
            known.note(company, token)
            return found
        raise await refusal()

    return user


def of_no_company(_: UserOfToken, known: KnownTokens, exists: Callable[[str], bool]) -> UserOfToken:
    """Refuses the access tokens of requests to companies that cannot be used or do not exist."""

    async def user(token: bytes) -> User:
        name = asked.get()
        if known.has(name, token) and exists(name):
            raise Unavailable
        raise await refusal()

    return user


def guarded_calendars(find: FindCalendar, company: str, known: KnownTokens) -> FindCalendar:
    """Finds the calendars of a company by `find`. All invalid secrets get the same refusal, also while the database of
    the company is not available. Then calendar programs with a secret that was valid before get UNAVAILABLE, and try
    again.
    """

    async def calendar(secret_hash: str) -> Calendar | None:
        secret = _calendar_secret(secret_hash)
        try:
            found = await find(secret_hash)
        except Exception:
            if known.has(company, secret):
                raise
        else:
            if found is not None:
                known.note(company, secret)
                return found
        raise await _no_calendar()

    return calendar


def calendars_of_no_company(_: FindCalendar, known: KnownTokens, exists: Callable[[str], bool]) -> FindCalendar:
    """Refuses the secrets of calendars of companies that cannot be used or do not exist."""

    async def calendar(secret_hash: str) -> Calendar | None:
        name = asked.get()
        if known.has(name, _calendar_secret(secret_hash)) and exists(name):
            raise Unavailable
        raise await _no_calendar()

    return calendar


def _calendar_secret(secret_hash: str) -> bytes:
    """The key under which `KnownTokens` remembers a valid secret of a calendar."""
    return b"calendar " + secret_hash.encode()


async def _no_calendar() -> Rejected:
    await _wait()
    return Rejected(404, NO_CALENDAR, "BAD_REQUEST")


async def refusal() -> Rejected:
    """The refusal of an access token."""
    await _wait()
    return unauthenticated(UNKNOWN)


async def _wait() -> None:
    """Wait, so that the time of the refusal does not show what was looked up."""
    arrived_at = arrived.get()
    if arrived_at is not None:
        passed = asyncio.get_running_loop().time() - arrived_at
        await asyncio.sleep(math.ceil(passed / REFUSAL_SECONDS) * REFUSAL_SECONDS - passed)


def claim_of(name: str) -> CheckClaim:
    """Checks the claim of requests to a company."""

    def check(claim: object) -> None:
        names = claim if isinstance(claim, list) else [claim]
        if name not in names:
            raise forbidden(
                "This token gives no access to this company. Its claim with the companies must have the name in the "
                "path; CARNET_JWT_COMPANIES_CLAIM names the claim."
            )

    return check


def claim_of_no_company(exists: Callable[[str], bool]) -> CheckClaim:
    """Checks the claim of requests to companies that cannot be used or do not exist."""

    def check(claim: object) -> None:
        name = asked.get()
        claim_of(name)(claim)
        if exists(name):
            raise Unavailable
        raise Rejected(
            404,
            "There is no company with this name. Check the path, or create it with `carnet company create NAME`.",
            "NOT_FOUND",
        )

    return check


def claim_outside_companies(in_use: Callable[[], bool]) -> CheckClaim:
    """Checks the claim of requests that are not to a company: tokens for companies are for nothing else."""

    def check(claim: object) -> None:
        if claim is not None and in_use():
            raise forbidden("This token is for companies only. Send it to /companies/NAME/graphql.")

    return check
