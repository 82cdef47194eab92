"""Filters of interaction templates."""

import strawberry

from resolvers.templates import queries
from schema.comparisons import StringFilter, code_filter, flag_filter, text_filter
from schema.compiler.declarations import Order, Sort, by_column
from schema.orders import order_input


@strawberry.input(description="Conditions on interaction templates. All that are given must hold.")
class InteractionTemplateFilter:
    code: StringFilter | None = code_filter("The code of the template.", "code")
    description: StringFilter | None = text_filter(
        "The description of the template; its translations are not searched.", "description"
    )
    group_code: StringFilter | None = code_filter("The code of the template's interaction group.", "group_code")
    campaign_no: StringFilter | None = code_filter("The number of the template's campaign.", "campaign_no")
    blocked: bool | None = flag_filter("Whether the template is blocked for new interactions.", "blocked")


TEMPLATE_KEY: Order = [by_column("code")]
InteractionTemplateOrder, TEMPLATE_ORDERS = order_input(
    "InteractionTemplateOrder",
    "interaction templates",
    CODE=("By code.", TEMPLATE_KEY),
    DESCRIPTION=(
        "By description in the language of the request, ignoring case and accents.",
        [Sort(queries.folded_description, computed=True)],
    ),
    GROUP_CODE=("By the code of the interaction group.", [by_column("group_code", nullable=True)]),
)
