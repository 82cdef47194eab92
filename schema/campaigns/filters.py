"""Filters of campaigns and their entries."""

import datetime as dt
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Date, and_, or_

from schema.comparisons import DateFilter, IntFilter, StringFilter, meaning, of_date, of_flag, of_key, of_text, of_value
from schema.compiler.statement import Row, Statement


def _active_on(row: Row, statement: Statement, day: Any) -> ColumnElement[bool]:
    def bound() -> ColumnElement[Any]:
        return statement.bind(lambda value: value, day, type_=Date())

    started = or_(row.c.starting_date.is_(None), row.c.starting_date <= bound())
    return and_(started, or_(row.c.ending_date.is_(None), row.c.ending_date >= bound()))


@strawberry.input(description="Which campaigns.")
class CampaignFilter:
    no: StringFilter | None = of_key("Its number.", "no")
    description: StringFilter | None = of_text("Its description.", "description")
    salesperson_code: StringFilter | None = of_key("Its salesperson.", "salesperson_code")
    active_on: dt.date | None = meaning(
        _active_on, "Runs on this day: started and not ended; an open end counts as running."
    )
    blocked: bool | None = of_flag("Whether it is refused for new work.", "blocked")


@strawberry.input(description="Which campaign entries.")
class CampaignEntryFilter:
    campaign_no: StringFilter | None = of_key("Its campaign.", "campaign_no")
    date: DateFilter | None = of_date("Its day.", "date")
    segment_no: StringFilter | None = of_key("The number of its segment.", "segment_no")
    logged_segment_entry_no: IntFilter | None = of_value("Its logged segment.", "logged_segment_entry_no")
    canceled: bool | None = of_flag("Whether it was struck out.", "canceled")
