"""Filters and orders of the log and of the postponed board."""

from enum import StrEnum
from typing import Annotated, Any, Optional

import strawberry
from sqlalchemy import ColumnElement, Integer, or_, select

from persistence.conditions import DayOfWeek, HourOfDay, IsIn
from persistence.contacts import Contact
from resolvers.interactions import postponed
from resolvers.interactions import queries as history
from schema.comparisons import (
    CorrespondenceTypeFilter,
    DateFilter,
    DecimalFilter,
    EvaluationFilter,
    InformationFlowFilter,
    InitiatedByFilter,
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
from schema.compiler.bounds import checked_list
from schema.compiler.conditions import inner_condition
from schema.compiler.declarations import Order, by_column, entity_of
from schema.compiler.statement import Row, Statement
from schema.enums import PostponedState
from schema.orders import order_input


def of_its_contact(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    """What the contact of a row is like."""
    wanted = entity_of("contacts.Contact").filter
    contact = statement.row(Contact)
    found = select(contact.c.no).select_from(contact.source)
    return row.c.contact_no.in_(found.where(inner_condition(wanted, asked, contact, statement)))


def _one_of(part: Any) -> Any:
    def means(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
        return IsIn(part(row), statement.parameters.bind_list(int, checked_list(asked), Integer()))

    return means


def _has_comments(row: Row, statement: Statement, asked: bool) -> ColumnElement[bool]:
    found = history.has_comments(row, statement.row)
    return found if asked else ~found


ContactFilterReference = Annotated["ContactFilter", strawberry.lazy("schema.contacts.filters")]  # type: ignore[name-defined]  # noqa: F821


@strawberry.input(description="Which entries of the log. Postponed interactions are not in it.")
class InteractionLogEntryFilter:
    and_: list["InteractionLogEntryFilter"] | None = combined("and")
    or_: list["InteractionLogEntryFilter"] | None = combined("or")
    not_: Optional["InteractionLogEntryFilter"] = combined("not")
    entry_no: IntFilter | None = of_value("Its number.", "entry_no")
    date: DateFilter | None = of_date("Its day.", "date")
    description: StringFilter | None = of_text("Its description.", "description")
    subject: StringFilter | None = of_text("Its subject.", "subject")
    contact_no: StringFilter | None = of_key("Exactly this contact, not its people or its company.", "contact_no")
    company_no: StringFilter | None = of_key("The company, with all its people.", "company_no")
    contact: ContactFilterReference | None = meaning(of_its_contact, "What its contact is like.")
    template_code: StringFilter | None = of_key("The template it was made from.", "template_code")
    group_code: StringFilter | None = of_key("The group of its template when it was logged.", "group_code")
    salesperson_code: StringFilter | None = of_key("Its salesperson.", "salesperson_code")
    campaign_no: StringFilter | None = of_key("Its campaign.", "campaign_no")
    campaign_entry_no: IntFilter | None = of_value("Its campaign entry.", "campaign_entry_no")
    segment_no: StringFilter | None = of_key("The number of the segment it was logged from.", "segment_no")
    logged_segment_entry_no: IntFilter | None = of_value("The logged segment it came with.", "logged_segment_entry_no")
    user_id: StringFilter | None = of_text("Who logged it.", "user_id")
    language_code: StringFilter | None = of_key("Its language.", "language_code")
    evaluation: EvaluationFilter | None = of_value("How it went.", "evaluation")
    information_flow: InformationFlowFilter | None = of_value("Which way the information went.", "information_flow")
    initiated_by: InitiatedByFilter | None = of_value("Who began.", "initiated_by")
    correspondence_type: CorrespondenceTypeFilter | None = of_value("By what means.", "correspondence_type")
    attempt_failed: bool | None = of_flag("Whether the attempt failed.", "attempt_failed")
    canceled: bool | None = of_flag("Whether it was struck out.", "canceled")
    imported: bool | None = of_flag("Whether it was taken over from another system.", "imported")
    campaign_target: bool | None = of_flag("Whether it made the contact a target of the campaign.", "campaign_target")
    campaign_response: bool | None = of_flag("Whether it was a response to the campaign.", "campaign_response")
    has_comments: bool | None = meaning(_has_comments, "Whether it has comments.")
    cost: DecimalFilter | None = of_value("Its cost.", "cost")
    duration: IntFilter | None = of_value("Its duration in minutes.", "duration")
    day_of_week: list[int] | None = meaning(
        _one_of(lambda row: DayOfWeek(row.c.date)), "On one of these days, 1 = Monday to 7 = Sunday."
    )
    hour_of_day: list[int] | None = meaning(
        _one_of(lambda row: HourOfDay(row.c.time_of_interaction)), "Began in one of these hours, 0 to 23."
    )


class InteractionLogEntryOrderField(StrEnum):
    ENTRY_NO = "ENTRY_NO"
    DATE = "DATE"
    CONTACT_NO = "CONTACT_NO"
    TEMPLATE_CODE = "TEMPLATE_CODE"
    SALESPERSON_CODE = "SALESPERSON_CODE"
    CAMPAIGN_NO = "CAMPAIGN_NO"
    COST = "COST"
    DURATION = "DURATION"


InteractionLogEntryOrder = order_input(
    "InteractionLogEntryOrder",
    InteractionLogEntryOrderField,
    "the log",
    ENTRY_NO="By number.",
    DATE="By date, then time, then number.",
    CONTACT_NO="By the contact's number.",
    TEMPLATE_CODE="By template.",
    SALESPERSON_CODE="By salesperson.",
    CAMPAIGN_NO="By campaign.",
    COST="By cost.",
    DURATION="By duration.",
)
ENTRY_KEY: Order = [by_column("entry_no")]
NEWEST_FIRST: Order = [by_column(name, descending=True) for name in ("date", "time_of_interaction", "entry_no")]
ENTRY_ORDERS: dict[Any, Order] = {
    InteractionLogEntryOrderField.ENTRY_NO: ENTRY_KEY,
    InteractionLogEntryOrderField.DATE: [by_column("date"), by_column("time_of_interaction")],
    InteractionLogEntryOrderField.CONTACT_NO: [by_column("contact_no", nullable=True)],
    InteractionLogEntryOrderField.TEMPLATE_CODE: [by_column("template_code", nullable=True)],
    InteractionLogEntryOrderField.SALESPERSON_CODE: [by_column("salesperson_code", nullable=True)],
    InteractionLogEntryOrderField.CAMPAIGN_NO: [by_column("campaign_no", nullable=True)],
    InteractionLogEntryOrderField.COST: [by_column("cost")],
    InteractionLogEntryOrderField.DURATION: [by_column("duration")],
}


def _in_states(row: Row, statement: Statement, asked: Any) -> ColumnElement[bool]:
    state = postponed.state(row, statement.today)
    return IsIn(state, statement.parameters.bind_list(lambda word: getattr(word, "value", word), asked, state.type))


def _complete(row: Row, _: Statement, asked: bool) -> ColumnElement[bool]:
    return postponed.is_complete(row) if asked else or_(*(absent for _, absent in postponed.missing(row)))


@strawberry.input(description="Which postponed interactions.")
class PostponedInteractionFilter:
    and_: list["PostponedInteractionFilter"] | None = combined("and")
    or_: list["PostponedInteractionFilter"] | None = combined("or")
    not_: Optional["PostponedInteractionFilter"] = combined("not")
    entry_no: IntFilter | None = of_value("Its number.", "entry_no")
    contact_no: StringFilter | None = of_key("Exactly this contact.", "contact_no")
    company_no: StringFilter | None = of_key("The company, with all its people.", "company_no")
    salesperson_code: StringFilter | None = of_key("Its salesperson.", "salesperson_code")
    campaign_no: StringFilter | None = of_key("Its campaign.", "campaign_no")
    template_code: StringFilter | None = of_key("Its template.", "template_code")
    resume_on: DateFilter | None = of_date("The day it is to be resumed.", "resume_on")
    state: list[PostponedState] | None = meaning(_in_states, "In one of these states, by the company's today.")
    complete: bool | None = meaning(_complete, "Whether nothing is missing to finish it.")
    reason: StringFilter | None = of_text("Why it was postponed.", "reason")
    user_id: StringFilter | None = of_text("Who postponed it.", "user_id")


class PostponedInteractionOrderField(StrEnum):
    RESUME_ON = "RESUME_ON"
    ENTRY_NO = "ENTRY_NO"
    CONTACT_NO = "CONTACT_NO"
    SALESPERSON_CODE = "SALESPERSON_CODE"


PostponedInteractionOrder = order_input(
    "PostponedInteractionOrder",
    PostponedInteractionOrderField,
    "the postponed interactions",
    RESUME_ON="By the day to resume.",
    ENTRY_NO="By number.",
    CONTACT_NO="By the contact's number.",
    SALESPERSON_CODE="By salesperson.",
)
SOONEST_FIRST: Order = [by_column("resume_on", nullable=True), by_column("entry_no")]
POSTPONED_ORDERS: dict[Any, Order] = {
    PostponedInteractionOrderField.RESUME_ON: [by_column("resume_on", nullable=True)],
    PostponedInteractionOrderField.ENTRY_NO: ENTRY_KEY,
    PostponedInteractionOrderField.CONTACT_NO: [by_column("contact_no", nullable=True)],
    PostponedInteractionOrderField.SALESPERSON_CODE: [by_column("salesperson_code", nullable=True)],
}
