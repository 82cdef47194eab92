"""Imports lists of contacts."""

from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import select

from persistence.contacts import Contact
from resolvers.imports import ImportReport
from resolvers.imports import contacts as contact_import
from resolvers.work import Work
from tests import records
from tests.import_files import import_errors

NAV = """No.,Type,Name,Company No.,Company Name,City,Phone No.,E-Mail,Salesperson Code,Exclude from Segment
C1,Company,Café de l’Île,C1,Café de l’Île,Montréal,+1 514 555-0101,info@cafe.example.com,JO,No
P1,Person,Élise Bérubé,C1,Café de l’Île,,,elise@cafe.example.com,,Yes
"""

SHOWN = (
    *("company_name", "job_title", "address", "city", "post_code", "country_code", "language_code"),
    *("phone_no", "mobile_phone_no", "email", "home_page", "notes", "salesperson_code"),
)
ONE_PHONE = "A contact has one phone number and one mobile phone number."

errors = partial(import_errors, contact_import.run, Contact)


def imported(work: Work, path: Path, **choices: Any) -> ImportReport:
    return contact_import.run(work, path, **choices)


def stored(work: Work, *names: str, **key: Any) -> Any:
    """The values of these columns of the contact with that key."""
    work.session.expire_all()
    contact = records.stored(work, Contact, **key)
    return tuple(getattr(contact, name) for name in names)


def contacts_by_name(work: Work) -> dict[str, dict[str, Any]]:
    """The values of each contact by name; of a company only those that were not derived from a person."""
    work.session.expire_all()
    rows = work.session.exec(select(Contact).order_by(Contact.no)).all()
    return {
        row.name: {name: value for name in SHOWN if (value := getattr(row, name)) is not None and value != row.name}
        for row in rows
    }
