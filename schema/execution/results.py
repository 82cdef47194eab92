"""The result of the rule of a mutation: its outcome, or the reasons why it refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from resolvers.errors import Refusal

Outcome_co = TypeVar("Outcome_co", covariant=True)


@dataclass(frozen=True)
class Result(Generic[Outcome_co]):
    """What the rule of a mutation has led to: either `outcome` is set, or `refusals` has at least one."""

    outcome: Outcome_co | None
    refusals: Sequence[Refusal] = ()
    detail: object = None
    """What a refusal returns beside its messages, for instance the blocked lines. Its attributes have the names of
    those of the outcome.
    """

    @property
    def values(self) -> object:
        """Where the fields of a payload are read from: the outcome, or the detail of a refusal."""
        return self.detail if self.outcome is None else self.outcome
