"""Interaction groups and templates."""

from decimal import Decimal
from typing import Optional

import strawberry

from persistence import templates as tables
from persistence.precomputed.day_sums import SumKind
from resolvers.queries import SqlBuilder, SqlExpression, TableRow
from resolvers.roles import READS
from resolvers.templates import queries
from schema.compiler.declarations import by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, to_many, to_one, unpaged_list
from schema.connections import connection_of
from schema.enums import CorrespondenceType, InformationFlow, InitiatedBy
from schema.execution.graphql_internals import argument
from schema.nodes import VERSION, Node
from schema.statistics.types import statistics
from schema.templates.filters import TEMPLATE_KEY, TEMPLATE_ORDERS, InteractionTemplateFilter, InteractionTemplateOrder

LANGUAGE_ARGUMENT = argument(
    "language_code",
    Optional[str],
    "A language code such as FRC: returns the translation into it, or the original description if there is none. "
    "Without it the request's Accept-Language decides: French takes FRC, FRA or another code that begins with FR, "
    "English takes ENU, ENG or another code that begins with EN, that of the region first.",
)


def _description_of_group(group: TableRow, sql: SqlBuilder, languageCode: object = None) -> SqlExpression:  # noqa: N803  # GraphQL's name
    return queries.description_of_group(group, sql, languageCode)


def _description_of_template(template: TableRow, sql: SqlBuilder, languageCode: object = None) -> SqlExpression:  # noqa: N803  # GraphQL's name
    return queries.description_of_template(template, sql, languageCode)


@entity(tables.InteractionGroupTranslation, key_columns=("group_code", "language_code"))
class GroupTranslation:
    """A translation of the description of a group; the GraphQL type is Translation."""

    language_code: str = column("The language code of the translation.")
    description: str = column("The description in that language.")


@entity(tables.InteractionTemplateTranslation, key_columns=("template_code", "language_code"))
class Translation:
    """The description of a group or template in another language."""

    language_code: str = column("The language code of the translation, such as ENU or FRC.")
    description: str = column("The description in that language.")


@entity(tables.InteractionGroup, "grp", default=[by_column("code")], key_order=[by_column("code")])
class InteractionGroup(Node):
    """A group of interaction templates. Figures can be read for the interactions of a group."""

    code: str = column("The code of the group, unique among groups.")
    version: int = column(VERSION)
    description: str = computed(
        _description_of_group,
        "The description of the group, translated if the group has a translation into the language.",
        LANGUAGE_ARGUMENT,
    )
    translations = unpaged_list(
        "templates.Translation",
        "The description in other languages, by language code.",
        belongs=queries.translations_of_group,
        order="language_code",
        source="templates.GroupTranslation",
    )
    templates = to_many(
        "templates.InteractionTemplate",
        "The templates of the group, by code.",
        belongs=queries.templates_of_group,
        filtered=False,
        ordered=False,
    )
    statistics = statistics(
        "Figures over the logged interactions whose template was in the group when they were logged.",
        belongs=queries.interactions_of_group,
        kind=SumKind.GROUP,
    )


@entity(
    tables.InteractionTemplate,
    "tpl",
    default=[by_column("group_code", nullable=True), by_column("code")],
    key_order=TEMPLATE_KEY,
    orders=TEMPLATE_ORDERS,
    filter=InteractionTemplateFilter,
    order_input=InteractionTemplateOrder,
)
class InteractionTemplate(Node):
    """A kind of interaction with the default values of new interactions. Changing it does not change existing ones."""

    code: str = column("The code of the template, unique among templates.")
    version: int = column(VERSION)
    description: str = computed(
        _description_of_template,
        "The description of the template; new interactions get it unless they are given their own.",
        LANGUAGE_ARGUMENT,
    )
    translations = unpaged_list(
        "templates.Translation",
        "The description in other languages, by language code.",
        belongs=queries.translations_of_template,
        order="language_code",
    )
    group = to_one(
        "templates.InteractionGroup",
        "The interaction group of the template. Interactions keep the group they were logged with.",
        local="group_code",
        remote="code",
    )
    unit_cost: Decimal = column("Default cost of one interaction, in company currency.")
    unit_duration: int = column("Default duration of one interaction, in minutes.")
    information_flow: InformationFlow | None = column(
        "Whether the information of new interactions goes to the contact (OUTBOUND) or comes from it (INBOUND). Null "
        "if not given."
    )
    initiated_by: InitiatedBy | None = column(
        "Whether the company (US) or the contact (THEM) initiates new interactions. Null if not given."
    )
    correspondence_type_default: CorrespondenceType | None = column(
        "The correspondence type of new interactions, unless the contact prefers another."
    )
    ignore_contact_correspondence_type: bool = column(
        "Whether new interactions ignore the correspondence type that the contact prefers."
    )
    language_code_default: str | None = column(
        "The language code of new interactions, unless the template is translated into the contact's language."
    )
    campaign = to_one(
        "campaigns.Campaign", "The campaign that new interactions belong to.", local="campaign_no", remote="no"
    )
    campaign_target: bool = column("Whether new interactions make the contact a target of the campaign.")
    campaign_response: bool = column("Whether new interactions are responses to the campaign.")
    follow_up_after_days: int | None = column(
        "Number of days after an interaction with the template after which `nextContacts` lists its contact, if the "
        "interaction is still the newest. Null: no follow-up."
    )
    blocked: bool = column(
        "Whether the template is blocked: kept for history, refused for new interactions and segments."
    )
    statistics = statistics(
        "Figures over the logged interactions made from the template.",
        belongs=queries.interactions_of_template,
        kind=SumKind.TEMPLATE,
    )


InteractionGroupConnection, InteractionGroupEdge = connection_of("templates.InteractionGroup")
InteractionTemplateConnection, InteractionTemplateEdge = connection_of("templates.InteractionTemplate")


@strawberry.type
class TemplateQueries:
    """The fields of Query about interaction groups and templates."""

    interaction_template = by_key(
        "templates.InteractionTemplate",
        "The interaction template with this code; null if there is none.",
        "code",
        "code",
        "The code of the template.",
        access=READS,
    )
    interaction_templates = to_many(
        "templates.InteractionTemplate",
        "Interaction templates, by group, then by code unless ordered otherwise.",
        access=READS,
    )
    interaction_group = by_key(
        "templates.InteractionGroup",
        "The interaction group with this code; null if there is none.",
        "code",
        "code",
        "The code of the group.",
        access=READS,
    )
    interaction_groups = to_many(
        "templates.InteractionGroup", "Interaction groups, by code.", filtered=False, ordered=False, access=READS
    )
