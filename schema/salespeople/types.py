"""Salespeople."""

import strawberry

from persistence import salespeople as tables
from schema.compiler.declarations import Alternatives, by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, to_many
from schema.compiler.statement import Row, Statement
from schema.connections import connection_of
from schema.nodes import Node
from schema.salespeople.filters import SalespersonFilter
from schema.statistics.types import statistics


def _theirs(salesperson: Row | None, entry: Row, _: Statement) -> Alternatives:
    assert salesperson is not None
    return [[entry.c.salesperson_code == salesperson.c.code]]


@entity(tables.Salesperson, "sal", default=[by_column("code")], key_order=[by_column("code")], filter=SalespersonFilter)
class Salesperson(Node):
    """Somebody of ours who talks to contacts."""

    code: str = column("Their code.")
    version: int = column("Rises with every change; hand it back as expectedVersion.")
    name: str = column("Their name.")
    email: str | None = column("E-mail address.")
    job_title: str | None = column("What they do.")
    phone_no: str | None = column("Phone number.")
    blocked: bool = column("Gone, or not to be used: kept for history, refused for new work (K10).")
    interaction_log_entries = to_many(
        "interactions.InteractionLogEntry", "Their finished interactions, newest first.", belongs=_theirs
    )
    postponed_interactions = to_many(
        "interactions.PostponedInteraction",
        "Their interactions that wait to be finished, soonest first (R-PLIST).",
        belongs=_theirs,
    )
    statistics = statistics("What their interactions add up to.", belongs=_theirs)


SalespersonConnection, SalespersonEdge = connection_of("salespeople.Salesperson")


@strawberry.type
class SalespersonQueries:
    """The fields of Query about salespeople."""

    salesperson = by_key(
        "salespeople.Salesperson", "The salesperson with this code, or null.", "code", "code", "Their code."
    )
    salespeople = to_many("salespeople.Salesperson", "Salespeople, by code.", ordered=False)
