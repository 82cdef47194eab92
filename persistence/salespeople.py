"""Salespeople (A.3)."""

from sqlalchemy import Index
from sqlmodel import Field

from persistence.columns import Table, free_text, key, surrogate_key, table_options


class Salesperson(Table, table=True):
    """An employee who talks to contacts. A blocked one is kept for history and refused on new records (K10)."""

    __tablename__ = "salesperson"
    __table_args__ = (
        Index("ix_salesperson_search_name_code", "search_name", "code"),
        table_options(never_reuse_keys=True),
    )

    id: int | None = surrogate_key()
    code: str = Field(sa_type=key(20), unique=True)
    version: int = 1
    name: str = Field(sa_type=free_text(50))
    search_name: str = Field(sa_type=key(100))
    email: str | None = Field(default=None, sa_type=free_text(80))
    job_title: str | None = Field(default=None, sa_type=free_text(30))
    phone_no: str | None = Field(default=None, sa_type=free_text(30))
    blocked: bool = False
