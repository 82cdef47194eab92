"""Interactions: the log of finished ones, and postponed ones."""

import datetime as dt
from decimal import Decimal
from typing import Any, Optional

import strawberry

from persistence import interactions as tables
from resolvers.interactions import queries
from resolvers.interactions.filtered_texts import by_texts
from resolvers.interactions.search import counted, search
from resolvers.interactions.titles import title
from resolvers.roles import READS_OWN
from resolvers.word_search import HELP
from schema.compiler.declarations import Search
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, to_many, to_one, unpaged_list
from schema.connections import connection_of
from schema.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy, Language, PostponedState
from schema.execution.graphql_internals import argument
from schema.interactions.filters import (
    ENTRY_KEY,
    ENTRY_ORDERS,
    NEWEST_FIRST,
    POSTPONED_ORDERS,
    SOONEST_FIRST,
    InteractionLogEntryFilter,
    InteractionLogEntryOrder,
    PostponedInteractionFilter,
    PostponedInteractionOrder,
)
from schema.key_fields import (
    CAMPAIGN_NO,
    COMPANY_NO,
    CONTACT_NO,
    GROUP_CODE,
    LOGGED_SEGMENT_ENTRY_NO,
    SALESPERSON_CODE,
    TEMPLATE_CODE,
)
from schema.nodes import VERSION, Node


@entity(tables.InteractionComment, key_columns=("entry_no", "line_no"))
class InteractionComment:
    """A comment on an interaction."""

    line_no: int = column(
        "The number of the comment within the interaction: 1, 2, 3. Numbers of deleted comments are missing."
    )
    date: dt.date = column("The date on which the comment was written, or last corrected.")
    comment: str = column("The text of the comment, at most 2,000 characters.")
    user_id: str = column("The user who wrote the comment, or last corrected it.")


def _comments() -> Any:
    return unpaged_list(
        "interactions.InteractionComment", "The comments, oldest first.", belongs=queries.comments_of, order="line_no"
    )


def _contact(description: str) -> Any:
    return to_one("contacts.Contact", description, local="contact_no", remote="no")


def _company() -> Any:
    return to_one(
        "contacts.Contact",
        "The company of the contact; of a logged interaction the one that the contact had when it was logged. For a "
        "company the company itself. Null for a person without a company.",
        local="company_no",
        remote="no",
    )


def _template() -> Any:
    return to_one(
        "templates.InteractionTemplate",
        "The template that the interaction was made from. Null without one.",
        local="template_code",
        remote="code",
    )


def _group() -> Any:
    return to_one(
        "templates.InteractionGroup",
        "The interaction group that the template had when the interaction was logged or postponed. Null without one.",
        local="group_code",
        remote="code",
    )


def _salesperson() -> Any:
    return to_one(
        "salespeople.Salesperson",
        "The salesperson who took part for the company. Null if there was none.",
        local="salesperson_code",
        remote="code",
    )


def _campaign() -> Any:
    return to_one(
        "campaigns.Campaign",
        "The campaign that the interaction belongs to. Null without one.",
        local="campaign_no",
        remote="no",
    )


LANGUAGE_CODE = "The language code of the interaction, such as ENU or FRC. Null without one."
CONTACT_VIA = "The phone number or address that was used to reach the contact. Null if none was given."

LANGUAGE_ARGUMENT = argument(
    "language",
    Optional[Language],
    "The language of the title; by default the one that the request prefers. The template's description is translated "
    "if it has a translation.",
)


@entity(
    tables.InteractionLogEntry,
    "int",
    key_columns=("entry_no",),
    default=NEWEST_FIRST,
    key_order=ENTRY_KEY,
    orders=ENTRY_ORDERS,
    filter=InteractionLogEntryFilter,
    order_input=InteractionLogEntryOrder,
)
class InteractionLogEntry(Node):
    """A logged interaction. Only its evaluation, its comments and whether it is canceled can change."""

    entry_no: int = column("The entry number. It is never used again; numbers may be missing in between.")
    title: str = computed(
        title,
        "A title for people: the template's description, followed by the salesperson if the information went to the "
        "contact, or by the contact if it came from there. Without a template, the interaction's own description.",
        LANGUAGE_ARGUMENT,
    )
    date: dt.date = column("The date of the interaction, in the company's time zone.")
    time_of_interaction: dt.time = column("The time of day at which it started, in the company's time zone.")
    description: str = column("What the interaction was about.")
    subject: str | None = column("The subject of the letter or e-mail. Null if none was given.")
    contact = _contact("The contact. Null only for an imported interaction.")
    contact_no: str | None = column(CONTACT_NO)
    company = _company()
    company_no: str | None = column(COMPANY_NO)
    template = _template()
    template_code: str | None = column(TEMPLATE_CODE)
    group = _group()
    group_code: str | None = column(GROUP_CODE)
    salesperson = _salesperson()
    salesperson_code: str | None = column(SALESPERSON_CODE)
    campaign = _campaign()
    campaign_no: str | None = column(CAMPAIGN_NO)
    campaign_entry = to_one(
        "campaigns.CampaignEntry",
        "The campaign entry that the interaction is part of. Null without a campaign.",
        local="campaign_entry_no",
        remote="entry_no",
    )
    campaign_target: bool = column("Whether the interaction made the contact a target of the campaign.")
    campaign_response: bool = column("Whether the interaction was a response to the campaign.")
    information_flow: InformationFlow | None = column(
        "Whether the information went to the contact (OUTBOUND) or came from it (INBOUND). Null if not recorded."
    )
    initiated_by: InitiatedBy | None = column(
        "Whether the company (US) or the contact (THEM) initiated the interaction. Null if not recorded."
    )
    correspondence_type: CorrespondenceType | None = column("How the contact was written to. Null if not in writing.")
    language_code: str | None = column(LANGUAGE_CODE)
    evaluation: Evaluation | None = column("How the interaction was evaluated. Null as long as it was not.")
    attempt_failed: bool = column("Whether the attempt failed: the contact was not reached.")
    cost: Decimal = column("The cost, in company currency.")
    duration: int = column("The duration, in minutes.")
    contact_via: str | None = column(CONTACT_VIA)
    segment_no: str | None = column(
        "The number of the segment that the interaction was logged from. Null if it was logged without a segment."
    )
    logged_segment = to_one(
        "segments.LoggedSegment",
        "The logged segment that created the interaction. Null if it was logged without a segment.",
        local="logged_segment_entry_no",
        remote="entry_no",
    )
    logged_segment_entry_no: int | None = column(LOGGED_SEGMENT_ENTRY_NO)
    canceled: bool = column("Whether the interaction was canceled: it is kept but counts in no figure.")
    imported: bool = column(
        "Whether the interaction was imported from another system. Its contact and template may be null then."
    )
    user_id: str = column("The user who logged the interaction.")
    logged_at: dt.datetime = column("The time at which the interaction was logged or imported.")
    comments = _comments()
    postponed_interactions = to_many(
        "interactions.PostponedInteraction",
        "The postponed interactions with the same contact, by the day to resume; for a company including those with "
        "its people.",
        belongs=queries.postponed_of_contact,
    )


@entity(
    tables.PostponedInteraction,
    "pst",
    key_columns=("entry_no",),
    default=SOONEST_FIRST,
    key_order=ENTRY_KEY,
    orders=POSTPONED_ORDERS,
    filter=PostponedInteractionFilter,
    order_input=PostponedInteractionOrder,
)
class PostponedInteraction(Node):
    """An interaction that was saved to be finished later. It is not part of the log and counts in no figure.

    All fields but the entry number, the user and the time may still be missing.
    """

    entry_no: int = column("The entry number. The interaction keeps it when it is resumed.")
    version: int = column(VERSION)
    date: dt.date | None = column(
        "The date given when the interaction was postponed. Resuming replaces it with today unless a date is given."
    )
    time_of_interaction: dt.time | None = column(
        "The time of day given when the interaction was postponed. Resuming replaces it with the current time unless a "
        "time is given."
    )
    description: str | None = column("What the interaction is about.")
    contact = _contact("The contact. Null as long as none was given.")
    contact_no: str | None = column(CONTACT_NO)
    company = _company()
    company_no: str | None = column(COMPANY_NO)
    template = _template()
    template_code: str | None = column(TEMPLATE_CODE)
    group = _group()
    group_code: str | None = column(GROUP_CODE)
    salesperson = _salesperson()
    salesperson_code: str | None = column(SALESPERSON_CODE)
    campaign = _campaign()
    campaign_no: str | None = column(CAMPAIGN_NO)
    campaign_target: bool = column("Whether the interaction makes the contact a target of the campaign.")
    campaign_response: bool = column("Whether the interaction is a response to the campaign.")
    information_flow: InformationFlow | None = column(
        "Whether the information goes to the contact (OUTBOUND) or comes from it (INBOUND). Null if not given."
    )
    initiated_by: InitiatedBy | None = column(
        "Whether the company (US) or the contact (THEM) initiates the interaction. Null if not given."
    )
    correspondence_type: CorrespondenceType | None = column("How the contact is written to. Null if not in writing.")
    language_code: str | None = column(LANGUAGE_CODE)
    evaluation: Evaluation | None = column("How the interaction was evaluated so far.")
    attempt_failed: bool = column("Whether the attempt failed. Resuming sets it to false unless it is given again.")
    cost: Decimal | None = column(
        "The cost, in company currency. Null as long as neither a cost nor a template was given."
    )
    duration: int | None = column(
        "The duration, in minutes. Null as long as neither a duration nor a template was given."
    )
    contact_via: str | None = column(CONTACT_VIA)
    resume_on: dt.date | None = column(
        "The day on which the interaction is to be resumed. Independent of `date`; null if not planned."
    )
    reason: str | None = column("The reason why the interaction was postponed, at most 250 characters.")
    state: PostponedState = computed(
        queries.postponed_state, "How resumeOn compares with today in the company's time zone."
    )
    missing_fields: list[str] = computed(
        queries.missing_fields,
        "The fields of InteractionInput that resumeInteraction still needs, such as `templateCode`.",
    )
    user_id: str = column("The user who postponed the interaction.")
    postponed_at: dt.datetime = column("The time at which the interaction was postponed last.")
    comments = _comments()


InteractionLogEntryConnection, InteractionLogEntryEdge = connection_of("interactions.InteractionLogEntry")
PostponedInteractionConnection, PostponedInteractionEdge = connection_of("interactions.PostponedInteraction")


@strawberry.type
class InteractionQueries:
    """The fields of Query about interactions."""

    interaction_log_entry = by_key(
        "interactions.InteractionLogEntry",
        "The logged interaction with this entry number; null if there is none.",
        "entry_no",
        "entry_no",
        "The entry number.",
        access=READS_OWN,
    )
    interaction_log_entries = to_many(
        "interactions.InteractionLogEntry",
        "Logged interactions, newest first unless ordered otherwise.",
        search=Search(search, f"Looks in description, subject and comments. {HELP}", counted),
        look_up=by_texts,
        access=READS_OWN,
    )
    postponed_interaction = by_key(
        "interactions.PostponedInteraction",
        "The postponed interaction with this entry number; null if there is none.",
        "entry_no",
        "entry_no",
        "The entry number.",
        access=READS_OWN,
    )
    postponed_interactions = to_many(
        "interactions.PostponedInteraction",
        "Postponed interactions, by the day to resume unless ordered otherwise.",
        access=READS_OWN,
    )
