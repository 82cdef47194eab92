"""Which fields were given to a line rather than taken from its segment (K11): one bit for each in `customized`."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement

MARKS = {
    name: 1 << place
    for place, name in enumerate(
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
"""The fields of a line as clients give them, in their order. Bits are stored: new names go to the end."""

EVERY_MARK = sum(MARKS.values())


def marks(names: Iterable[str]) -> int:
    """The bits of these fields."""
    return sum(MARKS.get(name, 0) for name in names)


def is_marked(customized: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Whether the field was given to the line."""
    return customized.bitwise_and(MARKS[name]) != 0
