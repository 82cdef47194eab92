"""The contacts of the demo company: some six hundred companies, their people, and a few who buy for themselves."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from persistence.contacts import Contact
from persistence.enums import ContactType, CorrespondenceType
from persistence.folding import fold
from resolvers.contacts.fields import folded_columns, phone_columns
from resolvers.demo.bulk import Progress, Row, fill
from resolvers.demo.company import ANOUK, ELEANOR, GONE, MATHIEU, SOLENE, YEARS, left_on
from resolvers.demo.names import (
    CITIES,
    FIRST_NAMES,
    JOB_TITLES,
    LAST_NAMES,
    MEN,
    OWNED_TRADES,
    PLACES,
    STREETS,
    TRADES,
    City,
)
from resolvers.work import Work

COMPANIES = 600
PRIVATE_PEOPLE = 80
PEOPLE_OF_A_COMPANY = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5)
TITLED = {"FRC": "FR", "FRA": "FR", "ENU": "EN"}


@dataclass
class Someone:
    """A contact as it will be stored, and what its history depends on: known since and until when, how busy, by whom
    kept.
    """

    row: Row
    since: dt.date
    until: dt.date
    weight: float
    kept_by: str
    kept_before: str
    company: "Someone | None" = field(default=None, repr=False)

    @property
    def no(self) -> str:
        return str(self.row["no"])


def invent(random: Random, today: dt.date) -> list[Someone]:
    """All contacts, numbered in the order in which they became known; a company comes before its people."""
    everybody: list[Someone] = []
    first = today - dt.timedelta(days=365 * YEARS)
    taken: set[str] = set()
    for _ in range(COMPANIES):
        company = _company(random, today, first, taken)
        everybody.append(company)
        everybody += _people(random, today, company)
    for _ in range(PRIVATE_PEOPLE):
        everybody.append(_private(random, today, first))
    everybody.sort(key=lambda someone: (someone.since, someone.company is not None))
    for place, someone in enumerate(everybody, start=1):
        someone.row["no"] = f"CT{place:06}"
    for someone in everybody:
        _belong(someone)
        _restrict(random, today, someone)
    return everybody


def store(work: Work, everybody: list[Someone], progress: Progress) -> None:
    """Companies first: people refer to them."""
    rows = [someone.row | folded_columns(someone.row) | phone_columns(someone.row) for someone in everybody]
    fill(work, Contact, sorted(rows, key=lambda row: (row["type"], row["no"])), progress)


def _company(random: Random, today: dt.date, first: dt.date, taken: set[str]) -> Someone:
    city = random.choices(CITIES, [city.weight for city in CITIES])[0]
    speaks = TITLED[city.language_code]
    name = next(name for name in _company_names(random, speaks) if name not in taken)
    taken.add(name)
    since = first if random.random() < 0.55 else first + dt.timedelta(days=random.randrange(365 * YEARS - 20))
    row = _card(random, city) | {
        "type": ContactType.COMPANY,
        "name": name,
        "job_title": None,
        "address": _address(random, city),
        "email": f"info@{_domain(name, city)}",
        "mobile_phone_no": None,
    }
    return _known(random, today, row, since, weight=0.4)


def _company_names(random: Random, speaks: str) -> Iterator[str]:
    while True:
        trade, place = random.choice(TRADES[speaks]), random.choice(PLACES[speaks])
        yield f"{trade} {place}" if speaks == "FR" else f"{place} {trade}"
        owner = random.choice(LAST_NAMES["FRC" if speaks == "FR" else "ENU"])
        yield f"{owner} {random.choice(OWNED_TRADES[speaks])}"


def _people(random: Random, today: dt.date, company: Someone) -> Iterator[Someone]:
    city = next(city for city in CITIES if city.name == company.row["city"])
    domain = company.row["email"].partition("@")[2]
    for _ in range(random.choice(PEOPLE_OF_A_COMPANY)):
        first_name, last_name = _person_name(random, city)
        since = min(company.since + dt.timedelta(days=int(random.expovariate(1 / 120))), today - dt.timedelta(days=5))
        row = company.row | {
            "type": ContactType.PERSON,
            "name": f"{first_name} {last_name}",
            "job_title": random.choice(JOB_TITLES[TITLED[city.language_code]])[first_name in MEN],
            "email": f"{_mailbox(first_name)}.{_mailbox(last_name)}@{domain}" if random.random() < 0.93 else None,
            "mobile_phone_no": _phone_no(random, city, mobile=True) if random.random() < 0.6 else None,
            "correspondence_type": _preference(random),
        }
        yield _known(random, today, row, max(since, company.since), random.paretovariate(1.3), company)


def _private(random: Random, today: dt.date, first: dt.date) -> Someone:
    city = random.choices(CITIES, [city.weight for city in CITIES])[0]
    first_name, last_name = _person_name(random, city)
    row = _card(random, city) | {
        "type": ContactType.PERSON,
        "name": f"{first_name} {last_name}",
        "job_title": None,
        "address": _address(random, city),
        "mobile_phone_no": _phone_no(random, city, mobile=True),
        "email": f"{_mailbox(first_name)}.{_mailbox(last_name)}@example.org",
    }
    since = first + dt.timedelta(days=random.randrange(365 * YEARS - 20))
    return _known(random, today, row, since, weight=0.6)


def _known(
    random: Random, today: dt.date, row: Row, since: dt.date, weight: float, company: Someone | None = None
) -> Someone:
    """Who looks after them. The accounts of the one who is gone were handed over, all but a few."""
    before = company.kept_before if company else _keeper(random, row)
    after = company.kept_by if company else before
    if company is None and before == GONE.code and (since > left_on(today) or random.random() < 0.97):
        after = SOLENE.code
    row["salesperson_code"] = after
    return Someone(row, since, dt.date.max, min(weight, 25.0), after, before, company)


def _keeper(random: Random, row: Row) -> str:
    if random.random() < 0.12:
        return ANOUK.code
    if row["country_code"] == "FR":
        return GONE.code if row["territory_code"] == "BRE" else SOLENE.code
    return MATHIEU.code if row["territory_code"] == "QC" else ELEANOR.code


def _belong(someone: Someone) -> None:
    """A company is its own company; a private person has none."""
    of = someone if someone.row["type"] == ContactType.COMPANY else someone.company
    someone.row["company_no"] = of.row["no"] if of else None
    someone.row["company_name"] = of.row["name"] if of else None


def _restrict(random: Random, today: dt.date, someone: Someone) -> None:
    """A few want no mailings, a few nothing at all any more, and some were simply not heard of again."""
    chance = random.random()
    span = (today - someone.since).days
    if chance < 0.03:
        someone.row["exclude_from_segment"] = True
    elif chance < 0.042 and someone.company is not None:
        someone.row["privacy_blocked"] = True
        someone.until = someone.since + dt.timedelta(days=random.randrange(span // 2, span))
    elif chance < 0.15:
        someone.until = someone.since + dt.timedelta(days=random.randrange(span // 4, span))


def _card(random: Random, city: City) -> Row:
    return {
        "version": 1,
        "city": city.name,
        "post_code": _post_code(random, city),
        "country_code": city.country_code,
        "territory_code": city.territory_code,
        "language_code": city.language_code,
        "phone_no": _phone_no(random, city),
        "correspondence_type": _preference(random),
        "exclude_from_segment": False,
        "privacy_blocked": False,
    }


def _preference(random: Random) -> str | None:
    return random.choices((None, CorrespondenceType.EMAIL, CorrespondenceType.HARD_COPY), (6, 5, 1))[0]


def _address(random: Random, city: City) -> str:
    number = random.randrange(1, 250 if city.country_code == "FR" else 6000)
    return f"{number}, {random.choice(STREETS[city.language_code])}"


def _post_code(random: Random, city: City) -> str:
    area = random.choice(city.post_codes)
    if city.country_code != "CA":
        return area
    letters = "ABCEGHJKLMNPRSTVWXYZ"
    return f"{area} {random.randrange(10)}{random.choice(letters)}{random.randrange(10)}"


def _phone_no(random: Random, city: City, *, mobile: bool = False) -> str:
    """A number from the ranges that are kept free for fiction in each country."""
    area = random.choice(city.areas)
    if city.country_code == "FR":
        start = "6 39 98" if mobile else area[1:]
        return f"+33 {start} {random.randrange(100):02} {random.randrange(100):02}"
    if city.country_code == "GB":
        return f"+44 7700 900{random.randrange(1000):03}" if mobile else f"+44 20 7946 0{random.randrange(1000):03}"
    return f"+1 {area} 555-01{random.randrange(100):02}"


def _person_name(random: Random, city: City) -> tuple[str, str]:
    """Mostly of the place; some came from elsewhere."""
    language = city.language_code if random.random() < 0.88 else random.choice(list(FIRST_NAMES))
    return random.choice(FIRST_NAMES[language]), random.choice(LAST_NAMES[language])


def _mailbox(words: str) -> str:
    return re.sub("[^a-z0-9]+", "-", fold(words).replace("’", "")).strip("-")


def _domain(name: str, city: City) -> str:
    return f"{_mailbox(name)[:40].strip('-')}.example.{'org' if city.country_code == 'FR' else 'com'}"
