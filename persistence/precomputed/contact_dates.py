"""The dates of the last interactions of each contact, and the days from which they may be out of date.

A day whose sums are out of date (`persistence.precomputed.day_sums`) is one of these days too. In every snapshot, the
dates of a contact without an interaction on one of these days are right, unless one of the dates is such a day.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, not_, select, true, union
from sqlalchemy.sql.selectable import CompoundSelect
from sqlmodel import Field

from persistence.columns import Table, key, table_of, table_options
from persistence.enums import InformationFlow, InitiatedBy
from persistence.precomputed.day_sums import DIRTY_DAYS
from persistence.sql_types import SqlExpression


class ContactDate(Table, table=True):
    """The last dates on which a contact, or anybody of a company, had interactions that are not canceled. Dates after
    today are among them. Null without such an interaction, and until it is stored. A contact may have no row.
    """

    __tablename__ = "contact_date"
    __table_args__ = (table_options(rows_in_key_order=True),)

    contact_no: str = Field(sa_type=key(20), primary_key=True)
    last_any: dt.date | None = None
    last_interaction: dt.date | None = None
    """Without failed attempts."""
    last_attempt: dt.date | None = None
    """Initiated by the company; failed attempts too."""
    last_outbound: dt.date | None = None
    last_inbound: dt.date | None = None


class DirtyContactDay(Table, table=True):
    """A day whose sums were refreshed, but not yet the dates of the contacts that have interactions on it."""

    __tablename__ = "dirty_contact_day"
    __table_args__ = (table_options(rows_in_key_order=True),)

    day: dt.date = Field(primary_key=True)


_DIRTY = table_of(DirtyContactDay)

COUNTS: Mapping[str, Callable[[Callable[[str], SqlExpression]], ColumnElement[bool]]] = {
    "last_any": lambda column: true(),
    "last_interaction": lambda column: not_(column("attempt_failed")),
    "last_attempt": lambda column: column("initiated_by") == InitiatedBy.US.value,
    "last_outbound": lambda column: column("information_flow") == InformationFlow.OUTBOUND.value,
    "last_inbound": lambda column: column("information_flow") == InformationFlow.INBOUND.value,
}
"""For each column of `ContactDate`, the condition on an entry that counts for it. Canceled entries never count."""


def uncertain_days() -> CompoundSelect[dt.date]:
    """Selects the days from which the dates of contacts may be out of date."""
    return union(select(DIRTY_DAYS.c.day), select(_DIRTY.c.day))
