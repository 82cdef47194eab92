"""Figures of groups of entries: added up, compared with earlier days, filled up, filtered, ordered and limited."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import partial, reduce

from sqlalchemy import (
    CTE,
    FromClause,
    Integer,
    Subquery,
    Unicode,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
    union_all,
)

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.sql.constructs import either
from persistence.sql.totals import HighDigitsOf, LowDigitsOf
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers.queries import SqlBuilder, SqlCondition
from resolvers.statistics import attempts, entry_sums, sums
from resolvers.statistics.contact_counts import totals_over_contacts
from resolvers.statistics.contact_sums import CONTACTS
from resolvers.statistics.derived import ANY_COLUMN, DerivedColumns, DerivedRow
from resolvers.statistics.entries import Earlier, Entries
from resolvers.statistics.gaps import FILLED, Gaps
from resolvers.statistics.groupings import ByUnit, Grouping
from resolvers.statistics.periods import FilterDays
from resolvers.statistics.steps import Steps
from resolvers.statistics.stored import Passes
from resolvers.statistics.sums import EARLIER, SUMS_OVER_CONTACTS

GROUPS, KEPT = "entry_groups", "kept_groups"
"""The subqueries of all groups that have entries, and of those that are returned unless they are too many."""

COUNTED = "counted_groups"
"""The subquery of all stored groups of clean days, to count them. It does not tell blank keys from others, so that an
index of the days without the keys is enough.
"""

TOTAL_SUMS = "total_sums"
"""The subquery of sums for totals that are not added up from the groups."""


class OrderField(StrEnum):
    """What groups can be ordered by."""

    KEY = "KEY"
    INTERACTIONS = "INTERACTIONS"
    CONTACTS = "CONTACTS"
    COST = "COST"
    DURATION = "DURATION"
    SUCCESS_RATE = "SUCCESS_RATE"
    PREVIOUS_INTERACTIONS = "PREVIOUS_INTERACTIONS"


Sums = sums.Sums
Having = Callable[[Sums], SqlCondition]


@dataclass(frozen=True)
class Conditions:
    """Which figures are wanted. `limit` is the maximum number of groups; without `rows` only totals are computed."""

    groupings: Sequence[Grouping]
    passes: Passes
    days: FilterDays
    earlier: Earlier | None
    having: Having | None
    order: Sequence[tuple[OrderField, bool]]
    """Each with whether it is descending."""
    limit: SqlExpression
    fill_gaps: bool
    rows: bool


class GroupedFigures:
    """The SQL of one request. Read the columns of `group` and the totals first, then their sources, and `ctes` last."""

    def __init__(self, sql: SqlBuilder, request: Conditions, alias: str) -> None:
        self._sql, self._request = sql, request
        self._groupings = request.groupings if request.rows else ()
        self.group = DerivedRow(alias, self._type_of, self._rows)
        """A group: its keys, its sums, the sums of earlier days, and `n`, its place in the order."""
        self._kept, self._groups = DerivedColumns(KEPT, self._type_of), DerivedColumns(GROUPS, self._type_of)
        self._totals: dict[str, None] = {}
        self._names: dict[tuple[str, Enum | None], Subquery] = {}
        self._steps = self._steps_of(self._groupings, request.earlier if request.rows else None)
        self._sources_of_totals: list[CTE] = []
        fills = request.fill_gaps and request.having is None
        gaps = Gaps(self._groupings if fills else (), request.days, sql, self._groups, GROUPS)
        self._gaps = gaps if gaps.is_needed else None
        self._having = [] if request.having is None else [request.having(self._kept.__getitem__)]

    def sum_of(self, name: str) -> SqlExpression:
        """A sum of the entries of a group."""
        return self.group.c[name]

    def earlier_sum_of(self, name: str) -> SqlExpression:
        """The same sum of earlier days."""
        return self.group.c[EARLIER + name]

    def look_up(self, column: str, language: Enum | None, names: SqlQuery) -> SqlExpression:
        """The name of a key of a group. Names are joined once to all groups that are returned, see `LookUp`."""
        joined = self._names.setdefault((column, language), names.subquery(f"names_{len(self._names)}"))
        self.group.c.use([column])  # the names are joined to it
        return literal_column(f'{self.group.alias}."{joined.name}"', Unicode())

    def total_of(self, name: str) -> SqlExpression:
        """A sum of all entries, also of those in groups that are left out."""
        self._totals[name] = None
        return literal_column(f'totals."{name}"', Integer())

    @property
    def size(self) -> SqlExpression | None:
        """The number of groups after gaps are filled, if they are. There are no groups if it exceeds `MAX_GROUPS`."""
        return None if self._gaps is None else self._gaps.size

    def number_of_groups(self) -> SqlExpression:
        """The number of groups before they are limited. Read it when all columns of `group` and totals are known."""
        if self._are_stored:
            parts = self._parts if self._having or not self._has_blank else [table(COUNTED), self._parts[-1]]
            counts = [select(func.count()).select_from(part).where(*self._having) for part in parts]
            return reduce(operator.add, (count.scalar_subquery() for count in counts))
        return select(func.count()).select_from(table(KEPT)).scalar_subquery()

    def totals_source(self) -> FromClause:
        """One row with the sums that `total_of` returned."""
        over_contacts = SUMS_OVER_CONTACTS & self._totals.keys()
        if self._are_stored or (over_contacts and self._steps.contacts_are_stored):
            totals, self._sources_of_totals = self._steps_of((), None, TOTAL_SUMS).groups(list(self._totals), [])
            return totals.subquery("totals")
        are_added_up = all(each.one_group_per_contact for each in self._groupings)
        of_contacts = [name for name in self._totals if name in SUMS_OVER_CONTACTS and not are_added_up]
        found = [self._total(name).label(name) for name in self._totals if name not in of_contacts]
        sums_of_all: SqlQuery = select(*(found or ANY_COLUMN))
        source = (sums_of_all.select_from(table(GROUPS)) if found else sums_of_all).subquery("totals")
        if not of_contacts:
            return source
        of_all = self._totals_over_contacts(of_contacts).subquery("over_contacts")
        return select(source, of_all).select_from(source.join(of_all, true())).subquery("totals")

    def ctes(self) -> list[CTE]:
        """The subqueries by name, in the order in which they are needed."""
        if self._are_stored:
            parts = [query.cte(f"{GROUPS}_{number}") for number, query in enumerate(self._select_parts())]
            if self._has_blank:
                parts.append(self._steps.parts([], split=False)[0].cte(COUNTED))
            return [*self._sources_of_totals, *(part.prefix_with("NOT MATERIALIZED") for part in parts)]
        kept = self._select_kept()
        filled = [] if self._gaps is None else self._gaps.ctes(list(self._kept.used))
        groups, sources = self._select_groups()
        named, all_groups = kept.cte(KEPT), groups.cte(GROUPS)
        if self._keeps_all:  # both databases then read the groups themselves, without a copy
            named = named.prefix_with("NOT MATERIALIZED")
        # several subqueries read the groups, and PostgreSQL would add them up for each of them
        all_groups = all_groups.prefix_with("MATERIALIZED")
        return [*sources, *self._sources_of_totals, all_groups, *filled, named]

    @property
    def _are_stored(self) -> bool:
        """Whether the groups are read as they are stored. Read it when all columns of `group` and totals are known."""
        ordered = [field.value.lower() for field, _ in self._request.order]
        names = [*self.group.c.used, *self._kept.used, *self._totals, *ordered]
        return self._gaps is None and self._steps.are_stored(names)

    @property
    def _parts(self) -> list[FromClause]:
        """The subqueries of the parts of stored groups."""
        return [table(f"{GROUPS}_{number}").alias(KEPT) for number, _ in enumerate(self._steps.blanks)]

    @property
    def _has_blank(self) -> bool:
        """Whether stored groups of clean days are two parts, of which one has blank keys."""
        return True in self._steps.blanks

    def _select_parts(self) -> list[SqlQuery]:
        keys = [name for each in self._groupings for name in each.columns]
        return self._steps.parts([name for name in self._kept.used if name not in keys])

    @property
    def _keeps_all(self) -> bool:
        return self._gaps is None and self._request.having is None

    def _rows(self, columns: Sequence[str]) -> FromClause:
        named = [self._kept[name].label(name) for name in columns if name != "n"] or ANY_COLUMN
        order = self._order()
        source = self._first_of_parts() if self._are_stored else table(KEPT)
        found: SqlQuery = select(*named).select_from(source).order_by(*order)
        limited = found.limit(self._request.limit).subquery("limited")
        place = func.row_number().over().label("n")
        numbered: SqlQuery = select(literal_column("limited.*"), place).select_from(limited)
        if not self._names:
            return numbered.order_by(literal_column("n")).subquery(self.group.alias)
        joined: FromClause = numbered.subquery("numbered")
        chosen: SqlQuery = select(literal_column("numbered.*"))
        for (column, _), names in self._names.items():
            joined = joined.outerjoin(names, names.c.key == literal_column(f'numbered."{column}"'))
            chosen = chosen.add_columns(names.c.name.label(names.name))
        return chosen.select_from(joined).subquery(self.group.alias)

    def _first_of_parts(self) -> FromClause:
        """The first groups of each part, as many as are wanted of all. A part that is stored in the wanted order is
        read only up to the last of these.
        """
        columns = [self._kept[name].label(name) for name in self._kept.used]
        found: list[SqlQuery] = []
        for part, is_blank in zip(self._parts, self._steps.blanks, strict=True):
            ordered = select(*columns).select_from(part).where(*self._having).order_by(*self._order(is_blank=is_blank))
            found.append(select(ordered.limit(self._request.limit).subquery()))
        return union_all(*found).subquery(KEPT)

    def _order(self, *, is_blank: bool | None = None) -> list[SqlExpression]:
        """What to order by. Groups without a value come last in both directions. `is_blank` is that of a part: unless
        it is None, the part needs no order of blank keys and others, and one with blank keys only no order by them.
        """
        found: list[SqlExpression] = []
        for field, descending in [*self._request.order, (OrderField.KEY, False)]:
            for blank, values in self._levels(field):
                is_key = field is OrderField.KEY and blank is not None
                if is_key and is_blank:
                    continue
                found += [] if blank is None or (is_key and is_blank is False) else [blank.cast(Integer)]
                found += [value.desc() if descending else value for value in values]
        return found

    def _levels(self, field: OrderField) -> list[tuple[SqlCondition | None, list[SqlExpression]]]:
        """The values to order by, each with the condition that there is none."""
        c = self._kept
        if field is OrderField.KEY:
            return [
                (None if isinstance(each, ByUnit) else c[each.name].is_(None), each.order(c))
                for each in self._groupings
            ]
        if field is OrderField.COST:
            parts = c["cost_high"], c["cost_low"]
            return [(None, [HighDigitsOf(*parts), LowDigitsOf(*parts)])]
        if field is OrderField.SUCCESS_RATE:
            return [(c["interactions"] == 0, [sums.success_rate(c.__getitem__)])]
        if field is OrderField.PREVIOUS_INTERACTIONS:
            return [] if self._request.earlier is None else [(None, [c[EARLIER + "interactions"]])]
        return [(None, [c[field.value.lower()]])]

    def _select_kept(self) -> SqlQuery:
        conditions: list[SqlCondition] = []
        if not self._groupings and self._request.rows:  # the sums of no entries are no group
            compared = [] if self._request.earlier is None else [EARLIER + "interactions"]
            conditions.append(or_(*(self._kept[name] > 0 for name in ("interactions", *compared))))
        names = list(self._kept.used)
        if self._gaps is None:
            self._groups.use(names)
        source = table(GROUPS if self._gaps is None else FILLED).alias(KEPT)
        chosen: SqlQuery = select(*([self._kept[name].label(name) for name in names] or ANY_COLUMN))
        return chosen.select_from(source).where(*conditions, *self._having)

    def _steps_of(self, groupings: Sequence[Grouping], earlier: Earlier | None, name: str = entry_sums.NAME) -> Steps:
        return Steps(self._sql, groupings, self._request.passes, self._request.days, earlier, name=name)

    def _select_groups(self) -> tuple[SqlQuery, list[CTE]]:
        keys = [name for each in self._groupings for name in each.columns]
        wanted = [name for name in self._groups.used if name not in keys]
        return self._steps.groups(wanted, list(self._totals))

    def _total(self, name: str) -> SqlExpression:
        if not self._groupings:
            return self._groups[name]
        return sums.added_up(name, self._groups[name])

    def _totals_over_contacts(self, names: Sequence[str]) -> SqlQuery:
        """Sums of `SUMS_OVER_CONTACTS` over all groups, from the sums of each contact."""
        contact = DerivedColumns(CONTACTS, self._type_of)
        reached, attempt = partial(contact.__getitem__, "first_success"), partial(self._reached_at, contact)
        found = select(*sums.over_contacts(names, reached=reached, attempt=attempt)).select_from(table(CONTACTS))
        if self._steps.reads_totals_from_entries(names):
            return either(totals_over_contacts(self._sql, self._request.passes, names), found)
        return found

    def _reached_at(self, contact: DerivedColumns) -> SqlExpression:
        again = Entries(self._sql, self._request.passes).that_also(
            lambda entry: [entry.c.contact_no == contact["contact_no"]]
        )
        last_day = attempts.day_of_success(contact.__getitem__)
        exact = attempts.exact_attempt(again.entry, again.row, last_day, again.conditions)
        return attempts.reached_at(contact.__getitem__, exact)

    def _type_of(self, name: str) -> SqlType:
        for grouping in self._request.groupings:
            if grouping.name == name:
                return grouping.type
        contact = table_of(Contact).c
        return contact[name].type if name == "search_city" else Integer()
