"""Generates the logged segments: newsletters, catalogues, invitations and the calls that followed up."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import func, insert, literal, select, update

from persistence.campaigns import CampaignEntry
from persistence.columns import table_of
from persistence.enums import ContactType
from persistence.interactions import InteractionLogEntry
from persistence.segments import LoggedSegment, Segment, SegmentLine
from resolvers.demo.bulk import Row, insert_returning_keys
from resolvers.demo.calendar import working_day
from resolvers.demo.company import (
    ANOUK,
    ELEANOR,
    SALESPERSON_BY_CODE,
    TEMPLATE_BY_CODE,
    YEARS,
    DemoCampaign,
    DemoSalesperson,
    DemoTemplate,
    default_language,
)
from resolvers.demo.history import correspondence_type
from resolvers.demo.people import DemoContact
from resolvers.french_grammar import MONTHS
from resolvers.segments.logging.follow_up import default_description as follow_up_called
from resolvers.work import Work

SIZES = {"INVITE": 300, "CATALOG": 550, "NEWSLTR": 600}
DAYS_TO_A_CALL = 11


@dataclass
class Mailing:
    """A logged segment. `follow_up_of` is the logged segment that it followed up."""

    day: dt.date
    template: DemoTemplate
    salesperson: DemoSalesperson
    description: str
    campaign: DemoCampaign | None = None
    follow_up_of: "Mailing | None" = None
    contacts: list[DemoContact] = field(default_factory=list)
    no: str = ""
    entry_no: int = 0
    campaign_entry_no: int | None = None

    @property
    def logged_at(self) -> dt.datetime:
        return dt.datetime.combine(
            self.day, dt.time(9 + len(self.contacts) % 7, len(self.contacts) % 60), self.salesperson.time_zone
        )


def generate(
    work: Work, random: Random, today: dt.date, contacts: list[DemoContact], campaigns: list[DemoCampaign]
) -> list[Mailing]:
    """All mailings until yesterday with their contacts, numbered by date."""
    mailings = [mailing for campaign in campaigns for mailing in _of_campaign(campaign)] + _newsletters(today)
    mailings = sorted((mailing for mailing in mailings if mailing.day < today), key=lambda mailing: mailing.day)
    for place, mailing in enumerate(mailings, start=1):
        mailing.no = f"SM{place:05}"
        if mailing.follow_up_of is not None:
            mailing.description = work.text(follow_up_called(mailing.follow_up_of.no))
            mailing.contacts = mailing.follow_up_of.contacts
            continue
        reachable = [contact for contact in contacts if _reachable(contact, mailing)]
        chosen = random.sample(reachable, min(SIZES[mailing.template.code], len(reachable)))
        mailing.contacts = sorted(chosen, key=lambda contact: (contact.row["company_name"] or "", contact.no))
    return mailings


def insert_segments(work: Work, mailings: list[Mailing]) -> None:
    """Insert the logged segments, their campaign entries and their segment headers (K7). Entries and lines follow
    later.
    """
    entry_nos = insert_returning_keys(
        work,
        [
            LoggedSegment(
                segment_no=mailing.no,
                description=mailing.description,
                creation_date=mailing.day,
                logged_at=mailing.logged_at,
                user_id=mailing.salesperson.user_id,
                interactions=len(mailing.contacts),
            )
            for mailing in mailings
        ],
    )
    for mailing, entry_no in zip(mailings, entry_nos, strict=True):
        mailing.entry_no = entry_no
    _store_campaign_entries(work, [mailing for mailing in mailings if mailing.campaign])
    for mailing in mailings:
        if mailing.follow_up_of is not None:
            follows = update(LoggedSegment).values(follow_up_of=mailing.follow_up_of.entry_no)
            work.session.execute(follows.where(_is(LoggedSegment.entry_no, mailing.entry_no)))
    insert_returning_keys(
        work,
        [
            header(
                work,
                mailing.no,
                mailing.day,
                mailing.template,
                mailing.description,
                mailing.salesperson,
                mailing.campaign,
                logged_segment_entry_no=mailing.entry_no,
                follow_up_of=mailing.follow_up_of.entry_no if mailing.follow_up_of else None,
            )
            for mailing in mailings
        ],
    )


def entries(random: Random, mailings: list[Mailing]) -> list[Row]:
    """One interaction log entry for each contact of each mailing, without its number (R-LOG-7)."""
    return [_entry(random, mailing, contact) for mailing in mailings for contact in mailing.contacts]


def insert_lines(work: Work) -> None:
    """Insert the lines of the logged segments, copied from their entries (K7)."""
    entry, segment, line = table_of(InteractionLogEntry), table_of(Segment), table_of(SegmentLine)
    position: Any = func.row_number().over(partition_by=entry.c.logged_segment_entry_no, order_by=entry.c.entry_no)
    own = {
        "segment_id": segment.c.id,
        "line_no": position,
        "customized": literal(0),
        "time_of_interaction": None,
        "evaluation": None,
        "attempt_failed": literal(False),
    }
    copied = {column.name: entry.c[column.name] for column in line.columns if column.name not in own}
    values = copied | {name: value for name, value in own.items() if value is not None}
    logged = entry.join(segment, segment.c.logged_segment_entry_no == entry.c.logged_segment_entry_no)
    work.session.execute(insert(line).from_select(list(values), select(*values.values()).select_from(logged)))


def header(
    work: Work,
    no: str,
    day: dt.date,
    template: DemoTemplate | None,
    description: str,
    salesperson: DemoSalesperson | None,
    campaign: DemoCampaign | None,
    **more: Any,
) -> Segment:
    """A segment with the fields that its template fills in (R-HTMP-2)."""
    filled: dict[str, Any] = (
        {}
        if template is None
        else {
            "template_code": template.code,
            "group_code": template.group_code,
            "unit_cost": Decimal(template.unit_cost),
            "unit_duration": template.unit_duration,
            "information_flow": template.information_flow,
            "initiated_by": template.initiated_by,
            "campaign_target": template.campaign_target,
            "campaign_response": template.campaign_response,
            "correspondence_type_default": template.correspondence_type,
            "ignore_contact_correspondence_type": template.ignore_contact_correspondence_type,
            "language_code_default": default_language(work),
        }
    )
    return Segment(
        no=no,
        description=description,
        date=day,
        salesperson_code=salesperson.code if salesperson else None,
        campaign_no=campaign.no if campaign else None,
        **filled,
        **more,
    )


def _of_campaign(campaign: DemoCampaign) -> list[Mailing]:
    salesperson, template = SALESPERSON_BY_CODE[campaign.salesperson_code], TEMPLATE_BY_CODE[campaign.template_code]
    day = working_day(campaign.starting_date + dt.timedelta(days=2))
    speaks_english = salesperson is ELEANOR
    called = f"{template.english}:" if speaks_english else f"{template.french}\u00a0:"
    opening = Mailing(day, template, salesperson, f"{called} {campaign.description}", campaign)
    if template.code == "INVITE":
        call_day = working_day(opening.day + dt.timedelta(days=DAYS_TO_A_CALL))
        return [
            opening,
            Mailing(call_day, TEMPLATE_BY_CODE["CALLOUT"], salesperson, "", campaign, follow_up_of=opening),
        ]
    reminder = working_day(campaign.starting_date + dt.timedelta(days=24))
    called = "Newsletter:" if speaks_english else "Infolettre\u00a0:"
    return [
        opening,
        Mailing(reminder, TEMPLATE_BY_CODE["NEWSLTR"], salesperson, f"{called} {campaign.description}", campaign),
    ]


def _newsletters(today: dt.date) -> list[Mailing]:
    """Four newsletters a year, without a campaign."""
    first = today.year - YEARS
    months = [dt.date(year, month, 14) for year in range(first, today.year + 1) for month in (2, 6, 8, 11)]
    return [
        Mailing(
            working_day(day),
            TEMPLATE_BY_CODE["NEWSLTR"],
            ANOUK,
            f"Infolettre de l’atelier, {MONTHS[day.month - 1]} {day.year}",
        )
        for day in months
        if day >= today - dt.timedelta(days=365 * YEARS)
    ]


def _reachable(contact: DemoContact, mailing: Mailing) -> bool:
    row = contact.row
    return (
        contact.known_since <= mailing.day < contact.known_until
        and row["type"] == ContactType.PERSON
        and not row["exclude_from_segment"]
        and (row["email"] is not None or mailing.template.code == "CATALOG")
    )


def _store_campaign_entries(work: Work, mailings: list[Mailing]) -> None:
    numbers = insert_returning_keys(
        work,
        [
            CampaignEntry(
                campaign_no=mailing.campaign.no,
                description=mailing.description,
                date=mailing.day,
                segment_no=mailing.no,
                salesperson_code=mailing.salesperson.code,
                user_id=mailing.salesperson.user_id,
                logged_segment_entry_no=mailing.entry_no,
            )
            for mailing in mailings
            if mailing.campaign
        ],
    )
    for mailing, number in zip(mailings, numbers, strict=True):
        mailing.campaign_entry_no = number


def _entry(random: Random, mailing: Mailing, contact: DemoContact) -> Row:
    template, row, local = mailing.template, contact.row, mailing.logged_at
    return {
        "contact_no": row["no"],
        "company_no": row["company_no"],
        "date": mailing.day,
        "time_of_interaction": local.time(),
        "description": mailing.description,
        "subject": None,
        "template_code": template.code,
        "group_code": template.group_code,
        "salesperson_code": mailing.salesperson.code,
        "campaign_no": mailing.campaign.no if mailing.campaign else None,
        "campaign_entry_no": mailing.campaign_entry_no,
        "campaign_target": template.campaign_target,
        "campaign_response": False,
        "information_flow": template.information_flow.value,
        "initiated_by": template.initiated_by.value,
        "correspondence_type": correspondence_type(template, row),
        "language_code": row["language_code"],
        "evaluation": None,
        "attempt_failed": False,
        "cost": Decimal(template.unit_cost),
        "duration": template.unit_duration,
        "contact_via": None,
        "segment_no": mailing.no,
        "logged_segment_entry_no": mailing.entry_no,
        "canceled": random.random() < 0.001,
        "user_id": mailing.salesperson.user_id,
        "logged_at": local,
    }


def _is(column: Any, value: int) -> Any:
    """Whether a column of a SQLModel class has this value."""
    return column == value
