"""`carnet check`: looks for damage in a database and changes nothing."""

import calendar
import datetime as dt
from collections.abc import Iterator

from persistence import versions
from persistence.database import Database
from persistence.dialects import dialect_of
from persistence.dialects.interface import DatabaseDialect
from persistence.dialects.streams import Snapshot
from resolvers import checks
from resolvers.checks import Check, Fault, compiled, stored
from resolvers.date_ranges import DAYS_AFTER_FIRST_OF_WEEK, days_away
from resolvers.progress import Progress
from schema.server.cli import after_interrupt, running
from schema.server.cli.output import fail, print_message
from schema.server.cli.texts import database_messages, messages
from schema.server.language import number
from schema.server.locales import language

UNDAMAGED = "ok"


def check() -> None:
    """Check that the database is complete and consistent. Changes nothing; ends with status 1 if something is wrong."""

    async def look() -> list[Fault]:
        async with running.database() as database:
            await versions.check(database)
            with running.progress_bars() as progress:
                async with database.streaming() as snapshot:
                    return await Looking(database, snapshot, progress).faults()

    with running.report_interruption(messages.CHECK_STOPPED):
        faults = running.run(look())
    place = after_interrupt.database_name()
    if not faults:
        print_message(database_messages.NOTHING_WRONG(place=place))
        return
    for fault in faults:
        message = fault.message.french if language() == "FR" else fault.message.english
        print_message(message.format(count=number(fault.count), keys=fault.keys))
    fail(database_messages.FAULTS_FOUND(place=place, faults=messages.FAULTS(len(faults))))


class Looking:
    """Runs all checks over one state of the database."""

    def __init__(self, database: Database, snapshot: Snapshot, progress: Progress) -> None:
        self._sql, self._snapshot, self._progress = database.dialect, snapshot, progress
        self._dialect: DatabaseDialect = dialect_of(database.dialect)

    async def faults(self) -> list[Fault]:
        """Everything that is wrong. Ends the command if the file of the database is damaged."""
        self._progress("CHECKING", 0, 0)
        if self._dialect.integrity_check is not None:
            damage = await self._snapshot.value((self._dialect.integrity_check, ()))
            if damage != UNDAMAGED:
                fail(database_messages.FILE_DAMAGED(place=after_interrupt.database_name(), reason=damage))
        undivided = list(checks.undivided(self._dialect))
        found = []
        for place, each in enumerate(undivided):
            found.append(await self._run(each))
            self._progress("CHECKING", place + 1, len(undivided))
        found += [*await self._sums(), *await self._of_contacts()]
        return [fault for fault in found if fault is not None]

    async def _run(self, check: Check, before: Fault | None = None) -> Fault | None:
        """What a check finds, together with what it found in another part of the database."""
        fault = Fault.parse(check, await self._snapshot.value(check.statement(self._sql)))
        return before + fault if before and fault else before or fault

    async def _sums(self) -> tuple[Fault | None, ...]:
        """What is wrong with the stored sums of days, with those of months, and with those of weeks."""
        of_days, of_months, of_weeks = None, None, None
        ends = await self._snapshot.value(compiled(stored.days(), self._sql))
        parts = [*_months(*map(dt.date.fromisoformat, ends.split()))] if ends else []
        for place, (first, last) in enumerate(parts):
            of_days = await self._run(stored.sums(self._dialect, first, last), of_days)
            of_months = await self._run(stored.sums_of_months(first.replace(day=1), last), of_months)
            begin = first if place else days_away(first, -DAYS_AFTER_FIRST_OF_WEEK)
            of_weeks = await self._run(stored.sums_of_weeks(begin, last), of_weeks)
            self._progress("day_sum", place + 1, len(parts))
        return of_days, of_months, of_weeks

    async def _of_contacts(self) -> tuple[Fault | None, Fault | None]:
        """What is wrong with the stored dates of contacts, and with the days since when they are due."""
        total = int(await self._snapshot.value(compiled(stored.contacts(), self._sql)) or 0)
        dates, due, after, done = None, None, "", 0
        while done == 0 or done < total:
            until = await self._snapshot.value(compiled(stored.end_of_contacts(after), self._sql))
            dates = await self._run(stored.dates(after, until), dates)
            due = await self._run(stored.due(after, until), due)
            done, after = done + stored.CONTACTS_AT_ONCE, until or ""
            self._progress("contact_date", min(done, total), total)
        return dates, due


def _months(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """The first and the last day of each month from one day to another."""
    while first <= last:
        end = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        yield first, end
        if end == dt.date.max:
            return
        first = end + dt.timedelta(days=1)
