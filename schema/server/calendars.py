"""`GET /calendar/SECRET.ics`: the calendar of a feed, for calendar programs. The secret in the path replaces a token.

The path is not logged, nor counted in metrics: these show `/calendar` only. The host name must be one of this
server, as for all requests without a token.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from persistence.database import Database
from persistence.exceptions import Overloaded, Unavailable
from resolvers.calendars import events
from resolvers.calendars.events import Calendar
from resolvers.calendars.rules import hash_of
from schema.server.calendar_text import calendar_text
from schema.server.errors import INTERNAL, Rejected, masked_message
from schema.server.logs.outages import UNAVAILABLE, outages
from schema.server.public_address import PublicAddress
from schema.server.requests.deadlines import Deadlines
from schema.server.requests.preferred_language import languages_of
from schema.server.requests.rate_limits import REQUEST_COST, Bucket, RateLimits
from schema.server.requests.running_requests import RunningRequests, stopped
from schema.server.responses import entity_tags
from schema.server.responses.bodies import send_refusal

ROUTE = "/calendar"
PATH = re.compile(r"/calendar/([A-Za-z0-9_-]{20,100})\.ics")
FRONT_PAGE = "/#postponed={entryNo}"
MEDIA_TYPE = "text/calendar"  # starlette adds the charset
VERSION = 1
"""Rises when the same events are written in another way, so that calendar programs read them again."""

FindCalendar = Callable[[str], Awaitable[Calendar | None]]
"""Finds the calendar of a feed by the hash of its secret. May raise `Rejected`."""

HEADERS = {
    "vary": "Accept-Encoding, Accept-Language",
    "content-disposition": 'inline; filename="carnet.ics"',
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


class CalendarEndpoint:
    """The ASGI endpoint below `/calendar`. It answers revoked addresses as those that never existed."""

    def __init__(
        self,
        database: Database,
        running: RunningRequests,
        rate_limits: RateLimits,
        address: PublicAddress,
        *,
        link: str | None,
        has_front_page: bool,
        timeout: float,
        guard: Callable[[FindCalendar], FindCalendar],
    ) -> None:
        """`link` is the address that events link to, by default the front page, if there is one. `guard` changes how
        calendars are found.
        """

        async def find(secret_hash: str) -> Calendar | None:
            return await database.querying(partial(events.read, secret_hash=secret_hash))

        self._find = guard(find)
        self._running, self._rate_limits = running, rate_limits
        self._address, self._link, self._has_front_page = address, link, has_front_page
        self._timeout, self._deadlines = timeout, Deadlines()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = self._deadlines.after(self._timeout)
        buckets: list[Bucket] = []
        try:
            if scope["method"] not in ("GET", "HEAD"):
                raise Rejected(405, "Use GET.", headers=[(b"allow", b"GET, HEAD")])
            buckets += self._rate_limits.of_address(scope)
            self._rate_limits.check(buckets)
            with deadline:
                self._running.begin(deadline)
                response = await self._response(scope, buckets)
        except Rejected as rejected:
            await send_refusal(send, rejected)
        except (Overloaded, Unavailable) as failure:
            await send_refusal(send, _refusal(failure))
        except TimeoutError:
            timed_out = Rejected(504, "Reading the calendar took too long. Try again later.", "TIMEOUT")
            await send_refusal(send, stopped() if self._running.stopped else timed_out)
        except Exception as error:
            await send_refusal(send, Rejected(500, masked_message(error, path=ROUTE), INTERNAL))
        else:
            await response(scope, receive, send)
        finally:
            self._running.end(deadline)
            for bucket in buckets:
                bucket.take(REQUEST_COST)

    async def _response(self, scope: Scope, buckets: list[Bucket]) -> Response:
        """The calendar, or 304 if the client has it. Raises `Rejected` if there is none."""
        matched = PATH.fullmatch(scope["path"])
        found = hashed = None
        if matched is not None:
            hashed = hash_of(matched[1])
            found = await self._find(hashed)
        if found is None or hashed is None:
            raise Rejected(
                404,
                "There is no calendar at this address; it may have been revoked. Create a new one with the mutation "
                "createCalendarFeed.",
                "BAD_REQUEST",
            )
        of_feed = self._rate_limits.of_secret(scope, hashed.encode())
        self._rate_limits.check(of_feed)
        buckets += of_feed
        for bucket in buckets:
            bucket.take(len(found.events))
        language = _language(scope)
        link = self._link_of(scope)
        known = _header(scope, b"if-none-match")
        tag = entity_tags.entity_tag(repr((VERSION, language, link, found)).encode())
        content = b""
        if not entity_tags.is_current(tag, known):
            content = await asyncio.to_thread(calendar_text, found, language=language, feed=hashed, link=link)
        return entity_tags.response(content, known, MEDIA_TYPE, tag, {**HEADERS, "content-language": language.lower()})

    def _link_of(self, scope: Scope) -> str | None:
        if self._link is None and self._has_front_page:
            return self._address.of(scope) + FRONT_PAGE
        return self._link


def _language(scope: Scope) -> str:
    """The language of the parameter `language`, else the one that the client prefers: `EN` or `FR`."""
    asked = (QueryParams(scope["query_string"]).get("language") or "")[:2].upper()
    if asked in ("EN", "FR"):
        return asked
    return languages_of((_header(scope, b"accept-language") or "").encode("latin-1")).get("language", "EN")


def _header(scope: Scope, name: bytes) -> str | None:
    value = dict(scope["headers"]).get(name)
    return None if value is None else value.decode("latin-1")


def _refusal(failure: Overloaded | Unavailable) -> Rejected:
    if isinstance(failure, Overloaded):
        return Rejected(503, str(failure), "OVERLOADED", retry_after=failure.retry_after)
    outages.note(failure, path=ROUTE)
    return Rejected(503, str(failure), UNAVAILABLE, retry_after=failure.retry_after)
