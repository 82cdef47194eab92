"""Filters and orders of the interaction log and of postponed interactions."""

from typing import Annotated, Optional

import strawberry

from resolvers.contacts import queries as contacts
from resolvers.interactions import queries
from schema.comparisons import (
    CorrespondenceTypeFilter,
    DateFilter,
    DecimalFilter,
    EvaluationFilter,
    InformationFlowFilter,
    InitiatedByFilter,
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
from schema.compiler.declarations import Order, by_column, entity_of
from schema.enums import PostponedState
from schema.orders import order_input

ContactFilterReference = Annotated["ContactFilter", strawberry.lazy("schema.contacts.filters")]  # type: ignore[name-defined]  # noqa: F821


def _contact_filter() -> type:
    filter_type = entity_of("contacts.Contact").filter
    assert filter_type is not None
    return filter_type


@strawberry.input(
    description="Conditions on finished interactions. All that are given must hold. Postponed interactions have a list "
    "of their own."
)
class InteractionLogEntryFilter:
    and_: list["InteractionLogEntryFilter"] | None = combined("and")
    or_: list["InteractionLogEntryFilter"] | None = combined("or")
    not_: Optional["InteractionLogEntryFilter"] = combined("not")
    entry_no: IntFilter | None = value_filter("The entry number.", "entry_no")
    date: DateFilter | None = date_filter("The date of the interaction.", "date")
    description: StringFilter | None = text_filter("The description of the interaction.", "description")
    subject: StringFilter | None = text_filter("The subject of the letter or e-mail.", "subject")
    contact_no: StringFilter | None = code_filter(
        "The number of the contact; of a company without its people, of a person without the company.", "contact_no"
    )
    company_no: StringFilter | None = code_filter(
        "The number of the contact's company; finds the interactions of the company and of its people.", "company_no"
    )
    contact: ContactFilterReference | None = nested_filter_field(
        "Conditions on the contact of the interaction.", contacts.of_contact, _contact_filter
    )
    template_code: StringFilter | None = code_filter("The code of the interaction template.", "template_code")
    group_code: StringFilter | None = code_filter(
        "The code of the interaction group that the template had when the interaction was logged.", "group_code"
    )
    salesperson_code: StringFilter | None = code_filter("The code of the salesperson.", "salesperson_code")
    campaign_no: StringFilter | None = code_filter("The number of the campaign.", "campaign_no")
    campaign_entry_no: IntFilter | None = value_filter("The number of the campaign entry.", "campaign_entry_no")
    segment_no: StringFilter | None = code_filter(
        "The number of the segment that the interaction was logged from.", "segment_no"
    )
    logged_segment_entry_no: IntFilter | None = value_filter(
        "The entry number of the logged segment that the interaction came with.", "logged_segment_entry_no"
    )
    user_id: StringFilter | None = text_filter("The user who logged the interaction.", "user_id")
    language_code: StringFilter | None = code_filter(
        "The language code of the interaction, such as ENU or FRC.", "language_code"
    )
    evaluation: EvaluationFilter | None = value_filter("How the interaction was evaluated.", "evaluation")
    information_flow: InformationFlowFilter | None = value_filter(
        "The direction of the information.", "information_flow"
    )
    initiated_by: InitiatedByFilter | None = value_filter("Who initiated the interaction.", "initiated_by")
    correspondence_type: CorrespondenceTypeFilter | None = value_filter(
        "The correspondence type of the interaction.", "correspondence_type"
    )
    attempt_failed: bool | None = flag_filter("Whether the attempt failed.", "attempt_failed")
    canceled: bool | None = flag_filter("Whether the interaction was canceled.", "canceled")
    imported: bool | None = flag_filter("Whether the interaction was imported from another system.", "imported")
    campaign_target: bool | None = flag_filter(
        "Whether the interaction made the contact a target of the campaign.", "campaign_target"
    )
    campaign_response: bool | None = flag_filter(
        "Whether the interaction was a response to the campaign.", "campaign_response"
    )
    has_comments: bool | None = filter_field("Whether the interaction has comments.", queries.has_comments)
    cost: DecimalFilter | None = value_filter("The cost of the interaction, in company currency.", "cost")
    duration: IntFilter | None = value_filter("The duration of the interaction, in minutes.", "duration")
    day_of_week: list[int] | None = filter_field(
        "On one of these days of the week: 1 for Monday to 7 for Sunday.", queries.on_day_of_week
    )
    hour_of_day: list[int] | None = filter_field(
        "Started in one of these hours of the day: 0 to 23.", queries.in_hour_of_day
    )


ENTRY_KEY: Order = [by_column("entry_no")]
NEWEST_FIRST: Order = [by_column(name, descending=True) for name in ("date", "time_of_interaction", "entry_no")]
InteractionLogEntryOrder, ENTRY_ORDERS = order_input(
    "InteractionLogEntryOrder",
    "log entries",
    ENTRY_NO=("By entry number.", ENTRY_KEY),
    DATE=("By date, then time of day.", [by_column("date"), by_column("time_of_interaction")]),
    CONTACT_NO=("By the number of the contact.", [by_column("contact_no", nullable=True)]),
    TEMPLATE_CODE=("By the code of the template.", [by_column("template_code", nullable=True)]),
    SALESPERSON_CODE=("By the code of the salesperson.", [by_column("salesperson_code", nullable=True)]),
    CAMPAIGN_NO=("By the number of the campaign.", [by_column("campaign_no", nullable=True)]),
    COST=("By cost.", [by_column("cost")]),
    DURATION=("By duration.", [by_column("duration")]),
)


@strawberry.input(description="Conditions on postponed interactions. All that are given must hold.")
class PostponedInteractionFilter:
    and_: list["PostponedInteractionFilter"] | None = combined("and")
    or_: list["PostponedInteractionFilter"] | None = combined("or")
    not_: Optional["PostponedInteractionFilter"] = combined("not")
    entry_no: IntFilter | None = value_filter("The entry number.", "entry_no")
    contact_no: StringFilter | None = code_filter(
        "The number of the contact; of a company without its people, of a person without the company.", "contact_no"
    )
    company_no: StringFilter | None = code_filter(
        "The number of the contact's company; finds the interactions of the company and of its people.", "company_no"
    )
    salesperson_code: StringFilter | None = code_filter("The code of the salesperson.", "salesperson_code")
    campaign_no: StringFilter | None = code_filter("The number of the campaign.", "campaign_no")
    template_code: StringFilter | None = code_filter("The code of the interaction template.", "template_code")
    resume_on: DateFilter | None = date_filter("The day on which the interaction is to be resumed.", "resume_on")
    state: list[PostponedState] | None = filter_field(
        "In one of these states, relative to today in the company's time zone.", queries.in_postponed_state
    )
    complete: bool | None = filter_field(
        "Whether the interaction has everything that is needed to finish it.", queries.is_complete
    )
    reason: StringFilter | None = text_filter("The reason why the interaction was postponed.", "reason")
    user_id: StringFilter | None = text_filter("The user who postponed the interaction.", "user_id")


SOONEST_FIRST: Order = [by_column("resume_on", nullable=True), by_column("entry_no")]
PostponedInteractionOrder, POSTPONED_ORDERS = order_input(
    "PostponedInteractionOrder",
    "postponed interactions",
    RESUME_ON=("By the day to resume.", [by_column("resume_on", nullable=True)]),
    ENTRY_NO=("By entry number.", ENTRY_KEY),
    CONTACT_NO=("By the number of the contact.", [by_column("contact_no", nullable=True)]),
    SALESPERSON_CODE=("By the code of the salesperson.", [by_column("salesperson_code", nullable=True)]),
)
