"""Mutations that create, update and delete interaction groups and interaction templates."""

from decimal import Decimal

import strawberry

from resolvers.roles import ADMINISTRATION, MARKETING
from resolvers.templates import groups, rules
from schema.cards import Card
from schema.enums import CorrespondenceType, InformationFlow, InitiatedBy
from schema.inputs import optional, required


@strawberry.input(description="A description in another language.")
class TranslationInput:
    language_code: str = required("The language: a code of at most 10 characters, such as ENU or FRC.")
    description: str = required("The description in this language: 1 to 100 characters.")


@strawberry.input(description="The fields of an interaction group.")
class InteractionGroupInput:
    description: str | None = optional("What the group is about: 1 to 100 characters. Required when it is created.")
    translations: list[TranslationInput] | None = optional(
        "The description in other languages, each language at most once. Replaces all translations."
    )


@strawberry.input(
    description="The fields of an interaction template: the defaults of the interactions that are created with it."
)
class InteractionTemplateInput:
    description: str | None = optional(
        "What the interactions are about: 1 to 100 characters; it is their default description. Required when the "
        "template is created."
    )
    translations: list[TranslationInput] | None = optional(
        "The description in other languages, each language at most once. Replaces all translations."
    )
    group_code: str | None = optional("The code of the interaction group of the template.")
    unit_cost: Decimal | None = optional(
        "The cost of one interaction, in company currency, not negative, at most 2 decimals. Default: 0."
    )
    unit_duration: int | None = optional("The duration of one interaction, in minutes: 0 to 525,600. Default: 0.")
    information_flow: InformationFlow | None = optional(
        "Whether the information goes to the contact (OUTBOUND) or comes from it (INBOUND)."
    )
    initiated_by: InitiatedBy | None = optional(
        "Whether the company (US) or the contact (THEM) initiates the interaction."
    )
    correspondence_type_default: CorrespondenceType | None = optional(
        "The correspondence type, unless the contact prefers another one that is not ignored."
    )
    ignore_contact_correspondence_type: bool | None = optional(
        "Whether the contact's own correspondence type is ignored. Default: false."
    )
    campaign_no: str | None = optional("The number of the campaign that the interactions belong to.")
    campaign_target: bool | None = optional(
        "Whether the interactions make their contacts targets of the campaign. Default: false."
    )
    campaign_response: bool | None = optional("Whether the interactions are responses to the campaign. Default: false.")
    language_code_default: str | None = optional(
        "The language of the interactions, unless there is a translation into the contact's language. Must be one of "
        "the languages of `translations`."
    )
    follow_up_after_days: int | None = optional(
        "Number of days after an interaction with the template after which `nextContacts` lists its contact, if the "
        "interaction is still the newest: 1 to 3,660. Default: null, no follow-up."
    )
    blocked: bool | None = optional(
        "Whether the template is refused in new interactions; existing ones keep it. Default: false."
    )


GROUP = Card("templates.InteractionGroup", InteractionGroupInput, groups.InteractionGroupFields, key="code")
TEMPLATE = Card("templates.InteractionTemplate", InteractionTemplateInput, rules.InteractionTemplateFields, key="code")


@strawberry.type
class TemplateMutations:
    """The fields of Mutation about interaction groups and templates."""

    create_interaction_group = GROUP.create_with_code(
        groups.create, "Create an interaction group.", longest=10, access=MARKETING
    )
    update_interaction_group = GROUP.update(groups.update, "Change fields of an interaction group.", access=MARKETING)
    delete_interaction_group = GROUP.delete(
        groups.delete,
        "Delete an interaction group. Refused with IN_USE while a template or an interaction refers to it.",
        access=ADMINISTRATION,
    )
    create_interaction_template = TEMPLATE.create_with_code(
        rules.create, "Create an interaction template.", longest=10, access=MARKETING
    )
    update_interaction_template = TEMPLATE.update(
        rules.update,
        "Change fields of an interaction template. Existing interactions, segments and segment lines stay as they are.",
        access=MARKETING,
    )
    delete_interaction_template = TEMPLATE.delete(
        rules.delete,
        "Delete an interaction template and its translations. Refused with IN_USE while an interaction, a postponed "
        "interaction or a segment refers to it; block it instead.",
        access=ADMINISTRATION,
    )
