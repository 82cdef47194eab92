"""Makes the page of a list from its arguments: filter, search, order and cursors."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar, cast

from resolvers.queries import Alternatives, FilteredAlternatives, SqlCondition, TableRow
from schema.compiler.computed_lists import ComputedList, computed_page
from schema.compiler.cursors import cursor_of
from schema.compiler.declarations import Entity, Order, Sort, ToMany, entity_of
from schema.compiler.errors import BadUserInput
from schema.compiler.filters.conditions import inner_condition
from schema.compiler.paging import MAX_LEVELS, Page
from schema.compiler.statement import Row, Statement
from schema.compiler.values import GraphQLValues

P = TypeVar("P", bound=Page)


def page_of(
    statement: Statement, declared: ToMany, parent: Row | None, arguments: GraphQLValues, alternative: int | None = None
) -> Page:
    """The page of a list field with these arguments. With `alternative`, only of the rows that belong to the parent in
    this way; the condition on the parent is then known to hold.
    """
    return page_of_kind(Page, statement, declared, parent, arguments, alternative)


def page_of_kind(
    kind: type[P],
    statement: Statement,
    declared: ToMany,
    parent: Row | None,
    arguments: GraphQLValues,
    alternative: int | None = None,
) -> P:
    """The page of a list field, made by a subclass of `Page`."""
    if isinstance(declared, ComputedList):
        return cast(P, computed_page(kind, statement, declared, arguments))
    entity = entity_of(declared.target)
    cursors = (cursor_of(name, arguments.get(name)) for name in ("after", "before"))
    paging = kind.arguments_type(arguments.get("first"), arguments.get("last"), *cursors)
    order, names = (declared.order, ["own"]) if declared.order else _order(entity, arguments.get("orderBy"))
    filter_, search = arguments.get("filter"), arguments.get("search")
    if filter_ is not None:
        statement.budget.take(filter_)

    def passes(row: TableRow, values: GraphQLValues) -> SqlCondition:
        return inner_condition(entity.filter, values, row, statement)

    def conditions(row: Row, *, to_count: bool = False) -> Alternatives:
        shared: list[SqlCondition] = [*entity.conditions(row)]
        if declared.extra_conditions is not None:
            shared += declared.extra_conditions(row, arguments, statement)
        belonging: Alternatives = [[]] if parent is None else declared.belongs(parent, row, statement)
        if alternative is not None:
            belonging = [belonging[alternative][1:]]
        found: Alternatives = [[]]
        if search is not None and declared.search is not None:
            if to_count and declared.search.counts is not None:
                found = declared.search.counts(row, search, statement, filter_ is None)
            else:
                found = declared.search.finds(row, search, statement)
        filtered: FilteredAlternatives = [([], filter_ or {})]
        if filter_ is not None and search is None and declared.look_up is not None:
            filtered = declared.look_up(row, filter_, passes, statement, to_count)
        if filter_ is not None and entity.filter is not None:
            found = [[*finding, *ways, passes(row, values)] for finding in found for ways, values in filtered]
        return [[*conditions, *finding, *shared] for conditions in belonging for finding in found]

    counted = partial(conditions, to_count=True)
    return kind(statement, entity, order, names, paging, conditions, of_whole_table=parent is None, counted=counted)


def _order(entity: Entity, order_by: Sequence[GraphQLValues] | None) -> tuple[Order, Sequence[str]]:
    """The levels of an order, the key last; and the names that identify the order in cursors."""
    if not order_by:
        return entity.default_order, ["default"]
    if len(order_by) > MAX_LEVELS:
        raise BadUserInput(f"`orderBy` has at most {MAX_LEVELS} levels; {len(order_by)} were given.")
    levels: list[Sort] = []
    names: list[str] = []
    descending = False
    for entry in order_by:
        order, descending = entity.orders[entry["field"]], entry["direction"].value == "DESC"
        names.append(f"{entry['field'].value} {entry['direction'].value}")
        levels += _directed(order, descending)
        if order is entity.key_order:
            return levels, names
    return [*levels, *_directed(entity.key_order, descending)], names


def _directed(order: Order, descending: bool) -> list[Sort]:
    return [replace(level, descending=level.descending != descending) for level in order]
