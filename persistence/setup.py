"""The settings of the company: marketing setup and number series; and the idempotency keys of mutations."""

import datetime as dt

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from persistence.columns import Instant, Table, free_text, key, surrogate_key, table_options


class NumberSeries(Table, table=True):
    """A series of numbers such as SM00001, SM00002 (A.5, R-NUM)."""

    __tablename__ = "number_series"
    __table_args__ = (table_options(never_reuse_keys=True),)

    id: int | None = surrogate_key()
    code: str = Field(sa_type=key(20), unique=True)
    version: int = 1
    description: str = Field(sa_type=free_text(100))
    default_nos: bool = True
    manual_nos: bool = False
    date_order: bool = False


class NumberSeriesLine(Table, table=True):
    """The numbers of a series from a starting date on."""

    __tablename__ = "number_series_line"
    __table_args__ = (CheckConstraint("increment_by >= 1", name="increment_by"),)

    series_code: str = Field(sa_type=key(20), primary_key=True, foreign_key="number_series.code")
    line_no: int = Field(primary_key=True)
    starting_date: dt.date | None = None
    starting_no: str = Field(sa_type=key(20))
    ending_no: str | None = Field(default=None, sa_type=key(20))
    warning_no: str | None = Field(default=None, sa_type=key(20))
    increment_by: int = 1
    last_no_used: str | None = Field(default=None, sa_type=key(20))
    last_date_used: dt.date | None = None
    open: bool = True


class MarketingSetup(Table, table=True):
    """The settings, in one row that the first migration inserts (K23)."""

    __tablename__ = "marketing_setup"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("first_day_of_week BETWEEN 1 AND 7", name="first_day_of_week"),
    )

    id: int | None = surrogate_key()
    version: int = 1
    contact_nos: str | None = Field(default=None, sa_type=key(20), foreign_key="number_series.code")
    segment_nos: str | None = Field(default=None, sa_type=key(20), foreign_key="number_series.code")
    campaign_nos: str | None = Field(default=None, sa_type=key(20), foreign_key="number_series.code")
    time_zone: str = Field(default="UTC", sa_type=free_text(50))
    currency_code: str = Field(default="EUR", sa_type=key(10))
    first_day_of_week: int = 1
    default_salesperson_code: str | None = Field(default=None, sa_type=key(20), foreign_key="salesperson.code")
    inherit_salesperson: bool = True
    inherit_territory: bool = True
    inherit_country: bool = True
    inherit_language: bool = True
    inherit_address: bool = True
    inherit_communication: bool = True


class IdempotencyKey(Table, table=True):
    """The outcome of a mutation with an idempotency key. If the same request is sent again, this outcome is returned
    (K22).
    """

    __tablename__ = "idempotency_key"

    user_id: str = Field(sa_type=free_text(50), primary_key=True)
    key: str = Field(sa_type=free_text(200), primary_key=True)
    mutation: str = Field(sa_type=free_text(100))
    input_hash: str = Field(sa_type=free_text(64))
    outcome: str | None = None
    at: dt.datetime = Field(sa_type=Instant, index=True)
