"""Filters and orders of contacts."""

from collections.abc import Mapping
from typing import Any, Optional

import strawberry

from resolvers.contacts import duplicates, last_dates, phone_queries, queries
from resolvers.queries import FilteredAlternatives, RowCondition, SqlCondition, TableRow
from schema.comparisons import (
    ContactTypeFilter,
    CorrespondenceTypeFilter,
    DateFilter,
    IntFilter,
    StringFilter,
    code_filter,
    combined,
    condition_field,
    filter_field,
    flag_filter,
    text_filter,
    value_filter,
)
from schema.compiler.declarations import Order, Sort, by_column
from schema.compiler.filters.comparison import Comparison, enum_value
from schema.compiler.filters.conditions import inner_condition
from schema.compiler.statement import Statement
from schema.filter_descriptions import english, french
from schema.filter_descriptions.grammar import Day, Flag, Interactions, Named, Noun, text_noun
from schema.interactions.filters import InteractionLogEntryFilter
from schema.orders import order_input


@strawberry.input(
    description="Number of logged interactions of a contact. Those of a company include the interactions of its people."
)
class InteractionCountFilter:
    count: IntFilter = strawberry.field(
        description="Condition on the number. `{eq: 0}` finds contacts without such interactions."
    )
    where: InteractionLogEntryFilter | None = strawberry.field(
        default=strawberry.UNSET,
        description="Which interactions count. Canceled ones count only if this has a condition on `canceled`. Those "
        "dated after today count; `{date: {future: false}}` excludes them.",
    )


def _number_of_interactions(contact: TableRow, statement: Statement, value: Mapping[str, Any]) -> SqlCondition:
    where = value.get("where") or {}
    return queries.number_of_interactions(
        contact,
        Comparison(statement, value["count"]),
        _passes(where, statement),
        statement,
        with_canceled=has_condition_on_canceled(where),
        key=id(value),
        stored=_stored_date(statement, where),
    )


def _passes(where: Mapping[str, Any], statement: Statement) -> RowCondition:
    return lambda entry: inner_condition(InteractionLogEntryFilter, where, entry, statement)


def by_few_interactions(
    contact: TableRow, filter_: Mapping[str, Any], _passes_filter: object, statement: Statement, _to_count: bool
) -> FilteredAlternatives:
    """Alternatives for contacts without interactions of a kind: those that are not among the contacts of the few
    interactions of this kind, or those without any of the many. Only the second searches the log for each contact.
    """
    value = filter_.get("interactions")
    where = (value and value.get("where")) or {}
    if not statement.may_share_rows or not value:
        return [([], filter_)]
    if Comparison(statement, value["count"]).operators not in queries.IS_ZERO:
        return [([], filter_)]
    if _stored_date(statement, where) is not None and not statement.own_only:
        return [([], filter_)]
    counts = queries.counted_entries(_passes(where, statement), with_canceled=has_condition_on_canceled(where))
    others = {name: each for name, each in filter_.items() if name != "interactions"}
    none_of_few, many = queries.without_interactions(contact, counts, statement, id(value))
    return [(none_of_few, others), (many, filter_)]


def _stored_date(statement: Statement, where: Mapping[str, Any]) -> queries.StoredDate | None:
    """The stored date of contacts that answers whether there are interactions that pass a filter: one with a first day
    and at most one other condition.
    """
    given = {name: value for name, value in where.items() if value is not None}
    date = {name: operand for name, operand in (given.pop("date", None) or {}).items() if operand is not None}
    if given.get("canceled") is False:
        del given["canceled"]
    found = [column for column, others in _FILTERS_OF_STORED_DATES.items() if _plain(given) == others]
    if not found or date.keys() - {"gte", "gt", "last"}:
        return None
    return queries.StoredDate(found[0], Comparison(statement, date), until_today="last" in date)


_FILTERS_OF_STORED_DATES = {
    "last_any": {},
    "last_interaction": {"attemptFailed": False},
    "last_attempt": {"initiatedBy": {"eq": "US"}},
    "last_outbound": {"informationFlow": {"eq": "OUTBOUND"}},
    "last_inbound": {"informationFlow": {"eq": "INBOUND"}},
}
"""The columns of stored dates, and the conditions on the interactions that count, besides their date."""


def _plain(value: object) -> object:
    """The value of a filter without nulls, with the words of enums as they are stored."""
    if isinstance(value, dict):
        return {name: _plain(inside) for name, inside in value.items() if inside is not None}
    return enum_value(value)


def has_condition_on_canceled(where: object) -> bool:
    """Whether a filter of log entries has a condition on `canceled`, at any depth (K14)."""
    if isinstance(where, list):
        return any(map(has_condition_on_canceled, where))
    if not isinstance(where, dict):
        return False
    return where.get("canceled") is not None or any(
        has_condition_on_canceled(where.get(name)) for name in ("and", "or", "not")
    )


@strawberry.input(description="Conditions on contacts. All that are given must hold.")
class ContactFilter:
    and_: list["ContactFilter"] | None = combined("and")
    or_: list["ContactFilter"] | None = combined("or")
    not_: Optional["ContactFilter"] = combined("not")
    no: StringFilter | None = code_filter(
        "The number of the contact.", "no", english=text_noun("number"), french=text_noun("le numéro")
    )
    name: StringFilter | None = text_filter(
        "The name of the company or person.",
        "name",
        "search_name",
        english=text_noun("name"),
        french=text_noun("le nom"),
    )
    type: ContactTypeFilter | None = value_filter(
        "Whether the contact is a company or a person.",
        "type",
        english=Noun("type", {"COMPANY": "company", "PERSON": "person"}),
        french=Noun("le type", {"COMPANY": "compagnie", "PERSON": "personne"}),
    )
    company_no: StringFilter | None = code_filter(
        "The number of the company; finds it and its people.",
        "company_no",
        english=text_noun("company number", ("that belong to no company", "that belong to a company")),
        french=text_noun("le numéro de compagnie", ("sans compagnie", "avec une compagnie")),
    )
    company_name: StringFilter | None = text_filter(
        "The name of the company; finds it and its people.",
        "company_name",
        "search_company_name",
        english=text_noun("company", ("that belong to no company", "that belong to a company")),
        french=text_noun("la compagnie", ("sans compagnie", "avec une compagnie"), feminine=True),
    )
    salesperson_code: StringFilter | None = code_filter(
        "The code of the salesperson responsible for the contact.",
        "salesperson_code",
        english=text_noun("salesperson", ("without a salesperson", "with a salesperson")),
        french=text_noun("le représentant", ("sans représentant", "avec un représentant")),
    )
    city: StringFilter | None = text_filter(
        "The city of the address.",
        "city",
        "search_city",
        english=text_noun("city"),
        french=text_noun("la ville", feminine=True),
    )
    post_code: StringFilter | None = code_filter(
        "The post code of the address.", "post_code", english=text_noun("post code"), french=text_noun("le code postal")
    )
    country_code: StringFilter | None = code_filter(
        "The country code of the address.", "country_code", english=text_noun("country"), french=text_noun("le pays")
    )
    territory_code: StringFilter | None = code_filter(
        "The code of the sales territory.",
        "territory_code",
        english=text_noun("territory"),
        french=text_noun("le secteur"),
    )
    language_code: StringFilter | None = code_filter(
        "The language code of the contact, such as ENU or FRC.",
        "language_code",
        english=text_noun("language"),
        french=text_noun("la langue", feminine=True),
    )
    email: StringFilter | None = filter_field(
        "The e-mail address, ignoring case.",
        queries.email,
        english=text_noun("e-mail", ("without e-mail", "with e-mail")),
        french=text_noun("l’adresse courriel", ("sans adresse courriel", "avec une adresse courriel"), feminine=True),
    )
    home_page: StringFilter | None = text_filter(
        "The address of the home page, as entered.",
        "home_page",
        "search_home_page",
        english=text_noun("home page", ("without a home page", "with a home page")),
        french=text_noun("la page d’accueil", ("sans page d’accueil", "avec une page d’accueil"), feminine=True),
    )
    phone: StringFilter | None = filter_field(
        "The phone or the mobile phone number; one of them has to match. The formatting does not matter. Without a "
        "country code, numbers are equal if their last seven or more digits agree.",
        phone_queries.phone,
        english=text_noun("phone or mobile number", ("without a phone number", "with a phone number")),
        french=text_noun(
            "le numéro de téléphone ou de cellulaire", ("sans numéro de téléphone", "avec un numéro de téléphone")
        ),
    )
    correspondence_type: CorrespondenceTypeFilter | None = value_filter(
        "The correspondence type that the contact prefers.",
        "correspondence_type",
        english=Noun("correspondence type", english.CORRESPONDENCE),
        french=Noun("le type de correspondance", french.CORRESPONDENCE),
    )
    exclude_from_segment: bool | None = flag_filter(
        "Whether the contact is left out when contacts are added to a segment.",
        "exclude_from_segment",
        english=Flag("that are excluded from segments", "that are not excluded from segments"),
        french=Flag("qui sont exclus des segments", "qui ne sont pas exclus des segments"),
    )
    privacy_blocked: bool | None = flag_filter(
        "Whether new interactions with the contact are refused.",
        "privacy_blocked",
        english=Flag("that are blocked for privacy", "that are not blocked for privacy"),
        french=Flag(
            "qui sont bloqués pour des raisons de confidentialité",
            "qui ne sont pas bloqués pour des raisons de confidentialité",
        ),
    )
    date_of_last_interaction: DateFilter | None = filter_field(
        "The date of the last interaction whose attempt did not fail. Canceled interactions and those dated after "
        "today do not count.",
        last_dates.date_of_last_interaction,
        english=Day(
            "whose last interaction was",
            "whose last interaction was not",
            ("that never had an interaction", "that had an interaction"),
        ),
        french=Day(
            "dont la dernière interaction a eu lieu",
            "dont la dernière interaction n’a pas eu lieu",
            ("qui n’ont jamais eu d’interaction", "qui ont déjà eu une interaction"),
        ),
    )
    last_date_attempted: DateFilter | None = filter_field(
        "The date of the last attempt by the company, successful or not. Canceled attempts and those dated after today "
        "do not count.",
        last_dates.last_date_attempted,
        english=Day(
            "that we last tried to reach",
            "that we did not last try to reach",
            ("that we never tried to reach", "that we tried to reach"),
        ),
        french=Day(
            "dont notre dernière tentative a eu lieu",
            "dont notre dernière tentative n’a pas eu lieu",
            ("que nous n’avons jamais tenté de joindre", "que nous avons déjà tenté de joindre"),
        ),
    )
    segment_no: StringFilter | None = filter_field(
        "On an open segment with this number.",
        queries.on_open_segment,
        english=text_noun("open segment", ("that are on no open segment", "that are on an open segment")),
        french=text_noun(
            "le segment actif", ("qui ne figurent sur aucun segment actif", "qui figurent sur un segment actif")
        ),
    )
    possible_duplicate_of: str | None = filter_field(
        "Is a possible duplicate of the contact with this number: has the same type and the same name, ignoring case "
        "and accents, or the same e-mail address. An address that a person shares with the company does not count.",
        duplicates.may_be_duplicate_of,
        english=Named("that may be the same as contact {}"),
        french=Named("qui pourraient être les mêmes que le contact {}"),
    )
    has_possible_duplicate: bool | None = filter_field(
        "Whether there is another contact of which it is a possible duplicate, as `possibleDuplicateOf` describes it.",
        duplicates.has_possible_duplicate,
        english=Flag("that have a possible duplicate", "that have no possible duplicate"),
        french=Flag("qui ont un doublon possible", "qui n’ont aucun doublon possible"),
    )
    interactions: InteractionCountFilter | None = condition_field(
        "Number of logged interactions with the contact.",
        _number_of_interactions,
        english=Interactions(),
        french=Interactions(),
    )


CONTACT_KEY: Order = [by_column("no")]
ContactOrder, CONTACT_ORDERS = order_input(
    "ContactOrder",
    "contacts",
    NO=("By number.", CONTACT_KEY),
    NAME=("By name, ignoring case and accents.", [by_column("search_name")]),
    COMPANY_NAME=(
        "By the name of the company, ignoring case and accents.",
        [by_column("search_company_name", nullable=True)],
    ),
    CITY=("By city, ignoring case and accents.", [by_column("search_city", nullable=True)]),
    HOME_PAGE=("By home page, ignoring case and accents.", [by_column("search_home_page", nullable=True)]),
    DATE_OF_LAST_INTERACTION=(
        "By the date of the last interaction.",
        [Sort(last_dates.last_interaction, nullable=True, computed=True, stored=last_dates.with_last_interaction)],
    ),
)
