"""What a postponed interaction still lacks, and when it is due: finders over its row."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Unicode, and_, case, literal_column

NEEDED = ("contact_no", "template_code", "salesperson_code", "description")
"""What finishing asks for, in the order of R-FIN 1–5. Date and time come by themselves when it is resumed (K13)."""


class PostponedState(StrEnum):
    OVERDUE = "OVERDUE"
    TODAY = "TODAY"
    LATER = "LATER"
    UNDATED = "UNDATED"


def missing(row: Any) -> list[tuple[str, ColumnElement[bool]]]:
    """The fields that may be missing, each with the condition that it is (K3)."""
    return [(name, row.c[name].is_(None)) for name in NEEDED]


def is_complete(row: Any) -> ColumnElement[bool]:
    """Whether finishing would find everything it needs."""
    return and_(*(row.c[name].is_not(None) for name in NEEDED))


def state(row: Any, today: ColumnElement[Any]) -> ColumnElement[str]:
    """Where `resume_on` stands to the company's today."""
    words = {word: literal_column(f"'{word.value}'", Unicode()) for word in PostponedState}
    return case(
        (row.c.resume_on.is_(None), words[PostponedState.UNDATED]),
        (row.c.resume_on < today, words[PostponedState.OVERDUE]),
        (row.c.resume_on == today, words[PostponedState.TODAY]),
        else_=words[PostponedState.LATER],
    )
