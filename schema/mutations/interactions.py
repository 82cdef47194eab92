"""Creating, postponing, resuming interactions; drafts; deleting postponed ones."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Optional

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers import interactions as rules
from resolvers.drafts import InteractionFields
from schema import identifiers
from schema.inputs import given, key_to_repeat, optional, or_none, required, version_expected
from schema.interactions import InteractionComment
from schema.payloads import Payload, UserError, payload, shown, told
from schema.planning.declarations import entity_of
from schema.vocabulary import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy


@strawberry.input(description=(
    "The fields of the Create Interaction window. A contact, a salesperson or a log entry starts it; the template fills the "
    "rest; what is given here always wins (R-TMPL, R-CORR, K12)."
))
class InteractionInput:
    contact_no: Optional[str] = optional("The contact it is with.")
    template_code: Optional[str] = optional("The template; it fills what is not given.")
    salesperson_code: Optional[str] = optional("Who of us; else the user's own salesperson, else the contact's (R-DRAFT-2).")
    campaign_no: Optional[str] = optional("The campaign; else the template's.")
    description: Optional[str] = optional("What it is about, at most 100 characters; else the template's description.")
    date: Optional[dt.date] = optional("The day it happens; else today (K15).")
    time_of_interaction: Optional[dt.time] = optional("The time of day it begins; else now, rounded up to the minute (R-DRAFT-1).")
    cost: Optional[Decimal] = optional("What it costs, in company currency, not negative; else the template's unit cost.")
    duration: Optional[int] = optional("How long it takes, in minutes, 0 to 525600; else the template's unit duration.")
    information_flow: Optional[InformationFlow] = optional("Which way the information goes; else the template's.")
    initiated_by: Optional[InitiatedBy] = optional("Who begins; else the template's.")
    correspondence_type: Optional[CorrespondenceType] = optional("By what means; else by R-CORR.")
    language_code: Optional[str] = optional("In which language; else the contact's if the template has it, else the template's.")
    evaluation: Optional[Evaluation] = optional("How it went.")
    attempt_failed: Optional[bool] = optional("Whether the attempt failed; else false.")
    campaign_target: Optional[bool] = optional("Whether it makes the contact a target of the campaign; else the template's.")
    campaign_response: Optional[bool] = optional("Whether it is a response to the campaign; else the template's.")
    contact_via: Optional[str] = optional("The phone number or address used, at most 80 characters.")
    comments: Optional[list[str]] = optional("Remarks, at most 2,000 characters each. On resume they replace what there is (R-RES-4).")


FROM_ENTRY = "A finished interaction to start from: contact, salesperson and campaign are taken from it (R-DRAFT-4)."


@strawberry.input(description="What the draft starts from. At most one of the two numbers.")
class InteractionDraftInput:
    from_interaction_log_entry_no: Optional[int] = optional(FROM_ENTRY)
    postponed_entry_no: Optional[int] = optional("A postponed interaction to take up (R-RES).")
    interaction: Optional[InteractionInput] = optional("What is given already.")


@strawberry.input(description="An interaction to log.")
class CreateInteractionInput:
    from_interaction_log_entry_no: Optional[int] = optional(FROM_ENTRY)
    interaction: InteractionInput = required("The interaction.")
    idempotency_key: Optional[str] = key_to_repeat()


@strawberry.input(description="An interaction to finish later. With entryNo one that is postponed already, with changes (K2).")
class PostponeInteractionInput:
    entry_no: Optional[int] = optional("The postponed interaction to postpone again.")
    from_interaction_log_entry_no: Optional[int] = optional(FROM_ENTRY)
    interaction: InteractionInput = required("The interaction; it may be incomplete as long as it has a contact or a salesperson (K3).")
    resume_on: Optional[dt.date] = optional("The day to resume it. Never touches its date.")
    reason: Optional[str] = optional("Why it is postponed, at most 250 characters.")
    expected_version: Optional[int] = version_expected()
    idempotency_key: Optional[str] = key_to_repeat()


@strawberry.input(description="A postponed interaction to finish under its number.")
class ResumeInteractionInput:
    entry_no: int = required("Its number.")
    interaction: Optional[InteractionInput] = optional("What changes before it is finished. The contact cannot (K12).")
    expected_version: Optional[int] = version_expected()
    idempotency_key: Optional[str] = key_to_repeat()


@strawberry.input(description="Postponed interactions to delete: all of them or none.")
class DeletePostponedInteractionsInput:
    entry_nos: list[int] = required("Their numbers, at most 1,000.")
    idempotency_key: Optional[str] = key_to_repeat()


@payload
class CreateInteractionPayload(Payload):
    """What createInteraction did."""

    interaction_log_entry = shown("interactions.InteractionLogEntry", "The interaction that was logged.", "entry_no")


@payload
class PostponeInteractionPayload(Payload):
    """What postponeInteraction did."""

    postponed_interaction = shown("interactions.PostponedInteraction", "The interaction as it waits now.", "entry_no")


@payload
class ResumeInteractionPayload(Payload):
    """What resumeInteraction did. Refused, it stays postponed, unchanged."""

    interaction_log_entry = shown("interactions.InteractionLogEntry", "The interaction that was finished.", "entry_no")

    @strawberry.field(description="The id that the interaction had while it was postponed.")
    def resumed_postponed_interaction_id(self) -> Optional[strawberry.ID]:
        return _postponed_ids(self, "entry_no")[0]


@payload
class DeletePostponedInteractionsPayload(Payload):
    """What deletePostponedInteractions did."""

    deleted_entry_nos: list[int] = told("The numbers that are gone.", (), name="entry_nos")

    @strawberry.field(description="The ids that are gone.")
    def deleted_ids(self) -> list[strawberry.ID]:
        return [id_ for id_ in _postponed_ids(self, "entry_nos") if id_]


def _postponed_ids(outcome: Any, name: str) -> list[Optional[strawberry.ID]]:
    told_of: Mapping[str, Any] = outcome
    numbers = told_of.get(name)
    entity = entity_of("interactions.PostponedInteraction")
    if isinstance(numbers, list):
        return [strawberry.ID(identifiers.written(entity, number)) for number in numbers]
    return [None if numbers is None else strawberry.ID(identifiers.written(entity, numbers))]


@strawberry.type(description="The Create Interaction window, or Resume: what the rules fill in. Nothing is stored (K2).")
class InteractionDraft:
    contact = shown("contacts.Contact", "Whom it is with.", "contact_no", columns=["no"])
    company = shown("contacts.Contact", "The contact's company; of a company itself.", "company_no", columns=["no"])
    template = shown("templates.InteractionTemplate", "The template.", "template_code", columns=["code"])
    group = shown("templates.InteractionGroup", "The group of the template.", "group_code", columns=["code"])
    salesperson = shown("salespeople.Salesperson", "Who of us.", "salesperson_code", columns=["code"])
    campaign = shown("campaigns.Campaign", "The campaign.", "campaign_no", columns=["no"])
    description: Optional[str] = told("What it is about.")
    date: Optional[dt.date] = told("The day it happens.")
    time_of_interaction: Optional[dt.time] = told("The time of day it begins.")
    cost: Optional[Decimal] = told("What it costs, in company currency.")
    duration: Optional[int] = told("How long it takes, in minutes.")
    information_flow: Optional[InformationFlow] = told("Which way the information goes.")
    initiated_by: Optional[InitiatedBy] = told("Who begins.")
    correspondence_type: Optional[CorrespondenceType] = told("By what means (R-CORR).")
    language_code: Optional[str] = told("In which language.")
    evaluation: Optional[Evaluation] = told("How it went.")
    attempt_failed: bool = told("Whether the attempt failed.")
    campaign_target: bool = told("Whether it makes the contact a target of the campaign.")
    campaign_response: bool = told("Whether it is a response to the campaign.")
    contact_via: Optional[str] = told("The phone number or address to use.")
    comments: list[InteractionComment] = told("Remarks that would be kept.")

    @strawberry.field(description="What finishing would still miss: names of InteractionInput (K3).")
    def missing_fields(self) -> list[str]:
        return [to_camel_case(name) for name in self["missing_fields"]]  # type: ignore[index]  # the source is the draft

    @strawberry.field(description="What createInteraction or resumeInteraction would refuse now.")
    def user_errors(self) -> list[UserError]:
        return [UserError(refusal=refusal) for refusal in self["refusals"]]  # type: ignore[index]  # the source is the draft


@strawberry.type
class DraftQueries:
    """The field of Query that shows a draft."""

    @strawberry.field(description="What the rules would fill in for an interaction, and what they would refuse. Nothing is stored.")
    async def interaction_draft(self, info: strawberry.Info, input: InteractionDraftInput) -> Optional[InteractionDraft]:
        draft = await info.context.ask(
            rules.draft, _fields(input.interaction), from_entry_no=or_none(input.from_interaction_log_entry_no),
            postponed_entry_no=or_none(input.postponed_entry_no),
        )
        comments = [{**asdict(comment), "__entity__": "InteractionComment"} for comment in draft.comments]
        return {**vars(draft), "comments": comments}  # type: ignore[return-value]  # fields read it by name


@strawberry.type
class InteractionMutations:
    """The fields of Mutation about interactions."""

    @strawberry.mutation(description="Log an interaction, for a contact, for a salesperson or from a log entry (R-DRAFT, R-FIN).")
    async def create_interaction(
        self, info: strawberry.Info, input: CreateInteractionInput
    ) -> Optional[CreateInteractionPayload]:
        return await info.context.write(
            info, input, rules.create, _fields(input.interaction), from_entry_no=or_none(input.from_interaction_log_entry_no)
        )

    @strawberry.mutation(description="Keep an interaction to be finished later, or postpone it again (R-POST, K2, K3).")
    async def postpone_interaction(
        self, info: strawberry.Info, input: PostponeInteractionInput
    ) -> Optional[PostponeInteractionPayload]:
        until = {name: value for name, value in given(input).items() if name in ("resume_on", "reason")}
        return await info.context.write(
            info, input, rules.postpone, _fields(input.interaction), entry_no=or_none(input.entry_no),
            from_entry_no=or_none(input.from_interaction_log_entry_no), expected_version=or_none(input.expected_version), **until,
        )

    @strawberry.mutation(description="Finish a postponed interaction under its number, or refuse and leave it postponed (R-RES, K2).")
    async def resume_interaction(
        self, info: strawberry.Info, input: ResumeInteractionInput
    ) -> Optional[ResumeInteractionPayload]:
        return await info.context.write(
            info, input, rules.resume, input.entry_no, _fields(input.interaction), expected_version=or_none(input.expected_version)
        )

    @strawberry.mutation(description="Delete postponed interactions with their comments, all or none (R-DELP).")
    async def delete_postponed_interactions(
        self, info: strawberry.Info, input: DeletePostponedInteractionsInput
    ) -> Optional[DeletePostponedInteractionsPayload]:
        return await info.context.write(info, input, rules.delete_postponed, input.entry_nos)


def _fields(asked: Any) -> InteractionFields:
    return given(asked)  # type: ignore[return-value]  # the input has just these fields
