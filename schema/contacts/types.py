"""Contacts: companies and their people."""

import datetime as dt
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, select

from persistence import contacts as tables
from persistence.segments import SegmentLine
from resolvers.interactions import queries as history
from schema.compiler.declarations import Alternatives
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, to_many, to_one
from schema.compiler.statement import Row, Statement
from schema.connections import connection_of
from schema.contacts.filters import CONTACT_KEY, CONTACT_ORDERS, ContactFilter, ContactOrder, search
from schema.enums import ContactType, CorrespondenceType
from schema.nodes import Node
from schema.statistics.types import statistics


def _its_entries(contact: Row | None, entry: Row, _: Statement) -> Alternatives:
    return history.of_contact(contact, entry)


def _its_segments(contact: Row | None, segment: Row, statement: Statement) -> Alternatives:
    assert contact is not None
    line = statement.row(SegmentLine)
    stands_on = select(line.c.segment_id).select_from(line.source).where(line.c.contact_no == contact.c.no)
    return [[segment.c.id.in_(stands_on)]]


def _its_people(company: Row | None, person: Row, _: Statement) -> Alternatives:
    assert company is not None
    return [[person.c.company_no == company.c.no, person.c.no != company.c.no]]


def _is_person(contact: Row) -> ColumnElement[bool]:
    return contact.c.type != ContactType.COMPANY.value


def _last_interaction(contact: Row, statement: Statement) -> ColumnElement[Any]:
    return history.last_interaction(contact, statement.row, statement.today)


def _last_attempt(contact: Row, statement: Statement) -> ColumnElement[Any]:
    return history.last_attempt(contact, statement.row, statement.today)


@entity(
    tables.Contact,
    "con",
    default=CONTACT_KEY,
    key_order=CONTACT_KEY,
    orders=CONTACT_ORDERS,
    filter=ContactFilter,
    order_input=ContactOrder,
)
class Contact(Node):
    """A company or a person that interactions are with. Lists and figures of a company include its people's
    (R-CON-4).
    """

    no: str = column("Its number, unique among contacts.")
    version: int = column("Rises with every change; hand it back as expectedVersion.")
    type: ContactType = column("Company or person.")
    name: str = column("Its name.")
    company_name: str | None = column("The name of its company; of a company its own.")
    job_title: str | None = column("What a person does at the company.")
    company = to_one(
        "contacts.Contact",
        "The company of a person; null for a company.",
        local="company_no",
        remote="no",
        when=_is_person,
    )
    address: str | None = column("Street and house number.")
    city: str | None = column("City.")
    post_code: str | None = column("Post code.")
    country_code: str | None = column("Country, as a code of the company's data.")
    territory_code: str | None = column("Territory, as a code of the company's data.")
    language_code: str | None = column("Language, as a code of the company's data such as ENU or FRC (K21).")
    phone_no: str | None = column("Phone number.")
    mobile_phone_no: str | None = column("Mobile phone number.")
    email: str | None = column("E-mail address.")
    correspondence_type: CorrespondenceType | None = column("The means of correspondence it prefers (R-CORR).")
    salesperson = to_one("salespeople.Salesperson", "Who looks after it.", local="salesperson_code", remote="code")
    exclude_from_segment: bool = column("Whether adding contacts to a segment leaves it out (R-ADD-5).")
    privacy_blocked: bool = column("Whether new interactions with it are refused (R-CON-11).")
    date_of_last_interaction: dt.date | None = computed(
        _last_interaction,
        "The date of the last interaction whose attempt did not fail. Canceled interactions and those dated after "
        "today do not count.",
    )
    last_date_attempted: dt.date | None = computed(
        _last_attempt,
        "The date of our last attempt, successful or not. Canceled attempts and those dated after today do not count.",
    )
    interaction_log_entries = to_many(
        "interactions.InteractionLogEntry", "Its finished interactions, newest first.", belongs=_its_entries
    )
    postponed_interactions = to_many(
        "interactions.PostponedInteraction",
        "Its interactions that wait to be finished, soonest first (R-PLIST).",
        belongs=_its_entries,
    )
    segments = to_many(
        "segments.Segment",
        "The open segments it stands on, by number.",
        belongs=_its_segments,
        filtered=False,
        ordered=False,
    )
    people = to_many(
        "contacts.Contact", "The people of a company, by number.", belongs=_its_people, filtered=False, ordered=False
    )
    statistics = statistics(
        "What its interactions add up to; a company's include its people's (R-CON-3, R-CON-4).", belongs=_its_entries
    )


ContactConnection, ContactEdge = connection_of("contacts.Contact")


@strawberry.type
class ContactQueries:
    """The fields of Query about contacts."""

    contact = by_key("contacts.Contact", "The contact with this number, or null.", "no", "no", "Its number.")
    contacts = to_many("contacts.Contact", "Contacts, by number unless ordered otherwise.", search=search)
