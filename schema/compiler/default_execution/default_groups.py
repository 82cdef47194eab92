"""Default execution of aggregates over groups of rows: one statement reads all columns of the groups, another the
totals.
"""

from sqlalchemy import Label, literal, literal_column, null, select

from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import InvalidOperand
from resolvers.statistics.gaps import MAX_GROUPS
from resolvers.statistics.groups import KEY_TYPES, Group, Sums
from schema.compiler.declarations import Aggregate, GroupedAggregates, entity_of
from schema.compiler.default_execution.read_context import ReadContext, StoredRow
from schema.compiler.errors import BadUserInput
from schema.compiler.grouped_aggregates import too_many
from schema.compiler.statement import Statement
from schema.compiler.values import GraphQLValues, KnownParameters, RequestValues

GROUP = "__group__"
"""The member of a row that holds the request, which its label and its filter need."""


async def read(declared: GroupedAggregates, context: ReadContext, arguments: GraphQLValues) -> dict[str, object]:
    """The groups, the totals and the number of groups, whichever are selected."""
    values = await context.request_values()
    try:
        (totals,) = await context.select(lambda: _totals(declared, _new(context, values), arguments))
        if totals["size"] is not None and totals["size"] > MAX_GROUPS:
            raise BadUserInput(too_many(totals["size"]))
        found = await context.select(lambda: _groups(declared, _new(context, values), arguments))
    except InvalidOperand as error:
        raise BadUserInput(str(error)) from None
    group = declared.make(_new(context, values), arguments, True).group
    rows = [_row(declared, group, row) for row in found]
    return {"rows": rows, "totals": _of(totals, "totals"), "no_of_rows": totals["number"]}


def constant_group(row: StoredRow) -> Group:
    """A group whose keys are constants."""
    return Group(_Constants(row), row[GROUP])


def _new(context: ReadContext, values: RequestValues) -> Statement:
    return Statement(context.viewer, KnownParameters(values))


def _totals(declared: GroupedAggregates, statement: Statement, arguments: GraphQLValues) -> SqlQuery:
    made = declared.make(statement, arguments, True)
    totals = _measures(declared, made.figures.total_of, "totals")
    size = null() if made.figures.size is None else made.figures.size
    columns = [*totals, made.figures.number_of_groups().label("number"), size.label("size")]
    return select(*columns).select_from(made.figures.totals_source()).add_cte(*made.figures.ctes())


def _groups(declared: GroupedAggregates, statement: Statement, arguments: GraphQLValues) -> SqlQuery:
    made = declared.make(statement, arguments, True)
    keys: list[SqlExpression] = [made.group.c[name].label(name) for name in KEY_TYPES]
    measures = _measures(declared, made.group.sums, "measures")
    previous = [] if made.group.earlier is None else _measures(declared, made.group.earlier, "previous")
    marker: Label[str] = literal_column(f"'{entity_of(declared.target).name}'").label("__entity__")
    place = made.figures.group.c["n"]
    chosen = select(*keys, *measures, *previous, marker).select_from(made.figures.group.source)
    return chosen.order_by(place).add_cte(*made.figures.ctes())


def _measures(declared: GroupedAggregates, sums: Sums, prefix: str) -> list[SqlExpression]:
    fields = entity_of(declared.measures).fields
    found = {name: each.of_sums(sums) for name, each in fields.items() if isinstance(each, Aggregate)}
    return [value.label(f"{prefix} {name}") for name, value in found.items()]


def _row(declared: GroupedAggregates, group: Group, row: StoredRow) -> dict[str, object]:
    keys = {name: row[name] for name in (*KEY_TYPES, "__entity__")}
    previous = None if group.earlier is None else _of(row, "previous")
    return {**keys, GROUP: group.request, "measures": _of(row, "measures"), "previous": previous}


def _of(row: StoredRow, prefix: str) -> dict[str, object]:
    """The measures of one object, by their GraphQL names."""
    return {name.removeprefix(f"{prefix} "): value for name, value in row.items() if name.startswith(f"{prefix} ")}


class _Constants:
    """The keys of a group as constants."""

    def __init__(self, row: StoredRow) -> None:
        self._row = row

    def __getitem__(self, name: str) -> SqlExpression:
        return literal(self._row[name], KEY_TYPES[name])

    def __getattr__(self, name: str) -> SqlExpression:
        return self[name]
