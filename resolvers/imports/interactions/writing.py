"""From the staging table into the log and among the postponed interactions."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, insert, literal, not_, or_, select, true, update
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.campaigns import CampaignEntry
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.inserts import insert_new_rows
from persistence.templates import InteractionTemplate
from resolvers.campaigns.rules import SHARED_ENTRY_DESCRIPTION, is_shared_entry
from resolvers.imports.interactions.staging import CAMPAIGN_ENTRIES, ENTRIES, POSTPONED, STAGING
from resolvers.imports.staging import table_of
from resolvers.work import Work

ROW = STAGING.c
CONTACT = table_of(Contact).c
TEMPLATE = table_of(InteractionTemplate).c
LOGGED = [column.name for column in ENTRIES.c if column.name in ROW]
LATER = [column.name for column in POSTPONED.c if column.name in ROW]
UNSAID: dict[str, Any] = {"cost": 0, "duration": 0, "time_of_interaction": dt.time()}
"""What an entry of the log has where the file says nothing."""


def forget_missing_contacts(session: Session) -> int:
    """Take away contacts and companies that are not there, and answer from how many rows a contact."""
    forgotten = _forget(session, ROW.contact_no)
    _forget(session, ROW.company_no)
    return forgotten


def complete(session: Session, *, companies_given: bool) -> None:
    """What a row does not say: group and description are those of the template, the company is the contact's of today.

    Where the file has companies, a person without one had none then.
    """
    unsaid = true() if not companies_given else CONTACT.type == ContactType.COMPANY
    session.execute(
        update(STAGING)
        .where(ROW.contact_no == CONTACT.no, ROW.company_no.is_(None), unsaid)
        .values(company_no=CONTACT.company_no)
    )
    blank = or_(ROW.description.is_(None), ROW.group_code.is_(None))
    session.execute(
        update(STAGING)
        .where(ROW.template_code == TEMPLATE.code, blank)
        .values(
            description=func.coalesce(ROW.description, ROW.subject, TEMPLATE.description),
            group_code=func.coalesce(ROW.group_code, TEMPLATE.group_code),
        )
    )
    session.execute(update(STAGING).where(ROW.description.is_(None)).values(description=ROW.subject))


def number(session: Session, last_no: int) -> int:
    """Number the rows without number, in their order, after all others. Answers the highest number."""
    highest = max(last_no, session.scalar(select(func.max(ROW.entry_no))) or 0)
    place = func.row_number().over(order_by=ROW.row_no)
    without = select(ROW.row_no, place.label("place")).where(ROW.entry_no.is_(None)).subquery()
    session.execute(update(STAGING).where(ROW.row_no == without.c.row_no).values(entry_no=highest + without.c.place))
    return max(highest, session.scalar(select(func.max(ROW.entry_no))) or 0)


def make_campaign_entries(work: Work) -> None:
    """Campaigns that have hand-made interactions now get the one entry that these share (R-CAM-1).

    Its date and salesperson are those of the first. What came from a segment has none: the segment's register is not
    moved.
    """
    first = func.row_number().over(partition_by=ROW.campaign_no, order_by=(ROW.date, ROW.entry_no)).label("place")
    by_hand = select(ROW.campaign_no, ROW.date, ROW.salesperson_code, first).where(_by_hand()).subquery()
    values: dict[str, Any] = {
        "campaign_no": by_hand.c.campaign_no,
        "description": literal(SHARED_ENTRY_DESCRIPTION),
        "date": by_hand.c.date,
        "salesperson_code": by_hand.c.salesperson_code,
        "user_id": literal(work.user.id),
        "canceled": not_(true()),
    }
    rows = select(*values.values()).where(by_hand.c.place == 1)
    insert_new_rows(work.session, CampaignEntry, [*values], rows, ["campaign_no"], where=is_shared_entry())


def log(work: Work) -> int:
    """Insert the finished ones, marked as imported, and answer how many."""
    shared = select(CAMPAIGN_ENTRIES.c.entry_no).where(
        CAMPAIGN_ENTRIES.c.campaign_no == ROW.campaign_no, CAMPAIGN_ENTRIES.c.segment_no.is_(None), _by_hand()
    )
    values: dict[str, ColumnElement[Any]] = (
        {name: ROW[name] for name in LOGGED}
        | {name: func.coalesce(ROW[name], literal(value, ROW[name].type)) for name, value in UNSAID.items()}
        | {"campaign_entry_no": shared.correlate(STAGING).scalar_subquery(), "imported": true()}
    )
    return _insert(work, ENTRIES, values, not_(ROW.postponed), "logged_at")


def postpone(work: Work) -> int:
    """Insert those that wait to be finished, and answer how many. Cost and duration are only open until there is a
    template.
    """
    values: dict[str, ColumnElement[Any]] = (
        {name: ROW[name] for name in LATER}
        | {"version": literal(1)}
        | {
            name: case(
                (ROW.template_code.is_(None), ROW[name]), else_=func.coalesce(ROW[name], literal(0, ROW[name].type))
            )
            for name in ("cost", "duration")
        }
    )
    return _insert(work, POSTPONED, values, ROW.postponed, "postponed_at")


def without_contact(session: Session) -> int:
    """How many rows are about nobody."""
    return session.scalar(select(func.count()).where(ROW.contact_no.is_(None))) or 0


def _forget(session: Session, column: ColumnElement[Any]) -> int:
    missing = ~select(1).where(CONTACT.no == column).correlate(STAGING).exists()
    forgotten: Any = session.execute(update(STAGING).where(column.is_not(None), missing).values({column.name: None}))
    return int(forgotten.rowcount)


def _by_hand() -> ColumnElement[bool]:
    return and_(not_(ROW.postponed), ROW.campaign_no.is_not(None), ROW.segment_no.is_(None))


def _insert(
    work: Work, table: SqlTable, values: dict[str, ColumnElement[Any]], which: ColumnElement[bool], moment: str
) -> int:
    """Insert rows that were somebody's: of the user who imports where nobody is named."""
    stamped = values | {
        "user_id": func.coalesce(ROW.user_id, work.user.id),
        moment: literal(work.now, table.c[moment].type),
    }
    rows = select(*stamped.values()).where(which).order_by(ROW.entry_no)
    made: Any = work.session.execute(insert(table).from_select([*stamped], rows))
    return int(made.rowcount)
