"""Writes the staged rows into the interaction log entries and the postponed interactions."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Select,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.campaigns import CampaignEntry
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.sql.conditions import among
from persistence.sql.inserts import insert_new_rows
from persistence.sql.isolation import writes_serially
from persistence.templates import InteractionTemplate
from resolvers import change_feed
from resolvers.campaigns.rules import SHARED_ENTRY_DESCRIPTION, is_shared_entry
from resolvers.imports.interactions.staging import CAMPAIGN_ENTRIES, COMMENTS, ENTRIES, POSTPONED, STAGING
from resolvers.imports.writing import insert_rows, with_defaults
from resolvers.work import Work

ROW = STAGING.c
CONTACT = table_of(Contact).c
TEMPLATE = table_of(InteractionTemplate).c
ENTRY_COLUMNS = [column.name for column in ENTRIES.c if column.name in ROW]
POSTPONED_COLUMNS = [column.name for column in POSTPONED.c if column.name in ROW]
DEFAULTS = {"cost": 0, "duration": 0, "time_of_interaction": dt.time()}
"""The values of an interaction log entry for missing columns and blank cells."""


def clear_missing_contacts(session: Session) -> int:
    """Remove contacts and companies that do not exist from the rows. Returns how many rows lost their contact."""
    cleared = _clear_missing(session, ROW.contact_no)
    _clear_missing(session, ROW.company_no)
    return cleared


def fill_blanks(session: Session, *, has_company_column: bool) -> None:
    """Fill in the group and the description from the template, and the present company from the contact.

    If the file has a column for companies, a person without a company stays without one.
    """
    may_fill = true() if not has_company_column else CONTACT.type == ContactType.COMPANY
    session.execute(
        update(STAGING)
        .where(ROW.contact_no == CONTACT.no, ROW.company_no.is_(None), CONTACT.company_no.is_not(None), may_fill)
        .values(company_no=CONTACT.company_no)
    )
    can_be_filled = or_(ROW.description.is_(None), and_(ROW.group_code.is_(None), TEMPLATE.group_code.is_not(None)))
    session.execute(
        update(STAGING)
        .where(ROW.template_code == TEMPLATE.code, can_be_filled)
        .values(
            description=func.coalesce(ROW.description, ROW.subject, TEMPLATE.description),
            group_code=func.coalesce(ROW.group_code, TEMPLATE.group_code),
        )
    )
    session.execute(update(STAGING).where(ROW.description.is_(None)).values(description=ROW.subject))


def assign_numbers(session: Session, last_no: int) -> int:
    """Number the rows without a number, in their order, after all others. Returns the highest number."""
    highest = max(last_no, session.scalar(select(func.max(ROW.entry_no))) or 0)
    position = func.row_number().over(order_by=ROW.row_no)
    without = select(ROW.row_no, position.label("position")).where(ROW.entry_no.is_(None)).subquery()
    session.execute(update(STAGING).where(ROW.row_no == without.c.row_no).values(entry_no=highest + without.c.position))
    return max(highest, session.scalar(select(func.max(ROW.entry_no))) or 0)


def insert_campaign_entries(work: Work) -> Callable[[], Select[tuple[int]]]:
    """Insert the missing campaign entries for interactions that did not come from a segment (R-CAM-1).

    The entry of a campaign has the date and the salesperson of its first interaction. Interactions from a segment get
    no campaign entry, because logged segments are not imported. Returns a function that selects the numbers of the new
    entries.
    """
    last_no = work.session.scalar(select(func.max(CAMPAIGN_ENTRIES.c.entry_no))) or 0
    first = func.row_number().over(partition_by=ROW.campaign_no, order_by=(ROW.date, ROW.entry_no)).label("position")
    numbered = select(ROW.campaign_no, ROW.date, ROW.salesperson_code, first).where(_is_manual()).subquery()
    values: dict[str, ColumnElement[Any]] = {
        "campaign_no": numbered.c.campaign_no,
        "description": literal(SHARED_ENTRY_DESCRIPTION),
        "date": numbered.c.date,
        "salesperson_code": numbered.c.salesperson_code,
        "user_id": literal(work.user.id),
        "canceled": not_(true()),
    }
    rows = select(*values.values()).where(numbered.c.position == 1)
    inserted = insert_new_rows(work.session, CampaignEntry, [*values], rows, ["campaign_no"], where=is_shared_entry())
    new_entries = among(CAMPAIGN_ENTRIES.c.entry_no, inserted)
    change_feed.record(work, change_feed.CREATED, CAMPAIGN_ENTRIES, new_entries)
    of_file = CAMPAIGN_ENTRIES.c.campaign_no.in_(select(ROW.campaign_no).where(_is_manual()))
    return lambda: select(CAMPAIGN_ENTRIES.c.entry_no).where(
        CAMPAIGN_ENTRIES.c.entry_no > last_no, CAMPAIGN_ENTRIES.c.segment_no.is_(None), of_file
    )


def insert_entries(work: Work) -> int:
    """Insert the finished interactions, marked as imported. Returns their number."""
    campaign_entry = select(CAMPAIGN_ENTRIES.c.entry_no).where(
        CAMPAIGN_ENTRIES.c.campaign_no == ROW.campaign_no, CAMPAIGN_ENTRIES.c.segment_no.is_(None), _is_manual()
    )
    _lock_contacts(work.session)
    values = with_defaults(ROW, ENTRY_COLUMNS, DEFAULTS) | {
        "contact_salesperson_code": _salesperson_of_contact(),
        "campaign_entry_no": campaign_entry.correlate(STAGING).scalar_subquery(),
        "imported": true(),
    }
    return _insert(work, ENTRIES, values, not_(ROW.postponed), "logged_at")


def insert_postponed(work: Work) -> int:
    """Insert the postponed interactions. Returns their number. With a template, a blank cost or duration is 0."""
    values = with_defaults(ROW, POSTPONED_COLUMNS, {}) | {
        "version": literal(1),
        "cost": _zero_with_template(ROW.cost),
        "duration": _zero_with_template(ROW.duration),
    }
    return _insert(work, POSTPONED, values, ROW.postponed, "postponed_at")


def created_entries() -> Select[tuple[int, bool]]:
    """Selects the numbers of the finished interactions, and whether they are canceled."""
    return select(ROW.entry_no, ROW.canceled).where(not_(ROW.postponed))


def created_postponed() -> Select[tuple[int]]:
    """Selects the numbers of the postponed interactions."""
    return select(ROW.entry_no).where(ROW.postponed)


def insert_comments(session: Session) -> None:
    """Insert the comments on the interactions."""
    COMMENTS.insert(session, select(ROW.entry_no, ROW.comments).where(ROW.comments.is_not(None)))


def count_without_contact(session: Session) -> int:
    """The number of rows without a contact."""
    return session.scalar(select(func.count()).where(ROW.contact_no.is_(None))) or 0


def _clear_missing(session: Session, column: Column[str]) -> int:
    missing = ~select(1).where(CONTACT.no == column).correlate(STAGING).exists()
    cleared = session.execute(update(STAGING).where(column.is_not(None), missing).values({column.name: None}))
    assert isinstance(cleared, CursorResult)
    return cleared.rowcount


def _lock_contacts(session: Session) -> None:
    """Wait for other transactions that are changing the contacts, whose salespeople the interactions repeat."""
    if not writes_serially(session):
        of_file = select(CONTACT.no).where(CONTACT.no.in_(select(ROW.contact_no)))
        locked = of_file.order_by(CONTACT.no).with_for_update(read=True, key_share=True).subquery("locked")
        session.execute(select(func.count()).select_from(locked))


def _salesperson_of_contact() -> ColumnElement[str]:
    return select(CONTACT.salesperson_code).where(CONTACT.no == ROW.contact_no).correlate(STAGING).scalar_subquery()


def _is_manual() -> ColumnElement[bool]:
    return and_(not_(ROW.postponed), ROW.campaign_no.is_not(None), ROW.segment_no.is_(None))


def _zero_with_template(amount: ColumnElement[object]) -> ColumnElement[object]:
    return case((ROW.template_code.is_(None), amount), else_=func.coalesce(amount, literal(0, amount.type)))


def _insert(
    work: Work,
    table: SqlTable,
    values: dict[str, ColumnElement[object]],
    which: ColumnElement[bool],
    timestamp_column: str,
) -> int:
    """Insert rows with their user, or the user who imports, and with the time of the import. They are in the order of
    most indexes, which takes less time than the order of their numbers.
    """
    stamped = values | {
        "user_id": func.coalesce(ROW.user_id, work.user.id),
        timestamp_column: literal(work.now, table.c[timestamp_column].type),
    }
    inserted = insert_rows(
        work.session, table, stamped, which, order_by=(ROW.date, ROW.time_of_interaction, ROW.entry_no)
    )
    change_feed.record_selected(work, change_feed.CREATED, table, select(ROW.entry_no.label("key")).where(which))
    return inserted
