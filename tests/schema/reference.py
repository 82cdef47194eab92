"""The expected results of filters, written in Python over the rows of all tables, without SQL.

Folding is taken from `persistence.sql.folding`, which has tests of its own.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, select

from persistence import tables
from tests.schema.reference_comparisons import (
    Conditions,
    Row,
    Test,
    amounts,
    any_matches,
    by_column,
    code_matches,
    codes,
    email_matches,
    has_condition_on_canceled,
    matches,
    phone_matches,
    texts,
    values,
)

STORED = ("Table", "DaySum", "MonthSum", "WeekSum", "ContactDate", "DirtyContactDay", "DueContact")


@dataclass
class Company:
    """All rows of the database, by table; the company's today, and the first day of its week (K15)."""

    rows: dict[str, list[dict[str, Any]]]
    today: dt.date
    first_day_of_week: int
    tests: dict[str, dict[str, Test]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, today: dt.date) -> "Company":
        """Read all tables but those of values that are computed from others."""
        kept = {name: getattr(tables, name) for name in tables.__all__ if name not in STORED}
        rows = {name: [row.model_dump() for row in session.exec(select(table))] for name, table in kept.items()}
        return cls(rows, today, rows["MarketingSetup"][0]["first_day_of_week"])

    def __post_init__(self) -> None:
        self.tests = {
            "ContactFilter": self._contact(),
            "InteractionLogEntryFilter": self._entry(),
            "PostponedInteractionFilter": self._postponed(),
            "SegmentFilter": self._segment(),
            "SegmentLineFilter": self._line(),
            **self._master_data(),
        }

    def passes(self, filter_: str, row: Row, conditions: Conditions | None) -> bool:
        """Whether a row passes a filter. Null conditions are ignored; the result is never unknown."""
        return all(
            self._holds(filter_, row, name, value) for name, value in (conditions or {}).items() if value is not None
        )

    def _holds(self, filter_: str, row: Row, name: str, value: Any) -> bool:
        if name == "and":
            return all(self.passes(filter_, row, inside) for inside in value)
        if name == "or":
            return any(self.passes(filter_, row, inside) for inside in value)
        if name == "not":
            return not self.passes(filter_, row, value)
        return self.tests[filter_][name](row, value)

    def _contact(self) -> dict[str, Test]:
        return {
            **codes(
                "no", "company_no", "salesperson_code", "post_code", "country_code", "territory_code", "language_code"
            ),
            "email": email_matches,
            **texts(
                name="search_name", company_name="search_company_name", city="search_city", home_page="search_home_page"
            ),
            **values("type", "correspondence_type", "exclude_from_segment", "privacy_blocked"),
            "phone": phone_matches,
            "dateOfLastInteraction": lambda row, conditions: self.date_matches(self.last_interaction(row), conditions),
            "lastDateAttempted": lambda row, conditions: self.date_matches(self.last_attempt(row), conditions),
            "segmentNo": self._on_segment,
            "possibleDuplicateOf": lambda row, no: self.may_be_same(row, self.contact(no.strip().upper())),
            "hasPossibleDuplicate": lambda row, expected: (
                expected == any(self.may_be_same(row, other) for other in self.rows["Contact"])
            ),
            "interactions": self._count_matches,
        }

    def may_be_same(self, row: Row, other: Row | None) -> bool:
        """Whether two contacts of one type have the same name, or the same e-mail address of their own."""

        def own_email(contact: Row) -> str | None:
            company = self.contact(contact["company_no"]) if contact["type"] == "PERSON" else None
            email: str | None = contact["search_email"]
            return None if company is not None and company["search_email"] == email else email

        if other is None or row["no"] == other["no"] or row["type"] != other["type"]:
            return False
        same_name = row["search_name"] == other["search_name"] != ""
        return same_name or (own_email(row) == own_email(other) and own_email(row) is not None)

    def _entry(self) -> dict[str, Test]:
        return {
            **codes(
                "contact_no",
                "company_no",
                "template_code",
                "group_code",
                "salesperson_code",
                "campaign_no",
                "segment_no",
                "language_code",
            ),
            **texts("description", "subject", "user_id"),
            **by_column(self.date_matches, "date"),
            **amounts("cost"),
            **values(
                "entry_no",
                "campaign_entry_no",
                "logged_segment_entry_no",
                "evaluation",
                "information_flow",
                "initiated_by",
                "correspondence_type",
                "attempt_failed",
                "canceled",
                "imported",
                "campaign_target",
                "campaign_response",
                "duration",
            ),
            "contact": self._contact_matches,
            "hasComments": lambda row, conditions: (
                conditions == (row["entry_no"] in {each["entry_no"] for each in self.rows["InteractionComment"]})
            ),
            "dayOfWeek": lambda row, conditions: row["date"].isoweekday() in conditions,
            "hourOfDay": lambda row, conditions: row["time_of_interaction"].hour in conditions,
        }

    def _postponed(self) -> dict[str, Test]:
        needed = ("contact_no", "template_code", "salesperson_code", "description")
        return {
            **codes("contact_no", "company_no", "salesperson_code", "campaign_no", "template_code"),
            **values("entry_no"),
            **texts("reason", "user_id"),
            **by_column(self.date_matches, "resume_on"),
            "state": lambda row, conditions: self.state(row) in conditions,
            "complete": lambda row, conditions: conditions == all(row[name] is not None for name in needed),
        }

    def _segment(self) -> dict[str, Test]:
        return {
            **codes("no", "salesperson_code", "campaign_no", "template_code"),
            **texts("description"),
            **by_column(self.date_matches, "date"),
        }

    def _line(self) -> dict[str, Test]:
        return {
            **codes("contact_no", "template_code", "salesperson_code"),
            **values("line_no"),
            "contact": self._contact_matches,
            "customized": lambda row, conditions: conditions == (row["customized"] != 0),
        }

    def _master_data(self) -> dict[str, dict[str, Test]]:
        return {
            "InteractionTemplateFilter": {
                **codes("code", "group_code", "campaign_no"),
                **texts("description"),
                **values("blocked"),
            },
            "SalespersonFilter": {**codes("code"), **texts(name="search_name"), **values("blocked")},
            "CampaignFilter": {
                **codes("no", "salesperson_code"),
                **texts("description"),
                **values("blocked"),
                "activeOn": is_active,
            },
            "CampaignEntryFilter": {
                **codes("campaign_no", "segment_no"),
                **values("logged_segment_entry_no", "canceled"),
                **by_column(self.date_matches, "date"),
            },
            "LoggedSegmentFilter": {
                **codes("segment_no"),
                **texts("description", "user_id"),
                **values("canceled"),
                **by_column(self.date_matches, "creation_date"),
            },
        }

    def entries_of(self, contact: Row) -> list[dict[str, Any]]:
        """The entries of a contact; those of a company include the entries of its people (R-CON-4)."""
        column = "company_no" if contact["type"] == "COMPANY" else "contact_no"
        return [entry for entry in self.rows["InteractionLogEntry"] if entry[column] == contact["no"]]

    def last_interaction(self, contact: Row) -> dt.date | None:
        """The date of the latest attempt that did not fail (R-CON-1)."""
        return max(
            (each["date"] for each in self._not_canceled_until_today(contact) if not each["attempt_failed"]),
            default=None,
        )

    def last_attempt(self, contact: Row) -> dt.date | None:
        """The date of the latest attempt by the company, successful or not (R-CON-2)."""
        return max(
            (each["date"] for each in self._not_canceled_until_today(contact) if each["initiated_by"] == "US"),
            default=None,
        )

    def _not_canceled_until_today(self, contact: Row) -> list[dict[str, Any]]:
        """The entries that are neither canceled nor dated after today (K5)."""
        return [each for each in self.entries_of(contact) if not each["canceled"] and each["date"] <= self.today]

    def _count_matches(self, contact: Row, conditions: Conditions) -> bool:
        """Whether the number of entries meets the condition. Canceled entries count only if the filter has a condition
        on `canceled` (K14).
        """
        where = conditions.get("where") or {}
        counted = [
            each
            for each in self.entries_of(contact)
            if (has_condition_on_canceled(where) or not each["canceled"])
            and self.passes("InteractionLogEntryFilter", each, where)
        ]
        return matches(len(counted), conditions["count"])

    def _contact_matches(self, row: Row, conditions: Conditions) -> bool:
        contact = self.contact(row["contact_no"])
        return contact is not None and self.passes("ContactFilter", contact, conditions)

    def contact(self, no: str | None) -> dict[str, Any] | None:
        return next((contact for contact in self.rows["Contact"] if contact["no"] == no), None)

    def _on_segment(self, contact: Row, conditions: Conditions) -> bool:
        """Whether a line is on an open segment of that number. `ne` and `isNull: true`: no line is."""
        open_ = {each["id"]: each["no"] for each in self.rows["Segment"] if each["logged_segment_entry_no"] is None}
        lines = [line for line in self.rows["SegmentLine"] if line["contact_no"] == contact["no"]]
        return any_matches(
            [open_[line["segment_id"]] for line in lines if line["segment_id"] in open_], conditions, code_matches
        )

    def state(self, postponed: Row) -> str:
        day = postponed["resume_on"]
        if day is None:
            return "UNDATED"
        return "OVERDUE" if day < self.today else "TODAY" if day == self.today else "LATER"

    def date_matches(self, day: dt.date | None, conditions: Conditions) -> bool:
        """Comparisons of dates, also with ranges around the company's today (K15)."""
        conditions = {name: value for name, value in conditions.items() if value is not None}
        named = {
            name: conditions[name]
            for name in conditions
            if name in ("last", "next", "current", "previous", "past", "future")
        }
        unplanned = {name: value for name, value in conditions.items() if name not in named}
        return matches(day, unplanned, dt.date.fromisoformat) and all(
            day is not None and self._in(day, *each) for each in named.items()
        )

    def _in(self, day: dt.date, name: str, value: Any) -> bool:
        if name == "last":
            return add_units(self.today, -value["count"], value["unit"]) < day <= self.today
        if name == "next":
            return self.today <= day < add_units(self.today, value["count"], value["unit"])
        if name in ("past", "future"):
            return bool(value) == (day < self.today if name == "past" else day > self.today)
        return self._unit(day, value) == self._unit(self.today, value) - (name == "previous")

    def _unit(self, day: dt.date, unit: str) -> int:
        """The number of the day, week, month, quarter or year, counted from the first."""
        month = day.year * 12 + day.month - 1
        weeks = (day.toordinal() - self.first_day_of_week) // 7
        return {"DAY": day.toordinal(), "WEEK": weeks, "MONTH": month, "QUARTER": month // 3, "YEAR": day.year}[unit]


def add_units(day: dt.date, count: int, unit: str) -> dt.date:
    """The date some units later; the last day of the month if there is no such day."""
    if unit in ("DAY", "WEEK"):
        return day + dt.timedelta(count * (7 if unit == "WEEK" else 1))
    month = day.year * 12 + day.month - 1 + count * {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
    first = dt.date(month // 12, month % 12 + 1, 1)
    longest = ((first + dt.timedelta(31)).replace(day=1) - dt.timedelta(1)).day
    return first.replace(day=min(day.day, longest))


def is_active(campaign: Row, day: str) -> bool:
    """Whether a campaign has started and not ended. Without a date it is open at that end."""
    return (
        (campaign["starting_date"] or dt.date.min)
        <= dt.date.fromisoformat(day)
        <= (campaign["ending_date"] or dt.date.max)
    )
