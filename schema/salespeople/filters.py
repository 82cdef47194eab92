"""Filters of salespeople."""

import strawberry

from schema.comparisons import StringFilter, of_flag, of_key, of_text


@strawberry.input(description="Which salespeople.")
class SalespersonFilter:
    code: StringFilter | None = of_key("Their code.", "code")
    name: StringFilter | None = of_text("Their name.", "name", "search_name")
    blocked: bool | None = of_flag("Whether they are refused for new work.", "blocked")
