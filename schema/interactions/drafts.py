"""Interaction drafts: what the rules fill in before an interaction is stored."""

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated

import strawberry

from resolvers import line_warnings
from resolvers.interactions import rules
from resolvers.interactions.drafts import Draft
from resolvers.interactions.fields import InteractionFields
from resolvers.roles import READS
from schema.access import query
from schema.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy
from schema.execution.context import Info
from schema.execution.graphql_internals import to_camel_case
from schema.inputs import given_fields, or_none
from schema.interactions.inputs import VALUES, InteractionDraftInput
from schema.interactions.types import InteractionComment
from schema.line_warnings import LineWarning
from schema.payload_fields import entity_source, object_field, outcome_field
from schema.payloads import UserError


@strawberry.type(
    description="An interaction as createInteraction or resumeInteraction would log it now, with all fields that the "
    "rules fill in. Nothing is stored."
)
class InteractionDraft:
    values: strawberry.Private[Draft]
    line_warnings: strawberry.Private[list[line_warnings.LineWarning]]

    contact = object_field(
        "contacts.Contact", "The contact. Null as long as none is given.", "contact_no", columns=["no"]
    )
    company = object_field(
        "contacts.Contact",
        "The company of the contact; the contact itself if it is a company.",
        "company_no",
        columns=["no"],
    )
    template = object_field(
        "templates.InteractionTemplate",
        "The interaction template. Null as long as none is given.",
        "template_code",
        columns=["code"],
    )
    group = object_field(
        "templates.InteractionGroup",
        "The interaction group of the template. Null without a template, or if it has no group.",
        "group_code",
        columns=["code"],
    )
    salesperson = object_field(
        "salespeople.Salesperson",
        "The salesperson: the one given, else that of the user, else that of the contact. Null if there is none.",
        "salesperson_code",
        columns=["code"],
    )
    campaign = object_field(
        "campaigns.Campaign",
        "The campaign: the one given, else that of the template. Null without one.",
        "campaign_no",
        columns=["no"],
    )
    description: str | None = outcome_field(VALUES["description"])
    date: dt.date | None = outcome_field(VALUES["date"])
    time_of_interaction: dt.time | None = outcome_field(VALUES["time_of_interaction"])
    cost: Decimal | None = outcome_field("The cost, in company currency.")
    duration: int | None = outcome_field("The duration, in minutes.")
    information_flow: InformationFlow | None = outcome_field(VALUES["information_flow"])
    initiated_by: InitiatedBy | None = outcome_field(VALUES["initiated_by"])
    correspondence_type: CorrespondenceType | None = outcome_field(VALUES["correspondence_type"])
    language_code: str | None = outcome_field(VALUES["language_code"])
    evaluation: Evaluation | None = outcome_field(VALUES["evaluation"])
    attempt_failed: bool = outcome_field(VALUES["attempt_failed"])
    campaign_target: bool = outcome_field(VALUES["campaign_target"])
    campaign_response: bool = outcome_field(VALUES["campaign_response"])
    contact_via: str | None = outcome_field(
        "The phone number or address that was used to reach the contact. Null if none was given."
    )

    @strawberry.field(description="The comments, in their order.")
    def comments(self) -> list[InteractionComment]:
        return [entity_source(InteractionComment, asdict(comment)) for comment in self.values.comments]

    @strawberry.field(description="The required fields that are still missing, by their names in InteractionInput.")
    def missing_fields(self) -> list[str]:
        return [to_camel_case(name) for name in self.values.missing_fields]

    @strawberry.field(
        description="What to check before the interaction is logged. Warnings do not prevent logging. Empty without a "
        "contact. SAME_EMAIL concerns lines of a segment and does not occur here."
    )
    def warnings(self) -> list[LineWarning]:
        return [LineWarning(warning=warning) for warning in self.line_warnings]

    @strawberry.field(description="The errors with which createInteraction or resumeInteraction would refuse it now.")
    def user_errors(self) -> list[UserError]:
        return [UserError(refusal=refusal) for refusal in self.values.refusals]


DraftInputArgument = Annotated[
    InteractionDraftInput, strawberry.argument(description="What the draft starts from. An empty object is allowed.")
]


@strawberry.type
class DraftQueries:
    """The field of Query that shows a draft."""

    @query(
        "What the rules would fill in for an interaction, and the errors with which they would refuse it. "
        "Nothing is stored.",
        access=READS,
    )
    async def interaction_draft(self, info: Info, input: DraftInputArgument) -> InteractionDraft | None:
        draft, warnings = await info.context.read(
            rules.draft_with_warnings,
            given_fields(input.interaction, InteractionFields),
            from_entry_no=or_none(input.from_interaction_log_entry_no),
            postponed_entry_no=or_none(input.postponed_entry_no),
        )
        return InteractionDraft(values=draft, line_warnings=warnings)
