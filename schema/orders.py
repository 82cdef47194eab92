"""Orders of lists: a field to sort by and a direction."""

from collections.abc import Mapping
from enum import Enum, StrEnum

import strawberry

from schema.compiler.declarations import Order
from schema.enums import OrderDirection, OrderDirectionValues, described_enum

Orders = Mapping[Enum, Order]


def order_input(name: str, about: str, **fields: tuple[str, Order]) -> tuple[type, Orders]:
    """The input type of an order of `about`, and the levels of each field to sort by.

    Every field is given with its description and its levels.
    """
    enum = StrEnum(f"{name}Field", {field: field for field in fields})  # type: ignore[misc]  # named at run time
    described = described_enum(
        enum, f"What to sort {about} by.", **{field: description for field, (description, _) in fields.items()}
    )
    made = type(
        name,
        (),
        {
            "__module__": __name__,
            "__annotations__": {"field": described, "direction": OrderDirection},
            "field": strawberry.field(description="What to sort by."),
            "direction": strawberry.field(
                default=OrderDirectionValues.ASC, description="The direction. Default: ascending."
            ),
        },
    )
    input_type = strawberry.input(made, name=name, description=f"How to sort {about}.")
    return input_type, {enum[field]: levels for field, (_, levels) in fields.items()}
