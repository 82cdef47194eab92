"""Filters and orders of segments, their lines and logged segments."""

from typing import Optional

import strawberry

from resolvers.contacts.queries import contact_passes
from resolvers.segments import queries
from schema.comparisons import (
    DateFilter,
    IntFilter,
    StringFilter,
    code_filter,
    combined,
    date_filter,
    filter_field,
    flag_filter,
    nested_filter_field,
    text_filter,
    value_filter,
)
from schema.compiler.declarations import Order, Sort, by_column
from schema.contacts.filters import ContactFilter
from schema.orders import order_input


@strawberry.input(description="Conditions on open segments. All that are given must hold.")
class SegmentFilter:
    and_: list["SegmentFilter"] | None = combined("and")
    or_: list["SegmentFilter"] | None = combined("or")
    not_: Optional["SegmentFilter"] = combined("not")
    no: StringFilter | None = code_filter("The number of the segment.", "no")
    description: StringFilter | None = text_filter("The description of the segment.", "description")
    salesperson_code: StringFilter | None = code_filter("The code of the segment's salesperson.", "salesperson_code")
    campaign_no: StringFilter | None = code_filter("The number of the segment's campaign.", "campaign_no")
    template_code: StringFilter | None = code_filter("The code of the segment's template.", "template_code")
    date: DateFilter | None = date_filter("The date of the segment.", "date")


SEGMENT_KEY: Order = [by_column("no")]
SegmentOrder, SEGMENT_ORDERS = order_input(
    "SegmentOrder",
    "segments",
    NO=("By number.", SEGMENT_KEY),
    DESCRIPTION=("By description, ignoring case and accents.", [Sort(queries.folded_description, nullable=True)]),
    DATE=("By date.", [by_column("date")]),
)


@strawberry.input(description="Conditions on the lines of a segment. All that are given must hold.")
class SegmentLineFilter:
    and_: list["SegmentLineFilter"] | None = combined("and")
    or_: list["SegmentLineFilter"] | None = combined("or")
    not_: Optional["SegmentLineFilter"] = combined("not")
    line_no: IntFilter | None = value_filter("The number of the line within its segment.", "line_no")
    contact_no: StringFilter | None = code_filter("The number of the line's contact.", "contact_no")
    contact: ContactFilter | None = nested_filter_field(
        "Conditions on the contact of the line.", contact_passes, lambda: ContactFilter
    )
    template_code: StringFilter | None = code_filter("The code of the line's template.", "template_code")
    salesperson_code: StringFilter | None = code_filter("The code of the line's salesperson.", "salesperson_code")
    customized: bool | None = filter_field(
        "Whether at least one value was given for this line alone, so that it no longer follows the segment.",
        queries.is_customized,
    )


LINE_KEY: Order = [by_column("line_no")]
SegmentLineOrder, LINE_ORDERS = order_input(
    "SegmentLineOrder",
    "the lines of a segment",
    LINE_NO=("By line number.", LINE_KEY),
    CONTACT_NAME=(
        "By the name of the contact, ignoring case and accents.",
        [Sort(queries.name_of_contact, nullable=True, computed=True)],
    ),
    COMPANY_NAME=(
        "By the name of the contact's company, ignoring case and accents.",
        [Sort(queries.company_name_of_contact, nullable=True, computed=True)],
    ),
    TEMPLATE_CODE=("By the code of the template.", [by_column("template_code", nullable=True)]),
    DATE=("By date.", [by_column("date")]),
    COST=("By cost.", [by_column("cost")]),
)


LOGGED_SEGMENT_KEY: Order = [by_column("entry_no")]
LoggedSegmentOrder, LOGGED_SEGMENT_ORDERS = order_input(
    "LoggedSegmentOrder",
    "logged segments",
    ENTRY_NO=("By entry number, the order in which they were logged.", LOGGED_SEGMENT_KEY),
    SEGMENT_NO=("By the number that the segment had.", [by_column("segment_no")]),
    CREATION_DATE=("By the date on which the segment was logged.", [by_column("creation_date")]),
)


@strawberry.input(description="Conditions on logged segments. All that are given must hold.")
class LoggedSegmentFilter:
    segment_no: StringFilter | None = code_filter("The number that the segment had.", "segment_no")
    description: StringFilter | None = text_filter("The description that the segment had.", "description")
    creation_date: DateFilter | None = date_filter("The date on which the segment was logged.", "creation_date")
    canceled: bool | None = flag_filter("Whether the logged segment was canceled.", "canceled")
    user_id: StringFilter | None = text_filter("The user who logged the segment.", "user_id")
