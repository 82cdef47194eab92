"""Amounts of money and minutes: what fits and what does not (A.4, A.9)."""

from decimal import Decimal

from persistence.columns import CENTS
from resolvers.errors import Invalid, Refusal
from resolvers.french import number

MOST_MINUTES = 525_600
TOO_MUCH = Decimal(10) ** 16


def check_cost(cost: Decimal | None, *field: str) -> list[Refusal]:
    """A cost has at most two decimals and 16 digits before them, and is never negative."""
    if cost is None or (cost.is_finite() and 0 <= cost < TOO_MUCH and cost == cost.quantize(CENTS)):
        return []
    return [
        Invalid(
            *field,
            english="A cost is 0 or more, below 10,000,000,000,000,000, with at most two decimals. Correct it.",
            french="Un coût va de 0 à moins de 10\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000, avec au plus deux "
            "décimales. Corrigez-le.",
        )
    ]


def check_duration(minutes: int | None, *field: str) -> list[Refusal]:
    """A duration is whole minutes, from none to a year."""
    if minutes is None or 0 <= minutes <= MOST_MINUTES:
        return []
    return [
        Invalid(
            *field,
            english=f"A duration is 0 to {MOST_MINUTES:,} minutes. Correct it.",
            french=f"Une durée va de 0 à {number(MOST_MINUTES)} minutes. Corrigez-la.",
        )
    ]
