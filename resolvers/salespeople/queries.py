"""The SQL of the edges of salespeople."""

from resolvers.queries import Alternatives, SqlBuilder, TableRow


def interactions_of(salesperson: TableRow, entry: TableRow, _: SqlBuilder) -> Alternatives:
    """The finished or postponed interactions of a salesperson."""
    return [[entry.c.salesperson_code == salesperson.c.code]]


def contacts_of(salesperson: TableRow, contact: TableRow, _: SqlBuilder) -> Alternatives:
    """The contacts that a salesperson is responsible for."""
    return [[contact.c.salesperson_code == salesperson.c.code]]
