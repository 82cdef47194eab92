"""Creating contacts and salespeople."""


import strawberry

from resolvers import contacts, salespeople
from schema.inputs import given, key_to_repeat, optional, or_none, required
from schema.payloads import Payload, payload, shown
from schema.vocabulary import ContactType, CorrespondenceType


@strawberry.input(description="The fields of a contact.")
class ContactInput:
    type: ContactType | None = optional("Company or person; a new contact is a company unless said.")
    name: str | None = optional("Its name, at most 100 characters; needed.")
    company_no: str | None = optional("The company of a person; what it inherits is up to the marketing setup (R-CON-7).")
    salesperson_code: str | None = optional("Who looks after it; else the user's own salesperson, else the setup's (R-CON-6).")
    job_title: str | None = optional("What a person does, at most 30 characters.")
    address: str | None = optional("Street and house number, at most 100 characters.")
    city: str | None = optional("City, at most 50 characters.")
    post_code: str | None = optional("Post code, at most 20 characters.")
    country_code: str | None = optional("Country, a code of at most 10 characters.")
    territory_code: str | None = optional("Territory, a code of at most 10 characters.")
    language_code: str | None = optional("Language, a code of at most 10 characters such as ENU or FRC (K21).")
    phone_no: str | None = optional("Phone number, at most 30 characters, no letters.")
    mobile_phone_no: str | None = optional("Mobile phone number, at most 30 characters, no letters.")
    email: str | None = optional("E-mail address, at most 80 characters.")
    correspondence_type: CorrespondenceType | None = optional("The means of correspondence it prefers (R-CORR).")
    exclude_from_segment: bool | None = optional("Whether adding contacts to a segment leaves it out (R-ADD-5).")
    privacy_blocked: bool | None = optional("Whether new interactions with it are refused (R-CON-11).")


@strawberry.input(description="A new contact.")
class CreateContactInput:
    no: str | None = optional("Its number, where the series allows numbers by hand; else the next of the series (R-NUM).")
    contact: ContactInput = required("The contact.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateContactPayload(Payload):
    """What createContact did."""

    contact = shown("contacts.Contact", "The new contact.", "id")


@strawberry.input(description="The fields of a salesperson.")
class SalespersonInput:
    name: str | None = optional("Their name, at most 50 characters; needed.")
    email: str | None = optional("E-mail address, at most 80 characters.")
    job_title: str | None = optional("What they do, at most 30 characters.")
    phone_no: str | None = optional("Phone number, at most 30 characters.")
    blocked: bool | None = optional("Whether they are refused for new work (K10).")


@strawberry.input(description="A new salesperson.")
class CreateSalespersonInput:
    code: str = required("Their code, at most 20 characters; trimmed and upper-cased.")
    salesperson: SalespersonInput = required("The salesperson.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateSalespersonPayload(Payload):
    """What createSalesperson did."""

    salesperson = shown("salespeople.Salesperson", "The new salesperson.", "id")


@strawberry.type
class ContactMutations:
    """The fields of Mutation about contacts and salespeople."""

    @strawberry.mutation(description="Create a contact, numbered by the contact series unless a number is given (R-CON-6).")
    async def create_contact(self, info: strawberry.Info, input: CreateContactInput) -> CreateContactPayload | None:
        return await info.context.write(info, input, contacts.create, given(input.contact), no=or_none(input.no))

    @strawberry.mutation(description="Create a salesperson (A.3).")
    async def create_salesperson(
        self, info: strawberry.Info, input: CreateSalespersonInput
    ) -> CreateSalespersonPayload | None:
        return await info.context.write(info, input, salespeople.create, input.code, given(input.salesperson))
