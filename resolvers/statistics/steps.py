"""The steps from entries, or stored sums of them, to the sums of each group."""

from collections.abc import Iterable, Sequence

from sqlalchemy import CTE, FromClause, and_, func, literal_column, select, table

from persistence.contacts import Contact
from persistence.sql.constructs import either
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import Columns, SqlBuilder, SqlCondition
from resolvers.statistics import attempts, entries, sums
from resolvers.statistics.branches import Earlier
from resolvers.statistics.contact_counts import are_many, contacts_of_groups, finds_first_entries
from resolvers.statistics.contact_rows import are_rows, groups_of_rows
from resolvers.statistics.contact_sums import CONTACTS, BothSums, of_contacts
from resolvers.statistics.derived import ANY_COLUMN, place
from resolvers.statistics.entries import EntrySums
from resolvers.statistics.groupings import ByCity, ByUser, Grouping
from resolvers.statistics.numbered_keys import NumberedKeys, numbered_keys
from resolvers.statistics.numbered_sums import NumberedSums
from resolvers.statistics.parts import Part, added_up, one_of_each_city
from resolvers.statistics.periods import FilterDays
from resolvers.statistics.queries import ZERO
from resolvers.statistics.stored import Passes, StoredSums, stored_sums
from resolvers.statistics.sums import ATTEMPT_SUMS, EARLIER, SUMS_OVER_CONTACTS
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
        name: str = entries.NAME,
    ) -> None:
        self._sql, self._groupings, self._passes, self._earlier = sql, groupings, passes, earlier
        self._name = name
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
            of_days = self._first_step(by_contact=False, stored=stored, name=entries.STORED)
            over = [name for name in wanted if name not in others]
            parts, sources = self._all_parts(of_entries, over, totals)
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
        parts, sources = self._all_parts(first, wanted, totals)
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

    def _all_parts(
        self, first: EntrySums, wanted: Sequence[str], totals: Sequence[str]
    ) -> tuple[list[Part], list[CTE]]:
        """The `_parts`, or others with the same sums: rows that are groups, `NumberedSums` if keys can be numbers."""
        parts, sources = self._parts(first, wanted, totals)
        if are_rows(first, self._groupings):
            return [Part(groups_of_rows(first, self._keys(first)[1], wanted), wanted)], sources
        numbers = numbered_keys(self._groupings, self._sql)
        if numbers is None or self._earlier is not None or not first.has_many_groups:
            return parts, sources
        rows, with_attempts = self._first_step(by_contact=True, numbers=numbers), bool({*totals} & ATTEMPT_SUMS)
        of_groups = {name: self._second_sum(rows, name, exact=False) for name in wanted}
        sums_ = NumberedSums(rows, first, numbers, of_groups, with_attempts=with_attempts)
        found = either(self._added_up(parts, wanted), self._added_up(sums_.parts(self._keys(first)[1]), wanted))
        contacts = self._contacts(first, with_attempts=with_attempts)
        others = [either(contacts, sums_.both.contacts()).cte(CONTACTS) for _ in sources[1:]]
        return [Part(found, wanted)], [sources[0], sums_.both.select().cte(sums_.both.name), *others]

    def _parts(self, first: EntrySums, wanted: Sequence[str], totals: Sequence[str]) -> tuple[list[Part], list[CTE]]:
        """The second step: SELECTs whose sums are to be added up, and the subqueries that they are read from.

        Where a contact may be in many groups, the attempts that are to be numbered are a SELECT of their own.
        PostgreSQL does not know that they are few. In one SELECT with the others, it would expect their numbering to be
        nearly all of the work, and would not care how it groups: it would sort millions of rows by the keys of a few
        groups. A database that always sorts would only read the rows of the first step once more.
        """
        of_totals = SUMS_OVER_CONTACTS & {*totals}
        with_contacts = bool(of_totals) and not all(each.one_group_per_contact for each in self._groupings)
        with_attempts = with_contacts and of_totals != {"contacts"}
        to_number = [name for name in wanted if name.removeprefix(EARLIER) == "attempts"]
        if first.adds_up_both and (with_contacts or to_number):
            parts, sources = self._parts_of_both(first, wanted, with_attempts=with_attempts, numbers=bool(to_number))
            if self.finds_first_entries or not with_contacts:
                parts = [Part(either(self._second_step(first, wanted), self._added_up(parts, wanted)), wanted)]
            return parts, sources
        contacts: list[CTE] = []
        if first.by_contact and with_contacts:
            contacts.append(self._contacts(first, with_attempts=with_attempts).cte(CONTACTS))
        separate = to_number if first.has_many_groups else []
        found = [Part(self._second_step(first, wanted, exact=not separate), wanted)]
        found += [Part(self._exact_attempts(first, name), [name]) for name in separate]
        if separate and self._earlier is None:  # more levels of SQL would be too many for the parser of SQLite
            found = [Part(either(self._second_step(first, wanted), self._added_up(found, wanted)), wanted)]
        elif self._counts_contacts(first, wanted, totals):
            found = [Part(either(self._counted_contacts(first), found[0].query), wanted)]
        return found, [first.select().cte(first.name), *contacts]

    def _parts_of_both(
        self, first: EntrySums, wanted: Sequence[str], *, with_attempts: bool, numbers: bool
    ) -> tuple[list[Part], list[CTE]]:
        _, keys, _ = self._keys(first)
        of_groups = {name: self._second_sum(first, name, exact=False) for name in wanted}
        named = {each.final_column: first.c[each.final_column] for each in self._groupings}
        both = BothSums(first, named, of_groups, with_attempts=with_attempts, numbers=numbers)
        found = [Part(both.groups(keys), wanted)]
        if numbers:
            exact: SqlQuery = select(*keys, first.exact_attempt().label("attempts")).select_from(both.unknown())
            found.append(Part(exact, ["attempts"]))
        together, contacts = both.select().cte(both.name), both.contacts().cte(CONTACTS)
        return found, [first.select().cte(first.name), together, contacts]

    def _contacts(self, first: EntrySums, *, with_attempts: bool) -> SqlQuery:
        """One row for each contact, with its sums of `ATTEMPTS` over all groups if `with_attempts`."""
        contact_no = first.c["contact_no"]
        columns = of_contacts(first.c) if with_attempts else {}
        found: SqlQuery = select(contact_no.label("contact_no"), *(sum_.label(name) for name, sum_ in columns.items()))
        rows = found.select_from(table(first.name)).where(contact_no.is_not(None), *self._only(first, ""))
        return rows.group_by(contact_no)

    def _counts_contacts(self, first: EntrySums, wanted: Sequence[str], totals: Sequence[str]) -> bool:
        """Whether a database that sorts can do without a row for each contact: only contacts are counted, in
        many groups, and totals over contacts, if there are any, do not need these rows either.
        """
        one_group = any(each.one_group_per_contact for each in self._groupings)
        by_one_unit = first.bits is not None and len(self._groupings) == 1
        if [*wanted] != ["contacts"] or one_group or not (first.has_many_groups or by_one_unit):
            return False
        has_totals = bool(SUMS_OVER_CONTACTS & {*totals})
        return self.finds_first_entries or (self._earlier is None and not has_totals and are_many(self._groupings))

    @property
    def finds_first_entries(self) -> bool:
        """Whether a database that sorts computes totals over contacts by `totals_of_first_entries`."""
        return self._earlier is None and finds_first_entries(self._sql, self._passes, self._groupings)

    def _counted_contacts(self, first: EntrySums) -> SqlQuery:
        """The contacts of each group, without a row for each of them."""
        parts = contacts_of_groups(self._sql, self._passes, self._groupings).subquery(first.name)
        _, columns, grouped = self._keys(first if first.bits is None else self._first_step(by_contact=True))
        contacts = sums.added_up("contacts", parts.c.contacts).label("contacts")
        return select(*columns, contacts).select_from(parts).group_by(*grouped)

    def _exact_attempts(self, first: EntrySums, name: str) -> SqlQuery:
        """The numbers of attempts that the sums do not tell: a row with keys and number for each."""
        source, keys, _ = self._keys(first)
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
        source, columns, grouped = self._keys(first)
        columns += [self._second_sum(first, name, exact=exact).label(name) for name in wanted]
        found = select(*(columns or ANY_COLUMN)).select_from(source).group_by(*grouped)
        if grouped and first.may_be_zero:
            found = found.having(func.sum(first.c["interactions"]) > ZERO)
        return found

    def _as_groups(self, first: EntrySums, wanted: Sequence[str]) -> SqlQuery:
        """The rows of a first step of which each is a group, with the keys of the groups."""
        _, keys, _ = self._keys(first)
        found: SqlQuery = select(*keys, *(first.c[name].label(name) for name in wanted))
        return found.select_from(first.select().subquery(first.name))

    def _keys(self, first: EntrySums) -> tuple[FromClause, list[SqlExpression], list[SqlExpression]]:
        """The rows of the first step, joined to their contacts if groupings need these; the keys of the groups; and
        what to group by, so that there is one row for each combination of keys.
        """
        source: FromClause = table(first.name)
        contact = self._sql.row(Contact)
        if first.bits is not None:
            source = first.bits.join(source, first.c)
        if any(each.of_contact for each in self._groupings):
            source = source.outerjoin(contact.source, contact.c.no == first.c["contact_no"])
        columns: list[SqlExpression] = []
        grouped: list[SqlExpression] = []
        for each in self._groupings:
            sums_of = contact.c if each.of_contact else first.c
            key, column = self._key(first, each, sums_of, place(len(columns) + 1))
            columns.append(key.label(each.name))
            grouped.append(column)
            for name in each.columns[1:]:
                columns.append(sums_of[name].label(name))
                grouped.append(place(len(columns)))
        return source, columns, grouped

    def _key(
        self, first: EntrySums, grouping: Grouping, sums_of: Columns, own_place: SqlExpression
    ) -> tuple[SqlExpression, SqlExpression]:
        """The key of a grouping, and what to group by for it. `own_place` is the place of the key in the SELECT."""
        if first.bits is not None and grouping is first.bits.grouping:
            return first.bits.key(first.c), first.bits.grouped_by(first.c, own_place)
        if first.is_final and not grouping.of_contact:
            is_key = grouping.name in first.keys
            column = sums_of[grouping.name if is_key else grouping.final_column]
            return (column if is_key else grouping.of_final(column, self._sql)), column
        return grouping.key(sums_of, self._sql), own_place

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
