"""Contacts: companies and their people (A.2)."""

import datetime as dt

from sqlalchemy import Boolean, CheckConstraint, Index, and_, column
from sqlmodel import Field

from persistence.columns import EnumCheck, Table, free_text, index, key, surrogate_key, table_options
from persistence.enums import ContactType, CorrespondenceType


class Contact(Table, table=True):
    """A company or a person. A company's `company_no` is its own number; a person without company has none.

    The `search_…` columns hold the normalized form in which a field is compared: names, cities and home pages
    folded, e-mail addresses in lower case, telephone numbers in digits (see `persistence.sql.folding` and
    `persistence.texts.phones_v1`). `resolvers.contacts` writes them.
    """

    __tablename__ = "contact"
    __table_args__ = (
        EnumCheck("type", ContactType),
        EnumCheck("correspondence_type", CorrespondenceType),
        CheckConstraint("type <> 'COMPANY' OR company_no = no", name="company_is_its_own"),
        Index("ix_contact_search_name_no", "search_name", "no"),
        Index("ix_contact_company_no_no", "company_no", "no"),
        Index("ix_contact_salesperson_code_no", "salesperson_code", "no"),
        Index("ix_contact_search_company_name_no", "search_company_name", "no"),
        Index("ix_contact_search_city_no", "search_city", "no"),
        Index("ix_contact_search_email_no", "search_email", "no"),
        Index("ix_contact_search_home_page_no", "search_home_page", "no"),
        index(
            "ix_contact_contact_every_days",
            "type",
            "contact_every_days",
            "no",
            where=column("contact_every_days").is_not(None),
        ),
        index("ix_contact_privacy_blocked", "no", where=and_(column("privacy_blocked", Boolean()))),
        table_options(never_reuse_keys=True),
    )

    id: int | None = surrogate_key()
    no: str = Field(sa_type=key(20), unique=True)
    version: int = 1
    type: str = Field(sa_type=key(10))
    name: str = Field(sa_type=free_text(100))
    search_name: str = Field(sa_type=key(200))
    company_no: str | None = Field(default=None, sa_type=key(20), foreign_key="contact.no")
    company_name: str | None = Field(default=None, sa_type=free_text(100))
    search_company_name: str | None = Field(default=None, sa_type=key(200))
    job_title: str | None = Field(default=None, sa_type=free_text(30))
    address: str | None = Field(default=None, sa_type=free_text(100))
    city: str | None = Field(default=None, sa_type=free_text(50))
    search_city: str | None = Field(default=None, sa_type=key(100))
    post_code: str | None = Field(default=None, sa_type=key(20))
    country_code: str | None = Field(default=None, sa_type=key(10))
    territory_code: str | None = Field(default=None, sa_type=key(10))
    language_code: str | None = Field(default=None, sa_type=key(10))
    phone_no: str | None = Field(default=None, sa_type=free_text(30))
    search_phone: str | None = Field(default=None, sa_type=key(80))
    mobile_phone_no: str | None = Field(default=None, sa_type=free_text(30))
    search_mobile_phone: str | None = Field(default=None, sa_type=key(80))
    email: str | None = Field(default=None, sa_type=free_text(80))
    search_email: str | None = Field(default=None, sa_type=key(160))
    home_page: str | None = Field(default=None, sa_type=free_text(80))
    search_home_page: str | None = Field(default=None, sa_type=key(160))
    notes: str | None = Field(default=None, sa_type=free_text(32_000))
    """Neither folded nor in an index: PostgreSQL refuses index entries of some thousand bytes."""
    correspondence_type: str | None = Field(default=None, sa_type=key(10))
    salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    exclude_from_segment: bool = False
    privacy_blocked: bool = False
    contact_every_days: int | None = None
    created_on: dt.date | None = None
    """The company's date when the contact was created; of contacts before version 0025 as far as it is known."""
