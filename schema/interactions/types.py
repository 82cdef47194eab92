"""Interactions: the log, what is postponed, and drafts."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Optional

import strawberry
from sqlalchemy import ColumnElement, Unicode
from strawberry.utils.str_converters import to_camel_case

from persistence import interactions as tables
from persistence.json_sql import JsonWords
from resolvers.interactions import postponed, titles
from resolvers.languages import ReaderLanguage
from schema.compiler.fields import argument, column, computed, entity, listing, many, named, one
from schema.compiler.statement import Row, Statement
from schema.connections import connection_of
from schema.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy, Language, PostponedState
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
from schema.nodes import Node


@entity(tables.InteractionComment, key_columns=("entry_no", "line_no"))
class InteractionComment:
    """A remark on an interaction, up to 2,000 characters."""

    line_no: int = column("Its number within the interaction.")
    date: dt.date = column("The day it was made.")
    comment: str = column("The remark.")
    user_id: str = column("Who made it.")


def _comments() -> Any:
    return listing(
        "interactions.InteractionComment",
        "Remarks, oldest first.",
        belongs=lambda entry, comment, _: [comment.c.entry_no == entry.c.entry_no],
        order=lambda comment: comment.c.line_no,
    )


def _contact() -> Any:
    return one("contacts.Contact", "Whom it was with.", local="contact_no", remote="no")


def _company() -> Any:
    return one("contacts.Contact", "The contact's company; of a company itself.", local="company_no", remote="no")


def _template() -> Any:
    return one("templates.InteractionTemplate", "The template it was made from.", local="template_code", remote="code")


def _group() -> Any:
    return one("templates.InteractionGroup", "The group of its template.", local="group_code", remote="code")


def _salesperson() -> Any:
    return one("salespeople.Salesperson", "Who of us.", local="salesperson_code", remote="code")


def _campaign() -> Any:
    return one("campaigns.Campaign", "The campaign it belongs to.", local="campaign_no", remote="no")


IN_LANGUAGE = argument(
    "language",
    Optional[Language],
    "In this language instead of the one the request prefers; the template's description too, "
    "as far as it is translated.",
)


def _title(entry: Row, statement: Statement, language: Any = None) -> ColumnElement[Any]:
    def word(of: Callable[[ReaderLanguage, str], str]) -> ColumnElement[str]:
        return statement.reader(lambda reader, asked: of(reader, asked or reader.language), language, type_=Unicode())

    return titles.title(entry, statement.row, titles.TitleWords.bound(word))


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
    """A finished interaction. Never edited but for evaluation, comments and the canceled mark (R-ENT)."""

    entry_no: int = column("Its number. Never given twice; gaps are fine (R-NUM-3).")
    title: str = computed(
        _title,
        "What it was, for people: its template's description with who of us did it or from whom it came; its own "
        "description where there is no template.",
        IN_LANGUAGE,
    )
    date: dt.date = column("The day it happened, in the company's zone.")
    time_of_interaction: dt.time = column("The time of day it began, in the company's zone.")
    description: str = column("What it was about.")
    subject: str | None = column("Its subject, where it was written.")
    contact = _contact()
    company = _company()
    template = _template()
    group = _group()
    salesperson = _salesperson()
    campaign = _campaign()
    campaign_entry = one(
        "campaigns.CampaignEntry", "Its campaign entry (R-CAM-1).", local="campaign_entry_no", remote="entry_no"
    )
    campaign_target: bool = column("Whether it made the contact a target of the campaign.")
    campaign_response: bool = column("Whether it was a response to the campaign.")
    information_flow: InformationFlow | None = column("Which way the information went.")
    initiated_by: InitiatedBy | None = column("Who began.")
    correspondence_type: CorrespondenceType | None = column("By what means (R-CORR).")
    language_code: str | None = column("In which language, as a code of the company's data.")
    evaluation: Evaluation | None = column("How it went; null as long as nobody said.")
    attempt_failed: bool = column("Whether the attempt failed: nobody was reached.")
    cost: Decimal = column("What it cost, in company currency.")
    duration: int = column("How long it took, in minutes.")
    contact_via: str | None = column("The phone number or address used.")
    segment_no: str | None = column("The number of the segment it was logged from.")
    logged_segment = one(
        "segments.LoggedSegment", "The logged segment it came with.", local="logged_segment_entry_no", remote="entry_no"
    )
    canceled: bool = column("Whether it was struck out: kept, but in no figure (R-ENT-5).")
    imported: bool = column("Whether it was taken over from another system; its contact and template may be null then.")
    user_id: str = column("Who logged it.")
    logged_at: dt.datetime = column("When it was logged; of an imported one, when it was imported.")
    comments = _comments()


def _missing_fields(row: Row, _: Statement) -> ColumnElement[Any]:
    return JsonWords([(to_camel_case(name), absent) for name, absent in postponed.missing(row)])


def _state(row: Row, statement: Statement) -> ColumnElement[Any]:
    return postponed.state(row, statement.today)


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
    """An interaction saved to be finished later: anything but its number may still be missing. In no list and no
    figure of the log (R-POST-4)."""

    entry_no: int = column("Its number, kept when it is resumed (K2).")
    version: int = column("Rises with every change; hand it back as expectedVersion.")
    date: dt.date | None = column("The day given when it was postponed; resuming takes today (K13).")
    time_of_interaction: dt.time | None = column("The time of day given when it was postponed.")
    description: str | None = column("What it is about.")
    contact = _contact()
    company = _company()
    template = _template()
    group = _group()
    salesperson = _salesperson()
    campaign = _campaign()
    campaign_target: bool = column("Whether it makes the contact a target of the campaign.")
    campaign_response: bool = column("Whether it is a response to the campaign.")
    information_flow: InformationFlow | None = column("Which way the information goes.")
    initiated_by: InitiatedBy | None = column("Who begins.")
    correspondence_type: CorrespondenceType | None = column("By what means (R-CORR).")
    language_code: str | None = column("In which language, as a code of the company's data.")
    evaluation: Evaluation | None = column("How it went so far.")
    attempt_failed: bool = column("Whether the attempt failed; resuming forgets it (K13).")
    cost: Decimal | None = column("What it costs, in company currency.")
    duration: int | None = column("How long it takes, in minutes.")
    contact_via: str | None = column("The phone number or address to use.")
    resume_on: dt.date | None = column("The day it is to be resumed. Never touches `date`.")
    reason: str | None = column("Why it was postponed.")
    state: PostponedState = computed(_state, "When it is to be resumed, by the company's today (K15).")
    missing_fields: list[str] = computed(
        _missing_fields, "What resumeInteraction would still miss: names of InteractionInput, e.g. `templateCode` (K3)."
    )
    user_id: str = column("Who postponed it.")
    postponed_at: dt.datetime = column("When it was postponed.")
    comments = _comments()


InteractionLogEntryConnection, InteractionLogEntryEdge = connection_of("interactions.InteractionLogEntry")
PostponedInteractionConnection, PostponedInteractionEdge = connection_of("interactions.PostponedInteraction")


@strawberry.type
class InteractionQueries:
    """The fields of Query about interactions."""

    interaction_log_entry = named(
        "interactions.InteractionLogEntry",
        "The finished interaction with this number, or null.",
        "entry_no",
        "entry_no",
        "Its number.",
    )
    interaction_log_entries = many(
        "interactions.InteractionLogEntry", "The log, newest first unless ordered otherwise."
    )
    postponed_interaction = named(
        "interactions.PostponedInteraction",
        "The postponed interaction with this number, or null.",
        "entry_no",
        "entry_no",
        "Its number.",
    )
    postponed_interactions = many(
        "interactions.PostponedInteraction",
        "What waits to be finished, by the day to resume unless ordered otherwise (R-PLIST).",
    )
