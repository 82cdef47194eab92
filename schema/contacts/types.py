"""Contacts: companies and their people."""

import datetime as dt

import strawberry

from persistence import contacts as tables
from resolvers.changes.queries import changes_of_contact
from resolvers.contacts import duplicates, last_dates, queries
from resolvers.contacts.search import search
from resolvers.roles import ADMINISTRATION, READS
from schema.compiler.declarations import Search
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, to_many, to_one
from schema.connections import connection_of
from schema.contacts.filters import CONTACT_KEY, CONTACT_ORDERS, ContactFilter, ContactOrder, by_few_interactions
from schema.enums import ContactType, CorrespondenceType, DuplicateReason
from schema.execution.graphql_internals import argument
from schema.nodes import VERSION, Node
from schema.statistics.types import statistics


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
    """A company or a person that the company interacts with. Lists and figures of a company include the interactions of
    its people.
    """

    no: str = column("The number of the contact, unique among contacts. It is never used again.")
    version: int = column(VERSION)
    type: ContactType = column("Whether the contact is a company or a person.")
    name: str = column("The name of the company or person.")
    company_name: str | None = column(
        "The name of the person's company, kept up to date; for a company its own name. Null for a person without a "
        "company."
    )
    job_title: str | None = column("The job title of a person.")
    company = to_one(
        "contacts.Contact",
        "The company that a person belongs to. Null for a company, and for a person without one.",
        local="company_no",
        remote="no",
        when=queries.is_person,
    )
    address: str | None = column("Street and house number.")
    city: str | None = column("The city of the address.")
    post_code: str | None = column("The post code of the address.")
    country_code: str | None = column("The country code of the address, such as CA.")
    territory_code: str | None = column("The code of the sales territory.")
    language_code: str | None = column(
        "The language code of the contact, such as ENU or FRC. New interactions use it if the template has it."
    )
    phone_no: str | None = column("The phone number, as entered.")
    mobile_phone_no: str | None = column("The mobile phone number, as entered.")
    email: str | None = column("The e-mail address.")
    home_page: str | None = column(
        "The address of the home page, as entered. It may be any text: check it before you make a link of it."
    )
    notes: str | None = column("Notes about the contact, in one or several lines. Null if there are none.")
    correspondence_type: CorrespondenceType | None = column(
        "The correspondence type that the contact prefers. Null: the template's default applies."
    )
    salesperson = to_one(
        "salespeople.Salesperson",
        "The salesperson responsible for the contact.",
        local="salesperson_code",
        remote="code",
    )
    exclude_from_segment: bool = column(
        "Whether the contact is left out when contacts are added to a segment, unless `ignoreExclusion` is true. Lines "
        "for it can still be added one by one."
    )
    privacy_blocked: bool = column("Whether new interactions with the contact are refused. Its history is kept.")
    contact_every_days: int | None = column(
        "Number of days after the last interaction after which `nextContacts` lists the contact. Null: it is not "
        "listed for this reason."
    )
    date_of_last_interaction: dt.date | None = computed(
        last_dates.last_interaction,
        "The date of the last interaction whose attempt did not fail. Canceled interactions and those dated after "
        "today do not count. Null without such an interaction.",
    )
    last_date_attempted: dt.date | None = computed(
        last_dates.last_attempt,
        "The date of the last attempt by the company, successful or not. Canceled attempts and those dated after today "
        "do not count. Null without such an attempt.",
    )
    interaction_log_entries = to_many(
        "interactions.InteractionLogEntry",
        "The logged interactions with the contact, newest first.",
        belongs=queries.interactions_of,
    )
    postponed_interactions = to_many(
        "interactions.PostponedInteraction",
        "The interactions with the contact that wait to be finished, by the day to resume.",
        belongs=queries.interactions_of,
    )
    segments = to_many(
        "segments.Segment",
        "The open segments with a line for the contact, by number.",
        belongs=queries.segments_of,
        filtered=False,
        ordered=False,
    )
    people = to_many(
        "contacts.Contact",
        "The people of a company, by number. Empty for a person.",
        belongs=queries.people_of,
        filtered=False,
        ordered=False,
    )
    possible_duplicates = to_many(
        "contacts.Contact",
        "Possible duplicates of the contact, by number: contacts of the same type with the same name, ignoring case "
        "and accents, or the same e-mail address. An address that a person shares with the company does not count. "
        "`mergeContacts` merges two of them.",
        belongs=duplicates.possible_duplicates,
    )
    duplicate_reasons: list[DuplicateReason] = computed(
        duplicates.reasons,
        "What the contact has in common with its possible duplicates. Empty if there are none.",
        argument(
            "of",
            str | None,
            "The number of another contact: only what both have in common; empty if that one is no possible duplicate. "
            "Default: what the contact has in common with any possible duplicate.",
        ),
    )
    changes = to_many(
        "changes.Change",
        "The changes of the contact, newest first.",
        belongs=changes_of_contact,
        filtered=False,
        ordered=False,
        access=ADMINISTRATION,
    )
    statistics = statistics(
        "Figures over the logged interactions with the contact; those of a company include its people's.",
        belongs=queries.interactions_of,
    )


ContactConnection, ContactEdge = connection_of("contacts.Contact")


@strawberry.type
class ContactQueries:
    """The fields of Query about contacts."""

    contact = by_key(
        "contacts.Contact",
        "The contact with this number; null if there is none.",
        "no",
        "no",
        "The number of the contact.",
        access=READS,
    )
    contacts = to_many(
        "contacts.Contact",
        "Contacts, by number unless ordered otherwise. `search` looks in number, name, company, city, e-mail address "
        "and phone numbers.",
        search=Search(
            lambda contact, text, sql: [[search(contact, text, sql)]],
            "At most 10 words. Each must occur in one of these texts, also inside a word; telephone numbers may have "
            "any format. Case and accents are ignored.",
        ),
        look_up=by_few_interactions,
        access=READS,
    )
