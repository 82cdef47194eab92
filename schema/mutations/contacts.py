"""Creating contacts and salespeople."""

from typing import Optional

import strawberry

from resolvers import contacts, salespeople
from schema.inputs import given, key_to_repeat, optional, or_none, required
from schema.payloads import Payload, payload, shown
from schema.vocabulary import ContactType, CorrespondenceType


@strawberry.input(description="The fields of a contact.")
class ContactInput:
    type: Optional[ContactType] = optional("Company or person; a new contact is a company unless said.")
    name: Optional[str] = optional("Its name, at most 100 characters; needed.")
    company_no: Optional[str] = optional("The company of a person; what it inherits is up to the marketing setup (R-CON-7).")
    salesperson_code: Optional[str] = optional("Who looks after it; else the user's own salesperson, else the setup's (R-CON-6).")
    job_title: Optional[str] = optional("What a person does, at most 30 characters.")
    address: Optional[str] = optional("Street and house number, at most 100 characters.")
    city: Optional[str] = optional("City, at most 50 characters.")
    post_code: Optional[str] = optional("Post code, at most 20 characters.")
    country_code: Optional[str] = optional("Country, a code of at most 10 characters.")
    territory_code: Optional[str] = optional("Territory, a code of at most 10 characters.")
    language_code: Optional[str] = optional("Language, a code of at most 10 characters such as ENU or FRC (K21).")
    phone_no: Optional[str] = optional("Phone number, at most 30 characters, no letters.")
    mobile_phone_no: Optional[str] = optional("Mobile phone number, at most 30 characters, no letters.")
    email: Optional[str] = optional("E-mail address, at most 80 characters.")
    correspondence_type: Optional[CorrespondenceType] = optional("The means of correspondence it prefers (R-CORR).")
    exclude_from_segment: Optional[bool] = optional("Whether adding contacts to a segment leaves it out (R-ADD-5).")
    privacy_blocked: Optional[bool] = optional("Whether new interactions with it are refused (R-CON-11).")


@strawberry.input(description="A new contact.")
class CreateContactInput:
    no: Optional[str] = optional("Its number, where the series allows numbers by hand; else the next of the series (R-NUM).")
    contact: ContactInput = required("The contact.")
    idempotency_key: Optional[str] = key_to_repeat()


@payload
class CreateContactPayload(Payload):
    """What createContact did."""

    contact = shown("contacts.Contact", "The new contact.", "id")


@strawberry.input(description="The fields of a salesperson.")
class SalespersonInput:
    name: Optional[str] = optional("Their name, at most 50 characters; needed.")
    email: Optional[str] = optional("E-mail address, at most 80 characters.")
    job_title: Optional[str] = optional("What they do, at most 30 characters.")
    phone_no: Optional[str] = optional("Phone number, at most 30 characters.")
    blocked: Optional[bool] = optional("Whether they are refused for new work (K10).")


@strawberry.input(description="A new salesperson.")
class CreateSalespersonInput:
    code: str = required("Their code, at most 20 characters; trimmed and upper-cased.")
    salesperson: SalespersonInput = required("The salesperson.")
    idempotency_key: Optional[str] = key_to_repeat()


@payload
class CreateSalespersonPayload(Payload):
    """What createSalesperson did."""

    salesperson = shown("salespeople.Salesperson", "The new salesperson.", "id")


@strawberry.type
class ContactMutations:
    """The fields of Mutation about contacts and salespeople."""

    @strawberry.mutation(description="Create a contact, numbered by the contact series unless a number is given (R-CON-6).")
    async def create_contact(self, info: strawberry.Info, input: CreateContactInput) -> Optional[CreateContactPayload]:
        return await info.context.write(info, input, contacts.create, given(input.contact), no=or_none(input.no))

    @strawberry.mutation(description="Create a salesperson (A.3).")
    async def create_salesperson(
        self, info: strawberry.Info, input: CreateSalespersonInput
    ) -> Optional[CreateSalespersonPayload]:
        return await info.context.write(info, input, salespeople.create, input.code, given(input.salesperson))
