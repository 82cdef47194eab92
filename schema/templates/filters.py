"""Filters of interaction templates."""

import strawberry

from schema.comparisons import StringFilter, code_filter, flag_filter, text_filter


@strawberry.input(description="Conditions on interaction templates. All that are given must hold.")
class InteractionTemplateFilter:
    code: StringFilter | None = code_filter("The code of the template.", "code")
    description: StringFilter | None = text_filter(
        "The description of the template; its translations are not searched.", "description"
    )
    group_code: StringFilter | None = code_filter("The code of the template's interaction group.", "group_code")
    campaign_no: StringFilter | None = code_filter("The number of the template's campaign.", "campaign_no")
    blocked: bool | None = flag_filter("Whether the template is blocked for new interactions.", "blocked")
