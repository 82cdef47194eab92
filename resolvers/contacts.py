"""Contacts: companies and their people (A.2, R-CON)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlmodel import col

from persistence.contacts import Contact
from persistence.folding import fold
from persistence.salespeople import Salesperson
from persistence.setup import MarketingSetup
from persistence.vocabulary import ContactType
from resolvers import number_series
from resolvers.errors import Invalid, Refusal, refuse_any
from resolvers.master_data import insert, is_there, required, text
from resolvers.refusals import ContactNotFound, SalespersonNotFound
from resolvers.work import Work, key, too_long

WORDS = ("job_title", "address", "city", "phone_no", "mobile_phone_no", "email")
CODES = ("company_no", "salesperson_code", "post_code", "country_code", "territory_code", "language_code")
FOLDED = {"search_name": ("name", 200), "search_company_name": ("company_name", 200), "search_city": ("city", 100)}
DIGITS = {"phone_digits": "phone_no", "mobile_phone_digits": "mobile_phone_no"}
INHERITED = {
    "inherit_salesperson": ("salesperson_code",),
    "inherit_territory": ("territory_code",),
    "inherit_country": ("country_code",),
    "inherit_language": ("language_code",),
    "inherit_address": ("address", "city", "post_code"),
    "inherit_communication": ("phone_no", "mobile_phone_no", "email", "correspondence_type"),
}
"""What a person takes from the company, for each flag of the marketing setup (R-CON-7)."""


class ContactFields(TypedDict, total=False):
    type: str | None
    name: str | None
    company_no: str | None
    salesperson_code: str | None
    job_title: str | None
    address: str | None
    city: str | None
    post_code: str | None
    country_code: str | None
    territory_code: str | None
    language_code: str | None
    phone_no: str | None
    mobile_phone_no: str | None
    email: str | None
    correspondence_type: str | None
    exclude_from_segment: bool | None
    privacy_blocked: bool | None


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
    values = _given(fields, refusals)
    company = _company(work, values, refusals)
    values = _defaults(work, company) | values
    _check(work, values, refusals)
    refuse_any(refusals)
    values["no"] = key(no) or number_series.next_no(work, "contact_nos")
    if values["type"] == ContactType.COMPANY:
        values |= {"company_no": values["no"], "company_name": values["name"]}
    elif company is not None:
        values["company_name"] = company.name
    return ContactCreated(insert(work, Contact, values | folded_columns(values), "no"), values["no"])


def folded_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that repeat others for search and sorting: names without case and accents, phone numbers as digits.

    Answers those whose source is in `values`, so an update passes what it changes and an import the whole row.
    """
    found: dict[str, Any] = {}
    for column, (source, width) in FOLDED.items():
        if source in values:
            found[column] = None if values[source] is None else fold(values[source])[:width]
    for column, source in DIGITS.items():
        if source in values:
            found[column] = "".join(digit for digit in values[source] or "" if digit in "0123456789") or None
    return found


def _given(fields: ContactFields, refusals: list[Refusal]) -> dict[str, Any]:
    given: dict[str, Any] = {**fields}
    values: dict[str, Any] = {"name": required(given.get("name"), refusals, "contact", "name")}
    for name, value in given.items():
        if name in CODES:
            values[name] = key(value)
        elif name in WORDS:
            values[name] = text(value)
        elif name in ("exclude_from_segment", "privacy_blocked"):
            values[name] = bool(value)
        elif name == "correspondence_type":
            values[name] = value
    under_company = values.get("company_no") is not None
    values["type"] = fields.get("type", ContactType.PERSON if under_company else ContactType.COMPANY)
    return values


def _company(work: Work, values: dict[str, Any], refusals: list[Refusal]) -> Contact | None:
    """The company of a person. Refuses one that is not there or is a person, and any for a company."""
    if values["type"] is None:
        refusals.append(Invalid(
            "contact", "type", english="A contact is a company or a person. Say which.",
            french="Un contact est une compagnie ou une personne. Indiquez laquelle.",
        ))
    if values.get("company_no") is None:
        return None
    field = ("contact", "company_no")
    if values["type"] == ContactType.COMPANY:
        refusals.append(Invalid(
            *field, english="A company belongs to no other company. Leave companyNo out.",
            french="Une compagnie n'appartient à aucune autre. Omettez companyNo.",
        ))
        return None
    company = work.find(Contact, no=values["company_no"])
    if company is None:
        refusals.append(ContactNotFound(*field, no=values["company_no"]))
    elif company.type != ContactType.COMPANY:
        refusals.append(Invalid(
            *field, english=f"{company.no} is a person. Give the number of a company.",
            french=f"{company.no} est une personne. Donnez le numéro d'une compagnie.",
        ))
    return company


def _defaults(work: Work, company: Contact | None) -> dict[str, Any]:
    """The user's own salesperson, else the setup's (R-CON-6); above that, what the company hands down (R-CON-7)."""
    values: dict[str, Any] = {
        "salesperson_code": work.user.salesperson_code or work.setup.default_salesperson_code
    }
    if company is not None:
        values |= {name: value for name in _handed_down(work.setup) if (value := getattr(company, name)) is not None}
    return values


def _handed_down(setup: MarketingSetup) -> list[str]:
    return [name for flag, names in INHERITED.items() if getattr(setup, flag) for name in names]


def _check(work: Work, values: dict[str, Any], refusals: list[Refusal]) -> None:
    code = values.get("salesperson_code")
    if code is not None and not is_there(work, col(Salesperson.code), code):
        refusals.append(SalespersonNotFound("contact", "salesperson_code", key=code))
    for name in DIGITS.values():
        if any(char.isalpha() for char in values.get(name) or ""):
            refusals.append(Invalid(
                "contact", name, english="A phone number has no letters. Give digits, blanks and signs only.",
                french="Un numéro de téléphone n'a pas de lettres. Donnez seulement chiffres, espaces et signes.",
            ))
    refusals += too_long(Contact, values, "contact")
