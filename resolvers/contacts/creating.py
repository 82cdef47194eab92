"""Creating contacts: numbers, defaults, and what a person takes from the company (R-CON-6, R-CON-7)."""

from dataclasses import dataclass
from typing import Any

from persistence.contacts import Contact
from persistence.enums import ContactType
from resolvers import number_series
from resolvers.contacts.fields import (
    ContactFields,
    as_kept,
    check,
    check_type,
    company_of_person,
    folded_columns,
    handed_down,
    no_company_of_companies,
    phone_columns,
)
from resolvers.errors import Refusal, refuse_any
from resolvers.master_data import insert
from resolvers.work import Work, key


@dataclass(frozen=True)
class ContactCreated:
    id: int
    no: str


def create(work: Work, fields: ContactFields, *, no: str | None = None) -> ContactCreated:
    """A new contact, numbered by its series unless a number is given (R-CON-6).

    Without a type it is a person if it has a company, else a company. What is given wins over what a person inherits
    from the company (R-CON-7), and that over the defaults.
    """
    refusals = [] if no is None else number_series.check_manual_no(work, "contact_nos", no)
    values = as_kept({"name": None, **fields}, refusals)
    company = _company(work, values, refusals)
    refusals += check(work, values)
    refuse_any(refusals)
    values = _defaults(work, company) | values
    values["no"] = key(no) or number_series.next_no(work, "contact_nos")
    if values["type"] == ContactType.COMPANY:
        values |= {"company_no": values["no"], "company_name": values["name"]}
    elif company is not None:
        values["company_name"] = company.name
    return ContactCreated(
        insert(work, Contact, values | folded_columns(values) | phone_columns(values), "no"), values["no"]
    )


def _company(work: Work, values: dict[str, Any], refusals: list[Refusal]) -> Contact | None:
    """Settles the type; answers the company of a person."""
    company_no = values.get("company_no")
    values.setdefault("type", ContactType.COMPANY if company_no is None else ContactType.PERSON)
    check_type(values["type"], refusals)
    if company_no is None:
        return None
    if values["type"] == ContactType.COMPANY:
        refusals.append(no_company_of_companies())
        return None
    return company_of_person(work, company_no, refusals)


def _defaults(work: Work, company: Contact | None) -> dict[str, Any]:
    """The user's own salesperson, else the setup's (R-CON-6); above that, what the company hands down (R-CON-7)."""
    values: dict[str, Any] = {"salesperson_code": work.user.salesperson_code or work.setup.default_salesperson_code}
    if company is not None:
        values |= {name: value for name in handed_down(work.setup) if (value := getattr(company, name)) is not None}
    return values
