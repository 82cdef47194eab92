"""Generates postponed interactions: due, overdue and incomplete ones."""

import datetime as dt
from decimal import Decimal
from random import Random

from persistence.interactions import PostponedInteraction
from resolvers.demo import phrases
from resolvers.demo.bulk import Row, insert_many
from resolvers.demo.calendar import time_of_day, working_day
from resolvers.demo.company import FORMER, SALESPERSON_BY_CODE, TEMPLATE_BY_CODE
from resolvers.demo.history import correspondence_type
from resolvers.demo.people import DemoContact
from resolvers.work import Work

COUNT = 90
DUE_IN_DAYS = (-21, -9, -3, -1, 0, 0, 1, 2, 5, 8, 15, 40, None)
TEMPLATE_CODES = ("VISIT", "CALLOUT", "CALLIN", "QUOTE", "EMAIL", "CLAIM")


def insert_postponed(
    work: Work, random: Random, today: dt.date, contacts: list[DemoContact], entry_nos: list[int]
) -> None:
    """Insert postponed interactions with these numbers. Every fifth has no template, every ninth no contact."""
    people = [
        contact
        for contact in contacts
        if contact.company is not None and contact.known_until > today and contact.salesperson_code != FORMER.code
    ]
    insert_many(
        work,
        PostponedInteraction,
        [
            _postponed(random, today, random.choice(people), place) | {"entry_no": entry_no}
            for place, entry_no in enumerate(entry_nos)
        ],
    )


def _postponed(random: Random, today: dt.date, contact: DemoContact, place: int) -> Row:
    row, salesperson = contact.row, SALESPERSON_BY_CODE[contact.salesperson_code]
    template = None if place % 5 == 3 else TEMPLATE_BY_CODE[random.choice(TEMPLATE_CODES)]
    has_contact = place % 9 != 4
    due = DUE_IN_DAYS[place % len(DUE_IN_DAYS)]
    began = working_day(today - dt.timedelta(days=3 + int(random.expovariate(1 / 9))))
    began = min(began, today - dt.timedelta(days=1))
    time = time_of_day(random)
    filled: Row = {
        "template_code": None,
        "group_code": None,
        "description": None,
        "information_flow": None,
        "initiated_by": None,
        "correspondence_type": None,
        "language_code": None,
        "cost": None,
        "duration": None,
    }
    if template is not None:
        filled = {
            "template_code": template.code,
            "group_code": template.group_code,
            "description": None if place % 7 == 6 else phrases.description(random, template.code, row["language_code"]),
            "information_flow": template.information_flow.value,
            "initiated_by": template.initiated_by.value,
            "correspondence_type": correspondence_type(template, row) if has_contact else None,
            "language_code": row["language_code"] if has_contact else None,
            "cost": Decimal(template.unit_cost),
            "duration": template.unit_duration,
        }
    return filled | {
        "version": 1,
        "contact_no": row["no"] if has_contact else None,
        "company_no": row["company_no"] if has_contact else None,
        "date": began,
        "time_of_interaction": time,
        "salesperson_code": salesperson.code,
        "campaign_no": None,
        "campaign_target": False,
        "campaign_response": False,
        "evaluation": None,
        "attempt_failed": False,
        "contact_via": None,
        "resume_on": None if due is None else today + dt.timedelta(days=due),
        "reason": phrases.reason(random, row["language_code"]),
        "user_id": salesperson.user_id,
        "postponed_at": dt.datetime.combine(began, time, salesperson.time_zone) + dt.timedelta(minutes=5),
    }
