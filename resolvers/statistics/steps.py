"""The steps from entries, or stored sums of them, to the sums of each group."""

from collections.abc import Iterable, Sequence

from sqlalchemy import CTE, and_, func, literal_column, select, table

from persistence.sql.constructs import either
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlBuilder, SqlCondition
from resolvers.statistics import attempts, entry_sums, sums
from resolvers.statistics.by_sorting import BySorting
from resolvers.statistics.contact_sums import CONTACTS, BothSums, of_contacts
from resolvers.statistics.derived import ANY_COLUMN
from resolvers.statistics.entries import Earlier
from resolvers.statistics.entry_sums import EntrySums
from resolvers.statistics.groupings import ByCity, ByUser, Grouping
from resolvers.statistics.numbered_keys import NumberedKeys, numbered_keys
from resolvers.statistics.numbered_sums import NumberedSums
from resolvers.statistics.periods import FilterDays
from resolvers.statistics.queries import ZERO
from resolvers.statistics.second_step import (
    GroupKeys,
    Part,
    added_up,
    are_rows,
    group_keys,
    groups_of_rows,
    one_of_each_city,
)
from resolvers.statistics.stored import Passes, StoredSums, stored_sums
from resolvers.statistics.sums import EARLIER, SUMS_OVER_CONTACTS
from resolvers.statistics.unit_bits import unit_bits


class Steps:
    """Adds up the entries that pass a filter, and those of the earlier days that they are compared with."""

    def __init__(
        self,
        sql: SqlBuilder,
        groupings: Sequence[Grouping],
        passes: Passes,
        days: FilterDays,
        earlier: Earlier | None,
        *,
        name: str = entry_sums.NAME,
    ) -> None:
        self._sql, self._groupings, self._passes, self._earlier = sql, groupings, passes, earlier
        self._name = name
        self._by_sorting = BySorting(sql, groupings, passes, days, earlier)
        self._of_contact = any(each.of_contact for each in groupings)
        earlier_days = None if earlier is None else earlier.days
        self._stored = (
            None if self._of_contact else stored_sums(self._sql, groupings, passes.filter, days, earlier_days)
        )

    @property
    def contacts_are_stored(self) -> bool:
        """Whether sums over contacts are stored for each group: a group is a day and at most one key."""
        return self._stored is not None and self._earlier is None and self._stored.are_groups(self._groupings)

    def are_stored(self, names: Iterable[str]) -> bool:
        """Whether the groups themselves are stored with these sums, so that they can be read several times."""
        return self.contacts_are_stored and not self._by_contact(names)

    @property
    def blanks(self) -> Sequence[bool | None]:
        """For each of the `parts` whether the keys of its groups are blank; None if they differ."""
        return self._stored.blanks if self._stored is not None else ()

    def parts(self, wanted: Sequence[str], *, split: bool = True) -> list[SqlQuery]:
        """The groups with the sums `wanted`, if they are stored: one SELECT for each of `StoredSums.parts`. Without
        `split` there are two, the first one with the groups of clean days.
        """
        found = self._first_step(by_contact=False, final=True, stored=self._stored_with(wanted))
        found.c.use(wanted)
        return found.parts(split=split)

    def groups(self, wanted: Sequence[str], totals: Sequence[str]) -> tuple[SqlQuery, list[CTE]]:
        """The groups that have entries, with the sums `wanted`; and the subqueries that they are read from, none if the
        first step is the only one. If the groups have totals over contacts, `CONTACTS` is one of them.
        """
        stored, by_contact = self._stored_with(wanted), self._by_contact([*wanted, *totals])
        others = [name for name in wanted if name.removeprefix(EARLIER) not in SUMS_OVER_CONTACTS]
        names = {name.removeprefix(EARLIER) for name in (*wanted, *totals)} & SUMS_OVER_CONTACTS
        counts_contacts = by_contact and names == {"contacts"}
        if by_contact and stored and others:
            of_entries = self._first_step(by_contact=True, bits=counts_contacts)
            of_days = self._first_step(by_contact=False, stored=stored, name=entry_sums.STORED)
            over = [name for name in wanted if name not in others]
            parts, sources = self._parts(of_entries, over, totals)
            parts.append(Part(self._second_step(of_days, others), others))
            return self._added_up(parts, wanted), [*sources, of_days.select().cte(of_days.name)]
        are_stored = self.are_stored([*wanted, *totals])
        by_keys = stored is None and not by_contact and self._groups_entries_by_keys
        needs_second_step = stored is not None or any(each.needs_second_step for each in self._groupings)
        first = self._first_step(
            by_contact=by_contact,
            bits=counts_contacts and not others,
            final=are_stored or by_keys,
            stored=None if by_contact else stored,
        )
        if by_keys and self._earlier is None:
            return self._as_groups(first, wanted), []
        if are_stored or not (by_contact or self._earlier or needs_second_step):
            first.c.use(wanted)
            return first.select(), []
        parts, sources = self._parts(first, wanted, totals)
        second, by_city = self._added_up(parts, wanted), any(isinstance(each, ByCity) for each in self._groupings)
        return (one_of_each_city(second, self._key_columns, wanted) if by_city else second), sources

    def _stored_with(self, wanted: Sequence[str]) -> StoredSums | None:
        """The stored sums, with those over contacts if these are wanted and stored."""
        needs_contacts = self.contacts_are_stored and SUMS_OVER_CONTACTS & {*wanted}
        return self._stored.with_contacts() if self._stored is not None and needs_contacts else self._stored

    def _by_contact(self, names: Iterable[str]) -> bool:
        over_contacts = any(name.removeprefix(EARLIER) in SUMS_OVER_CONTACTS for name in names)
        return self._of_contact or (over_contacts and not self.contacts_are_stored)

    @property
    def _groups_entries_by_keys(self) -> bool:
        """Whether the first step groups by the keys, not by days. Visible user ids take too long for each entry."""
        return len(self._groupings) > 1 and not any(isinstance(each, ByUser) for each in self._groupings)

    def _first_step(
        self,
        *,
        by_contact: bool,
        bits: bool = False,
        numbers: NumberedKeys | None = None,
        final: bool = False,
        stored: StoredSums | None = None,
        name: str = "",
    ) -> EntrySums:
        return EntrySums(
            self._sql,
            self._passes,
            self._groupings,
            self._earlier,
            by_contact=by_contact,
            bits=unit_bits(self._groupings, self._sql) if bits else None,
            numbers=numbers,
            final=final,
            stored=stored,
            name=name or self._name,
        )

    def _parts(self, first: EntrySums, wanted: Sequence[str], totals: Sequence[str]) -> tuple[list[Part], list[CTE]]:
        """The second step: SELECTs whose sums are to be added up, and the subqueries that they are read from."""
        of_totals = SUMS_OVER_CONTACTS & {*totals}
        with_contacts = bool(of_totals) and not all(each.one_group_per_contact for each in self._groupings)
        with_attempts = with_contacts and of_totals != {"contacts"}
        found, both = self._by_hashing(first, wanted, with_contacts=with_contacts, with_attempts=with_attempts)
        if not first.by_contact:
            return found, [first.select().cte(first.name)]
        from_first_step = found if both is None else [Part(self._second_step(first, wanted), wanted)]
        without_bits = first if first.bits is None else self._first_step(by_contact=True)
        by_sorting = self._by_sorting.groups(without_bits, wanted, totals, from_first_step)
        if by_sorting is not None or both is not None:
            by_sorting = self._added_up(from_first_step, wanted) if by_sorting is None else by_sorting
            found = [Part(either(by_sorting, self._added_up(found, wanted)), wanted)]
        sources = [] if both is None else [both.select().cte(both.name)]
        if with_contacts:
            contacts = self._contacts(first, with_attempts=with_attempts)
            sources.append((contacts if both is None else either(contacts, both.contacts())).cte(CONTACTS))
        rows = self._by_sorting.first_step(first.select())  # last, when all columns that are used have been read
        return found, [rows.cte(first.name), *sources]

    def _by_hashing(
        self, first: EntrySums, wanted: Sequence[str], *, with_contacts: bool, with_attempts: bool
    ) -> tuple[list[Part], BothSums | None]:
        """The second step of a database that can group by hash tables, and the sums that it is read from, if they are
        added up together with those of contacts.

        Where a contact may be in many groups, the attempts that are to be numbered are a SELECT of their own.
        PostgreSQL does not know that they are few. In one SELECT with the others, it would expect their numbering to be
        nearly all of the work, and would not care how it groups: it would sort millions of rows by the keys of a few
        groups.
        """
        keys = self._group_keys(first).columns
        if are_rows(first, self._groupings):
            return [Part(groups_of_rows(first, keys, wanted), wanted)], None
        to_number = [name for name in wanted if name.removeprefix(EARLIER) == "attempts"]
        may_number = self._earlier is None and first.has_many_groups
        numbers = numbered_keys(self._groupings, self._sql) if may_number else None
        if numbers is not None:
            rows = self._first_step(by_contact=True, numbers=numbers)
            of_groups = {name: self._second_sum(rows, name, exact=False) for name in wanted}
            numbered = NumberedSums(rows, first, numbers, of_groups, with_attempts=with_attempts)
            return numbered.parts(keys), numbered.both
        if first.adds_up_both and (with_contacts or to_number):
            of_groups = {name: self._second_sum(first, name, exact=False) for name in wanted}
            named = {each.final_column: first.c[each.final_column] for each in self._groupings}
            both = BothSums(first, named, of_groups, with_attempts=with_attempts, numbers=bool(to_number))
            found = [Part(both.groups(keys), wanted)]
            if to_number:
                exact: SqlQuery = select(*keys, first.exact_attempt().label("attempts")).select_from(both.unknown())
                found.append(Part(exact, to_number))
            return found, both
        separate = to_number if first.has_many_groups else []
        found = [Part(self._second_step(first, wanted, exact=not separate), wanted)]
        return found + [Part(self._exact_attempts(first, name), [name]) for name in separate], None

    def _contacts(self, first: EntrySums, *, with_attempts: bool) -> SqlQuery:
        """One row for each contact, with its sums of `ATTEMPTS` over all groups if `with_attempts`."""
        contact_no = first.c["contact_no"]
        columns = of_contacts(first.c) if with_attempts else {}
        found: SqlQuery = select(contact_no.label("contact_no"), *(sum_.label(name) for name, sum_ in columns.items()))
        rows = found.select_from(table(first.name)).where(contact_no.is_not(None), *self._only(first, ""))
        return rows.group_by(contact_no)

    def reads_totals_from_entries(self, totals: Iterable[str]) -> bool:
        """Whether a database that sorts reads totals over contacts from the entries."""
        return self._by_sorting.reads_totals_from_entries(totals)

    def _exact_attempts(self, first: EntrySums, name: str) -> SqlQuery:
        """The numbers of attempts that the sums do not tell: a row with keys and number for each."""
        source, keys, _ = self._group_keys(first)
        is_unknown = attempts.is_unknown(first.c.__getitem__)
        conditions = [first.c["contact_no"].is_not(None), is_unknown, *self._only(first, name)]
        found: SqlQuery = select(*keys, first.exact_attempt().label(name))
        return found.select_from(source).where(*conditions)

    @property
    def _key_columns(self) -> list[str]:
        return [name for each in self._groupings for name in each.columns]

    def _added_up(self, parts: Sequence[Part], wanted: Sequence[str]) -> SqlQuery:
        return added_up(parts, self._key_columns, wanted)

    def _second_step(self, first: EntrySums, wanted: Sequence[str], *, exact: bool = True) -> SqlQuery:
        """The sums `wanted` of each group, from the rows of the first step. Numbers of attempts that its sums do not
        tell are found by numbering the entries if `exact`; otherwise they are left out.
        """
        source, columns, grouped = self._group_keys(first)
        columns += [self._second_sum(first, name, exact=exact).label(name) for name in wanted]
        found = select(*(columns or ANY_COLUMN)).select_from(source).group_by(*grouped)
        if grouped and first.may_be_zero:
            found = found.having(func.sum(first.c["interactions"]) > ZERO)
        return found

    def _as_groups(self, first: EntrySums, wanted: Sequence[str]) -> SqlQuery:
        """The rows of a first step of which each is a group, with the keys of the groups."""
        _, keys, _ = self._group_keys(first)
        found: SqlQuery = select(*keys, *(first.c[name].label(name) for name in wanted))
        return found.select_from(first.select().subquery(first.name))

    def _group_keys(self, first: EntrySums) -> GroupKeys:
        return group_keys(self._sql, self._groupings, first)

    def _only(self, first: EntrySums, name: str) -> list[SqlCondition]:
        """The condition on rows that count in a sum, if the first step has days and earlier days."""
        if "earlier" not in first.keys:
            return []
        return [first.c["earlier"] == literal_column(str(int(name.startswith(EARLIER))))]

    def _second_sum(self, first: EntrySums, name: str, *, exact: bool) -> SqlExpression:
        own = name.removeprefix(EARLIER)
        only = self._only(first, name)
        if own not in SUMS_OVER_CONTACTS:
            return sums.added_up(own, first.c[own], and_(*only) if only else None)
        contact_no = first.c["contact_no"]
        if own == "contacts":
            counted = func.count(contact_no)
            return counted.filter(*only) if only else counted
        known = and_(contact_no.is_not(None), *only)
        if own == "reached":
            return func.count(first.c["first_success"]).filter(known)
        reached_at = attempts.reached_at(first.c.__getitem__, first.exact_attempt() if exact else None)
        return sums.added_up(own, reached_at, known)
