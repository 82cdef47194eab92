"""The marketing setup, number series, and who is asking."""

import datetime as dt
from typing import Any

import strawberry
from sqlalchemy import ColumnElement

from persistence import setup as tables
from schema.compiler.declarations import by_column, entity_of
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, lazy_type, single_row, to_many, to_one, unpaged_list
from schema.compiler.statement import Row, Statement
from schema.connections import connection_of
from schema.nodes import Node


@entity(tables.NumberSeriesLine, key_columns=("series_code", "line_no"))
class NumberSeriesLine:
    """The numbers of a series from a date on (R-NUM-1)."""

    line_no: int = column("Its place in the series.")
    starting_date: dt.date | None = column("The day from which it is used; null: from ever.")
    starting_no: str = column("The first number.")
    ending_no: str | None = column("The last number that may be given.")
    warning_no: str | None = column("The number from which the series is running out.")
    increment_by: int = column("The step from one number to the next.")
    last_no_used: str | None = column("The number given last.")
    open: bool = column("Whether there are numbers left.")


@entity(tables.NumberSeries, "num", default=[by_column("code")], key_order=[by_column("code")])
class NumberSeries(Node):
    """A run of numbers such as SM00001, SM00002 (R-NUM)."""

    code: str = column("Its code.")
    version: int = column("Rises with every change; hand it back as expectedVersion.")
    description: str = column("What it numbers.")
    default_nos: bool = column("Whether it gives numbers by itself.")
    manual_nos: bool = column("Whether numbers may be given by hand (R-NUM-2).")
    date_order: bool = column("Whether numbers must rise with the dates they are given on.")
    lines = unpaged_list(
        "setup.NumberSeriesLine",
        "Its numbers, by place.",
        belongs=lambda series, line, _: [line.c.series_code == series.c.code],
        order=lambda line: line.c.line_no,
    )


def _today(_: Row, statement: Statement) -> ColumnElement[Any]:
    return statement.today


@entity(tables.MarketingSetup, "set")
class MarketingSetup(Node):
    """The company's settings."""

    version: int = column("Rises with every change; hand it back as expectedVersion.")
    contact_nos = to_one("setup.NumberSeries", "The series that numbers contacts.", local="contact_nos", remote="code")
    segment_nos = to_one(
        "setup.NumberSeries",
        "The series that numbers segments; a follow-up needs it (R-LOG-11).",
        local="segment_nos",
        remote="code",
    )
    campaign_nos = to_one(
        "setup.NumberSeries", "The series that numbers campaigns.", local="campaign_nos", remote="code"
    )
    time_zone: str = column("The zone whose clock the company goes by, an IANA name (K15).")
    today: dt.date = computed(_today, "The date in that zone (K15).")
    currency_code: str = column("The company currency, in which all amounts are.")
    first_day_of_week: int = column("On which day weeks begin: 1 = Monday to 7 = Sunday.")
    default_salesperson = to_one(
        "salespeople.Salesperson",
        "Who looks after new contacts (R-CON-6).",
        local="default_salesperson_code",
        remote="code",
    )
    inherit_salesperson: bool = column("Whether a person put under a company gets its salesperson (R-CON-7).")
    inherit_territory: bool = column("Whether a person put under a company gets its territory (R-CON-7).")
    inherit_country: bool = column("Whether a person put under a company gets its country (R-CON-7).")
    inherit_language: bool = column("Whether a person put under a company gets its language (R-CON-7).")
    inherit_address: bool = column("Whether a person put under a company gets its address (R-CON-7).")
    inherit_communication: bool = column("Whether a person put under a company gets its phone and e-mail (R-CON-7).")


NumberSeriesConnection, NumberSeriesEdge = connection_of("setup.NumberSeries")


@strawberry.type(description="Who is asking.")
class Viewer:
    user_id: str = strawberry.field(description="The user's id, written on everything they do.")
    roles: list[str] = strawberry.field(description="What they may do.")

    @strawberry.field(description="Their own salesperson, the default of new drafts and segments (K16).")
    async def salesperson(self, info: strawberry.Info) -> lazy_type("salespeople.Salesperson") | None:  # type: ignore[valid-type]
        code = info.context.caller.salesperson_code
        if code is None:
            return None
        return await info.context.show(info._raw_info, entity_of("salespeople.Salesperson"), [code], ("code",))


@strawberry.type
class SetupQueries:
    """The fields of Query about the company's set-up."""

    marketing_setup = single_row("setup.MarketingSetup", "The company's settings.")
    number_series = by_key(
        "setup.NumberSeries", "The number series with this code, or null.", "code", "code", "Its code."
    )
    number_series_list = to_many("setup.NumberSeries", "Number series, by code.", filtered=False, ordered=False)

    @strawberry.field(description="Who is asking.")
    async def viewer(self, info: strawberry.Info) -> Viewer | None:
        return Viewer(user_id=info.context.caller.user_id, roles=[])
