"""The expected figures of groups of interactions, computed in Python from the rows, without SQL."""

import datetime as dt
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

from persistence.sql.folding import fold, visible
from resolvers.date_ranges import DateUnit, current
from tests.schema.reference import Company
from tests.schema.reference_comparisons import Row, has_condition_on_canceled, matches

SCORES = {"VERY_POSITIVE": 2, "POSITIVE": 1, "NEUTRAL": 0, "NEGATIVE": -1, "VERY_NEGATIVE": -2}
MEASURES = (
    "interactions contacts cost duration averageCost averageDuration successRate averageEvaluation responses "
    "attemptsUntilReached"
)
COLUMNS = {
    "TEMPLATE": "template_code",
    "GROUP": "group_code",
    "SALESPERSON": "salesperson_code",
    "CAMPAIGN": "campaign_no",
    "CONTACT": "contact_no",
    "COMPANY": "company_no",
    "EVALUATION": "evaluation",
    "INFORMATION_FLOW": "information_flow",
    "INITIATED_BY": "initiated_by",
}
UNITS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)

Key = tuple[Any, ...]
Grouping = Mapping[str, str]


def measured(entries: Sequence[Row]) -> dict[str, Any]:
    """The expected figures of these entries."""
    number = len(entries)
    cost, duration = sum((each["cost"] for each in entries), Decimal(0)), sum(each["duration"] for each in entries)
    scores = [SCORES[each["evaluation"]] for each in entries if each["evaluation"]]
    mean = EXACT.quantize(EXACT.divide(cost, Decimal(number)), Decimal("0.01")) if number else None
    reached = [number for number in map(attempts, by_contact(entries).values()) if number]
    return {
        "interactions": number,
        "contacts": len(by_contact(entries)),
        "cost": f"{cost:.2f}",
        "duration": duration,
        "averageCost": None if mean is None else f"{mean:.2f}",
        "averageDuration": ratio(duration, number),
        "successRate": ratio(sum(not each["attempt_failed"] for each in entries), number),
        "averageEvaluation": ratio(sum(scores), len(scores)),
        "responses": sum(each["campaign_response"] for each in entries),
        "attemptsUntilReached": ratio(sum(reached), len(reached)),
    }


def by_contact(entries: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for each in entries:
        if each["contact_no"] is not None:
            found[each["contact_no"]].append(each)
    return found


def attempts(entries: Sequence[Row]) -> int | None:
    """The number of entries of a contact up to the first whose attempt did not fail."""
    ordered = sorted(entries, key=lambda each: (each["date"], each["time_of_interaction"], each["entry_no"]))
    return next((place for place, each in enumerate(ordered, 1) if not each["attempt_failed"]), None)


def ratio(total: int, count: int, decimals: int = 4) -> float | None:
    """Halves are rounded away from zero."""
    if not count:
        return None
    units = math.floor(abs(Fraction(total, count)) * 10**decimals + Fraction(1, 2))
    return float(Fraction(units if total >= 0 else -units, 10**decimals))


class Figures:
    """The answer of `interactionStatistics` for a filter whose conditions on the date are only `gte` and `lte`."""

    def __init__(self, company: Company, arguments: Mapping[str, Any]) -> None:
        self.company, self.arguments = company, arguments
        self.groupings: list[Grouping] = arguments.get("groupBy") or []
        self.filter: dict[str, Any] = arguments.get("filter") or {}
        self.contacts = {row["no"]: row for row in company.rows["Contact"]}
        self.first, self.last = (
            None if day is None else dt.date.fromisoformat(day)
            for day in ((self.filter.get("date") or {}).get(name) for name in ("gte", "lte"))
        )
        self.unit = next((each["date"] for each in self.groupings if each.get("date") in UNITS), None)

    def answer(self) -> dict[str, Any]:
        now = self.entries(self.filter)
        groups: dict[Key, list[Row]] = defaultdict(list)
        for entry in now:
            groups[self.key(entry, entry["date"])].append(entry)
        earlier = self.earlier() if self.arguments.get("compareTo") else {}
        rows = {key: measured(groups.get(key, [])) for key in (*groups, *earlier)}
        previous = {key: measured(earlier.get(key, [])) for key in rows}
        having = self.arguments.get("having") or {}
        if any(value is not None for conditions in having.values() for value in (conditions or {}).values()):
            rows = {key: row for key, row in rows.items() if has(row, having)}
        elif self.arguments.get("fillGaps"):
            for key in self.filled(groups, rows):
                rows.setdefault(key, measured([]))
                previous.setdefault(key, measured([]))
        compared = bool(self.arguments.get("compareTo"))
        ordered = self.in_order(rows, previous)
        shown = [self.row(key, rows[key], previous[key] if compared else None) for key in ordered]
        return {"noOfRows": len(rows), "totals": measured(now), "rows": shown[: self.arguments.get("first", 100)]}

    def entries(self, filter_: Mapping[str, Any]) -> list[Row]:
        canceled = has_condition_on_canceled(filter_)
        return [
            entry
            for entry in self.company.rows["InteractionLogEntry"]
            if (canceled or not entry["canceled"]) and self.company.passes("InteractionLogEntryFilter", entry, filter_)
        ]

    def earlier(self) -> dict[Key, list[Row]]:
        """The entries of the earlier days by key."""
        assert self.first is not None
        assert self.last is not None
        days = (self.last - self.first).days + 1
        back = (
            (lambda day: day - dt.timedelta(days)) if self.arguments["compareTo"] == "PREVIOUS_PERIOD" else year_before
        )
        others = {name: value for name, value in self.filter.items() if name != "date"}
        period = {"date": {"gte": back(self.first).isoformat(), "lte": back(self.last).isoformat()}}
        found: dict[Key, list[Row]] = defaultdict(list)
        for entry in self.entries(others | period):
            for day in self.days_of(entry["date"], back):
                found[self.key(entry, day)].append(entry)
        return found

    def days_of(self, date: dt.date, back: Callable[[dt.date], dt.date]) -> list[dt.date]:
        """A day of the filter in each unit in whose days, moved, an earlier day is."""
        assert self.first is not None
        assert self.last is not None
        if self.unit is None:
            return [date]
        days = range(364, 368) if back is year_before else [(self.last - self.first).days + 1]
        near = [date + dt.timedelta(number) for number in days]
        units = {self.start(day) for day in near if self.first <= day <= self.last}
        found = []
        for start in units:
            begin, end = max(start, self.first), min(self.end(start), self.last)
            if back(begin) <= date <= back(end):
                found.append(begin)
        return found

    def start(self, day: dt.date) -> dt.date:
        return current(day, DateUnit(self.unit or ""), self.company.first_day_of_week)[0]

    def end(self, day: dt.date) -> dt.date:
        return current(day, DateUnit(self.unit or ""), self.company.first_day_of_week)[1]

    def starts(self, first: dt.date, last: dt.date) -> list[dt.date]:
        days = range((last - first).days + 1)
        return sorted({self.start(first + dt.timedelta(day)) for day in days})

    def key(self, entry: Row, day: dt.date) -> Key:
        return tuple(self.part(grouping, entry, day) for grouping in self.groupings)

    def part(self, grouping: Grouping, entry: Row, day: dt.date) -> Any:
        contact = self.contacts.get(entry["contact_no"] or "", {})
        by = grouping.get("by")
        if by == "CITY":
            return contact.get("city") and visible(contact["city"])
        if by == "COUNTRY":
            return contact.get("country_code")
        if by is not None:
            return visible(entry["user_id"]) if by == "USER" else entry[COLUMNS[by]]
        if grouping["date"] == "DAY_OF_WEEK":
            return entry["date"].isoweekday()
        return entry["time_of_interaction"].hour if grouping["date"] == "HOUR_OF_DAY" else self.start(day)

    def filled(self, groups: Mapping[Key, list[Row]], rows: Mapping[Key, Any]) -> list[Key]:
        buckets: dict[int, list[Any]] = {}
        for place, grouping in enumerate(self.groupings):
            if grouping.get("date") == "DAY_OF_WEEK":
                buckets[place] = list(range(1, 8))
            elif grouping.get("date") == "HOUR_OF_DAY":
                buckets[place] = list(range(24))
            elif "date" in grouping:
                seen = [key[place] for key in groups]
                first = self.start(self.first) if self.first else min(seen, default=None)
                last = self.start(self.last) if self.last else max(seen, default=None)
                buckets[place] = [] if first is None or last is None else self.starts(first, last)
        if not buckets:
            return []
        others = {tuple(part for place, part in enumerate(key) if place not in buckets) for key in rows}
        if len(buckets) == len(self.groupings):
            others = {()}
        made = []
        for other in others:
            for chosen in itertools.product(*buckets.values()):
                own, rest = dict(zip(buckets, chosen, strict=True)), iter(other)
                made.append(tuple(own[place] if place in own else next(rest) for place in range(len(self.groupings))))
        return made

    def in_order(self, rows: Mapping[Key, Row], previous: Mapping[Key, Row]) -> list[Key]:
        ordered = self.by_key(list(rows), descending=False)
        for level in reversed(self.arguments.get("orderBy") or []):
            descending = level["direction"] == "DESC"
            if level["field"] == "KEY":
                ordered = self.by_key(ordered, descending=descending)
                continue
            if level["field"] == "PREVIOUS_INTERACTIONS" and not self.arguments.get("compareTo"):
                continue
            values: dict[Key, Any] = {key: value_of(level["field"], rows[key], previous[key]) for key in ordered}
            there = [key for key in ordered if values[key] is not None]
            there.sort(key=values.__getitem__, reverse=descending)
            ordered = there + [key for key in ordered if values[key] is None]
        return ordered

    def by_key(self, keys: list[Key], *, descending: bool) -> list[Key]:
        for place, grouping in reversed(list(enumerate(self.groupings))):
            there = [key for key in keys if key[place] is not None]
            there.sort(key=lambda key: place_of(grouping, key[place]), reverse=descending)
            keys = there + [key for key in keys if key[place] is None]
        return keys

    def row(self, key: Key, measures: Row, previous: Row | None) -> dict[str, Any]:
        buckets = [
            part for part, each in zip(key, self.groupings, strict=True) if each.get("date") not in (None, *UNITS)
        ]
        start = next((part for part, each in zip(key, self.groupings, strict=True) if each.get("date") in UNITS), None)
        return {
            "key": "|".join(
                ("" if part is None else str(part)).replace("\\", "\\\\").replace("|", "\\|") for part in key
            ),
            "from": start and start.isoformat(),
            "to": start and self.end(start).isoformat(),
            "bucket": buckets[0] if buckets else None,
            "buckets": buckets,
            "measures": measures,
            "previous": previous,
        }


def has(row: Row, having: Mapping[str, Any]) -> bool:
    given = {name: Decimal(row[name]) if name == "cost" else row[name] for name in having}
    return all(
        matches(given[name], conditions, (lambda value: Decimal(str(value))) if name == "cost" else lambda value: value)
        for name, conditions in having.items()
        if conditions is not None
    )


def value_of(field: str, row: Row, previous: Row) -> Any:
    if field == "PREVIOUS_INTERACTIONS":
        return previous["interactions"]
    name = {"SUCCESS_RATE": "successRate"}.get(field, field.lower())
    return Decimal(row[name]) if field == "COST" else row[name]


def place_of(grouping: Grouping, part: Any) -> Any:
    if grouping.get("by") == "CITY":
        return fold(part).encode(), part.encode()
    if grouping.get("by") == "EVALUATION":
        return list(SCORES).index(part)
    return part.encode() if isinstance(part, str) else part


def year_before(day: dt.date) -> dt.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
