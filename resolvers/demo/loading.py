"""Loads the demo company into an empty company."""

import datetime as dt
from dataclasses import dataclass
from operator import itemgetter
from random import Random

import sqlmodel
from sqlalchemy import or_, select, update

from persistence.campaigns import Campaign
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.entry_numbers import reserve
from persistence.interactions import InteractionLogEntry
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from persistence.setup import MarketingSetup, NumberSeriesLine
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.demo import company, history, mailings, people, postponed, segments
from resolvers.demo.bulk import insert_many
from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.interactions.contact_salespeople import repeat_salespeople
from resolvers.progress import Progress, no_progress
from resolvers.statistics.refreshing import refresh_all
from resolvers.work import Work

SEED = 1975
ENTRIES = 60_000
SERIES = {"CONT": "CT000001", "SEGM": "SM00001", "CAMP": "CP0001"}
MUST_BE_EMPTY = (Contact, Salesperson, InteractionGroup, InteractionTemplate, Campaign, Segment, InteractionLogEntry)


@dataclass(frozen=True)
class DemoLoaded:
    """The number of objects that were created. `segments` counts open segments."""

    contacts: int
    entries: int
    postponed: int
    segments: int
    logged_segments: int


class CompanyNotEmpty(Refusal):
    code = UserErrorCode.IN_USE
    english = "This company already has data. Load the demo company into a new database."
    french = (
        "Cette compagnie a déjà des données. Chargez la compagnie de démonstration dans une nouvelle base de données."
    )


def load(work: Work, progress: Progress = no_progress) -> DemoLoaded:
    """Fill an empty company with the data of Atelier Boréal. Dates are relative to today; the data depends only on
    today.

    Sets the currency of the company, not its time zone. Raises `Refused` if the company has master data or
    interactions, or if its number series were changed or used.
    """
    _refuse_unless_new(work)
    random = Random(SEED)
    # Montréal is the time zone of the demo company: no entry is dated after the date there
    today = min(work.today, work.now.astimezone(company.MONTREAL).date())
    company.create_master_data(work)
    contacts = people.generate(random, today)
    people.insert_contacts(work, contacts, progress)
    campaigns = company.create_campaigns(work, today)
    sent = mailings.generate(work, random, today, contacts, campaigns)
    mailings.insert_segments(work, sent)
    logged = _log(work, random, today, contacts, campaigns, sent, progress)
    mailings.insert_lines(work)
    progress("segments", 1, 2)
    opened = segments.insert_segments(work, random, today, contacts, sent, campaigns)
    progress("segments", 2, 2)
    _set_last_numbers(work, today, {"CONT": f"CT{len(contacts):06}", "SEGM": opened[-1], "CAMP": campaigns[-1].no})
    refresh_all(work.session)
    return DemoLoaded(len(contacts), logged, postponed.COUNT, len(opened), len(sent))


def _log(
    work: Work,
    random: Random,
    today: dt.date,
    contacts: list[people.DemoContact],
    campaigns: list[company.DemoCampaign],
    sent: list[mailings.Mailing],
    progress: Progress,
) -> int:
    """Insert all entries in the order in which they were logged, and the postponed interactions.

    Returns the number of entries.
    """
    entries = mailings.entries(random, sent)
    campaign_entries = history.insert_campaign_entries(work, campaigns, today)
    entries += history.generate(random, today, ENTRIES - len(entries), contacts, campaigns, campaign_entries)
    entries.sort(key=itemgetter("logged_at"))
    numbers = reserve(work.session, len(entries) + postponed.COUNT)
    for entry, number in zip(entries, numbers, strict=False):
        entry["entry_no"] = number
    insert_many(work, InteractionLogEntry, entries, progress)
    repeat_salespeople(work)
    history.insert_comments(random, work, entries, progress)
    postponed.insert_postponed(work, random, today, contacts, numbers[len(entries) :])
    return len(entries)


def _refuse_unless_new(work: Work) -> None:
    """Raise `Refused` unless the company is empty. Locks the setup, so that only one process loads the demo company."""
    work.find(MarketingSetup, lock=True, id=1)
    used = or_(*(select(table_of(model)).exists() for model in MUST_BE_EMPTY))
    lines = work.session.exec(sqlmodel.select(NumberSeriesLine))
    unused = {line.series_code: line.starting_no for line in lines if line.last_no_used is None}
    if work.session.scalar(select(used)) or unused != SERIES:
        raise Refused(CompanyNotEmpty())


def _set_last_numbers(work: Work, today: dt.date, last_nos: dict[str, str]) -> None:
    """Set the last used numbers of the number series."""
    line = table_of(NumberSeriesLine)
    for code, last_no in last_nos.items():
        used = update(line).where(line.c.series_code == code).values(last_no_used=last_no, last_date_used=today)
        work.session.execute(used)
