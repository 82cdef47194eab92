"""The customized fields of a line: those that a client set on the line, so that they do not follow the segment (K11).

Each field is one bit of the column `customized`.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement

FIELD_BITS = {
    name: 1 << position
    for position, name in enumerate(
        (
            "template_code",
            "salesperson_code",
            "campaign_no",
            "description",
            "subject",
            "date",
            "time_of_interaction",
            "cost",
            "duration",
            "information_flow",
            "initiated_by",
            "correspondence_type",
            "language_code",
            "evaluation",
            "attempt_failed",
            "campaign_target",
            "campaign_response",
        )
    )
}
"""The bit of each field, in the order in which clients see them. Bits are stored, so new fields go to the end."""

ALL_BITS = sum(FIELD_BITS.values())


def bits(names: Iterable[str]) -> int:
    """The bits of these fields. Other names have none."""
    return sum(FIELD_BITS.get(name, 0) for name in names)


def is_customized(customized: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Whether the field was set on the line."""
    return customized.bitwise_and(FIELD_BITS[name]) != 0
