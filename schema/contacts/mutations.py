"""Contacts: creating, changing, deleting and anonymizing them."""

import strawberry

from resolvers.contacts import rules as contacts
from schema.enums import ContactType, CorrespondenceType
from schema.inputs import given, key_to_repeat, optional, or_none, required, version_expected
from schema.payloads import Payload, gone, payload, shown


@strawberry.input(description="The fields of a contact.")
class ContactInput:
    type: ContactType | None = optional("Company or person; a new contact is a company unless said.")
    name: str | None = optional("Its name, at most 100 characters; needed.")
    company_no: str | None = optional(
        "The company of a person; what it inherits is up to the marketing setup (R-CON-7)."
    )
    salesperson_code: str | None = optional(
        "Who looks after it; else the user's own salesperson, else the setup's (R-CON-6)."
    )
    job_title: str | None = optional("What a person does, at most 30 characters.")
    address: str | None = optional("Street and house number, at most 100 characters.")
    city: str | None = optional("City, at most 50 characters.")
    post_code: str | None = optional("Post code, at most 20 characters.")
    country_code: str | None = optional("Country, a code of at most 10 characters.")
    territory_code: str | None = optional("Territory, a code of at most 10 characters.")
    language_code: str | None = optional("Language, a code of at most 10 characters such as ENU or FRC (K21).")
    phone_no: str | None = optional("Phone number, at most 30 characters; an extension may follow it.")
    mobile_phone_no: str | None = optional("Mobile phone number, at most 30 characters; an extension may follow it.")
    email: str | None = optional("E-mail address, at most 80 characters.")
    correspondence_type: CorrespondenceType | None = optional("The means of correspondence it prefers (R-CORR).")
    exclude_from_segment: bool | None = optional("Whether adding contacts to a segment leaves it out (R-ADD-5).")
    privacy_blocked: bool | None = optional("Whether new interactions with it are refused (R-CON-11).")


@strawberry.input(description="A new contact.")
class CreateContactInput:
    no: str | None = optional(
        "Its number, where the series allows numbers by hand; else the next of the series (R-NUM)."
    )
    contact: ContactInput = required("The contact.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateContactPayload(Payload):
    """What createContact did."""

    contact = shown("contacts.Contact", "The new contact.", "id")


@strawberry.input(description="A change of a contact; what is left out stays.")
class UpdateContactInput:
    no: str = required("Its number.")
    contact: ContactInput = required("What changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@payload
class UpdateContactPayload(Payload):
    """What updateContact did."""

    contact = shown("contacts.Contact", "The contact as it is now.", "id")


@strawberry.input(description="The contact that is to be deleted.")
class DeleteContactInput:
    no: str = required("Its number.")
    idempotency_key: str | None = key_to_repeat()


@payload
class DeleteContactPayload(Payload):
    """What deleteContact did."""

    deleted_id: strawberry.ID | None = gone("contacts.Contact", "The id that is gone; null when it was refused.")


@strawberry.input(description="The contact that is to be nobody any more. There is no way back.")
class AnonymizeContactInput:
    no: str = required("Its number.")
    idempotency_key: str | None = key_to_repeat()


@payload
class AnonymizeContactPayload(Payload):
    """What anonymizeContact did."""

    contact = shown("contacts.Contact", "The contact as it is now; null when it had been deleted.", "id")


@strawberry.type
class ContactMutations:
    """The fields of Mutation about contacts."""

    @strawberry.mutation(
        description="Create a contact, numbered by the contact series unless a number is given (R-CON-6)."
    )
    async def create_contact(self, info: strawberry.Info, input: CreateContactInput) -> CreateContactPayload | None:
        return await info.context.write(info, input, contacts.create, given(input.contact), no=or_none(input.no))

    @strawberry.mutation(
        description="Change a contact. What changes of a company changes in its people where they had the same "
        "(R-CON-5 to 8, R-CON-10)."
    )
    async def update_contact(self, info: strawberry.Info, input: UpdateContactInput) -> UpdateContactPayload | None:
        return await info.context.write(
            info,
            input,
            contacts.update,
            input.no,
            given(input.contact),
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(
        description="Delete a contact, a company with its people, unless history or anything open uses it (R-CON-9, "
        "K6)."
    )
    async def delete_contact(self, info: strawberry.Info, input: DeleteContactInput) -> DeleteContactPayload | None:
        return await info.context.write(info, input, contacts.delete, input.no)

    @strawberry.mutation(
        description="Blank who a contact is, for good: name, address, phones, e-mail, job title, comments on its "
        "interactions, old values in the change log. It is blocked for privacy; its interactions and all figures stay."
    )
    async def anonymize_contact(
        self, info: strawberry.Info, input: AnonymizeContactInput
    ) -> AnonymizeContactPayload | None:
        return await info.context.write(info, input, contacts.anonymize, input.no)
