"""Salespeople."""

import strawberry

from persistence import salespeople as tables
from persistence.precomputed.day_sums import SumKind
from resolvers.roles import READS
from resolvers.salespeople import queries
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, to_many
from schema.connections import connection_of
from schema.nodes import VERSION, Node
from schema.salespeople.filters import SALESPERSON_KEY, SALESPERSON_ORDERS, SalespersonFilter, SalespersonOrder
from schema.statistics.types import statistics


@entity(
    tables.Salesperson,
    "sal",
    default=SALESPERSON_KEY,
    key_order=SALESPERSON_KEY,
    orders=SALESPERSON_ORDERS,
    filter=SalespersonFilter,
    order_input=SalespersonOrder,
)
class Salesperson(Node):
    """An employee of the company who interacts with contacts."""

    code: str = column("The code of the salesperson, unique among salespeople.")
    version: int = column(VERSION)
    name: str = column("The name of the salesperson, at most 50 characters.")
    email: str | None = column("The e-mail address, at most 80 characters. Null if unknown.")
    job_title: str | None = column("The job title, at most 30 characters. Null if unknown.")
    phone_no: str | None = column("The phone number as entered, at most 30 characters. Null if unknown.")
    blocked: bool = column(
        "Whether the salesperson is blocked: kept for history, refused for new interactions and segments."
    )
    contacts = to_many(
        "contacts.Contact",
        "The contacts that the salesperson is responsible for, by number.",
        belongs=queries.contacts_of,
    )
    interaction_log_entries = to_many(
        "interactions.InteractionLogEntry",
        "The logged interactions of the salesperson, newest first.",
        belongs=queries.interactions_of,
    )
    postponed_interactions = to_many(
        "interactions.PostponedInteraction",
        "The interactions of the salesperson that wait to be finished, by the day to resume.",
        belongs=queries.interactions_of,
    )
    statistics = statistics(
        "Figures over the logged interactions of the salesperson.",
        belongs=queries.interactions_of,
        kind=SumKind.SALESPERSON,
    )


SalespersonConnection, SalespersonEdge = connection_of("salespeople.Salesperson")


@strawberry.type
class SalespersonQueries:
    """The fields of Query about salespeople."""

    salesperson = by_key(
        "salespeople.Salesperson",
        "The salesperson with this code; null if there is none.",
        "code",
        "code",
        "The code of the salesperson.",
        access=READS,
    )
    salespeople = to_many("salespeople.Salesperson", "Salespeople, by code unless ordered otherwise.", access=READS)
