"""Creating interaction groups, templates and campaigns."""

import datetime as dt
from decimal import Decimal

import strawberry

from resolvers import campaigns, groups, templates
from schema.inputs import given, key_to_repeat, optional, or_none, required
from schema.payloads import Payload, payload, shown
from schema.vocabulary import CorrespondenceType, InformationFlow, InitiatedBy


@strawberry.input(description="A description in another language.")
class TranslationInput:
    language_code: str = required("The language, a code of at most 10 characters such as ENU or FRC.")
    description: str = required("The description in it, at most 100 characters.")


@strawberry.input(description="The fields of an interaction group.")
class InteractionGroupInput:
    description: str | None = optional("What it is about, at most 100 characters; needed.")
    translations: list[TranslationInput] | None = optional("The description in other languages, each language once.")


@strawberry.input(description="A new interaction group.")
class CreateInteractionGroupInput:
    code: str = required("Its code, at most 10 characters; trimmed and upper-cased.")
    interaction_group: InteractionGroupInput = required("The group.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateInteractionGroupPayload(Payload):
    """What createInteractionGroup did."""

    interaction_group = shown("templates.InteractionGroup", "The new group.", "id")


@strawberry.input(description="The fields of an interaction template: every default of the interactions made from it.")
class InteractionTemplateInput:
    description: str | None = optional("What it is, at most 100 characters; needed. The default description.")
    translations: list[TranslationInput] | None = optional("The description in other languages, each language once (K21).")
    group_code: str | None = optional("Its group.")
    unit_cost: Decimal | None = optional("What one such interaction costs, in company currency, not negative.")
    unit_duration: int | None = optional("How long one takes, in minutes, 0 to 525600.")
    information_flow: InformationFlow | None = optional("Which way the information goes.")
    initiated_by: InitiatedBy | None = optional("Who begins.")
    correspondence_type_default: CorrespondenceType | None = optional("By what means, unless the contact prefers another.")
    ignore_contact_correspondence_type: bool | None = optional("Whether the contact's own preference is ignored (R-CORR).")
    campaign_no: str | None = optional("The campaign its interactions belong to.")
    campaign_target: bool | None = optional("Whether its interactions make contacts targets of the campaign.")
    campaign_response: bool | None = optional("Whether its interactions are responses to the campaign.")
    language_code_default: str | None = optional("The language unless the contact's is translated; one of these (R-TPL-2).")
    blocked: bool | None = optional("Whether it is retired: refused for new work (K10).")


@strawberry.input(description="A new interaction template.")
class CreateInteractionTemplateInput:
    code: str = required("Its code, at most 10 characters; trimmed and upper-cased.")
    interaction_template: InteractionTemplateInput = required("The template.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateInteractionTemplatePayload(Payload):
    """What createInteractionTemplate did."""

    interaction_template = shown("templates.InteractionTemplate", "The new template.", "id")


@strawberry.input(description="The fields of a campaign.")
class CampaignInput:
    description: str | None = optional("What it is about, at most 100 characters; needed.")
    starting_date: dt.date | None = optional("The day it starts.")
    ending_date: dt.date | None = optional("The day it ends, not before it starts.")
    salesperson_code: str | None = optional("Who is responsible.")
    blocked: bool | None = optional("Whether it is refused for new work (K10).")


@strawberry.input(description="A new campaign.")
class CreateCampaignInput:
    no: str | None = optional("Its number, where the series allows numbers by hand; else the next of the series (R-NUM).")
    campaign: CampaignInput = required("The campaign.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateCampaignPayload(Payload):
    """What createCampaign did."""

    campaign = shown("campaigns.Campaign", "The new campaign.", "id")


@strawberry.type
class TemplateMutations:
    """The fields of Mutation about groups, templates and campaigns."""

    @strawberry.mutation(description="Create an interaction group (A.4).")
    async def create_interaction_group(
        self, info: strawberry.Info, input: CreateInteractionGroupInput
    ) -> CreateInteractionGroupPayload | None:
        return await info.context.write(info, input, groups.create, input.code, given(input.interaction_group))

    @strawberry.mutation(description="Create an interaction template (A.4, R-TPL-1).")
    async def create_interaction_template(
        self, info: strawberry.Info, input: CreateInteractionTemplateInput
    ) -> CreateInteractionTemplatePayload | None:
        return await info.context.write(info, input, templates.create, input.code, given(input.interaction_template))

    @strawberry.mutation(description="Create a campaign, numbered by the campaign series unless a number is given (A.10).")
    async def create_campaign(self, info: strawberry.Info, input: CreateCampaignInput) -> CreateCampaignPayload | None:
        return await info.context.write(info, input, campaigns.create, given(input.campaign), no=or_none(input.no))
