"""Queries that hypothesis generates: valid operations over all fields of Query, with their variables."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from persistence.enums import Role
from resolvers.roles import NOBODY, Scope
from schema.access import declared_access
from schema.root import schema

GRAPH = schema._schema
NOT_ASKED = {"node", "nodes", "viewer", "interactionDraft"}
TEXTS = [
    "C1",
    "p01",
    "VISIT",
    "e",
    "É",
    "boeuf",
    "50%",
    "_",
    "\\",
    "note",
    "JO",
    "SM1",
    "",
    "FRA",
    "0612",
    "Zoë",
    "u",
    "con_2",
    "tpl_1",
]
DATES = ["2026-03-18", "2026-03-01", "2026-02-10", "2025-12-31"]
NUMBERS = {"dayOfWeek": range(1, 8), "hourOfDay": range(24)}
"""The numbers that the fields of filters accept that do not accept all."""
DECIMALS: list[Any] = ["0", 12.5, "25.00", "100.25", "-1"]
GROUPS: list[tuple[list[dict[str, str]], bool]] = [
    ([], False),
    ([{"by": "CONTACT"}], False),
    ([{"date": "DAY"}, {"by": "CITY"}, {"by": "USER"}], False),
    ([{"date": "WEEK"}, {"by": "EVALUATION"}], False),
    ([{"by": "TEMPLATE"}, {"date": "QUARTER"}], True),
    ([{"date": "HOUR_OF_DAY"}, {"date": "DAY_OF_WEEK"}], True),
    ([{"date": "MONTH"}], True),
    ([{"by": "GROUP"}, {"by": "CAMPAIGN"}, {"by": "COMPANY"}], False),
    ([{"by": "SALESPERSON"}, {"by": "COUNTRY"}], False),
    ([{"by": "INFORMATION_FLOW"}, {"by": "INITIATED_BY"}, {"date": "YEAR"}], True),
]
"""Groupings of interactions, and whether their gaps are few enough to be filled."""

NOT_FOR_SALESPEOPLE = frozenset(
    name
    for name, field in (GRAPH.query_type.fields if GRAPH.query_type else {}).items()
    if (declared_access(field) or NOBODY).of(Role.SALESPERSON) is Scope.NOTHING
)
"""The fields of Query that a user whose only role is SALESPERSON may not use."""

PAGING = {"first", "last", "after", "before"}


def members(name: str) -> set[str]:
    """The fields or values of a type of the schema."""
    type_ = GRAPH.type_map[name]
    if isinstance(type_, GraphQLEnumType):
        return set(type_.values)
    assert isinstance(type_, GraphQLObjectType | GraphQLInputObjectType)
    return set(type_.fields)


@st.composite
def questions(draw: st.DrawFn, *, without: frozenset[str] = frozenset()) -> tuple[str, dict[str, Any]]:
    """An operation and the values of its variables. It does not select the fields `without` of any type."""
    writer = _Writer(draw, without)
    body = writer.selection(GRAPH.query_type, depth=0)
    declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in writer.variables.items())
    head = f"query Made({declared})" if declared else "query Made"
    text = "\n".join([f"{head} {body}", *writer.fragments])
    return text, {name: value for name, (_, value) in writer.variables.items()}


class _Writer:
    def __init__(self, draw: Callable[..., Any], without: frozenset[str] = frozenset()) -> None:
        self.draw, self.without = draw, without
        self.variables: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []
        self._names = 0

    def selection(self, type_: Any, depth: int) -> str:
        left_out = self.without | NOT_ASKED if depth == 0 else self.without
        names = [name for name in type_.fields if name not in left_out]
        if depth >= 4:
            names = [name for name in names if is_leaf_type(get_named_type(type_.fields[name].type))] or ["__typename"]
        most = 2 if depth == 0 else 4
        chosen = self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=most))
        parts = [self.field(type_, name, depth) for name in chosen]
        if self.draw(st.integers(0, 4)) == 0:
            parts.append("__typename")
        return "{ " + " ".join(parts) + " }"

    def field(self, type_: GraphQLObjectType, name: str, depth: int) -> str:
        if name == "__typename":
            return name
        field = type_.fields[name]
        text = f"{self.new_name()}: {name}{self.arguments(field)}"
        below = get_named_type(field.type)
        if isinstance(below, GraphQLObjectType):
            text += " " + self.directive() + self.selection(below, depth + 1)
        wrapping = self.draw(st.integers(0, 9))
        if wrapping == 0:
            return f"... on {type_.name} {{ {text} }}"
        if wrapping == 1:
            fragment = self.new_name()
            self.fragments.append(f"fragment {fragment} on {type_.name} {{ {text} }}")
            return f"...{fragment}"
        return text

    def directive(self) -> str:
        which = self.draw(st.integers(0, 11))
        if which > 1:
            return ""
        value = self.variable("Boolean!", self.draw(st.booleans()))
        return f"@{'include' if which else 'skip'}(if: {value}) "

    def arguments(self, field: Any) -> str:
        if "groupBy" in field.args:
            return self.arguments_of_figures(field)
        given = []
        if sides := [side for side in ("first", "last") if side in field.args]:
            size = self.draw(st.integers(1, 5))
            side = self.draw(st.sampled_from(sides))
            given.append(f"{side}: {self.variable('Int', size) if self.draw(st.booleans()) else size}")
        for name, argument in field.args.items():
            required = isinstance(argument.type, GraphQLNonNull)
            if name in PAGING or not (required or self.draw(st.booleans())):
                continue
            value = self.value(argument.type, 0)
            if self.draw(st.booleans()):
                given.append(f"{name}: {self.variable(str(argument.type), value)}")
            else:
                given.append(f"{name}: {literal(value, argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def arguments_of_figures(self, field: Any) -> str:
        """Arguments of `interactionStatistics` that are not refused."""
        group_by, may_fill = self.draw(st.sampled_from(GROUPS))
        filter_ = self.value(field.args["filter"].type, 0)
        values = {"groupBy": group_by, "first": self.draw(st.integers(1, 30)), "filter": filter_}
        values |= {
            name: self.value(field.args[name].type, 1) for name in ("orderBy", "having") if self.draw(st.booleans())
        }
        if self.draw(st.booleans()):
            values["filter"] = {"and": [filter_, {"date": {"gte": "2026-01-31", "lte": "2026-03-18"}}]}
            values["compareTo"] = self.draw(st.sampled_from(["PREVIOUS_PERIOD", "PREVIOUS_YEAR"]))
        if may_fill:
            values["fillGaps"] = self.draw(st.booleans())
        given = []
        for name, value in values.items():
            type_ = field.args[name].type
            written = self.variable(str(type_), value) if self.draw(st.booleans()) else literal(value, type_)
            given.append(f"{name}: {written}")
        return f"({', '.join(given)})"

    def value(self, type_: Any, depth: int) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self.value(type_.of_type, depth)
        if isinstance(type_, GraphQLList):
            return [self.value(type_.of_type, depth) for _ in range(self.draw(st.integers(0, 2)))]
        if isinstance(type_, GraphQLInputObjectType):
            return self.input(type_, depth)
        if isinstance(type_, GraphQLEnumType):
            return self.draw(st.sampled_from(list(type_.values)))
        assert isinstance(type_, GraphQLScalarType)
        choices: dict[str, list[Any]] = {
            "Int": [0, 1, 2, 5, 10, 100, 180],
            "Boolean": [True, False],
            "Date": DATES,
            "Decimal": DECIMALS,
        }
        return self.draw(st.sampled_from(choices.get(type_.name, TEXTS)))

    def input(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        names = [name for name, field in type_.fields.items() if depth < 3 or is_leaf_type(get_named_type(field.type))]
        needed = [name for name, field in type_.fields.items() if isinstance(field.type, GraphQLNonNull)]
        if type_.name == "DateSpan":
            return {
                "count": self.draw(st.integers(1, 40)),
                "unit": self.draw(st.sampled_from(["DAY", "WEEK", "MONTH", "YEAR"])),
            }
        chosen = self.draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
        return {
            name: self.draw(st.lists(st.sampled_from(NUMBERS[name]), max_size=2))
            if name in NUMBERS
            else self.value(type_.fields[name].type, depth + 1)
            for name in dict.fromkeys([*needed, *chosen])
        }

    def variable(self, type_: str, value: Any) -> str:
        name = self.new_name()
        self.variables[name] = (type_, value)
        return f"${name}"

    def new_name(self) -> str:
        self._names += 1
        return f"n{self._names}"


def literal(value: Any, type_: Any) -> str:
    """A value in the syntax of GraphQL."""
    if isinstance(type_, GraphQLNonNull):
        return literal(value, type_.of_type)
    if isinstance(type_, GraphQLList):
        return "[" + ", ".join(literal(item, type_.of_type) for item in value) + "]"
    if isinstance(type_, GraphQLInputObjectType):
        return (
            "{"
            + ", ".join(f"{name}: {literal(inside, type_.fields[name].type)}" for name, inside in value.items())
            + "}"
        )
    if isinstance(type_, GraphQLEnumType):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
