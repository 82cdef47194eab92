"""Filters and orders of the interaction log and of postponed interactions."""

from typing import Annotated, Optional

import strawberry

from persistence.campaigns import Campaign
from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.templates import InteractionGroup, InteractionTemplate
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
from schema.compiler.declarations import Order, by_column, by_joined_column, entity_of
from schema.enums import PostponedState
from schema.filter_descriptions import english, french
from schema.filter_descriptions.grammar import ContactFilterPhrase, Day, Flag, Noun, text_noun
from schema.orders import order_input

ContactFilterReference = Annotated["ContactFilter", strawberry.lazy("schema.contacts.filters")]  # type: ignore[name-defined]  # noqa: F821


def _contact_filter() -> type:
    filter_type = entity_of("contacts.Contact").filter
    assert filter_type is not None
    return filter_type


@strawberry.input(
    description="Conditions on logged interactions. All that are given must hold. Postponed interactions have "
    "another list, `postponedInteractions`."
)
class InteractionLogEntryFilter:
    and_: list["InteractionLogEntryFilter"] | None = combined("and")
    or_: list["InteractionLogEntryFilter"] | None = combined("or")
    not_: Optional["InteractionLogEntryFilter"] = combined("not")
    entry_no: IntFilter | None = value_filter(
        "The entry number of the interaction.", "entry_no", english=Noun("number"), french=Noun("le numéro")
    )
    date: DateFilter | None = filter_field(
        "The date of the interaction, in the company's time zone.",
        queries.on_date,
        english=Day("dated", "not dated", ("without a date", "with a date")),
        french=Day("qui ont eu lieu", "qui n’ont pas eu lieu", ("sans date", "avec une date")),
    )
    description: StringFilter | None = text_filter(
        "The description of the interaction.",
        "description",
        english=text_noun("description"),
        french=text_noun("la description", feminine=True),
    )
    subject: StringFilter | None = text_filter(
        "The subject of the letter or e-mail.", "subject", english=text_noun("subject"), french=text_noun("le sujet")
    )
    contact_no: StringFilter | None = filter_field(
        "The number of the contact; of a company without its people, of a person without the company.",
        queries.has_code_of(Contact, "no", "contact_no"),
        english=text_noun("contact"),
        french=text_noun("le contact"),
    )
    company_no: StringFilter | None = filter_field(
        "The number of the contact's company; finds the interactions of the company and of its people.",
        queries.has_code_of(Contact, "no", "company_no"),
        english=text_noun("company"),
        french=text_noun("la compagnie", feminine=True),
    )
    contact: ContactFilterReference | None = nested_filter_field(
        "Conditions on the contact of the interaction.",
        contacts.contact_passes,
        _contact_filter,
        english=ContactFilterPhrase("with one of the contacts ({})", "with any contact"),
        french=ContactFilterPhrase("avec l’un des contacts ({})", "avec n’importe quel contact"),
    )
    template_code: StringFilter | None = filter_field(
        "The code of the template that the interaction was made from.",
        queries.has_code_of(InteractionTemplate, "code", "template_code"),
        english=text_noun("template"),
        french=text_noun("le modèle"),
    )
    group_code: StringFilter | None = filter_field(
        "The code of the interaction group that the template had when the interaction was logged.",
        queries.has_code_of(InteractionGroup, "code", "group_code", has_index=False),
        english=text_noun("group"),
        french=text_noun("le groupe"),
    )
    salesperson_code: StringFilter | None = filter_field(
        "The code of the salesperson who took part for the company.",
        queries.has_code_of(Salesperson, "code", "salesperson_code"),
        english=text_noun("salesperson"),
        french=text_noun("le représentant"),
    )
    campaign_no: StringFilter | None = filter_field(
        "The number of the campaign; null without a campaign.",
        queries.has_code_of(Campaign, "no", "campaign_no"),
        english=text_noun("campaign", ("without a campaign", "with a campaign")),
        french=text_noun("la campagne", ("sans campagne", "avec une campagne"), feminine=True),
    )
    campaign_entry_no: IntFilter | None = value_filter(
        "The number of the campaign entry that the interaction is part of; null without a campaign.",
        "campaign_entry_no",
        english=Noun("campaign entry"),
        french=Noun("l’écriture campagne", feminine=True),
    )
    segment_no: StringFilter | None = filter_field(
        "The number of the segment that the interaction was logged from.",
        queries.logged_from_segment,
        english=text_noun("segment", ("logged one by one", "logged from a segment")),
        french=text_noun("le segment", ("journalisées une à une", "journalisées depuis un segment")),
    )
    logged_segment_entry_no: IntFilter | None = value_filter(
        "The entry number of the logged segment that created the interaction.",
        "logged_segment_entry_no",
        english=Noun("logged segment"),
        french=Noun("le segment journalisé"),
    )
    user_id: StringFilter | None = text_filter(
        "The user who logged the interaction.", "user_id", english=text_noun("user"), french=text_noun("l’utilisateur")
    )
    language_code: StringFilter | None = code_filter(
        "The language code of the interaction, such as ENU or FRC.",
        "language_code",
        english=text_noun("language"),
        french=text_noun("la langue", feminine=True),
    )
    evaluation: EvaluationFilter | None = value_filter(
        "How the interaction was evaluated.",
        "evaluation",
        english=Noun(
            "evaluation",
            {
                "VERY_POSITIVE": "very positive",
                "POSITIVE": "positive",
                "NEUTRAL": "neutral",
                "NEGATIVE": "negative",
                "VERY_NEGATIVE": "very negative",
            },
            blank=("not evaluated", "evaluated"),
        ),
        french=Noun(
            "l’évaluation",
            {
                "VERY_POSITIVE": "très positive",
                "POSITIVE": "positive",
                "NEUTRAL": "neutre",
                "NEGATIVE": "négative",
                "VERY_NEGATIVE": "très négative",
            },
            blank=("sans évaluation", "avec une évaluation"),
            feminine=True,
        ),
    )
    information_flow: InformationFlowFilter | None = value_filter(
        "Whether the information went to the contact (OUTBOUND) or came from it (INBOUND).",
        "information_flow",
        english=Noun("information flow", {"OUTBOUND": "outbound", "INBOUND": "inbound"}),
        french=Noun("le flux d’information", {"OUTBOUND": "sortant", "INBOUND": "entrant"}),
    )
    initiated_by: InitiatedByFilter | None = value_filter(
        "Whether the company (US) or the contact (THEM) initiated the interaction.",
        "initiated_by",
        english=Noun("initiator", {"US": "the company", "THEM": "the contact"}),
        french=Noun("l’initiateur", {"US": "la compagnie", "THEM": "le contact"}),
    )
    correspondence_type: CorrespondenceTypeFilter | None = value_filter(
        "The correspondence type of the interaction.",
        "correspondence_type",
        english=Noun("correspondence type", english.CORRESPONDENCE),
        french=Noun("le type de correspondance", french.CORRESPONDENCE),
    )
    attempt_failed: bool | None = flag_filter(
        "Whether the attempt failed: the contact was not reached.",
        "attempt_failed",
        english=Flag("where the attempt failed", "where the attempt did not fail"),
        french=Flag("dont la tentative a échoué", "dont la tentative n’a pas échoué"),
    )
    canceled: bool | None = flag_filter(
        "Whether the interaction was canceled.",
        "canceled",
        english=Flag("marked as canceled", "not marked as canceled"),
        french=Flag("annulées", "non annulées"),
    )
    imported: bool | None = flag_filter(
        "Whether the interaction was imported from another system.",
        "imported",
        english=Flag("imported", "not imported"),
        french=Flag("importées", "non importées"),
    )
    campaign_target: bool | None = flag_filter(
        "Whether the interaction made the contact a target of the campaign.",
        "campaign_target",
        english=Flag("that made the contact a campaign target", "that did not make the contact a campaign target"),
        french=Flag(
            "qui font du contact une cible de la campagne", "qui ne font pas du contact une cible de la campagne"
        ),
    )
    campaign_response: bool | None = flag_filter(
        "Whether the interaction was a response to the campaign.",
        "campaign_response",
        english=Flag("counted as a campaign response", "not counted as a campaign response"),
        french=Flag("qui comptent comme réponse à la campagne", "qui ne comptent pas comme réponse à la campagne"),
    )
    has_comments: bool | None = filter_field(
        "Whether the interaction has comments.",
        queries.has_comments,
        english=Flag("with comments", "without comments"),
        french=Flag("avec commentaires", "sans commentaires"),
    )
    cost: DecimalFilter | None = value_filter(
        "The cost of the interaction, in company currency.",
        "cost",
        english=Noun("cost", is_quantity=True),
        french=Noun("le coût", is_quantity=True),
    )
    duration: IntFilter | None = value_filter(
        "The duration of the interaction, in minutes.",
        "duration",
        english=Noun("duration in minutes", is_quantity=True),
        french=Noun("la durée en minutes", is_quantity=True, feminine=True),
    )
    day_of_week: list[int] | None = filter_field(
        "On one of these days of the week: 1 for Monday to 7 for Sunday.",
        queries.on_day_of_week,
        english=Noun("day of the week", english.WEEKDAYS),
        french=Noun("le jour de la semaine", french.WEEKDAYS),
    )
    hour_of_day: list[int] | None = filter_field(
        "Started in one of these hours of the day: 0 to 23.",
        queries.in_hour_of_day,
        english=Noun("hour of the day"),
        french=Noun("l’heure de la journée", feminine=True),
    )


BY_CONTACT_NAME: Order = [by_joined_column(Contact, "search_name", local="contact_no", remote="no")]
ENTRY_KEY: Order = [by_column("entry_no")]
NEWEST_FIRST: Order = [by_column(name, descending=True) for name in ("date", "time_of_interaction", "entry_no")]
InteractionLogEntryOrder, ENTRY_ORDERS = order_input(
    "InteractionLogEntryOrder",
    "log entries",
    ENTRY_NO=("By entry number.", ENTRY_KEY),
    DATE=("By date, then time of day.", [by_column("date"), by_column("time_of_interaction")]),
    CONTACT_NO=("By the number of the contact.", [by_column("contact_no", nullable=True)]),
    TEMPLATE_CODE=("By the code of the template.", [by_column("template_code", nullable=True)]),
    CONTACT_NAME=("By the name of the contact, ignoring case and accents.", BY_CONTACT_NAME),
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
    entry_no: IntFilter | None = value_filter(
        "The entry number, which the interaction keeps when it is resumed.", "entry_no"
    )
    contact_no: StringFilter | None = code_filter(
        "The number of the contact; of a company without its people, of a person without the company.", "contact_no"
    )
    company_no: StringFilter | None = code_filter(
        "The number of the contact's company; finds the interactions of the company and of its people.", "company_no"
    )
    salesperson_code: StringFilter | None = code_filter(
        "The code of the salesperson; null as long as none was given.", "salesperson_code"
    )
    campaign_no: StringFilter | None = code_filter(
        "The number of the campaign; null without a campaign.", "campaign_no"
    )
    template_code: StringFilter | None = code_filter(
        "The code of the interaction template; null as long as none was given.", "template_code"
    )
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
    POSTPONED_AT=("By the time at which they were last postponed.", [by_column("postponed_at")]),
    CONTACT_NAME=("By the name of the contact, ignoring case and accents.", BY_CONTACT_NAME),
)
