"""Many more interactions for the small company: over several years with leap days, in cities and by users whose names
differ only in case or invisible characters, with large amounts.
"""

import datetime as dt
import random
from decimal import Decimal

from sqlalchemy import update
from sqlmodel import Session, select

from persistence import tables
from persistence.sql.folding import fold
from tests.schema.a_small_company import LOGGED_AT

CITIES = ["Nantes", "NANTES", "Nan\u200btes", "Évry", "evry", "Québec | \\", None]
COUNTRIES = ["FR", "CA", None]
USERS = ["u", "v", "v\u200b", "Éva", "z|1", "\\"]
LEAP_DAYS = [dt.date(year, 2, 28) + dt.timedelta(days) for year in (2023, 2024, 2025) for days in (-1, 0, 1, 2)]


def more_entries(session: Session, number: int = 400) -> None:
    """The same rows on both databases. Weeks begin on Thursday, as 29 February 2024 is one."""
    session.exec(update(tables.MarketingSetup).values(first_day_of_week=4))
    chance = random.Random(13)
    contacts = list(session.exec(select(tables.Contact).order_by(tables.Contact.no)))
    for place, each in enumerate(contacts):
        each.city, each.country_code = CITIES[place % len(CITIES)], COUNTRIES[place % len(COUNTRIES)]
        each.search_city = each.city and fold(each.city)
    for entry_no in range(1000, 1000 + number):
        contact = chance.choice([*contacts, None])
        spread = dt.date(2023, 1, 1) + dt.timedelta(chance.randrange(1200))
        flow = chance.choice(["OUTBOUND", "INBOUND", None])
        session.add(
            tables.InteractionLogEntry(
                entry_no=entry_no,
                contact_no=None if contact is None else contact.no,
                company_no=None if contact is None else contact.company_no,
                date=chance.choice([spread, spread, chance.choice(LEAP_DAYS), dt.date(2026, 3, 2)]),
                time_of_interaction=dt.time(chance.randrange(24), chance.choice([0, 30])),
                description="More",
                template_code=chance.choice(["VISIT", "CALL", "MISC", None]),
                group_code=chance.choice(["MEET", "PHONE", None]),
                salesperson_code=chance.choice(["JO", "PS", "XX", None]),
                contact_salesperson_code=None if contact is None else contact.salesperson_code,
                campaign_no=chance.choice(["CP1", "CP2", None]),
                cost=Decimal(chance.choice([0, 5, 1250, 99999, 10**17 - 1 if entry_no % 50 == 0 else 7])) / 100,
                duration=chance.choice([0, 1, 15, 525_600]),
                information_flow=flow,
                initiated_by=chance.choice(["US", "THEM", None]),
                evaluation=chance.choice([None, "POSITIVE", "NEGATIVE", "VERY_POSITIVE", "NEUTRAL", "VERY_NEGATIVE"]),
                campaign_response=chance.random() < 0.2,
                attempt_failed=chance.random() < 0.4,
                canceled=chance.random() < 0.1,
                user_id=chance.choice(USERS),
                logged_at=LOGGED_AT,
            )
        )
    session.flush()
