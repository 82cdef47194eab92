"""The marketing setup, number series, and the user of the request."""

import datetime as dt
from typing import Annotated

import strawberry

from persistence import setup as tables
from persistence.enums import Role
from resolvers.roles import READS
from resolvers.setup import queries
from schema.access import query
from schema.compiler.declarations import by_column, entity_of
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, lazy_type, single_row, to_many, to_one, unpaged_list
from schema.connections import connection_of
from schema.execution.context import Info
from schema.execution.graphql_internals import resolve_info
from schema.execution.permissions import permissions_of
from schema.nodes import VERSION, Node


@entity(tables.NumberSeriesLine, key_columns=("series_code", "line_no"))
class NumberSeriesLine:
    """A range of numbers of a series, used from a date on."""

    line_no: int = column("The number of the line within the series: 1, 2, 3.")
    starting_date: dt.date | None = column("The first day on which the line is used. Null: no start.")
    starting_no: str = column("The first number of the range.")
    ending_no: str | None = column("The last number of the range. Null: no end.")
    warning_no: str | None = column("When this number is reached, the range counts as running out. Null: no warning.")
    increment_by: int = column("The step from one number to the next, at least 1.")
    last_no_used: str | None = column("The number that was assigned last. Null before the first.")
    open: bool = column("Whether the line has numbers left.")


@entity(tables.NumberSeries, "num", default=[by_column("code")], key_order=[by_column("code")])
class NumberSeries(Node):
    """A series of numbers, such as SM00001, SM00002, that are assigned to new contacts, segments or campaigns."""

    code: str = column("The code of the series, unique among number series.")
    version: int = column(VERSION)
    description: str = column("What the series numbers.")
    default_nos: bool = column("Whether numbers are assigned automatically.")
    manual_nos: bool = column("Whether numbers may be given by the client instead.")
    date_order: bool = column("Whether numbers have to increase with the dates on which they are assigned.")
    lines = unpaged_list(
        "setup.NumberSeriesLine",
        "The ranges of the series, by line number.",
        belongs=queries.lines_of_series,
        order="line_no",
    )


@entity(tables.MarketingSetup, "set")
class MarketingSetup(Node):
    """The settings of the company. There is always exactly one."""

    version: int = column(VERSION)
    contact_nos = to_one("setup.NumberSeries", "The number series of new contacts.", local="contact_nos", remote="code")
    segment_nos = to_one(
        "setup.NumberSeries",
        "The number series of new segments. Creating a follow-up segment needs it.",
        local="segment_nos",
        remote="code",
    )
    campaign_nos = to_one(
        "setup.NumberSeries", "The number series of new campaigns.", local="campaign_nos", remote="code"
    )
    time_zone: str = column(
        "The time zone of the company, an IANA name such as America/Montreal. Dates and times of day are "
        "in this time zone."
    )
    today: dt.date = computed(queries.today, "Today's date in that time zone.")
    currency_code: str = column("The company currency, in which all amounts are.")
    first_day_of_week: int = column(
        "The day on which weeks begin, in filters and in figures by week: 1 for Monday to 7 for Sunday."
    )
    default_salesperson = to_one(
        "salespeople.Salesperson",
        "The salesperson of new contacts that are not given one.",
        local="default_salesperson_code",
        remote="code",
    )
    inherit_salesperson: bool = column("Whether a person who is assigned to a company gets the company's salesperson.")
    inherit_territory: bool = column("Whether a person who is assigned to a company gets the company's territory.")
    inherit_country: bool = column("Whether a person who is assigned to a company gets the company's country.")
    inherit_language: bool = column("Whether a person who is assigned to a company gets the company's language.")
    inherit_address: bool = column(
        "Whether a person who is assigned to a company gets the company's address, city and post code."
    )
    inherit_communication: bool = column(
        "Whether a person who is assigned to a company gets the company's phone numbers, e-mail address and "
        "correspondence type."
    )


NumberSeriesConnection, NumberSeriesEdge = connection_of("setup.NumberSeries")


FieldArgument = Annotated[
    str,
    strawberry.argument(
        description="The name of a type and of one of its fields, such as `Mutation.logSegment` or `Contact.city`."
    ),
]


@strawberry.type(description="The user of the request.")
class Viewer:
    user_id: str = strawberry.field(
        description="The id of the user. It is stored with everything they create or change."
    )
    roles: list[str] = strawberry.field(
        description="The roles of the user, from the one that may do least: READER, SALESPERSON, MARKETER, ADMIN."
    )

    @strawberry.field(
        description="The salesperson assigned to the user, the default of their new interactions and segments. Null if "
        "none is assigned."
    )
    async def salesperson(self, info: Info) -> lazy_type("salespeople.Salesperson") | None:  # type: ignore[valid-type]  # built at run time
        code = info.context.caller.salesperson_code
        if code is None:
            return None
        return await info.context.read_object(
            resolve_info(info), entity_of("salespeople.Salesperson"), [code], ("code",)
        )

    @strawberry.field(
        description="Whether the roles of the user allow a field, for instance to show or hide a button. Also true if "
        "the user may use the field for their own interactions and contacts only."
    )
    def may(self, info: Info, field: FieldArgument) -> bool:
        return permissions_of(resolve_info(info).schema).may(info.context.caller.roles, field)


@strawberry.type
class SetupQueries:
    """The fields of Query about the settings of the company."""

    marketing_setup = single_row("setup.MarketingSetup", "The settings of the company.", access=READS)
    number_series = by_key(
        "setup.NumberSeries",
        "The number series with this code; null if there is none.",
        "code",
        "code",
        "The code of the series.",
        access=READS,
    )
    number_series_list = to_many(
        "setup.NumberSeries", "Number series, by code.", filtered=False, ordered=False, access=READS
    )

    @query("The user of the request, and what they may do.", access=READS)
    async def viewer(self, info: Info) -> Viewer | None:
        caller = info.context.caller
        return Viewer(user_id=caller.user_id, roles=[role.name for role in Role if role in caller.roles])
