"""The joins of one SELECT."""

from sqlalchemy import FromClause, and_

from resolvers.queries import SqlCondition
from schema.compiler.declarations import ToOne, entity_of
from schema.compiler.statement import Row, Statement

MAX_JOINS = 40
"""Maximum number of joined edges; SQLite joins at most 64 tables. Further edges become subqueries."""


class Scope:
    """The rows of to-one edges that one SELECT joins, each once however often it is selected."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._joins: dict[tuple[str, ToOne], tuple[Row, SqlCondition]] = {}

    def can_join(self, row: Row, edge: ToOne) -> bool:
        return (row.alias, edge) in self._joins or len(self._joins) < MAX_JOINS

    def join(self, row: Row, edge: ToOne) -> Row:
        """The row at the other end of an edge."""
        known = self._joins.get((row.alias, edge))
        if known is None:
            other = self._statement.row(entity_of(edge.target).table)
            known = other, and_(*join_conditions(edge, row, other))
            self._joins[row.alias, edge] = known
        return known[0]

    @property
    def has_joins(self) -> bool:
        """Whether any edge is joined."""
        return bool(self._joins)

    def with_joins(self, source: FromClause) -> FromClause:
        """The source with all edges joined to it."""
        for row, condition in self._joins.values():
            source = source.outerjoin(row.source, condition)
        return source


def join_conditions(edge: ToOne, row: Row, other: Row) -> list[SqlCondition]:
    """The conditions under which `other` is at the other end of an edge of `row`."""
    target = entity_of(edge.target)
    conditions = [other.c[edge.remote] == row.c[edge.local]]
    if edge.when is not None:
        conditions.append(edge.when(row))
    if target.only is not None:
        conditions.append(target.only(other))
    return conditions
