"""Mutations that create, update, delete and anonymize contacts."""

import strawberry

from resolvers.contacts import rules as contacts
from resolvers.roles import ADMINISTRATION, CHANGES_OWN, CREATES
from schema.access import mutation
from schema.cards import Card
from schema.enums import ContactType, CorrespondenceType
from schema.execution.context import Info
from schema.inputs import idempotency_key, optional, required
from schema.payload_fields import object_field
from schema.payloads import Payload, payload


@strawberry.input(
    description="The fields of a contact. A person also inherits fields of its company, as the marketing setup says."
)
class ContactInput:
    type: ContactType | None = optional(
        "Whether the contact is a company or a person. Default: company. Cannot change once the contact has "
        "interactions."
    )
    name: str | None = optional("The name: 1 to 100 characters. Required when the contact is created.")
    company_no: str | None = optional("The number of the company that a person belongs to.")
    salesperson_code: str | None = optional(
        "The salesperson who is responsible for the contact. Default: the user's own salesperson, else the default of "
        "the marketing setup."
    )
    job_title: str | None = optional("The job title of a person, at most 30 characters.")
    address: str | None = optional("Street and house number, at most 100 characters.")
    city: str | None = optional("The city, at most 50 characters.")
    post_code: str | None = optional("The post code, at most 20 characters.")
    country_code: str | None = optional("The country, a code of at most 10 characters.")
    territory_code: str | None = optional("The sales territory, a code of at most 10 characters.")
    language_code: str | None = optional("The language, a code of at most 10 characters such as ENU or FRC.")
    phone_no: str | None = optional("The phone number, at most 30 characters; an extension may follow it.")
    mobile_phone_no: str | None = optional(
        "The mobile phone number, at most 30 characters; an extension may follow it."
    )
    email: str | None = optional("The e-mail address, at most 80 characters.")
    home_page: str | None = optional(
        "The address of the home page: one line of at most 80 characters, stored as given."
    )
    notes: str | None = optional(
        "What is noted about the contact: at most 32,000 characters, in one or several lines. Lists cannot be filtered "
        "by it."
    )
    correspondence_type: CorrespondenceType | None = optional(
        "The correspondence type that the contact prefers. It takes precedence over that of a template that does not "
        "ignore it."
    )
    exclude_from_segment: bool | None = optional(
        "Whether the contact is left out when contacts are added to segments. Default: false."
    )
    privacy_blocked: bool | None = optional("Whether new interactions with the contact are refused. Default: false.")


@strawberry.input(description="The contact to anonymize. This cannot be undone.")
class AnonymizeContactInput:
    no: str = required("The number of the contact.")
    idempotency_key: str | None = idempotency_key()


@payload
class AnonymizeContactPayload(Payload[contacts.ContactAnonymized]):
    """Result of anonymizeContact."""

    contact = object_field(
        "contacts.Contact",
        "The anonymized contact. Null if the mutation was refused, or if the contact had been deleted before.",
        "id",
    )


CARD = Card("contacts.Contact", ContactInput, contacts.ContactFields, key="no")


@strawberry.type
class ContactMutations:
    """The fields of Mutation about contacts."""

    create_contact = CARD.create_with_number(contacts.create, "Create a contact.", access=CREATES)
    update_contact = CARD.update(
        contacts.update,
        "Change fields of a contact. If the contact is a company, fields that its people inherit also change for those "
        "people who had the company's old value.",
        access=CHANGES_OWN,
    )
    delete_contact = CARD.delete(
        contacts.delete,
        "Delete a contact; a company is deleted together with its people. Refused with IN_USE while an interaction, a "
        "postponed interaction or a segment refers to one of them; block it for privacy instead.",
        access=ADMINISTRATION,
    )

    @mutation(
        "Remove the personal data of a contact for good: name, address, phone numbers, e-mail address, "
        "home page, job title, notes, comments on its interactions, and old values in the change log. The contact is "
        "blocked for privacy; its interactions and all figures stay.",
        access=ADMINISTRATION,
    )
    async def anonymize_contact(self, info: Info, input: AnonymizeContactInput) -> AnonymizeContactPayload | None:
        return AnonymizeContactPayload.of(await info.context.write(info, input, contacts.anonymize, input.no))
