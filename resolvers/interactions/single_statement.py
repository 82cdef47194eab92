"""Logging an interaction by one statement: it looks up the records that the interaction names, fills in the default
values and inserts the log entry.

It inserts nothing if the interaction would be refused, or needs more than this row. Then `rules.create` makes a draft,
which finds all reasons. `tests/resolvers/interactions/test_single_statement.py` compares the entries of both ways.
"""

from functools import cache

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Unicode,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from persistence.columns import table_of
from persistence.entry_numbers import insert_selected
from persistence.enums import CorrespondenceType
from persistence.interactions import InteractionLogEntry
from persistence.sql_types import SqlExpression, SqlQuery
from persistence.transactions.remembered_values import remembered
from resolvers import visibility
from resolvers.interactions import comments
from resolvers.interactions.contact_salespeople import locked_contact
from resolvers.interactions.drafts import date_and_time
from resolvers.interactions.fields import InteractionFields, SharedFields, check_fields, normalized_draft
from resolvers.interactions.joined_records import (
    CAMPAIGN_ENTRIES,
    CAMPAIGN_NO,
    CAMPAIGNS,
    CONTACTS,
    FROM_TEMPLATE,
    IS_OWN,
    IS_SHARED_ENTRY,
    OWN,
    SALESPEOPLE,
    SETUP,
    TEMPLATES,
    TRANSLATIONS,
    from_contact,
    is_translation_for,
    parameter,
    salesperson_code_of,
)
from resolvers.references import BLOCKABLE
from resolvers.work import TIME_ZONE, Work

ENTRIES = table_of(InteractionLogEntry)

EMPTY, EMAIL = (literal_column(f"'{constant}'", Unicode()) for constant in ("", CorrespondenceType.EMAIL))
"""Constants in the text of the statement. As parameters they would be sent with each request."""

CONTACT = locked_contact(
    parameter("contact_no"),
    *(
        CONTACTS.c[name]
        for name in (
            "no",
            "company_no",
            "salesperson_code",
            "language_code",
            "correspondence_type",
            "email",
            "privacy_blocked",
        )
    ),
)

_SALESPEOPLE = select(
    SALESPEOPLE.c.code.label("salesperson_code"), CONTACT.c.salesperson_code.label("contact_salesperson_code")
).selected_columns
"""The salespeople of the interaction, as columns of a log entry."""

CLEARED = ("information_flow", "initiated_by", "correspondence_type", "language_code")
"""The columns whose default value a client clears by giving null."""

EMPTY_IF_NULL = (*CLEARED, "salesperson_code", "campaign_no")
"""The columns for which a given null is passed as "": a parameter that is null means that no value is given."""


def log(work: Work, fields: InteractionFields) -> int | None:
    """Log an interaction with its comments and return its number. None if nothing was inserted.

    Date and time are computed with the time zone that was read last; the statement inserts nothing if it has changed.
    """
    user, time_zone = work.user, remembered(work.session, TIME_ZONE)
    given = normalized_draft(fields)
    if time_zone is None or given.get("description", "") is None or check_fields(fields, given):
        return None
    if user.changes_own_only and user.salesperson_code is None:
        return None
    work = work.in_time_zone(time_zone)
    date, time = date_and_time(work, given)
    if date is None:
        return None
    parameters: dict[str, object] = {
        name: "" if value is None and name in EMPTY_IF_NULL else value for name, value in given.items()
    }
    parameters |= {
        "time_zone": time_zone,
        "own_salesperson_code": user.salesperson_code,
        "date": date,
        "time_of_interaction": time,
        "user_id": user.id,
        "logged_at": work.now,
    }
    added = comments.from_texts(work, fields.get("comments"))
    row = _entry(has_salesperson="salesperson_code" in given, own_only=user.changes_own_only)
    entry_no = insert_selected(work.session, InteractionLogEntry, row, parameters, last=not added)
    if entry_no is not None:
        comments.add(work, entry_no, added)
    return entry_no


def _given(name: str, default: object = None) -> SqlExpression:
    """The parameter of a column, or the default if none is given."""
    return bindparam(name, default, type_=ENTRIES.c[name].type)


def _given_or(name: str, default: SqlExpression) -> SqlExpression:
    """The given value of a column, or else its default value from the joined records."""
    if name not in SharedFields.__annotations__:
        return default
    value = func.coalesce(_given(name), default)
    return func.nullif(value, EMPTY, type_=default.type) if name in CLEARED else value


def _columns() -> dict[str, SqlExpression]:
    """The columns of the log entry. The subject is the description (R-FIN-11), EMAIL to a contact without address
    becomes null (R-FIN-10), and an interaction of a campaign has its shared campaign entry (R-FIN-13).
    """
    values = {name: _given_or(name, default) for name, default in {**FROM_TEMPLATE, **from_contact(CONTACT.c)}.items()}
    correspondence_type = values["correspondence_type"]
    no_address = and_(correspondence_type == EMAIL, func.coalesce(CONTACT.c.email, EMPTY) == EMPTY)
    return (
        values
        | {
            "contact_no": CONTACT.c.no,
            "company_no": CONTACT.c.company_no,
            "template_code": TEMPLATES.c.code,
            "salesperson_code": SALESPEOPLE.c.code,
            "contact_salesperson_code": CONTACT.c.salesperson_code,
            "campaign_no": CAMPAIGNS.c.no,
            "campaign_entry_no": CAMPAIGN_ENTRIES.c.entry_no,
            "subject": values["description"],
            "correspondence_type": case((no_address, None), else_=correspondence_type),
            "attempt_failed": _given("attempt_failed", False),
            "canceled": false(),
            "imported": false(),
        }
        | {
            name: _given(name)
            for name in ("date", "time_of_interaction", "evaluation", "contact_via", "user_id", "logged_at")
        }
    )


@cache
def _entry(*, has_salesperson: bool, own_only: bool) -> SqlQuery:
    """The row of the log entry; no row if it cannot be logged. `has_salesperson` says that a salesperson is given,
    `own_only` that the user logs only own interactions (K31). The statement has no join or condition that does not
    apply: the database would take as long for it as for the look-up of a record.
    """
    conditions = _can_be_logged()
    if own_only:
        conditions.append(visibility.is_own(InteractionLogEntry, _SALESPEOPLE, parameter("own_salesperson_code")))
    row = select(*(value.label(name) for name, value in _columns().items()))
    return row.select_from(_joined(has_salesperson=has_salesperson)).where(*conditions)


def _joined(*, has_salesperson: bool) -> FromClause:
    """The records that the interaction names, joined as in `joined_records`; no row if a required one is missing."""
    joined = (
        SETUP.join(CONTACT, true())
        .join(TEMPLATES, TEMPLATES.c.code == parameter("template_code"))
        .outerjoin(TRANSLATIONS, is_translation_for(CONTACT.c))
    )
    if has_salesperson:
        joined = joined.join(SALESPEOPLE, SALESPEOPLE.c.code == parameter("salesperson_code"))
    else:
        joined = joined.outerjoin(OWN, IS_OWN).join(SALESPEOPLE, SALESPEOPLE.c.code == salesperson_code_of(CONTACT.c))
    return joined.outerjoin(CAMPAIGNS, CAMPAIGNS.c.no == CAMPAIGN_NO).outerjoin(CAMPAIGN_ENTRIES, IS_SHARED_ENTRY)


def _can_be_logged() -> list[ColumnElement[bool]]:
    """Whether the row is complete and every record that it names exists and is not blocked (R-FIN-1 to R-FIN-3,
    R-FIN-8, K10), and its campaign has its shared entry already.
    """
    named = zip(BLOCKABLE.values(), (CONTACT, TEMPLATES, SALESPEOPLE, CAMPAIGNS), strict=True)
    *required, campaign = (not_(table.c[reference.block]) for reference, table in named)
    return [
        SETUP.c.time_zone == parameter("time_zone"),
        *required,
        or_(func.coalesce(CAMPAIGN_NO, EMPTY) == EMPTY, and_(campaign, CAMPAIGN_ENTRIES.c.entry_no.is_not(None))),
    ]
