"""The fields of a contact: as they are kept, what speaks against them, and which a company hands down (A.2,
R-CON-7).
"""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlmodel import col
from sqlmodel import select as select_models

from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.folding import comparable_email, fold
from persistence.phones_v1 import search_form
from persistence.salespeople import Salesperson
from persistence.setup import MarketingSetup
from resolvers.changes.rules import table
from resolvers.errors import Invalid, Refusal, as_given
from resolvers.master_data import is_there, required, text
from resolvers.refusals import ContactNotFound, SalespersonNotFound
from resolvers.work import Work, key, unfit_texts

ROOM = "contact"
WORDS = ("job_title", "address", "city", "phone_no", "mobile_phone_no", "email")
CODES = ("company_no", "salesperson_code", "post_code", "country_code", "territory_code", "language_code")
BATCH_SIZE = 2_000
MARKS = ("exclude_from_segment", "privacy_blocked")
COMPARED: dict[str, tuple[str, int, Callable[[str], str | None]]] = {
    "search_name": ("name", 200, fold),
    "search_company_name": ("company_name", 200, fold),
    "search_city": ("city", 100, fold),
    "search_email": ("email", 160, comparable_email),
}
"""The search columns: from which column, how long, and with which normalization."""

PHONES = {"search_phone": "phone_no", "search_mobile_phone": "mobile_phone_no"}
"""The search columns of telephone numbers, which also depend on the country."""

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


def folded_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The search columns: names without case and accents, e-mail addresses without case.

    Answers those whose source is in `values`, so an update passes what it changes and an import the whole row.
    """
    found: dict[str, Any] = {}
    for column, (source, width, form) in COMPARED.items():
        if source in values:
            found[column] = None if values[source] is None else (form(values[source]) or "")[:width]
    return found


def phone_columns(values: Mapping[str, Any], before: Contact | None = None) -> dict[str, Any]:
    """The search columns of telephone numbers for a contact that gets these values.

    Empty if neither its numbers nor its country change.
    """
    if not {"country_code", *PHONES.values()} & values.keys():
        return {}
    country, *numbers = (
        values[name] if name in values else getattr(before, name, None) for name in ("country_code", *PHONES.values())
    )
    return {column: search_form(number, country) for column, number in zip(PHONES, numbers, strict=True)}


def write_phone_columns(work: Work, *where: ColumnElement[bool]) -> None:
    """Recompute the search columns of telephone numbers of many contacts, after their numbers or countries changed."""
    rows = table(Contact)
    columns = [rows.c[name] for name in (*PHONES, *PHONES.values())]
    contacts = select(rows.c.id, rows.c.country_code, *columns).where(
        *where, or_(*(each.is_not(None) for each in columns))
    )
    changed = []
    for contact in work.session.execute(contacts).mappings():
        new = phone_columns(dict(contact))
        if any(contact[name] != value for name, value in new.items()):
            changed.append({"its_id": contact["id"], **{f"new_{name}": value for name, value in new.items()}})
    statement = (
        update(rows).where(rows.c.id == bindparam("its_id")).values({name: bindparam(f"new_{name}") for name in PHONES})
    )
    for first in range(0, len(changed), BATCH_SIZE):
        work.session.connection().execute(statement, changed[first : first + BATCH_SIZE])


def as_kept(fields: ContactFields, refusals: list[Refusal]) -> dict[str, Any]:
    """What was given, as it is kept. A name and a type must be there."""
    given: dict[str, Any] = {**fields}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name == "name":
            values[name] = required(value, refusals, ROOM, name)
        elif name in CODES:
            values[name] = key(value)
        elif name in WORDS:
            values[name] = text(value)
        elif name in MARKS:
            values[name] = bool(value)
        else:
            values[name] = value
    return values


def check_type(type: str | None, refusals: list[Refusal]) -> None:
    """A contact is one or the other."""
    if type is None:
        refusals.append(
            Invalid(
                ROOM,
                "type",
                english="A contact is a company or a person. Say which.",
                french="Un contact est soit une compagnie, soit une personne. Indiquez son type.",
            )
        )


def company_of_person(work: Work, company_no: str, refusals: list[Refusal]) -> Contact | None:
    """The company that a person is put under; refuses one that is not there or is a person.

    It stays as it is until the transaction ends, so that the person gets the name that it has.
    """
    shared = select_models(Contact).filter_by(no=company_no).with_for_update(read=True)
    company = work.session.exec(shared).one_or_none()
    if company is None:
        refusals.append(ContactNotFound(ROOM, "company_no", no=company_no))
    elif company.type != ContactType.COMPANY:
        given = as_given(company_no)
        refusals.append(
            Invalid(
                ROOM,
                "company_no",
                english=f"{given} is a person. Give the number of a company.",
                french=f"{given} est une personne. Donnez le numéro d’une compagnie.",
            )
        )
    return company


def no_company_of_companies() -> Refusal:
    """A company is its own company and nobody else's."""
    return Invalid(
        ROOM,
        "company_no",
        english="A company belongs to no other company. Leave companyNo out.",
        french="Une compagnie n’appartient à aucune autre. Omettez companyNo.",
    )


def handed_down(setup: MarketingSetup) -> list[str]:
    """What people take from their company, as the marketing setup has it (R-CON-7)."""
    return [name for flag, names in INHERITED.items() if getattr(setup, flag) for name in names]


def check(work: Work, values: Mapping[str, Any], before: Contact | None = None) -> list[Refusal]:
    """Refusals for missing salespeople and invalid texts; for an existing contact only those about changed values."""
    refusals: list[Refusal] = []
    code = values.get("salesperson_code")
    if code is not None and not is_there(work, col(Salesperson.code), code):
        refusals.append(SalespersonNotFound(ROOM, "salesperson_code", key=code))
    return refusals + unfit_texts(Contact, values, ROOM, before=before)
