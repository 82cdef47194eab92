"""Generates three years of interactions that were logged one by one, without segments."""

import datetime as dt
from bisect import bisect, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from random import Random

from persistence.campaigns import CampaignEntry
from persistence.enums import CorrespondenceType, Evaluation
from persistence.interactions import InteractionComment
from resolvers.campaigns.rules import SHARED_ENTRY_DESCRIPTION
from resolvers.demo import calendar, phrases
from resolvers.demo.bulk import Row, insert_many, insert_returning_keys
from resolvers.demo.company import (
    ELEANOR,
    FORMER,
    SALESPERSON_BY_CODE,
    TEMPLATE_BY_CODE,
    YEARS,
    DemoCampaign,
    DemoTemplate,
    departure_date,
)
from resolvers.demo.people import DemoContact
from resolvers.progress import Progress
from resolvers.work import Work

EVALUATIONS = tuple(Evaluation)
EVALUATION_WEIGHTS = (14, 46, 27, 10, 3)
OUTBOUND_OF_A_CAMPAIGN = ("VISIT", "CALLOUT", "EMAIL", "LETTER", "QUOTE", "FAIR")


@dataclass(frozen=True)
class ContactChoice:
    """Chooses contacts that are known on a day, by their weights. The contacts are in the order of `known_since`."""

    contacts: list[DemoContact]
    known_since: list[dt.date]
    weights: list[float]

    @classmethod
    def among(cls, contacts: list[DemoContact]) -> "ContactChoice":
        """The choice among these contacts."""
        weights = list(accumulate(contact.weight for contact in contacts))
        return cls(contacts, [contact.known_since for contact in contacts], weights)

    def pick(self, random: Random, day: dt.date) -> DemoContact:
        """A contact that is known on this day."""
        known = bisect_right(self.known_since, day)
        while True:
            contact = self.contacts[bisect(self.weights, random.random() * self.weights[known - 1], 0, known - 1)]
            if contact.known_until > day:
                return contact


def generate(
    random: Random,
    today: dt.date,
    count: int,
    contacts: list[DemoContact],
    campaigns: list[DemoCampaign],
    campaign_entries: dict[str, int],
) -> Iterator[Row]:
    """The rows of the log without their numbers, oldest first. The last ones are of yesterday."""
    contact_choice, template_choices = ContactChoice.among(contacts), calendar.template_choices()
    first = today - dt.timedelta(days=365 * YEARS)
    for day in calendar.days(random, first, today - dt.timedelta(days=1), count):
        contact = contact_choice.pick(random, day)
        campaign = next(
            (campaign for campaign in campaigns if campaign.starting_date <= day <= campaign.ending_date), None
        )
        template = _template(random, template_choices[day.month - 1], day, first, campaign)
        yield _entry(random, today, day, contact, template, campaign, campaign_entries)


def insert_campaign_entries(work: Work, campaigns: list[DemoCampaign], today: dt.date) -> dict[str, int]:
    """Insert the campaign entries that interactions without segment share, for campaigns that have begun (R-CAM-1)."""
    begun = [campaign for campaign in campaigns if campaign.starting_date < today]
    numbers = insert_returning_keys(
        work,
        [
            CampaignEntry(
                campaign_no=campaign.no,
                description=SHARED_ENTRY_DESCRIPTION,
                date=min(calendar.working_day(campaign.starting_date), today),
                salesperson_code=campaign.salesperson_code,
                user_id=SALESPERSON_BY_CODE[campaign.salesperson_code].user_id,
            )
            for campaign in begun
        ],
    )
    return {campaign.no: number for campaign, number in zip(begun, numbers, strict=True)}


def insert_comments(random: Random, work: Work, entries: list[Row], progress: Progress) -> None:
    """Insert comments on some entries, two on a few of them."""
    rows = []
    for entry in entries:
        if entry["logged_segment_entry_no"] is None and random.random() < 0.08:
            for line_no in range(1, 3 if random.random() < 0.15 else 2):
                rows.append(
                    {
                        "entry_no": entry["entry_no"],
                        "line_no": line_no,
                        "date": entry["date"],
                        "user_id": entry["user_id"],
                        "comment": phrases.comment(random, entry["language_code"]),
                    }
                )
    insert_many(work, InteractionComment, rows, progress)


def _template(
    random: Random, choice: calendar.TemplateChoice, day: dt.date, first: dt.date, campaign: DemoCampaign | None
) -> DemoTemplate:
    chance = random.random()
    if campaign is not None and chance < 0.04:
        return TEMPLATE_BY_CODE["ANSWER"]
    if chance > 0.985 and (day - first).days < 300:
        return TEMPLATE_BY_CODE["FAX"]
    return TEMPLATE_BY_CODE[choice.pick(random)]


def _entry(
    random: Random,
    today: dt.date,
    day: dt.date,
    contact: DemoContact,
    template: DemoTemplate,
    campaign: DemoCampaign | None,
    campaign_entries: dict[str, int],
) -> Row:
    row, time = contact.row, calendar.time_of_day(random)
    salesperson = SALESPERSON_BY_CODE[_salesperson(random, today, day, contact)]
    of_campaign = campaign is not None and (
        template.campaign_response or (template.code in OUTBOUND_OF_A_CAMPAIGN and random.random() < 0.11)
    )
    campaign_no = campaign.no if campaign and of_campaign else None
    description = phrases.description(random, template.code, row["language_code"])
    finished = dt.datetime.combine(day, time, salesperson.time_zone) + dt.timedelta(
        minutes=template.unit_duration + int(random.random() * 9)
    )
    by_phone = template.group_code == "PHONE"
    failed = random.random() < {"CALLOUT": 0.16, "VISIT": 0.03}.get(template.code, 0.0)
    return {
        "contact_no": row["no"],
        "company_no": row["company_no"],
        "date": day,
        "time_of_interaction": time,
        "description": description,
        "subject": description,
        "template_code": template.code,
        "group_code": template.group_code,
        "salesperson_code": salesperson.code,
        "campaign_no": campaign_no,
        "campaign_entry_no": campaign_entries[campaign_no] if campaign_no else None,
        "campaign_target": bool(campaign_no) and not template.campaign_response,
        "campaign_response": template.campaign_response and bool(campaign_no),
        "information_flow": template.information_flow.value,
        "initiated_by": template.initiated_by.value,
        "correspondence_type": correspondence_type(template, row),
        "language_code": row["language_code"],
        "evaluation": None if failed or random.random() > 0.36 else _evaluation(random, template),
        "attempt_failed": failed,
        "cost": _cost(random, template),
        "duration": _duration(random, template, failed),
        "contact_via": (row["mobile_phone_no"] or row["phone_no"]) if by_phone else None,
        "segment_no": None,
        "logged_segment_entry_no": None,
        "canceled": random.random() < 0.006,
        "user_id": salesperson.user_id,
        "logged_at": finished,
    }


def _salesperson(random: Random, today: dt.date, day: dt.date, contact: DemoContact) -> str:
    """The code of the salesperson of the contact, or sometimes of a colleague."""
    code = contact.former_salesperson_code if day < departure_date(today) else contact.salesperson_code
    if (code == FORMER.code and day >= departure_date(today)) or random.random() < 0.06:
        code = random.choice([salesperson for salesperson in SALESPERSON_BY_CODE if salesperson != FORMER.code])
    return code if contact.row["language_code"] != "ENU" or random.random() < 0.5 else ELEANOR.code


def correspondence_type(template: DemoTemplate, row: Row) -> str | None:
    """The correspondence type (R-CORR), None for e-mail to a contact without e-mail address (R-FIN-10)."""
    own = None if template.ignore_contact_correspondence_type else row["correspondence_type"]
    chosen = own or template.correspondence_type
    return None if chosen == CorrespondenceType.EMAIL and row["email"] is None else chosen


def _evaluation(random: Random, template: DemoTemplate) -> str:
    chosen = random.choices(EVALUATIONS, EVALUATION_WEIGHTS)[0]
    if template.code == "CLAIM" and random.random() < 0.6:
        return Evaluation.NEGATIVE
    return chosen


def _cost(random: Random, template: DemoTemplate) -> Decimal:
    """Usually the unit cost of the template, else an amount around it."""
    usual = Decimal(template.unit_cost)
    if random.random() < 0.6:
        return usual
    return (usual * int(70 + random.random() * 90) / 100).quantize(Decimal("0.01"))


def _duration(random: Random, template: DemoTemplate, failed: bool) -> int:
    if failed:
        return 1
    if random.random() < 0.45:
        return template.unit_duration
    return max(1, int(template.unit_duration * (0.5 + random.random() * 1.2)))
