"""Logging an interaction by one statement: it looks up the records that the interaction names, fills in the default
values and inserts the log entry.

It inserts nothing if the interaction would be refused, or needs more than this row. Then `rules.create` makes a draft,
which finds all reasons. `tests/resolvers/interactions/test_single_statement.py` compares the entries of both ways.
"""

from sqlalchemy import ColumnElement, and_, bindparam, case, false, func, not_, or_, select

from persistence.columns import table_of
from persistence.entry_numbers import insert_selected
from persistence.enums import CorrespondenceType
from persistence.interactions import InteractionLogEntry
from persistence.remembered import remembered
from persistence.sql_types import SqlExpression
from resolvers import visibility
from resolvers.interactions import comments
from resolvers.interactions.contact_salespeople import salesperson_of
from resolvers.interactions.drafts import date_and_time
from resolvers.interactions.fields import InteractionFields, SharedFields, check_fields, normalized_draft
from resolvers.interactions.joined_records import (
    CAMPAIGN_ENTRIES,
    CAMPAIGN_NO,
    CAMPAIGNS,
    CONTACTS,
    FROM_CONTACT,
    FROM_TEMPLATE,
    JOINED,
    SALESPEOPLE,
    SETUP,
    TEMPLATES,
    parameter,
)
from resolvers.references import BLOCKABLE
from resolvers.work import TIME_ZONE, Work

ENTRIES = table_of(InteractionLogEntry)

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
        "only_of_salesperson": user.salesperson_code if user.changes_own_only else None,
        "date": date,
        "time_of_interaction": time,
        "user_id": user.id,
        "logged_at": work.now,
    }
    added = comments.from_texts(work, fields.get("comments"))
    entry_no = insert_selected(work.session, InteractionLogEntry, _ENTRY, parameters, last=not added)
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
    return func.nullif(value, "", type_=default.type) if name in CLEARED else value


def _columns() -> dict[str, SqlExpression]:
    """The columns of the log entry. The subject is the description (R-FIN-11), EMAIL to a contact without address
    becomes null (R-FIN-10), and an interaction of a campaign has its shared campaign entry (R-FIN-13).
    """
    values = {name: _given_or(name, default) for name, default in {**FROM_TEMPLATE, **FROM_CONTACT}.items()}
    correspondence_type = values["correspondence_type"]
    no_address = and_(correspondence_type == CorrespondenceType.EMAIL, func.coalesce(CONTACTS.c.email, "") == "")
    return (
        values
        | {
            "contact_no": CONTACTS.c.no,
            "company_no": CONTACTS.c.company_no,
            "template_code": TEMPLATES.c.code,
            "salesperson_code": SALESPEOPLE.c.code,
            "contact_salesperson_code": salesperson_of(parameter("contact_no")),
            "campaign_no": CAMPAIGNS.c.no,
            "campaign_entry_no": CAMPAIGN_ENTRIES.c.entry_no,
            "subject": values["description"],
            "correspondence_type": case((no_address, None), else_=correspondence_type),
            "attempt_failed": _given("attempt_failed", False),
            "canceled": false(),
        }
        | {
            name: _given(name)
            for name in ("date", "time_of_interaction", "evaluation", "contact_via", "user_id", "logged_at")
        }
    )


def _can_be_logged() -> ColumnElement[bool]:
    """Whether the row is complete and every record that it names exists and is not blocked (R-FIN-1 to R-FIN-3,
    R-FIN-8, K10), the interaction is the user's own if it must be (K31), and its campaign has its shared entry already.
    """
    tables = (CONTACTS, TEMPLATES, SALESPEOPLE, CAMPAIGNS)
    named = zip(BLOCKABLE.values(), tables, strict=True)
    *required, campaign = (not_(table.c[reference.block]) for reference, table in named)
    only = parameter("only_of_salesperson")
    salespeople = select(
        SALESPEOPLE.c.code.label("salesperson_code"), CONTACTS.c.salesperson_code.label("contact_salesperson_code")
    ).selected_columns
    return and_(
        SETUP.c.time_zone == parameter("time_zone"),
        *required,
        or_(func.coalesce(CAMPAIGN_NO, "") == "", and_(campaign, CAMPAIGN_ENTRIES.c.entry_no.is_not(None))),
        or_(only.is_(None), visibility.is_own(InteractionLogEntry, salespeople, only)),
    )


_ENTRY = select(*(value.label(name) for name, value in _columns().items())).select_from(JOINED).where(_can_be_logged())
