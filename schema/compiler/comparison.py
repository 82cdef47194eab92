"""The comparisons of filters as `resolvers/<subject>/queries.py` applies them to columns and expressions."""

from collections.abc import Callable, Mapping
from typing import Any

from resolvers.queries import SqlCondition, SqlExpression
from schema.compiler.bounds import checked_list
from schema.compiler.conditions import compared, date_compared, key_compared, text_compared
from schema.compiler.statement import Statement


def enum_value(value: Any) -> Any:
    """The stored text of an enum value; other values as they are."""
    return getattr(value, "value", value)


class Comparison:
    """Operators of a filter field, such as `{gte: 3}`, with operands that the statement binds."""

    def __init__(self, statement: Statement, operators: Mapping[str, Any]) -> None:
        self._statement = statement
        self.operators = {
            name: checked_list(operand) if name == "in" else operand
            for name, operand in operators.items()
            if operand is not None
        }

    def of(self, operators: Mapping[str, Any]) -> "Comparison":
        """The same kind of comparison with other operators."""
        return Comparison(self._statement, operators)

    def matches(self, value: SqlExpression, convert: Callable[[Any], object] = enum_value) -> SqlCondition:
        """Whether a number, amount, enum value or converted text compares so."""
        return compared(value, self._statement, self.operators, convert)

    def matches_text(self, value: SqlExpression, *, folded: SqlExpression | None = None) -> SqlCondition:
        """Whether a text compares so; `folded` is the column that holds it without case and accents."""
        return text_compared(value, self._statement, self.operators, folded=folded)

    def matches_code(self, value: SqlExpression) -> SqlCondition:
        """Whether a number or code compares so."""
        return key_compared(value, self._statement, self.operators)

    def matches_date(self, value: SqlExpression) -> SqlCondition:
        """Whether a date compares so."""
        return date_compared(value, self._statement, self.operators)
