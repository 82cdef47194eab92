"""Stored sums over the log: one row for each day and each value of one key, those of months and weeks added up, and the
days whose sums are out of date.

Triggers of the database insert a row into `dirty_day` whenever entries that count are inserted, changed or deleted, in
the same transaction (migration 0012). So in every snapshot the sums of a day without such a row are right. The sums of
a month or a week are always those of its days as they are stored, out of date or not.
"""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Date, Index
from sqlalchemy import Table as SqlTable
from sqlmodel import Field

from persistence.columns import Table, key, primary_key, table_of, table_options
from persistence.sql.totals import SumOfPart


class SumKind(StrEnum):
    """What the key of a sum is: the code or number of a card, an evaluation, an hour from 00 to 23; the key of TOTAL is
    blank. The key of entries without a value is blank, too.
    """

    TEMPLATE = "TEMPLATE"
    GROUP = "GROUP"
    SALESPERSON = "SALESPERSON"
    CAMPAIGN = "CAMPAIGN"
    EVALUATION = "EVALUATION"
    HOUR = "HOUR"
    TOTAL = "TOTAL"


KEY_OF_SUM = ("kind", "key", "day")
SUMS = ("interactions", "succeeded", "cost_high", "cost_low", "duration", "evaluated", "score", "targets", "responses")
"""The columns that are sums over the entries."""

OVER_CONTACTS = ("contacts", "reached", "attempts")
"""The columns of `DaySum` that are about contacts. Those of several days or keys cannot be added up, because a contact
may have entries on several days, or of several keys.
"""

INDEX_BY_DAY_OF_WEEK = "ix_day_sum_day_of_week"
"""The index with the sums of days of each kind and key in the order of the days of the week, on SQLite. Migration 0045
creates it, because a model cannot declare an index for one database only. Its expression is that of `DayOfWeek` there.
"""


class SumsOfEntries(Table):
    """Sums over entries that have one key and are not canceled."""

    interactions: int
    succeeded: int
    """Entries whose attempt did not fail."""
    cost_high: Decimal = Field(sa_type=SumOfPart)
    cost_low: Decimal = Field(sa_type=SumOfPart)
    duration: int = Field(sa_type=BigInteger)
    evaluated: int
    score: int
    """The sum of the points of the evaluations, from -2 to 2 each."""
    targets: int
    responses: int


class DaySum(SumsOfEntries, table=True):
    """Sums over the entries of one day, and over the contacts of these entries. A day without entries that count has no
    row.

    The index of the primary key contains all sums, and the figures of a card are next to each other in it. On
    PostgreSQL the sums of each kind are a partition, so that figures by one key read no others.
    """

    __tablename__ = "day_sum"
    __table_args__ = (
        primary_key(*KEY_OF_SUM, include=SUMS),
        Index("ix_day_sum_kind_day", "kind", "day"),
        table_options(rows_in_key_order=True),
    )

    kind: str = Field(sa_type=key(20), primary_key=True)
    key: str = Field(sa_type=key(20), primary_key=True)
    day: dt.date = Field(primary_key=True)
    contacts: int
    """The number of contacts of these entries."""
    reached: int
    """The number of contacts of these entries with an attempt that did not fail."""
    attempts: int
    """The numbers of the first attempt that did not fail, counted from 1 for each contact, added up over contacts."""


class MonthSum(SumsOfEntries, table=True):
    """The stored sums of the days of one month together, with a partition for each kind, too. `month` is its first
    day.
    """

    __tablename__ = "month_sum"
    __table_args__ = (table_options(rows_in_key_order=True),)

    kind: str = Field(sa_type=key(20), primary_key=True)
    key: str = Field(sa_type=key(20), primary_key=True)
    month: dt.date = Field(primary_key=True)


class WeekSum(SumsOfEntries, table=True):
    """The stored sums of the days of one week together, with a partition for each kind, too. `week` is its first day,
    which depends on the marketing setup: if the first day of the week changes, all rows are computed again.
    """

    __tablename__ = "week_sum"
    __table_args__ = (table_options(rows_in_key_order=True),)

    kind: str = Field(sa_type=key(20), primary_key=True)
    key: str = Field(sa_type=key(20), primary_key=True)
    week: dt.date = Field(primary_key=True)


class SumsOfUnit(NamedTuple):
    """The table with the stored sums of months, or of weeks."""

    unit: str
    """MONTH or WEEK."""

    table: SqlTable
    first_day: str
    """The name of the column with the first day of the month or week."""

    @property
    def key(self) -> tuple[str, str, str]:
        """The columns of the primary key."""
        return "kind", "key", self.first_day


OF_MONTHS = SumsOfUnit("MONTH", table_of(MonthSum), "month")
OF_WEEKS = SumsOfUnit("WEEK", table_of(WeekSum), "week")

PARTITIONS = tuple(f"{table.__tablename__}_{kind.lower()}" for table in (DaySum, MonthSum, WeekSum) for kind in SumKind)
"""The tables with the sums of each kind on PostgreSQL. A migration for a new kind creates its partitions, too."""

DIRTY_DAYS = SqlTable("dirty_day", Table.metadata, Column("day", Date, nullable=False))
"""The days whose sums may be out of date. A day may be there several times on PostgreSQL, where transactions that log
on the same day must not wait for each other; the table has neither key nor index there. On SQLite the day is its key.
"""
