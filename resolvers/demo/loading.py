"""Loading the demo company into a company that is still empty."""

import datetime as dt
from dataclasses import dataclass
from operator import itemgetter
from random import Random

import sqlmodel
from sqlalchemy import or_, select, update

from persistence.campaigns import Campaign
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry
from persistence.numbers import reserve
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from persistence.setup import MarketingSetup, NumberSeriesLine
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.demo import company, history, mailings, people, postponed, segments
from resolvers.demo.bulk import Progress, fill, nothing, table
from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.work import Work

SEED = 1975
ENTRIES = 60_000
SERIES = {"CONT": "CT000001", "SEGM": "SM00001", "CAMP": "CP0001"}
HAS_TO_BE_EMPTY = (Contact, Salesperson, InteractionGroup, InteractionTemplate, Campaign, Segment, InteractionLogEntry)


@dataclass(frozen=True)
class DemoLoaded:
    """How much there is now. `segments` are the open ones."""

    contacts: int
    entries: int
    postponed: int
    segments: int
    logged_segments: int


class CompanyNotEmpty(Refusal):
    code = UserErrorCode.IN_USE
    english = "This company has data of its own already. Load the demo company into a new database."
    french = "Cette compagnie a déjà ses propres données. Chargez la compagnie de démonstration dans une nouvelle base."


def load(work: Work, progress: Progress = nothing) -> DemoLoaded:
    """Fill a new company with Atelier Boréal: the same for the same day, dates relative to it, all or nothing.

    Sets the company's currency; it keeps its time zone. Refused for a company that has cards or history, or whose
    number series are not those of a new company, unused.
    """
    _refuse_unless_new(work)
    random = Random(SEED)
    # no entry is dated after the date in Montréal
    today = min(work.today, work.now.astimezone(company.MONTREAL).date())
    company.settle(work)
    everybody = people.invent(random, today)
    people.store(work, everybody, progress)
    pushes = company.campaigns(work, today)
    sent = mailings.invent(work, random, today, everybody, pushes)
    mailings.store(work, sent)
    logged = _log(work, random, today, everybody, pushes, sent, progress)
    mailings.keep_lines(work)
    progress("segments", 1, 2)
    opened = segments.store(work, random, today, everybody, sent, pushes)
    progress("segments", 2, 2)
    _note_numbers(work, today, {"CONT": f"CT{len(everybody):06}", "SEGM": opened[-1], "CAMP": pushes[-1].no})
    return DemoLoaded(len(everybody), logged, postponed.COUNT, len(opened), len(sent))


def _log(
    work: Work,
    random: Random,
    today: dt.date,
    everybody: list[people.Someone],
    pushes: list[company.Push],
    sent: list[mailings.Mailing],
    progress: Progress,
) -> int:
    """All entries in the order in which they were logged, and what waits to become one."""
    entries = mailings.entries(random, sent)
    shared = history.campaign_entries_by_hand(work, pushes, today)
    entries += history.invent(random, today, ENTRIES - len(entries), everybody, pushes, shared)
    entries.sort(key=itemgetter("logged_at"))
    numbers = reserve(work.session, len(entries) + postponed.COUNT)
    for entry, number in zip(entries, numbers, strict=False):
        entry["entry_no"] = number
    fill(work, InteractionLogEntry, entries, progress)
    history.remark(random, work, entries, progress)
    postponed.store(work, random, today, everybody, numbers[len(entries) :])
    return len(entries)


def _refuse_unless_new(work: Work) -> None:
    """Whoever loads holds the setup, so that two cannot do it at once."""
    work.find(MarketingSetup, lock=True, id=1)
    used = or_(*(select(table(model)).exists() for model in HAS_TO_BE_EMPTY))
    lines = work.session.exec(sqlmodel.select(NumberSeriesLine))
    unused = {line.series_code: line.starting_no for line in lines if line.last_no_used is None}
    if work.session.scalar(select(used)) or unused != SERIES:
        raise Refused(CompanyNotEmpty())


def _note_numbers(work: Work, today: dt.date, last_nos: dict[str, str]) -> None:
    """The number series go on after the numbers that were given."""
    line = table(NumberSeriesLine)
    for code, last_no in last_nos.items():
        noted = update(line).where(line.c.series_code == code).values(last_no_used=last_no, last_date_used=today)
        work.session.execute(noted)
