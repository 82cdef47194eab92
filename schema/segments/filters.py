"""Filters and orders of segments, their lines and logged segments."""

from enum import StrEnum
from typing import Any, Optional

import strawberry
from sqlalchemy import ColumnElement, select

from persistence.contacts import Contact
from persistence.folding import Folded
from schema.comparisons import (
    DateFilter,
    IntFilter,
    StringFilter,
    combined,
    meaning,
    of_date,
    of_flag,
    of_key,
    of_text,
    of_value,
)
from schema.compiler.declarations import Order, Sort, by_column
from schema.compiler.statement import Row, Statement
from schema.contacts.filters import ContactFilter
from schema.interactions.filters import of_its_contact
from schema.orders import order_input


@strawberry.input(description="Which open segments.")
class SegmentFilter:
    and_: list["SegmentFilter"] | None = combined("and")
    or_: list["SegmentFilter"] | None = combined("or")
    not_: Optional["SegmentFilter"] = combined("not")
    no: StringFilter | None = of_key("Its number.", "no")
    description: StringFilter | None = of_text("Its description.", "description")
    salesperson_code: StringFilter | None = of_key("Its salesperson.", "salesperson_code")
    campaign_no: StringFilter | None = of_key("Its campaign.", "campaign_no")
    template_code: StringFilter | None = of_key("Its template.", "template_code")
    date: DateFilter | None = of_date("Its day.", "date")


class SegmentOrderField(StrEnum):
    NO = "NO"
    DESCRIPTION = "DESCRIPTION"
    DATE = "DATE"


SegmentOrder = order_input(
    "SegmentOrder",
    SegmentOrderField,
    "segments",
    NO="By number.",
    DESCRIPTION="By description; case and accents do not matter.",
    DATE="By day.",
)


def _folded_description(row: Row, _: Statement) -> ColumnElement[Any]:
    return Folded(row.c.description)


SEGMENT_KEY: Order = [by_column("no")]
SEGMENT_ORDERS: dict[Any, Order] = {
    SegmentOrderField.NO: SEGMENT_KEY,
    SegmentOrderField.DESCRIPTION: [Sort(_folded_description, nullable=True)],
    SegmentOrderField.DATE: [by_column("date")],
}


def _customized(row: Row, _: Statement, asked: bool) -> ColumnElement[bool]:
    return row.c.customized != 0 if asked else row.c.customized == 0


@strawberry.input(description="Which lines of a segment.")
class SegmentLineFilter:
    and_: list["SegmentLineFilter"] | None = combined("and")
    or_: list["SegmentLineFilter"] | None = combined("or")
    not_: Optional["SegmentLineFilter"] = combined("not")
    line_no: IntFilter | None = of_value("Its number.", "line_no")
    contact_no: StringFilter | None = of_key("Its contact.", "contact_no")
    contact: ContactFilter | None = meaning(of_its_contact, "What its contact is like.")
    template_code: StringFilter | None = of_key("Its template.", "template_code")
    salesperson_code: StringFilter | None = of_key("Its salesperson.", "salesperson_code")
    customized: bool | None = meaning(_customized, "Whether something was given for this line alone (K11).")


class SegmentLineOrderField(StrEnum):
    LINE_NO = "LINE_NO"
    CONTACT_NAME = "CONTACT_NAME"
    COMPANY_NAME = "COMPANY_NAME"
    TEMPLATE_CODE = "TEMPLATE_CODE"
    DATE = "DATE"
    COST = "COST"


SegmentLineOrder = order_input(
    "SegmentLineOrder",
    SegmentLineOrderField,
    "the lines of a segment",
    LINE_NO="By number.",
    CONTACT_NAME="By the contact's name; case and accents do not matter.",
    COMPANY_NAME="By the name of the contact's company.",
    TEMPLATE_CODE="By template.",
    DATE="By day.",
    COST="By cost.",
)


def _of_contact(column: str) -> Sort:
    def value(row: Row, statement: Statement) -> ColumnElement[Any]:
        contact = statement.row(Contact)
        found = select(contact.c[column]).select_from(contact.source)
        return found.where(contact.c.no == row.c.contact_no).scalar_subquery()

    return Sort(value, nullable=True, computed=True)


LINE_KEY: Order = [by_column("line_no")]
LINE_ORDERS: dict[Any, Order] = {
    SegmentLineOrderField.LINE_NO: LINE_KEY,
    SegmentLineOrderField.CONTACT_NAME: [_of_contact("search_name")],
    SegmentLineOrderField.COMPANY_NAME: [_of_contact("search_company_name")],
    SegmentLineOrderField.TEMPLATE_CODE: [by_column("template_code", nullable=True)],
    SegmentLineOrderField.DATE: [by_column("date")],
    SegmentLineOrderField.COST: [by_column("cost")],
}


@strawberry.input(description="Which logged segments.")
class LoggedSegmentFilter:
    segment_no: StringFilter | None = of_key("The number of the segment that was logged.", "segment_no")
    description: StringFilter | None = of_text("Its description.", "description")
    creation_date: DateFilter | None = of_date("The day it was logged.", "creation_date")
    canceled: bool | None = of_flag("Whether it was struck out.", "canceled")
    user_id: StringFilter | None = of_text("Who logged it.", "user_id")
