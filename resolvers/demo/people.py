"""Generates the contacts: about six hundred companies, their people, and some private customers."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from persistence.contacts import Contact
from persistence.enums import ContactType, CorrespondenceType
from persistence.sql.folding import fold
from resolvers.contacts.fields import folded_columns, phone_columns
from resolvers.demo.bulk import Row, insert_many
from resolvers.demo.company import ANOUK, ELEANOR, FORMER, MATHIEU, SOLENE, YEARS, departure_date
from resolvers.demo.names import FIRST_NAMES, JOB_TITLES, LAST_NAMES, MEN
from resolvers.demo.places import CITIES, OWNED_TRADES, PLACES, STREETS, TRADES, City
from resolvers.progress import Progress
from resolvers.work import Work

COMPANIES = 600
PRIVATE_PEOPLE = 80
REGULAR_EVERY, REGULAR_DAYS = 12, 120
"""Every so many of the companies are to be contacted after so many days."""

PEOPLE_OF_A_COMPANY = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5)
PHRASE_LANGUAGES = {"FRC": "FR", "FRA": "FR", "ENU": "EN"}


@dataclass
class DemoContact:
    """The row of a contact, and what its interactions depend on.

    It has interactions from `known_since` to `known_until`, in proportion to `weight`. `former_salesperson_code` is its
    salesperson before the former salesperson left.
    """

    row: Row
    known_since: dt.date
    known_until: dt.date
    weight: float
    salesperson_code: str
    former_salesperson_code: str
    company: "DemoContact | None" = field(default=None, repr=False)

    @property
    def no(self) -> str:
        return str(self.row["no"])


def generate(random: Random, today: dt.date) -> list[DemoContact]:
    """All contacts, numbered by the day on which they became known, companies before their people."""
    contacts: list[DemoContact] = []
    first = today - dt.timedelta(days=365 * YEARS)
    used_names: set[str] = set()
    for _ in range(COMPANIES):
        company = _company(random, today, first, used_names)
        contacts.append(company)
        contacts += _people(random, today, company)
    for _ in range(PRIVATE_PEOPLE):
        contacts.append(_private(random, today, first))
    contacts.sort(key=lambda contact: (contact.known_since, contact.company is not None))
    for place, contact in enumerate(contacts, start=1):
        contact.row["no"] = f"CT{place:06}"
        contact.row["created_on"] = contact.known_since
        is_regular = contact.company is None and place % REGULAR_EVERY == 0
        contact.row["contact_every_days"] = REGULAR_DAYS if is_regular else None
    for contact in contacts:
        _set_company(contact)
        _set_restrictions(random, today, contact)
    return contacts


def insert_contacts(work: Work, contacts: list[DemoContact], progress: Progress) -> None:
    """Insert the contacts, companies first, because people refer to them."""
    rows = [contact.row | folded_columns(contact.row) | phone_columns(contact.row) for contact in contacts]
    insert_many(work, Contact, sorted(rows, key=lambda row: (row["type"], row["no"])), progress)


def _company(random: Random, today: dt.date, first: dt.date, used_names: set[str]) -> DemoContact:
    city = random.choices(CITIES, [city.weight for city in CITIES])[0]
    language = PHRASE_LANGUAGES[city.language_code]
    name = next(name for name in _company_names(random, language) if name not in used_names)
    used_names.add(name)
    known_since = first if random.random() < 0.55 else first + dt.timedelta(days=random.randrange(365 * YEARS - 20))
    row = _common_columns(random, city) | {
        "type": ContactType.COMPANY,
        "name": name,
        "job_title": None,
        "address": _address(random, city),
        "email": f"info@{_domain(name, city)}",
        "mobile_phone_no": None,
    }
    return _contact(random, today, row, known_since, weight=0.4)


def _company_names(random: Random, language: str) -> Iterator[str]:
    while True:
        trade, place = random.choice(TRADES[language]), random.choice(PLACES[language])
        yield f"{trade} {place}" if language == "FR" else f"{place} {trade}"
        owner = random.choice(LAST_NAMES["FRC" if language == "FR" else "ENU"])
        yield f"{owner} {random.choice(OWNED_TRADES[language])}"


def _people(random: Random, today: dt.date, company: DemoContact) -> Iterator[DemoContact]:
    city = next(city for city in CITIES if city.name == company.row["city"])
    domain = company.row["email"].partition("@")[2]
    for _ in range(random.choice(PEOPLE_OF_A_COMPANY)):
        first_name, last_name = _person_name(random, city)
        known_since = min(
            company.known_since + dt.timedelta(days=int(random.expovariate(1 / 120))), today - dt.timedelta(days=5)
        )
        row = company.row | {
            "type": ContactType.PERSON,
            "name": f"{first_name} {last_name}",
            "job_title": random.choice(JOB_TITLES[PHRASE_LANGUAGES[city.language_code]])[first_name in MEN],
            "email": f"{_slug(first_name)}.{_slug(last_name)}@{domain}" if random.random() < 0.93 else None,
            "mobile_phone_no": _phone_no(random, city, mobile=True) if random.random() < 0.6 else None,
            "correspondence_type": _correspondence_type(random),
        }
        yield _contact(random, today, row, max(known_since, company.known_since), random.paretovariate(1.3), company)


def _private(random: Random, today: dt.date, first: dt.date) -> DemoContact:
    city = random.choices(CITIES, [city.weight for city in CITIES])[0]
    first_name, last_name = _person_name(random, city)
    row = _common_columns(random, city) | {
        "type": ContactType.PERSON,
        "name": f"{first_name} {last_name}",
        "job_title": None,
        "address": _address(random, city),
        "mobile_phone_no": _phone_no(random, city, mobile=True),
        "email": f"{_slug(first_name)}.{_slug(last_name)}@example.org",
    }
    known_since = first + dt.timedelta(days=random.randrange(365 * YEARS - 20))
    return _contact(random, today, row, known_since, weight=0.6)


def _contact(
    random: Random, today: dt.date, row: Row, known_since: dt.date, weight: float, company: DemoContact | None = None
) -> DemoContact:
    """A contact with its salespeople. Almost all contacts of the former salesperson got another one."""
    before = company.former_salesperson_code if company else _salesperson_code(random, row)
    after = company.salesperson_code if company else before
    if company is None and before == FORMER.code and (known_since > departure_date(today) or random.random() < 0.97):
        after = SOLENE.code
    row["salesperson_code"] = after
    return DemoContact(row, known_since, dt.date.max, min(weight, 25.0), after, before, company)


def _salesperson_code(random: Random, row: Row) -> str:
    if random.random() < 0.12:
        return ANOUK.code
    if row["country_code"] == "FR":
        return FORMER.code if row["territory_code"] == "BRE" else SOLENE.code
    return MATHIEU.code if row["territory_code"] == "QC" else ELEANOR.code


def _set_company(contact: DemoContact) -> None:
    """Set the company of a contact: a company is its own company, a private customer has none."""
    of = contact if contact.row["type"] == ContactType.COMPANY else contact.company
    contact.row["company_no"] = of.row["no"] if of else None
    contact.row["company_name"] = of.row["name"] if of else None


def _set_restrictions(random: Random, today: dt.date, contact: DemoContact) -> None:
    """Exclude a few contacts from segments, block a few, and let the interactions of some end early."""
    chance = random.random()
    span = (today - contact.known_since).days
    if chance < 0.03:
        contact.row["exclude_from_segment"] = True
    elif chance < 0.042 and contact.company is not None:
        contact.row["privacy_blocked"] = True
        contact.known_until = contact.known_since + dt.timedelta(days=random.randrange(span // 2, span))
    elif chance < 0.15:
        contact.known_until = contact.known_since + dt.timedelta(days=random.randrange(span // 4, span))


def _common_columns(random: Random, city: City) -> Row:
    return {
        "version": 1,
        "city": city.name,
        "post_code": _post_code(random, city),
        "country_code": city.country_code,
        "territory_code": city.territory_code,
        "language_code": city.language_code,
        "phone_no": _phone_no(random, city),
        "correspondence_type": _correspondence_type(random),
        "exclude_from_segment": False,
        "privacy_blocked": False,
    }


def _correspondence_type(random: Random) -> str | None:
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
    """A number from a range that each country reserves for fiction."""
    area = random.choice(city.areas)
    if city.country_code == "FR":
        start = "6 39 98" if mobile else area[1:]
        return f"+33 {start} {random.randrange(100):02} {random.randrange(100):02}"
    if city.country_code == "GB":
        return f"+44 7700 900{random.randrange(1000):03}" if mobile else f"+44 20 7946 0{random.randrange(1000):03}"
    return f"+1 {area} 555-01{random.randrange(100):02}"


def _person_name(random: Random, city: City) -> tuple[str, str]:
    """A first and a last name, mostly in the language of the city."""
    language = city.language_code if random.random() < 0.88 else random.choice(list(FIRST_NAMES))
    return random.choice(FIRST_NAMES[language]), random.choice(LAST_NAMES[language])


def _slug(words: str) -> str:
    return re.sub("[^a-z0-9]+", "-", fold(words).replace("’", "")).strip("-")


def _domain(name: str, city: City) -> str:
    return f"{_slug(name)[:40].strip('-')}.example.{'org' if city.country_code == 'FR' else 'com'}"
