"""Input types of interactions, and the fields that they share with the lines of segments."""

import datetime as dt
from decimal import Decimal

import strawberry

from schema.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy
from schema.inputs import descriptions_of, expected_version, idempotency_key, optional, required, with_defaults


@strawberry.input
class InteractionValuesInput:
    """The fields that an interaction and a line of a segment have in common."""

    contact_no: str | None = optional("The number of the contact that the interaction is with.")
    template_code: str | None = optional(
        "The code of the interaction template, which has default values for other fields."
    )
    salesperson_code: str | None = optional("The code of the salesperson who takes part for the company.")
    campaign_no: str | None = optional("The number of the campaign that the interaction belongs to.")
    description: str | None = optional("What the interaction is about, at most 100 characters.")
    date: dt.date | None = optional("The day of the interaction, in the company's time zone.")
    time_of_interaction: dt.time | None = optional("The time of day at which the interaction begins.")
    cost: Decimal | None = optional("The cost, in company currency, not negative, at most 2 decimals.")
    duration: int | None = optional("The duration, in minutes: 0 to 525,600.")
    information_flow: InformationFlow | None = optional(
        "Whether the information goes to the contact (OUTBOUND) or comes from it (INBOUND)."
    )
    initiated_by: InitiatedBy | None = optional(
        "Whether the company (US) or the contact (THEM) initiates the interaction."
    )
    correspondence_type: CorrespondenceType | None = optional("How the contact is written to. Null if not in writing.")
    language_code: str | None = optional("The language, a code of at most 10 characters such as ENU or FRC.")
    evaluation: Evaluation | None = optional("How the interaction went; null if it is not evaluated.")
    attempt_failed: bool | None = optional("Whether the attempt to reach the contact failed.")
    campaign_target: bool | None = optional("Whether the interaction makes the contact a target of the campaign.")
    campaign_response: bool | None = optional("Whether the interaction is a response to the campaign.")


VALUES = descriptions_of(InteractionValuesInput)
"""The descriptions of the fields of `InteractionValuesInput`, by their Python names."""

OF_TEMPLATE = "that of the template"


@strawberry.input(
    description="The fields of an interaction. The template fills in fields that are left out; values that are given "
    "take precedence."
)
@with_defaults(
    salesperson_code="the user's own salesperson, else that of the contact",
    campaign_no=OF_TEMPLATE,
    description=OF_TEMPLATE,
    date="today",
    time_of_interaction="now, rounded up to the next minute",
    cost="the unit cost of the template",
    duration="the unit duration of the template",
    information_flow=OF_TEMPLATE,
    initiated_by=OF_TEMPLATE,
    correspondence_type="that of the contact, unless the contact has none or the template ignores it; else that of the "
    "template",
    language_code="that of the contact if the template has a translation into it, else that of the template",
    attempt_failed="false",
    campaign_target=OF_TEMPLATE,
    campaign_response=OF_TEMPLATE,
)
class InteractionInput(InteractionValuesInput):
    contact_via: str | None = optional(
        "The phone number or address that was used to reach the contact, at most 80 characters."
    )
    comments: list[str] | None = optional(
        "Comments, at most 100 of at most 2,000 characters each; blank ones are left out. For a postponed interaction "
        "they replace its comments; if left out, it keeps them."
    )


FROM_ENTRY = (
    "The number of a logged interaction to start from: contact, salesperson and campaign are taken from it, unless "
    "they are given."
)


@strawberry.input(description="What an interaction draft starts from. At most one of the two numbers can be given.")
class InteractionDraftInput:
    from_interaction_log_entry_no: int | None = optional(FROM_ENTRY)
    postponed_entry_no: int | None = optional("The number of a postponed interaction to resume.")
    interaction: InteractionInput | None = optional("The fields that are given already.")


@strawberry.input(description="An interaction to log.")
class CreateInteractionInput:
    from_interaction_log_entry_no: int | None = optional(FROM_ENTRY)
    interaction: InteractionInput = required("The fields of the interaction.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="An interaction to postpone: a new one, or with `entryNo` one that is already postponed.")
class PostponeInteractionInput:
    entry_no: int | None = optional("The number of a postponed interaction to change and postpone again.")
    from_interaction_log_entry_no: int | None = optional(FROM_ENTRY)
    interaction: InteractionInput = required(
        "The fields of the interaction. It can be incomplete, but needs a contact or a salesperson."
    )
    resume_on: dt.date | None = optional(
        "The day on which to resume it; the date of the interaction does not change. Null removes the day; if left "
        "out, an already postponed interaction keeps its day."
    )
    reason: str | None = optional(
        "Why it is postponed, at most 250 characters. Null removes the reason; if left out, an already postponed "
        "interaction keeps its reason."
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A postponed interaction to finish and log under its number.")
class ResumeInteractionInput:
    entry_no: int = required("The number of the postponed interaction.")
    interaction: InteractionInput | None = optional(
        "The fields to change before it is logged. A contact that it already has cannot be changed. Date, time and "
        "`attemptFailed` get their defaults unless they are given here."
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Postponed interactions to delete: all of them or, if one cannot be deleted, none.")
class DeletePostponedInteractionsInput:
    entry_nos: list[int] = required("The numbers of the postponed interactions, at most 1,000.")
    idempotency_key: str | None = idempotency_key()
