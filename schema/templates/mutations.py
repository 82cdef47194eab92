"""Interaction groups and templates: creating, changing and deleting them."""

from decimal import Decimal

import strawberry

from resolvers.templates import groups
from resolvers.templates import rules as templates
from schema.enums import CorrespondenceType, InformationFlow, InitiatedBy
from schema.inputs import given, key_to_repeat, optional, or_none, required, version_expected
from schema.payloads import Payload, gone, payload, shown


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


@strawberry.input(description="A change of an interaction group; what is left out stays.")
class UpdateInteractionGroupInput:
    code: str = required("Its code.")
    interaction_group: InteractionGroupInput = required("What changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@payload
class UpdateInteractionGroupPayload(Payload):
    """What updateInteractionGroup did."""

    interaction_group = shown("templates.InteractionGroup", "The group as it is now.", "id")


@strawberry.input(description="The group that is to be deleted.")
class DeleteInteractionGroupInput:
    code: str = required("Its code.")
    idempotency_key: str | None = key_to_repeat()


@payload
class DeleteInteractionGroupPayload(Payload):
    """What deleteInteractionGroup did."""

    deleted_id: strawberry.ID | None = gone(
        "templates.InteractionGroup", "The id that is gone; null when it was refused."
    )


@strawberry.input(description="The fields of an interaction template: every default of the interactions made from it.")
class InteractionTemplateInput:
    description: str | None = optional("What it is, at most 100 characters; needed. The default description.")
    translations: list[TranslationInput] | None = optional(
        "The description in other languages, each language once (K21)."
    )
    group_code: str | None = optional("Its group.")
    unit_cost: Decimal | None = optional("What one such interaction costs, in company currency, not negative.")
    unit_duration: int | None = optional("How long one takes, in minutes, 0 to 525600.")
    information_flow: InformationFlow | None = optional("Which way the information goes.")
    initiated_by: InitiatedBy | None = optional("Who begins.")
    correspondence_type_default: CorrespondenceType | None = optional(
        "By what means, unless the contact prefers another."
    )
    ignore_contact_correspondence_type: bool | None = optional(
        "Whether the contact's own preference is ignored (R-CORR)."
    )
    campaign_no: str | None = optional("The campaign its interactions belong to.")
    campaign_target: bool | None = optional("Whether its interactions make contacts targets of the campaign.")
    campaign_response: bool | None = optional("Whether its interactions are responses to the campaign.")
    language_code_default: str | None = optional(
        "The language unless the contact's is translated; one of these (R-TPL-2)."
    )
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


@strawberry.input(description="A change of an interaction template; what is left out stays.")
class UpdateInteractionTemplateInput:
    code: str = required("Its code.")
    interaction_template: InteractionTemplateInput = required("What changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@payload
class UpdateInteractionTemplatePayload(Payload):
    """What updateInteractionTemplate did."""

    interaction_template = shown("templates.InteractionTemplate", "The template as it is now.", "id")


@strawberry.input(description="The template that is to be deleted.")
class DeleteInteractionTemplateInput:
    code: str = required("Its code.")
    idempotency_key: str | None = key_to_repeat()


@payload
class DeleteInteractionTemplatePayload(Payload):
    """What deleteInteractionTemplate did."""

    deleted_id: strawberry.ID | None = gone(
        "templates.InteractionTemplate", "The id that is gone; null when it was refused."
    )


@strawberry.type
class TemplateMutations:
    """The fields of Mutation about groups and templates."""

    @strawberry.mutation(description="Create an interaction group.")
    async def create_interaction_group(
        self, info: strawberry.Info, input: CreateInteractionGroupInput
    ) -> CreateInteractionGroupPayload | None:
        return await info.context.write(info, input, groups.create, input.code, given(input.interaction_group))

    @strawberry.mutation(description="Change an interaction group; translations are replaced as a set.")
    async def update_interaction_group(
        self, info: strawberry.Info, input: UpdateInteractionGroupInput
    ) -> UpdateInteractionGroupPayload | None:
        return await info.context.write(
            info,
            input,
            groups.update,
            input.code,
            given(input.interaction_group),
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(description="Delete an interaction group that neither a template nor history uses (K6).")
    async def delete_interaction_group(
        self, info: strawberry.Info, input: DeleteInteractionGroupInput
    ) -> DeleteInteractionGroupPayload | None:
        return await info.context.write(info, input, groups.delete, input.code)

    @strawberry.mutation(description="Create an interaction template (R-TPL-1).")
    async def create_interaction_template(
        self, info: strawberry.Info, input: CreateInteractionTemplateInput
    ) -> CreateInteractionTemplatePayload | None:
        return await info.context.write(info, input, templates.create, input.code, given(input.interaction_template))

    @strawberry.mutation(
        description="Change a template; translations are replaced as a set. No entry and no segment changes with it "
        "(R-TPL-5)."
    )
    async def update_interaction_template(
        self, info: strawberry.Info, input: UpdateInteractionTemplateInput
    ) -> UpdateInteractionTemplatePayload | None:
        return await info.context.write(
            info,
            input,
            templates.update,
            input.code,
            given(input.interaction_template),
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(
        description="Delete a template with its translations, unless history or anything open uses it (R-TPL-4, K6)."
    )
    async def delete_interaction_template(
        self, info: strawberry.Info, input: DeleteInteractionTemplateInput
    ) -> DeleteInteractionTemplatePayload | None:
        return await info.context.write(info, input, templates.delete, input.code)
