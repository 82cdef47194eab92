"""Mutations that create, update, delete, merge and anonymize contacts."""

from dataclasses import asdict

import strawberry

from resolvers.contacts import rules as contacts
from resolvers.roles import ADMINISTRATION, CHANGES_OWN, CREATES
from schema.access import mutation
from schema.cards import Card
from schema.enums import ContactType, CorrespondenceType
from schema.execution.context import Info
from schema.inputs import dry_run, idempotency_key, optional, or_none, required
from schema.payload_fields import id_field, object_field, outcome_field
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
        "Notes about the contact: at most 32,000 characters, in one or several lines. Lists cannot be filtered by them."
    )
    correspondence_type: CorrespondenceType | None = optional(
        "The correspondence type that the contact prefers. It takes precedence over that of a template that does not "
        "ignore it."
    )
    exclude_from_segment: bool | None = optional(
        "Whether the contact is left out when contacts are added to segments. Default: false."
    )
    contact_every_days: int | None = optional(
        "Number of days after the last interaction after which `nextContacts` lists the contact: 1 to 3,660. Default: "
        "null, it is not listed for this reason."
    )
    privacy_blocked: bool | None = optional("Whether new interactions with the contact are refused. Default: false.")


@strawberry.input(description="The contact to anonymize. This cannot be undone.")
class AnonymizeContactInput:
    no: str = required("The number of the contact, also of one that was deleted.")
    idempotency_key: str | None = idempotency_key()


@payload
class AnonymizeContactPayload(Payload[contacts.ContactAnonymized]):
    """Result of anonymizeContact."""

    contact = object_field(
        "contacts.Contact",
        "The anonymized contact. Null if the mutation was refused, or if the contact was deleted before: then its "
        "personal data was removed from the change log.",
        "id",
    )


@strawberry.input(description="Two contacts that are the same person or company. This cannot be undone.")
class MergeContactsInput:
    no: str = required("The number of the contact that stays.")
    merged_no: str = required(
        "The number of the contact that is merged into it and deleted. It must have the same type. Its number is "
        "never used again."
    )
    keep_from_merged: list[str] | None = optional(
        "The names of fields of ContactInput, such as `phoneNo`, whose values are taken from the merged contact, even "
        "if they are null. Default: none; the contact that stays keeps its own values. It is excluded from segments, "
        "or blocked for privacy, if one of the two contacts is, whatever is named here. Unless `notes` is named, it "
        "gets the notes of both, with a blank line between them."
    )
    dry_run: bool = dry_run()
    expected_version: int | None = optional(
        "The version of the contact that stays, as you have read it. Refused with STALE_VERSION if it was changed "
        "since then."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="A field in which the two merged contacts differ.")
class ContactDifference:
    field: str = strawberry.field(description="The name of the field in ContactInput, such as `phoneNo`.")
    value: str | None = strawberry.field(description="The value of the contact that stays, before the merge, as text.")
    merged_value: str | None = strawberry.field(description="The value of the merged contact, as text.")


@payload
class MergeContactsPayload(Payload[contacts.ContactsMerged]):
    """Result of mergeContacts. In a dry run, the numbers say what would happen."""

    contact = object_field(
        "contacts.Contact",
        "The contact that stays, with its new values; in a dry run with its present ones. Null if the mutation was "
        "refused.",
        "id",
    )
    merged_id: strawberry.ID | None = id_field(
        "contacts.Contact",
        "The id that the merged contact had. Null in a dry run or if the mutation was refused.",
        "merged_id",
    )
    entries_moved: int = outcome_field(
        "Number of logged interactions that moved: those of the merged contact; of a company also those of its people, "
        "whose company changed."
    )
    postponed_moved: int = outcome_field("Number of postponed interactions that moved, counted in the same way.")
    lines_moved: int = outcome_field("Number of lines of open and logged segments that moved, counted in the same way.")

    @strawberry.field(description="The fields in which the two contacts differed. Empty if the mutation was refused.")
    def differences(self) -> list[ContactDifference]:
        outcome = self.result.outcome
        return [ContactDifference(**asdict(each)) for each in outcome.differences] if outcome else []


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
        "Merge two contacts that are the same person or company. Interactions, postponed interactions, lines of "
        "segments, saved criteria and changes of the merged contact then belong to the contact that stays; the people "
        "of a merged company move to the company that stays. The interactions of a merged person keep the company that "
        "they had, so that no figure changes.",
        access=ADMINISTRATION,
    )
    async def merge_contacts(self, info: Info, input: MergeContactsInput) -> MergeContactsPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            contacts.merge,
            input.no,
            input.merged_no,
            keep_from_merged=or_none(input.keep_from_merged),
            dry_run=input.dry_run,
            expected_version=or_none(input.expected_version),
        )
        return MergeContactsPayload.of(result)

    @mutation(
        "Remove the personal data of a contact for good: name, address, phone numbers, e-mail address, home page, job "
        "title, notes and old values in the change log; of its interactions the comments, `contactVia` and the reasons "
        "for postponing. The contact is blocked for privacy; its interactions and all figures stay.",
        access=ADMINISTRATION,
    )
    async def anonymize_contact(self, info: Info, input: AnonymizeContactInput) -> AnonymizeContactPayload | None:
        return AnonymizeContactPayload.of(await info.context.write(info, input, contacts.anonymize, input.no))
