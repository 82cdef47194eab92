"""Orders of lists: a field and a direction."""

from enum import StrEnum
from typing import Any

import strawberry

from schema.enums import OrderDirection, OrderDirectionWord


def order_input(name: str, fields: type[StrEnum], about: str, **values: str) -> Any:
    """The input type of an order, with a description for every field to sort by."""
    enum: Any = strawberry.enum(fields, description=f"What to sort {about} by. More values may come.")
    for value in enum.__strawberry_definition__.values:
        value.description = values.pop(value.name)
    assert not values, values
    made = type(
        name,
        (),
        {
            "__module__": __name__,
            "__annotations__": {"field": enum, "direction": OrderDirection},
            "field": strawberry.field(description="What to sort by."),
            "direction": strawberry.field(default=OrderDirectionWord.ASC, description="Which way."),
        },
    )
    return strawberry.input(made, name=name, description=f"How to sort {about}.")
