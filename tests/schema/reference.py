"""What lists must answer: filters and orders as the contract words them, in plain Python over plain rows.

Nothing here knows SQL. Folding is taken from `persistence.folding`, which has tests of its own.
"""

import datetime as dt
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlmodel import Session, select

from persistence import tables
from persistence.folding import fold, visible
from persistence.phones_v1 import Number, number

Row = Mapping[str, Any]
Asked = Mapping[str, Any]
Test = Callable[[Any, Any], bool]
ORDERED = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


@dataclass
class Company:
    """Every row of a company, by table; its today, and the day that its weeks begin on (K15)."""

    rows: dict[str, list[dict[str, Any]]]
    today: dt.date
    first_day_of_week: int
    tests: dict[str, dict[str, Test]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, today: dt.date) -> "Company":
        """Read once, table by table."""
        kept = {name: getattr(tables, name) for name in tables.__all__ if name != "Table"}
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

    def passes(self, filter_: str, row: Row, asked: Asked | None) -> bool:
        """Whether a row passes a filter. What is null is as good as absent; nothing is ever unknown."""
        return all(self._holds(filter_, row, name, value) for name, value in (asked or {}).items() if value is not None)

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
            "email": email_fits,
            **words(name="search_name", company_name="search_company_name", city="search_city"),
            **plain("type", "correspondence_type", "exclude_from_segment", "privacy_blocked"),
            "phone": phone_fits,
            "dateOfLastInteraction": lambda row, asked: self.date_fits(self.last_interaction(row), asked),
            "lastDateAttempted": lambda row, asked: self.date_fits(self.last_attempt(row), asked),
            "segmentNo": self._on_segment,
            "interactions": self._count_fits,
        }

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
            **words("description", "subject", "user_id"),
            **on(self.date_fits, "date"),
            **amounts("cost"),
            **plain(
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
            "contact": self._contact_fits,
            "hasComments": lambda row, asked: (
                asked == (row["entry_no"] in {each["entry_no"] for each in self.rows["InteractionComment"]})
            ),
            "dayOfWeek": lambda row, asked: row["date"].isoweekday() in asked,
            "hourOfDay": lambda row, asked: row["time_of_interaction"].hour in asked,
        }

    def _postponed(self) -> dict[str, Test]:
        needed = ("contact_no", "template_code", "salesperson_code", "description")
        return {
            **codes("contact_no", "company_no", "salesperson_code", "campaign_no", "template_code"),
            **plain("entry_no"),
            **words("reason", "user_id"),
            **on(self.date_fits, "resume_on"),
            "state": lambda row, asked: self.state(row) in asked,
            "complete": lambda row, asked: asked == all(row[name] is not None for name in needed),
        }

    def _segment(self) -> dict[str, Test]:
        return {
            **codes("no", "salesperson_code", "campaign_no", "template_code"),
            **words("description"),
            **on(self.date_fits, "date"),
        }

    def _line(self) -> dict[str, Test]:
        return {
            **codes("contact_no", "template_code", "salesperson_code"),
            **plain("line_no"),
            "contact": self._contact_fits,
            "customized": lambda row, asked: asked == (row["customized"] != 0),
        }

    def _master_data(self) -> dict[str, dict[str, Test]]:
        return {
            "InteractionTemplateFilter": {
                **codes("code", "group_code", "campaign_no"),
                **words("description"),
                **plain("blocked"),
            },
            "SalespersonFilter": {**codes("code"), **words(name="search_name"), **plain("blocked")},
            "CampaignFilter": {
                **codes("no", "salesperson_code"),
                **words("description"),
                **plain("blocked"),
                "activeOn": is_active,
            },
            "CampaignEntryFilter": {
                **codes("campaign_no", "segment_no"),
                **plain("logged_segment_entry_no", "canceled"),
                **on(self.date_fits, "date"),
            },
            "LoggedSegmentFilter": {
                **codes("segment_no"),
                **words("description", "user_id"),
                **plain("canceled"),
                **on(self.date_fits, "creation_date"),
            },
        }

    def entries_of(self, contact: Row) -> list[dict[str, Any]]:
        """Of a person its own, of a company also those of its people (R-CON-4)."""
        column = "company_no" if contact["type"] == "COMPANY" else "contact_no"
        return [entry for entry in self.rows["InteractionLogEntry"] if entry[column] == contact["no"]]

    def last_interaction(self, contact: Row) -> dt.date | None:
        """R-CON-1: attempts that did not fail."""
        return max((each["date"] for each in self._happened(contact) if not each["attempt_failed"]), default=None)

    def last_attempt(self, contact: Row) -> dt.date | None:
        """R-CON-2: whatever we began, with success or without."""
        return max((each["date"] for each in self._happened(contact) if each["initiated_by"] == "US"), default=None)

    def _happened(self, contact: Row) -> list[dict[str, Any]]:
        """K5: canceled entries did not happen, those of later than today have not yet."""
        return [each for each in self.entries_of(contact) if not each["canceled"] and each["date"] <= self.today]

    def _count_fits(self, contact: Row, asked: Asked) -> bool:
        """K14: canceled entries count only where the filter speaks of them."""
        where = asked.get("where") or {}
        counted = [
            each
            for each in self.entries_of(contact)
            if (speaks_of_canceled(where) or not each["canceled"])
            and self.passes("InteractionLogEntryFilter", each, where)
        ]
        return fits(len(counted), asked["count"])

    def _contact_fits(self, row: Row, asked: Asked) -> bool:
        contact = self.contact(row["contact_no"])
        return contact is not None and self.passes("ContactFilter", contact, asked)

    def contact(self, no: str | None) -> dict[str, Any] | None:
        return next((contact for contact in self.rows["Contact"] if contact["no"] == no), None)

    def _on_segment(self, contact: Row, asked: Asked) -> bool:
        """Open segments only. `ne` and `isNull: true`: on none such."""
        open_ = {each["id"]: each["no"] for each in self.rows["Segment"] if each["logged_segment_entry_no"] is None}
        lines = [line for line in self.rows["SegmentLine"] if line["contact_no"] == contact["no"]]
        return any_fits([open_[line["segment_id"]] for line in lines if line["segment_id"] in open_], asked, code_fits)

    def state(self, postponed: Row) -> str:
        day = postponed["resume_on"]
        if day is None:
            return "UNDATED"
        return "OVERDUE" if day < self.today else "TODAY" if day == self.today else "LATER"

    def date_fits(self, day: dt.date | None, asked: Asked) -> bool:
        """Days, also by the calendar of the company (K15)."""
        asked = {name: value for name, value in asked.items() if value is not None}
        named = {
            name: asked[name] for name in asked if name in ("last", "next", "current", "previous", "past", "future")
        }
        ordinary = {name: value for name, value in asked.items() if name not in named}
        return fits(day, ordinary, dt.date.fromisoformat) and all(
            day is not None and self._in(day, *each) for each in named.items()
        )

    def _in(self, day: dt.date, name: str, value: Any) -> bool:
        if name == "last":
            return moved(self.today, -value["count"], value["unit"]) < day <= self.today
        if name == "next":
            return self.today <= day < moved(self.today, value["count"], value["unit"])
        if name in ("past", "future"):
            return bool(value) == (day < self.today if name == "past" else day > self.today)
        return self._unit(day, value) == self._unit(self.today, value) - (name == "previous")

    def _unit(self, day: dt.date, unit: str) -> int:
        """The number of the day, week, month, quarter or year, counted from the first."""
        month = day.year * 12 + day.month - 1
        weeks = (day.toordinal() - self.first_day_of_week) // 7
        return {"DAY": day.toordinal(), "WEEK": weeks, "MONTH": month, "QUARTER": month // 3, "YEAR": day.year}[unit]


def moved(day: dt.date, count: int, unit: str) -> dt.date:
    """Some units later; the last of the month where there is no such day."""
    if unit in ("DAY", "WEEK"):
        return day + dt.timedelta(count * (7 if unit == "WEEK" else 1))
    month = day.year * 12 + day.month - 1 + count * {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
    first = dt.date(month // 12, month % 12 + 1, 1)
    longest = ((first + dt.timedelta(31)).replace(day=1) - dt.timedelta(1)).day
    return first.replace(day=min(day.day, longest))


def fits(value: Any, asked: Asked, read: Callable[[Any], Any] = lambda given: given) -> bool:
    """A value against what is asked of it; what is not there equals nothing and is neither more nor less."""

    def one(name: str, wanted: Any) -> bool:
        if name == "isNull":
            return bool(wanted == (value is None))
        if name == "in":
            return value is not None and value in [read(each) for each in wanted]
        if name in ("eq", "ne"):
            return bool(value == read(wanted)) == (name == "eq")
        if value is None:
            return False
        return bool(ORDERED[name](value, read(wanted)))

    return all(one(name, wanted) for name, wanted in asked.items() if wanted is not None)


def text_fits(value: str | None, asked: Asked, folded: str | None = None) -> bool:
    """Words of people: eq, ne, in, isNull to the letter, what nobody sees aside; the rest with case and accents folded."""
    folded = fold(value) if folded is None and value is not None else folded
    to_the_letter = {name: wanted for name, wanted in asked.items() if name in ("eq", "ne", "in", "isNull")}
    order = {name: wanted for name, wanted in asked.items() if name in ("gte", "lte")}
    return (
        fits(None if value is None else visible(value), to_the_letter, visible)
        and fits(folded, order, fold)
        and contains(folded, asked, fold)
    )


def email_fits(row: Row, asked: Asked) -> bool:
    """Addresses are equal in any case."""
    exactly = {name: wanted for name, wanted in asked.items() if name in ("eq", "ne", "in")}
    rest = {name: wanted for name, wanted in asked.items() if name not in exactly}
    value = row["email"]
    return fits(value and value.casefold(), exactly, str.casefold) and text_fits(value, rest)


def code_fits(value: str | None, asked: Asked) -> bool:
    """Numbers and codes: what is asked is trimmed and upper-cased; contains and startsWith fold."""
    rest = {name: wanted for name, wanted in asked.items() if name not in ("contains", "startsWith")}
    folded = None if value is None else fold(value)
    return fits(value, rest, lambda text: text.strip().upper()) and contains(
        folded, asked, lambda text: fold(text.strip())
    )


def contains(value: str | None, asked: Asked, read: Callable[[str], str]) -> bool:
    within, before = asked.get("contains"), asked.get("startsWith")
    if value is None:
        return within is None and before is None
    return (within is None or read(within) in value) and (before is None or value.startswith(read(before)))


def phone_fits(row: Row, asked: Asked) -> bool:
    """Either number, whichever fits each condition."""
    found = [number(row[name], row["country_code"]) for name in ("phone_no", "mobile_phone_no") if row[name]]
    return any_fits([each for each in found if each is not None], asked, number_fits)


def number_fits(ours: Number, asked: Asked) -> bool:
    """Equal where both know their country by all digits, else by those of the shorter one; parts by any way to write a number."""
    ways = (
        {f"+{ours.international}", ours.national, ours.digits}
        if ours.country_code
        else {ours.digits, ours.digits.lstrip("0")}
    )

    def one(name: str, wanted: Any) -> bool:
        theirs = [each for each in map(number, wanted if name == "in" else [wanted]) if each is not None]
        if name in ("eq", "ne", "in"):
            return any(same_number(ours, each) for each in theirs) == (name != "ne")
        if not theirs:
            return False
        part = f"+{theirs[0].international}" if theirs[0].country_code else re.sub("[^0-9+]", "", wanted)
        begins = any(way.startswith(part) or way.lstrip("+").startswith(part) for way in ways)
        whole = bool(theirs[0].country_code) and same_number(ours, theirs[0])
        return whole or (begins if name == "startsWith" else any(part in way for way in ways))

    return all(one(name, wanted) for name, wanted in asked.items() if wanted is not None)


def same_number(one: Number, other: Number) -> bool:
    if one.country_code and other.country_code:
        return one.international == other.international
    pairs = [
        (left.lstrip("0"), right.lstrip("0"))
        for left in (one.international, one.national, one.digits)
        if left
        for right in (other.international, other.national, other.digits)
        if right
    ]
    return any(
        left == right or (min(len(left), len(right)) >= 7 and (left.endswith(right) or right.endswith(left)))
        for left, right in pairs
    )


def any_fits(values: Sequence[Any], asked: Asked, each_fits: Callable[[Any, Asked], bool]) -> bool:
    """Conditions on several values: each holds for one of them; `ne` and `isNull: true` deny it for all."""

    def one(name: str, wanted: Any) -> bool:
        if name == "isNull":
            return bool(wanted) == (not values)
        return (all if name == "ne" else any)(each_fits(value, {name: wanted}) for value in values)

    return all(one(name, wanted) for name, wanted in asked.items() if wanted is not None)


def speaks_of_canceled(where: Any) -> bool:
    """Whether a filter names `canceled`, also inside `and`, `or`, `not`."""
    if not isinstance(where, dict):
        return any(map(speaks_of_canceled, where or ()))
    return where.get("canceled") is not None or any(
        speaks_of_canceled(where.get(name)) for name in ("and", "or", "not")
    )


def on(test: Test, *columns: str) -> dict[str, Test]:
    """The same test of several columns, under the names that filters give them."""

    def of(column: str) -> Test:
        return lambda row, asked: test(row[column], asked)

    return {camel(name): of(name) for name in columns}


def codes(*columns: str) -> dict[str, Test]:
    return on(code_fits, *columns)


def words(*columns: str, **folded: str) -> dict[str, Test]:
    """Words of people; some have a column beside them that has them folded."""

    def beside(column: str, other: str) -> Test:
        return lambda row, asked: text_fits(row[column], asked, row[other])

    return {**on(text_fits, *columns), **{camel(name): beside(name, other) for name, other in folded.items()}}


def plain(*columns: str) -> dict[str, Test]:
    """Numbers, words of a vocabulary, yes or no."""
    return on(lambda value, asked: value is asked if isinstance(asked, bool) else fits(value, asked), *columns)


def amounts(*columns: str) -> dict[str, Test]:
    return on(lambda value, asked: fits(value, asked, lambda given: Decimal(str(given))), *columns)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def is_active(campaign: Row, day: str) -> bool:
    """Started and not ended; an open end counts as running."""
    return (
        (campaign["starting_date"] or dt.date.min)
        <= dt.date.fromisoformat(day)
        <= (campaign["ending_date"] or dt.date.max)
    )
