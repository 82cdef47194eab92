"""Calendar feeds."""

import datetime as dt

import strawberry

from persistence import calendar_feeds as tables
from resolvers.calendars import rules
from resolvers.roles import READS_OWN
from schema.access import query
from schema.compiler.declarations import entity_of
from schema.compiler.entity_types import entity
from schema.compiler.fields import column, to_one
from schema.execution.context import Info
from schema.execution.graphql_internals import resolve_info
from schema.nodes import Node

FEED = "calendars.CalendarFeed"


@entity(tables.CalendarFeed, "cal")
class CalendarFeed(Node):
    """An address under which a calendar program reads the postponed interactions of a salesperson. Only
    createCalendarFeed returns the address itself.
    """

    salesperson = to_one(
        "salespeople.Salesperson",
        "The salesperson whose postponed interactions the calendar shows.",
        local="salesperson_code",
        remote="code",
        required=True,
    )
    created_at: dt.datetime = column("The time at which the feed was created.")
    user_id: str = column("The user who created the feed.")


@strawberry.type
class CalendarQueries:
    """The field of Query that lists calendar feeds."""

    @query("The calendar feeds that were not revoked, by salesperson, oldest first.", access=READS_OWN)
    async def calendar_feeds(self, info: Info) -> list[CalendarFeed] | None:
        ids = await info.context.read(rules.visible_feeds)
        return await info.context.read_objects(resolve_info(info), entity_of(FEED), [], ids)
