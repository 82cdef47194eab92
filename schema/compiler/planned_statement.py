"""One SQL statement that answers a root field, and how its parameters are bound for each request."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schema.compiler.errors import BadUserInput
from schema.compiler.selection import SelectedField
from schema.compiler.values import Binder, GraphQLValues, RequestValues

PLAN_BYTES, BYTES_PER_BINDER = 1_000, 700
"""Measured sizes of a plan, beside its SQL, and of each of its parameters."""


@dataclass(frozen=True)
class PlannedStatement:
    """One statement and the binders of its parameters, each with what converts its value for the driver."""

    sql: str
    binders: tuple[tuple[Binder, Callable[[Any], Any] | None], ...]
    needs_calendar: bool
    has_messages: bool = False
    """Whether its JSON has placeholders for messages, see `message_fields`."""
    runs: bool = True
    """False: the statement is not executed. Its parameters are only checked, before default execution or a mutation
    runs.
    """

    refusal: Callable[[str], str | None] | None = None
    """Returns why the JSON is refused, if it is. Only what the statement finds decides it."""

    field: SelectedField | None = None
    """The root field that it answers, if it answers one."""

    @property
    def size(self) -> int:
        """Estimated bytes in the cache."""
        return PLAN_BYTES + sys.getsizeof(self.sql) + BYTES_PER_BINDER * len(self.binders)

    def check(self, text: str | None) -> None:
        """Raises BadUserInput if the JSON that the statement returned is refused."""
        reason = self.refusal(text) if self.refusal is not None and text is not None else None
        if reason is not None:
            raise self._of_field(BadUserInput(reason))

    def _of_field(self, error: BadUserInput) -> BadUserInput:
        return error if self.field is None else error.of_root_field(self.field.key, self.field.nodes)

    def parameters(self, variables: GraphQLValues, request_values: RequestValues) -> tuple[Any, ...]:
        """The parameters for the driver. Raises BadUserInput for an invalid value."""
        values = []
        try:
            for bind, process in self.binders:
                value = bind(variables, request_values)
                values.append(process(value) if process else value)
        except BadUserInput as error:
            raise self._of_field(error) from None
        return tuple(values)
