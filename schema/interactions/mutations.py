"""Creating, postponing, resuming interactions; drafts; deleting postponed ones."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from resolvers.interactions import rules
from resolvers.interactions.drafts import InteractionFields
from schema import global_ids as identifiers
from schema.compiler.declarations import entity_of
from schema.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy
from schema.execution.graphql_internals import to_camel_case
from schema.inputs import given, key_to_repeat, optional, or_none, required, version_expected
from schema.interactions.types import InteractionComment
from schema.line_warnings import LineWarning
from schema.payloads import Payload, UserError, payload, shown, told


@strawberry.input(
    description=(
        "The fields of the Create Interaction window. A contact, a salesperson or a log entry starts it; the template "
        "fills the rest; what is given here always wins (R-TMPL, R-CORR, K12)."
    )
)
class InteractionInput:
    contact_no: str | None = optional("The contact it is with.")
    template_code: str | None = optional("The template; it fills what is not given.")
    salesperson_code: str | None = optional(
        "Who of us; else the user's own salesperson, else the contact's (R-DRAFT-2)."
    )
    campaign_no: str | None = optional("The campaign; else the template's.")
    description: str | None = optional("What it is about, at most 100 characters; else the template's description.")
    date: dt.date | None = optional("The day it happens; else today (K15).")
    time_of_interaction: dt.time | None = optional(
        "The time of day it begins; else now, rounded up to the minute (R-DRAFT-1)."
    )
    cost: Decimal | None = optional("What it costs, in company currency, not negative; else the template's unit cost.")
    duration: int | None = optional("How long it takes, in minutes, 0 to 525600; else the template's unit duration.")
    information_flow: InformationFlow | None = optional("Which way the information goes; else the template's.")
    initiated_by: InitiatedBy | None = optional("Who begins; else the template's.")
    correspondence_type: CorrespondenceType | None = optional("By what means; else by R-CORR.")
    language_code: str | None = optional(
        "In which language; else the contact's if the template has it, else the template's."
    )
    evaluation: Evaluation | None = optional("How it went.")
    attempt_failed: bool | None = optional("Whether the attempt failed; else false.")
    campaign_target: bool | None = optional(
        "Whether it makes the contact a target of the campaign; else the template's."
    )
    campaign_response: bool | None = optional("Whether it is a response to the campaign; else the template's.")
    contact_via: str | None = optional("The phone number or address used, at most 80 characters.")
    comments: list[str] | None = optional(
        "Remarks, at most 2,000 characters each. On resume they replace what there is (R-RES-4)."
    )


FROM_ENTRY = "A finished interaction to start from: contact, salesperson and campaign are taken from it (R-DRAFT-4)."


@strawberry.input(description="What the draft starts from. At most one of the two numbers.")
class InteractionDraftInput:
    from_interaction_log_entry_no: int | None = optional(FROM_ENTRY)
    postponed_entry_no: int | None = optional("A postponed interaction to take up (R-RES).")
    interaction: InteractionInput | None = optional("What is given already.")


@strawberry.input(description="An interaction to log.")
class CreateInteractionInput:
    from_interaction_log_entry_no: int | None = optional(FROM_ENTRY)
    interaction: InteractionInput = required("The interaction.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(
    description="An interaction to finish later. With entryNo one that is postponed already, with changes (K2)."
)
class PostponeInteractionInput:
    entry_no: int | None = optional("The postponed interaction to postpone again.")
    from_interaction_log_entry_no: int | None = optional(FROM_ENTRY)
    interaction: InteractionInput = required(
        "The interaction; incomplete is fine if it has a contact or a salesperson (K3)."
    )
    resume_on: dt.date | None = optional("The day to resume it. Never touches its date.")
    reason: str | None = optional("Why it is postponed, at most 250 characters.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="A postponed interaction to finish under its number.")
class ResumeInteractionInput:
    entry_no: int = required("Its number.")
    interaction: InteractionInput | None = optional("What changes before it is finished. The contact cannot (K12).")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Postponed interactions to delete: all of them or none.")
class DeletePostponedInteractionsInput:
    entry_nos: list[int] = required("Their numbers, at most 1,000.")
    idempotency_key: str | None = key_to_repeat()


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
    def resumed_postponed_interaction_id(self) -> strawberry.ID | None:
        return _postponed_ids(self, "entry_no")[0]


@payload
class DeletePostponedInteractionsPayload(Payload):
    """What deletePostponedInteractions did."""

    deleted_entry_nos: list[int] = told("The numbers that are gone, the first 100.", (), name="entry_nos")

    @strawberry.field(description="The ids that are gone, the first 100.")
    def deleted_ids(self) -> list[strawberry.ID]:
        return [id_ for id_ in _postponed_ids(self, "entry_nos") if id_]


def _postponed_ids(outcome: Any, name: str) -> list[strawberry.ID | None]:
    told_of: Mapping[str, Any] = outcome
    numbers = told_of.get(name)
    entity = entity_of("interactions.PostponedInteraction")
    if isinstance(numbers, list):
        return [strawberry.ID(identifiers.written(entity, number)) for number in numbers]
    return [None if numbers is None else strawberry.ID(identifiers.written(entity, numbers))]


@strawberry.type(
    description="The Create Interaction window, or Resume: what the rules fill in. Nothing is stored (K2)."
)
class InteractionDraft:
    contact = shown("contacts.Contact", "Whom it is with.", "contact_no", columns=["no"])
    company = shown("contacts.Contact", "The contact's company; of a company itself.", "company_no", columns=["no"])
    template = shown("templates.InteractionTemplate", "The template.", "template_code", columns=["code"])
    group = shown("templates.InteractionGroup", "The group of the template.", "group_code", columns=["code"])
    salesperson = shown("salespeople.Salesperson", "Who of us.", "salesperson_code", columns=["code"])
    campaign = shown("campaigns.Campaign", "The campaign.", "campaign_no", columns=["no"])
    description: str | None = told("What it is about.")
    date: dt.date | None = told("The day it happens.")
    time_of_interaction: dt.time | None = told("The time of day it begins.")
    cost: Decimal | None = told("What it costs, in company currency.")
    duration: int | None = told("How long it takes, in minutes.")
    information_flow: InformationFlow | None = told("Which way the information goes.")
    initiated_by: InitiatedBy | None = told("Who begins.")
    correspondence_type: CorrespondenceType | None = told("By what means (R-CORR).")
    language_code: str | None = told("In which language.")
    evaluation: Evaluation | None = told("How it went.")
    attempt_failed: bool = told("Whether the attempt failed.")
    campaign_target: bool = told("Whether it makes the contact a target of the campaign.")
    campaign_response: bool = told("Whether it is a response to the campaign.")
    contact_via: str | None = told("The phone number or address to use.")
    comments: list[InteractionComment] = told("Remarks that would be kept.")

    @strawberry.field(description="What finishing would still miss: names of InteractionInput (K3).")
    def missing_fields(self) -> list[str]:
        return [to_camel_case(name) for name in self["missing_fields"]]  # type: ignore[index]  # the source is the draft

    @strawberry.field(
        description=(
            "What to check before it is finished. Warnings do not prevent finishing. Empty without a contact. "
            "SAME_EMAIL concerns lines of a segment and does not occur here."
        )
    )
    def warnings(self) -> list[LineWarning]:
        return [LineWarning(warning=warning) for warning in self["line_warnings"]]  # type: ignore[index]  # the source is the draft

    @strawberry.field(description="What createInteraction or resumeInteraction would refuse now.")
    def user_errors(self) -> list[UserError]:
        return [UserError(refusal=refusal) for refusal in self["refusals"]]  # type: ignore[index]  # the source is the draft


DraftStart = Annotated[InteractionDraftInput, strawberry.argument(description="What the draft starts from.")]


@strawberry.type
class DraftQueries:
    """The field of Query that shows a draft."""

    @strawberry.field(
        description="What the rules would fill in for an interaction, and what they would refuse. Nothing is stored."
    )
    async def interaction_draft(self, info: strawberry.Info, input: DraftStart) -> InteractionDraft | None:
        draft, warnings = await info.context.ask(
            rules.draft_with_warnings,
            _fields(input.interaction),
            from_entry_no=or_none(input.from_interaction_log_entry_no),
            postponed_entry_no=or_none(input.postponed_entry_no),
        )
        comments = [{**asdict(comment), "__entity__": "InteractionComment"} for comment in draft.comments]
        return {**vars(draft), "comments": comments, "line_warnings": warnings}  # type: ignore[return-value]  # fields read it by name


@strawberry.type
class InteractionMutations:
    """The fields of Mutation about interactions."""

    @strawberry.mutation(
        description="Log an interaction, for a contact, for a salesperson or from a log entry (R-DRAFT, R-FIN)."
    )
    async def create_interaction(
        self, info: strawberry.Info, input: CreateInteractionInput
    ) -> CreateInteractionPayload | None:
        return await info.context.write(
            info,
            input,
            rules.create,
            _fields(input.interaction),
            from_entry_no=or_none(input.from_interaction_log_entry_no),
        )

    @strawberry.mutation(description="Keep an interaction to be finished later, or postpone it again (R-POST, K2, K3).")
    async def postpone_interaction(
        self, info: strawberry.Info, input: PostponeInteractionInput
    ) -> PostponeInteractionPayload | None:
        until = {name: value for name, value in given(input).items() if name in ("resume_on", "reason")}
        return await info.context.write(
            info,
            input,
            rules.postpone,
            _fields(input.interaction),
            entry_no=or_none(input.entry_no),
            from_entry_no=or_none(input.from_interaction_log_entry_no),
            expected_version=or_none(input.expected_version),
            **until,
        )

    @strawberry.mutation(
        description="Finish a postponed interaction under its number, or leave it postponed (R-RES, K2)."
    )
    async def resume_interaction(
        self, info: strawberry.Info, input: ResumeInteractionInput
    ) -> ResumeInteractionPayload | None:
        return await info.context.write(
            info,
            input,
            rules.resume,
            input.entry_no,
            _fields(input.interaction),
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(description="Delete postponed interactions with their comments, all or none (R-DELP).")
    async def delete_postponed_interactions(
        self, info: strawberry.Info, input: DeletePostponedInteractionsInput
    ) -> DeletePostponedInteractionsPayload | None:
        return await info.context.write(info, input, rules.delete_postponed, input.entry_nos)


def _fields(asked: Any) -> InteractionFields:
    return given(asked)  # type: ignore[return-value]  # the input has just these fields
