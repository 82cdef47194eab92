"""Costs, durations and numbers of days: their normalization and their limits (A.4, A.9)."""

from decimal import Decimal

from persistence.columns import CENTS
from resolvers.errors import Invalid, Refusal
from resolvers.french_grammar import number

MAX_MINUTES = 525_600
"""The minutes of a year."""

MAX_DAYS = 3_660
"""The days of ten years."""

COST_LIMIT = Decimal(10) ** 16
"""The smallest cost that cannot be stored."""


def cost(given: Decimal | None) -> Decimal:
    """A cost as it is stored: null is 0."""
    return Decimal(0) if given is None else given


def duration(given: int | None) -> int:
    """A duration as it is stored: null is 0."""
    return 0 if given is None else given


def days(given: int | None) -> int | None:
    """A number of days as it is stored."""
    return given


def check_days(given: int | None, *field: str) -> list[Refusal]:
    """A number of days is at least 1 and at most ten years."""
    if given is None or 1 <= given <= MAX_DAYS:
        return []
    return [
        Invalid(
            *field,
            english=f"A number of days is 1 to {MAX_DAYS:,}. Correct it, or give null for none.",
            french=f"Un nombre de jours va de 1 à {number(MAX_DAYS)}. Corrigez-le, ou donnez null pour aucun.",
        )
    ]


def check_cost(cost: Decimal | None, *field: str) -> list[Refusal]:
    """A cost is never negative and has at most 16 digits before the decimal sign and two after it."""
    if cost is None or (cost.is_finite() and 0 <= cost < COST_LIMIT and cost == cost.quantize(CENTS)):
        return []
    return [
        Invalid(
            *field,
            english="A cost is 0 or more and less than 10,000,000,000,000,000, with at most two decimals. Correct it.",
            french="Un coût va de 0 à moins de 10\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000, avec au plus deux "
            "décimales. Corrigez-le.",
        )
    ]


def check_duration(minutes: int | None, *field: str) -> list[Refusal]:
    """A duration is a number of whole minutes, at most a year."""
    if minutes is None or 0 <= minutes <= MAX_MINUTES:
        return []
    return [
        Invalid(
            *field,
            english=f"A duration is 0 to {MAX_MINUTES:,} minutes. Correct it.",
            french=f"Une durée va de 0 à {number(MAX_MINUTES)} minutes. Corrigez-la.",
        )
    ]
