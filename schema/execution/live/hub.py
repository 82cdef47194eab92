"""Passes events to subscribers. One task reads the change feed for all subscriptions to a database of the process."""

import asyncio
import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Protocol

from persistence.change_feed.items import last_complete_no
from persistence.change_feed.watcher import Commits
from persistence.database import Database
from resolvers import change_feed, change_marks
from resolvers.change_feed import FeedItem, FeedPage
from resolvers.work import User, Work
from schema.compiler.errors import CursorExpired
from schema.execution.live.operations import OLDEST, LiveOperation, Place, Start
from schema.execution.live.turns import Turns

PAGE_SIZE = 500
"""Items that are read at once for all subscriptions."""

CATCH_UP_SIZE = 100
"""Items that are read at once for a subscriber who continues after a cursor."""

PART_SIZE = 50
"""Items whose responses a group makes in one turn. Another group may have the next turn."""

SLOW_SECONDS = 0.5
"""Seconds after which the other groups get the next items, although a slow group has not passed on the last ones."""

RETRY_SECONDS, MAX_FAILURES = 1, 3
"""Seconds until a group reads items again after a failure, and the number of failures in a row that ends its
subscriptions.
"""

EVERYBODY, NEVER = User("live"), dt.datetime.min.replace(tzinfo=dt.UTC)
"""The feed is read without the restrictions of a user, and does not depend on the time."""

NoteFailure = Callable[[Exception], None]


class Subscriber(Protocol):
    """Takes the responses of one subscription."""

    def take(self, response: bytes) -> None:
        """Take a response, without waiting."""

    async def ready(self) -> None:
        """Return when few bytes wait to be sent."""


class Member:
    """A subscriber in a group. It gets what comes after its place."""

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self.place = OLDEST
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(self, responses: Sequence[tuple[Place, bytes]]) -> None:
        """Pass on those responses that come after the place."""
        for place, response in responses:
            if place > self.place:
                self.subscriber.take(response)

    async def take_as_it_reads(self, responses: Sequence[tuple[Place, bytes]]) -> None:
        """Pass them on, too, but each one only when few bytes wait."""
        for each in responses:
            await self.subscriber.ready()
            self.take([each])

    def fail(self, error: Exception) -> None:
        """End the subscription with an error."""
        if not self.failed.done():
            self.failed.set_exception(error)


class Feed:
    """Reads the whole change feed. Which items and objects subscribers may see is decided for each group."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def end(self) -> int:
        """The number of the last item now."""
        return await self._database.querying(last_complete_no)

    async def read(self, after: int, first: int) -> FeedPage:
        """The first items after a number; after a negative one the oldest. Raises CursorExpired, also for a number that
        has not been drawn.
        """
        start = None if after < 0 else after
        page = await self._database.querying(
            lambda session: change_feed.read(Work(session, EVERYBODY, NEVER), start, first, None)
        )
        if page is None:
            raise CursorExpired
        return page

    async def check(self, start: Start) -> None:
        """Raises CursorExpired for a cursor of another history."""
        is_known = await self._database.querying(
            lambda session: change_marks.is_of_this_history(Work(session, EVERYBODY, NEVER), start.place.no, start.mark)
        )
        if not is_known:
            raise CursorExpired


class Group:
    """Subscribers who get the same responses. Those to all items up to `position` have been passed on."""

    def __init__(
        self, operation: LiveOperation, feed: Feed, turns: Turns, wake: Callable[[], None], note_failure: NoteFailure
    ) -> None:
        """`wake` has the feed read again."""
        self.operation, self._feed, self._turns = operation, feed, turns
        self._wake, self._note_failure = wake, note_failure
        self.position: int | None = None
        self.members: set[Member] = set()
        self.size = 0
        """The number of subscribers: of members, and of those who are still catching up."""
        self.pace = 0
        self._lock = asyncio.Lock()
        self._failures = 0

    async def join(self, member: Member, start: Start | None) -> None:
        """Pass on the responses after a place, then make the member one of the group. Without a place it gets the
        present state, if the field has one, and what happens from now on.
        """
        after = None if start is None else start.place
        if start is not None and after is not None:
            await self._feed.check(start)
            if not after.is_whole:  # below, items are read after the number before, which may exist without it
                await self._feed.read(after.no, 1)
            member.place = after
            up_to_date = False
            while not up_to_date:
                up_to_date = await self._pass_page(member, waits=True)
        async with self._lock:
            if self.position is None:
                self.position = await self._feed.end()
                self._wake()  # the other groups may have read newer items while this one had no position
            if after is None:
                member.place = Place(self.position)
                present = await self.operation.present()
                if present is not None:
                    member.subscriber.take(present)
            while member.place.no < self.position:
                await self._pass_page(member, waits=False)
            self.members.add(member)

    async def _pass_page(self, member: Member, *, waits: bool) -> bool:
        """Pass on the next items to one member; with `waits`, not faster than it reads. Returns whether there are no
        more.
        """
        begin = member.place
        after = begin.no if begin.is_whole else begin.no - 1
        async with self._turns.turn(self):
            page = await self._feed.read(after, CATCH_UP_SIZE)
            responses = await self.operation.responses(page.items)
        if waits:
            await member.take_as_it_reads(responses)
        else:
            member.take(responses)
        member.place = max(begin, Place(page.end))
        return page.up_to_date

    def is_affected(self, items: Sequence[FeedItem]) -> bool:
        """Whether one of the items may make an event."""
        types = self.operation.source.types
        return any(item.type in types for item in items)

    def skip(self, page: FeedPage) -> bool:
        """Pass over a page that makes no event. False if that must wait."""
        if self._lock.locked() or self.position is None or self.is_affected(page.items):
            return False
        self.position = max(self.position, page.end)
        return True

    async def advance(self, page: FeedPage) -> None:
        """Pass on the items of a page. If that fails, wait a moment: the rest is read again later."""
        async with self._lock:
            try:
                while self.position is not None and self.position < page.end:
                    await self._pass_part(self.position, page)
                return
            except Exception as error:
                self._note_failure(error)
                self._failures += 1
                if self._failures >= MAX_FAILURES:
                    for member in self.members:
                        member.fail(error)
                    self.position = page.end
                    return
        await asyncio.sleep(RETRY_SECONDS)

    async def _pass_part(self, position: int, page: FeedPage) -> None:
        """Pass on at most `PART_SIZE` items of a page after this position to all members."""
        items = [item for item in page.items if item.no > position]
        async with self._turns.turn(self):
            responses = await self.operation.responses(items[:PART_SIZE])
        for member in self.members:
            member.take(responses)
        self._failures = 0
        self.position = items[PART_SIZE - 1].no if len(items) > PART_SIZE else page.end


class Hub:
    """The subscriptions to one database of this process, in groups. While there are none, nothing is read."""

    def __init__(self, database: Database, note_failure: NoteFailure) -> None:
        """`note_failure` logs a failure that no client gets; it is tried again."""
        self._database, self._feed, self._note_failure = database, Feed(database), note_failure
        self._groups: dict[Hashable, Group] = {}
        self._reading: asyncio.Task[None] | None = None
        self._commits: Commits | None = None
        self._advancing: dict[Group, asyncio.Task[None]] = {}
        """The groups whose responses are being made. Those that take long are left out until they are ready."""
        self._turns = Turns(database.usage()["compiled_reads"].most)

    async def serve(self, operation: LiveOperation, subscriber: Subscriber) -> None:
        """Pass the responses of a subscription to a subscriber, until the task is canceled. Raises what it fails with:
        BadUserInput and CursorExpired at the beginning.
        """
        start = await operation.prepare()
        key, member = operation.key, Member(subscriber)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(operation, self._feed, self._turns, self._wake, self._note_failure)
        group.size += 1
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        try:
            await group.join(member, start)
            await member.failed
        finally:
            group.size -= 1
            group.members.discard(member)
            if not group.size and self._groups.get(key) is group:
                del self._groups[key]
                advancing = self._advancing.pop(group, None)
                if advancing is not None:  # nobody waits for its responses any more
                    advancing.cancel()
            if not self._groups:
                await self.close()

    async def close(self) -> None:
        """Stop reading."""
        reading, self._reading = self._reading, None
        tasks = [*self._advancing.values(), *([] if reading is None else [reading])]
        self._advancing.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wake(self) -> None:
        if self._commits is not None:
            self._commits.note()

    async def _read(self) -> None:
        async with self._database.changes.watching() as commits:
            self._commits = commits
            commits.note()
            while True:
                await commits.wait()
                while not await self._pass_on(commits):
                    await asyncio.sleep(RETRY_SECONDS)

    async def _pass_on(self, commits: Commits) -> bool:
        """Pass on all new items, except to groups that are not ready. Returns False if they cannot be read."""
        while begun := self._ready():
            try:
                page = await self._feed.read(min(group.position or 0 for group in begun), PAGE_SIZE)
            except CursorExpired as error:
                for group in begun:
                    for member in group.members:
                        member.fail(error)
                return True
            except Exception as error:
                self._note_failure(error)
                return False
            affected = [group for group in begun if not group.skip(page)]
            await self._advance_all(affected, page, commits)
            if page.up_to_date:
                break
        return True

    def _ready(self) -> Sequence[Group]:
        groups = self._groups.values()
        return [group for group in groups if group.position is not None and group not in self._advancing]

    async def _advance_all(self, groups: Sequence[Group], page: FeedPage, commits: Commits) -> None:
        """Pass a page on to these groups. A group that takes long, or fails, goes on by itself; when it is ready,
        items are read again.
        """
        tasks = {group: asyncio.create_task(group.advance(page)) for group in groups}
        if not tasks:
            return
        self._advancing |= tasks
        _, late = await asyncio.wait(tasks.values(), timeout=SLOW_SECONDS)
        for group, task in tasks.items():
            if task in late:
                task.add_done_callback(partial(self._end_late, group, commits))
            else:
                self._advancing.pop(group, None)

    def _end_late(self, group: Group, commits: Commits, task: asyncio.Task[None]) -> None:
        if self._advancing.get(group) is task:
            del self._advancing[group]
            commits.note()
