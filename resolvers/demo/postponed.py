"""Interactions that the salespeople of the demo company have not finished: due, overdue, incomplete."""

import datetime as dt
from decimal import Decimal
from random import Random

from persistence.interactions import PostponedInteraction
from resolvers.demo import phrases
from resolvers.demo.bulk import Row, fill
from resolvers.demo.calendar import time_of_day, working_day
from resolvers.demo.company import GONE, KIND, SELLER
from resolvers.demo.history import correspondence_type
from resolvers.demo.people import Someone
from resolvers.work import Work

COUNT = 90
DUE_IN_DAYS = (-21, -9, -3, -1, 0, 0, 1, 2, 5, 8, 15, 40, None)
TEMPLATES = ("VISIT", "CALLOUT", "CALLIN", "QUOTE", "EMAIL", "CLAIM")


def store(work: Work, random: Random, today: dt.date, everybody: list[Someone], entry_nos: list[int]) -> None:
    """Insert them under these numbers: two in three complete, every fifth without template or words, some without
    contact.
    """
    people = [
        someone
        for someone in everybody
        if someone.company is not None and someone.until > today and someone.kept_by != GONE.code
    ]
    fill(
        work,
        PostponedInteraction,
        [
            _postponed(random, today, random.choice(people), place) | {"entry_no": entry_no}
            for place, entry_no in enumerate(entry_nos)
        ],
    )


def _postponed(random: Random, today: dt.date, someone: Someone, place: int) -> Row:
    contact, seller = someone.row, SELLER[someone.kept_by]
    kind = None if place % 5 == 3 else KIND[random.choice(TEMPLATES)]
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
    if kind is not None:
        filled = {
            "template_code": kind.code,
            "group_code": kind.group_code,
            "description": None if place % 7 == 6 else phrases.description(random, kind.code, contact["language_code"]),
            "information_flow": kind.flow.value,
            "initiated_by": kind.by.value,
            "correspondence_type": correspondence_type(kind, contact) if has_contact else None,
            "language_code": contact["language_code"] if has_contact else None,
            "cost": Decimal(kind.unit_cost),
            "duration": kind.unit_duration,
        }
    return filled | {
        "version": 1,
        "contact_no": contact["no"] if has_contact else None,
        "company_no": contact["company_no"] if has_contact else None,
        "date": began,
        "time_of_interaction": time,
        "salesperson_code": seller.code,
        "campaign_no": None,
        "campaign_target": False,
        "campaign_response": False,
        "evaluation": None,
        "attempt_failed": False,
        "contact_via": None,
        "resume_on": None if due is None else today + dt.timedelta(days=due),
        "reason": phrases.reason(random, contact["language_code"]),
        "user_id": seller.user_id,
        "postponed_at": dt.datetime.combine(began, time, seller.zone) + dt.timedelta(minutes=5),
    }
