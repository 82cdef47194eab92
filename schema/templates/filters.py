"""Filters of interaction templates."""

import strawberry

from schema.comparisons import StringFilter, of_flag, of_key, of_text


@strawberry.input(description="Which interaction templates.")
class InteractionTemplateFilter:
    code: StringFilter | None = of_key("Its code.", "code")
    description: StringFilter | None = of_text("Its description.", "description")
    group_code: StringFilter | None = of_key("Its group.", "group_code")
    campaign_no: StringFilter | None = of_key("Its campaign.", "campaign_no")
    blocked: bool | None = of_flag("Whether it is refused for new work.", "blocked")
