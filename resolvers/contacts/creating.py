"""Creating contacts: their numbers, their default values, and what a person inherits from the company (R-CON-6,
R-CON-7).
"""

from dataclasses import dataclass

from sqlmodel import col

from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.salespeople import Salesperson
from resolvers import number_series
from resolvers.contacts.fields import (
    ContactFields,
    check,
    check_type,
    company_of_person,
    company_with_company,
    folded_columns,
    inherited_columns,
    normalized_contact,
    phone_columns,
)
from resolvers.errors import Refusal, refuse_any
from resolvers.master_data import exists, insert
from resolvers.work import Work, key


@dataclass(frozen=True)
class ContactCreated:
    """The id and number of the new contact."""

    id: int
    no: str


def create(work: Work, fields: ContactFields, *, no: str | None = None) -> ContactCreated:
    """Create a contact, numbered by its number series unless a number is given (R-CON-6).

    Without a type, a contact with a company is a person, any other a company. Given values take precedence over values
    that a person inherits from the company (R-CON-7), and these over the defaults.
    """
    refusals = [] if no is None else number_series.check_manual_no(work, "contact_nos", no)
    values = normalized_contact({"name": None, **fields}, refusals)
    company = _company(work, values, refusals)
    refusals += check(work, values)
    refuse_any(refusals)
    new_no = key(no) or number_series.next_no(work, "contact_nos")
    columns: dict[str, object] = {**_defaults(work, company), **values, "no": new_no, "created_on": work.today}
    if values["type"] == ContactType.COMPANY:
        columns |= {"company_no": new_no, "company_name": values["name"]}
    elif company is not None:
        columns["company_name"] = company.name
    columns |= folded_columns(columns) | phone_columns(columns)
    return ContactCreated(insert(work, Contact, columns, "no"), new_no)


def _company(work: Work, values: ContactFields, refusals: list[Refusal]) -> Contact | None:
    """Set the type if it is not given, and return the company of a person."""
    company_no = values.get("company_no")
    type = values.setdefault("type", ContactType.COMPANY if company_no is None else ContactType.PERSON)
    refusals += check_type(type)
    if company_no is None:
        return None
    if type == ContactType.COMPANY:
        refusals.append(company_with_company())
        return None
    return company_of_person(work, company_no, refusals)


def _defaults(work: Work, company: Contact | None) -> dict[str, object]:
    """The user's own salesperson or else that of the setup (R-CON-6), replaced by inherited values (R-CON-7).

    The contact of a user who changes only their own contacts becomes theirs (K31).
    """
    own_code = _own_salesperson(work)
    defaults: dict[str, object] = {"salesperson_code": own_code or work.setup.default_salesperson_code}
    if company is not None:
        inherited = ((name, getattr(company, name)) for name in inherited_columns(work.setup))
        defaults |= {name: value for name, value in inherited if value is not None}
    if own_code is not None and work.user.changes_own_only:
        defaults["salesperson_code"] = own_code
    return defaults


def _own_salesperson(work: Work) -> str | None:
    """The user's own salesperson, unless it was deleted since the user got it."""
    code = work.user.salesperson_code
    return code if code is not None and exists(work, col(Salesperson.code), code) else None
