"""The fields of a contact: their normalization, their checks, and which a person inherits from the company (A.2,
R-CON-7).
"""

from collections.abc import Callable, Mapping
from typing import TypedDict

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy import Table as SqlTable
from sqlmodel import select as select_models

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.setup import MarketingSetup
from persistence.sql.folding import comparable_email, fold
from persistence.texts.phones_v1 import search_form
from resolvers.amounts import check_days, days
from resolvers.errors import Invalid, Refusal, Translated, as_given
from resolvers.master_data import CardKind, Normalizer, normalized, required_text, text
from resolvers.references import check_existence
from resolvers.refusals import ContactNotFound
from resolvers.work import Work, check_texts, key

INPUT = "contact"
BATCH_SIZE = 2_000
CONTACTS = CardKind(
    Contact,
    "no",
    ContactNotFound,
    advice=Translated(
        "Block it for privacy instead (privacyBlocked).",
        "Bloquez-le plutôt pour des raisons de confidentialité (privacyBlocked).",
    ),
)
NORMALIZERS: dict[str, Normalizer] = {
    "company_no": key,
    "salesperson_code": key,
    "job_title": text,
    "address": text,
    "city": text,
    "post_code": key,
    "country_code": key,
    "territory_code": key,
    "language_code": key,
    "phone_no": text,
    "mobile_phone_no": text,
    "email": text,
    "home_page": text,
    "notes": text,
    "exclude_from_segment": bool,
    "privacy_blocked": bool,
    "contact_every_days": days,
}
"""How each field is normalized before it is stored: as a code, a text, a flag or a number of days. The import parses
cells likewise.
"""

FOLDED: dict[str, tuple[str, int, Callable[[str], str | None]]] = {
    "search_name": ("name", 200, fold),
    "search_company_name": ("company_name", 200, fold),
    "search_city": ("city", 100, fold),
    "search_email": ("email", 160, comparable_email),
    "search_home_page": ("home_page", 160, fold),
}
"""The search columns: the column that each repeats, its maximum length, and how the text is folded."""

PHONES = {"search_phone": "phone_no", "search_mobile_phone": "mobile_phone_no"}
"""The search columns of telephone numbers, whose values also depend on the country."""

INHERITED = {
    "inherit_salesperson": ("salesperson_code",),
    "inherit_territory": ("territory_code",),
    "inherit_country": ("country_code",),
    "inherit_language": ("language_code",),
    "inherit_address": ("address", "city", "post_code"),
    "inherit_communication": ("phone_no", "mobile_phone_no", "email", "correspondence_type"),
}
"""The columns that a person inherits from the company, for each flag of the marketing setup (R-CON-7)."""

PERSONAL_COLUMNS = (
    "job_title",
    "address",
    "city",
    "post_code",
    "phone_no",
    "mobile_phone_no",
    "email",
    "home_page",
    "notes",
)
"""The columns that anonymizing a contact clears."""


class ContactFields(TypedDict, total=False):
    """The fields of a contact. Absent fields are not changed; null clears a field or sets a flag to false."""

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
    home_page: str | None
    notes: str | None
    correspondence_type: str | None
    exclude_from_segment: bool | None
    privacy_blocked: bool | None
    contact_every_days: int | None


def folded_columns(values: Mapping[str, object]) -> dict[str, str | None]:
    """The search columns of texts (`FOLDED`): in lower case, and except in e-mail addresses without accents.

    Contains only the columns whose source is in `values`: an update passes what it changes, an import the whole row.
    """
    columns: dict[str, str | None] = {}
    for column, (source, length, fold_text) in FOLDED.items():
        if source in values:
            value = values[source]
            columns[column] = (fold_text(value) or "")[:length] if isinstance(value, str) else None
    return columns


def phone_columns(values: Mapping[str, object], before: Contact | None = None) -> dict[str, str | None]:
    """The search columns of telephone numbers for a contact that gets these values.

    Empty if neither the numbers nor the country change. `before` is the stored contact.
    """
    if not {"country_code", *PHONES.values()} & values.keys():
        return {}
    country, *numbers = (
        values[name] if name in values else getattr(before, name, None) for name in ("country_code", *PHONES.values())
    )
    return {column: search_form(_text(no), _text(country)) for column, no in zip(PHONES, numbers, strict=True)}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def write_phone_columns(work: Work, *where: ColumnElement[bool], rows: SqlTable | None = None) -> None:
    """Update the search columns of telephone numbers in the contacts that meet the conditions, after their numbers or
    countries changed. `rows` is another table with these columns.
    """
    rows = table_of(Contact) if rows is None else rows
    (row_key,) = rows.primary_key.columns
    columns = [rows.c[name] for name in (*PHONES, *PHONES.values())]
    contacts = select(row_key.label("key"), rows.c.country_code, *columns).where(
        *where, or_(*(column.is_not(None) for column in columns))
    )
    changed = []
    for contact in work.session.execute(contacts).mappings():
        new = phone_columns({str(name): value for name, value in contact.items()})
        if any(contact[name] != value for name, value in new.items()):
            changed.append({"of_key": contact["key"], **{f"new_{name}": value for name, value in new.items()}})
    statement = (
        update(rows).where(row_key == bindparam("of_key")).values({name: bindparam(f"new_{name}") for name in PHONES})
    )
    for first in range(0, len(changed), BATCH_SIZE):
        work.session.connection().execute(statement, changed[first : first + BATCH_SIZE])


def normalized_contact(fields: ContactFields, refusals: list[Refusal]) -> ContactFields:
    """The fields as they are stored. Adds a refusal for a blank name."""
    values = normalized(fields, NORMALIZERS)
    if "name" in values:
        values["name"] = required_text(values["name"], refusals, INPUT, "name")
    return values


def check_type(type: str | None) -> list[Refusal]:
    """A refusal if the type is null."""
    if type is not None:
        return []
    return [
        Invalid(
            INPUT,
            "type",
            english="A contact is a company or a person. Give its type.",
            french="Un contact est soit une compagnie, soit une personne. Indiquez son type.",
        )
    ]


def company_of_person(work: Work, company_no: str, refusals: list[Refusal]) -> Contact | None:
    """The company that a person gets. Adds a refusal if it does not exist or is itself a person.

    It cannot change until the transaction ends, so that the person gets its current name.
    """
    shared_lock = select_models(Contact).filter_by(no=company_no).with_for_update(read=True)
    company = work.session.exec(shared_lock).one_or_none()
    if company is None:
        refusals.append(ContactNotFound(INPUT, "company_no", key=company_no))
    elif company.type != ContactType.COMPANY:
        given = as_given(company_no)
        refusals.append(
            Invalid(
                INPUT,
                "company_no",
                english=f"{given} is a person. Give the number of a company.",
                french=f"{given} est une personne. Donnez le numéro d’une compagnie.",
            )
        )
    return company


def company_with_company() -> Refusal:
    """The refusal of a company number for a company, which always is its own company."""
    return Invalid(
        INPUT,
        "company_no",
        english="A company cannot belong to another company. Omit companyNo.",
        french="Une compagnie ne peut pas appartenir à une autre. Omettez companyNo.",
    )


def inherited_columns(setup: MarketingSetup) -> list[str]:
    """The columns that people inherit from their company according to the marketing setup (R-CON-7)."""
    return [name for flag, names in INHERITED.items() if getattr(setup, flag) for name in names]


def check(work: Work, values: ContactFields, before: Contact | None = None) -> list[Refusal]:
    """Refusals for a salesperson that does not exist and for invalid texts. Values equal to those of the stored contact
    `before` are not checked.
    """
    refusals = check_existence(work, values, ["salesperson_code"], INPUT)
    refusals += check_days(values.get("contact_every_days"), INPUT, "contact_every_days")
    return refusals + check_texts(Contact, values, INPUT, before=before)
