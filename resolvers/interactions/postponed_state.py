"""Which fields a postponed interaction still needs, and when it is due."""

from enum import StrEnum

from sqlalchemy import ColumnElement, Unicode, and_, case, literal_column

from resolvers.queries import SqlCondition, SqlExpression, TableRow

NEEDED = ("contact_no", "template_code", "salesperson_code", "description")
"""The fields that finishing an interaction needs, in the order of R-FIN-1 to R-FIN-5. Resuming sets date and time by
itself (K13).
"""


class PostponedState(StrEnum):
    OVERDUE = "OVERDUE"
    TODAY = "TODAY"
    LATER = "LATER"
    UNDATED = "UNDATED"


def missing(interaction: TableRow) -> list[tuple[str, SqlCondition]]:
    """The fields that may be missing, each with the condition that it is (K3)."""
    return [(name, interaction.c[name].is_(None)) for name in NEEDED]


def is_complete(interaction: TableRow) -> SqlCondition:
    """Whether the interaction has every field that finishing it needs."""
    return and_(*(interaction.c[name].is_not(None) for name in NEEDED))


def state(interaction: TableRow, today: SqlExpression) -> ColumnElement[str]:
    """Whether the day to resume is before, on or after the company's today, or not given."""
    words = {word: literal_column(f"'{word.value}'", Unicode()) for word in PostponedState}
    return case(
        (interaction.c.resume_on.is_(None), words[PostponedState.UNDATED]),
        (interaction.c.resume_on < today, words[PostponedState.OVERDUE]),
        (interaction.c.resume_on == today, words[PostponedState.TODAY]),
        else_=words[PostponedState.LATER],
    )
