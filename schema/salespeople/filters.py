"""Filters of salespeople."""

import strawberry

from schema.comparisons import StringFilter, code_filter, flag_filter, text_filter
from schema.compiler.declarations import Order, by_column
from schema.orders import order_input


@strawberry.input(description="Conditions on salespeople. All that are given must hold.")
class SalespersonFilter:
    code: StringFilter | None = code_filter("The code of the salesperson.", "code")
    name: StringFilter | None = text_filter("The name of the salesperson.", "name", "search_name")
    blocked: bool | None = flag_filter("Whether the salesperson is blocked for new interactions.", "blocked")


SALESPERSON_KEY: Order = [by_column("code")]
SalespersonOrder, SALESPERSON_ORDERS = order_input(
    "SalespersonOrder",
    "salespeople",
    CODE=("By code.", SALESPERSON_KEY),
    NAME=("By name, ignoring case and accents.", [by_column("search_name")]),
)
